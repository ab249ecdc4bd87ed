"""The stream of activity: one line that is kept open over fetches; hints wake other streams, the rest becomes raws.

It ends and breaks as it likes. Every end goes to the engine as an error that says how long to wait, at least a second.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from contextlib import AsyncExitStack
from datetime import timedelta
from typing import NoReturn

import aiohttp
import structlog

from connectors.x._budget import Budget
from connectors.x._client import XClient
from connectors.x._raws import ACTIVITY, HINTS, Activity, Maker
from connectors.x._settings import XSettings
from connectors.x._strict import UnreadableError, decode
from connectors.x._subscriptions import Subscriptions
from gateway.errors import RateLimitedError, TransientError
from gateway.ports import Clock, Cursor, Page, Raw, StreamId

ROUTE = "/2/activity/stream"
LONGEST_LINE = 512 * 1024
SILENCE = timedelta(seconds=25)
"""X sends an empty line every 20 seconds; who hears nothing for longer has no line any more."""
WAIT = timedelta(seconds=20)
"""How long one fetch waits for news."""
APART = timedelta(seconds=1)
LONGEST_APART = timedelta(seconds=64)
STEADY = timedelta(seconds=60)
"""A line that held so long was a good one: the next is opened after the shortest wait."""

_log = structlog.get_logger()


class Splitter:
    """Splits what comes in into lines; one that is longer than the cap is passed over, whatever its length."""

    def __init__(self, cap: int = LONGEST_LINE) -> None:
        self._cap = cap
        self._rest = bytearray()
        self._skipping = False
        self.skipped = 0
        """Lines that were passed over."""

    def feed(self, chunk: bytes) -> list[bytes]:
        """Return the lines that are whole now, without the empty ones that only say that the line stands."""
        *ended, rest = chunk.split(b"\n")
        lines = [line for each in ended if (line := self._ended(each)).strip()]
        self._add(rest)
        return lines

    def _ended(self, end: bytes) -> bytes:
        self._add(end)
        line = b"" if self._skipping else bytes(self._rest)
        self._rest.clear()
        self._skipping = False
        return line

    def _add(self, part: bytes) -> None:
        if self._skipping:
            return
        if len(self._rest) + len(part) > self._cap:
            self._skipping = True
            self.skipped += 1
            self._rest.clear()
            return
        self._rest += part


class ActivityStream:
    """The activity of one account. What was given out and not stored is given again, as long as this process lives."""

    def __init__(
        self,
        settings: XSettings,
        clock: Clock,
        client: XClient,
        budget: Budget,
        maker: Maker,
        subscriptions: Subscriptions,
        wake: Callable[[StreamId], None],
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._client = client
        self._budget = budget
        self._maker = maker
        self._subscriptions = subscriptions
        self._wake = wake
        self._line: AsyncExitStack | None = None
        self._answer: aiohttp.ClientResponse | None = None
        self._splitter = Splitter()
        self._reading: asyncio.Task[bytes] | None = None
        self._opened_at = self._heard_at = clock.now()
        self._apart = APART
        self._not_before = clock.now()
        self._why = ""
        self._waiting: deque[Raw] = deque()
        self._given: Page[Raw] | None = None

    async def fetch(self, after: Cursor | None) -> Page[Raw]:
        """Return what came, or after some seconds an empty page. Raises `GatewayError` alone."""
        if self._given is not None and self._given.cursor != after:
            return self._given
        self._given = None
        await self._subscriptions.look()
        until = self._clock.now() + WAIT
        if self._answer is None:
            await self._open()
        while not self._waiting and (left := until - self._clock.now()) > timedelta(0):
            await self._hear(left)
        if not self._waiting:
            return Page((), None, pause=timedelta(0))
        raws = tuple(self._waiting)
        self._waiting.clear()
        self._given = Page(raws, Cursor(raws[-1].key), pause=timedelta(0))
        return self._given

    async def close(self) -> None:
        """Let go of the line."""
        reading, self._reading = self._reading, None
        line, self._line, self._answer = self._line, None, None
        if reading is not None:
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)
        if line is not None:
            await line.aclose()

    async def _open(self) -> None:
        early = self._not_before - self._clock.now()
        if early > timedelta(0):
            raise RateLimitedError(self._why, early, item=False)
        line = AsyncExitStack()
        try:
            self._answer = await line.enter_async_context(self._client.open_stream(ROUTE))
        except TransientError as error:
            asked = error.retry_after if isinstance(error, RateLimitedError) else timedelta(0)
            raise self._later(str(error), asked) from error
        self._line = line
        self._splitter = Splitter()
        self._opened_at = self._heard_at = self._clock.now()
        # Whatever happened without a line is found by looking.
        for stream in dict.fromkeys(HINTS.values()):
            self._wake(stream)

    def _later(self, why: str, asked: timedelta = timedelta(0)) -> RateLimitedError:
        """Return how long to leave X alone, as an error: longer each time, so that no line is a hot loop."""
        wait = max(self._apart, asked)
        self._why, self._not_before = why, self._clock.now() + wait
        self._apart = min(self._apart * 2, LONGEST_APART)
        return RateLimitedError(why, wait, item=False)

    async def _hear(self, left: timedelta) -> None:
        """Take what comes next, if anything does within that time."""
        if self._reading is None and self._answer is not None:
            self._reading = asyncio.ensure_future(self._answer.content.readany())
        if self._reading is None:
            return
        silent = self._heard_at + SILENCE - self._clock.now()
        bell = asyncio.ensure_future(self._clock.sleep(max(min(left, silent) / timedelta(seconds=1), 0.0)))
        try:
            # Left running where it is not done: a fetch that ends, or is cut off, loses nothing.
            await asyncio.wait({self._reading, bell}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            bell.cancel()
            await asyncio.gather(bell, return_exceptions=True)
        if self._reading.done():
            reading, self._reading = self._reading, None
            await self._take(reading)
        elif self._clock.now() - self._heard_at >= SILENCE:
            await self._ended("the activity stream fell silent; a new line is opened in a while")

    async def _take(self, reading: asyncio.Task[bytes]) -> None:
        try:
            chunk = reading.result()
        except (aiohttp.ClientError, OSError, asyncio.CancelledError, ValueError):
            await self._ended("the activity stream broke; a new line is opened in a while")
        if not chunk:
            await self._ended("X ended the activity stream; a new line is opened in a while")
        self._heard_at = self._clock.now()
        skipped = self._splitter.skipped
        lines = self._splitter.feed(chunk)
        if self._splitter.skipped > skipped:
            _log.warning("activity.line_skipped", lines=self._splitter.skipped - skipped, longest=LONGEST_LINE)
        found = [self._event(line) for line in lines]
        self._waiting += [each.raw for each in found if each.raw is not None]
        for stream in dict.fromkeys(each.hint for each in found if each.hint is not None):
            self._wake(stream)
        if found:
            await self._budget.charge(str(ACTIVITY), len(found), self._settings.prices.event, calls=0)

    def _event(self, line: bytes) -> Activity:
        at = self._clock.now()
        try:
            return self._maker.activity(decode(line), at)
        except UnreadableError:
            return Activity(self._maker.garbage(line, at))

    async def _ended(self, why: str) -> NoReturn:
        if self._clock.now() - self._opened_at >= STEADY:
            self._apart = APART
        await self.close()
        raise self._later(why)
