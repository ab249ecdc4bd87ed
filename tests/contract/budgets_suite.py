"""The contract of `gateway.limits.Budgets`, check by check, for whatever store a `Ground` opens.

A check fails with an AssertionError on a store that breaks its claim; `broken_budgets` shows that each can.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from gateway.journal import Store
from gateway.limits import Bucket
from gateway.ports import Limit, Scope, Window
from tests.contract.store_suite import Check, Ground

CHECKS: list[Check] = []
MINUTE = timedelta(minutes=1)
AT_MOST = timedelta(seconds=63)
"""A window of a minute and a twentieth."""
TWICE = Limit("send", Scope.CHANNEL, 2, MINUTE)


def check(function: Check) -> Check:
    CHECKS.append(function)
    return function


def bucket(key: str, limit: Limit = TWICE) -> Bucket:
    return Bucket(key, limit)


async def is_made(store: Store, ground: Ground, *buckets: Bucket) -> bool:
    """Reserve one call, and return whether it may be made."""
    room = await store.budgets.reserve(buckets, ground.now)
    assert len(room) == len(buckets)
    return not any(room)


@check
async def a_bucket_gives_what_its_limit_says_and_then_when_it_has_room(ground: Ground) -> None:
    async with ground.open() as store:
        assert [await is_made(store, ground, bucket("a")) for _ in range(3)] == [True, True, False]
        (room,) = await store.budgets.reserve([bucket("a")], ground.now)
        assert room is not None
        assert MINUTE < room - ground.now <= AT_MOST
        ground.clock.advance((room - ground.now).total_seconds())
        assert [await is_made(store, ground, bucket("a")) for _ in range(3)] == [True, True, False]


@check
async def a_bucket_stands_for_itself(ground: Ground) -> None:
    async with ground.open() as store:
        for key in ("a", "b"):
            assert [await is_made(store, ground, bucket(key)) for _ in range(3)] == [True, True, False]


@check
async def a_call_that_one_bucket_refuses_costs_the_others_nothing(ground: Ground) -> None:
    """In whatever order they stand; the answer says which of them has no room."""
    async with ground.open() as store:
        narrow = bucket("narrow", replace(TWICE, count=1))
        assert await is_made(store, ground, narrow)
        for buckets in ((bucket("a"), narrow), (narrow, bucket("z"))):
            room = await store.budgets.reserve(buckets, ground.now)
            assert [at is None for at in room] == [each is not narrow for each in buckets]
        for key in ("a", "z"):
            assert [await is_made(store, ground, bucket(key)) for _ in range(2)] == [True, True]


@check
async def what_was_taken_is_taken_after_a_restart(ground: Ground) -> None:
    async with ground.open() as store:
        assert await is_made(store, ground, bucket("a"), bucket("b"))
    async with ground.open() as store:
        assert [await is_made(store, ground, bucket(key)) for key in "aabb"] == [True, False, True, False]


@check
async def calls_at_the_same_time_get_no_more_than_there_is(ground: Ground) -> None:
    """Also out of buckets that nobody has asked for before, and named in another order."""
    limits = [bucket("a", replace(TWICE, count=5)), bucket("b", replace(TWICE, count=9))]
    async with ground.open() as store:
        calls = [is_made(store, ground, *(limits if number % 2 else limits[::-1])) for number in range(20)]
        assert sum(await asyncio.gather(*calls)) == 5
        assert [await is_made(store, ground, limits[1]) for _ in range(5)] == [True] * 4 + [False]


@check
async def a_call_takes_its_cost(ground: Ground) -> None:
    async with ground.open() as store:
        dear = bucket("a", replace(TWICE, count=10, cost=4))
        assert [await is_made(store, ground, dear) for _ in range(3)] == [True, True, False]
        assert [await is_made(store, ground, bucket("a", replace(TWICE, count=10))) for _ in range(3)] == [
            True,
            True,
            False,
        ]


@check
async def a_day_begins_at_midnight(ground: Ground) -> None:
    day = bucket("a", Limit("send", Scope.ACCOUNT, 1, timedelta(days=1), Window.UTC_DAY))
    async with ground.open() as store:
        assert await is_made(store, ground, day)
        (room,) = await store.budgets.reserve([day], ground.now)
        midnight = datetime.combine(ground.now.date() + timedelta(days=1), datetime.min.time(), UTC)
        assert room == midnight
        ground.clock.advance((midnight - ground.now).total_seconds())
        assert await is_made(store, ground, day)


@check
async def a_clock_that_was_ahead_stops_nobody_for_longer_than_a_window(ground: Ground) -> None:
    """Also when nobody was let through meanwhile."""
    async with ground.open() as store:
        ahead = ground.now + timedelta(days=300)
        assert await store.budgets.reserve([bucket("a")] * 2, ahead) == [None, None]
        for _ in range(2):
            assert not await is_made(store, ground, bucket("a"))
            ground.clock.advance(20)
        ground.clock.advance(30)
        assert await is_made(store, ground, bucket("a"))


@check
async def a_bucket_of_any_count_is_taken_to_its_end(ground: Ground) -> None:
    """Over more parts of the window than a bucket keeps apart."""
    wide = bucket("a", replace(TWICE, count=100))
    async with ground.open() as store:
        made = 0
        for _ in range(110):
            made += await is_made(store, ground, wide)
            ground.clock.advance(0.5)
        assert made == 100
