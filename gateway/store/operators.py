"""The operators' side of the store, and its buckets, asynchronous: each method is one transaction in its threads."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from itertools import islice
from typing import TypeVar

from sqlalchemy import Connection

from gateway.journal import Put
from gateway.limits import Bucket
from gateway.ports import Cursor, Raw, StreamId
from gateway.queues import (
    Act,
    ActLine,
    Backfill,
    Change,
    EffectItem,
    Item,
    Queue,
    RawItem,
    Replay,
    ReplyEdit,
    Retention,
    Swept,
    Wanted,
)
from gateway.store import backfills, budgets, edits, journal, queue, retention
from gateway.store.bodies import Bodies, Sealed
from gateway.store.journal import Found
from gateway.store.seal import DamagedError
from gateway.store.threads import Threads

T = TypeVar("T")
R = TypeVar("R")


async def put_sealed(threads: Threads, seal: Callable[[], T], put: Callable[[Connection, T], R]) -> R:
    """Seal bodies and store them; once more when a blob of it was removed as unused in between."""
    page = await threads.apart(seal)
    try:
        return await threads.write(lambda connection: put(connection, page))
    except retention.GoneBlobError as error:
        gone = error.blobs
    await threads.write(lambda connection: retention.forget(connection, gone))
    page = await threads.apart(seal)
    return await threads.write(lambda connection: put(connection, page))


class SqlQueues:
    """Both queues; see `gateway.queues.Queues`."""

    def __init__(self, threads: Threads, kept: Bodies) -> None:
        self._threads = threads
        self._kept = kept

    async def raws(self, wanted: Wanted) -> Sequence[RawItem]:
        """See `Queues`."""
        return await self._threads.read(lambda connection: queue.raw_items(connection, wanted))

    async def effects(self, wanted: Wanted) -> Sequence[EffectItem]:
        """See `Queues`."""
        return await self._threads.read(lambda connection: queue.effect_items(connection, wanted))

    async def acts(self, item: Item) -> Sequence[ActLine]:
        """See `Queues`."""
        return await self._threads.read(lambda connection: queue.act_lines(connection, item))

    async def open_raw(self, number: int, act: Act, *, original: bool = False) -> Raw | None:
        """See `Queues`."""
        if self._kept.far:
            blobs = await self._threads.read(lambda connection: queue.blobs_of(connection, number))
            await self._threads.apart(lambda: self._kept.bring(blobs))
        return await self._threads.write(
            lambda connection: queue.open_raw(connection, self._kept, number, act, original=original)
        )

    async def open_effect(self, number: int, act: Act) -> EffectItem | None:
        """See `Queues`."""
        return await self._threads.write(lambda connection: queue.open_effect(connection, number, act))

    async def replay(self, items: Sequence[Item], act: Act, how: Replay) -> Sequence[Change]:
        """See `Queues`."""
        return await self._threads.write(lambda connection: queue.replay(connection, items, act, how))

    async def bury(self, items: Sequence[Item], act: Act) -> Sequence[Change]:
        """See `Queues`."""
        return await self._threads.write(lambda connection: queue.bury(connection, items, act))

    async def edit_reply(self, number: int, edit: ReplyEdit, act: Act) -> Change:
        """See `Queues`."""
        return await self._threads.write(lambda connection: edits.edit_reply(connection, number, edit, act))

    async def edit_body(self, number: int, body: bytes, act: Act) -> Change:
        """See `Queues`."""
        row = await self._threads.read(lambda connection: journal.with_body(connection, number))
        if row is None:
            return Change(Item(Queue.RAW, number), made=False, note="there is none of this number")

        def prepare() -> tuple[Sealed, str | None]:
            return self._seal(row, body), self._keep_former(row)

        return await put_sealed(
            self._threads, prepare, lambda connection, ready: edits.edit_body(connection, row, *ready, act)
        )

    def _seal(self, row: Found, body: bytes) -> Sealed:
        raw = journal.as_raw(row, body)
        return self._kept.seal(row.source, raw)

    def _keep_former(self, row: Found) -> str | None:
        """Keep the body that is to be replaced as a blob; None when it is damaged, which may be why it is replaced."""
        try:
            return self._kept.keep(journal.read_raw(self._kept, row).body)
        except DamagedError:
            return None


class SqlSweeps:
    """Retention; see `gateway.queues.Sweeps`."""

    def __init__(self, threads: Threads, kept: Bodies) -> None:
        self._threads = threads
        self._kept = kept

    async def sweep(self, policy: Retention, now: datetime, place: str = "", *, dry_run: bool = False) -> Swept:
        """See `Sweeps`."""
        if place == retention.BLOBS:
            return await self._sweep_blobs(policy, now, dry_run=dry_run)
        run = self._threads.read if dry_run else self._threads.write
        return await run(lambda connection: retention.sweep(connection, policy, now, place, dry_run=dry_run))

    async def _sweep_blobs(self, policy: Retention, now: datetime, *, dry_run: bool) -> Swept:
        age = policy.blobs
        if age is None:
            return Swept()
        unnamed = await self._doom(now, dry_run=dry_run)
        if dry_run:
            return Swept(blobs=unnamed)
        removed = 0
        while going := await self._threads.write(lambda connection: retention.condemn(connection, age, now)):
            await asyncio.to_thread(self._delete, going)
            await self._threads.write(partial(retention.bury_blobs, blobs=going, now=now))
            removed += len(going)
        return Swept(blobs=removed)

    async def _doom(self, now: datetime, *, dry_run: bool) -> int:
        """Doom the blobs that no row names; a dry run only counts them."""
        unnamed = 0
        names = self._kept.blobs.list()
        while some := await asyncio.to_thread(lambda: list(islice(names, retention.WINDOW))):
            known = await self._threads.read(partial(retention.named, blobs=some))
            if loose := [blob for blob in some if blob not in known]:
                unnamed += len(loose)
                if not dry_run:
                    await self._threads.write(partial(retention.doom, blobs=loose, now=now))
        return unnamed

    def _delete(self, blobs: Sequence[str]) -> None:
        for blob in blobs:
            self._kept.blobs.delete(blob)


class SqlBackfills:
    """Requests to read streams anew; see `gateway.queues.Backfills`."""

    def __init__(self, threads: Threads, kept: Bodies) -> None:
        self._threads = threads
        self._kept = kept

    async def ask(
        self, source: str, streams: Sequence[StreamId], since: datetime | None, *, ack: bool, act: Act
    ) -> Sequence[Backfill]:
        """See `Backfills`."""
        return await self._threads.write(
            lambda connection: backfills.ask(connection, source, streams, since, ack=ack, act=act)
        )

    async def list(self, source: str | None = None, *, ids: Sequence[int] = ()) -> Sequence[Backfill]:
        """See `Backfills`."""
        if ids:
            return await self._threads.read(lambda connection: backfills.by_id(connection, ids))
        return await self._threads.read(lambda connection: backfills.open_ones(connection, source))

    async def put(
        self, backfill: int, raws: Sequence[Raw], cursor: Cursor | None, skipped: int, *, done: bool, now: datetime
    ) -> Put:
        """See `Backfills`."""
        return await put_sealed(
            self._threads,
            lambda: [self._kept.seal(raw.source, raw) for raw in raws],
            lambda connection, page: backfills.put(connection, backfill, page, cursor, skipped, done=done, now=now),
        )

    async def postpone(self, backfill: int, reason: str, not_before: datetime) -> None:
        """See `Backfills`."""
        await self._threads.write(lambda connection: backfills.postpone(connection, backfill, reason, not_before))

    async def cancel(self, source: str, act: Act) -> int:
        """See `Backfills`."""
        return await self._threads.write(lambda connection: backfills.cancel(connection, source, act))


class SqlBudgets:
    """The buckets of limits; see `gateway.limits.Budgets`."""

    def __init__(self, threads: Threads) -> None:
        self._threads = threads

    async def reserve(self, buckets: Sequence[Bucket], now: datetime) -> Sequence[datetime | None]:
        """See `Budgets`."""
        return await self._threads.write(lambda connection: budgets.reserve(connection, buckets, now))
