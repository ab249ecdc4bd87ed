"""The files of agents' answers: kept before the page of the feed, or the push, that names them is stored.

So an answer never waits for a file of its own, and order stays what the feed says. A file that is never to be had is
named as lost; one that is not to be had now holds the feed back, which fetches the same page again, for a while.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from pydantic import TypeAdapter, ValidationError

from gateway.case import Frozen
from gateway.errors import GatewayError, MalformedError, RejectedError
from gateway.fetching import type_of
from gateway.files import of_desk
from gateway.intake import Fetch
from gateway.journal import Store
from gateway.past import Query
from gateway.ports import (
    Clock,
    Cursor,
    DeskFile,
    Downloader,
    Event,
    Feed,
    FileRef,
    NormalizerPlugin,
    Page,
    Raw,
    ReplyFile,
    StreamId,
    TicketEvent,
)

FILES_NOTE = "files"
"""The note of a raw that tells what became of its files."""
UNKNOWN_TYPE = "application/octet-stream"
GIVES_UP_AFTER = timedelta(minutes=15)
"""A file that could not be had for so long goes for lost."""


class _Kept(Frozen):
    """What became of one file of an answer; `file` None: it is lost."""

    ref: str
    name: str
    file: ReplyFile | None = None


_KEPT: TypeAdapter[tuple[_Kept, ...]] = TypeAdapter(tuple[_Kept, ...])


class AnswerFiles:
    """Keeps the files of one ticket system's answers. `most_bytes` is the largest that is kept."""

    def __init__(
        self,
        store: Store,
        source: str,
        downloader: Downloader | None,
        normalizer: NormalizerPlugin | None,
        most_bytes: int,
        clock: Clock,
    ) -> None:
        self._store = store
        self._source = source
        self._downloader = downloader
        self._normalizer = normalizer
        self._most_bytes = most_bytes
        self._clock = clock
        self._failing: dict[str, datetime] = {}
        """Since when a file could not be had."""

    async def kept(self, raws: Sequence[Raw]) -> tuple[Raw, ...]:
        """Keep the files that these raws name, and return the raws with a note of them. Raises `TransientError`."""
        if self._downloader is None or self._normalizer is None:
            return tuple(raws)
        return tuple([await self._with_files(raw) for raw in raws])

    def fetching(self, feed: Feed) -> Fetch:
        """Return how a feed is fetched: as a source with one stream, whose pages come with their files."""

        async def fetch(stream: StreamId, after: Cursor | None) -> Page[Raw]:
            page = await feed.fetch(after)
            return replace(page, items=await self.kept(page.items)) if page.items else page

        return fetch

    async def _with_files(self, raw: Raw) -> Raw:
        kept = [each for event in self._answers(raw) for each in await self._keep_all(event)]
        if not kept:
            return raw
        return replace(raw, notes={**raw.notes, FILES_NOTE: _KEPT.dump_json(tuple(kept)).decode()})

    def _answers(self, raw: Raw) -> Sequence[TicketEvent]:
        """Return the answers with files; what cannot be read is buried where everything else that cannot be is."""
        if self._normalizer is None:
            return ()
        try:
            events = self._normalizer.normalize(raw)
        except MalformedError:
            return ()
        return [each for each in events if isinstance(each, TicketEvent) and each.attached and each.kind == "replied"]

    async def _keep_all(self, event: TicketEvent) -> Sequence[_Kept]:
        case_id = event.case_id or await self._case_of(event)
        return [await self._keep(case_id, event, each) for each in event.attached] if case_id else ()

    async def _case_of(self, event: TicketEvent) -> str:
        (past,) = await self._store.look_up([Query(ticket=(self._source, event.ticket))])
        return past.by_ticket[0].id if past.by_ticket else ""

    async def _keep(self, case_id: str, event: TicketEvent, file: DeskFile) -> _Kept:
        if self._downloader is None:
            return _Kept(ref=file.ref, name=file.name)
        place = of_desk(case_id)
        try:
            chunks = self._downloader.open(FileRef(file.ref))
            first = await self._store.keep_file(place, f"{event.id}:{file.ref}", chunks, self._most_bytes)
        except RejectedError:
            return _Kept(ref=file.ref, name=file.name)
        except GatewayError:
            since = self._failing.setdefault(file.ref, self._clock.now())
            if self._clock.now() - since < GIVES_UP_AFTER:
                raise
            # One file that is never given out must not hold back every later answer.
            self._failing.pop(file.ref)
            return _Kept(ref=file.ref, name=file.name)
        self._failing.pop(file.ref, None)
        # Under its hash, as the files of answers are; the bytes are there already.
        again = aiter(self._store.files.open(first.sha256))
        await self._store.keep_file(place, first.sha256, again, self._most_bytes)
        kind = type_of(first.head) or file.media_type or UNKNOWN_TYPE
        kept = ReplyFile(name=file.name, media_type=kind, sha256=first.sha256, size=first.size)
        return _Kept(ref=file.ref, name=file.name, file=kept)


def with_files(plugin: NormalizerPlugin) -> NormalizerPlugin:
    """Return a feed's normalizer that gives answers the files that were kept for them."""

    def normalize(raw: Raw) -> Sequence[Event]:
        events = plugin.normalize(raw)
        kept = _noted(raw.notes)
        return [_filled(each, kept) if isinstance(each, TicketEvent) and each.attached else each for each in events]

    return replace(plugin, normalize=normalize)


def _noted(notes: Mapping[str, str]) -> tuple[_Kept, ...]:
    try:
        return _KEPT.validate_json(notes.get(FILES_NOTE, "[]"))
    except ValidationError:
        return ()


def _filled(event: TicketEvent, kept: Sequence[_Kept]) -> TicketEvent:
    by_ref = {each.ref: each for each in kept}
    found = [by_ref.get(each.ref, _Kept(ref=each.ref, name=each.name)) for each in event.attached]
    files = tuple(each.file for each in found if each.file is not None)
    return event.model_copy(update={"files": files, "lost": tuple(each.name for each in found if each.file is None)})
