"""Known incidents: what follows where a case belongs to one, and what is said to whom when it is over. Pure.

Not here: which cases belong to one (`matching`).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from gateway.answers.acknowledge import MAIL, Ledger, may_acknowledge, plain_address
from gateway.answers.incidents import over
from gateway.answers.outgoing import filed, signed_reply
from gateway.case import Case, CaseState, Thread, Visibility
from gateway.casework import failures, filing
from gateway.casework.matching import belonging
from gateway.casework.values import Outcome, Policy
from gateway.dialogue import Place
from gateway.incidents import IncidentCase
from gateway.past import Past, Query
from gateway.ports import IncidentNews, Reply, ReplyKind

LONG_SOLVED = timedelta(days=30)
"""Whoever's case was solved longer ago is not written to any more."""


def noted(outcome: Outcome, past: Past, policy: Policy) -> Outcome:
    """Return an outcome with what keeps that cases belong to incidents, and tells their agents."""
    if not any(case.incident for case in outcome.cases):
        return outcome
    before = {case.id: case.incident for case in past.known}
    newest = {case.id: case for case in outcome.cases if case.incident}
    new = [case for case in newest.values() if case.incident != before.get(case.id, "")]
    if not new:
        return outcome
    names = {str(each.number): each.name for each in policy.incidents}
    notes = (
        filing.note(_key(case, "linked"), case, policy, _told_of_link(case, names.get(case.incident, "")))
        for case in new
    )
    return replace(
        outcome,
        effects=(*outcome.effects, *notes),
        incidents=(*outcome.incidents, *(IncidentCase(int(case.incident), case.id) for case in new)),
    )


def place_of(case: Case) -> Place | None:
    """Return the conversation in which the user of a case is told, if any."""
    person = case.requester
    if case.platform == MAIL:
        return Place(case.channel, plain_address(person.address)) if "@" in person.address else None
    talk = filing.conversation_with(person)
    return Place(case.channel, talk) if talk else None


def ask_news(event: IncidentNews) -> Query:
    """Return what must be known to decide on news of an incident."""
    if event.kind == "linked":
        return Query(case_ids=(event.case_id,))
    place = Place(event.channel, event.address) if event.address else None
    return Query(case_ids=(event.case_id,), thread_of=event.case_id, place=place, current_only=True, turn=True)


def decide_news(event: IncidentNews, past: Past, policy: Policy, now: datetime) -> Outcome:
    """Let a case belong to an incident, or tell its user that it is over."""
    case = next((each for each in past.cases if each.id == event.case_id), None)
    if event.kind == "ended":
        return _ended(event, case, past, policy, now)
    if case is None or case.incident or case.state is CaseState.SOLVED:
        return Outcome(note="kept: a case that is gone, solved, or belongs to an incident already")
    changed = belonging(filing.changed(case, now), event.incident)
    return Outcome(note=f"{case.id} belongs to incident {event.incident}", cases=(changed,))


def _ended(event: IncidentNews, case: Case | None, past: Past, policy: Policy, now: datetime) -> Outcome:
    done = (IncidentCase(event.incident, event.case_id, told=True),)
    if case is None:
        return Outcome(note="kept: its case is gone", incidents=done)
    if case.state is CaseState.SOLVED and now - case.updated_at > LONG_SOLVED:
        return Outcome(note=f"not told on {case.id}: solved long ago", incidents=done)
    name = event.title.get("en") or next(iter(event.title.values()), "")
    over_now = f"Known incident {event.incident} is over: {name}."
    changed = filing.changed(case, now)
    why = _obstacle(case, past, policy)
    if why:
        effect = filing.note(_name(event, "ended"), changed, policy, f"{over_now} The user is not told: {why}.")
        return Outcome(note=f"not told on {case.id}: {why}", cases=(changed,), effects=(effect,), incidents=done)
    key = _name(event, "told")
    reply = _farewell(event, changed, key, past, policy)
    return Outcome(
        note=f"{case.id}: the end of incident {event.incident} to be told",
        cases=(changed,),
        entries=(filed(reply, key, now),),
        effects=(
            filing.note(_name(event, "ended"), changed, policy, f"{over_now} The user is told."),
            filing.said_to(ReplyKind.NOTICE, key, reply, case_id=case.id),
        ),
        incidents=done,
    )


def _farewell(event: IncidentNews, case: Case, key: str, past: Past, policy: Policy) -> Reply:
    subject, text = over(case, event.title, event.ending, policy.locales, policy.brand)
    if policy.manners_of(case.channel).chats:
        subject = ""
    said = tuple(ref for ref in past.thread if not ref.startswith("event:"))
    thread = Thread(parent=said[-1] if said else None, ancestors=said)
    return signed_reply(ReplyKind.NOTICE, case, case.requester, subject, text, key, thread, policy.secret)


def _obstacle(case: Case, past: Past, policy: Policy) -> str:
    """Return why a user is not told by a machine; empty where nothing is in the way."""
    known = past.dialogue
    if not case.requester.address or case.channel not in policy.sending:
        return "there is no way to send it"
    if filing.SILENCED in case.tags or (known is not None and known.silenced):
        return "the user wants nothing automatic"
    if failures.FAILED in case.tags or (known is not None and known.unreachable):
        return "nothing reaches the user there"
    if past.turn is None:
        return "the user has written nothing"
    said = past.turn.said
    in_private = said.message.visibility is Visibility.PRIVATE
    if not in_private and not (policy.manners_of(case.channel).summoned and past.turn.private):
        return "everybody would read it"
    # Whether it was a person is judged by what was said last; how often we write is no matter for once.
    received = said.message.provenance.received_at
    rules = (policy.acknowledgement, policy.own_addresses, Ledger(), received)
    verdict = may_acknowledge(said.message, said.assessment, *rules)
    return "" if verdict.allowed else f"no machine answers this user ({verdict.reason})"


def _told_of_link(case: Case, name: str) -> str:
    shown = f": {name}" if name else ""
    return f"This case belongs to known incident {case.incident}{shown}. The user is told when it is over."


def _key(case: Case, what: str) -> str:
    return f"incident:{case.incident}:{case.id}:{what}"


def _name(event: IncidentNews, what: str) -> str:
    return f"incident:{event.incident}:{event.case_id}:{what}"
