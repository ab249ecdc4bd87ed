"""A case's file as lines for a terminal: everything that anybody wrote in it is made harmless."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from typing import Any

from gateway.case import Attachment, Case, Direction, Entry, Finding, Party
from gateway.cli._common import harmless
from gateway.journal import State
from gateway.views import CaseView, DeskLine, EffectView

_STATES = {
    State.NEW: "waiting",
    State.CLAIMED: "under way",
    State.POSTPONED: "waiting for another try",
    State.UNKNOWN: "may have been taken; will be looked up",
    State.PENDING: "the backend works on it",
    State.SETTLED: "done",
    State.MAYBE_SENT: "MAYBE SENT: look on the other side before you send it again",
    State.BURIED: "BURIED",
}


def dumped(view: CaseView) -> dict[str, Any]:
    """Return the view as JSON would hold it."""
    return {
        **view.file.model_dump(mode="json"),
        "effects": [asdict(effect) for effect in view.effects],
        "desk": [asdict(line) for line in view.desk],
    }


def lines(view: CaseView) -> Iterator[str]:
    """Yield the whole case, line by line."""
    yield from _head(view)
    for number, entry in enumerate(view.file.entries, 1):
        yield ""
        yield from _entry(number, entry)
    if view.effects:
        yield ""
        yield "Sent and written"
        for effect in view.effects:
            yield _effect(effect)
    if view.desk:
        yield ""
        yield "Ticket"
        for line in view.desk:
            yield from _desk(line)


def _head(view: CaseView) -> Iterator[str]:
    case = view.file.case
    yield f"{case.id}  {case.state}  {case.priority} priority  {case.language}  {_line(case.subject)}".rstrip()
    yield f"  from {_party(case.requester)} on {_line(case.channel)}, opened {_time(case.opened_at)}"
    yield from _marks(case)
    for ticket in view.file.tickets:
        yield f"  ticket {_line(ticket.value)} in {_line(ticket.name)}"


def _marks(case: Case) -> Iterator[str]:
    if case.worst_severity:
        yield f"  gravest finding: {case.worst_severity}"
    if case.tags:
        yield f"  tags: {_line(', '.join(case.tags))}"
    for link in case.links:
        yield f"  {_line(link.kind)} {_line(link.case_id)}"


def _entry(number: int, entry: Entry) -> Iterator[str]:
    message = entry.message
    way = "from" if entry.direction is Direction.IN else "to the user, by"
    yield f"[{number}] {way} {_party(message.sender)}, {_time(entry.at)}"
    if message.subject:
        yield f"  subject: {_line(message.subject)}"
    if entry.direction is Direction.IN:
        yield f"  sender: {entry.assessment.sender.replace('_', ' ')} {_line(entry.assessment.sender_reason)}".rstrip()
    for finding in entry.assessment.findings:
        yield from _finding(finding)
    for note in message.notes:
        yield f"  note: {_line(note.code)} {_line(note.detail)}".rstrip()
    for attachment in message.attachments:
        yield _attachment(attachment)
    for line in harmless(message.text).splitlines():
        yield f"  | {line}"


def _finding(finding: Finding) -> Iterator[str]:
    subject = f" ({_line(finding.subject)})" if finding.subject else ""
    yield f"  {finding.severity.upper()}: {_line(finding.reason) or finding.code}{subject}"


def _attachment(each: Attachment) -> str:
    kind = each.detected_type or each.declared_type
    name = _line(each.name) or "without a name"
    return f"  attachment {_line(each.id)}: {name}, {_line(kind)}, {each.size} bytes, {each.state.replace('_', ' ')}"


def _effect(effect: EffectView) -> str:
    reason = f": {_line(effect.reason)}" if effect.reason else ""
    again = f", next try {_time(effect.not_before)}" if effect.not_before and effect.state is State.POSTPONED else ""
    tries = f" after {effect.attempts} attempts" if effect.attempts > 1 else ""
    return f"  {effect.kind} at {_line(effect.target)}: {_STATES[effect.state]}{tries}{again}{reason}"


def _desk(line: DeskLine) -> Iterator[str]:
    seen = "" if line.public else ", for agents only"
    yield f"  {_time(line.at)} {_line(line.kind)} by {_line(line.author) or 'the gateway'}{seen}"
    for part in harmless(line.text).splitlines():
        yield f"  | {part}"


def _party(party: Party) -> str:
    name = f'"{_line(party.name)}" ' if party.name else ""
    handle = f"@{party.handle}" if party.handle else ""
    account = _line(party.address or handle or party.id or "")
    return f"{name}<{account}>" if account else name.rstrip() or "<unknown>"


def _line(text: str) -> str:
    return harmless(text, one_line=True)


def _time(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S} UTC"
