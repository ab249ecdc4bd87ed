"""What follows from a user's message beyond its case, its ticket and its receipt: one step a matter, in order. Pure.

A step is given the case before (None where the message opens it) and after the message, and returns what it adds. It
may return the case changed once more, under the same version.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from gateway.case import Case, Message
from gateway.casework import abuse, danger, kindred, proof
from gateway.casework.own import found_again
from gateway.casework.values import NOTHING, Judged, Outcome, Policy
from gateway.past import Past


@dataclass(frozen=True, slots=True)
class Step:
    """One message that was filed on a case, and all that is known where it was decided on."""

    before: Case | None
    case: Case
    message: Message
    judged: Judged
    past: Past
    policy: Policy
    now: datetime


def _met(step: Step) -> Outcome:
    effects = danger.effects(step.case, step.message, step.judged, step.policy)
    return Outcome(note="", effects=effects) if effects else NOTHING


STEPS: tuple[Callable[[Step], Outcome], ...] = (
    _met,
    proof.shown,
    proof.no_documents,
    found_again,
    kindred.tied,
    abuse.appealed,
    abuse.counted,
)
"""Asked in this order; each sees the case as the one before it has left it."""


def followed(
    outcome: Outcome,
    before: Case | None,
    message: Message,
    judged: Judged,
    past: Past,
    policy: Policy,
    now: datetime,
) -> Outcome:
    """Return the outcome of a message with all that follows from it; the first case is the one that it is filed on."""
    case, *others = outcome.cases
    found: list[Outcome] = []
    for follow in STEPS:
        added = follow(Step(before, case, message, judged, past, policy, now))
        if added.cases:
            case, *more = added.cases
            others += more
        found.append(added)
    return replace(outcome.and_also(*found), cases=(case, *others))
