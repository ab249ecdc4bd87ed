"""What the exchange's risk system is told when a message shows that an account is in danger. Pure."""

from __future__ import annotations

from dataclasses import replace

from gateway.answers import signs
from gateway.answers.asking import is_forwarded
from gateway.case import URGENCY, Case, Entity, Message, Priority
from gateway.casework.values import Judged, Policy
from gateway.conversation import sender_proven
from gateway.customers import customer_in
from gateway.journal import RISK, Effect, EffectKind, FreezeIntent

MOST_ENTITIES = 20
ACCOUNT = "account_id"
_TRACED = frozenset({"tx_hash", "address", "withdrawal_id", "order_id"})
"""What helps to find where the coins go."""


def of_own_words(message: Message, judged: Judged) -> Judged:
    """Return it without a danger that somebody else has spoken of: a machine that quotes, the author of a forward.

    A swindler's message that a user forwards is a danger to that user all the same.
    """
    danger = judged.triage.danger
    passed_on = is_forwarded(message) and danger != "scam_under_way"
    if not danger or not (passed_on or signs.answers_by_itself(message)):
        return judged
    priority = min(judged.triage.priority, Priority.HIGH, key=URGENCY.index)
    return replace(judged, triage=judged.triage.model_copy(update={"danger": "", "priority": priority}))


def effects(case: Case, message: Message, judged: Judged, policy: Policy) -> tuple[Effect, ...]:
    """Return what has an account frozen, where the danger is one of those that this desk freezes for.

    One order a case and danger, however many messages tell of it, until the case is solved; and one more when it is
    known whose account it is. None on the word of an old message: what it tells of is long past.
    """
    danger = judged.triage.danger
    if danger not in policy.freezes or judged.old:
        return ()
    customer = customer_in(judged.assessment.facts)
    own = customer.account_id if customer is not None else ""
    sender = message.sender
    named = (*judged.triage.entities, *case.entities)
    freeze = FreezeIntent(
        case_id=case.id,
        reason=danger,
        platform=message.platform,
        requester=sender.id or sender.address,
        proven=sender_proven(message, judged.assessment),
        at=case.updated_at,
        account_id=own,
        claimed_account_id=_claimed(named, own),
        entities=_traced(named),
    )
    found = case.danger_at or case.opened_at
    # Once more where the case was opened again, and where only now it is known whose account it is.
    key = f"freeze:{case.id}:{danger}:{found:%Y%m%dT%H%M%S}:{'own' if own else 'unknown'}"
    return (Effect(key=key, kind=EffectKind.FREEZE, target=RISK, case_id=case.id, freeze=freeze),)


def _claimed(entities: tuple[Entity, ...], own: str) -> str:
    """Return the first account number in the text that is not the sender's own: whose it is, nothing proves."""
    written = (each.value for each in entities if each.kind == ACCOUNT)
    return next((number for number in written if number != own), "")


def _traced(entities: tuple[Entity, ...]) -> tuple[Entity, ...]:
    """Return each thing once, without its place in a text that the risk system is not shown."""
    found = {(each.kind, each.value): Entity(kind=each.kind, value=each.value) for each in entities}
    return tuple(each for each in found.values() if each.kind in _TRACED)[:MOST_ENTITIES]
