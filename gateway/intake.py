"""From one stream of a source into the journal: fetch, put page and cursor as one, then confirm."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import structlog

from gateway.journal import Store
from gateway.ports import Cursor, Page, Raw, StreamId

log = structlog.get_logger()

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

    def __init__(
        self,
        store: Store,
        source: str,
        stream: StreamId,
        fetch: Fetch,
        confirm: Confirm | None,
        arrived: Callable[[], None],
    ) -> None:
        self._store = store
        self._source = source
        self._stream = stream
        self._fetch = fetch
        self._confirm = confirm
        self._arrived = arrived
        self._cursor: Cursor | None = None

    async def resume(self) -> None:
        """Read the stored cursor and confirm it again: a confirmation may have been lost."""
        self._cursor = await self._store.cursor(self._source, self._stream)
        if self._cursor is not None:
            await self._tell(self._cursor)

    async def step(self) -> bool:
        """Take one page; return whether there is more at once."""
        try:
            page = await self._fetch(self._stream, self._cursor)
        except Exception as error:
            raise SourceError(error) from error
        moved = page.cursor is not None and page.cursor != self._cursor
        if not page.items and not moved:
            return page.more
        put = await self._store.put_page(self._source, self._stream, page.items, page.cursor)
        if put.stored:
            self._arrived()
        log.info("page.stored", source=self._source, stream=self._stream, stored=put.stored, known=put.known)
        if page.cursor is not None:
            self._cursor = page.cursor
            await self._tell(page.cursor)
        return page.more

    async def _tell(self, upto: Cursor) -> None:
        if self._confirm is None:
            return
        try:
            await self._confirm(self._stream, upto)
        except Exception as error:
            raise SourceError(error) from error
