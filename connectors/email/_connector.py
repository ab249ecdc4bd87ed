"""The incoming side of a mail channel: pages after a cursor of UIDVALIDITY and UID, and the mark that they are ours."""

from __future__ import annotations

import asyncio
import json
import ssl
from bisect import bisect_right
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

import structlog

from connectors.email._check import check
from connectors.email._imap import RefusedError, Session
from connectors.email._mailbox import Mailbox, Selected
from connectors.email._reader import Reader, mailbox_id
from connectors.email._settings import EmailSettings
from gateway.errors import ConfigError
from gateway.ports import Clock, Cursor, Page, Raw, Report, StreamId

POLL_SECS = 30.0
"""Pause between two looks at a server that has no IDLE."""

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Place:
    """The last mail that is ours: nothing in a folder is before UID 1."""

    uid_validity: int
    uid: int
    mailbox: str

    def cursor(self) -> Cursor:
        """Return the place as a cursor."""
        return Cursor(json.dumps({"mailbox": self.mailbox, "uid": self.uid, "uidvalidity": self.uid_validity}))


def read_cursor(cursor: Cursor | None) -> Place | None:
    """Return the place, or None for no cursor and for one that is none of ours: the folder is then read anew."""
    if cursor is None:
        return None
    try:
        value = json.loads(cursor)
        return Place(int(value["uidvalidity"]), int(value["uid"]), str(value["mailbox"]))
    except (ValueError, TypeError, LookupError, OverflowError):
        _log.warning("cursor.refused")
        return None


async def open_mailbox(settings: EmailSettings, tls: ssl.SSLContext, *, read_only: bool) -> tuple[Mailbox, Selected]:
    """Connect, log in and open the folder."""
    session = Session(
        settings.imap_host,
        settings.imap_port,
        tls if settings.imap_security == "tls" else None,
        settings.step_secs,
    )
    try:
        await session.hello()
        await session.login(settings.login, settings.password.get_secret_value())
        box = Mailbox(session)
        return box, await box.select(settings.folder, read_only=read_only)
    except BaseException:
        session.burn()
        raise


class EmailConnector:
    """One folder of one mailbox, on one connection that is kept between calls."""

    def __init__(self, name: str, settings: EmailSettings, clock: Clock, tls: ssl.SSLContext) -> None:
        self._settings = settings
        self._clock = clock
        self._tls = tls
        self._stream = StreamId(settings.folder)
        self._mailbox_id = mailbox_id(settings)
        self._reader = Reader(name, self._stream, settings, clock)
        self._lock = asyncio.Lock()
        self._box: Mailbox | None = None
        self._selected = Selected(0, keeps_seen=False)
        self._idles = True
        self._found: list[int] = []
        self._found_after = 0

    async def check(self) -> Report:
        """See `Connector.check`; each server is asked once on a connection of its own."""
        return await check(self._settings, self._tls, lambda: open_mailbox(self._settings, self._tls, read_only=True))

    def streams(self) -> Sequence[StreamId]:
        """Return the one folder."""
        return (self._stream,)

    async def fetch(self, stream: StreamId, after: Cursor | None) -> Page[Raw]:
        """See `Connector.fetch`; waits up to `idle_secs` for news."""
        self._know(stream)
        async with self._mailbox() as box:
            start = self._start(after)
            uids = await self._news(box, start) or await self._wait_and_look(box, start)
            if not uids:
                return Page((), None, more=box.session.stirred.is_set())
            take = await self._reader.take(box, self._selected.uid_validity, uids[: self._settings.batch])
            last = take.last if take.last is not None else start
            cursor = Place(self._selected.uid_validity, last, self._mailbox_id).cursor()
            return Page(tuple(take.raws), cursor, more=last < uids[-1])

    async def confirm(self, stream: StreamId, upto: Cursor) -> None:
        """Mark as read what is ours and is not yet; nothing with `mark_seen` off."""
        self._know(stream)
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

    def _know(self, stream: StreamId) -> None:
        if stream != self._stream:
            raise ConfigError(f"this channel reads the folder {self._stream}, not {stream}")

    @asynccontextmanager
    async def _mailbox(self) -> AsyncIterator[Mailbox]:
        async with self._lock:
            box = self._box
            if box is None or not box.session.alive:
                self._box = None
                box, self._selected = await open_mailbox(
                    self._settings, self._tls, read_only=not self._settings.mark_seen
                )
                self._box, self._found = box, []
                if self._settings.mark_seen and not self._selected.keeps_seen:
                    _log.warning("folder.found_read_only")
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
            _log.warning("folder.renumbered", uidvalidity=self._selected.uid_validity)
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
