"""What reports on our mails lead to: notes for the agents in plain words, and what is remembered of an address.

An address at which a mail of ours failed, or whose owner complained of one, gets no automatic mail; agents' answers go
there all the same, with a note. Only a report on a reference that we signed counts.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from gateway.answers import signs
from gateway.answers.acknowledge import MAIL, plain_address
from gateway.case import Case, CaseState, FactOutcome, Message, Party, Priority
from gateway.casework import filing
from gateway.casework.deadlines import undated
from gateway.casework.values import Judged, Outcome, Policy
from gateway.dialogue import Dialogue, Learned, Place
from gateway.journal import Effect
from gateway.past import Past
from gateway.ports import DeliveryReport, TicketAction, Undelivered

FAILED = "address-failed"
"""The tag of cases whose user's address did not take a mail of ours."""
REPORTS = "delivery-report"
"""The tag of cases that a report opened which is about no mail of this gateway."""

TOLD_STRAYS = 20
"""So many reports of a day on no mail of ours are written to their ticket."""

_STRAYS = "reports:"
"""Before the channel and day of such reports, among the references of their case."""
_SERVERS = frozenset({"mailer-daemon", "postmaster", "mail-daemon", "maildaemon"})
_MEANINGS = {
    "5.1.1": "there is no such mailbox",
    "5.1.2": "there is no such domain",
    "5.1.3": "the address is no address",
    "5.1.6": "the mailbox has moved",
    "5.1.10": "the domain takes no mail",
    "5.2.1": "the mailbox is closed",
    "5.2.2": "the mailbox is full",
    "5.2.3": "the mail is too large for that mailbox",
    "5.3.4": "the mail is too large for that server",
    "5.7.1": "that server refuses our mail",
    "4.2.2": "the mailbox is full for now",
    "4.4.7": "that server could not be reached for too long",
    "4.7.1": "that server puts off strangers' mail",
}
"""What the codes of RFC 3463 and its registry mean, for those that are seen most."""
_SUBJECTS = {
    "1": "something is wrong with the address",
    "2": "something is wrong with the mailbox",
    "3": "something is wrong with that mail system",
    "4": "that server could not be reached",
    "5": "that server did not understand ours",
    "6": "that server does not take such content",
    "7": "that server refuses our mail",
}
"""The same for the second part of any other code."""
_TOO_LARGE = frozenset({"5.2.3", "5.3.4"})
"""Refusals of the mail, not of the address."""


def place_of(message: Message) -> Place | None:
    """Return where it is kept what is known of a mail address; None on other platforms."""
    return _place(message.provenance.source, message.sender)


def failed_at(message: Message, past: Past) -> datetime | None:
    """Return when a mail of ours to whom wrote this last failed."""
    return _known(message, past).failed_at


def has_complained(message: Message, past: Past) -> bool:
    """Whether the owner of the address took a mail of ours for unwanted."""
    return message.platform == MAIL and _known(message, past).silenced


def decide_report(report: DeliveryReport, case: Case, judged: Judged, policy: Policy, now: datetime) -> Outcome:
    """Note on its case what became of a mail of ours, and remember it of its user's address.

    Whatever address the report itself names: an alias that was forwarded, or one that was made unreadable.
    """
    if report.outcome == "delivered":
        return Outcome(note=f"delivered, says a report on {case.id}")
    changed = filing.changed(case, now)
    after: dict[str, object] = {}
    if report.outcome == "complained":
        told = (
            "The user's mail provider says that our mail was marked as unwanted. Nothing automatic is sent there any "
            "more; your answers are."
        )
        changed = filing.tagged(changed, filing.SILENCED, on=True)
        after = {"silenced": True}
    elif is_for_good(report):
        told = (
            f"Our last mail did not reach the user: {meaning(report.status)}. Nothing automatic is sent there for now; "
            "your answers are, and may not arrive either."
        )
        changed = filing.tagged(changed, FAILED, on=True)
        # Whom nothing has reached is not who has to answer next.
        opened = CaseState.OPEN if case.state is CaseState.WAITING else case.state
        changed = changed.model_copy(update={"state": opened})
        after = {"failed_at": now, "unreachable": report.status or "failed"}
    else:
        told = _told_of_delay(report)
    return Outcome(
        note=f"delivery report on {case.id}: {report.outcome}",
        cases=(changed,),
        entries=(filing.entry(changed, report.message, judged, now),),
        effects=(filing.note(report.message.id, changed, policy, told),),
        learned=_learned(case, after) if after else (),
    )


def unreached(event: Undelivered, case: Case, now: datetime) -> tuple[Case, tuple[Learned, ...]]:
    """Return the case of a mail that was refused because its address takes none, and what is remembered of that."""
    if not event.unreachable or event.to.platform != MAIL:
        return case, ()
    return filing.tagged(case, FAILED, on=True), _learned(case, {"failed_at": now, "unreachable": "refused"})


def is_for_good(report: DeliveryReport) -> bool:
    """Whether the address takes no mail of ours: not when it was only slow, or the mail too large."""
    return report.outcome == "failed" and not report.status.startswith("4") and report.status not in _TOO_LARGE


def meaning(status: str) -> str:
    """Return a status code of RFC 3463 in plain words, with the code."""
    if not status:
        return "its server gives no reason"
    subject = status.split(".")[1] if status.count(".") == 2 else ""
    return f"{_MEANINGS.get(status) or _SUBJECTS.get(subject, 'its server gives no reason')} ({status})"


def strays(report: DeliveryReport) -> str:
    """Return the reference under which reports of mail servers on no mail of ours meet: one a channel and day.

    Empty where it is not sure that a server wrote it: a person's mail is nobody's but his own.
    """
    message = report.message
    by_server = signs.return_path(message) == "" or signs.local_part(message.sender.address) in _SERVERS
    day = message.provenance.received_at.date().isoformat()
    return f"{_STRAYS}{message.provenance.source}:{day}" if by_server else ""


def without_strays(past: Past) -> Past:
    """Return the past without the case of other reports: nothing is a part of it because of what it cites."""
    return replace(past, by_ref=tuple(case for case in past.by_ref if REPORTS not in case.tags))


def decide_stray(report: DeliveryReport, judged: Judged, past: Past, policy: Policy, now: datetime) -> Outcome | None:
    """File a server's report on no mail of ours with the others of its day, where there is such a case; else None.

    Whoever uses our address as a false sender brings them by the thousand: the agents get the first of them.
    """
    open_ones = (case for case in past.by_ref if REPORTS in case.tags and case.state is CaseState.OPEN)
    case = next(open_ones, None)
    if case is None or not strays(report):
        return None
    changed = filing.changed(case, now, message_count=case.message_count + 1)
    name, message = report.message.id, report.message
    effects: tuple[Effect, ...] = ()
    if case.message_count < TOLD_STRAYS:
        effects = (filing.write(name, changed, policy, TicketAction.MESSAGE, message_id=name),)
    elif case.message_count == TOLD_STRAYS:
        effects = (filing.note(name, changed, policy, "There are more of these; the gateway keeps them in this case."),)
    return Outcome(
        note=f"one more report on no mail of ours, on {case.id}",
        cases=(changed,),
        entries=(filing.entry(changed, message, judged, now),),
        effects=effects,
    )


def of_nobody(outcome: Outcome, report: DeliveryReport) -> Outcome:
    """Mark a case that a report opened which is about no mail of this gateway: no customer waits for an answer."""
    ref = strays(report)
    marked = [
        undated(filing.tagged(case, REPORTS, on=True)).model_copy(update={"priority": Priority.LOW})
        if case.version == 1
        else case
        for case in outcome.cases
    ]
    refs = tuple((ref, case.id) for case in marked if ref and REPORTS in case.tags)
    return replace(outcome, cases=tuple(marked), refs=(*outcome.refs, *refs))


def told_of_answer(case: Case) -> str:
    """Return what the agents are told when they answer to an address that failed; empty for any other."""
    if FAILED not in case.tags:
        return ""
    return "An earlier mail to this user's address failed. Your answer is sent there all the same, and may not arrive."


def recovered(outcome: Outcome, message: Message, judged: Judged, past: Past, policy: Policy, now: datetime) -> Outcome:
    """Take back what was remembered of an address, now that its owner writes: of the case, and when proven of all."""
    cases = tuple(
        filing.tagged(case, FAILED, on=False) if _is_requester(message, case) else case for case in outcome.cases
    )
    known = _known(message, past)
    proven = any(fact.kind == "mail_auth" and fact.outcome is FactOutcome.PASS for fact in judged.assessment.facts)
    rests = timedelta(hours=policy.acknowledgement.after_bounce_hours)
    if known.failed_at is None or not (proven or now - known.failed_at >= rests):
        return replace(outcome, cases=cases)
    after = Learned(known.place, {"failed_at": None, "unreachable": ""})
    return replace(outcome, cases=cases, learned=(*outcome.learned, after))


def _told_of_delay(report: DeliveryReport) -> str:
    if report.outcome == "delayed":
        return f"Our last mail has not reached the user yet: {meaning(report.status)}. The mail server goes on trying."
    if report.outcome == "failed":
        return f"Our last mail did not reach the user: {meaning(report.status)}. Another one may."
    return f"A mail server reports on our last mail ({report.status or 'no code'}): it may not have reached the user."


def _learned(case: Case, after: dict[str, object]) -> tuple[Learned, ...]:
    place = _place(case.channel, case.requester)
    return () if place is None else (Learned(place, after),)


def _known(message: Message, past: Past) -> Dialogue:
    place = place_of(message)
    if place is None or past.dialogue is None or past.dialogue.place != place:
        return Dialogue(channel=message.provenance.source, address=message.sender.address)
    return past.dialogue


def _place(channel: str, party: Party) -> Place | None:
    address = plain_address(party.address)
    return Place(channel, address) if party.platform == MAIL and "@" in address else None


def _is_requester(message: Message, case: Case) -> bool:
    return FAILED in case.tags and plain_address(message.sender.address) == plain_address(case.requester.address)
