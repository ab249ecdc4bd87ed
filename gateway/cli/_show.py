"""A case's file as lines for a terminal: everything that anybody wrote in it is made harmless."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict
from datetime import datetime
from typing import Any

from gateway.case import Attachment, AttachmentState, Case, Fact, Finding, Party
from gateway.casework.changes import DELETED
from gateway.cli._common import harmless
from gateway.cli._messages import Told, top_messages
from gateway.journal import State
from gateway.trust.mail_verdict import KIND as MAIL_AUTH
from gateway.views import CaseView, DeskLine, EffectView

PageOf = Callable[[str, str], str]
"""(target, ticket) → the address of its page for agents, or nothing."""

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
_KEPT = {
    AttachmentState.IN_RAW: "in the original",
    AttachmentState.STORED: "kept",
    AttachmentState.NOT_FETCHED: "not fetched yet",
    AttachmentState.UNREADABLE: "unreadable",
    AttachmentState.TOO_LARGE: "not kept: too large",
    AttachmentState.UNAVAILABLE: "not kept: its platform did not give it out",
}


def dumped(view: CaseView) -> dict[str, Any]:
    """Return the view as JSON would hold it."""
    return {
        **view.file.model_dump(mode="json"),
        "effects": [asdict(effect) for effect in view.effects],
        "desk": [asdict(line) | {"files": [file.model_dump(mode="json") for file in line.files]} for line in view.desk],
        "invites": [asdict(invite) for invite in view.invites],
    }


def lines(view: CaseView, page_of: PageOf = lambda target, ticket: "") -> Iterator[str]:
    """Yield the whole case, line by line; `page_of` tells where agents see a ticket."""
    yield from _head(view, page_of)
    for told in top_messages(view.file.entries):
        yield ""
        yield from _message(told)
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
    if view.invites:
        yield ""
        yield "Invitations"
        yield from _invites(view)


def _invites(view: CaseView) -> Iterator[str]:
    for invite in view.invites:
        yield f"  {_time(invite.at)} {_line(invite.by)} made a link to a private chat"


def _head(view: CaseView, page_of: PageOf) -> Iterator[str]:
    case = view.file.case
    yield f"{case.id}  {case.state}  {case.priority} priority  {case.language}  {_line(case.subject)}".rstrip()
    yield f"  from {_party(case.requester)} on {_line(case.channel)}, opened {_time(case.opened_at)}"
    yield from _marks(case)
    for ticket in view.file.tickets:
        page = page_of(ticket.name, ticket.value)
        yield f"  ticket {_line(ticket.value)} in {_line(ticket.name)}" + (f": {_line(page)}" if page else "")


def _marks(case: Case) -> Iterator[str]:
    if case.due_at is not None:
        yield f"  answer due {_time(case.due_at)}" + (f", {_line(case.escalated)}" if case.escalated else "")
    if case.incident:
        yield f"  known incident {_line(case.incident)}"
    if case.worst_severity:
        yield f"  gravest finding: {case.worst_severity}"
    if case.tags:
        yield f"  tags: {_line(', '.join(case.tags))}"
    for link in case.links:
        yield f"  {_line(link.kind)} {_line(link.case_id)}"


def _message(told: Told) -> Iterator[str]:
    entry = told.newest
    way = "from" if told.is_incoming else "to the user, by"
    yield f"[{told.number}] {way} {_party(entry.message.sender)}, {_time(told.versions[0].at)}"
    yield from _changes(told)
    if entry.message.subject:
        yield f"  subject: {_line(entry.message.subject)}"
    if told.is_incoming:
        yield f"  sender: {entry.assessment.sender.replace('_', ' ')} {_line(entry.assessment.sender_reason)}".rstrip()
        yield from (_authentication(fact) for fact in entry.assessment.facts if fact.kind == MAIL_AUTH)
    yield from _content(told)
    for part in told.parts:
        yield f"  [{part.number}] joined to it, {_time(part.versions[0].at)}"
        yield from (f"  {line}" for line in (*_changes(part), *_content(part)))


def _authentication(fact: Fact) -> str:
    details = f" ({_line(fact.details)})" if fact.details else ""
    return f"  authentication: {fact.outcome.replace('_', ' ')} {_line(fact.reason)}{details}".rstrip()


def _changes(told: Told) -> Iterator[str]:
    message = told.newest.message
    if message.edited_at is not None:
        yield f"  edited {_time(message.edited_at)}, version {message.version}"
    if (withdrawn := told.withdrawn) is not None:
        yield f"  WITHDRAWN by its author, {_time(withdrawn.at)}"


def _content(told: Told) -> Iterator[str]:
    message = told.newest.message
    for finding in told.newest.assessment.findings:
        yield from _finding(finding)
    for note in message.notes:
        if note.code != DELETED:
            yield f"  note: {_line(note.code)} {_line(note.detail)}".rstrip()
    for origin in message.forwarded:
        yield f"  {_line(origin.kind).replace('_', ' ')}: {_party(origin.party)}"
    for attachment in message.attachments:
        yield _attachment(attachment)
    yield from _text("\n\n".join(filter(None, (message.text, message.signature))))
    for former in told.former:
        yield f"  version {former.message.version} said:"
        yield from _text(former.message.text)


def _text(text: str) -> Iterator[str]:
    for line in harmless(text).splitlines():
        yield f"  | {line}"


def _finding(finding: Finding) -> Iterator[str]:
    subject = f" ({_line(finding.subject)})" if finding.subject else ""
    yield f"  {finding.severity.upper()}: {_line(finding.reason) or finding.code}{subject}"


def _attachment(each: Attachment) -> str:
    kind = each.detected_type or each.declared_type
    name = _line(each.name) or "without a name"
    return f"  attachment {_line(each.id)}: {name}, {_line(kind)}, {each.size} bytes, {_KEPT[each.state]}"


def _effect(effect: EffectView) -> str:
    reason = f": {_line(effect.reason)}" if effect.reason else ""
    again = f", next try {_time(effect.not_before)}" if effect.not_before and effect.state is State.POSTPONED else ""
    tries = f" after {effect.attempts} attempts" if effect.attempts > 1 else ""
    return f"  {effect.kind} at {_line(effect.target)}: {_STATES[effect.state]}{tries}{again}{reason}"


def _desk(line: DeskLine) -> Iterator[str]:
    seen = "" if line.public else ", for agents only"
    yield f"  {_time(line.at)} {_line(line.kind)} by {_line(line.author) or 'the gateway'}{seen}"
    yield from _text(line.text)
    for file in line.files:
        yield f"  file: {_line(file.name)}, {_line(file.media_type)}, {file.size} bytes"


def account_of(party: Party) -> str:
    """Name a user in a list: a mail address, a public handle, else the name beside the platform's number."""
    account = _account(party)
    if account == _line(party.address or party.id or "") and "@" not in account and party.name:
        return f'"{_line(party.name)}" {account}'.rstrip()
    return account


def _party(party: Party) -> str:
    name = f'"{_line(party.name)}" ' if party.name else ""
    account = _account(party)
    return f"{name}<{account}>" if account else name.rstrip() or "<unknown>"


def _account(party: Party) -> str:
    """Return what a person would know an account by: in chats its address is but a number."""
    handle = f"@{party.handle}" if party.handle else ""
    mail = party.address if "@" in party.address else ""
    return _line(mail or handle or party.address or party.id or "")


def _line(text: str) -> str:
    return harmless(text, one_line=True)


def _time(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S} UTC"
