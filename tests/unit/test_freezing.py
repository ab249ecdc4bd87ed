"""Accounts are frozen once, on a real store and an exchange behind HTTP: whatever happens in between, and told once."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest
import structlog

from gateway.circuit import CircuitState
from gateway.dispatch import Fates, Means
from gateway.exchange.risk import HttpRisk
from gateway.feedback import normalize
from gateway.freezing import LATE_AFTER, LONGEST_WAIT_SECS, FreezeDispatcher, order_of, patience
from gateway.journal import RISK, Decision, Effect, EffectKind, FreezeIntent, State
from gateway.ports import FreezeTold, Key
from gateway.queues import Wanted
from gateway.retry import RetryPolicy
from gateway.sandbox.exchange import Fault
from gateway.store import SqlStore
from tests.builders import case, raw
from tests.conftest import ManualClock
from tests.exchange import Exchange, exchange_on

NUMBER = "GH-AAAAA-AAAAA"


def freeze(danger: str = "account_stolen", number: str = NUMBER, **fields: object) -> Effect:
    given: dict[str, object] = {
        "case_id": number,
        "reason": danger,
        "platform": "email",
        "requester": "ann@mail.test",
        "proven": True,
        "at": datetime.fromisoformat("2026-11-20T12:00:00+00:00"),
    }
    intent = FreezeIntent.model_validate(given | fields)
    return Effect(key=f"freeze:{number}:{danger}", kind=EffectKind.FREEZE, target=RISK, case_id=number, freeze=intent)


class Desk:
    """A store with a case, a dispatcher, and what it reported."""

    def __init__(self, store: SqlStore, clock: ManualClock, exchange: Exchange, attempts: int = 500) -> None:
        self.store, self.clock, self.exchange = store, clock, exchange
        self.arrived = 0
        self.reports: list[Exception | None] = []
        self._retry = patience(RetryPolicy(base_secs=1, cap_secs=3600, attempts=attempts, bug_attempts=2))
        self._number = 0

    async def step(self, timeout_secs: float = 5.0) -> int:
        """Let one round of freezes go by."""
        async with self.exchange.calls("/risk", timeout_secs) as calls:
            means = Means(self.clock, Fates(self.clock, self._retry, random.Random(1)))
            self.freezes = FreezeDispatcher(self.store, HttpRisk(calls), means, self._ring)
            return await self.freezes.step(lambda error, again: self.reports.append(error))

    def _ring(self) -> None:
        self.arrived += 1

    async def wants(self, *effects: Effect, opens: bool = True) -> None:
        self._number += 1
        await self.store.put_page("support", raw().stream, [raw(f"w{self._number}")], None)
        (claimed,) = await self.store.claim_raws(1, 10**6, self.clock.now())
        numbers = dict.fromkeys(each.case_id or "" for each in effects)
        cases = tuple(case(number) for number in numbers) if opens else ()
        await self.store.commit([Decision(claimed.seq, cases=cases, effects=effects)])

    async def told(self) -> list[FreezeTold]:
        claimed = await self.store.claim_raws(10, 10**6, self.clock.now())
        await self.store.commit([Decision(each.seq) for each in claimed])
        events = [event for each in claimed for event in normalize(each.raw)]
        return [event for event in events if isinstance(event, FreezeTold)]

    async def states(self) -> list[str]:
        items = await self.store.queues.effects(Wanted(place=RISK))
        return [item.view.state for item in reversed(items)]


@pytest.fixture
async def exchange(clock: ManualClock) -> AsyncIterator[Exchange]:
    async with exchange_on(clock) as found:
        yield found


@pytest.fixture
def desk(store: SqlStore, clock: ManualClock, exchange: Exchange) -> Desk:
    return Desk(store, clock, exchange)


async def test_an_account_is_frozen_and_told_of_once(desk: Desk) -> None:
    await desk.wants(freeze())
    assert await desk.step() == 1
    (event,) = await desk.told()
    assert (event.case_id, event.danger, event.outcome, event.reference) == (
        NUMBER,
        "account_stolen",
        "frozen",
        "FRZ-1",
    )
    assert desk.arrived == 1
    assert desk.reports == [None]
    assert await desk.step() == 0
    await desk.wants(freeze(), opens=False)
    assert await desk.step() == 0, "one order a case and danger, however many messages tell of it"
    assert desk.exchange.server.asked["freeze"] == 1


@pytest.mark.parametrize(
    "trouble",
    [Fault(503, times=3), Fault(429, times=3), Fault(cut=True, takes=True, times=3), Fault(502, takes=True, times=1)],
    ids=["away", "busy", "line drops after it was taken", "a proxy gives up after it was taken"],
)
async def test_trouble_is_waited_out_and_the_account_is_frozen_once(desk: Desk, trouble: Fault) -> None:
    desk.exchange.server.plan(trouble)
    await desk.wants(freeze())
    rounds = 0
    while await desk.step() or not await desk.told():
        desk.clock.advance(LONGEST_WAIT_SECS)
        rounds += 1
        assert rounds < 20
    assert list(desk.exchange.server.frozen) == [f"freeze:{NUMBER}:account_stolen"]
    assert len(desk.exchange.server.calls) == (trouble.times or 0) + 1
    assert {call.request.headers["idempotency-key"] for call in desk.exchange.server.calls} == set(
        desk.exchange.server.frozen
    )


async def test_one_that_freezes_and_answers_too_late_is_asked_again_and_says_that_it_is_done(desk: Desk) -> None:
    desk.exchange.server.hold(takes=True)
    await desk.wants(freeze())
    await desk.step(timeout_secs=0.05)
    assert await desk.states() == [State.UNKNOWN]
    desk.exchange.server.let_go()
    desk.clock.advance(LONGEST_WAIT_SECS)
    await desk.step()
    assert [event.outcome for event in await desk.told()] == ["already"]
    assert desk.exchange.server.asked["freeze"] == 2
    assert len(desk.exchange.server.frozen) == 1


async def test_what_was_under_way_when_the_gateway_died_is_sent_again_under_its_key(desk: Desk) -> None:
    await desk.wants(freeze())
    assert await desk.step() == 1
    (first,) = await desk.told()
    # The next one dies between the call and its fate: the exchange has frozen, the store says claimed.
    await desk.wants(freeze("secret_shared"), opens=False)
    await desk.store.claim_effects(RISK, 1, desk.clock.now())
    async with desk.exchange.calls("/risk") as calls:
        effect = freeze("secret_shared")
        assert effect.freeze is not None
        await HttpRisk(calls).freeze(order_of(effect.freeze), Key(effect.key))
    await desk.store.recover()
    assert await desk.states() == [State.SETTLED, State.UNKNOWN]
    assert await desk.step() == 1
    (second,) = await desk.told()
    assert (first.outcome, second.outcome) == ("frozen", "already")
    assert len(desk.exchange.server.frozen) == 2


async def test_a_freeze_that_is_cut_off_is_in_doubt_and_not_lost(desk: Desk) -> None:
    desk.exchange.server.hold()
    await desk.wants(freeze())
    task = asyncio.create_task(desk.step())
    while not desk.exchange.server.calls:
        await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await desk.states() == [State.UNKNOWN]


async def test_the_agents_are_told_once_that_it_could_not_be_reached_yet(desk: Desk) -> None:
    desk.exchange.server.plan(Fault(503))
    await desk.wants(freeze())
    told: list[FreezeTold] = []
    for _ in range(6):
        await desk.step()
        told += await desk.told()
        desk.clock.advance(LATE_AFTER.total_seconds())
    assert [event.outcome for event in told] == ["late"]
    assert "503" in told[0].reason
    desk.exchange.server.mend()
    await desk.step()
    assert [event.outcome for event in await desk.told()] == ["frozen"]


async def test_a_signature_that_is_not_taken_is_told_at_once_and_tried_soon(desk: Desk) -> None:
    desk.exchange.server.plan(Fault(401))
    await desk.wants(freeze())
    await desk.step()
    assert [event.outcome for event in await desk.told()] == ["late"]
    (item,) = await desk.store.queues.effects(Wanted(place=RISK))
    assert item.view.attempts == 0
    assert item.view.not_before is not None
    assert item.view.not_before - desk.clock.now() <= timedelta(seconds=LONGEST_WAIT_SECS)


async def test_what_is_given_up_is_buried_and_told(store: SqlStore, clock: ManualClock, exchange: Exchange) -> None:
    desk = Desk(store, clock, exchange)
    desk._retry = RetryPolicy(base_secs=1, cap_secs=10, attempts=3)
    exchange.server.plan(Fault(500))
    await desk.wants(freeze())
    for _ in range(4):
        await desk.step()
        clock.advance(15)
    assert await desk.states() == [State.BURIED]
    assert [event.outcome for event in await desk.told()] == ["given_up"]


async def test_a_refusal_is_settled_and_told_with_its_reason(desk: Desk) -> None:
    await desk.wants(freeze(proven=False, claimed_account_id="48210734"))
    await desk.step()
    (event,) = await desk.told()
    assert (event.outcome, event.reason) == ("refused", "nothing proves whose account it is")
    assert event.claimed_account_id == "48210734"
    assert await desk.states() == [State.SETTLED]


async def test_an_order_that_cannot_be_read_there_stops_no_other(desk: Desk) -> None:
    desk.exchange.server.plan(Fault(400, times=1))
    await desk.wants(freeze())
    await desk.step()
    assert await desk.states() == [State.BURIED]
    assert desk.reports == [None], "it is the order's fault, not the risk system's"
    assert desk.freezes.circuit.state is CircuitState.CLOSED


async def test_no_log_line_names_whoever_wrote_or_a_secret(desk: Desk) -> None:
    desk.exchange.server.plan(Fault(503, times=1), Fault(422, b'{"reason": "ann@mail.test is nobody"}', times=1))
    await desk.wants(freeze(claimed_account_id="48210734"))
    with structlog.testing.capture_logs() as lines:
        await desk.step()
        desk.clock.advance(LONGEST_WAIT_SECS)
        await desk.step()
    told = str(lines)
    assert "freeze.told" in told
    assert "effect.settled" in told
    for hidden in ("mail.test", "48210734", "secret", "whsec"):
        assert hidden not in told.replace("secret_shared", "")
