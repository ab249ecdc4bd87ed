"""The exchange's systems behind HTTP: every call is signed, and each answer means what docs/exchange.md says."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from gateway.backends.signatures import flaw
from gateway.errors import (
    AuthError,
    ConfigError,
    OutcomeUnknownError,
    RateLimitedError,
    RejectedError,
    TransientError,
)
from gateway.exchange.calls import LONGEST_WAIT
from gateway.exchange.customers import HttpCustomers
from gateway.exchange.risk import HttpRisk
from gateway.exchange.second_factor import HttpSecondFactor
from gateway.ports import Key
from gateway.ports.customers import AccountId, Customer, CustomerUnchecked, NoCustomer, PlatformAccount, ProvenMail
from gateway.ports.risk import FreezeOrder
from gateway.ports.second_factor import Challenge, Confirmation
from gateway.sandbox.exchange import Fault
from tests.conftest import ManualClock
from tests.exchange import ANN, KEY_ID, SECRET, Exchange, exchange_on

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
KEY = Key("freeze:GH-AAAAA-AAAAA:account_stolen")


@pytest.fixture
async def exchange(clock: ManualClock) -> AsyncIterator[Exchange]:
    async with exchange_on(clock) as found:
        yield found


def order(**fields: object) -> FreezeOrder:
    given = {
        "case_id": "GH-AAAAA-AAAAA",
        "reason": "account_stolen",
        "platform": "email",
        "requester": "ann@mail.test",
        "proven": True,
        "at": NOON,
    }
    return FreezeOrder(**(given | fields))  # type: ignore[arg-type]


@pytest.mark.parametrize("who", [ProvenMail("ann@mail.test"), PlatformAccount("telegram", "7001"), AccountId(ANN)])
async def test_a_customer_is_found_by_what_is_proven(
    exchange: Exchange, who: ProvenMail | PlatformAccount | AccountId
) -> None:
    async with exchange.calls("/customers") as calls:
        found = await HttpCustomers(calls).look_up(who)
    assert isinstance(found, Customer)
    assert (found.account_id, found.tier, found.region, found.kyc) == (ANN, "vip", "DE", "pending")


async def test_nobody_is_not_the_same_as_could_not_check(exchange: Exchange) -> None:
    async with exchange.calls("/customers") as calls:
        book = HttpCustomers(calls)
        assert await book.look_up(ProvenMail("bob@mail.test")) == NoCustomer()
        exchange.server.plan(Fault(503, times=1))
        unchecked = await book.look_up(ProvenMail("ann@mail.test"))
    assert isinstance(unchecked, CustomerUnchecked)
    assert isinstance(unchecked.fault, TransientError)
    assert "ann@mail.test" not in unchecked.reason


async def test_a_body_that_makes_no_sense_is_could_not_check_and_is_not_repeated(exchange: Exchange) -> None:
    bodies = [b"<html>ann@mail.test", b'{"customer": {"account_id": ""}}', b'{"customers": 1}', b"[" * 100_000]
    async with exchange.calls("/customers") as calls:
        for body in bodies:
            exchange.server.plan(Fault(200, body, times=1))
            answer = await HttpCustomers(calls).look_up(ProvenMail("ann@mail.test"))
            assert isinstance(answer, CustomerUnchecked)
            assert "cannot be read" in answer.reason
            assert "mail.test" not in answer.reason


async def test_no_address_of_a_user_stands_in_an_url_and_every_call_is_signed_anew(
    exchange: Exchange, clock: ManualClock
) -> None:
    async with exchange.calls("/customers") as calls:
        await HttpCustomers(calls).look_up(ProvenMail("ann@mail.test"))
        clock.advance(400)
        await HttpCustomers(calls).look_up(ProvenMail("ann@mail.test"))
    one, other = exchange.server.calls
    assert (one.status, other.status) == (200, 200)
    assert one.request.path == "/customers"
    assert one.request.query == ""
    assert one.request.headers["gatehouse-key-id"] == KEY_ID
    assert one.request.headers["webhook-id"] != other.request.headers["webhook-id"]
    assert flaw(SECRET.encode(), one.request.headers, one.request.body, NOON) is None
    assert flaw(SECRET.encode(), one.request.headers, one.request.body + b" ", NOON) is not None
    assert flaw(SECRET.encode(), one.request.headers, one.request.body, clock.now()) is not None


async def test_a_wrong_secret_is_turned_away(exchange: Exchange) -> None:
    async with exchange.calls("/risk", secret="another secret of enough bytes") as calls:
        with pytest.raises(AuthError):
            await HttpRisk(calls).freeze(order(), KEY)
    assert exchange.server.refused == ["its signature is not of our secret"]
    assert exchange.server.frozen == {}


async def test_an_account_is_frozen_once_a_key(exchange: Exchange) -> None:
    async with exchange.calls("/risk") as calls:
        first = await HttpRisk(calls).freeze(order(), KEY)
        again = await HttpRisk(calls).freeze(order(), KEY)
        refused = await HttpRisk(calls).freeze(order(proven=False, claimed_account_id=ANN), Key("freeze:other"))
    assert (first.outcome, first.reference, first.until) == ("frozen", "FRZ-1", NOON + timedelta(hours=24))
    assert (again.outcome, again.reference) == ("already", "FRZ-1")
    assert (refused.outcome, refused.reason) == ("refused", "nothing proves whose account it is")
    call = exchange.server.calls[0]
    assert call.request.headers["idempotency-key"] == KEY
    assert json.loads(call.request.body) == {
        "type": "freeze",
        "key": KEY,
        "case_id": "GH-AAAAA-AAAAA",
        "reason": "account_stolen",
        "account_id": None,
        "claimed_account_id": None,
        "requester": {"platform": "email", "id": "ann@mail.test", "proven": True},
        "entities": [],
        "at": "2026-11-20T12:00:00+00:00",
    }


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Fault(503), TransientError),
        (Fault(500), OutcomeUnknownError),
        (Fault(502, takes=True), OutcomeUnknownError),
        (Fault(cut=True, takes=True), OutcomeUnknownError),
        (Fault(200, b"ok"), OutcomeUnknownError),
        (Fault(429, headers={"retry-after": "86400"}), RateLimitedError),
        (Fault(401), AuthError),
        (Fault(404), ConfigError),
        (Fault(302), ConfigError),
        (Fault(400), RejectedError),
    ],
)
async def test_what_goes_wrong_is_told_in_the_gateways_errors(
    exchange: Exchange, fault: Fault, error: type[Exception]
) -> None:
    exchange.server.plan(fault)
    async with exchange.calls("/risk") as calls:
        with pytest.raises(error) as caught:
            await HttpRisk(calls).freeze(order(), KEY)
    assert type(caught.value) is error
    if isinstance(caught.value, RateLimitedError):
        assert caught.value.retry_after == LONGEST_WAIT
    assert "mail.test" not in str(caught.value)


async def test_a_refusal_is_an_answer_however_it_is_worded(exchange: Exchange) -> None:
    exchange.server.plan(Fault(422, b'{"reason": "no such\\n\\u202eaccount"}', times=1), Fault(422, b"no", times=1))
    async with exchange.calls("/risk") as calls:
        told = await HttpRisk(calls).freeze(order(), KEY)
        plain = await HttpRisk(calls).freeze(order(), KEY)
    assert (told.outcome, told.reason) == ("refused", "no such account")
    assert (plain.outcome, plain.reason) == ("refused", "")


async def test_one_that_does_not_answer_in_time_leaves_its_outcome_unknown(exchange: Exchange) -> None:
    exchange.server.hold()
    async with exchange.calls("/risk", timeout_secs=0.05) as calls:
        with pytest.raises(OutcomeUnknownError, match="did not answer in time"):
            await HttpRisk(calls).freeze(order(), KEY)


async def test_a_challenge_goes_from_pending_to_confirmed_or_expires(exchange: Exchange, clock: ManualClock) -> None:
    async with exchange.calls("/second-factor") as calls:
        second = HttpSecondFactor(calls)
        asked = await second.ask(Challenge(ANN, "talk_about_account", "GH-AAAAA-AAAAA", 600), Key("one"))
        assert asked.state is Confirmation.PENDING
        assert (await second.ask(Challenge(ANN, "talk_about_account", "GH-AAAAA-AAAAA", 600), Key("one"))) == asked
        exchange.server.decide(asked.job, "confirmed")
        assert (await second.look(asked.job)).state is Confirmation.CONFIRMED
        late = await second.ask(Challenge(ANN, "talk_about_account", "GH-AAAAA-AAAAA", 600), Key("two"))
        clock.advance(600)
        assert (await second.look(late.job)).state is Confirmation.EXPIRED


async def test_a_check_has_no_effect_and_says_what_is_wrong(exchange: Exchange) -> None:
    async with (
        exchange.calls("/customers") as one,
        exchange.calls("/risk") as two,
        exchange.calls("/second-factor") as x,
    ):
        systems = (HttpCustomers(one), HttpRisk(two), HttpSecondFactor(x))
        assert all([(await each.check()).ok for each in systems])
        assert exchange.server.asked == {"ping": 3}
        assert exchange.server.frozen == {}
        exchange.server.plan(Fault(401))
        (check,) = (await HttpRisk(two).check()).checks
    assert not check.ok
    assert "renew the credential" in check.detail
