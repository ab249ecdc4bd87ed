"""A backfill reads a stream anew on a line of its own, goes on after failures and restarts, and doubles nothing."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import cast

import pytest
import structlog

from gateway.backfill import PAGES, Backfiller
from gateway.errors import AuthError, RateLimitedError, TransientError
from gateway.limits import Limiter
from gateway.metrics import Metrics
from gateway.ports import Channel, Cursor, Limit, Page, Raw, Scope, StreamId
from gateway.queues import OLD, Act, Backfill
from gateway.retry import RetryPolicy
from gateway.store import SqlStore
from tests.conftest import ManualClock
from tests.contract.store_suite import INBOX, SOURCE, START, raw

ALL = 10**9


class Mailbox:
    """A platform that keeps its history: one raw a page, cursors are positions."""

    def __init__(self, *raws: Raw) -> None:
        self.raws = list(raws)
        self.asked: list[str | None] = []
        self.opened = 0
        self.closed = 0
        self.faults: list[BaseException] = []
        self.close_error: BaseException | None = None

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Channel]:
        self.opened += 1
        if self.faults and isinstance(self.faults[0], AuthError):
            raise self.faults.pop(0)
        yield Channel(connector=self)  # type: ignore[arg-type]
        self.closed += 1
        if self.close_error is not None:
            raise self.close_error

    async def fetch(self, stream: StreamId, after: Cursor | None) -> Page[Raw]:
        self.asked.append(after)
        if self.faults:
            raise self.faults.pop(0)
        at = int(after or 0)
        return Page(tuple(self.raws[at : at + 1]), Cursor(str(at + 1)), more=at + 1 < len(self.raws))


def history(count: int) -> list[Raw]:
    return [raw(f"k{n}", lane=f"l{n}", received_at=START + timedelta(days=n)) for n in range(count)]


def filler(store: SqlStore, mailbox: Mailbox, clock: ManualClock, arrived: Callable[[], None] = int) -> Backfiller:
    return Backfiller(store.backfills, SOURCE, mailbox.open, clock, RetryPolicy(), random.Random(1), arrived)


async def ask(store: SqlStore, clock: ManualClock, since_days: int | None = None, *, ack: bool = False) -> Backfill:
    since = None if since_days is None else START + timedelta(days=since_days)
    (asked,) = await store.backfills.ask(SOURCE, [INBOX], since, ack=ack, act=Act("olga", clock.now()))
    return asked


async def finished(store: SqlStore, asked: Backfill) -> Backfill:
    (found,) = await store.backfills.list(ids=[asked.id])
    assert found.done_at is not None
    return found


async def test_without_a_request_nothing_is_opened(store: SqlStore, clock: ManualClock) -> None:
    mailbox = Mailbox(*history(2))
    assert await filler(store, mailbox, clock).step() == 0
    assert mailbox.opened == 0


async def test_all_that_is_not_known_is_taken_in_and_the_stream_stays_where_it_is(
    store: SqlStore, clock: ManualClock
) -> None:
    clock.advance(30 * 86400)
    mailbox = Mailbox(*history(4))
    await store.put_page(SOURCE, INBOX, mailbox.raws[:2], Cursor("99"))
    asked = await ask(store, clock)
    rung: list[int] = []
    assert await filler(store, mailbox, clock, lambda: rung.append(1)).step() == 4
    done = await finished(store, asked)
    assert (done.taken, done.known, done.skipped) == (2, 2, 0)
    assert await store.cursor(SOURCE, INBOX) == "99"
    assert len(rung) == 2
    assert mailbox.closed == 1
    old = {item.raw.key: OLD in item.raw.notes for item in await store.claim_raws(10, ALL, clock.now())}
    assert old == {"k0": False, "k1": False, "k2": True, "k3": True}


async def test_what_was_received_before_since_is_left_out(store: SqlStore, clock: ManualClock) -> None:
    mailbox = Mailbox(*history(4))
    asked = await ask(store, clock, since_days=2)
    await filler(store, mailbox, clock).step()
    done = await finished(store, asked)
    assert (done.taken, done.skipped) == (2, 2)


async def test_a_long_stream_is_read_in_steps_and_goes_on_where_it_was(store: SqlStore, clock: ManualClock) -> None:
    mailbox = Mailbox(*history(PAGES + 3))
    asked = await ask(store, clock)
    assert await filler(store, mailbox, clock).step() == PAGES
    assert await filler(store, mailbox, clock).step() == 3
    assert await filler(store, mailbox, clock).step() == 0
    assert (await finished(store, asked)).taken == PAGES + 3
    assert mailbox.asked == [None, *(str(n) for n in range(1, PAGES + 3))]


@pytest.mark.parametrize("fault", [TransientError("no line"), AuthError("refused"), ValueError("a bug")])
async def test_a_failure_postpones_and_then_it_goes_on(store: SqlStore, clock: ManualClock, fault: Exception) -> None:
    mailbox = Mailbox(*history(3))
    asked = await ask(store, clock)
    mailbox.faults = [fault]
    reader = filler(store, mailbox, clock)
    assert await reader.step() == 1
    (waiting,) = await store.backfills.list(SOURCE)
    assert waiting.attempts == 1
    assert waiting.reason == ("a fault of the gateway: ValueError" if isinstance(fault, ValueError) else str(fault))
    assert await reader.step() == 0
    at = await reader.next_due()
    assert at is not None
    clock.advance((at - clock.now()).total_seconds())
    assert await reader.step() == 3
    done = await finished(store, asked)
    assert (done.taken, done.reason, done.attempts) == (3, "", 0)


async def test_a_cancellation_that_a_plugin_lets_out_postpones_and_is_no_end(
    store: SqlStore, clock: ManualClock
) -> None:
    mailbox = Mailbox(*history(1))
    await ask(store, clock)
    mailbox.faults = [asyncio.CancelledError()]
    assert await filler(store, mailbox, clock).step() == 1
    (waiting,) = await store.backfills.list(SOURCE)
    assert (waiting.attempts, waiting.reason) == (1, "a fault of the gateway: LeakedCancelError")
    assert mailbox.closed == 1


@pytest.mark.parametrize(
    "error", [ConnectionResetError("a user's words"), TransientError("no line"), asyncio.CancelledError()]
)
async def test_what_closing_raises_is_logged_and_ends_nothing(
    store: SqlStore, clock: ManualClock, error: BaseException
) -> None:
    mailbox = Mailbox(*history(2))
    asked = await ask(store, clock)
    mailbox.close_error = error
    with structlog.testing.capture_logs() as logs:
        assert await filler(store, mailbox, clock).step() == 2
    assert (await finished(store, asked)).taken == 2
    (line,) = [line for line in logs if line["event"] == "channel.close_failed"]
    name = "LeakedCancelError" if isinstance(error, asyncio.CancelledError) else type(error).__name__
    assert (line["channel"], line["error"]) == (SOURCE, name)
    assert "a user's words" not in str(logs)


async def test_a_failure_of_the_store_is_not_taken_for_the_platforms(
    store: SqlStore, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the store raises stops the engine; the request stays."""
    await ask(store, clock)

    async def fail(*_: object, **__: object) -> None:
        raise TransientError("the disk is full")

    reader = filler(store, Mailbox(*history(2)), clock)
    monkeypatch.setattr(store.backfills, "put", fail)
    with pytest.raises(TransientError, match="disk"):
        await reader.step()
    (waiting,) = await store.backfills.list(SOURCE)
    assert waiting.reason == ""


async def test_mail_that_came_since_the_request_is_news(store: SqlStore, clock: ManualClock) -> None:
    """A backfill may be faster than the stream itself: the user is answered all the same."""
    await ask(store, clock)
    await filler(store, Mailbox(raw("k", received_at=clock.now())), clock).step()
    (claimed,) = await store.claim_raws(10, ALL, clock.now())
    assert OLD not in claimed.raw.notes


async def test_reading_anew_counts_like_reading_and_waits_as_long_as_a_limit_says(
    store: SqlStore, clock: ManualClock
) -> None:
    mailbox = Mailbox(*history(3))
    asked = await ask(store, clock)
    hourly = Limit("fetch", Scope.CHANNEL, 2, timedelta(hours=1))
    gate = Limiter(store.budgets, clock, b"", Metrics()).gate([hourly], "chat", SOURCE)
    reader = Backfiller(
        store.backfills, SOURCE, mailbox.open, clock, RetryPolicy(), random.Random(1), lambda: None, gate
    )
    assert await reader.step() == 1
    assert len(mailbox.asked) == 2
    at = await reader.next_due()
    assert at is not None
    assert at - clock.now() >= timedelta(hours=1)
    clock.advance((at - clock.now()).total_seconds())
    assert await reader.step() == 1
    assert (await finished(store, asked)).taken == 3


class Scripted:
    """Draws the longest wait."""

    def uniform(self, a: float, b: float) -> float:
        return b


async def test_a_backfill_that_fails_in_a_row_is_left_alone_longer(store: SqlStore, clock: ManualClock) -> None:
    mailbox = Mailbox(*history(1))
    await ask(store, clock)
    mailbox.faults = [TransientError("no line")] * 3
    rng = cast(random.Random, Scripted())
    reader = Backfiller(store.backfills, SOURCE, mailbox.open, clock, RetryPolicy(base_secs=2, cap_secs=6), rng)
    waits = []
    for _ in range(3):
        assert await reader.step() == 1
        at = await reader.next_due()
        assert at is not None
        waits.append((at - clock.now()).total_seconds())
        clock.advance(waits[-1])
    assert waits == [2, 4, 6]


async def test_the_wait_that_a_platform_asks_for_is_kept(store: SqlStore, clock: ManualClock) -> None:
    mailbox = Mailbox(*history(1))
    await ask(store, clock)
    mailbox.faults = [RateLimitedError("slower", timedelta(hours=2))]
    reader = filler(store, mailbox, clock)
    assert await reader.step() == 1
    assert await reader.next_due() == clock.now() + timedelta(hours=2)


async def test_of_several_requests_the_first_that_comes_due_is_waited_for(store: SqlStore, clock: ManualClock) -> None:
    mailbox = Mailbox(*history(1))
    reader = filler(store, mailbox, clock)
    assert await reader.next_due() is None
    act = Act("olga", clock.now())
    for stream, hours in (("a", 2), ("b", 1)):
        await store.backfills.ask(SOURCE, [StreamId(stream)], None, ack=False, act=act)
        mailbox.faults = [RateLimitedError("slower", timedelta(hours=hours))]
        assert await reader.step() == 1
    await ask(store, clock)
    assert await reader.next_due() == clock.now() + timedelta(hours=1)


async def test_what_is_known_already_wakes_nobody(store: SqlStore, clock: ManualClock) -> None:
    mailbox, rung = Mailbox(*history(2)), []
    await store.put_page(SOURCE, INBOX, mailbox.raws, Cursor("2"))
    await ask(store, clock)
    assert await filler(store, mailbox, clock, lambda: rung.append(1)).step() == 2
    assert rung == []


async def test_a_page_without_a_cursor_leaves_the_backfill_where_it_is(store: SqlStore, clock: ManualClock) -> None:
    class Still(Mailbox):
        async def fetch(self, stream: StreamId, after: Cursor | None) -> Page[Raw]:
            if len(self.asked) == 1:
                self.asked.append(after)
                return Page((), None, more=True)
            return await super().fetch(stream, after)

    mailbox = Still(*history(3))
    asked = await ask(store, clock)
    await filler(store, mailbox, clock).step()
    assert mailbox.asked == [None, "1", "1", "2"]
    assert (await finished(store, asked)).taken == 3
