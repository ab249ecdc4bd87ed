"""The day's budget: what is given up first, how reading slows down, and what a normal day costs."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from typing_extensions import override

from connectors.x._budget import LONGEST_PACE, Budget
from connectors.x._settings import MICROS, Sacrifice
from gateway.errors import RateLimitedError
from tests.conftest import ManualClock
from tests.unit.x_fakes import MemoryMeter, settings
from tests.unit.x_reading import CONVERSATIONS, MENTIONS, MESSAGES, bench

MIDNIGHT = datetime(2026, 11, 20, tzinfo=UTC)
ORDER: tuple[Sacrifice, ...] = ("conversations", "profiles", "mentions", "messages", "receipts")


def budget(at: datetime, spent: float, **changes: Any) -> tuple[Budget, MemoryMeter]:
    meter = MemoryMeter()
    meter.charges.append(("something", 1, int(spent * MICROS)))
    return Budget(settings("http://127.0.0.1:9", **changes), meter, ManualClock(at)), meter


@pytest.mark.parametrize(
    ("hour", "spent", "given_up"),
    [
        (0, 1.0, 0),
        (0, 2.0, 1),
        (0, 4.0, 2),
        (0, 9.0, 5),
        (12, 5.0, 0),
        (12, 6.0, 1),
        (12, 9.5, 5),
        (23, 9.5, 0),
        (23, 10.0, 5),
    ],
)
async def test_b21_first_is_given_up_what_the_settings_say_first(hour: int, spent: float, given_up: int) -> None:
    found, _ = budget(MIDNIGHT + timedelta(hours=hour), spent)
    allowed = [await found.allows(what) for what in ORDER]
    assert allowed == [False] * given_up + [True] * (5 - given_up)


async def test_b21_answers_go_out_while_anything_is_left() -> None:
    nearly, _ = budget(MIDNIGHT, 9.99)
    assert await nearly.allows("answers")
    spent, _ = budget(MIDNIGHT, 10)
    assert not await spent.allows("answers")


async def test_b21_what_is_not_named_is_never_given_up_before_the_end() -> None:
    found, _ = budget(MIDNIGHT, 9.9, give_up=("conversations",))
    assert await found.allows("messages")
    assert not await found.allows("conversations")


async def test_b21_pace_is_stretched_so_that_the_rest_lasts() -> None:
    """At noon half a dollar is left: looks become rare, yet not too rare, and each brings less than the last."""
    found, meter = budget(MIDNIGHT + timedelta(hours=12), 4.5)
    assert await found.pace("mentions", 60) == timedelta(seconds=60)
    meter.charges.append(("mentions", 50, 5 * MICROS))
    pace = await found.pace("mentions", 60)
    assert pace == LONGEST_PACE
    spent = 0.0
    for _ in range(int(timedelta(hours=12) / pace)):
        size = await found.most("mentions", Decimal("0.001"), 5, 100)
        await found.charge("mentions", size, Decimal("0.001"))
        spent += size * 0.001
    assert 0.2 < spent <= 0.5


async def test_two_reads_at_once_do_not_spend_one_rest() -> None:
    found, _ = budget(MIDNIGHT + timedelta(hours=23, minutes=59), 9.5)
    dear = Decimal("0.005")
    assert await found.most("mentions", dear, 5, 100) == 50
    assert await found.most("messages", dear, 1, 100) == 33
    assert not await found.allows("answers", Decimal("0.1"))
    await found.charge("mentions", 3, dear)
    await found.charge("messages", 0, dear)
    assert await found.most("messages", dear, 1, 100) == 64


async def test_b21_free_looks_are_not_slowed_down() -> None:
    found, meter = budget(MIDNIGHT + timedelta(hours=12), 9)
    meter.charges.append(("mentions", 700, 0))
    assert await found.pace("mentions", 60) == timedelta(seconds=60)


async def test_b21_spent_budget_waits_for_midnight_in_utc() -> None:
    found, _ = budget(MIDNIGHT + timedelta(hours=21), 11)
    assert await found.until_room() == MIDNIGHT + timedelta(days=1)
    assert await found.pace("mentions", 60) == timedelta(hours=3)
    room, _ = budget(MIDNIGHT, 1)
    assert await room.until_room() == MIDNIGHT


async def test_no_budget_at_all_is_no_division_by_nothing() -> None:
    found, _ = budget(MIDNIGHT, 0, budget=0)
    assert not await found.allows("receipts")
    assert await found.pace("messages", 60) == timedelta(days=1)


async def test_what_was_read_is_charged_once_a_day_as_x_bills() -> None:
    clock, meter = ManualClock(MIDNIGHT + timedelta(hours=23)), MemoryMeter()
    found = Budget(settings("http://127.0.0.1:9"), meter, clock)
    price = Decimal("0.005")
    await found.charge_reads("mentions", {"post:1", "post:2"}, price)
    await found.charge_reads("mentions", {"post:2", "post:3"}, price)
    clock.advance(3600)
    await found.charge_reads("mentions", {"post:3"}, price)
    assert meter.charges == [("mentions", 1, 10_000), ("mentions", 1, 5_000), ("mentions", 1, 5_000)]


async def test_what_two_streams_read_at_once_is_counted_once() -> None:
    class Slow(MemoryMeter):
        @override
        async def charge(self, what: str, calls: int, cost: int) -> None:
            await asyncio.sleep(0)
            await super().charge(what, calls, cost)

    meter = Slow()
    found = Budget(settings("http://127.0.0.1:9"), meter, ManualClock(MIDNIGHT))
    streams = ("mentions", "conversations")
    await asyncio.gather(*(found.charge_reads(stream, {"post:1"}, Decimal("0.005")) for stream in streams))
    assert sum(cost for _, _, cost in meter.charges) == 5_000


async def test_spent_budget_reads_nothing_until_midnight() -> None:
    async with bench() as world, world.reader(budget=1) as reader:
        world.server.message(world.server.person("wangfang_t"), "a question")
        world.meter.charges.append(("answers", 1, MICROS))
        for stream in (MENTIONS, MESSAGES, CONVERSATIONS):
            with pytest.raises(RateLimitedError, match="the budget of the day is spent") as told:
                await reader.fetch(stream, None)
            assert (told.value.retry_after, told.value.item) == (timedelta(hours=12), False)
        assert not world.server.calls


async def test_b21_flood_of_mentions_is_read_within_the_budget() -> None:
    """Twice as many as the day's money reads: reading slows down, and X bills no more than the budget and a page."""
    async with bench() as world, world.reader(budget=2, conversations_secs=0) as reader:
        person = world.server.person("wangfang_t")
        cursor, slowest = None, timedelta(0)
        for _ in range(60):
            for each in range(20):
                world.server.post(person, f"@examplex {each}")
            page = await reader.fetch(MENTIONS, cursor)
            cursor = page.cursor or cursor
            slowest = max(slowest, page.pause or timedelta(0))
            if world.clock.now() + (page.pause or timedelta(0)) >= MIDNIGHT + timedelta(days=1):
                break
            world.clock.advance(0 if page.more else (page.pause or timedelta(0)).total_seconds())
        assert slowest > timedelta(minutes=5)
        assert world.server.spent <= Decimal("2.5")
        assert sum(cost for _, _, cost in world.meter.charges) == world.server.spent * MICROS


async def test_normal_day_stays_within_the_default_budget_and_nothing_waits_for_two_minutes() -> None:
    """The last two hours of one with 400 mentions, 150 direct messages and 300 answers, all at the default pace.

    The hours before are reckoned: each thing is billed once, and at midnight the newest page of messages anew.
    """
    before = Decimal(22) / 24 * (400 * Decimal("0.005") + 150 * Decimal("0.010") + 300 * Decimal("0.010")) + 1
    clock, hours = ManualClock(MIDNIGHT + timedelta(hours=22)), timedelta(hours=2)
    begin, oldest = clock.now(), timedelta(0)
    arrivals = [(begin + hours / 33 * each, "post") for each in range(33)]
    arrivals += [(begin + hours / 12 * each + timedelta(seconds=7), "message") for each in range(12)]
    arrivals += [(begin + hours / 25 * each, "answer") for each in range(25)]
    arrivals.sort()
    due = {MENTIONS: begin, MESSAGES: begin, CONVERSATIONS: begin}
    cursors: dict[str, Any] = {}
    async with bench(clock=clock) as world, world.reader(budget=10) as reader:
        world.meter.charges.append(("before", 1, int(before * MICROS)))
        person = world.server.person("wangfang_t")
        while due[stream := min(due, key=lambda each: due[each])] < begin + hours:
            clock.advance((due[stream] - clock.now()) / timedelta(seconds=1))
            while arrivals and arrivals[0][0] <= clock.now():
                at, kind = arrivals.pop(0)
                if kind == "post":
                    world.server.post(person, "@examplex help", at=at)
                elif kind == "message":
                    world.server.message(person, "help", at=at)
                else:
                    world.meter.charges.append(("answers", 1, 10_000))
            page = await reader.fetch(stream, cursors.get(stream))
            cursors[stream] = page.cursor or cursors.get(stream)
            oldest = max([oldest, *(clock.now() - raw.received_at for raw in page.items)])
            due[stream] = clock.now() + (timedelta(0) if page.more else page.pause or timedelta(seconds=1))
        paces = {page.pause for page in reader.pages}
    assert not arrivals
    assert timedelta(0) < oldest < timedelta(minutes=2)
    assert max(pause for pause in paces if pause) <= timedelta(seconds=300)
    assert sum(cost for _, _, cost in world.meter.charges) <= 10 * MICROS
