"""What a case knows of its matter: what triage found in its messages so far, and what was looked up. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from gateway.case import RISK_QUEUE, URGENCY, Case, Entity, Fact, FactOutcome, Triage
from gateway.customers import customer_in
from gateway.triage.explorers import networks_named

MAX_ENTITIES = 50
"""So many things of the trade are kept of one case; the first are those that it is about."""
MAX_REASONS = 20
_GRAVITY = ("", "scam_under_way", "secret_shared", "account_stolen")
"""Dangers, mildest first."""
_UNTOLD = (None, "other")
"""Categories that a later message may tell better."""
_NO_MEMO = frozenset(
    {
        "aptos", "arbitrum", "avalanche", "base", "bitcoin", "bitcoin-cash", "bnb-smart-chain", "cardano", "dogecoin",
        "ethereum", "fantom", "lightning", "linea", "litecoin", "mantle", "optimism", "polygon", "scroll", "solana",
        "sui", "tron", "zksync",
    }
)  # fmt: skip
"""Networks on which nobody enters a memo; of any other it is asked for."""
_OF_CUSTOMER = frozenset({"account_id", "email"})
_OF_TRANSACTION = frozenset({"address", "amount", "network"})


def known(case: Case, triage: Triage, facts: Sequence[Fact] = ()) -> Case:
    """Return a case with what triage found in one more message of its user; `facts` are what was looked up with it.

    A category that was found stays, since a team works on it, unless danger is found later. Priority only rises. What
    was missing is asked for once: when the case opens, or when its category is first known. Nobody is asked for what
    the exchange or a chain has told already.
    """
    customer = customer_in(facts)
    entities = _merged(case.entities, triage.entities)
    category = triage.category if case.category in _UNTOLD and triage.category is not None else case.category
    is_new = category != case.category or case.message_count <= 1
    danger = graver(case.danger, triage.danger)
    turned = danger != case.danger
    # Whoever begins with a greeting is in nobody's queue yet: the team comes with the matter.
    queue = triage.queue if category != case.category and triage.queue else case.queue or triage.queue
    return case.model_copy(
        update={
            "entities": entities,
            "category": triage.category if turned and triage.category else category,
            "missing": _left(triage.missing if is_new or turned else case.missing, entities, _told(facts)),
            "region": case.region or (customer.region if customer is not None else ""),
            "tier": case.tier or (customer.tier if customer is not None else ""),
            "danger": danger,
            "danger_at": case.updated_at if turned else case.danger_at,
            "priority": max(case.priority, triage.priority, key=URGENCY.index),
            "queue": RISK_QUEUE if danger else queue,
            "tags": _distinct(*case.tags, *triage.tags),
            "reasons": _distinct(*case.reasons, *triage.reasons)[:MAX_REASONS],
        }
    )


def graver(one: str, other: str) -> str:
    """Return the graver of two dangers; empty for none."""
    return max(one, other, key=_GRAVITY.index)


def _merged(before: Iterable[Entity], found: Iterable[Entity]) -> tuple[Entity, ...]:
    """Return each once, without its place: that is its message's."""
    known_ones = {(each.kind, each.value): each for each in before}
    for each in found:
        known_ones.setdefault((each.kind, each.value), each.model_copy(update={"span": None}))
    return tuple(known_ones.values())[:MAX_ENTITIES]


def _left(missing: Iterable[str], entities: Collection[Entity], told: Collection[str]) -> tuple[str, ...]:
    given = {each.kind for each in entities} | set(told)
    networks = networks_named(entities)
    if networks and networks <= _NO_MEMO:
        given.add("memo")
    return tuple(name for name in missing if name not in given)


def _told(facts: Sequence[Fact]) -> frozenset[str]:
    """Return what need not be asked for of a proven customer, and of a transaction that a chain knows."""
    of_customer = _OF_CUSTOMER if customer_in(facts) is not None else frozenset()
    is_found = any(each.kind == "transaction" and each.outcome is FactOutcome.PASS for each in facts)
    return of_customer | (_OF_TRANSACTION if is_found else frozenset())


def _distinct(*values: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(values))
