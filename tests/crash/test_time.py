"""Hours pass in seconds: gateway and test share a clock in a file, which outlives every kill."""

from __future__ import annotations

import asyncio

import pytest

from tests.crash.audit import audit
from tests.crash.clock import SharedClock
from tests.crash.conftest import MakeDesk
from tests.crash.lives import CrashDesk
from tests.crash.outside import Act

pytestmark = [pytest.mark.crash, pytest.mark.timeout(60)]
HOUR = 3600.0
WAITING = "select not_before from effects where kind = 'ticket' and state = 'postponed'"


async def with_clock(make_desk: MakeDesk, engine_lines: str) -> tuple[CrashDesk, SharedClock]:
    desk = await make_desk(shared_clock=True, engine_lines=engine_lines)
    assert desk.clock is not None
    desk.outside.post(1, 1)
    return desk, desk.clock


async def test_a_wait_of_three_hours_outlives_a_kill(make_desk: MakeDesk) -> None:
    """Not earlier than it was asked for, and not much later, although the gateway was killed and started meanwhile."""
    desk, clock = await with_clock(make_desk, "retry_base_secs = 0.05")
    outside = desk.outside
    outside.plan("submit", Act(status=429, headers={"retry-after": "10800"}, takes=False))
    life = await desk.live()
    await desk.until(lambda: outside.calls["submit"] == 1 and len(desk.rows(WAITING)) == 1)
    await desk.kill(life)
    clock.pass_time(2 * HOUR)
    life = await desk.live()
    looks = outside.calls["feed"]
    await desk.until(lambda: outside.calls["feed"] > looks + 10)
    assert outside.calls["submit"] == 1, "two hours are not three"
    clock.pass_time(HOUR + 5)
    await desk.until(lambda: outside.calls["submit"] == 2)
    await life.stop()
    assert audit(desk, ended=await desk.finish()).wrong == []
    (asked,) = (each for key, each in outside.asked_at.items() if ":ticket:" in key)
    assert 3 * HOUR <= (asked[1] - asked[0]).total_seconds() < 3 * HOUR + 60


async def test_a_backoff_of_hours_runs_out_over_a_kill(make_desk: MakeDesk) -> None:
    """Eight failures in a row, with waits of up to an hour each, take a few seconds here."""
    desk, clock = await with_clock(make_desk, "retry_base_secs = 600\nretry_cap_secs = 3600")
    outside = desk.outside
    outside.plan("submit", *[Act(status=503, takes=False)] * 8)
    began = clock.now()
    for calls in (4, 9):
        life = await desk.live()
        async with asyncio.timeout(20):
            while outside.calls["submit"] < calls:
                clock.pass_time(300)
                await asyncio.sleep(0.03)
        await desk.kill(life)
    assert (clock.now() - began).total_seconds() > HOUR
    assert audit(desk, ended=await desk.finish()).wrong == []
