"""Reads a channel's streams anew when an operator asks, on a connection of its own; the streams' own cursors stay.

What is known already is absorbed by its keys, so a backfill can neither lose nor double anything; it goes on where it
was after a restart. A plugin's errors postpone it; it raises only what the store raises.
"""

from __future__ import annotations

import random
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from datetime import datetime, timedelta

import structlog

from gateway.errors import GatewayError, RateLimitedError
from gateway.guard import closed, finished
from gateway.limits import Call, Gate
from gateway.ports import Channel, Clock, Connector, Raw
from gateway.queues import Backfill, Backfills
from gateway.retry import RetryPolicy, backoff_secs

log = structlog.get_logger()

PAGES = 20
"""Pages read in one step: between steps the engine may end."""


class Backfiller:
    """Obeys the requests for one channel."""

    def __init__(
        self,
        backfills: Backfills,
        source: str,
        open_channel: Callable[[], AbstractAsyncContextManager[Channel]],
        clock: Clock,
        retry: RetryPolicy,
        rng: random.Random,
        arrived: Callable[[], None] = lambda: None,
        gate: Gate | None = None,
    ) -> None:
        self._backfills = backfills
        self._source = source
        self._open_channel = open_channel
        self._clock = clock
        self._retry = retry
        self._rng = rng
        self._arrived = arrived
        self._gate = gate

    async def step(self) -> int:
        """Read some pages of the oldest request that is due; return how many were stored or tried."""
        now = self._clock.now()
        due = [each for each in await self._open_ones() if each.not_before is None or each.not_before <= now]
        if not due:
            return 0
        try:
            async with self._opened() as connector:
                return await self._read(connector, due[0])
        except _PluginError as error:
            await self._postpone(due[0], error.cause)
        return 1

    async def next_due(self) -> datetime | None:
        """Return when a request that was postponed comes due."""
        times = [each.not_before for each in await self._open_ones()]
        return min((at for at in times if at is not None), default=None)

    async def _open_ones(self) -> Sequence[Backfill]:
        return await self._backfills.list(self._source)

    @asynccontextmanager
    async def _opened(self) -> AsyncIterator[Connector]:
        stack = AsyncExitStack()
        try:
            channel = await finished(stack.enter_async_context(self._open_channel()))
        except Exception as error:
            raise _PluginError(error) from error
        try:
            yield channel.connector
        finally:
            await closed(stack, self._source)

    async def _read(self, connector: Connector, request: Backfill) -> int:
        cursor = request.cursor
        for count in range(1, PAGES + 1):
            await self._reserve(request)
            try:
                page = await finished(connector.fetch(request.stream, cursor))
            except Exception as error:
                raise _PluginError(error) from error
            wanted = [raw for raw in page.items if _is_wanted(raw, request)]
            skipped = len(page.items) - len(wanted)
            done = not page.more
            now = self._clock.now()
            put = await self._backfills.put(request.id, wanted, page.cursor, skipped, done=done, now=now)
            log.info("backfill.stored", source=self._source, stored=put.stored, known=put.known, skipped=skipped)
            if put.stored:
                self._arrived()
            if done:
                log.info("backfill.done", source=self._source, stream=request.stream)
                return count
            cursor = page.cursor or cursor
        return PAGES

    async def _reserve(self, request: Backfill) -> None:
        """Wait, when a limit says so: reading anew counts like reading."""
        if self._gate is not None and (refusal := await self._gate.reserve(Call("fetch", request.stream))):
            raise _PluginError(refusal.error(self._clock.now()))

    async def _postpone(self, request: Backfill, error: Exception) -> None:
        secs = max(backoff_secs(request.attempts + 1, self._retry, self._rng), 0.1)
        if isinstance(error, RateLimitedError):
            secs = max(error.retry_after.total_seconds(), 0.1)
        reason = str(error) if isinstance(error, GatewayError) else f"a fault of the gateway: {type(error).__name__}"
        log.warning("backfill.postponed", source=self._source, error=type(error).__name__)
        await self._backfills.postpone(request.id, reason, self._clock.now() + timedelta(seconds=secs))


class _PluginError(Exception):
    """Carries what a plugin raised, so that it is never taken for a failure of the store."""

    def __init__(self, cause: Exception) -> None:
        super().__init__(str(cause))
        self.cause = cause


def _is_wanted(raw: Raw, request: Backfill) -> bool:
    return request.since is None or raw.received_at >= request.since
