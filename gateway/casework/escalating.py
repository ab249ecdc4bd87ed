"""What follows when an answer is due soon, or is overdue: a note for the agents, a tag, a higher priority. Pure.

One timer a deadline: it tells that the time is short, and sets the one that tells that it is over. Both name the time
that was due, so that one of a deadline that has changed, or was met, leads to nothing.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from gateway.case import URGENCY, Case, CaseState
from gateway.casework import filing
from gateway.casework.deadlines import undated
from gateway.casework.values import Outcome, Policy
from gateway.journal import Effect, EffectKind
from gateway.past import Past, Query
from gateway.ports import Wake
from gateway.wake import ENGINE

REASON = "deadline"
"""What the reason of such a wake begins with."""
NEAR, PASSED = "near", "passed"
NEAR_TAG, PASSED_TAG = "deadline-near", "deadline-passed"


def ask_deadline(event: Wake) -> Query:
    """Return what must be known to decide on a deadline."""
    return Query(case_ids=(event.case_id,))


def decide_deadline(event: Wake, past: Past, policy: Policy, now: datetime) -> Outcome:
    """Tell the agents that a deadline nears, or has passed, if the case still waits for an answer until then."""
    case = next((each for each in past.cases if each.id == event.case_id), None)
    due = _due_in(event.reason)
    if case is None or due is None or case.due_at != due or case.state is CaseState.SOLVED:
        return Outcome(note="kept: a deadline that is met, or is another by now")
    if now >= due:
        return _passed(case, due, policy, now)
    if case.escalated:
        return Outcome(note=f"kept: {case.id} is known to be due soon")
    return _near(case, due, policy, now)


def timed(outcome: Outcome, past: Past, policy: Policy, now: datetime) -> Outcome:
    """Return an outcome with a timer for each deadline that it sets, and without the deadlines of solved cases."""
    if all(case.due_at is None and not case.escalated for case in outcome.cases):
        return outcome
    cases = tuple(undated(case) if case.state is CaseState.SOLVED else case for case in outcome.cases)
    before = {case.id: case.due_at for case in past.known}
    newest = {case.id: case for case in cases}
    new = [case for case in newest.values() if case.due_at is not None and case.due_at != before.get(case.id)]
    return replace(outcome, cases=cases, effects=(*outcome.effects, *(_timer(case, policy, now) for case in new)))


def _near(case: Case, due: datetime, policy: Policy, now: datetime) -> Outcome:
    changed = filing.changed(filing.tagged(case, NEAR_TAG, on=True), now, escalated=NEAR)
    told = f"An answer to the user is due by {_shown(due)}."
    return Outcome(
        note=f"deadline near on {case.id}",
        cases=(changed,),
        effects=(filing.note(_name(case, due, NEAR), changed, policy, told), _wake(case, due, PASSED, due)),
        escalated=((case.id, NEAR),),
    )


def _passed(case: Case, due: datetime, policy: Policy, now: datetime) -> Outcome:
    if case.escalated == PASSED:
        return Outcome(note=f"kept: {case.id} is known to be overdue")
    raised = URGENCY[min(URGENCY.index(case.priority) + 1, len(URGENCY) - 1)]
    changed = filing.changed(filing.tagged(case, PASSED_TAG, on=True), now, escalated=PASSED, priority=raised)
    told = f"An answer to the user was due by {_shown(due)} and has not been given. The priority is {raised} now."
    return Outcome(
        note=f"deadline passed on {case.id}",
        cases=(changed,),
        effects=(filing.note(_name(case, due, PASSED), changed, policy, told),),
        escalated=((case.id, PASSED),),
    )


def _timer(case: Case, policy: Policy, now: datetime) -> Effect:
    """Return the first timer of a deadline that was set now."""
    due = case.due_at or now
    found = policy.deadlines.of(case, now)
    if found is not None and found.at == due:
        return _wake(case, due, NEAR, found.near) if found.near is not None else _wake(case, due, PASSED, due)
    # It was set by what the case was earlier in this very decision.
    return _wake(case, due, NEAR, now + (due - now) * policy.deadlines.near)


def _wake(case: Case, due: datetime, step: str, at: datetime) -> Effect:
    wake = Wake(at=at, lane=f"deadline:{case.id}", reason=f"{REASON} {due.isoformat()}", case_id=case.id)
    return Effect(key=_name(case, due, step), kind=EffectKind.WAKE, target=ENGINE, not_before=at, wake=wake)


def _name(case: Case, due: datetime, step: str) -> str:
    return f"{REASON}:{case.id}:{due.isoformat()}:{step}"


def _due_in(reason: str) -> datetime | None:
    try:
        return datetime.fromisoformat(reason.partition(" ")[2])
    except ValueError:
        return None


def _shown(due: datetime) -> str:
    return f"{due.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
