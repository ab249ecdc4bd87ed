"""One folder of a mailbox as a stream: pages after a cursor, and the word that what was stored is ours."""

from __future__ import annotations

import asyncio
from array import array
from bisect import bisect_right
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta

import structlog

from connectors.email._door import Door
from connectors.email._imap import RefusedError
from connectors.email._mailbox import Mailbox, Selected
from connectors.email._place import Place, read_cursor
from connectors.email._reader import Reader, Take, mailbox_id
from connectors.email._settings import EmailSettings
from connectors.email._sweeps import Sweeps
from connectors.email._taken import Taken
from gateway.ports import Clock, Cursor, Originals, Page, Raw, StreamId

POLL_SECS = 30.0
"""Pause between two looks at a server that has no IDLE."""
OPEN_FOR = timedelta(minutes=10)
"""A folder is opened anew so often: of one that was deleted and made again, a standing connection is told nothing."""

_log = structlog.get_logger()


class Folder:
    """A folder on a connection of its own, which is made when it is first needed and kept between calls."""

    def __init__(
        self,
        name: str,
        stream: StreamId,
        settings: EmailSettings,
        clock: Clock,
        door: Door,
        originals: Originals | None = None,
    ) -> None:
        self._stream = stream
        self._settings = settings
        self._clock = clock
        self._door = door
        self._mailbox_id = mailbox_id(settings)
        self._reader = Reader(name, stream, settings, clock, originals)
        self._sweeps = Sweeps(clock, whole=settings.after_storing == "archive")
        self._taken = Taken(stream, settings, clock)
        self._lock = asyncio.Lock()
        self._box: Mailbox | None = None
        self._selected = Selected(0, keeps_seen=False)
        self._opens_anew_at = clock.now()
        self._read_only = settings.after_storing == "leave"
        self._idles = True
        self._found: Sequence[int] = array("I")
        self._found_after = 0
        self._news_next = False

    async def fetch(self, after: Cursor | None) -> Page[Raw]:
        """See `Connector.fetch`; waits up to `idle_secs` for news."""
        async with self._mailbox() as box:
            if self._clock.now() >= self._opens_anew_at:
                self._opened(await box.select(self._stream, read_only=self._read_only))
            place = self._place(after)
            stored = self._taken.keep(place)
            late = await self._sweeps.late(box, place, stored)
            news = await self._news(box, place.uid)
            # By turns where there are both, so that neither holds the other up.
            if late and not (news and self._news_next) and (page := await self._late(box, place, late)):
                self._news_next = True
                return page
            self._news_next = False
            uids = news or await self._wait_and_look(box, place)
            if not uids:
                return Page((), None, more=box.session.stirred.is_set())
            take = await self._take(box, uids)
            last = place.uid if take.last is None else take.last
            return self._page(take, place.passed(take.uids, last), more=bool(late) or last < self._found[-1])

    async def confirm(self, upto: Cursor) -> None:
        """Do with what is ours as `after_storing` says."""
        place = read_cursor(upto)
        if place is None:
            return
        async with self._mailbox() as box:
            if self._is_here(place):
                ours = self._taken.stored(place)
                if await self._taken.settle(box, self._selected, place) or self._settings.archive_folder is None:
                    self._sweeps.settle(ours)
                else:
                    self._sweeps.vanished(ours)

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
                box = await self._open()
            try:
                yield box
            except BaseException:
                self._box = None
                box.session.burn()
                raise

    async def _open(self) -> Mailbox:
        self._box = None
        box, selected = await self._door.open(self._stream, read_only=self._read_only)
        self._box, self._found, self._found_after = box, array("I"), 0
        self._opened(selected)
        if self._settings.after_storing == "mark_read" and not selected.keeps_seen:
            _log.warning("folder.found_read_only", folder=self._stream)
        return box

    def _opened(self, selected: Selected) -> None:
        if selected.uid_validity != self._selected.uid_validity:
            self._found, self._found_after = array("I"), 0
            self._sweeps.forget()
            self._taken.forget()
        self._selected, self._opens_anew_at = selected, self._clock.now() + OPEN_FOR

    def _place(self, after: Cursor | None) -> Place:
        place = read_cursor(after)
        if place is not None and self._is_here(place):
            return place
        if place is not None:
            _log.warning("folder.renumbered", folder=self._stream, uidvalidity=self._selected.uid_validity)
        return Place(self._selected.uid_validity, self._mailbox_id)

    def _is_here(self, place: Place) -> bool:
        """Whether the place is in this mailbox, under its present numbers: UIDs of another say nothing here."""
        return (place.uid_validity, place.mailbox) == (self._selected.uid_validity, self._mailbox_id)

    async def _late(self, box: Mailbox, place: Place, late: Sequence[int]) -> Page[Raw] | None:
        """Return mails that became visible late, on a page of their own; None when they are gone again."""
        take = await self._take(box, late[: self._settings.batch])
        tried = late[: bisect_right(late, take.last or 0)]
        self._sweeps.vanished({*tried}.difference(take.uids))
        return self._page(take, place.filled(take.uids), more=True) if take.uids else None

    async def _take(self, box: Mailbox, uids: Sequence[int]) -> Take:
        return await self._reader.take(box, self._selected.uid_validity, uids)

    def _page(self, take: Take, place: Place, *, more: bool) -> Page[Raw]:
        self._taken.hand_over(take.uids, place)
        return Page(tuple(take.raws), place.cursor(), more=more)

    async def _news(self, box: Mailbox, start: int) -> Sequence[int]:
        """Return the next UIDs after that one, a page of them; a long list is asked for once, not for each page."""
        if start >= self._found_after and (found := self._next(start)):
            return found
        # A folder shows a session only what the session was told of, and this tells it.
        await box.noop()
        # News told during the search itself is not in its answer, and IDLE would not tell it again.
        box.session.stirred.clear()
        self._found, self._found_after = await box.after(start), start
        return self._next(start)

    def _next(self, start: int) -> Sequence[int]:
        first = bisect_right(self._found, start)
        return self._found[first : first + self._settings.batch]

    async def _wait_and_look(self, box: Mailbox, place: Place) -> Sequence[int]:
        if not box.session.stirred.is_set():
            await self._wait(box, self._sweeps.rest_secs(place, self._settings.idle_secs))
        return await self._news(box, place.uid)

    async def _wait(self, box: Mailbox, secs: float) -> None:
        if self._idles and box.session.has("IDLE"):
            try:
                await box.session.idle(secs)
            except RefusedError:
                self._idles = False
                _log.warning("idle.refused")
            return
        await box.session.run(lambda _: self._clock.sleep(POLL_SECS), secs=2 * POLL_SECS)
