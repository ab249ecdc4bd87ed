"""A customer is asked to confirm in the exchange's own app that it is he who writes; what he answered. Pure.

A confirmation is one account's, for a while: it proves nothing of anybody else who writes on the case.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from gateway.case import Case, Challenged, Message
from gateway.casework import filing
from gateway.casework.values import Judged, Outcome, Policy
from gateway.customers import customer_in
from gateway.journal import SECOND_FACTOR, ChallengeIntent, Effect, EffectKind
from gateway.past import Past
from gateway.ports import ChallengeEnded

CONFIRMED = "second-factor"
"""The tag of cases on which a customer has confirmed by a second factor, not long ago, that it is he."""
HOLDS = timedelta(hours=12)
"""For so long does a confirmation count; and so soon is one who did not confirm asked again."""
MOST = 8
"""So many customers are remembered of a case, the last asked."""
TALK = "talk_about_account"
"""The purpose of talking about what is known of an account."""
_SAID = {
    "confirmed": "has confirmed by a second factor that it is he who writes on this case",
    "refused": "says, asked for a second factor, that it is NOT he who writes on this case: say nothing of the account",
    "expired": "has not answered when asked for a second factor: nothing more is proven than before",
    "failed": "could not be asked for a second factor: nothing more is proven than before",
}


def has_confirmed(case: Case, account_id: str, now: datetime) -> bool:
    """Whether the customer of this account has confirmed on this case, not too long ago."""
    return any(each.account_id == account_id and _holds(each, now) for each in case.challenged)


def is_due(case: Case, judged: Judged, policy: Policy, now: datetime) -> bool:
    """Whether whoever writes is to be asked, though nothing of the case is new: he never was, or it is too long ago."""
    customer = customer_in(judged.assessment.facts)
    if not policy.challenge_secs or customer is None or judged.old:
        return False
    known = next((each for each in case.challenged if each.account_id == customer.account_id), None)
    return known is None or now - (known.confirmed_at or known.asked_at) >= HOLDS


def lapsed(case: Case, now: datetime) -> Case:
    """Return a case without the tag of a confirmation that counts no more."""
    if CONFIRMED not in case.tags or any(_holds(each, now) for each in case.challenged):
        return case
    return filing.tagged(case, CONFIRMED, on=False)


def asked(
    case: Case, message: Message, judged: Judged, policy: Policy, now: datetime, purpose: str = TALK
) -> tuple[Case, tuple[Effect, ...]]:
    """Return what challenges whoever wrote, where the exchange knows him and he has not confirmed on this case.

    Only he whom his address or account has proven already: the customer of a number that merely stands in a text is
    never troubled. One challenge a case, purpose and message.
    """
    customer = customer_in(judged.assessment.facts)
    if not policy.challenge_secs or customer is None or judged.old or has_confirmed(case, customer.account_id, now):
        return case, ()
    challenge = ChallengeIntent(
        case_id=case.id,
        account_id=customer.account_id,
        purpose=purpose,
        lasts_secs=policy.challenge_secs,
        at=case.updated_at,
    )
    key = f"challenge:{case.id}:{purpose}:{message.id}"
    effect = Effect(key=key, kind=EffectKind.CHALLENGE, target=SECOND_FACTOR, case_id=case.id, challenge=challenge)
    return _remembered(case, Challenged(account_id=customer.account_id, asked_at=now)), (effect,)


def decide_challenge(event: ChallengeEnded, past: Past, policy: Policy, now: datetime) -> Outcome:
    """Tell the agents, and mark the case of a customer who confirmed; one who refused takes the mark away."""
    case = next((each for each in past.cases if each.id == event.case_id), None)
    if case is None:
        return Outcome(note="kept: a challenge without its case")
    changed = filing.changed(case, now)
    if event.outcome in ("confirmed", "refused"):
        changed = _answered(changed, event, now)
    name = f"{event.provenance.source}:{event.provenance.key}"
    told = f"The customer of account {event.account_id} {_SAID[event.outcome]}."
    return Outcome(
        note=f"second factor on {case.id}: {event.outcome}",
        cases=(changed,),
        effects=(filing.note(name, changed, policy, told),),
    )


def _answered(case: Case, event: ChallengeEnded, now: datetime) -> Case:
    before = next((each for each in case.challenged if each.account_id == event.account_id), None)
    at = event.provenance.received_at
    confirmed_at = at if event.outcome == "confirmed" else None
    asked_at = before.asked_at if before is not None else at
    known = Challenged(account_id=event.account_id, asked_at=asked_at, confirmed_at=confirmed_at)
    after = _remembered(case, known)
    return filing.tagged(after, CONFIRMED, on=any(_holds(each, now) for each in after.challenged))


def _remembered(case: Case, known: Challenged) -> Case:
    others = (each for each in case.challenged if each.account_id != known.account_id)
    return case.model_copy(update={"challenged": (*others, known)[-MOST:]})


def _holds(known: Challenged, now: datetime) -> bool:
    return known.confirmed_at is not None and now - known.confirmed_at < HOLDS
