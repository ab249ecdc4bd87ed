"""The activity stream: hints wake, events are kept, long lines are passed over, and no end of a line is a hot loop."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from datetime import timedelta
from itertools import pairwise
from typing import Any, TypeVar, cast

import aiohttp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.x._activity import LONGEST_LINE, ActivityStream, Splitter
from connectors.x._budget import Budget
from connectors.x._client import XClient
from connectors.x._raws import Maker
from connectors.x._subscriptions import Subscriptions
from gateway.errors import RateLimitedError, TransientError
from gateway.ports import Cursor, Page, Raw, StreamId
from tests.conftest import ManualClock
from tests.unit.x_fakes import MemoryMeter, settings
from tests.unit.x_reading import ACTIVITY, MENTIONS, MESSAGES, bench

WITHIN = 10.0
"""Longest wait for what must happen; only a broken stream reaches it."""

T = TypeVar("T")


async def within(step: Awaitable[T]) -> T:
    async with asyncio.timeout(WITHIN):
        return await step


class Line:
    """An open answer: a test puts chunks on it; an empty one is its end, an error breaks it."""

    def __init__(self) -> None:
        self.chunks: asyncio.Queue[bytes | Exception] = asyncio.Queue()
        self.content = self

    async def readany(self) -> bytes:
        chunk = await self.chunks.get()
        if isinstance(chunk, Exception):
            raise chunk
        return chunk


class Lines:
    """Stands for the client: gives out lines, and notes when each was opened and how many are left open."""

    def __init__(self, clock: ManualClock) -> None:
        self._clock = clock
        self.opened: list[float] = []
        self.open = 0
        self.line = Line()
        self.refuses: Exception | None = None
        self.closes_at_once = False

    @asynccontextmanager
    async def open_stream(self, route: str) -> AsyncIterator[Line]:
        self.opened.append(self._clock.now().timestamp())
        if self.refuses is not None:
            raise self.refuses
        self.line = Line()
        if self.closes_at_once:
            self.line.chunks.put_nowait(b"")
        self.open += 1
        try:
            yield self.line
        finally:
            self.open -= 1


class Bench:
    """A stream on such lines."""

    def __init__(self) -> None:
        self.clock = ManualClock()
        self.lines = Lines(self.clock)
        self.meter = MemoryMeter()
        self.woken: list[StreamId] = []
        given = settings("http://127.0.0.1:9", activity="stream")
        client = cast(XClient, self.lines)
        budget, maker = Budget(given, self.meter, self.clock), Maker.of("support", given)
        there = cast(Subscriptions, self)
        self.stream = ActivityStream(given, self.clock, client, budget, maker, there, self.woken.append)

    async def look(self) -> None:
        """Stand for the subscriptions: there are all that are needed."""

    async def begun(self, after: Cursor | None = None) -> asyncio.Task[Page[Raw]]:
        """Begin a fetch, and return it once it waits for news."""
        sleeping = self.clock.sleeping
        task = asyncio.ensure_future(self.stream.fetch(after))
        while self.clock.sleeping == sleeping and not task.done():
            await asyncio.sleep(0)
        return task

    async def taken(self) -> None:
        """Return once what is on the line was read, and the next reading begins."""
        while not self.lines.line.chunks.empty():
            await asyncio.sleep(0)
        for _ in range(5):
            await asyncio.sleep(0)


def event(kind: str, uuid: str = "1", **payload: Any) -> bytes:
    data = {"event_uuid": uuid, "filter": {"user_id": "1000"}, "event_type": kind, "payload": payload}
    return json.dumps({"data": data}).encode() + b"\r\n"


async def test_hints_wake_and_what_must_be_kept_becomes_a_raw() -> None:
    bench = Bench()
    task = await bench.begun()
    bench.woken.clear()
    bench.lines.line.chunks.put_nowait(event("dm.received") + event("post.mention.create") + event("dm.received"))
    await within(bench.taken())
    assert bench.woken == [MESSAGES, MENTIONS]
    bench.lines.line.chunks.put_nowait(event("chat.received", "5", sender_id="7"))
    page = await within(task)
    assert [(raw.key, raw.lane) for raw in page.items] == [("activity:5", "7")]
    assert bench.meter.charges == [("activity", 0, 30_000), ("activity", 0, 10_000)]
    await bench.stream.close()


async def test_new_line_wakes_whatever_it_may_have_missed() -> None:
    """While there was no line nobody was told: polling repairs it at once."""
    bench = Bench()
    task = await bench.begun()
    assert bench.woken == [MESSAGES, MENTIONS]
    task.cancel()
    await bench.stream.close()


async def test_page_that_was_not_stored_is_given_again() -> None:
    bench = Bench()
    task = await bench.begun()
    bench.lines.line.chunks.put_nowait(event("oauth.revoke", "5"))
    first = await within(task)
    assert await within(bench.stream.fetch(None)) == first
    task = await bench.begun(first.cursor)
    bench.lines.line.chunks.put_nowait(event("oauth.revoke", "6"))
    assert [raw.key for raw in (await within(task)).items] == ["activity:6"]
    await bench.stream.close()


async def test_fetch_that_is_cut_off_loses_nothing() -> None:
    bench = Bench()
    task = await bench.begun()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    bench.lines.line.chunks.put_nowait(event("oauth.revoke", "5"))
    assert [raw.key for raw in (await within(bench.stream.fetch(None))).items] == ["activity:5"]
    assert len(bench.lines.opened) == 1
    await bench.stream.close()
    assert bench.lines.open == 0


async def test_b15_line_that_cannot_be_read_is_kept_and_its_neighbours_go_on() -> None:
    bench = Bench()
    task = await bench.begun()
    bench.lines.line.chunks.put_nowait(b"{no\r\n" + b"[]\r\n" + event("oauth.revoke", "6"))
    page = await within(task)
    assert [raw.lane for raw in page.items] == ["unreadable", "unreadable", "activity"]
    await bench.stream.close()


async def test_b16_line_that_ends_at_once_is_opened_at_most_once_a_second() -> None:
    """By an engine that waits as it is told, and by one that does not wait at all."""
    bench = Bench()
    bench.lines.closes_at_once = True
    for _ in range(400):
        with pytest.raises(RateLimitedError) as caught:
            await within(bench.stream.fetch(None))
        assert caught.value.retry_after > timedelta(0)
        assert not caught.value.item
        bench.clock.advance(0.25)
    apart = [after - before for before, after in pairwise(bench.lines.opened)]
    assert min(apart) >= 1
    assert apart == sorted(apart)
    assert len(bench.lines.opened) < 10
    assert bench.lines.open == 0


async def test_b16_line_that_held_is_opened_anew_soon() -> None:
    bench = Bench()
    bench.lines.closes_at_once = True
    for _ in range(6):
        with pytest.raises(RateLimitedError) as caught:
            await within(bench.stream.fetch(None))
        bench.clock.advance(caught.value.retry_after.total_seconds())
    bench.lines.closes_at_once = False
    for _ in range(4):
        task = await bench.begun()
        bench.lines.line.chunks.put_nowait(b"\r\n")
        await within(bench.taken())
        bench.clock.advance(20)
        await within(task)
    bench.lines.line.chunks.put_nowait(b"")
    with pytest.raises(RateLimitedError) as caught:
        await within(bench.stream.fetch(None))
    assert caught.value.retry_after == timedelta(seconds=1)


@pytest.mark.parametrize(
    ("error", "least"),
    [(TransientError("made up"), 1.0), (RateLimitedError("made up", timedelta(minutes=2), item=False), 120.0)],
)
async def test_b16_refused_line_waits_as_long_as_x_says(error: TransientError, least: float) -> None:
    bench = Bench()
    bench.lines.refuses = error
    with pytest.raises(RateLimitedError) as caught:
        await within(bench.stream.fetch(None))
    assert caught.value.retry_after == timedelta(seconds=least)


async def test_b17_silent_line_is_given_up_after_25_seconds() -> None:
    bench = Bench()
    task = await bench.begun()
    bench.clock.advance(20)
    assert (await within(task)).items == ()
    task = await bench.begun()
    bench.clock.advance(4.9)
    await within(bench.taken())
    assert not task.done()
    bench.clock.advance(0.2)
    with pytest.raises(RateLimitedError, match="silent"):
        await within(task)
    assert bench.lines.open == 0


async def test_b17_line_with_heartbeats_alone_stands() -> None:
    bench = Bench()
    for _ in range(10):
        task = await bench.begun()
        bench.lines.line.chunks.put_nowait(b"\r\n")
        await within(bench.taken())
        bench.clock.advance(20)
        assert (await within(task)).items == ()
    assert len(bench.lines.opened) == 1
    await bench.stream.close()


@pytest.mark.parametrize("error", [aiohttp.ClientPayloadError(), ConnectionResetError(), TimeoutError()])
async def test_line_that_breaks_is_our_own_error(error: Exception) -> None:
    bench = Bench()
    task = await bench.begun()
    bench.lines.line.chunks.put_nowait(error)
    with pytest.raises(TransientError):
        await within(task)
    assert bench.lines.open == 0


async def test_b18_line_that_is_too_long_is_passed_over_and_the_next_is_delivered() -> None:
    bench = Bench()
    task = await bench.begun()
    long = b'{"data":"' + b"x" * 600 * 1024 + b'"}\r\n'
    for start in range(0, len(long), 65_536):
        bench.lines.line.chunks.put_nowait(long[start : start + 65_536])
    bench.lines.line.chunks.put_nowait(event("oauth.revoke", "6"))
    assert [raw.key for raw in (await within(task)).items] == ["activity:6"]
    await bench.stream.close()


@given(lines=st.lists(st.binary(max_size=12).filter(lambda each: b"\n" not in each)), cuts=st.lists(st.integers(1, 9)))
def test_b18_lines_are_the_same_however_they_come(lines: list[bytes], cuts: list[int]) -> None:
    splitter, whole, found, start = Splitter(8), b"".join(each + b"\n" for each in lines), list[bytes](), 0
    for cut in (*cuts, len(whole)):
        found += splitter.feed(whole[start : start + cut])
        start += cut
    assert found == [each for each in lines if len(each) <= 8 and each.strip()]
    assert splitter.skipped == sum(len(each) > 8 for each in lines)


def test_b18_splitter_holds_no_more_than_its_cap() -> None:
    splitter = Splitter()
    for _ in range(100):
        assert splitter.feed(b"x" * 65_536) == []
    assert len(splitter._rest) <= LONGEST_LINE
    assert splitter.skipped == 1


# On the sandbox


async def test_encrypted_message_and_news_come_over_the_stream() -> None:
    async with bench() as world, world.reader(activity="stream") as reader:
        server = world.server
        server.activity.subscribe()
        assert ACTIVITY in reader.connector.streams()
        task = asyncio.ensure_future(reader.fetch(ACTIVITY, None))
        person = server.person("wangfang_t")
        async with asyncio.timeout(WITHIN):
            await server.until(lambda: server.activity.stream.lines == 1)
            while not world.woken:
                await asyncio.sleep(0)
            while world.woken:
                # Each has looked.
                with reader.connector.wake.asking(world.woken.pop()):
                    pass
            server.activity.stream.long_line()
            server.message(person, "a question")
            server.activity.emit("chat.received", {"sender_id": person["id"]}, user_id="1000")
            page = await within(task)
        assert world.woken == [MESSAGES]
        assert [raw.lane for raw in page.items] == [person["id"]]


async def test_b16_sandbox_that_closes_at_once_sees_one_connect_a_second_at_most() -> None:
    async with bench() as world, world.reader(activity="stream") as reader:
        world.server.activity.stream.close_at_once = 1000
        for _ in range(30):
            with pytest.raises(RateLimitedError):
                await within(reader.fetch(ACTIVITY, None))
            world.clock.advance(0.5)
        connects = world.server.activity.stream.connects
        assert 2 <= len(connects) <= 5
        assert all(after - before >= timedelta(seconds=1) for before, after in pairwise(connects))
