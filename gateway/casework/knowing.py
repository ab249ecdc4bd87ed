"""What a case knows of its matter: what triage found in its messages so far, put together. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from gateway.case import Case, Entity, Priority, Triage

RISK = "risk"
"""The queue of what must be met in seconds, whatever else it is about."""
MAX_ENTITIES = 50
"""So many things of the trade are kept of one case; the first are those that it is about."""
MAX_REASONS = 20
_URGENCY = tuple(Priority)
_UNTOLD = (None, "other")
"""Categories that a later message may tell better."""


def known(case: Case, triage: Triage) -> Case:
    """Return a case with what triage found in one more message of its user.

    A category that was found stays, since a team works on it, unless danger is found later. Priority only rises. What
    was missing is asked for once: when the case opens, or when its category is first known.
    """
    entities = _merged(case.entities, triage.entities)
    category = triage.category if case.category in _UNTOLD and triage.category is not None else case.category
    is_new = category != case.category or case.message_count <= 1
    danger = case.danger or triage.danger
    turned = bool(danger) and not case.danger
    return case.model_copy(
        update={
            "entities": entities,
            "category": triage.category if turned and triage.category else category,
            "missing": _left(triage.missing if is_new or turned else case.missing, entities),
            "danger": danger,
            "priority": max(case.priority, triage.priority, key=_URGENCY.index),
            "queue": RISK if danger else case.queue or triage.queue,
            "tags": _distinct(*case.tags, *triage.tags),
            "reasons": _distinct(*case.reasons, *triage.reasons)[:MAX_REASONS],
        }
    )


def _merged(before: Iterable[Entity], found: Iterable[Entity]) -> tuple[Entity, ...]:
    """Return each once, without its place: that is its message's."""
    known_ones = {(each.kind, each.value): each for each in before}
    for each in found:
        known_ones.setdefault((each.kind, each.value), each.model_copy(update={"span": None}))
    return tuple(known_ones.values())[:MAX_ENTITIES]


def _left(missing: Iterable[str], entities: Iterable[Entity]) -> tuple[str, ...]:
    given = {each.kind for each in entities}
    return tuple(name for name in missing if name not in given)


def _distinct(*values: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(values))
