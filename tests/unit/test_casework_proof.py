"""What is proven of whoever writes, and what each act needs."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from gateway.case import Assessment, Case, Challenged, Entity, FactOutcome
from gateway.casework.proof import ACTS, REQUIRED, Proof, claimed, lacks, proven, told
from gateway.customers import fact_of
from gateway.identity import Identity, Person
from gateway.ports.customers import Customer
from tests.builders import NOON, case, mail_auth, message, party

ANN = Customer(account_id="88230017", registered_mail="ann@mail.test")
PASSED = Assessment(facts=(mail_auth(FactOutcome.PASS),))
BOB = Customer(account_id="90000001")
LATER = NOON + timedelta(minutes=30)
KNOWN = Assessment(facts=(mail_auth(FactOutcome.PASS), fact_of(ANN, "")))


def confirmed(by: Customer = ANN, at: datetime = NOON) -> Case:
    """Return a case on which a customer has confirmed by a second factor."""
    known = Challenged(account_id=by.account_id, asked_at=at, confirmed_at=at)
    return case(tags=("second-factor",), challenged=(known,))


def linked(*accounts: str) -> Person:
    one = [Identity(platform="email", account=each, person="p", channel="support", proven_at=NOON) for each in accounts]
    return Person(id="p", accounts=tuple(one))


@pytest.mark.parametrize(
    ("assessment", "person", "on", "expected"),
    [
        (Assessment(), None, case(), set()),
        (Assessment(facts=(mail_auth(FactOutcome.FAIL), fact_of(ANN, ""))), None, confirmed(), set()),
        (PASSED, None, case(), {Proof.ACCOUNT}),
        (PASSED, linked("ann@mail.test", "b@c.test"), case(), {Proof.ACCOUNT, Proof.LINKED}),
        (PASSED, linked("bob@mail.test", "b@c.test"), case(), {Proof.ACCOUNT}),
        (KNOWN, None, case(), {Proof.ACCOUNT, Proof.CUSTOMER, Proof.REGISTERED_MAIL}),
        (KNOWN, None, confirmed(), set(Proof) - {Proof.LINKED}),
        (KNOWN, None, confirmed(at=LATER - timedelta(hours=12)), set(Proof) - {Proof.LINKED, Proof.SECOND_FACTOR}),
        (KNOWN, None, confirmed(BOB), set(Proof) - {Proof.LINKED, Proof.SECOND_FACTOR}),
        (KNOWN, None, case(tags=("second-factor",)), set(Proof) - {Proof.LINKED, Proof.SECOND_FACTOR}),
        (PASSED, None, confirmed(), {Proof.ACCOUNT}),
    ],
)
def test_what_is_proven(assessment: Assessment, person: Person | None, on: Case, expected: set[Proof]) -> None:
    assert proven(message(), assessment, on, person, LATER) == expected


def test_a_customer_of_another_registered_address_has_not_proven_that_one() -> None:
    other = Assessment(facts=(mail_auth(FactOutcome.PASS), fact_of(ANN, "")))
    found = proven(message(sender=party("ann.two@mail.test")), other, case(), None, LATER)
    assert found == {Proof.ACCOUNT, Proof.CUSTOMER}


def test_each_act_needs_what_is_told_of_it() -> None:
    assert set(ACTS.values()) <= set(REQUIRED)
    assert lacks("account_change", {Proof.ACCOUNT, Proof.CUSTOMER}) == (Proof.SECOND_FACTOR,)
    assert lacks("account_state", ()) == (Proof.ACCOUNT, Proof.CUSTOMER)


def test_a_number_is_a_claim_until_the_exchange_says_whose_it_is() -> None:
    named = case(entities=(Entity(kind="account_id", value="88230017"), Entity(kind="account_id", value="90000001")))
    assert claimed(named, PASSED) == ("88230017", "90000001")
    assert claimed(named, KNOWN) == ("90000001",)


def test_it_is_told_in_one_line() -> None:
    text = told({Proof.ACCOUNT}, ("90000001",), (Proof.SECOND_FACTOR,), "telegram")
    assert text == (
        "Proven (Telegram): the account on the platform. Only claimed: account 90000001. "
        "Before anything of the account: a second factor."
    )
    assert told((), (), (), "email") == "Nothing is proven of the sender."
