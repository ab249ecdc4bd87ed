"""A case goes on in another ticket system: its whole thread is written there, and the old ticket says so. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from gateway.case import AttachmentState, Case, Direction, Entry
from gateway.casework import filing
from gateway.casework.values import Outcome, Policy
from gateway.journal import Effect, TicketIntent
from gateway.past import Past, Query
from gateway.ports import TicketAction, Transferred


def ask_transfer(event: Transferred) -> Query:
    """Return what must be known to move a case."""
    return Query(case_ids=(event.case_id,), file_of=event.case_id)


def decide_transfer(event: Transferred, past: Past, policy: Policy, now: datetime) -> Outcome:
    """Give a case to another ticket system; once it is there, nothing more follows."""
    case = next((each for each in past.cases if each.id == event.case_id), None)
    if case is None:
        return Outcome(note="kept: there is no such case")
    if not any(route.target == event.to for route in policy.routes):
        return Outcome(note=f"{case.id} stays: there is no ticket system {event.to}")
    old = policy.target_of(case)
    if old == event.to:
        return Outcome(note=f"{case.id} is in {event.to} already")
    moved = filing.changed(case, now, backend=event.to)
    name = f"{event.provenance.source}:{event.provenance.key}"
    farewell = TicketIntent(action=TicketAction.NOTE, note=f"This case goes on in {_shown(event.to)}.")
    effects = [
        filing.write_at(f"{name}:left", moved, old, farewell),
        *_thread(past.file, moved, event.to, policy),
        filing.write_at(f"{name}:state", moved, event.to, TicketIntent(action=TicketAction.STATE, state=moved.state)),
    ]
    return Outcome(note=f"{case.id} goes on in {event.to}", cases=(moved,), effects=tuple(effects))


def _thread(entries: Sequence[Entry], case: Case, target: str, policy: Policy) -> Iterable[Effect]:
    """Yield what writes a case's whole thread: what the user said as messages, what we said as notes."""
    for entry in _newest(entries):
        message = entry.message
        if entry.direction is Direction.OUT:
            told = f"We wrote ({entry.at:%Y-%m-%d %H:%M} UTC): {message.text}"
            intent = TicketIntent(action=TicketAction.NOTE, note=told)
            yield filing.write_at(f"{message.id}:told", case, target, intent)
            continue
        if entry.part_of:
            continue
        intent = TicketIntent(action=TicketAction.MESSAGE, message_id=message.id)
        yield filing.write_at(message.id, case, target, intent)
        if not policy.takes_files(target):
            continue
        for each in message.attachments:
            if each.is_apart and each.state is AttachmentState.STORED:
                intent = TicketIntent(action=TicketAction.FILE, message_id=message.id, file_id=each.id)
                yield filing.write_at(f"{message.id}:file:{each.id}", case, target, intent)


def _newest(entries: Sequence[Entry]) -> Iterable[Entry]:
    """Return each message once, in its newest version and at its first place."""
    newest = {entry.message.id: entry for entry in entries}
    return [newest[name] for name in dict.fromkeys(entry.message.id for entry in entries)]


def _shown(target: str) -> str:
    return target.partition(":")[2] or target
