"""What a case knows: nobody is asked for what he, the exchange or a chain has told already."""

from __future__ import annotations

import pytest

from gateway.case import Entity, Evidence, Fact, FactOutcome, Triage
from gateway.casework.knowing import known
from gateway.customers import fact_of
from gateway.ports.customers import Customer
from tests.builders import case

ASKED = ("tx_hash", "address", "network", "memo", "account_id", "email")
CUSTOMER = fact_of(Customer(account_id="48210734", region="eu-de", tier="vip"), "")
FOUND = Fact(kind="transaction", subject="0x1", outcome=FactOutcome.PASS)
TRIAGE = Triage(language="en", category="wrong_transfer", missing=ASKED)


def network(*names: str) -> tuple[Entity, ...]:
    return tuple(Entity(kind="network", value=name, evidence=(Evidence(name="network", value=name),)) for name in names)


def missing(*facts: Fact, entities: tuple[Entity, ...] = ()) -> tuple[str, ...]:
    return known(case(), TRIAGE.model_copy(update={"entities": entities}), facts).missing


def test_a_proven_customer_is_not_asked_who_he_is() -> None:
    assert missing() == ASKED
    assert missing(CUSTOMER) == ("tx_hash", "address", "network", "memo")
    assert missing(CUSTOMER.model_copy(update={"outcome": FactOutcome.NONE})) == ASKED


def test_whoever_names_a_transaction_that_a_chain_knows_is_not_asked_what_the_chain_tells() -> None:
    assert missing(FOUND) == ("tx_hash", "memo", "account_id", "email")
    assert missing(FOUND.model_copy(update={"outcome": FactOutcome.FAIL})) == ASKED


@pytest.mark.parametrize(
    ("named", "asked"),
    [(("ethereum",), False), (("ethereum", "tron"), False), (("xrp",), True), (("ton", "tron"), True)],
)
def test_a_memo_is_asked_for_where_there_may_be_one(named: tuple[str, ...], asked: bool) -> None:
    assert ("memo" in missing(entities=network(*named))) is asked


def test_region_and_tier_are_the_customers_and_stay() -> None:
    first = known(case(), TRIAGE, (CUSTOMER,))
    assert (first.region, first.tier) == ("EU-DE", "vip")
    other = fact_of(Customer(account_id="1", region="uk", tier="basic"), "")
    later = known(first, TRIAGE, (other,))
    assert (later.region, later.tier) == ("EU-DE", "vip")
    assert (known(case(), TRIAGE).region, known(case(), TRIAGE).tier) == ("", "")
