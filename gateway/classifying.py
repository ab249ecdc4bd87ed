"""The classifier of one engine: opened from the settings, asked for each message, shown to operators.

A part of the composition, as are engine and channels. Not here: how it is asked (`gateway.enrich.classifier_http`).
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Collection, Mapping
from contextlib import asynccontextmanager

from gateway.case import Message
from gateway.enrich.classifier import ClassifierEnricher
from gateway.errors import ConfigError, GatewayError
from gateway.health import Health
from gateway.ports import Check, Clock, Report
from gateway.ports.classifying import Classifier
from gateway.settings import Settings
from gateway.settings.triaging import ClassifierTable
from gateway.triage import default_rules

PART = "classifier"
"""The name of the part that shows how it is."""


@asynccontextmanager
async def open_classifier(
    table: ClassifierTable | None, categories: Collection[str]
) -> AsyncIterator[Classifier | None]:
    """Open it; connects to nothing yet. Raises `ConfigError`."""
    if table is None:
        yield None
        return
    from gateway.enrich import classifier_http

    known, secs = sorted(categories), table.timeout_ms / 1000
    async with classifier_http.open_classifier(table.url, table.token, secs, table.ca_file, known) as opened:
        yield opened


def asking(
    classifier: Classifier | None,
    table: ClassifierTable | None,
    clock: Clock,
    health: Health,
    mask: Callable[[Message], Message],
) -> ClassifierEnricher | None:
    """Return what asks the classifier; None where there is none. `mask` takes the secrets out of what it is shown."""
    if classifier is None or table is None:
        return None
    health.starting(PART)
    health.idle(PART)

    def told(fault: GatewayError | None) -> None:
        if fault is None:
            health.well(PART)
        else:
            health.ill(PART, fault, None)

    return ClassifierEnricher(classifier, clock, table.min_confidence, mask, told)


def categories_of(settings: Settings) -> Collection[str]:
    """Return the ids of the categories that a desk has."""
    rules = settings.triaging.rules if settings.triaging is not None else default_rules()
    return rules.categories_known


async def check_classifier(settings: Settings) -> Mapping[str, Report]:
    """See that it answers; by the path of its table."""
    if settings.classifier is None:
        return {}
    try:
        async with open_classifier(settings.classifier, categories_of(settings)) as classifier:
            return {} if classifier is None else {"triage.classifier": await classifier.check()}
    except ConfigError as error:
        return {"triage.classifier": Report((Check("open", ok=False, detail=f"{error}; {error.action}"),))}
