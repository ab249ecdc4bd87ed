"""The store as the engine sees it: each method is one transaction, run to its end in a thread of its own.

Writes go one after the other through one thread, reads through another. Whoever awaits a method may be cancelled; the
transaction is not, and closing waits for it.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, asynccontextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Connection, Engine

from gateway.case import Case, CaseFile, CaseState, Evidence
from gateway.journal import (
    Backlog,
    CaseView,
    Decision,
    Fate,
    OpeningView,
    Past,
    Put,
    Query,
    StoredEffect,
    StoredRaw,
    StreamView,
    Tally,
)
from gateway.ports import Clock, Cursor, DeskEntry, Key, Raw, StreamId, TicketRef, TicketWrite
from gateway.store import casebook, counts, desk, journal, marks, opened, outbox, sqlite
from gateway.store.blobs import Bucket, make_blobs
from gateway.store.bodies import Bodies
from gateway.store.migrate import bring_up
from gateway.store.operators import SqlBackfills, SqlQueues, SqlSweeps, put_sealed
from gateway.store.seal import Sealer
from gateway.store.seals import SqlSeals

T = TypeVar("T")
Work = Callable[[Connection], T]


class Threads:
    """The two threads, and the engines whose transactions run in them."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._writing, self._reading = sqlite.make_engines(path)
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="store-writer")
        self._reader = ThreadPoolExecutor(1, thread_name_prefix="store-reader")

    async def open(self) -> None:
        """Bring the database up to this release."""
        await asyncio.wrap_future(self._writer.submit(_open, self._path, self._writing, self._reading))

    async def close(self) -> None:
        """Wait for what is under way, then let the database go."""
        await asyncio.to_thread(self._shut)

    async def prepare(self, work: Callable[[], T]) -> T:
        """Run what must be done before a transaction begins, in the thread and the order of the writes."""
        return await asyncio.wrap_future(self._writer.submit(work))

    async def read(self, work: Work[T]) -> T:
        """Run a transaction that changes nothing."""
        return await asyncio.wrap_future(self._reader.submit(_run, self._reading, work))

    async def write(self, work: Work[T]) -> T:
        """Run a transaction that may change something."""
        return await asyncio.wrap_future(self._writer.submit(_run, self._writing, work))

    async def claim(self, work: Work[T], give_back: Callable[[Connection, T], None]) -> T:
        """Run a claim; when nobody is there to receive it any more, give it back."""
        claimed = self._writer.submit(_run, self._writing, work)
        try:
            return await asyncio.wrap_future(claimed)
        except asyncio.CancelledError:
            # A store that is being closed takes no more work: then the next start recovers the claim.
            with suppress(RuntimeError):
                self._writer.submit(self._return, claimed, give_back)
            raise

    def _return(self, claimed: Future[T], give_back: Callable[[Connection, T], None]) -> None:
        with suppress(CancelledError):
            result = claimed.result()
            _run(self._writing, lambda connection: give_back(connection, result))

    def _shut(self) -> None:
        self._writer.shutdown()
        self._reader.shutdown()
        self._reading.dispose()


class SqlDesk:
    """The tickets that the gateway itself keeps."""

    def __init__(self, threads: Threads, clock: Clock) -> None:
        self._threads = threads
        self._clock = clock

    async def write(self, writes: Sequence[TicketWrite]) -> Sequence[TicketRef]:
        """See `gateway.ports.Desk`."""
        now = self._clock.now()
        return await self._threads.write(lambda connection: [desk.write(connection, item, now) for item in writes])

    async def find(self, key: Key) -> TicketRef | None:
        """See `gateway.ports.Desk`."""
        return await self._threads.read(lambda connection: desk.find(connection, key))

    async def entries(self, after: int, limit: int) -> Sequence[DeskEntry]:
        """See `gateway.ports.Desk`."""
        return await self._threads.read(lambda connection: desk.entries(connection, after, limit))


class SqlStore:
    """The one store; its promises stand in `gateway.journal.Store`."""

    def __init__(self, path: Path, threads: Threads, kept: Bodies, clock: Clock) -> None:
        self._path = path
        self._threads = threads
        self._kept = kept
        self._clock = clock
        self._desk = SqlDesk(threads, clock)
        self._queues = SqlQueues(threads, kept)
        self._sweeps = SqlSweeps(threads, kept)
        self._backfills = SqlBackfills(threads, kept)

    @property
    def desk(self) -> SqlDesk:
        """The tickets that the gateway itself keeps."""
        return self._desk

    def hold_engine(self) -> AbstractContextManager[None]:
        """Be the one engine on this database while the context lasts; `ConfigError` names another that is."""
        return sqlite.hold_engine(self._path)

    async def cursor(self, source: str, stream: StreamId) -> Cursor | None:
        """See `Store`."""
        return await self._threads.read(lambda connection: journal.cursor(connection, source, stream))

    async def put_page(self, source: str, stream: StreamId, raws: Sequence[Raw], cursor: Cursor | None) -> Put:
        """See `Store`."""
        now = self._clock.now()
        return await put_sealed(
            self._threads,
            lambda: [self._kept.seal(source, raw) for raw in raws],
            lambda connection, page: journal.put_page(connection, source, stream, page, cursor, now),
        )

    async def claim_raws(self, limit: int, max_bytes: int, now: datetime) -> Sequence[StoredRaw]:
        """See `Store`."""
        return await self._threads.claim(
            lambda connection: journal.claim(connection, self._kept, limit, max_bytes, now),
            lambda connection, claimed: journal.give_back(connection, [item.seq for item in claimed]),
        )

    async def look_up(self, queries: Sequence[Query]) -> Sequence[Past]:
        """See `Store`."""
        return await self._threads.read(lambda connection: casebook.look_up(connection, queries))

    async def commit(self, decisions: Sequence[Decision]) -> None:
        """See `Store`."""
        now = self._clock.now()
        await self._threads.write(lambda connection: _commit(connection, decisions, now))

    async def release_raws(self, fates: Sequence[Fate]) -> None:
        """See `Store`."""
        await self._threads.write(lambda connection: journal.release(connection, fates))

    async def claim_effects(self, target: str, limit: int, now: datetime) -> Sequence[StoredEffect]:
        """See `Store`."""
        return await self._threads.claim(
            lambda connection: outbox.claim(connection, target, limit, now),
            lambda connection, claimed: outbox.give_back(connection, [item.id for item in claimed]),
        )

    async def release_effects(self, fates: Sequence[Fate]) -> None:
        """See `Store`."""
        await self._threads.write(lambda connection: outbox.release(connection, fates))

    async def next_due(self, target: str | None, now: datetime) -> datetime | None:
        """See `Store`."""
        if target is None:
            return await self._threads.read(lambda connection: journal.next_due(connection, now))
        return await self._threads.read(lambda connection: outbox.next_due(connection, target, now))

    async def recover(self) -> None:
        """See `Store`."""
        await self._threads.write(_recover)

    async def list_cases(self, state: CaseState | None, limit: int) -> Sequence[Case]:
        """See `Store`."""
        return await self._threads.read(lambda connection: casebook.list_cases(connection, state, limit))

    async def case_view(self, case_id: str) -> CaseView | None:
        """See `Store`."""
        return await self._threads.read(lambda connection: _view(connection, case_id))

    async def agent_act(self, case_id: str, kind: str, text: str, author: str, now: datetime) -> int | None:
        """See `Store`."""
        return await self._threads.write(lambda connection: desk.act(connection, case_id, kind, text, author, now))

    async def open_raw(self, source: str, key: Key, opened_by: str, reason: str, now: datetime) -> Raw | None:
        """See `Store`."""
        return await self._threads.write(
            lambda connection: journal.open_raw(connection, self._kept, source, key, opened_by, reason, now)
        )

    async def streams(self) -> Sequence[StreamView]:
        """See `Store`."""
        return await self._threads.read(counts.stream_views)

    async def tally(self) -> Tally:
        """See `Store`."""
        return await self._threads.read(counts.tally)

    async def backlog(self) -> Sequence[Backlog]:
        """See `Store`."""
        return await self._threads.read(counts.backlog)

    async def marks(self, prefix: str) -> Mapping[str, str]:
        """See `Store`."""
        return await self._threads.read(lambda connection: marks.read(connection, prefix))

    async def set_marks(self, changes: Mapping[str, str | None]) -> None:
        """See `Store`."""
        await self._threads.write(lambda connection: marks.write(connection, changes))

    async def watch(self, source: str, stream: StreamId, new_from: datetime) -> None:
        """See `Store`."""
        await self._threads.write(lambda connection: journal.watch(connection, source, stream, new_from))

    @property
    def queues(self) -> SqlQueues:
        """See `Store`."""
        return self._queues

    @property
    def sweeps(self) -> SqlSweeps:
        """See `Store`."""
        return self._sweeps

    @property
    def backfills(self) -> SqlBackfills:
        """See `Store`."""
        return self._backfills

    async def openings(self, since: datetime | None, limit: int) -> Sequence[OpeningView]:
        """See `Store`."""
        return await self._threads.read(lambda connection: opened.since(connection, since, limit))

    @property
    def seals(self) -> SqlSeals:
        """The seals of what is kept in rows."""
        return SqlSeals(self._threads, self._kept)


@asynccontextmanager
async def open_store(place: str | Path, blobs: Path | Bucket, sealer: Sealer, clock: Clock) -> AsyncIterator[SqlStore]:
    """Open the store on a path or an `sqlite:///` URL, migrated to this release.

    Raises `ConfigError` when the file is not ours, or a newer release's.
    """
    path = sqlite.database_path(place)
    with make_blobs(blobs, sealer) as kept:
        sqlite.create_file(path)
        threads = Threads(path)
        try:
            await threads.open()
            yield SqlStore(path, threads, Bodies(sealer, kept), clock)
        finally:
            await threads.close()


def _run(engine: Engine, work: Work[T]) -> T:
    with sqlite.translated(), engine.begin() as connection:
        return work(connection)


def _open(path: Path, writing: Engine, reading: Engine) -> None:
    with sqlite.translated():
        sqlite.use_wal(path)
        bring_up(writing, reading)


def _commit(connection: Connection, decisions: Sequence[Decision], now: datetime) -> None:
    journal.settle(connection, [(decision.seq, decision.note) for decision in decisions])
    casebook.save_cases(connection, [case for decision in decisions for case in decision.cases])
    casebook.add_entries(connection, [entry for decision in decisions for entry in decision.entries])
    casebook.add_refs(connection, [pair for decision in decisions for pair in decision.refs])
    outbox.add(connection, [effect for decision in decisions for effect in decision.effects], now)


def _recover(connection: Connection) -> None:
    journal.recover(connection)
    outbox.recover(connection)


def _view(connection: Connection, case_id: str) -> CaseView | None:
    found = casebook.by_id(connection, [case_id]).get(case_id)
    if found is None:
        return None
    tickets = tuple(Evidence(name=target, value=ref) for target, ref in outbox.ticket_refs(connection, case_id))
    file = CaseFile(case=found, entries=casebook.file_of(connection, case_id), tickets=tickets)
    return CaseView(file, effects=outbox.views(connection, case_id), desk=desk.lines(connection, case_id))
