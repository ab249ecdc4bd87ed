"""Who is asked how our help was, and when: a timer once a case is solved, one question when it comes due. Pure.

Each rule of `NEVER` is for good; what only must not be just now is tried again. What a user answers is read by
`gateway.casework.rated`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache
from zlib import crc32

from gateway.answers import breaker, rating, signs
from gateway.answers.acknowledge import AckReason, AckVerdict, Ledger, domain_budget, may_acknowledge, plain_address
from gateway.answers.compose import Teller
from gateway.answers.outgoing import by_person, filed, signed_reply
from gateway.answers.tokens import digest
from gateway.case import Case, CaseState, Direction, Entry, Party, Standing, Thread, Visibility
from gateway.casework import failures, filing
from gateway.casework.desk import EVENT
from gateway.casework.values import Judged, Outcome, Policy
from gateway.dialogue import Place
from gateway.journal import Effect, EffectKind
from gateway.past import DomainCount, Past, Query
from gateway.ports import ReplyKind, TicketEvent, Wake
from gateway.ratings import RatedBy, Rating
from gateway.wake import ENGINE

REASON = "rating"
"""What the reason of such a wake begins with; behind it stands the conversation that the case is answered in."""
UNASKED = frozenset({"spam", "authority_request"})
"""The categories of cases whose authors are never asked."""
TRIES_FOR = timedelta(days=2)
"""For so long is it tried again what must not be just now."""
_PAUSE, _SPREAD_SECS = timedelta(minutes=15), 2_700
"""Until it is: what was solved at once must not come due at once again."""
_NOT_NOW = frozenset(
    {
        AckReason.SENDER_WINDOW,
        AckReason.SENDER_DAY,
        AckReason.DOMAIN_HOUR,
        AckReason.EVERYBODY_MINUTE,
        AckReason.BREAKER,
    }
)
_OURS_OR_POSING = frozenset({Standing.OFFICIAL, Standing.LOOK_ALIKE, Standing.REPORTED_SCAM})
_ANY_AGE_HOURS = 24 * 3650


def rater(party: Party, policy: Policy) -> str:
    """Return what stands for a person among ratings: the same for the same account, and nobody can tell whose it is."""
    return _rater(policy.secret, party.platform, party.id or plain_address(party.address))


@lru_cache(1_024)
def _rater(secret: bytes, platform: str, account: str) -> str:
    return digest(secret, "rater", platform, account).hex()[:32]


def question_key(case_id: str) -> str:
    """Return the key of the question: a case has one."""
    return f"{case_id}:rating"


def timed(outcome: Outcome, judged: Judged, past: Past, policy: Policy, now: datetime) -> Outcome:
    """Return an outcome whose cases tell when they were solved, with a timer for each that was solved just now."""
    if all((case.state is CaseState.SOLVED) is (case.solved_at is not None) for case in outcome.cases):
        return outcome
    known = (*past.cases, *past.by_ref, *past.by_ticket, *past.same_ref, *past.awaiting, *past.into)
    solved = {case.id for case in known if case.state is CaseState.SOLVED}
    cases = tuple(_stamped(case, now, is_new=case.id not in solved) for case in outcome.cases)
    is_gone = isinstance(judged.event, TicketEvent) and judged.event.kind == "deleted"
    new = {case.id: case for case in cases if case.id not in solved and case.solved_at is not None and not is_gone}
    timers = tuple(
        _timer(case, now + policy.feedback.after, policy) for case in new.values() if _may_be_asked(case, policy)
    )
    return replace(outcome, cases=cases, effects=(*outcome.effects, *timers))


def ask_question(event: Wake, policy: Policy, now: datetime) -> Query:
    """Return what must be known to decide whether the user of a case is asked."""
    channel, _, address = event.reason.partition(" ")[2].partition(":")
    acknowledgement = policy.acknowledgement
    domain = "" if policy.manners_of(channel).chats else address.rpartition("@")[2]
    return Query(
        case_ids=(event.case_id,),
        rated=(event.case_id,),
        rated_by=RatedBy(event.lane.partition(":")[2], now - policy.feedback.per_person),
        file_of=event.case_id,
        thread_of=event.case_id,
        place=Place(channel, address),
        current_only=True,
        recipient=plain_address(address),
        since=(now - timedelta(seconds=acknowledgement.per_sender_secs), now - timedelta(days=1)),
        since_all=(now - timedelta(minutes=1),),
        domain=DomainCount(domain, now - timedelta(hours=1), 2 * domain_budget(acknowledgement)) if domain else None,
        pace=now if acknowledgement.breaker_times else None,
    )


def decide_question(event: Wake, past: Past, policy: Policy, now: datetime) -> Outcome:
    """Ask the user of a case how our help was, unless something forbids it."""
    case = next((each for each in past.cases if each.id == event.case_id), None)
    if case is None:
        return Outcome(note="not asked how our help was: its case is gone")
    asking = Asking(case, past, policy, now)
    for reason, forbids in NEVER:
        if forbids(asking):
            return Outcome(note=f"not asked how our help was on {case.id}: {reason}")
    due = (case.solved_at or now) + policy.feedback.after
    if now < due:
        # It was opened and solved again meanwhile, or is to be asked later by now.
        return Outcome(note=f"asked later how our help was on {case.id}", effects=(_timer(case, due, policy),))
    if reason := _not_now(asking):
        return _later(case, due, reason, policy, now)
    verdict = asking.verdict()
    if verdict.allowed:
        return _asked(asking)
    if verdict.reason in _NOT_NOW:
        return _later(case, due, verdict.reason, policy, now)
    return Outcome(note=f"not asked how our help was on {case.id}: {verdict.reason}")


@dataclass(frozen=True, slots=True)
class Asking:
    """All that the rules look at."""

    case: Case
    past: Past
    policy: Policy
    now: datetime

    @property
    def person(self) -> str:
        """Who would be asked."""
        return rater(self.case.requester, self.policy)

    @property
    def said(self) -> Sequence[Entry]:
        """What the requester has written in private on the channel that the case is answered on, oldest first."""
        return [each for each in self.past.file if each.direction is Direction.IN and self._is_private_word(each)]

    def verdict(self) -> AckVerdict:
        """Return what the rules of automatic replies say to the last that the requester has written himself."""
        said, past = self.said[-1], self.past
        return may_acknowledge(
            said.message,
            said.assessment,
            # A question is not late because the message was long ago.
            self.policy.acknowledgement.model_copy(update={"max_age_hours": _ANY_AGE_HOURS}),
            self.policy.own_addresses,
            Ledger(
                sent_to=past.sent_to,
                sent_to_domain=past.sent_to_domain,
                sent_to_all=past.sent_to_all[0] if past.sent_to_all else 0,
                failed_at=past.dialogue.failed_at if past.dialogue is not None else None,
                is_flooded=breaker.is_open(past.pace, self.policy.acknowledgement),
            ),
            self.now,
        )

    def _is_private_word(self, entry: Entry) -> bool:
        message, whom = entry.message, self.case.requester
        if message.visibility is not Visibility.PRIVATE or message.provenance.source != self.case.channel:
            return False
        if signs.answers_by_itself(message):
            return False
        if message.sender.id is not None and whom.id is not None:
            return message.sender.id == whom.id
        return plain_address(message.sender.address) == plain_address(whom.address)


def _is_off(ask: Asking) -> bool:
    return not ask.policy.feedback.enabled or not ask.policy.acknowledgement.enabled


def _was_asked(ask: Asking) -> bool:
    return any(each.case_id == ask.case.id for each in ask.past.ratings)


def _is_silenced(ask: Asking) -> bool:
    dialogue = ask.past.dialogue
    return filing.SILENCED in ask.case.tags or (dialogue is not None and dialogue.silenced)


def _has_failed(ask: Asking) -> bool:
    dialogue = ask.past.dialogue
    return failures.FAILED in ask.case.tags or (dialogue is not None and bool(dialogue.unreachable))


def _was_asked_lately(ask: Asking) -> bool:
    lately = ask.now - ask.policy.feedback.per_person
    return any(each.person == ask.person and each.asked_at > lately for each in ask.past.ratings)


NEVER: tuple[tuple[str, Callable[[Asking], bool]], ...] = (
    ("disabled", _is_off),
    ("asked_before", _was_asked),
    ("opened_again", lambda ask: ask.case.state is not CaseState.SOLVED or ask.case.solved_at is None),
    ("merged", lambda ask: ask.case.is_merged),
    ("cannot_send", lambda ask: ask.case.channel not in ask.policy.sending),
    ("nobody_to_ask", lambda ask: not ask.case.requester.address),
    ("category", lambda ask: ask.case.category in UNASKED or failures.REPORTS in ask.case.tags),
    ("opted_out", _is_silenced),
    ("address_failed", _has_failed),
    ("not_in_private", lambda ask: not ask.said),
    ("ours_or_impostor", lambda ask: any(each.assessment.sender in _OURS_OR_POSING for each in ask.said)),
    ("nobody_answered", lambda ask: not any(by_person(each) for each in ask.past.file)),
    ("asked_lately", _was_asked_lately),
)
"""Each reason with what forbids the question for good, in the order in which they are asked."""


def _not_now(ask: Asking) -> str:
    """Return what the person is in the middle of; empty when nothing."""
    dialogue = ask.past.dialogue
    if dialogue is None:
        return ""
    if dialogue.step:
        return "in the middle of a command"
    at_hand = next((each for each in ask.past.cases if each.id == dialogue.case_id), None)
    is_other = at_hand is not None and at_hand.id != ask.case.id and at_hand.state is not CaseState.SOLVED
    return "talking about another case" if is_other else ""


def _asked(ask: Asking) -> Outcome:
    case, policy, now = ask.case, ask.policy, ask.now
    dialogue, manners = ask.past.dialogue, policy.manners_of(case.channel)
    language = (dialogue.language if dialogue is not None else None) or case.language
    tell, whom, key = Teller(policy.locales, language, policy.brand), case.requester, question_key(case.id)
    if manners.chats:
        subject, text = "", rating.question_in_chat(tell, case.id, buttons=manners.buttons)
    else:
        subject, text = rating.subject(tell, case.id), rating.question_by_mail(tell, case.id)
    refs = tuple(ref for ref in ask.past.thread if not ref.startswith(EVENT))
    thread = Thread(parent=refs[-1] if refs else None, ancestors=refs)
    reply = signed_reply(ReplyKind.ACKNOWLEDGEMENT, case, whom, subject, text, key, thread, policy.secret)
    buttons = rating.score_buttons(policy.secret, whom.id or whom.address, case.id) if manners.buttons else ()
    reply = reply.model_copy(update={"language": language, "buttons": buttons if manners.chats else ()})
    recipient = filing.ledger_name(ask.said[-1].message)
    asked = Rating(
        case_id=case.id,
        channel=case.channel,
        category=case.category or "",
        language=case.language,
        person=ask.person,
        asked_at=now,
    )
    return Outcome(
        note=f"asked how our help was on {case.id}",
        # A version of its own: should the case have been opened again at this moment, nobody is asked.
        cases=(filing.changed(case, case.updated_at),),
        entries=(filed(reply, key, now),),
        effects=(filing.said_to(ReplyKind.ACKNOWLEDGEMENT, key, reply, case_id=case.id, recipient=recipient),),
        ratings=(asked,),
    )


def _later(case: Case, due: datetime, reason: str, policy: Policy, now: datetime) -> Outcome:
    if now - due >= TRIES_FOR:
        return Outcome(note=f"not asked how our help was on {case.id}: {reason}, for too long")
    at = now + _PAUSE + timedelta(seconds=crc32(case.id.encode()) % _SPREAD_SECS)
    return Outcome(note=f"asked later how our help was on {case.id}: {reason}", effects=(_timer(case, at, policy),))


def _stamped(case: Case, now: datetime, *, is_new: bool) -> Case:
    if case.state is not CaseState.SOLVED:
        return case if case.solved_at is None else case.model_copy(update={"solved_at": None})
    return case.model_copy(update={"solved_at": now}) if is_new and case.solved_at is None else case


def _may_be_asked(case: Case, policy: Policy) -> bool:
    """Whether a timer is worth its row: what can change until it comes due is asked then."""
    is_user = bool(case.requester.address) and case.category not in UNASKED
    return policy.feedback.enabled and is_user and not case.is_merged


def _timer(case: Case, at: datetime, policy: Policy) -> Effect:
    whom = case.requester
    talk = filing.conversation_with(whom) if policy.manners_of(case.channel).chats else plain_address(whom.address)
    lane = f"{REASON}:{rater(whom, policy)}"
    wake = Wake(at=at, lane=lane, reason=f"{REASON} {case.channel}:{talk}", case_id=case.id)
    key = f"{REASON}:{case.id}:{at.isoformat()}"
    return Effect(key=key, kind=EffectKind.WAKE, target=ENGINE, not_before=at, wake=wake)
