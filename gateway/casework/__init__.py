"""The decision: what one event means for its case, its ticket and its user. Pure: everything it knows is given to it.

Not here: reading messages, judging accounts, composing texts, any I/O or clock.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from gateway.answers.acknowledge import MAIL, AckPolicy, domain_budget
from gateway.answers.commands import may_be_command
from gateway.answers.tokens import read_token
from gateway.case import Message, Standing, Visibility
from gateway.casework import (
    abuse,
    accusing,
    bot,
    challenges,
    changes,
    choices,
    copies,
    danger,
    desk,
    escalating,
    failures,
    files,
    filing,
    freezes,
    groups,
    incidents,
    kindred,
    letters,
    messages,
    patrolled,
    public,
    rated,
    rating,
    transfer,
)
from gateway.casework.routing import held_with, mirrored
from gateway.casework.values import Judged, Outcome, Policy
from gateway.conversation import cited_cases, references, signed_cases, tagged_cases
from gateway.dialogue import Place
from gateway.identity import account_of
from gateway.past import DomainCount, Past, Query
from gateway.ports import (
    Altered,
    ChallengeEnded,
    Deleted,
    DeliveryReport,
    Edited,
    Event,
    Fetched,
    FreezeTold,
    IncidentNews,
    MemberSeen,
    Moved,
    Pressed,
    Reachable,
    Spotted,
    TicketEvent,
    Transferred,
    Undelivered,
    Wake,
)

__all__ = ["Judged", "Outcome", "Policy", "ask", "decide"]

_GONE = frozenset({"left", "kicked", "banned"})
"""What a platform calls somebody who is not there any more."""


_WAKES: Mapping[str, tuple[Callable[[Wake], Query], Callable[[Wake, Past, Policy, datetime], Outcome]]] = {
    escalating.REASON: (escalating.ask_deadline, escalating.decide_deadline),
}
"""What is asked and what follows when a timer comes due, by the first word of its reason."""


def ask(event: Event, policy: Policy, now: datetime, judged: Judged | None = None) -> Query:
    """Return what must be known of the past to decide on this event, which was judged so."""
    query = _ask(event, policy, now)
    if isinstance(event, Message) and query.message_id:
        found = judged or Judged(event)
        return kindred.asked_of(event, abuse.asked_of(event, query, found, policy, now), found)
    return query


def _ask(event: Event, policy: Policy, now: datetime) -> Query:
    match event:
        case Message():
            return rated.asked_of(event, _ask_message(event, policy, now), policy, now)
        case Edited(message=message):
            asked = rated.asked_of(message, _ask_message(message, policy, now), policy, now)
            return replace(asked, entry_of=message.id)
        case MemberSeen(message=message):
            return groups.ask_sighting(message, policy)
        case Pressed():
            return rated.asked_of_press(event, _ask_pressed(event, policy), policy)
        case Wake() if _reason(event) == rating.REASON:
            return rating.ask_question(event, policy, now)
        case DeliveryReport():
            query = _ask_message(event.message, policy, now)
            signed = read_token(policy.secret, event.ref or "")
            return replace(
                query,
                refs=tuple(ref for ref in (event.ref, "" if signed else failures.strays(event)) if ref) + query.refs,
                case_ids=((signed,) if signed else ()) + query.case_ids,
            )
        case TicketEvent():
            number = event.case_id or ""
            return Query(
                refs=(desk.EVENT + event.id,),
                case_ids=(number,) if number else (),
                thread_of=number,
                ticket=(event.provenance.source, event.ticket),
                into=(event.provenance.source, event.into) if event.into else None,
                turn=any(manners.summoned for manners in policy.manners.values()),
            )
        case Deleted() | Fetched():
            return Query(entry_of=event.message_id)
        case other:
            return _ask_other(other, policy)


def _ask_other(event: Event, policy: Policy) -> Query:
    match event:
        case Undelivered():
            return Query(case_ids=(event.case_id,) if event.case_id else ())
        case Reachable():
            return Query(place=Place(event.provenance.source, event.place.address))
        case Spotted() | Altered():
            return patrolled.ask_found(event, policy)
        case Transferred():
            return transfer.ask_transfer(event)
        case IncidentNews():
            return incidents.ask_news(event)
        case Wake():
            return _WAKES[_reason(event)][0](event) if _reason(event) in _WAKES else Query()
        case FreezeTold() | ChallengeEnded():
            return Query(case_ids=(event.case_id,))
        case _:
            return Query()


def decide(judged: Judged, past: Past, policy: Policy, now: datetime) -> Outcome:
    """Decide what follows from the event."""
    outcome = accusing.with_accused(_decide(judged, past, policy, now), judged, policy)
    outcome = incidents.noted(escalating.timed(outcome, past, policy, now), past, policy)
    outcome = rating.timed(outcome, judged, past, policy, now)
    if not policy.routes:
        return outcome
    return replace(
        outcome,
        effects=mirrored(outcome.effects, policy.routes),
        holds=held_with(outcome.holds, policy.routes),
    )


def _decide(judged: Judged, past: Past, policy: Policy, now: datetime) -> Outcome:
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
            answered = rated.decide_press(pressed, past, policy, now) or bot.answer(pressed, judged, past, policy, now)
            return answered or Outcome(note="kept: a button of nobody's")
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
        case Spotted() | Altered():
            return patrolled.decide_found(event, past, policy, now)
        case Transferred():
            return transfer.decide_transfer(event, past, policy, now)
        case FreezeTold() | ChallengeEnded():
            return _decide_of_exchange(event, past, policy, now)
        case IncidentNews() | Wake():
            return _decide_of_ours(event, past, policy, now)
        case other:
            return Outcome(note=f"kept: nothing follows from {type(other).__name__.lower()} yet")


def _reason(event: Wake) -> str:
    return event.reason.partition(" ")[0]


def _decide_of_ours(event: IncidentNews | Wake, past: Past, policy: Policy, now: datetime) -> Outcome:
    """What the engine has told itself: news of an incident, a timer that has come due."""
    if isinstance(event, IncidentNews):
        return incidents.decide_news(event, past, policy, now)
    if _reason(event) == rating.REASON:
        return rating.decide_question(event, past, policy, now)
    if _reason(event) in _WAKES:
        return _WAKES[_reason(event)][1](event, past, policy, now)
    return Outcome(note="kept: a timer that nothing follows from")


def _decide_of_exchange(event: FreezeTold | ChallengeEnded, past: Past, policy: Policy, now: datetime) -> Outcome:
    """What the exchange's own systems have answered."""
    if isinstance(event, FreezeTold):
        return freezes.decide_freeze(event, past, policy, now)
    return challenges.decide_challenge(event, past, policy, now)


def _ask_message(message: Message, policy: Policy, now: datetime) -> Query:
    manners = policy.manners_of(message.provenance.source)
    in_public = public.is_public(message)
    if manners.chats and not message.addressed:
        return public.ask_seen(message, policy) if in_public else groups.ask_sighting(message, policy)
    acknowledgement = policy.acknowledgement
    is_asked = manners.chats and may_be_command(message.text) and not in_public
    by_letter = not manners.chats and letters.is_asked(message)
    in_private = message.visibility is Visibility.PRIVATE
    numbers = filing.numbers(message.id, message.sent_at, policy)
    may_pose = in_public or (is_asked and filing.group_of(message) is not None)
    seen = groups.sighting_id(message) if manners.chats and may_pose else ""
    if seen:
        numbers = (*numbers, *filing.numbers(seen, message.sent_at, policy))
    return Query(
        message_id=message.id,
        content_key=message.content_key,
        sighting=seen,
        refs=references(message),
        own_ref=message.thread.own_ref or "" if message.platform == MAIL else "",
        case_ids=(
            *signed_cases(message, policy.secret),
            *tagged_cases(message, policy.secret),
            *cited_cases(message),
            *numbers,
        ),
        recipient=filing.ledger_name(message),
        since=(now - timedelta(seconds=acknowledgement.per_sender_secs), now - timedelta(days=1)),
        since_all=(now - timedelta(minutes=1),),
        domain=_domain_count(message, acknowledgement, now),
        pace=now if acknowledgement.breaker_times else None,
        place=filing.place_of(message) if manners.chats else failures.place_of(message),
        current_only=not is_asked,
        token=bot.token_asked(message, policy) if is_asked else "",
        identity_of=account_of(message.sender) if in_private else None,
        own_cases=is_asked or by_letter,
        code=letters.code_asked(message, policy) if by_letter else bot.code_asked(message, policy) if is_asked else "",
        tried_at=now,
        turn=manners.summoned and in_public,
    )


def _domain_count(message: Message, policy: AckPolicy, now: datetime) -> DomainCount | None:
    """Return what asks how many automatic replies went to the mail domain of who wrote; None on other platforms."""
    if message.platform != MAIL:
        return None
    domain = filing.ledger_name(message).rpartition("@")[2]
    return DomainCount(domain, now - timedelta(hours=1), 2 * domain_budget(policy)) if domain else None


def _ask_pressed(event: Pressed, policy: Policy) -> Query:
    name = f"press:{event.press_id or event.provenance.key}"
    in_private = event.visibility is Visibility.PRIVATE
    return Query(
        place=filing.place_of(event),
        case_ids=filing.numbers(name, event.provenance.received_at, policy),
        identity_of=account_of(event.sender) if in_private else None,
        own_cases=in_private,
    )


def _decide_message(message: Message, judged: Judged, past: Past, policy: Policy, now: datetime) -> Outcome:
    manners = policy.manners_of(message.provenance.source)
    in_public = public.is_public(message)
    if manners.chats and not message.addressed:
        decided = public.decide_seen if in_public else groups.decide_sighting
        return decided(message, judged, past, policy, now)
    if past.copy_of is not None:
        return copies.decide_copy(message, past.copy_of, judged, past, policy, now)
    if why := _set_aside(message, judged, past, policy):
        return Outcome(note=why)
    judged = abuse.screened(message, danger.of_own_words(message, judged), past, policy, now)
    if not manners.chats:
        answered = rated.decide_mail(message, judged, past, policy, now)
        answered = answered or _commanded(letters.answer, message, judged, past, policy, now)
        return answered or messages.decide_message(message, judged, past, policy, now)
    if in_public and groups.is_impostor(message, judged):
        return public.decide_seen(message, judged, past, policy, now)
    if judged.old and may_be_command(message.text) and not in_public:
        # From before the channel was first watched: to carry it out now would be an answer to a question long past.
        return _old_command(message, judged, past, policy, now)
    chosen = choices.decide_choice(message, judged, past, policy, now)
    chosen = chosen or rated.decide_chat(message, judged, past, policy, now)
    outcome = chosen or (None if in_public else _commanded(bot.answer, message, judged, past, policy, now))
    if outcome is None:
        outcome = messages.decide_message(message, judged, past, policy, now)
        if filing.group_of(message) is not None:
            return _in_group(outcome, message, judged, policy, now)
        return outcome if abuse.is_too_much(judged) else bot.also_answered(outcome, message, judged, past, policy, now)
    if filing.group_of(message) is not None and past.sighting is None:
        # Whoever poses as us is told of, whatever else he says.
        return outcome.and_also(groups.decide_sighting(message, judged, past, policy, now))
    return outcome


def _commanded(
    answer: Callable[[Message, Judged, Past, Policy, datetime], Outcome | None],
    message: Message,
    judged: Judged,
    past: Past,
    policy: Policy,
    now: datetime,
) -> Outcome | None:
    """Carry out a command, which counts as a message does; of a flood or a blocked sender it is but a message."""
    if abuse.is_too_much(judged):
        return None
    outcome = answer(message, judged, past, policy, now)
    return abuse.also_counted(outcome, message, judged, policy) if outcome is not None else None


def _old_command(message: Message, judged: Judged, past: Past, policy: Policy, now: datetime) -> Outcome:
    """Keep a bare command of old; one with words behind it may be somebody's matter, and is a message."""
    if len(message.text.split()) == 1:
        return Outcome(note="kept: a command from before the channel was watched")
    return messages.decide_message(message, judged, past, policy, now)


def _set_aside(message: Message, judged: Judged, past: Past, policy: Policy) -> str:
    """Return why nothing follows from a message; empty where something does."""
    if messages.is_ours(message, policy):
        return "our own message came back"
    if public.is_public(message) and judged.assessment.sender is Standing.OFFICIAL:
        return "kept: another official account speaks in public"
    if past.dialogue is not None and message.id in past.dialogue.answered:
        return "kept: it was answered as a command, or is part of one"
    return ""


def _in_group(outcome: Outcome, message: Message, judged: Judged, policy: Policy, now: datetime) -> Outcome:
    """Ask whoever spoke to us before everybody to go on in private; tell of him, should he pose as us."""
    if not outcome.dialogues:
        return outcome
    exposed = public.shows_personal(judged)
    invited = bot.invitation(outcome.cases[0], message, outcome.dialogues[0], policy, now, exposed=exposed)
    warnings = groups.told(message, judged, outcome.cases[0], policy) if groups.is_impostor(message, judged) else ()
    return replace(
        outcome,
        note=f"{outcome.note}; {invited.note}",
        effects=(*outcome.effects, *invited.effects, *warnings),
        tokens=invited.tokens,
        dialogues=invited.dialogues or outcome.dialogues,
    )


def _decide_edit(message: Message, judged: Judged, past: Past, policy: Policy, now: datetime) -> Outcome:
    """A version of a message that is on file; one that is not is taken for the message itself."""
    if past.dialogue is not None and message.id in past.dialogue.answered:
        if past.entry is None:
            return Outcome(note="kept: an edit of what was answered already")
        # The case that it opened holds what all steps brought: the new words come after that, not in its place.
        message = message.model_copy(update={"text": f"{past.entry.message.text}\n\n{message.text}"})
    if past.entry is not None:
        said = rated.decide_edit(message, past.entry, judged, past, policy, now)
        return said or changes.decide_edit(message, past.entry, judged, past, policy, now)
    return _decide_message(message, replace(judged, event=message), past, policy, now)
