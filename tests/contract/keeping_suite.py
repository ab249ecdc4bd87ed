"""The contract of `gateway.ports.Meter` and `Vault` on whatever store a `Ground` opens, check by check.

A check fails with an AssertionError on a store that breaks its claim; `broken_keeping` shows that each can.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any

from gateway.errors import TransientError
from gateway.keeping import LEASE, POLL_SECS, POLLS, ChannelMeter, ChannelVault, utc_day
from gateway.ports import Spent
from tests.contract.store_suite import Check, Ground

CHECKS: list[Check] = []
ACCOUNT, NAME = "x:1000", "token"
WAITED = POLLS * POLL_SECS


def check(function: Check) -> Check:
    CHECKS.append(function)
    return function


def meter(store: Any, ground: Ground, account: str = ACCOUNT) -> ChannelMeter:
    return ChannelMeter(store.spending, account, ground.clock)


def vault(store: Any, ground: Ground, channel: str = "posts") -> ChannelVault:
    return ChannelVault(store.vault, channel, ground.clock)


async def is_had(own: ChannelVault, name: str = NAME) -> bool:
    """Ask for a name, however long that takes, and let it go again at once."""
    with suppress(TransientError):
        async with own.alone(name):
            return True
    return False


async def is_written(own: ChannelVault, value: str) -> bool:
    with suppress(TransientError):
        await own.write(NAME, value)
        return True
    return False


@check
async def what_is_charged_adds_up_over_a_restart(ground: Ground) -> None:
    async with ground.open() as store:
        assert await meter(store, ground).today() == {}
        await meter(store, ground).charge("post_read", 1, 5_000)
        await meter(store, ground).charge("post_read", 0, 250)
    async with ground.open() as store:
        await meter(store, ground).charge("post_read", 2, 2**40)
        await meter(store, ground).charge("post_sent", 1, 15_000)
        spent = {"post_read": Spent(3, 5_250 + 2**40), "post_sent": Spent(1, 15_000)}
        assert await meter(store, ground).today() == spent


@check
async def accounts_and_utc_days_stand_apart(ground: Ground) -> None:
    async with ground.open() as store:
        today = utc_day(ground.clock)
        for account, calls in (("x:1000", 1), ("x:2000", 2)):
            await meter(store, ground, account).charge("post_read", calls, 7)
        ground.clock.advance(12 * 3600 - 1)
        assert await meter(store, ground).today() == {"post_read": Spent(1, 7)}
        ground.clock.advance(1)
        assert await meter(store, ground).today() == {}, "it is midnight in UTC"
        await meter(store, ground).charge("post_read", 9, 9)
        both = {"x:1000": {"post_read": Spent(1, 7)}, "x:2000": {"post_read": Spent(2, 7)}}
        assert await store.spending.of_day(today) == both


@check
async def nothing_is_lost_of_what_is_charged_at_once(ground: Ground) -> None:
    async with ground.open() as one, ground.open() as two:
        charges = (meter(store, ground).charge("post_read", 1, 3) for _ in range(10) for store in (one, two))
        await asyncio.gather(*charges)
        assert await meter(one, ground).today() == {"post_read": Spent(20, 60)}


@check
async def a_secret_is_its_channels_and_its_names(ground: Ground) -> None:
    async with ground.open() as store:
        mine, other = vault(store, ground), vault(store, ground, "other")
        assert await mine.read(NAME) is None
        await mine.write(NAME, "first")
        await mine.write(NAME, "秘密")
        await mine.write("second", "b")
        await other.write(NAME, "c")
    async with ground.open() as store:
        mine, other = vault(store, ground), vault(store, ground, "other")
        assert [await mine.read(NAME), await mine.read("second"), await other.read(NAME)] == ["秘密", "b", "c"]


@check
async def who_is_alone_holds_off_everybody_else(ground: Ground) -> None:
    """On the same node and on another; nobody who asks for another name, or for another channel's."""
    async with ground.open() as one, ground.open() as two:
        mine = vault(one, ground)
        async with mine.alone(NAME):
            began = ground.now
            assert not await is_had(vault(two, ground))
            assert (ground.now - began).total_seconds() >= WAITED - 1
            assert (ground.now - began).total_seconds() <= WAITED + 1
            began = ground.now
            assert await is_had(vault(two, ground), "another")
            assert await is_had(vault(two, ground, "other"))
            assert ground.now == began, "they waited for nothing"
        async with mine.alone(NAME):
            assert not await is_had(mine)


@check
async def who_leaves_lets_go_at_once(ground: Ground) -> None:
    async with ground.open() as one, ground.open() as two:
        with suppress(LookupError):
            async with vault(one, ground).alone(NAME):
                raise LookupError
        began = ground.now
        assert await is_had(vault(two, ground))
        assert ground.now == began


@check
async def a_holder_that_died_is_forgotten_after_a_minute(ground: Ground) -> None:
    async with ground.open() as one, ground.open() as two:
        assert await one.vault.hold("posts", NAME, "dead", ground.now, LEASE)
        assert not await is_had(vault(two, ground)), "half a minute"
        ground.clock.advance(1)
        began = ground.now
        assert await is_had(vault(two, ground))
        assert 25 < (ground.now - began).total_seconds() < 35


@check
async def who_overstayed_takes_nothing_from_his_successor(ground: Ground) -> None:
    async with ground.open() as one, ground.open() as two:
        assert await one.vault.hold("posts", NAME, "late", ground.now, LEASE)
        ground.clock.advance(61)
        async with vault(two, ground).alone(NAME):
            await one.vault.release("posts", NAME, "late")
            assert not await is_had(vault(one, ground))


@check
async def writing_and_holding_leave_each_other_alone(ground: Ground) -> None:
    async with ground.open() as store:
        mine = vault(store, ground)
        async with mine.alone(NAME):
            assert await mine.read(NAME) is None
            await mine.write(NAME, "a")
            assert not await is_had(mine)
        async with mine.alone(NAME):
            assert await mine.read(NAME) == "a"


@check
async def who_overslept_writes_nothing_over_what_his_successor_wrote(ground: Ground) -> None:
    """Neither while that one is alone, nor after; without a successor his lease is as good as ever."""
    async with ground.open() as one, ground.open() as two:
        mine, other = vault(one, ground), vault(two, ground)
        async with mine.alone(NAME):
            ground.clock.advance(61)
            assert await is_written(mine, "first")
            async with other.alone(NAME):
                assert not await is_written(mine, "older")
                assert await is_written(other, "newer")
            assert not await is_written(mine, "older")
        assert await mine.read(NAME) == "newer"
        assert await is_written(mine, "newest")


@check
async def nobody_else_writes_what_one_is_alone_with(ground: Ground) -> None:
    """Until he is forgotten, and then he writes no more; who had no lease waits for him."""
    async with ground.open() as one, ground.open() as two:
        other = vault(two, ground)
        async with vault(one, ground).alone(NAME):
            began = ground.now
            assert not await is_written(other, "another's")
            assert WAITED - 1 <= (ground.now - began).total_seconds() <= WAITED + 1
        assert await is_written(other, "first")
        assert await one.vault.hold("posts", NAME, "late", ground.now, LEASE)
        ground.clock.advance(61)
        assert await is_written(other, "newer")
        assert not await one.vault.write("posts", NAME, "older", "late")
        assert await other.read(NAME) == "newer"


@check
async def a_lease_of_a_clock_that_went_back_locks_nothing_up(ground: Ground) -> None:
    """Far back; one that went back a little still holds."""
    async with ground.open() as store:
        for name in (NAME, "other"):
            assert await store.vault.hold("posts", name, "ahead", ground.now, LEASE)
        ground.clock.advance(-LEASE.total_seconds() / 2)
        assert not await is_had(vault(store, ground))
        ground.clock.advance(-100 * LEASE.total_seconds())
        assert await is_had(vault(store, ground), "other")
