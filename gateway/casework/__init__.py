"""The decision: what one event means for its case, its ticket and its user. Pure: everything it knows is given to it.

Not here: reading messages, judging accounts, composing texts, any I/O or clock.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from gateway.answers.tokens import read_token
from gateway.case import Message
from gateway.casework import bot, changes, desk, files, filing, groups, messages
from gateway.casework.values import Judged, Outcome, Policy
from gateway.conversation import cited_cases, references, signed_cases
from gateway.dialogue import Place
from gateway.journal import Past, Query
from gateway.ports import (
    Deleted,
    DeliveryReport,
    Edited,
    Event,
    Fetched,
    MemberSeen,
    Moved,
    Pressed,
    Reachable,
    TicketEvent,
    Undelivered,
)

__all__ = ["Judged", "Outcome", "Policy", "ask", "decide"]

_GONE = frozenset({"left", "kicked", "banned"})
"""What a platform calls somebody who is not there any more."""


def ask(event: Event, policy: Policy, now: datetime) -> Query:
    """Return what must be known of the past to decide on this event."""
    match event:
        case Message():
            return _ask_message(event, policy, now)
        case Edited(message=message):
            return replace(_ask_message(message, policy, now), entry_of=message.id)
        case MemberSeen(message=message):
            return groups.ask_sighting(message, policy)
        case Pressed():
            return _ask_pressed(event, policy)
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
            return Query(refs=(desk.EVENT + event.id,), case_ids=(number,) if number else (), thread_of=number)
        case Deleted() | Fetched():
            return Query(entry_of=event.message_id)
        case Undelivered():
            place = Place(event.channel, event.to.address) if event.to.address else None
            return Query(case_ids=(event.case_id,) if event.case_id else (), place=place)
        case Reachable():
            return Query(place=Place(event.provenance.source, event.place.address))
        case _:
            return Query()


def decide(judged: Judged, past: Past, policy: Policy, now: datetime) -> Outcome:
    """Decide what follows from the event."""
    match judged.event:
        case Message() as message:
            return _decide_message(message, judged, past, policy, now)
        case Edited(message=message):
            return _decide_edit(message, judged, past, policy, now)
        case MemberSeen() as seen:
            if seen.status in _GONE:
                return Outcome(note="kept: somebody left a group")
            return groups.decide_sighting(seen.message, judged, past, policy, now)
        case Pressed() as pressed:
            return bot.answer(pressed, judged, past, policy, now) or Outcome(note="kept: a button of nobody's")
        case DeliveryReport() as report:
            return desk.decide_report(report, judged, past, policy, now)
        case TicketEvent() as event:
            return desk.decide_ticket_event(event, past, policy, now)
        case other:
            return _decide_other(other, past, policy, now)


def _decide_other(event: Event, past: Past, policy: Policy, now: datetime) -> Outcome:
    match event:
        case Deleted():
            return changes.decide_deletion(event, past, policy, now)
        case Fetched():
            return files.decide_file(event, past, policy, now)
        case Undelivered():
            return desk.decide_undelivered(event, past, policy, now)
        case Reachable():
            return desk.decide_reachable(event, past, policy, now)
        case Moved():
            return desk.decide_move(event)
        case other:
            return Outcome(note=f"kept: nothing follows from {type(other).__name__.lower()} yet")


def _ask_message(message: Message, policy: Policy, now: datetime) -> Query:
    manners = policy.manners_of(message.provenance.source)
    if manners.chats and not message.addressed:
        return groups.ask_sighting(message, policy)
    acknowledgement = policy.acknowledgement
    may_be_command = manners.chats and bot.may_be_command(message.text)
    numbers = filing.numbers(message.id, message.sent_at, policy)
    return Query(
        message_id=message.id,
        content_key=message.content_key,
        refs=references(message),
        case_ids=(*signed_cases(message, policy.secret), *cited_cases(message), *numbers),
        recipient=filing.ledger_name(message),
        since=(now - timedelta(seconds=acknowledgement.per_sender_secs), now - timedelta(days=1)),
        since_all=(now - timedelta(minutes=1),),
        place=filing.place_of(message) if manners.chats else None,
        current_only=not may_be_command,
        token=bot.token_asked(message, policy) if may_be_command else "",
    )


def _ask_pressed(event: Pressed, policy: Policy) -> Query:
    name = f"press:{event.press_id or event.provenance.key}"
    return Query(place=filing.place_of(event), case_ids=filing.numbers(name, event.provenance.received_at, policy))


def _decide_message(message: Message, judged: Judged, past: Past, policy: Policy, now: datetime) -> Outcome:
    manners = policy.manners_of(message.provenance.source)
    if manners.chats and not message.addressed:
        return groups.decide_sighting(message, judged, past, policy, now)
    if past.copy_of is not None:
        return Outcome(note=f"copy of a message of {past.copy_of.case_id}")
    if messages.is_ours(message, policy):
        return Outcome(note="our own message came back")
    if not manners.chats:
        return messages.decide_message(message, judged, past, policy, now)
    answered = bot.answer(message, judged, past, policy, now)
    if answered is not None:
        return answered
    outcome = messages.decide_message(message, judged, past, policy, now)
    return _in_group(outcome, message, judged, policy, now) if filing.group_of(message) is not None else outcome


def _in_group(outcome: Outcome, message: Message, judged: Judged, policy: Policy, now: datetime) -> Outcome:
    """Ask whoever spoke to us before everybody to go on in private; tell of him, should he pose as us."""
    invited = bot.invitation(outcome.cases[0], message, outcome.dialogues[0], policy, now)
    warnings = groups.told(message, judged, outcome.cases[0], policy) if groups.is_impostor(judged) else ()
    return replace(
        outcome,
        note=f"{outcome.note}; {invited.note}",
        effects=(*outcome.effects, *invited.effects, *warnings),
        tokens=invited.tokens,
        dialogues=invited.dialogues or outcome.dialogues,
    )


def _decide_edit(message: Message, judged: Judged, past: Past, policy: Policy, now: datetime) -> Outcome:
    """A version of a message that is on file; one that is not is taken for the message itself."""
    if past.entry is not None:
        return changes.decide_edit(message, past.entry, judged, past, policy, now)
    return _decide_message(message, replace(judged, event=message), past, policy, now)
