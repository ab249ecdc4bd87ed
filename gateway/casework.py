"""The decision: what one event means for its case, its ticket and its user. Pure: everything it knows is given to it.

Not here: reading mail, judging accounts, composing texts, any I/O or clock.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from gateway.answers import compose
from gateway.answers.acknowledge import AckPolicy, may_acknowledge, plain_address, target
from gateway.answers.locales import Locales
from gateway.answers.outgoing import continued, filed, signed_reply
from gateway.answers.tokens import new_case_id, read_token
from gateway.case import (
    GRAVITY,
    Assessment,
    Case,
    CaseLink,
    CaseState,
    Entry,
    FactOutcome,
    Finding,
    Message,
    Party,
    Severity,
    Thread,
    Triage,
)
from gateway.conversation import cited_cases, place, references, signed_cases, takes_part
from gateway.journal import Effect, EffectKind, Past, Query, TicketIntent
from gateway.ports import DeliveryReport, Event, ReplyKind, TicketAction, TicketEvent

NEW_ID_TRIES = 3
"""Candidate numbers looked up for a new case; two in a row taken is beyond any likely desk."""


_EVENT = "event:"
"""Before an agent's act's id among the references of its case: pushed and polled copies of one act meet there."""


@dataclass(frozen=True, slots=True)
class Policy:
    """What casework knows of the desk: settings and secrets, as values."""

    brand: str
    official: tuple[str, ...]
    """The brand's own accounts that a text may name."""
    locales: Locales
    secret: bytes
    """Signs references and numbers cases."""
    backend: str
    """The target of ticket effects."""
    acknowledgement: AckPolicy
    own_addresses: frozenset[str]
    """Every address of ours on any channel, lower case."""
    sending: frozenset[str]
    """The channels that can send."""


@dataclass(frozen=True, slots=True)
class Judged:
    """An event with what trust and triage found; both are empty for what is not a message."""

    event: Event
    assessment: Assessment = field(default_factory=Assessment)
    triage: Triage = field(default_factory=Triage)
    old: bool = False
    """The platform took it in before the channel was first watched, or it was found by a backfill."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What follows from an event; `note` says in a few words what was decided and why."""

    note: str
    cases: tuple[Case, ...] = ()
    entries: tuple[Entry, ...] = ()
    refs: tuple[tuple[str, str], ...] = ()
    effects: tuple[Effect, ...] = ()


def ask(event: Event, policy: Policy, now: datetime) -> Query:
    """Return what must be known of the past to decide on this event."""
    match event:
        case Message():
            return _ask_message(event, policy, now)
        case DeliveryReport():
            query = _ask_message(event.message, policy, now)
            signed = read_token(policy.secret, event.ref or "")
            return replace(
                query,
                refs=((event.ref,) if event.ref else ()) + query.refs,
                case_ids=((signed,) if signed else ()) + query.case_ids,
            )
        case TicketEvent():
            number = event.case_id or ""
            return Query(refs=(_EVENT + event.id,), case_ids=(number,) if number else (), thread_of=number)
        case _:
            return Query()


def decide(judged: Judged, past: Past, policy: Policy, now: datetime) -> Outcome:
    """Decide what follows from the event."""
    match judged.event:
        case Message() as message:
            return _decide_message(message, judged, past, policy, now)
        case DeliveryReport() as report:
            return _decide_report(report, judged, past, policy, now)
        case TicketEvent() as event:
            return _decide_ticket_event(event, past, policy, now)
        case other:
            return Outcome(note=f"kept: nothing follows from {type(other).__name__.lower()} yet")


def _ask_message(message: Message, policy: Policy, now: datetime) -> Query:
    acknowledgement = policy.acknowledgement
    numbers = tuple(new_case_id(policy.secret, message.id, salt, message.sent_at) for salt in range(NEW_ID_TRIES))
    return Query(
        message_id=message.id,
        content_key=message.content_key,
        refs=references(message),
        case_ids=(*signed_cases(message, policy.secret), *cited_cases(message), *numbers),
        recipient=_ledger_name(message),
        since=(now - timedelta(seconds=acknowledgement.per_sender_secs), now - timedelta(days=1)),
        since_all=(now - timedelta(minutes=1),),
    )


def _decide_message(message: Message, judged: Judged, past: Past, policy: Policy, now: datetime) -> Outcome:
    if past.copy_of is not None:
        return Outcome(note=f"copy of a message of {past.copy_of.case_id}")
    if message.sender.address in policy.own_addresses and read_token(policy.secret, message.thread.own_ref or ""):
        # From us, with a reference that only we can sign: nobody else's words are lost with it.
        return Outcome(note="our own message came back")
    placing = place(message, judged.assessment, past, policy.secret)
    if placing.case is None:
        return _open(message, judged, placing.claims, past, policy, now)
    return _extend(placing.case, message, judged, placing.how, past, policy, now)


def _open(
    message: Message, judged: Judged, claims: Sequence[str], past: Past, policy: Policy, now: datetime
) -> Outcome:
    case = Case(
        id=_free_number(message, past, policy),
        brand=policy.brand,
        channel=message.provenance.source,
        platform=message.platform,
        requester=message.sender,
        participants=(message.sender,) if message.sender.address else (),
        subject=message.subject,
        language=judged.triage.language,
        priority=judged.triage.priority,
        queue=judged.triage.queue,
        category=judged.triage.category,
        tags=judged.triage.tags,
        worst_severity=judged.assessment.worst,
        opened_at=now,
        updated_at=now,
        message_count=1,
        links=tuple(CaseLink(kind="claims", case_id=case_id) for case_id in claims),
        version=1,
    )
    answer = _automatic(ReplyKind.ACKNOWLEDGEMENT, case, message, judged, past, policy, now)
    return Outcome(
        note=f"opened {case.id}; {answer.note}",
        cases=(case,),
        entries=(_entry(case, message, judged, now), *answer.entries),
        refs=_own_ref(message, case),
        effects=(_write(message.id, case, policy, TicketAction.MESSAGE, message_id=message.id), *answer.effects),
    )


def _extend(
    case: Case, message: Message, judged: Judged, how: str, past: Past, policy: Policy, now: datetime
) -> Outcome:
    extended = case.model_copy(
        update={
            "state": CaseState.OPEN,
            "updated_at": now,
            "message_count": case.message_count + 1,
            "worst_severity": _worse(case.worst_severity, judged.assessment.worst),
            "version": case.version + 1,
        }
    )
    warned = judged.assessment.worst in (Severity.WARNING, Severity.DANGER)
    answer = (
        _automatic(ReplyKind.WARNING, extended, message, judged, past, policy, now)
        if warned
        else Outcome(note="not acknowledged again")
    )
    return Outcome(
        note=f"joined {case.id} ({how}); {answer.note}",
        cases=(extended,),
        entries=(_entry(extended, message, _doubted(judged, how, message.sender, case), now), *answer.entries),
        refs=_own_ref(message, case),
        effects=(_write(message.id, extended, policy, TicketAction.MESSAGE, message_id=message.id), *answer.effects),
    )


def _doubted(judged: Judged, how: str, sender: Party, case: Case) -> Judged:
    """Mark for the agent what a join rests on: a name that nobody has proven, or a reference in another's hands."""
    proven = any(fact.kind == "mail_auth" and fact.outcome is FactOutcome.PASS for fact in judged.assessment.facts)
    if how == "participant" and not proven:
        doubt = Finding(
            code="unproven_join",
            severity=Severity.NOTICE,
            reason="It joined by its sender's name alone, which could not be proven.",
        )
    elif how == "signed" and not takes_part(sender, case):
        doubt = Finding(
            code="joined_by_another",
            severity=Severity.NOTICE,
            subject=sender.address,
            reason="It answers a message of ours on this case, but comes from somebody who did not take part so far.",
        )
    else:
        return judged
    findings = (*judged.assessment.findings, doubt)
    return replace(judged, assessment=judged.assessment.model_copy(update={"findings": findings}))


def _automatic(
    kind: ReplyKind, case: Case, message: Message, judged: Judged, past: Past, policy: Policy, now: datetime
) -> Outcome:
    """Acknowledge or warn, if every rule allows it; the note says why not otherwise.

    The window after an acknowledgement holds back further ones, never a warning: scammers act within it.
    """
    if case.channel not in policy.sending:
        return Outcome(note="not acknowledged: this channel cannot send")
    if judged.old and not policy.acknowledgement.old:
        return Outcome(note="not acknowledged: it is older than the channel")
    verdict = may_acknowledge(
        message,
        judged.assessment,
        policy.acknowledgement,
        policy.own_addresses,
        sent_to=past.sent_to if kind is ReplyKind.ACKNOWLEDGEMENT else (0, *past.sent_to[1:]),
        sent_to_all=past.sent_to_all[0] if past.sent_to_all else 0,
        now=now,
    )
    if not verdict.allowed or verdict.to is None:
        return Outcome(note=f"not acknowledged: {verdict.reason}")
    subject, text = compose.acknowledgement(case, judged.assessment, policy.locales, policy.brand, policy.official)
    key = f"{message.id}:{kind}"
    reply = signed_reply(kind, case, verdict.to, subject, text, key, continued(message), policy.secret)
    effect = Effect(
        key=key,
        kind=EffectKind(kind.value),
        target=case.channel,
        case_id=case.id,
        recipient=_ledger_name(message),
        reply=reply,
    )
    return Outcome(note=f"{kind} to be sent", entries=(filed(reply, key, now),), effects=(effect,))


def _decide_report(report: DeliveryReport, judged: Judged, past: Past, policy: Policy, now: datetime) -> Outcome:
    """A report on something of ours becomes a note on its ticket; any other report is a message like any other."""
    if past.copy_of is not None:
        return Outcome(note=f"copy of a message of {past.copy_of.case_id}")
    signed = read_token(policy.secret, report.ref or "")
    case = next((each for each in past.cases if each.id == signed), None)
    if case is None:
        return _decide_message(report.message, judged, past, policy, now)
    if report.outcome == "delivered":
        return Outcome(note=f"delivered, says a report on {case.id}")
    note = f"Delivery {report.outcome} ({report.status or 'no code'}): the user may not have our last message."
    changed = case.model_copy(update={"updated_at": now, "version": case.version + 1})
    return Outcome(
        note=f"delivery report on {case.id}",
        cases=(changed,),
        entries=(_entry(changed, report.message, judged, now),),
        effects=(_write(report.message.id, changed, policy, TicketAction.NOTE, note=note),),
    )


_STATES: Mapping[str, CaseState] = {
    "replied": CaseState.WAITING,
    "solved": CaseState.SOLVED,
    "reopened": CaseState.OPEN,
}


def _decide_ticket_event(event: TicketEvent, past: Past, policy: Policy, now: datetime) -> Outcome:
    case = next((each for each in past.cases if each.id == event.case_id), None)
    if case is None:
        return Outcome(note="kept: it belongs to no case of ours")
    if past.by_ref:
        return Outcome(note=f"copy of an event of {case.id}")
    refs = ((_EVENT + event.id, case.id),)
    state = _STATES.get(event.kind)
    if state is None:
        return Outcome(note=f"{event.kind} on {case.id}: stays in the ticket", refs=refs)
    changed = case.model_copy(update={"state": state, "updated_at": now, "version": case.version + 1})
    if event.kind != "replied":
        return Outcome(note=f"{event.kind} {case.id}", cases=(changed,), refs=refs)
    if not case.requester.address or case.channel not in policy.sending:
        note = "This answer was not sent: there is no address to send it to."
        effect = _write(event.id, changed, policy, TicketAction.NOTE, note=note)
        return Outcome(note=f"answer on {case.id} cannot be sent", cases=(changed,), refs=refs, effects=(effect,))
    subject, text = compose.answer(changed, event.text, policy.locales, policy.brand)
    key = f"{event.id}:{ReplyKind.ANSWER}"
    said = tuple(ref for ref in past.thread if not ref.startswith(_EVENT))
    thread = Thread(parent=said[-1] if said else None, ancestors=said)
    reply = signed_reply(ReplyKind.ANSWER, changed, case.requester, subject, text, key, thread, policy.secret)
    effect = Effect(
        key=key,
        kind=EffectKind.ANSWER,
        target=case.channel,
        case_id=case.id,
        recipient=case.requester.address,
        reply=reply,
    )
    return Outcome(
        note=f"answer on {case.id} to be sent",
        cases=(changed,),
        entries=(filed(reply, key, now),),
        refs=refs,
        effects=(effect,),
    )


def _ledger_name(message: Message) -> str:
    """Return under which name automatic replies to this message are counted: the mailbox that they go to."""
    return plain_address(target(message).address)


def _free_number(message: Message, past: Past, policy: Policy) -> str:
    taken = {case.id for case in past.cases}
    numbers = (new_case_id(policy.secret, message.id, salt, message.sent_at) for salt in range(NEW_ID_TRIES))
    for number in numbers:
        if number not in taken:
            return number
    raise LookupError("every candidate for a new case number is taken")


def _worse(one: Severity | None, other: Severity | None) -> Severity | None:
    return max((each for each in (one, other) if each is not None), key=GRAVITY.index, default=None)


def _entry(case: Case, message: Message, judged: Judged, now: datetime) -> Entry:
    return Entry(case_id=case.id, message=message, assessment=judged.assessment, triage=judged.triage, at=now)


def _own_ref(message: Message, case: Case) -> tuple[tuple[str, str], ...]:
    return ((message.thread.own_ref, case.id),) if message.thread.own_ref else ()


def _write(
    event_id: str, case: Case, policy: Policy, action: TicketAction, *, message_id: str | None = None, note: str = ""
) -> Effect:
    return Effect(
        key=f"{event_id}:ticket:{policy.backend}",
        kind=EffectKind.TICKET,
        target=policy.backend,
        case_id=case.id,
        ticket=TicketIntent(action=action, message_id=message_id, note=note),
    )
