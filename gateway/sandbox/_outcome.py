"""What became of each mail of the demo, read from the store and the mailboxes, and how that differs from the plan."""

from __future__ import annotations

import email
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import default

from gateway.case import CaseState, Direction, Entry, Severity, Standing
from gateway.journal import EffectKind, State, Store
from gateway.sandbox.mail import MailServer
from gateway.sandbox.mailbox import StoredMail
from gateway.sandbox.scenario import DemoMail, Expected
from gateway.views import CaseView

LIMIT = 200
WARNING_HEADINGS = ("Important, please read this first:", "重要提示，请先阅读：")


@dataclass(frozen=True, slots=True)
class Received:
    """A mail that a user got from the desk."""

    subject: str
    text: str
    message_id: str
    automatic: bool
    null_sender: bool

    @property
    def warned(self) -> bool:
        """Whether it starts with the warning."""
        return any(heading in self.text for heading in WARNING_HEADINGS)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one mail."""

    case_id: str
    tickets: tuple[str, ...]
    sender: Standing
    authentication: str
    findings: tuple[tuple[str, Severity], ...]
    language: str
    attachments: int
    notes: tuple[str, ...]
    received: tuple[Received, ...]
    acknowledged: bool
    unsettled: tuple[str, ...] = ()

    @property
    def worst(self) -> Severity | None:
        """The gravest severity among the findings."""
        order = list(Severity)
        return max((severity for _, severity in self.findings), key=order.index, default=None)


async def all_views(store: Store) -> list[CaseView]:
    """Return every case of the demo."""
    views = [await store.case_view(case.id) for case in await store.list_cases(None, LIMIT)]
    return [view for view in views if view is not None]


def view_of(views: Iterable[CaseView], mail: DemoMail) -> CaseView | None:
    """Return the case that a mail opened, or None while there is none."""
    return next((view for view in views if _entry_of(view, mail.message_id) is not None), None)


def settled(view: CaseView | None) -> bool:
    """Whether every effect of a case has come to its end, its ticket among them."""
    if view is None:
        return False
    over = (State.SETTLED, State.MAYBE_SENT, State.BURIED)
    kinds = {effect.kind for effect in view.effects}
    return EffectKind.TICKET in kinds and all(effect.state in over for effect in view.effects)


def outcome(view: CaseView, mail: DemoMail, server: MailServer) -> Outcome:
    """Return what became of a mail whose case is there."""
    entry = _entry_of(view, mail.message_id)
    if entry is None:
        raise LookupError("the case does not hold this mail")
    received = tuple(read_received(stored) for stored in server.inbox(mail.address))
    return Outcome(
        case_id=view.file.case.id,
        tickets=tuple(ticket.value for ticket in view.file.tickets),
        sender=entry.assessment.sender,
        authentication=next((fact.outcome for fact in entry.assessment.facts if fact.kind == "mail_auth"), "none"),
        findings=tuple((finding.code, finding.severity) for finding in entry.assessment.findings),
        language=view.file.case.language,
        attachments=len(entry.message.attachments),
        notes=tuple(note.code for note in entry.message.notes),
        received=received,
        acknowledged=any(effect.kind is EffectKind.ACKNOWLEDGEMENT for effect in view.effects),
        unsettled=tuple(
            f"{effect.kind} is {effect.state}: {effect.reason}"
            for effect in view.effects
            if effect.state is not State.SETTLED
        ),
    )


def differences(expected: Expected, found: Outcome | None) -> list[str]:
    """Return a sentence for each way in which a mail did not end as it should; none when all is well."""
    if found is None:
        return ["no case was opened"]
    return [
        *_delivery(expected, found),
        *_wrong("the ticket", "one", len(found.tickets) == 1, f"{len(found.tickets)}"),
        *found.unsettled,
        *_findings(expected, found),
        *_reading(expected, found),
    ]


def answer_differences(view: CaseView | None, received: Sequence[Received], cases: int, mails: int) -> list[str]:
    """Return how the conversation differs from: one answer, one reply on the same case, solved at the end."""
    if view is None:
        return ["the case of the conversation is gone"]
    incoming = [entry for entry in view.file.entries if entry.direction is Direction.IN]
    answers = [mail for mail in received if not mail.automatic]
    return [
        *_wrong("the user's reply", "on the same case", len(incoming) == 2, f"{len(incoming)} messages there"),
        *_wrong("cases", f"{mails}", cases == mails, f"{cases}"),
        *_wrong("agent's answers in the user's mailbox", "1", len(answers) == 1, f"{len(answers)}"),
        *_wrong("acknowledgements of that user", "1", len(received) - len(answers) == 1, f"{len(received)} mails"),
        *_wrong("the case", "solved", view.file.case.state is CaseState.SOLVED, view.file.case.state),
    ]


def read_received(stored: StoredMail) -> Received:
    """Read a mail that the desk sent."""
    mail = parse(stored)
    body = mail.get_body(("plain",))
    return Received(
        subject=str(mail["Subject"] or ""),
        text=body.get_content() if body is not None else "",
        message_id=str(mail["Message-ID"] or "").strip(),
        automatic=str(mail["Auto-Submitted"] or "no").lower() != "no",
        null_sender=str(mail["Return-Path"] or "").strip() == "<>",
    )


def parse(stored: StoredMail) -> EmailMessage:
    """Return a stored mail parsed; for mails that our own Sender wrote."""
    return email.message_from_bytes(stored.body, policy=default)


def _entry_of(view: CaseView, message_id: str) -> Entry | None:
    for entry in view.file.entries:
        if entry.direction is Direction.IN and entry.message.thread.own_ref == message_id:
            return entry
    return None


def _delivery(expected: Expected, found: Outcome) -> Iterable[str]:
    automatic = [mail for mail in found.received if mail.automatic]
    if not expected.acknowledged:
        yield from _wrong("an acknowledgement", "none", not found.received, f"{len(found.received)} mails to the user")
        return
    yield from _wrong("acknowledgements in the user's mailbox", "1", len(automatic) == 1, f"{len(automatic)}")
    for mail in automatic:
        yield from _wrong("the acknowledgement's envelope sender", "null", mail.null_sender, "another")
        named = found.case_id in mail.subject and found.case_id in mail.text
        yield from _wrong("the case number in the acknowledgement", "there", named, "missing")
        told = "there" if mail.warned else "missing"
        yield from _wrong("the warning", "there" if expected.warned else "none", mail.warned is expected.warned, told)


def _findings(expected: Expected, found: Outcome) -> Iterable[str]:
    codes = {code for code, _ in found.findings}
    if not expected.findings:
        yield from _wrong("findings", "none", not codes, ", ".join(sorted(codes)))
        return
    there = ", ".join(sorted(codes)) or "none"
    yield from _wrong("findings", ", ".join(sorted(expected.findings)), expected.findings <= codes, there)
    yield from _wrong("the gravest finding", f"{expected.worst}", found.worst is expected.worst, f"{found.worst}")


def _reading(expected: Expected, found: Outcome) -> Iterable[str]:
    if expected.language is not None:
        yield from _wrong("language", expected.language, found.language == expected.language, found.language)
    right = found.attachments == expected.attachments
    yield from _wrong("attachments", f"{expected.attachments}", right, f"{found.attachments}")
    if expected.noted:
        yield from _wrong("a note on what could not be read", "there", bool(found.notes), "missing")
    yield from _wrong("the sender", "not called official", found.sender is not Standing.OFFICIAL, found.sender)


def _wrong(what: str, wanted: str, right: bool, got: str) -> Iterable[str]:
    if not right:
        yield f"{what}: expected {wanted}, got {got}"
