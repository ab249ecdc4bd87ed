"""The fact of what a classifier takes a message for: suggested, nothing, or could not check.

It is given the text without its secrets, and nothing of who wrote it. One that fails again and again is left alone for
a while, so that no message waits for it.

Not here: how one is asked over HTTP (`gateway.enrich.classifier_http`), what follows (`gateway.triage.deciding`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from gateway.case import Evidence, Fact, FactOutcome, Message, Party
from gateway.circuit import Circuit, CircuitState
from gateway.errors import GatewayError
from gateway.ports import Clock
from gateway.ports.classifying import Classifier, Suggestion

KIND = "classifier"
RESTS = timedelta(seconds=30)
"""A classifier that fails again and again is left alone for so long; then one message tries it."""
MOST_CHARS = 4_000
"""So much of a text is shown to it."""
MOST_REASON = 200
_AWAY = "The classifier has failed several times; it is asked again soon."

Told = Callable[[GatewayError | None], None]
"""Told after each call how the classifier is: None when it is well."""


class ClassifierEnricher:
    """Asks a classifier for each message that has words; `least` is the confidence below which it is not heard."""

    kind = KIND

    def __init__(
        self,
        classifier: Classifier,
        clock: Clock,
        least: float,
        mask: Callable[[Message], Message],
        told: Told = lambda fault: None,
    ) -> None:
        self._classifier = classifier
        self._clock = clock
        self._least = least
        self._mask = mask
        self._told = told
        self._circuit = Circuit(1)
        self._again_at: datetime | None = None

    def concerns(self, message: Message) -> bool:
        """Whether there is anything to ask of a message."""
        return message.addressed and bool(message.text.strip() or message.subject.strip())

    async def facts(self, message: Message) -> Sequence[Fact]:
        """Return one fact for each category that it suggests, or why it could not be asked."""
        if not self.concerns(message):
            return ()
        if self._is_resting():
            return (_unchecked(_AWAY),)
        try:
            found = await self._classifier.classify(_shown(self._mask(message)))
        except GatewayError as error:
            self._failed(error)
            return (_unchecked(str(error)),)
        except BaseException:
            # Who gives up waiting leaves word for the next ones, so that not each of them waits as long.
            self._failed(None)
            raise
        self._circuit.well()
        self._told(None)
        return [_fact(each) for each in found if self._least <= each.confidence <= 1.0]

    def _is_resting(self) -> bool:
        """Whether nothing is asked now; the first to come after the rest is let through, and nobody beside it."""
        if self._circuit.state is not CircuitState.OPEN:
            return False
        now = self._clock.now()
        if self._again_at is not None and now < self._again_at:
            return True
        self._again_at = now + RESTS
        return False

    def _failed(self, error: GatewayError | None) -> None:
        self._circuit.failed()
        if self._circuit.state is CircuitState.OPEN:
            self._again_at = self._clock.now() + RESTS
        if error is not None:
            self._told(error)


def _shown(message: Message) -> Message:
    """Return a message as it is shown: what it says and where, nothing of who wrote it or to whom."""
    return Message(
        id="",
        content_key="",
        provenance=message.provenance.model_copy(update={"key": "", "lane": "", "stream": ""}),
        platform=message.platform,
        visibility=message.visibility,
        sender=Party(platform=message.platform),
        subject=message.subject[:MOST_CHARS],
        text=message.text[:MOST_CHARS],
    )


def _fact(each: Suggestion) -> Fact:
    evidence = (Evidence(name="confidence", value=f"{each.confidence:.3f}"),)
    reason = " ".join(each.reason.split())[:MOST_REASON]
    return Fact(kind=KIND, subject=each.category, outcome=FactOutcome.PASS, reason=reason, evidence=evidence)


def _unchecked(reason: str) -> Fact:
    return Fact(kind=KIND, subject="", outcome=FactOutcome.COULD_NOT_CHECK, reason=reason)
