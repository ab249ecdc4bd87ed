"""The promises of `ports.Connector`, each as a function over a harness; every connector runs all of them.

A harness gives a platform under the test's hand. tests/contract/broken_connectors.py proves that each promise can fail.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from typing import Protocol, TypeVar

from gateway.errors import GatewayError, TransientError
from gateway.ports import Connector, Cursor, Page, Raw

T = TypeVar("T")

WAIT = 20.0
"""Longest wait for what must happen; only a broken connector reaches it."""
PAGES = 200


class Harness(Protocol):
    """One empty platform, and ways to make a connector to it."""

    page: int
    """Most items in one page."""

    def connector(self) -> AbstractAsyncContextManager[Connector]:
        """Open a connector, as a process does at its start; may be called again."""
        ...

    async def deliver(self, count: int) -> list[bytes]:
        """Let ordinary messages arrive, and return a marker that stands in each one's bytes."""
        ...

    async def deliver_odd(self) -> bytes:
        """Let a message arrive that names no sender and has no proper header; return its marker."""
        ...

    def outage(self) -> AbstractAsyncContextManager[None]:
        """Make the platform unreachable for a while."""
        ...

    async def state(self) -> object:
        """Return everything on the platform that somebody else could see change."""
        ...


async def burst_arrives_whole_and_in_order(harness: Harness) -> None:
    """More than a page at once: every message comes, once, oldest first."""
    marks = await harness.deliver(2 * harness.page + 1)
    async with harness.connector() as connector:
        raws = await drain(connector)
    assert_holds(raws, marks)
    assert len({(raw.lane, raw.key) for raw in raws}) == len(marks)


async def dropped_page_comes_back(harness: Harness) -> None:
    """A page that was not stored is given again: same messages, same keys, also to a new process."""
    await harness.deliver(harness.page + 1)
    async with harness.connector() as connector:
        first = await page(connector, None)
        again = await page(connector, None)
    async with harness.connector() as connector:
        after_restart = await page(connector, None)
    assert first.items
    assert told(first.items) == told(again.items) == told(after_restart.items)


async def stored_page_is_not_repeated(harness: Harness) -> None:
    """The cursor stands exactly after the page: nothing behind it comes again, nothing after it is passed over."""
    marks = await harness.deliver(harness.page + 2)
    async with harness.connector() as connector:
        first = await page(connector, None)
        rest = await drain(connector, first.cursor)
    assert_holds((*first.items, *rest), marks)


async def unconfirmed_but_stored_goes_on(harness: Harness) -> None:
    """A process that died between commit and confirm goes on after its stored cursor, and confirms then."""
    marks = await harness.deliver(harness.page + 2)
    async with harness.connector() as connector:
        first = await page(connector, None)
    assert first.cursor is not None
    async with harness.connector() as connector:
        await within(connector.confirm(connector.streams()[0], first.cursor))
        rest = await drain(connector, first.cursor)
    assert_holds((*first.items, *rest), marks)


async def never_confirmed_is_still_there(harness: Harness) -> None:
    """What was fetched and never stored is still given after a restart, even if its neighbours were confirmed."""
    marks = await harness.deliver(2 * harness.page)
    async with harness.connector() as connector:
        first = await page(connector, None)
        await page(connector, first.cursor)
        assert first.cursor is not None
        await within(connector.confirm(connector.streams()[0], first.cursor))
    async with harness.connector() as connector:
        rest = await drain(connector, first.cursor)
    assert_holds((*first.items, *rest), marks)


async def confirm_may_be_repeated(harness: Harness) -> None:
    """A second confirm with the same cursor changes nothing, in the same process or the next."""
    await harness.deliver(2)
    async with harness.connector() as connector:
        first = await page(connector, None)
        assert first.cursor is not None
        await within(connector.confirm(connector.streams()[0], first.cursor))
        once = await harness.state()
        await within(connector.confirm(connector.streams()[0], first.cursor))
        assert await harness.state() == once
    async with harness.connector() as connector:
        await within(connector.confirm(connector.streams()[0], first.cursor))
    assert await harness.state() == once


async def mail_between_pages_is_seen(harness: Harness) -> None:
    """What arrives after one fetch is in the next."""
    marks = await harness.deliver(2)
    async with harness.connector() as connector:
        first = await page(connector, None)
        marks += await harness.deliver(2)
        rest = await drain(connector, first.cursor)
    assert_holds((*first.items, *rest), marks)


async def empty_page_moves_nothing(harness: Harness) -> None:
    """A page without news leaves the cursor where it is: what arrives next is still found."""
    async with harness.connector() as connector:
        empty = await page(connector, None)
        assert not empty.items
        marks = await harness.deliver(1)
        raws = await drain(connector, empty.cursor)
        assert_holds(raws, marks)
        assert not await drain(connector, (await page(connector, empty.cursor)).cursor)


async def outage_is_an_error(harness: Harness) -> None:
    """An unreachable platform is a TransientError: never an empty page, never a library's own exception."""
    await harness.deliver(1)
    async with harness.connector() as connector, harness.outage():
        await assert_transient(connector, None)


async def outage_in_mid_stream_is_an_error(harness: Harness) -> None:
    """The same on a line that was good before; afterwards it goes on from the cursor, and nothing is lost."""
    marks = await harness.deliver(harness.page + 1)
    async with harness.connector() as connector:
        first = await page(connector, None)
        async with harness.outage():
            await assert_transient(connector, first.cursor)
        rest = await drain(connector, first.cursor)
    assert_holds((*first.items, *rest), marks)


async def fetching_changes_nothing(harness: Harness) -> None:
    """Neither a fetch nor a check can be seen by anybody else on the platform."""
    await harness.deliver(2)
    before = await harness.state()
    async with harness.connector() as connector:
        await page(connector, None)
        await within(connector.check())
    assert await harness.state() == before


async def confirm_reaches_only_its_cursor(harness: Harness) -> None:
    """A confirm leaves what is after its cursor untouched."""
    await harness.deliver(harness.page)
    async with harness.connector() as connector:
        first = await page(connector, None)
        assert first.cursor is not None
        await within(connector.confirm(connector.streams()[0], first.cursor))
        confirmed = await harness.state()
        marks = await harness.deliver(1)
        before = await harness.state()
        await page(connector, first.cursor)
        await within(connector.confirm(connector.streams()[0], first.cursor))
        assert await harness.state() == before != confirmed
        assert_holds(await drain(connector, first.cursor), marks)


async def odd_message_is_not_dropped(harness: Harness) -> None:
    """A message that cannot be understood is handed over like any other, in a lane of some name."""
    marks = [*await harness.deliver(1), await harness.deliver_odd(), *await harness.deliver(1)]
    async with harness.connector() as connector:
        raws = await drain(connector)
    assert_holds(raws, marks)


async def raws_are_complete_facts(harness: Harness) -> None:
    """Every raw names its stream, its lane, its type, and its time in UTC; the source is the channel's name."""
    await harness.deliver(1)
    async with harness.connector() as connector:
        stream = connector.streams()[0]
        (raw,) = await drain(connector)
    assert raw.stream == stream
    assert raw.source
    assert raw.key
    assert raw.lane
    assert raw.lane == raw.lane.lower()
    assert "/" in raw.media_type
    assert raw.received_at.utcoffset() == timedelta(0)
    assert raw.size == len(raw.body)
    assert raw.complete


async def streams_are_stable(harness: Harness) -> None:
    """The streams are the same whenever they are asked for, and none is named twice."""
    async with harness.connector() as connector:
        first = tuple(connector.streams())
        await page(connector, None)
        assert tuple(connector.streams()) == first
    async with harness.connector() as connector:
        assert tuple(connector.streams()) == first
    assert first
    assert len(set(first)) == len(first)


async def cancelled_fetch_harms_nothing(harness: Harness) -> None:
    """After a fetch was cancelled at any moment, the next one gives the page."""
    marks = await harness.deliver(1)
    async with harness.connector() as connector:
        for turns in (0, 1, 2, 5, 10, 40):
            task = asyncio.ensure_future(connector.fetch(connector.streams()[0], None))
            for _ in range(turns):
                await asyncio.sleep(0)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            assert_holds((await page(connector, None)).items, marks)


async def check_tells_of_an_outage(harness: Harness) -> None:
    """A check is well when the platform is, and not otherwise; it reports, or raises one of our own errors."""
    async with harness.connector() as connector:
        assert (await within(connector.check())).ok
        async with harness.outage():
            try:
                report = await within(connector.check())
            except GatewayError:
                return
            assert not report.ok


PROMISES: tuple[Callable[[Harness], Awaitable[None]], ...] = (
    burst_arrives_whole_and_in_order,
    dropped_page_comes_back,
    stored_page_is_not_repeated,
    unconfirmed_but_stored_goes_on,
    never_confirmed_is_still_there,
    confirm_may_be_repeated,
    mail_between_pages_is_seen,
    empty_page_moves_nothing,
    outage_is_an_error,
    outage_in_mid_stream_is_an_error,
    fetching_changes_nothing,
    confirm_reaches_only_its_cursor,
    odd_message_is_not_dropped,
    raws_are_complete_facts,
    streams_are_stable,
    cancelled_fetch_harms_nothing,
    check_tells_of_an_outage,
)


async def within(step: Awaitable[T]) -> T:
    """Bound what must not hang."""
    async with asyncio.timeout(WAIT):
        return await step


async def page(connector: Connector, after: Cursor | None) -> Page[Raw]:
    """Fetch one page of the first stream."""
    return await within(connector.fetch(connector.streams()[0], after))


async def drain(connector: Connector, after: Cursor | None = None) -> tuple[Raw, ...]:
    """Fetch as the engine does until a page is empty."""
    raws: list[Raw] = []
    for _ in range(PAGES):
        found = await page(connector, after)
        after = after if found.cursor is None else found.cursor
        raws += found.items
        if not found.items and not found.more:
            return tuple(raws)
    raise AssertionError("there is no end of pages")


async def assert_transient(connector: Connector, after: Cursor | None) -> None:
    """Fail unless a fetch raises TransientError."""
    try:
        found = await page(connector, after)
    except TransientError:
        return
    except GatewayError as error:
        raise AssertionError(f"an outage was called {type(error).__name__}") from error
    except Exception as error:
        raise AssertionError(f"{type(error).__name__} left the connector") from error
    raise AssertionError(f"an outage was a page of {len(found.items)}")


def told(raws: Sequence[Raw]) -> list[tuple[str, str, bytes]]:
    """What must be equal when a page comes again."""
    return [(raw.key, raw.lane, raw.body) for raw in raws]


def assert_holds(raws: Sequence[Raw], marks: Sequence[bytes]) -> None:
    """Fail unless these are the messages with these marks, in this order, each once."""
    found = [next((mark for mark in marks if mark in raw.body), b"?") for raw in raws]
    assert found == list(marks), f"{len(raws)} raws for {len(marks)} messages, or another order"
