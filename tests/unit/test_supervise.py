"""The supervisor: one part's trouble is its own, the store's trouble is everybody's, and shutdown has an order."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from gateway.clock import Bell
from gateway.dispatch import Report
from gateway.errors import AuthError, RateLimitedError, TransientError
from gateway.health import Condition, Health
from gateway.intake import Intake, SourceError
from gateway.retry import RetryPolicy
from gateway.supervise import Supervisor
from tests.conftest import ManualClock


class ScriptedIntake(Intake):
    """An intake whose steps are scripted; after the script it waits for ever."""

    def __init__(self, *script: Exception | bool) -> None:
        self.script = list(script)
        self.steps = 0
        self.stepped = asyncio.Condition()

    async def resume(self) -> None:
        """Nothing was stored."""

    async def step(self) -> bool:
        async with self.stepped:
            self.steps += 1
            self.stepped.notify_all()
        if not self.script:
            await asyncio.Event().wait()
        outcome = self.script.pop(0)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    async def reached(self, steps: int) -> None:
        async with asyncio.timeout(5), self.stepped:
            await self.stepped.wait_for(lambda: self.steps >= steps)


async def nothing_due() -> datetime | None:
    return None


def make(clock: ManualClock) -> tuple[Supervisor, Health]:
    health = Health(clock)
    return Supervisor(clock, RetryPolicy(), random.Random(3), health, shutdown_secs=5), health


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not condition():
            await asyncio.sleep(0)


async def test_a_failing_source_waits_and_its_neighbour_goes_on(clock: ManualClock) -> None:
    supervisor, health = make(clock)
    bad = ScriptedIntake(SourceError(TransientError("line lost")), True)
    good = ScriptedIntake(True, True)
    supervisor.add_source("bad", bad, timedelta(0), Bell(clock))
    supervisor.add_source("good", good, timedelta(0), Bell(clock))
    stop = asyncio.Event()
    running = asyncio.create_task(supervisor.run(stop))
    await good.reached(3)
    await until(lambda: clock.sleeping == 1)
    assert bad.steps == 1
    states = {part.part: part for part in health.parts()}
    assert states["bad"].condition is Condition.RETRYING
    assert states["bad"].last_error == "line lost"
    assert states["good"].condition is Condition.RUNNING
    clock.advance(61)
    await bad.reached(3)
    assert {part.part: part for part in health.parts()}["bad"].condition is Condition.RUNNING
    stop.set()
    await running


async def test_a_source_that_fails_at_once_never_becomes_a_hot_loop(clock: ManualClock) -> None:
    supervisor, _ = make(clock)
    assert all(supervisor.wait_secs(TransientError("x"), failures) >= 0.1 for failures in range(1, 50) for _ in "ab")


@pytest.mark.parametrize(
    ("error", "failures", "least", "most"),
    [
        (AuthError("no"), 1, 300, 300),
        (AuthError("no"), 9, 3600, 3600),
        (RateLimitedError("x", timedelta(hours=2)), 1, 7200, 7200),
        (TransientError("x"), 30, 0.1, 60),
    ],
)
def test_the_wait_fits_the_error(
    clock: ManualClock, error: Exception, failures: int, least: float, most: float
) -> None:
    supervisor, _ = make(clock)
    assert least <= supervisor.wait_secs(error, failures) <= most


async def test_an_error_of_the_store_stops_everything_loudly(clock: ManualClock) -> None:
    supervisor, _ = make(clock)
    good = ScriptedIntake()
    supervisor.add_source("bad", ScriptedIntake(TransientError("the disk is full")), timedelta(0), Bell(clock))
    supervisor.add_source("good", good, timedelta(0), Bell(clock))
    async with asyncio.timeout(5):
        with pytest.raises(TransientError, match="disk is full"):
            await supervisor.run(asyncio.Event())


async def test_a_worker_under_way_ends_its_step_before_the_engine_stops(clock: ManualClock) -> None:
    supervisor, _ = make(clock)
    entered, leave, ended = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def step() -> int:
        entered.set()
        await leave.wait()
        ended.set()
        return 0

    supervisor.add_worker("worker", step, nothing_due, Bell(clock))
    stop = asyncio.Event()
    running = asyncio.create_task(supervisor.run(stop))
    await entered.wait()
    stop.set()
    await asyncio.sleep(0)
    assert not running.done()
    leave.set()
    async with asyncio.timeout(5):
        await running
    assert ended.is_set()


async def test_a_cancelled_engine_still_ends_in_order(clock: ManualClock) -> None:
    supervisor, _ = make(clock)
    entered, ended = asyncio.Event(), asyncio.Event()

    async def step() -> int:
        entered.set()
        for _ in range(5):
            await asyncio.sleep(0)
        ended.set()
        return 0

    supervisor.add_worker("worker", step, nothing_due, Bell(clock))
    running = asyncio.create_task(supervisor.run(asyncio.Event()))
    await entered.wait()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert ended.is_set()


async def test_a_target_at_fault_is_left_alone_as_a_whole(clock: ManualClock) -> None:
    supervisor, health = make(clock)
    calls = 0

    async def step(report: Report) -> int:
        nonlocal calls
        calls += 1
        if calls == 1:
            report(AuthError("password refused"), None)
            return 1
        report(None, None)
        return 0

    supervisor.add_dispatcher("mail:send", step, nothing_due, Bell(clock))
    stop = asyncio.Event()
    running = asyncio.create_task(supervisor.run(stop))
    await until(lambda: clock.sleeping == 1)
    assert calls == 1
    assert health.parts()[0].condition is Condition.AUTH_FAILED
    clock.advance(301)
    await until(lambda: calls == 2)
    assert health.parts()[0].condition is Condition.RUNNING
    stop.set()
    async with asyncio.timeout(5):
        await running


async def test_a_worker_wakes_when_something_comes_due(clock: ManualClock) -> None:
    supervisor, _ = make(clock)
    calls: list[datetime] = []
    due_at = clock.now() + timedelta(seconds=12)

    async def step() -> int:
        calls.append(clock.now())
        return 0

    async def due() -> datetime | None:
        return due_at if clock.now() < due_at else None

    supervisor.add_worker("worker", step, due, Bell(clock))
    stop = asyncio.Event()
    running = asyncio.create_task(supervisor.run(stop))
    await until(lambda: clock.sleeping == 1)
    clock.advance(12)
    await until(lambda: len(calls) == 2)
    stop.set()
    async with asyncio.timeout(5):
        await running
