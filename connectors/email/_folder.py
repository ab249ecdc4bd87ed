"""One folder of a mailbox as a stream: pages after a cursor of UIDVALIDITY and UID, and the mark that they are ours."""

from __future__ import annotations

import asyncio
from bisect import bisect_right
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog

from connectors.email._door import Door
from connectors.email._imap import RefusedError
from connectors.email._mailbox import Mailbox, Selected
from connectors.email._place import Place, read_cursor
from connectors.email._reader import Reader, mailbox_id
from connectors.email._settings import EmailSettings
from gateway.ports import Clock, Cursor, Page, Raw, StreamId

POLL_SECS = 30.0
"""Pause between two looks at a server that has no IDLE."""

_log = structlog.get_logger()


class Folder:
    """A folder on a connection of its own, which is made when it is first needed and kept between calls."""

    def __init__(self, name: str, stream: StreamId, settings: EmailSettings, clock: Clock, door: Door) -> None:
        self._stream = stream
        self._settings = settings
        self._clock = clock
        self._door = door
        self._mailbox_id = mailbox_id(settings)
        self._reader = Reader(name, stream, settings, clock)
        self._lock = asyncio.Lock()
        self._box: Mailbox | None = None
        self._selected = Selected(0, keeps_seen=False)
        self._idles = True
        self._found: list[int] = []
        self._found_after = 0

    async def fetch(self, after: Cursor | None) -> Page[Raw]:
        """See `Connector.fetch`; waits up to `idle_secs` for news."""
        async with self._mailbox() as box:
            start = self._start(after)
            uids = await self._news(box, start) or await self._wait_and_look(box, start)
            if not uids:
                return Page((), None, more=box.session.stirred.is_set())
            take = await self._reader.take(box, self._selected.uid_validity, uids[: self._settings.batch])
            last = take.last if take.last is not None else start
            cursor = Place(self._selected.uid_validity, last, self._mailbox_id).cursor()
            return Page(tuple(take.raws), cursor, more=last < uids[-1])

    async def confirm(self, upto: Cursor) -> None:
        """Mark as read what is ours and is not yet; nothing with `mark_seen` off."""
        place = read_cursor(upto)
        if place is None or not self._settings.mark_seen:
            return
        async with self._mailbox() as box:
            if not self._is_here(place) or not self._selected.keeps_seen:
                return
            if unseen := await box.unseen(place.uid):
                await box.mark_seen(unseen)

    async def close(self) -> None:
        """Log out."""
        box, self._box = self._box, None
        if box is not None:
            await box.session.close()

    @asynccontextmanager
    async def _mailbox(self) -> AsyncIterator[Mailbox]:
        async with self._lock:
            box = self._box
            if box is None or not box.session.alive:
                self._box = None
                read_only = not self._settings.mark_seen
                box, self._selected = await self._door.open(self._stream, read_only=read_only)
                self._box, self._found = box, []
                if self._settings.mark_seen and not self._selected.keeps_seen:
                    _log.warning("folder.found_read_only", folder=self._stream)
            try:
                yield box
            except BaseException:
                self._box = None
                box.session.burn()
                raise

    def _start(self, after: Cursor | None) -> int:
        place = read_cursor(after)
        if place is None:
            return 0
        if not self._is_here(place):
            _log.warning("folder.renumbered", folder=self._stream, uidvalidity=self._selected.uid_validity)
            return 0
        return place.uid

    def _is_here(self, place: Place) -> bool:
        """Whether the place is in this mailbox, under its present numbers: UIDs of another say nothing here."""
        return (place.uid_validity, place.mailbox) == (self._selected.uid_validity, self._mailbox_id)

    async def _news(self, box: Mailbox, start: int) -> list[int]:
        """Return the UIDs after that one; a long list is asked for once, not for each page."""
        if start >= self._found_after:
            self._found, self._found_after = self._found[bisect_right(self._found, start) :], start
            if self._found:
                return self._found
        await self._search(box, start)
        return self._found

    async def _search(self, box: Mailbox, start: int) -> None:
        # A folder shows a session only what the session was told of, and this tells it.
        await box.noop()
        # News told during the search itself is not in its answer, and IDLE would not tell it again.
        box.session.stirred.clear()
        self._found, self._found_after = await box.after(start), start

    async def _wait_and_look(self, box: Mailbox, start: int) -> list[int]:
        if not box.session.stirred.is_set():
            await self._wait(box)
        return await self._news(box, start)

    async def _wait(self, box: Mailbox) -> None:
        if self._idles and box.session.has("IDLE"):
            try:
                await box.session.idle(self._settings.idle_secs)
            except RefusedError:
                self._idles = False
                _log.warning("idle.refused")
            return
        await box.session.run(lambda _: self._clock.sleep(POLL_SECS), secs=2 * POLL_SECS)
