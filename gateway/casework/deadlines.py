"""When a person's answer to a case is due, as its user's messages come. Pure.

Not here: the table of deadlines (`gateway.triage.deadlines`), what follows when one nears or passes (`escalating`).
"""

from __future__ import annotations

from datetime import datetime

from gateway.case import Case, CaseState
from gateway.casework.values import Judged, Policy


def dated(before: Case | None, case: Case, judged: Judged, policy: Policy, now: datetime) -> Case:
    """Return a case with when an answer is due, now that its user has written once more.

    A time that was told is kept, or becomes an earlier one when the case turns out to be more pressing. Where nobody
    could be answered, and for a message from before the channel was watched, there is none.
    """
    waits = before is not None and before.due_at is not None and before.state is not CaseState.SOLVED
    if (waits and before is not None and _asks(before) == _asks(case)) or judged.old or not case.requester.address:
        return case
    due = policy.deadlines.of(case, now)
    if due is None:
        return case
    if waits and case.due_at is not None and case.due_at <= due.at:
        return case
    return case.model_copy(update={"due_at": due.at, "escalated": ""})


def undated(case: Case) -> Case:
    """Return a case for which nobody's answer is due."""
    if case.due_at is None and not case.escalated:
        return case
    return case.model_copy(update={"due_at": None, "escalated": ""})


def _asks(case: Case) -> tuple[object, ...]:
    """Return what deadlines go by."""
    return case.category, case.priority, case.region, case.tier, case.queue, case.danger
