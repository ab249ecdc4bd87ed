"""Bells: news is never missed, and a wait ends in time."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from gateway.clock import Bell, SystemClock
from tests.conftest import ManualClock


async def test_a_ring_while_nobody_waits_is_kept_for_the_next_wait(clock: ManualClock) -> None:
    bell = Bell(clock)
    bell.ring()
    async with asyncio.timeout(5):
        await bell.wait(None)


async def test_a_wait_ends_when_its_time_has_passed(clock: ManualClock) -> None:
    waiting = asyncio.create_task(Bell(clock).wait(10))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert not waiting.done()
    clock.advance(10)
    async with asyncio.timeout(5):
        await waiting


async def test_one_ring_ends_one_wait(clock: ManualClock) -> None:
    bell = Bell(clock)
    bell.ring()
    await bell.wait(None)
    waiting = asyncio.create_task(bell.wait(None))
    for _ in range(3):
        await asyncio.sleep(0)
    assert not waiting.done()
    bell.ring()
    async with asyncio.timeout(5):
        await waiting


async def test_a_wait_leaves_nothing_behind(clock: ManualClock) -> None:
    before = asyncio.all_tasks()
    bell = Bell(clock)
    bell.ring()
    await bell.wait(10)
    waiting = asyncio.create_task(bell.wait(10))
    await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    assert asyncio.all_tasks() == before
    assert clock.sleeping == 0


async def test_the_systems_clock_tells_aware_utc_and_sleeps() -> None:
    clock = SystemClock()
    assert clock.now().utcoffset() == timedelta(0)
    async with asyncio.timeout(5):
        await clock.sleep(0)


async def test_a_wait_counts_from_when_it_was_asked_for_though_its_task_begins_later(clock: ManualClock) -> None:
    """What moves the clock in between must not make the wait begin anew: a test would hang on it now and then."""
    waiting = asyncio.create_task(clock.sleep(10))
    clock.advance(10)
    async with asyncio.timeout(5):
        await waiting
