"""Hints bring a look forward, and never cost a reservation without a call."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import pytest

from connectors.x._hints import Hints
from gateway.ports import Cursor, Page, Raw, StreamId
from tests.conftest import ManualClock
from tests.unit.x_reading import CONVERSATIONS, MENTIONS, MESSAGES, Bench, Reader, bench, ids

ROUTES = {MENTIONS: "GET /2/users/{id}/mentions", MESSAGES: "GET /2/dm_events"}


class Engine:
    """One stream as the engine fetches it: a reservation a step, pauses as pages say, ended by a wake."""

    def __init__(self, world: Bench, reader: Reader, stream: StreamId) -> None:
        self.world = world
        self.reader = reader
        self.stream = stream
        self.reserved = 0
        self.read_at: dict[str, datetime] = {}
        self._due = world.clock.now()
        self._cursor: Cursor | None = None

    async def run(self) -> None:
        """Do all that is due now."""
        while self.stream in self.world.woken or self.world.clock.now() >= self._due:
            self.world.woken[:] = [each for each in self.world.woken if each != self.stream]
            self.reserved += 1
            page: Page[Raw] = await self.reader.fetch(self.stream, self._cursor)
            self._cursor = page.cursor or self._cursor
            self.read_at |= dict.fromkeys(ids(page.items), self.world.clock.now())
            assert page.pause is not None
            self._due = self.world.clock.now() + (timedelta(0) if page.more else page.pause)


@pytest.mark.parametrize(("stream", "least", "most"), [(MESSAGES, 60, 15), (MENTIONS, 3, 300)])
async def test_hint_every_four_seconds_reserves_as_often_as_x_is_asked(stream: StreamId, least: int, most: int) -> None:
    async with bench() as world, world.reader() as reader:
        engine = Engine(world, reader, stream)
        person = world.server.person("wangfang_t")
        made: dict[str, datetime] = {}
        await engine.run()
        for second in range(1, 900):
            world.clock.advance(1)
            for _ in range(3):
                await asyncio.sleep(0)
            if second % 4 == 0:
                text = f"@examplex {second}"
                item = world.server.post(person, text) if stream == MENTIONS else world.server.message(person, text)
                made[item["id"]] = world.clock.now()
                reader.connector.wake(stream)
            await engine.run()
        assert engine.reserved == world.server.counts[ROUTES[stream]] <= most
        waited = [
            engine.read_at[each] - at for each, at in made.items() if at < world.clock.now() - timedelta(seconds=least)
        ]
        assert max(waited) <= timedelta(seconds=least)


class Woken:
    """Hints of a stream whose turn is a minute after the beginning."""

    def __init__(self) -> None:
        self.clock = ManualClock()
        self.began = self.clock.now()
        self.turns = {MESSAGES: self.began + timedelta(seconds=60)}
        self.streams: list[StreamId] = []
        self.hints = Hints(self.streams.append, self.clock, self.turns)

    async def passes(self, secs: float) -> list[StreamId]:
        self.clock.advance(secs)
        for _ in range(3):
            await asyncio.sleep(0)
        return self.streams


async def test_hint_before_the_turn_waits_for_it_and_is_passed_on_once() -> None:
    world = Woken()
    for _ in range(3):
        world.hints(MESSAGES)
    world.hints(CONVERSATIONS)
    assert await world.passes(59) == [CONVERSATIONS]
    world.hints(MESSAGES)
    assert await world.passes(1) == [CONVERSATIONS, MESSAGES]
    world.hints(MESSAGES)
    assert await world.passes(600) == [CONVERSATIONS, MESSAGES]


async def test_hint_that_a_look_has_answered_is_not_passed_on() -> None:
    world = Woken()
    world.hints(MESSAGES)
    with world.hints.asking(MESSAGES):
        world.turns[MESSAGES] = world.began + timedelta(seconds=120)
    assert await world.passes(600) == []
    assert world.clock.sleeping == 0


async def test_hint_during_a_look_is_passed_on_at_the_turn_after_it() -> None:
    world = Woken()
    with world.hints.asking(MESSAGES):
        world.hints(MESSAGES)
        world.turns[MESSAGES] = world.began + timedelta(seconds=120)
    assert await world.passes(119) == []
    assert await world.passes(1) == [MESSAGES]


async def test_hint_whose_turn_moves_on_waits_for_the_new_one() -> None:
    world = Woken()
    world.hints(MESSAGES)
    world.turns[MESSAGES] = world.began + timedelta(seconds=120)
    assert await world.passes(60) == []
    assert await world.passes(60) == [MESSAGES]


async def test_closed_hints_wait_for_nothing() -> None:
    world = Woken()
    world.hints(MESSAGES)
    await world.hints.close()
    assert await world.passes(600) == []
    assert world.clock.sleeping == 0
