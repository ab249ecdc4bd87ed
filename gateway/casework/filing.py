"""What every decision builds with: cases and their changes, entries, ticket writes, fetches of files, replies.

Pure; decides nothing by itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from gateway.answers.acknowledge import plain_address, target
from gateway.answers.tokens import new_case_id
from gateway.case import (
    GRAVITY,
    Assessment,
    Case,
    CaseState,
    Entry,
    Evidence,
    Fact,
    FactOutcome,
    Message,
    Party,
    PartyKind,
    RecipientRole,
    Severity,
    Triage,
    Visibility,
)
from gateway.casework.deadlines import dated
from gateway.casework.knowing import known
from gateway.casework.matching import linked
from gateway.casework.values import Judged, Policy
from gateway.caution import cautions
from gateway.conversation import MAIL_AUTH, sender_failed
from gateway.dialogue import Dialogue, Place
from gateway.identity import OF_ACCOUNT
from gateway.journal import Effect, EffectKind, TicketIntent
from gateway.past import OF_THING, Past
from gateway.ports import Pressed, Reply, ReplyKind, TicketAction

SILENCED = "opted-out"
"""The tag of cases whose person wants nothing automatic."""
POSED = "answered-by-impostor"
"""The tag of cases whose user was answered by an impostor in public and could not be warned of it yet."""
MOST_OF_AN_ID = 5
"""So many cases may have mails of one Message-ID: some programs give each of their mails the same."""
NEW_ID_TRIES = 3
"""Candidate numbers looked up for a new case; two in a row taken is beyond any likely desk."""


def numbers(name: str, sent_at: datetime | None, policy: Policy) -> tuple[str, ...]:
    """Return the candidates for the number of the case that the event of this name opens."""
    return _numbers(policy.secret, name, sent_at)


def first_number(name: str, sent_at: datetime, policy: Policy) -> str:
    """Return the one number of a case that many events lead to: a name that is taken is that very case."""
    return new_case_id(policy.secret, name, 0, sent_at)


@lru_cache(maxsize=256)
def _numbers(secret: bytes, name: str, sent_at: datetime | None) -> tuple[str, ...]:
    """Return them again without signing: they are asked for with a message, and needed where it opens a case."""
    return tuple(new_case_id(secret, name, salt, sent_at) for salt in range(NEW_ID_TRIES))


def new_case(
    number_of: str, message: Message, judged: Judged, past: Past, policy: Policy, now: datetime, **more: Any
) -> Case:
    """Return the case that a message opens; `number_of` names the event. `more` are fields that differ."""
    led = cautions(judged.assessment.findings, policy.cautions)
    sender = _as_judged(message.sender, judged.assessment)
    fields: dict[str, Any] = {
        "id": _free(numbers(number_of, message.sent_at, policy), past),
        "brand": policy.brand,
        "channel": message.provenance.source,
        "platform": message.platform,
        "requester": _whom_to_answer(sender),
        "participants": (sender,) if sender.address else (),
        "subject": message.subject,
        **_of_triage(judged.triage),
        "priority": led.raised(judged.triage.priority),
        "queue": judged.triage.queue or led.queue,
        "tags": _distinct(
            *judged.triage.tags,
            *led.tags,
            *((SILENCED,) if past.dialogue is not None and past.dialogue.silenced else ()),
        ),
        "worst_severity": judged.assessment.worst,
        "opened_at": now,
        "updated_at": now,
        "message_count": 1,
        "version": 1,
    }
    opened = Case(**(fields | more))
    case = dated(None, known(opened, judged.triage, _looked_up(opened, judged)), judged, policy, now)
    case = linked(case, judged, policy)
    return case.model_copy(update={"backend": policy.home_of(case)})


def changed(case: Case, now: datetime, **more: Any) -> Case:
    """Return the next version of a case."""
    return case.model_copy(update={"updated_at": now, "version": case.version + 1, **more})


def grown(case: Case, judged: Judged, policy: Policy, now: datetime) -> Case:
    """Return a case with one more message of its user."""
    grown_one = changed(case, now, state=CaseState.OPEN, message_count=case.message_count + 1)
    if case.state is CaseState.SOLVED:
        # What was dangerous then is settled: the same once more is met once more.
        grown_one = grown_one.model_copy(update={"danger": "", "danger_at": None})
    after = known(cautioned(grown_one, judged.assessment, policy), judged.triage, _looked_up(case, judged))
    return linked(dated(case, after, judged, policy, now), judged, policy)


def edited(case: Case, judged: Judged, policy: Policy, now: datetime) -> Case:
    """Return a case one of whose messages says something else now."""
    after = known(cautioned(changed(case, now), judged.assessment, policy), judged.triage, _looked_up(case, judged))
    return linked(dated(case, after, judged, policy, now), judged, policy)


def _looked_up(case: Case, judged: Judged) -> tuple[Fact, ...]:
    """Return what was looked up with a message of the case's own requester: what is known of others is not of his."""
    event = judged.event
    is_his = isinstance(event, Message) and event.sender.address == case.requester.address
    return judged.assessment.facts if is_his else ()


def cautioned(case: Case, assessment: Assessment, policy: Policy) -> Case:
    """Return a case with what the findings of a message lead to."""
    led = cautions(assessment.findings, policy.cautions)
    return case.model_copy(
        update={
            "worst_severity": worse(case.worst_severity, assessment.worst),
            "priority": led.raised(case.priority),
            "queue": case.queue or led.queue,
            "tags": _distinct(*case.tags, *led.tags),
        }
    )


def _distinct(*tags: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(tags))


def tagged(case: Case, tag: str, *, on: bool) -> Case:
    """Return a case with a tag, or without it."""
    others = tuple(each for each in case.tags if each != tag)
    return case.model_copy(update={"tags": (*others, tag) if on else others})


def worse(one: Severity | None, other: Severity | None) -> Severity | None:
    """Return the graver of two."""
    return max((each for each in (one, other) if each is not None), key=GRAVITY.index, default=None)


def entry(case: Case, message: Message, judged: Judged, now: datetime, part_of: str = "") -> Entry:
    """Return a message as an entry of its case's file."""
    return Entry(
        case_id=case.id,
        message=message,
        assessment=judged.assessment,
        triage=judged.triage,
        at=now,
        part_of=part_of,
    )


def own_ref(message: Message, case: Case, past: Past) -> tuple[tuple[str, str], ...]:
    """Return the reference by which answers to this message find its case; none where too many bear the same."""
    known = past.same_ref
    own = message.thread.own_ref
    if not own or own.startswith((OF_ACCOUNT, OF_THING)):
        return ()
    if len(known) >= MOST_OF_AN_ID and all(each.id != case.id for each in known):
        return ()
    return ((own, case.id),)


def ledger_name(message: Message) -> str:
    """Return under which name automatic replies to this message are counted: the mailbox that they go to."""
    return plain_address(conversation_with(target(message)))


def ticket_key(event_id: str, target: str) -> str:
    """Return the key of the ticket effect of an event."""
    return f"{event_id}:ticket:{target}"


def write(
    event_id: str,
    case: Case,
    policy: Policy,
    action: TicketAction,
    *,
    message_id: str | None = None,
    note: str = "",
    state: CaseState | None = None,
    file_id: str | None = None,
    not_before: datetime | None = None,
) -> Effect:
    """Return the effect that writes to a case's ticket, in the ticket system that the case belongs to."""
    intent = TicketIntent(action=action, message_id=message_id, note=note, state=state, file_id=file_id)
    return write_at(event_id, case, policy.target_of(case), intent, not_before)


def write_at(
    event_id: str, case: Case, target: str, intent: TicketIntent, not_before: datetime | None = None
) -> Effect:
    """Return the effect that writes to a case's ticket in that ticket system."""
    return Effect(
        key=ticket_key(event_id, target),
        kind=EffectKind.TICKET,
        target=target,
        case_id=case.id,
        not_before=not_before,
        ticket=intent,
    )


def note(event_id: str, case: Case, policy: Policy, text: str) -> Effect:
    """Return the effect that tells the agents something on a case's ticket."""
    return write(event_id, case, policy, TicketAction.NOTE, note=text)


def said_to(
    kind: ReplyKind, key: str, reply: Reply, *, case_id: str | None = None, recipient: str | None = None
) -> Effect:
    """Return the effect that sends a reply on its channel."""
    return Effect(
        key=key, kind=EffectKind(kind.value), target=reply.channel, case_id=case_id, recipient=recipient, reply=reply
    )


def group_of(message: Message) -> Party | None:
    """Return the group that a message was written in."""
    if message.visibility is not Visibility.GROUP:
        return None
    return next(iter(message.recipients_as(RecipientRole.TO)), None)


def place_of(event: Message | Pressed) -> Place | None:
    """Return the conversation that an event belongs to; None when nothing tells."""
    channel, person = event.provenance.source, event.sender
    name = person.id or person.address
    if isinstance(event, Pressed):
        chat, in_group = event.place, event.visibility is Visibility.GROUP
    else:
        chat = group_of(event)
        in_group = chat is not None
    if in_group:
        return Place(channel, f"{chat.address}:{name}") if chat is not None and chat.address and name else None
    talk = conversation_with(chat or person) or conversation_with(person)
    return Place(channel, talk) if talk else None


def conversation_with(party: Party) -> str:
    """Return what names the talk with somebody: the address, or what the platform says where that has several."""
    said = (item.value for item in party.evidence if item.name == "conversation")
    return next(said, "") or party.address


def dialogue_at(place: Place, past: Past) -> Dialogue:
    """Return what is remembered of a conversation, or its beginning."""
    return past.dialogue or Dialogue(channel=place.channel, address=place.address)


def in_language(judged: Judged, language: str | None) -> Judged:
    """Return it with the language that the person chose, where one was chosen."""
    if not language or judged.triage.language == language:
        return judged
    triage = judged.triage.model_copy(update={"language": language, "language_confidence": 1.0})
    return Judged(judged.event, judged.assessment, triage, judged.old)


def _whom_to_answer(sender: Party) -> Party:
    """Return the sender; without an address where a group or a channel speaks: everybody would read the answer."""
    if sender.kind in (PartyKind.GROUP, PartyKind.CHANNEL):
        return sender.model_copy(update={"address": ""})
    return sender


def _as_judged(sender: Party, assessment: Assessment) -> Party:
    """Return a sender with the mark that its mail failed authentication from the first."""
    if not sender_failed(assessment):
        return sender
    mark = Evidence(name=MAIL_AUTH, value=FactOutcome.FAIL)
    return sender.model_copy(update={"evidence": (*sender.evidence, mark)})


def _of_triage(triage: Triage) -> dict[str, Any]:
    names = ("language", "category")
    return {name: getattr(triage, name) for name in names}


def _free(candidates: Sequence[str], past: Past) -> str:
    taken = {case.id for case in past.cases}
    for number in candidates:
        if number not in taken:
            return number
    raise LookupError("every candidate for a new case number is taken")
