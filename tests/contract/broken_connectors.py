"""A good connector to a platform in memory, and connectors with one fault each that the suite must catch."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta, timezone

from gateway.errors import TransientError
from gateway.ports import Check, Connector, Cursor, Key, Page, Raw, Report, StreamId

STREAM = StreamId("box")


class DriverError(Exception):
    """What a platform's library would raise."""


@dataclass
class Letter:
    """A message on the platform."""

    number: int
    body: bytes
    sender: str | None
    read: bool = False


@dataclass
class Platform:
    """Keeps letters; can be out of order."""

    letters: list[Letter] = field(default_factory=list)
    down: bool = False
    numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    def all(self) -> list[Letter]:
        if self.down:
            raise DriverError("no line")
        return list(self.letters)

    def put(self, sender: str | None) -> bytes:
        number = next(self.numbers)
        mark = f"mark-{number:06}.".encode()
        self.letters.append(Letter(number, b"text " + mark, sender))
        return mark


class GoodConnector:
    """Keeps every promise."""

    page = 3

    def __init__(self, platform: Platform) -> None:
        self.platform = platform

    async def check(self) -> Report:
        try:
            self.platform.all()
        except DriverError:
            return Report((Check("line", ok=False, detail="no line"),))
        return Report((Check("line", ok=True, detail="well"),))

    def streams(self) -> Sequence[StreamId]:
        return (STREAM,)

    async def fetch(self, stream: StreamId, after: Cursor | None) -> Page[Raw]:
        found = [letter for letter in self.look() if letter.number > int(after or 0)]
        return self.paged(found[: self.page], more=len(found) > self.page)

    async def confirm(self, stream: StreamId, upto: Cursor) -> None:
        for letter in self.look():
            if letter.number <= int(upto):
                letter.read = True

    def look(self) -> list[Letter]:
        try:
            return self.platform.all()
        except DriverError as error:
            raise TransientError("the platform cannot be reached") from error

    def paged(self, letters: Sequence[Letter], *, more: bool) -> Page[Raw]:
        cursor = Cursor(str(letters[-1].number)) if letters else None
        return Page(tuple(self.raw(letter) for letter in letters), cursor, more)

    def raw(self, letter: Letter) -> Raw:
        return Raw(
            source="memory",
            stream=STREAM,
            key=Key(str(letter.number)),
            lane=letter.sender or "unknown",
            body=letter.body,
            media_type="text/plain",
            received_at=datetime(2026, 11, 20, tzinfo=UTC),
            size=len(letter.body),
        )


class NewestOnly(GoodConnector):
    """Takes the newest message of a burst."""

    async def fetch(self, stream: StreamId, after: Cursor | None) -> Page[Raw]:
        found = [letter for letter in self.look() if letter.number > int(after or 0)]
        return self.paged(found[-1:], more=False)


class OutageAsEmptyPage(GoodConnector):
    """Calls an outage no news."""

    def look(self) -> list[Letter]:
        return [] if self.platform.down else self.platform.all()


class LeaksLibraryError(GoodConnector):
    """Lets the library's exception out."""

    def look(self) -> list[Letter]:
        return self.platform.all()


class LeaksOnceConnected(GoodConnector):
    """The same, but only on a line that was good before."""

    def look(self) -> list[Letter]:
        letters = self.platform.all() if hasattr(self, "_good") else super().look()
        self._good = True
        return letters


class CursorAheadOfPage(GoodConnector):
    """Stores the platform's end as the cursor of a page that does not reach it."""

    async def fetch(self, stream: StreamId, after: Cursor | None) -> Page[Raw]:
        found = await super().fetch(stream, after)
        return replace(found, cursor=Cursor(str(self.look()[-1].number))) if found.items else found


class CursorBehindPage(GoodConnector):
    """Gives the last message of a page again with the next."""

    async def fetch(self, stream: StreamId, after: Cursor | None) -> Page[Raw]:
        found = await super().fetch(stream, after)
        return replace(found, cursor=Cursor(str(int(found.cursor) - 1))) if found.cursor else found


class CursorOfNothing(GoodConnector):
    """Moves the cursor on an empty page."""

    async def fetch(self, stream: StreamId, after: Cursor | None) -> Page[Raw]:
        found = await super().fetch(stream, after)
        return found if found.items else replace(found, cursor=Cursor(str(int(after or 0) + 1)))


class DeletesWhileFetching(GoodConnector):
    """Takes messages off the platform as it reads them."""

    async def fetch(self, stream: StreamId, after: Cursor | None) -> Page[Raw]:
        found = await super().fetch(stream, after)
        taken = {raw.body for raw in found.items}
        self.platform.letters = [letter for letter in self.platform.letters if letter.body not in taken]
        return found


class FlagsWhileFetching(GoodConnector):
    """Marks messages as read before they are stored."""

    async def fetch(self, stream: StreamId, after: Cursor | None) -> Page[Raw]:
        found = await super().fetch(stream, after)
        if found.cursor:
            await self.confirm(stream, found.cursor)
        return found


class ReadsUnreadOnly(GoodConnector):
    """Trusts the platform's marks instead of its cursor, and sets them before the commit."""

    async def fetch(self, stream: StreamId, after: Cursor | None) -> Page[Raw]:
        found = [letter for letter in self.look() if not letter.read]
        for letter in found[: self.page]:
            letter.read = True
        return self.paged(found[: self.page], more=len(found) > self.page)


class NewKeyEachFetch(GoodConnector):
    """Numbers what it hands over by itself."""

    counter = itertools.count()

    def raw(self, letter: Letter) -> Raw:
        return replace(super().raw(letter), key=Key(f"n{next(self.counter)}"))


class SameKeyForAll(GoodConnector):
    """Names two messages alike."""

    def raw(self, letter: Letter) -> Raw:
        return replace(super().raw(letter), key=Key("k"))


class DropsHeaderless(GoodConnector):
    """Passes over what it cannot understand."""

    def look(self) -> list[Letter]:
        return [letter for letter in super().look() if letter.sender]


class NamelessLane(GoodConnector):
    """Puts a message into no lane, at a time of no zone."""

    def raw(self, letter: Letter) -> Raw:
        return replace(super().raw(letter), lane="", received_at=datetime(2026, 11, 20))  # noqa: DTZ001


class LocalTime(GoodConnector):
    """Tells the time of another zone."""

    def raw(self, letter: Letter) -> Raw:
        there = timezone(timedelta(hours=8))
        return replace(super().raw(letter), received_at=datetime(2026, 11, 20, tzinfo=there))


class ConfirmsEverything(GoodConnector):
    """Marks as ours what is not."""

    async def confirm(self, stream: StreamId, upto: Cursor) -> None:
        for letter in self.look():
            letter.read = True


class ConfirmDeletesAll(GoodConnector):
    """Empties the platform at each confirm."""

    async def confirm(self, stream: StreamId, upto: Cursor) -> None:
        self.platform.letters.clear()


class ConfirmToggles(GoodConnector):
    """Undoes a confirm with the next."""

    async def confirm(self, stream: StreamId, upto: Cursor) -> None:
        for letter in self.look():
            letter.read = not letter.read


class SnapshotAtStart(GoodConnector):
    """Lists the messages once."""

    _seen: list[Letter] | None = None

    def look(self) -> list[Letter]:
        letters = super().look()
        self._seen = letters if self._seen is None else self._seen
        return self._seen


class NewestFirst(GoodConnector):
    """Turns each page around."""

    def paged(self, letters: Sequence[Letter], *, more: bool) -> Page[Raw]:
        found = super().paged(letters, more=more)
        return replace(found, items=found.items[::-1])


class UnstableStreams(GoodConnector):
    """Renames its streams as it goes."""

    def streams(self) -> Sequence[StreamId]:
        return (StreamId(f"box-{id(self)}"),)


class WedgedByCancel(GoodConnector):
    """Trusts a line on which a call was cancelled, and mistakes its late answer."""

    _late = False

    async def fetch(self, stream: StreamId, after: Cursor | None) -> Page[Raw]:
        late, self._late = self._late, True
        await asyncio.sleep(0)
        self._late = False
        return Page((), None) if late else await super().fetch(stream, after)


class CheckMarks(GoodConnector):
    """Tries its rights out on real messages."""

    async def check(self) -> Report:
        for letter in self.platform.letters:
            letter.read = True
        return await super().check()


class CheckAlwaysWell(GoodConnector):
    """Never looks."""

    async def check(self) -> Report:
        return Report(())


@dataclass(frozen=True)
class Broken:
    """A connector with one fault, and the promises of which at least one must notice."""

    connector: type[GoodConnector]
    caught_by: tuple[str, ...]


BROKEN: tuple[Broken, ...] = (
    Broken(NewestOnly, ("burst_arrives_whole_and_in_order", "stored_page_is_not_repeated")),
    Broken(OutageAsEmptyPage, ("outage_is_an_error", "outage_in_mid_stream_is_an_error")),
    Broken(LeaksLibraryError, ("outage_is_an_error",)),
    Broken(LeaksOnceConnected, ("outage_in_mid_stream_is_an_error",)),
    Broken(CursorAheadOfPage, ("burst_arrives_whole_and_in_order", "stored_page_is_not_repeated")),
    Broken(CursorBehindPage, ("stored_page_is_not_repeated",)),
    Broken(CursorOfNothing, ("empty_page_moves_nothing",)),
    Broken(DeletesWhileFetching, ("dropped_page_comes_back", "fetching_changes_nothing")),
    Broken(FlagsWhileFetching, ("fetching_changes_nothing", "confirm_reaches_only_its_cursor")),
    Broken(ReadsUnreadOnly, ("dropped_page_comes_back", "never_confirmed_is_still_there")),
    Broken(NewKeyEachFetch, ("dropped_page_comes_back",)),
    Broken(SameKeyForAll, ("burst_arrives_whole_and_in_order",)),
    Broken(DropsHeaderless, ("odd_message_is_not_dropped",)),
    Broken(NamelessLane, ("raws_are_complete_facts",)),
    Broken(LocalTime, ("raws_are_complete_facts",)),
    Broken(ConfirmsEverything, ("confirm_reaches_only_its_cursor",)),
    Broken(ConfirmDeletesAll, ("unconfirmed_but_stored_goes_on", "never_confirmed_is_still_there")),
    Broken(ConfirmToggles, ("confirm_may_be_repeated",)),
    Broken(SnapshotAtStart, ("mail_between_pages_is_seen", "empty_page_moves_nothing")),
    Broken(NewestFirst, ("burst_arrives_whole_and_in_order",)),
    Broken(UnstableStreams, ("streams_are_stable",)),
    Broken(WedgedByCancel, ("cancelled_fetch_harms_nothing",)),
    Broken(CheckMarks, ("fetching_changes_nothing",)),
    Broken(CheckAlwaysWell, ("check_tells_of_an_outage",)),
)


class MemoryHarness:
    """A harness over the platform in memory."""

    page = GoodConnector.page

    def __init__(self, kind: Callable[[Platform], GoodConnector] = GoodConnector) -> None:
        self._kind = kind
        self._platform = Platform()

    @asynccontextmanager
    async def connector(self) -> AsyncIterator[Connector]:
        yield self._kind(self._platform)

    async def deliver(self, count: int) -> list[bytes]:
        return [self._platform.put("user@elsewhere.test") for _ in range(count)]

    async def deliver_odd(self) -> bytes:
        return self._platform.put(None)

    @asynccontextmanager
    async def outage(self) -> AsyncIterator[None]:
        self._platform.down = True
        try:
            yield
        finally:
            self._platform.down = False

    async def state(self) -> object:
        return [(letter.number, letter.read) for letter in self._platform.letters]
