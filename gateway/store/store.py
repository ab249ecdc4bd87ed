"""The store as the engine sees it: each method is one transaction, run to its end in a thread of its own."""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractContextManager, asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Connection

from gateway.case import Case, CaseFile, CaseState, Evidence
from gateway.dialogue import Token
from gateway.files import KeptFile, OpenedFile
from gateway.journal import Decision, Fate, Put, StoredEffect, StoredRaw
from gateway.nodes import NotOwnerError
from gateway.past import Past, Query
from gateway.ports import Clock, Cursor, DeskEntry, Key, Raw, ReplyFile, StreamId, TicketRef, TicketWrite
from gateway.queues import Act
from gateway.store import (
    arrivals,
    blocks,
    casebook,
    counts,
    desk,
    dialogues,
    files,
    identities,
    incidents,
    invites,
    journal,
    marks,
    opened,
    outbox,
    probe,
    ratings,
    reports,
    retention,
)
from gateway.store.blobs import Bucket, make_blobs
from gateway.store.bodies import Bodies, Sealed, SqlOriginals
from gateway.store.database import Database
from gateway.store.holders import Holder, Mark
from gateway.store.keeping import SqlSpending, SqlVault
from gateway.store.ledger import Pace
from gateway.store.nodes import SqlNodes
from gateway.store.operators import SqlBackfills, SqlBudgets, SqlQueues, SqlSweeps, put_sealed
from gateway.store.places import database_at
from gateway.store.ratings import SqlRatings
from gateway.store.reports import SqlReports
from gateway.store.seal import Sealer
from gateway.store.seals import SqlSeals
from gateway.store.threads import Claims, Threads, Work
from gateway.views import Backlog, CaseView, OpeningView, StreamView, Tally

T = TypeVar("T")


class SqlDesk:
    """The tickets that the gateway itself keeps."""

    def __init__(self, threads: Threads, clock: Clock) -> None:
        self._threads = threads
        self._clock = clock

    async def write(self, writes: Sequence[TicketWrite]) -> Sequence[TicketRef]:
        """See `gateway.ports.Desk`."""
        now = self._clock.now()
        return await self._threads.write(lambda connection: desk.write(connection, writes, now))

    async def find(self, key: Key) -> TicketRef | None:
        """See `gateway.ports.Desk`."""
        return await self._threads.read(lambda connection: desk.find(connection, key))

    async def entries(self, after: int, limit: int) -> Sequence[DeskEntry]:
        """See `gateway.ports.Desk`."""
        return await self._threads.read(lambda connection: desk.entries(connection, after, limit))


class SqlStore:
    """The one store; its promises stand in `gateway.journal.Store`."""

    def __init__(self, database: Database, threads: Threads, kept: Bodies, clock: Clock) -> None:
        self._database = database
        self._threads = threads
        self._kept = kept
        self._clock = clock
        self._desk = SqlDesk(threads, clock)
        self._queues = SqlQueues(threads, kept)
        self._sweeps = SqlSweeps(threads, kept)
        self._backfills = SqlBackfills(threads, kept)
        self._budgets = SqlBudgets(threads)
        self._reports = SqlReports(threads, clock.now)
        self._ratings = SqlRatings(threads)
        self.spending = SqlSpending(threads)
        """What accounts spend; see `gateway.keeping.Spending`."""
        self.vault = SqlVault(threads, kept.sealer)
        """The vaults of all channels; see `gateway.keeping.Secrets`."""
        self._nodes = SqlNodes(database, threads, clock, _recover)
        self._raw_claims = Claims(threads, journal.give_back)
        self._effect_claims = Claims(threads, outbox.give_back)
        self._pace = Pace()

    @property
    def desk(self) -> SqlDesk:
        """The tickets that the gateway itself keeps."""
        return self._desk

    @property
    def is_shared(self) -> bool:
        """Whether several engines may run on this store, each a node; else there is but the one."""
        return self._database.has_news

    def hold_engine(self) -> AbstractContextManager[None]:
        """Be an engine here while the context lasts; `ConfigError` names another where there can be but one."""
        return self._database.hold_engine()

    async def cursor(self, source: str, stream: StreamId) -> Cursor | None:
        """See `Store`."""
        return await self._threads.read(lambda connection: journal.cursor(connection, source, stream))

    async def put_page(self, source: str, stream: StreamId, raws: Sequence[Raw], cursor: Cursor | None) -> Put:
        """See `Store`."""
        now = self._clock.now()

        def put(connection: Connection, page: Sequence[Sealed]) -> Put:
            if cursor is not None:
                self._nodes.check_owner(connection, source)
            return journal.put_page(connection, source, stream, page, cursor, now)

        done = await put_sealed(self._threads, lambda: [self._kept.seal(source, raw) for raw in raws], put)
        if done.stored:
            self._nodes.tell()
        return done

    async def claim_raws(self, limit: int, max_bytes: int, now: datetime) -> Sequence[StoredRaw]:
        """See `Store`."""
        await self._bring(lambda connection: journal.ahead(connection, limit, max_bytes, now))
        return await self._raw_claims.take(
            lambda number: self._held(
                lambda connection, holder: journal.claim(
                    connection, self._kept, limit, max_bytes, now, Mark(holder, number)
                )
            )
        )

    async def look_up(self, queries: Sequence[Query]) -> Sequence[Past]:
        """See `Store`."""
        return await self._threads.read(lambda connection: casebook.look_up(connection, queries, self._pace))

    async def commit(self, decisions: Sequence[Decision]) -> None:
        """See `Store`."""
        now = self._clock.now()
        await self._threads.write(self._held(lambda connection, holder: _commit(connection, decisions, now, holder)))

    async def release_raws(self, fates: Sequence[Fate]) -> None:
        """See `Store`."""
        await self._threads.write(self._held(lambda connection, holder: journal.release(connection, fates, holder)))

    async def claim_effects(self, target: str, limit: int, now: datetime) -> Sequence[StoredEffect]:
        """See `Store`."""
        return await self._effect_claims.take(
            lambda number: self._held(
                lambda connection, holder: outbox.claim(connection, target, limit, now, Mark(holder, number))
            )
        )

    async def release_effects(self, fates: Sequence[Fate]) -> None:
        """See `Store`."""
        await self._threads.write(self._held(lambda connection, holder: outbox.release(connection, fates, holder)))

    async def next_due(self, target: str | None, now: datetime) -> datetime | None:
        """See `Store`."""
        if target is None:
            return await self._threads.read(lambda connection: journal.next_due(connection, now))
        return await self._threads.read(lambda connection: outbox.next_due(connection, target, now))

    async def recover(self, *, counted: bool = True) -> None:
        """See `Store`."""
        await self._threads.write(lambda connection: self._recover(connection, counted))

    async def list_cases(self, state: CaseState | None, limit: int) -> Sequence[Case]:
        """See `Store`."""
        return await self._threads.read(lambda connection: casebook.list_cases(connection, state, limit))

    async def overdue(self, now: datetime) -> int:
        """See `Store`."""
        return await self._threads.read(lambda connection: casebook.overdue(connection, now))

    async def due_cases(self, limit: int) -> Sequence[Case]:
        """See `Store`."""
        return await self._threads.read(lambda connection: casebook.due_cases(connection, limit))

    async def case_view(self, case_id: str) -> CaseView | None:
        """See `Store`."""
        return await self._threads.read(lambda connection: _view(connection, case_id))

    async def agent_act(
        self, case_id: str, kind: str, text: str, author: str, now: datetime, files: Sequence[ReplyFile] = ()
    ) -> int | None:
        """See `Store`."""
        return await self._threads.write(
            lambda connection: desk.act(connection, case_id, kind, text, author, now, files)
        )

    async def add_token(self, token: Token, act: Act) -> None:
        """See `Store`."""
        await self._threads.write(lambda connection: invites.add(connection, token, act))

    async def open_raw(self, source: str, key: Key, opened_by: str, reason: str, now: datetime) -> Raw | None:
        """See `Store`."""
        await self._bring(lambda connection: journal.blob_of(connection, source, key))
        return await self._threads.write(
            lambda connection: journal.open_raw(connection, self._kept, source, key, opened_by, reason, now)
        )

    async def get_raw(self, source: str, key: Key) -> Raw | None:
        """See `Store`."""
        await self._bring(lambda connection: journal.blob_of(connection, source, key))
        return await self._threads.read(lambda connection: journal.get_raw(connection, self._kept, source, key))

    async def streams(self) -> Sequence[StreamView]:
        """See `Store`."""
        return await self._threads.read(counts.stream_views)

    async def tally(self) -> Tally:
        """See `Store`."""
        return await self._threads.read(lambda connection: counts.tally(connection, self._clock.now()))

    async def backlog(self) -> Sequence[Backlog]:
        """See `Store`."""
        return await self._threads.read(lambda connection: counts.backlog(connection, self._clock.now()))

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
    def reports(self) -> SqlReports:
        """See `Store`."""
        return self._reports

    @property
    def ratings(self) -> SqlRatings:
        """See `Store`."""
        return self._ratings

    @property
    def identities(self) -> identities.SqlIdentities:
        """See `Store`."""
        return identities.SqlIdentities(self._threads)

    @property
    def incidents(self) -> incidents.SqlIncidents:
        """See `Store`."""
        return incidents.SqlIncidents(self._threads)

    @property
    def blocks(self) -> blocks.SqlBlocks:
        """See `Store`."""
        return blocks.SqlBlocks(self._threads)

    @property
    def budgets(self) -> SqlBudgets:
        """See `Store`."""
        return self._budgets

    @property
    def backfills(self) -> SqlBackfills:
        """See `Store`."""
        return self._backfills

    async def openings(self, since: datetime | None, limit: int) -> Sequence[OpeningView]:
        """See `Store`."""
        return await self._threads.read(lambda connection: opened.since(connection, since, limit))

    async def keep_file(self, message_id: str, attachment_id: str, chunks: AsyncIterable[bytes], most: int) -> KeptFile:
        """See `FileStore`."""
        intake = files.Intake(chunks, most)
        blob = await self._kept.put(intake.pass_on())
        now = self._clock.now()

        def keep(connection: Connection) -> None:
            files.keep(connection, message_id, attachment_id, blob, now)

        try:
            await self._threads.write(keep)
        except retention.GoneBlobError:
            await self._threads.write(lambda connection: retention.forget(connection, [blob.digest]))
            # Written anew just now it is there; else only the platform has it yet.
            if not await self._threads.apart(lambda: self._kept.blobs.has(blob.digest)):
                raise
            await self._threads.write(keep)
        return KeptFile(blob.digest, blob.size, intake.head)

    @property
    def originals(self) -> SqlOriginals:
        """See `Store`."""
        return SqlOriginals(self._kept)

    @property
    def files(self) -> files.SqlFiles:
        """See `FileStore`."""
        return files.SqlFiles(self._kept)

    async def open_attachment(
        self, message_id: str, attachment_id: str, opened_by: str, reason: str, now: datetime
    ) -> OpenedFile | None:
        """See `FileStore`."""
        found = await self._threads.read(lambda connection: files.find(connection, message_id, attachment_id))
        if found is None:
            return None
        await self._threads.apart(lambda: self._kept.prove(found.blob))
        row = await self._threads.write(
            lambda connection: files.open_row(connection, message_id, attachment_id, opened_by, reason, now)
        )
        return None if row is None else OpenedFile(row.blob, row.size, self._kept.stream(row.blob))

    async def _bring(self, find: Work[list[str]]) -> None:
        """Fetch blobs from far away before a transaction opens them, so that none waits for the network."""
        if self._kept.far:
            blobs = await self._threads.read(find)
            await self._threads.apart(lambda: self._kept.bring(blobs))

    @property
    def seals(self) -> SqlSeals:
        """The seals of what is kept in rows."""
        return SqlSeals(self._threads, self._kept)

    @property
    def nodes(self) -> SqlNodes:
        """The nodes that share this store; see `gateway.nodes.Nodes`."""
        return self._nodes

    def _held(self, work: Callable[[Connection, Holder], T]) -> Work[T]:
        """Return a write of whoever this node is now; it fails when the node has joined anew before it begins."""
        holder = self._nodes.holder

        def run(connection: Connection) -> T:
            if self._nodes.holder != holder:
                raise NotOwnerError("this node has joined anew meanwhile; nothing was written")
            return work(connection, holder)

        return run

    def _recover(self, connection: Connection, counted: bool) -> None:
        self._nodes.retire(connection)
        _recover(connection, counted)


@asynccontextmanager
async def open_store(place: str | Path, blobs: Path | Bucket, sealer: Sealer, clock: Clock) -> AsyncIterator[SqlStore]:
    """Open the store on a path, an `sqlite:///` URL or a `postgresql://` URL, migrated to this release.

    Raises `ConfigError` when the database is not ours, or a newer release's, or when the keys are not its own.
    """
    database = database_at(place)
    with make_blobs(blobs, sealer) as kept:
        threads = Threads(database)
        try:
            await threads.open()
            await probe.prove(threads, sealer)
            store = SqlStore(database, threads, Bodies(sealer, kept), clock)
            try:
                yield store
            finally:
                await store.nodes.leave()
        finally:
            await threads.close()


def _recover(connection: Connection, counted: bool) -> None:
    journal.recover(connection, counted=counted)
    outbox.recover(connection)


def _commit(connection: Connection, decisions: Sequence[Decision], now: datetime, holder: Holder) -> None:
    journal.settle(connection, [(decision.seq, decision.note) for decision in decisions], holder)
    casebook.save_cases(connection, [case for decision in decisions for case in decision.cases])
    casebook.add_entries(connection, [entry for decision in decisions for entry in decision.entries])
    casebook.add_refs(connection, [pair for decision in decisions for pair in decision.refs])
    dialogues.save(connection, [each for decision in decisions for each in decision.dialogues], now)
    dialogues.learn(connection, [each for decision in decisions for each in decision.learned], now)
    dialogues.move(connection, [pair for decision in decisions for pair in decision.moved])
    dialogues.save_tokens(connection, [token for decision in decisions for token in decision.tokens])
    identities.save(connection, [each for decision in decisions for each in decision.identities])
    identities.save_codes(connection, [each for decision in decisions for each in decision.codes], now)
    outbox.move_tickets(connection, [each for decision in decisions for each in decision.tickets])
    outbox.add(connection, [effect for decision in decisions for effect in decision.effects], now)
    outbox.hold(connection, [hold for decision in decisions for hold in decision.holds])
    reports.count(connection, [each for decision in decisions for each in decision.accused], now)
    incidents.mark(connection, [each for decision in decisions for each in decision.incidents], now)
    ratings.save(connection, [each for decision in decisions for each in decision.ratings])
    arrivals.count(connection, (scope for decision in decisions for scope in decision.arrived), now)


def _view(connection: Connection, case_id: str) -> CaseView | None:
    found = casebook.by_id(connection, [case_id]).get(case_id)
    if found is None:
        return None
    tickets = tuple(Evidence(name=target, value=ref) for target, ref in outbox.ticket_refs(connection, case_id))
    file = CaseFile(case=found, entries=casebook.file_of(connection, case_id), tickets=tickets)
    return CaseView(
        file,
        effects=outbox.views(connection, case_id),
        desk=desk.lines(connection, case_id),
        invites=invites.views(connection, case_id),
    )
