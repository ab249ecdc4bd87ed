"""Backfills in SQL: streams that are read anew, each with a place of its own beside the stream's cursor."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from gateway.journal import Put
from gateway.ports import Cursor, StreamId
from gateway.queues import Act, Backfill
from gateway.store import journal, locks
from gateway.store.bodies import Sealed
from gateway.store.journal import Found
from gateway.store.tables import NOT_DONE, backfills


def ask(
    connection: Connection, source: str, streams: Sequence[StreamId], since: datetime | None, *, ack: bool, act: Act
) -> list[Backfill]:
    """Ask for each stream that is not asked for yet; return what now stands for them."""
    wanted = set(streams)
    locks.hold(connection, locks.BACKFILLS, [(source,)])
    standing = {each.stream for each in open_ones(connection, source)}
    common = {"source": source, "since": since, "ack": ack, "asked_by": act.by, "asked_at": act.at, "reason": ""}
    counts = {"attempts": 0, "taken": 0, "known": 0, "skipped": 0}
    if new := sorted(wanted - standing):
        connection.execute(insert(backfills), [{"stream": stream, **common, **counts} for stream in new])
    return [each for each in open_ones(connection, source) if each.stream in wanted]


def open_ones(connection: Connection, source: str | None) -> list[Backfill]:
    """Return those that are not done, oldest first."""
    found = select(backfills).where(NOT_DONE).order_by(backfills.c.id)
    if source is not None:
        found = found.where(backfills.c.source == source)
    return [_backfill(row) for row in connection.execute(found)]


def by_id(connection: Connection, ids: Sequence[int]) -> list[Backfill]:
    """Return those with these ids, done or not."""
    found = select(backfills).where(backfills.c.id.in_(ids)).order_by(backfills.c.id)
    return [_backfill(row) for row in connection.execute(found)]


def put(
    connection: Connection,
    number: int,
    page: Sequence[Sealed],
    cursor: Cursor | None,
    skipped: int,
    *,
    done: bool,
    now: datetime,
) -> Put:
    """Store a page and the place behind it; one that is no longer open takes nothing."""
    locked = select(backfills).where(backfills.c.id == number, NOT_DONE).with_for_update()
    row = connection.execute(locked).one_or_none()
    if row is None:
        return Put(stored=0, known=0)
    # What came since the request is news that the stream itself would have taken: it is treated as such.
    old_before = None if row.ack else row.asked_at
    stored = journal.keep_page(connection, row.source, StreamId(row.stream), page, None, now, old_before)
    changes = {
        "cursor": row.cursor if cursor is None else cursor,
        "done_at": now if done else None,
        "taken": row.taken + stored.stored,
        "known": row.known + stored.known,
        "skipped": row.skipped + skipped,
        "attempts": 0,
        "not_before": None,
        "reason": "",
    }
    connection.execute(update(backfills).where(backfills.c.id == number).values(**changes))
    return stored


def postpone(connection: Connection, number: int, reason: str, not_before: datetime) -> None:
    """Note a failure and when to try again."""
    failed = update(backfills).where(backfills.c.id == number, NOT_DONE)
    connection.execute(failed.values(reason=reason, not_before=not_before, attempts=backfills.c.attempts + 1))


def cancel(connection: Connection, source: str, act: Act) -> int:
    """End all that are not done."""
    ended = update(backfills).where(backfills.c.source == source, NOT_DONE)
    return connection.execute(ended.values(done_at=act.at, reason=f"cancelled by {act.by}")).rowcount


def _backfill(row: Found) -> Backfill:
    return Backfill(**dict(row._mapping) | {"stream": StreamId(row.stream)})
