"""A customer is asked to confirm in the exchange's own app that it is he who writes; what he answered. Pure."""

from __future__ import annotations

from datetime import datetime

from gateway.case import Case, Message
from gateway.casework import filing
from gateway.casework.values import Judged, Outcome, Policy
from gateway.customers import customer_in
from gateway.journal import SECOND_FACTOR, ChallengeIntent, Effect, EffectKind
from gateway.past import Past
from gateway.ports import ChallengeEnded

CONFIRMED = "second-factor"
"""The tag of cases whose requester has confirmed by a second factor that it is he."""
TALK = "talk_about_account"
"""The purpose of talking about what is known of an account."""
_SAID = {
    "confirmed": "has confirmed by a second factor that it is he who writes on this case",
    "refused": "says, asked for a second factor, that it is NOT he who writes on this case: say nothing of the account",
    "expired": "has not answered when asked for a second factor: nothing more is proven than before",
    "failed": "could not be asked for a second factor: nothing more is proven than before",
}


def effects(case: Case, message: Message, judged: Judged, policy: Policy, purpose: str = TALK) -> tuple[Effect, ...]:
    """Return what challenges whoever wrote, where the exchange knows him and he has not confirmed on this case.

    Only he whom his address or account has proven already: the customer of a number that merely stands in a text is
    never troubled. One challenge a case, purpose and message.
    """
    customer = customer_in(judged.assessment.facts)
    if not policy.challenge_secs or customer is None or CONFIRMED in case.tags or judged.old:
        return ()
    challenge = ChallengeIntent(
        case_id=case.id,
        account_id=customer.account_id,
        purpose=purpose,
        lasts_secs=policy.challenge_secs,
        at=case.updated_at,
    )
    key = f"challenge:{case.id}:{purpose}:{message.id}"
    return (Effect(key=key, kind=EffectKind.CHALLENGE, target=SECOND_FACTOR, case_id=case.id, challenge=challenge),)


def decide_challenge(event: ChallengeEnded, past: Past, policy: Policy, now: datetime) -> Outcome:
    """Tell the agents, and mark the case of a customer who confirmed; one who refused takes the mark away."""
    case = next((each for each in past.cases if each.id == event.case_id), None)
    if case is None:
        return Outcome(note="kept: a challenge without its case")
    changed = filing.changed(case, now)
    if event.outcome in ("confirmed", "refused"):
        changed = filing.tagged(changed, CONFIRMED, on=event.outcome == "confirmed")
    name = f"{event.provenance.source}:{event.provenance.key}"
    told = f"The customer of account {event.account_id} {_SAID[event.outcome]}."
    return Outcome(
        note=f"second factor on {case.id}: {event.outcome}",
        cases=(changed,),
        effects=(filing.note(name, changed, policy, told),),
    )
