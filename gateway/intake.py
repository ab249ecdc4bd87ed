"""From one stream of a source into the journal: fetch, put page and cursor as one, then confirm."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

import structlog

from gateway.clock import SystemClock
from gateway.errors import TransientError
from gateway.guard import finished
from gateway.journal import GoneOriginalError, Store
from gateway.limits import Call, Gate
from gateway.metrics import Metrics, Stage
from gateway.ports import Clock, Cursor, Page, Raw, StreamId
from gateway.tracing import Facts, Origin, Tracer

log = structlog.get_logger()

GRACE = timedelta(seconds=5)
"""So far may a platform's clock be behind ours, and its mail still be new."""
_HASH = re.compile(r"[0-9a-f]{64}")
MAX_SIZE = 2**63 - 1
"""The largest number that a database column holds."""

Fetch = Callable[[StreamId, Cursor | None], Awaitable[Page[Raw]]]
Confirm = Callable[[StreamId, Cursor], Awaitable[None]]


class SourceError(Exception):
    """Carries what a plugin raised, so that it is never taken for a failure of the store."""

    def __init__(self, cause: Exception) -> None:
        super().__init__(str(cause))
        self.cause = cause


class Intake:
    """One stream of one source.

    Raises `SourceError` for what the plugin raised; anything else is the store's and stops the engine.
    """

    empty_pages = 0
    """Pages without a raw since the last one that held any."""
    pause: timedelta | None = None
    """How long the last page asked to wait before the next, if it did; not less than the least that is configured."""

    def __init__(
        self,
        store: Store,
        source: str,
        stream: StreamId,
        fetch: Fetch,
        confirm: Confirm | None,
        arrived: Callable[[], None],
        metrics: Metrics | None = None,
        tracer: Tracer | None = None,
        clock: Clock | None = None,
        gate: Gate | None = None,
        least_pause: timedelta = timedelta(0),
    ) -> None:
        self._gate = gate
        self._least_pause = least_pause
        self._tracer = tracer or Tracer()
        self._now = (clock or SystemClock()).now
        self._store = store
        self._source = source
        self._stream = stream
        self._fetch = fetch
        self._confirm = confirm
        self._arrived = arrived
        self._metrics = metrics or Metrics()
        self._watched_from: datetime | None = None
        self._cursor: Cursor | None = None

    def watch_from(self, at: datetime) -> None:
        """Call old what was received before a stream was first watched, which is now for a stream that is new."""
        self._watched_from = at - GRACE

    async def resume(self) -> None:
        """Read the stored cursor and confirm it again: a confirmation may have been lost."""
        if self._watched_from is not None:
            await self._store.watch(self._source, self._stream, self._watched_from)
        self._cursor = await self._store.cursor(self._source, self._stream)
        if self._cursor is not None:
            await self._tell(self._cursor)

    async def step(self) -> bool:
        """Take one page; return whether there is more at once."""
        await self._reserve()
        began = self._now()
        try:
            page = await finished(self._fetch(self._stream, self._cursor))
            _examine(page)
        except Exception as error:
            self._metrics.fetch_failed(self._source, error)
            raise SourceError(error) from error
        if page.items:
            # Of the fetch only what came after the platform had the first of them: IDLE waits for minutes.
            since = max(began, min(raw.received_at for raw in page.items))
            self._metrics.stage_took(Stage.FETCH, max((self._now() - since) / timedelta(seconds=1), 0.0))
        self.empty_pages = 0 if page.items else self.empty_pages + 1
        self.pause = None if page.pause is None else max(page.pause, self._least_pause)
        moved = page.cursor is not None and page.cursor != self._cursor
        if not page.items and not moved:
            return page.more
        try:
            with self._metrics.timed(Stage.STORE):
                put = await self._store.put_page(self._source, self._stream, page.items, page.cursor)
        except GoneOriginalError as error:
            # The platform still has it: the page is fetched, and kept, once more.
            raise SourceError(TransientError(str(error))) from error
        self._metrics.page_stored(self._source, put.stored, put.known)
        for raw in page.items:
            facts = Facts(source=self._source, size=raw.size)
            self._tracer.fetched(Origin.of(raw), max(began, raw.received_at), self._now(), facts)
        if put.stored:
            self._arrived()
        log.info("page.stored", source=self._source, stream=self._stream, stored=put.stored, known=put.known)
        if page.cursor is not None:
            self._cursor = page.cursor
            await self._tell(page.cursor)
        return page.more

    async def _reserve(self) -> None:
        """Wait, when a limit says so, as if the platform had: what is not fetched stays there."""
        if self._gate is not None and (refusal := await self._gate.reserve(Call("fetch", self._stream))):
            raise SourceError(refusal.error(self._now()))

    async def _tell(self, upto: Cursor) -> None:
        if self._confirm is None:
            return
        try:
            await finished(self._confirm(self._stream, upto))
        except Exception as error:
            self._metrics.fetch_failed(self._source, error)
            raise SourceError(error) from error


def _examine(page: Page[Any]) -> None:
    """Refuse a raw that no store could keep: the plugin is at fault, and its page must not stop the other channels."""
    for raw in page.items:
        if not isinstance(raw.kept, str) or (raw.kept and not _HASH.fullmatch(raw.kept)):
            raise TypeError("a raw's original is named by something else than its hash")
        if not isinstance(raw.body, bytes) or not isinstance(raw.complete, bool):
            raise TypeError("a raw's body or completeness is of another type")
        for text in (raw.key, raw.lane, *raw.notes.keys(), *raw.notes.values(), page.cursor or ""):
            if not isinstance(text, str):
                raise TypeError("a raw's name or note is no text")
        (page.cursor or "").encode("utf-8")
        if raw.received_at.tzinfo is None:
            raise ValueError("a raw's received_at has no time zone")
        if not 0 <= raw.size <= MAX_SIZE:
            raise ValueError("a raw's size is out of bounds")
        for text in (raw.source, raw.stream, raw.media_type):
            text.encode("utf-8")
