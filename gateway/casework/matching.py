"""Which cases belong to a known incident. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property, lru_cache

from gateway.case import Case, Entity, Message
from gateway.casework.values import Judged, Policy
from gateway.incidents import Incident
from gateway.triage.fold import fold
from gateway.triage.regions import region_of, regions_of

TAG = "incident-"
"""Before an incident's number, among the tags of its cases."""
_LOOKED_AT = 20_000
"""Characters of a message in which terms are looked for."""


def linked(case: Case, judged: Judged, policy: Policy) -> Case:
    """Return a case with the first open incident that it belongs to, now that its user has written."""
    if not policy.incidents or case.incident or judged.old or not case.requester.address:
        return case
    message = judged.event if isinstance(judged.event, Message) else None
    said = _Said(f"{message.subject}\n{message.text[:_LOOKED_AT]}" if message is not None else case.subject)
    found = next((each for each in policy.incidents if _fits(each, case, said)), None)
    return case if found is None else belonging(case, found.number)


def fits(incident: Incident, case: Case, text: str) -> bool:
    """Whether a case, with what its user wrote, belongs to an incident; to one without a condition none does."""
    return _fits(incident, case, _Said(text))


class _Said:
    """What a user wrote; folded once, and only for an incident that asks for words."""

    def __init__(self, text: str) -> None:
        self._text = text

    @cached_property
    def folded(self) -> str:
        return fold(self._text[:_LOOKED_AT])


def _fits(incident: Incident, case: Case, said: _Said) -> bool:
    conditions = (
        (incident.categories, {case.category or ""}),
        (incident.channels, {case.channel}),
        (incident.languages, _language_names(case.language)),
        (tuple(map(region_of, incident.regions)), set(regions_of(case.region))),
        (incident.networks, _named(case.entities, "network")),
        (incident.assets, _named(case.entities, "asset")),
    )
    if incident.is_for_all or any(wanted and _low(wanted).isdisjoint(_low(known)) for wanted, known in conditions):
        return False
    return not incident.terms or any(term in said.folded for term in _folded(incident.terms))


@lru_cache(maxsize=256)
def _folded(terms: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(filter(None, map(fold, terms)))


def belonging(case: Case, number: int) -> Case:
    """Return a case that belongs to an incident."""
    tags = (*(each for each in case.tags if each != f"{TAG}{number}"), f"{TAG}{number}")
    return case.model_copy(update={"incident": str(number), "tags": tags})


def _named(entities: Iterable[Entity], kind: str) -> set[str]:
    """Return the networks or assets that a case's user has named."""
    own = {each.value for each in entities if each.kind == kind}
    return own | {item.value for each in entities for item in each.evidence if item.name == kind}


def _language_names(language: str) -> set[str]:
    """Return a language's tag and those of its kin: an incident in `pt` is one in `pt-BR`, too."""
    parts = language.split("-")
    return {"-".join(parts[: number + 1]) for number in range(len(parts))}


def _low(values: Iterable[str]) -> set[str]:
    return {value.casefold() for value in values if value}
