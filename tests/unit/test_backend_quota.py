"""How many calls a ticket system bears: its headers are honoured, and fewer calls are made while it struggles."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import timedelta

import pytest

from gateway.backends._quota import WIDENS_AFTER, Quota, RateHeaders, at_epoch, at_time, in_secs
from gateway.errors import RateLimitedError
from tests.conftest import ManualClock

HEADERS = RateHeaders("x-left", "x-reset")


async def one(quota: Quota, status: int = 200, headers: Mapping[str, str] | None = None) -> None:
    async with quota.call("desk"):
        quota.answered(status, headers or {})


async def test_when_nothing_is_left_no_call_is_made_until_there_is(clock: ManualClock) -> None:
    quota = Quota(clock, 4, HEADERS)
    await one(quota, headers={"x-left": "1", "x-reset": "30"})
    await one(quota, headers={"x-left": "0", "x-reset": "30"})
    with pytest.raises(RateLimitedError) as caught:
        await one(quota)
    assert (caught.value.retry_after, caught.value.item) == (timedelta(seconds=30), False)
    clock.advance(30)
    await one(quota)


async def test_calls_under_way_are_counted_before_the_other_side_has_counted_them(clock: ManualClock) -> None:
    quota = Quota(clock, 8, HEADERS)
    await one(quota, headers={"x-left": "2", "x-reset": "30"})
    async with quota.call("desk"), quota.call("desk"):
        with pytest.raises(RateLimitedError):
            async with quota.call("desk"):
                pass


async def test_more_calls_than_may_be_at_once_wait_for_each_other(clock: ManualClock) -> None:
    quota = Quota(clock, 1)
    async with quota.call("desk"):
        waiting = asyncio.ensure_future(one(quota))
        await asyncio.sleep(0)
        assert not waiting.done()
    await waiting


async def test_a_struggling_system_gets_fewer_calls_and_more_again_when_it_is_well(clock: ManualClock) -> None:
    quota = Quota(clock, 8)
    for expected in (4, 2, 1, 1):
        await one(quota, 503)
        assert quota.width == expected
    for _ in range(WIDENS_AFTER):
        await one(quota)
    assert quota.width == 2
    quota.broke()
    assert quota.width == 1


async def test_a_call_that_is_cancelled_gives_its_room_back(clock: ManualClock) -> None:
    quota = Quota(clock, 1)

    async def hang() -> None:
        async with quota.call("desk"):
            await asyncio.Event().wait()

    task = asyncio.ensure_future(hang())
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    async with asyncio.timeout(5):
        await one(quota)


async def test_headers_that_cannot_be_read_close_nothing(clock: ManualClock) -> None:
    quota = Quota(clock, 4, HEADERS)
    for left, reset in (("", ""), ("none", "x"), ("0", ""), ("0", "soon")):
        await one(quota, headers={"x-left": left, "x-reset": reset})
    await one(quota)


def test_a_reset_is_read_as_the_system_writes_it(clock: ManualClock) -> None:
    now = clock.now()
    later = now + timedelta(seconds=60)
    assert in_secs("60", now) == later
    assert at_epoch(str(int(later.timestamp())), now) == later
    assert at_time("2026-11-20T12:01:00Z", now) == later
    assert at_time("2026-11-20T12:01Z", now) == later
    assert (in_secs("x", now), at_epoch("", now), at_time("soon", now)) == (None, None, None)
