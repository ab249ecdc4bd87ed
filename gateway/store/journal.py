"""The journal in SQL: pages with their cursors, the heads of lanes, and what becomes of a raw.

A raw is the head of its lane while it is the oldest there that is neither settled nor buried. The flag is kept up in
the transactions that change it, so that a claim reads only what is ready, however deep a lane or long the history is.
Whoever moves it holds the lane: of two transactions that saw different raws, neither might mark the next head.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, TypeAlias

from sqlalchemy import Connection, Row, bindparam, func, insert, not_, select, text, update

from gateway.errors import TransientError
from gateway.journal import Fate, Put, State, StoredRaw
from gateway.ports import Cursor, Key, Raw, StreamId
from gateway.queues import OLD
from gateway.store import locks, retention
from gateway.store.absorb import InsertUnknown
from gateway.store.bodies import Bodies, Sealed
from gateway.store.documents import NOTES
from gateway.store.holders import MARKED, Held, Holder, Mark, left_behind
from gateway.store.seal import DamagedError
from gateway.store.tables import RAW_OPEN, RAW_READY, RAW_UNSETTLED, bodies, openings, raws, streams

Found: TypeAlias = "Row[*tuple[Any, ...]]"
_CLAIMED = text("state = 'claimed'")
_other = raws.alias("other")
_ADVANCE = (
    update(raws)
    .where(
        raws.c.seq
        == select(func.min(_other.c.seq))
        .where(_other.c.source == bindparam("of_source"), _other.c.lane == bindparam("of_lane"), RAW_OPEN)
        .scalar_subquery(),
        not_(raws.c.head),
    )
    .values(head=True)
)
# The statements of every batch are put together once: that costs more than to carry them out.
_LATER = text("state = 'postponed'")
_IN_STREAM = (streams.c.source == bindparam("of_source"), streams.c.stream == bindparam("of_stream"))
_CURSOR = select(streams.c.cursor).where(*_IN_STREAM)
_NEW_FROM = select(streams.c.new_from).where(*_IN_STREAM)
_HOLD_STREAM = _CURSOR.with_for_update()
_MOVE = (
    update(streams)
    .where(*_IN_STREAM)
    .values(cursor=bindparam("to_cursor"), moved_at=bindparam("at"), taken=streams.c.taken + bindparam("more"))
)
# What another node wakes or claims at this moment is left to it: passed over, not waited for.
_DUE = select(raws.c.seq).where(_LATER, raws.c.not_before <= bindparam("at")).with_for_update(skip_locked=True)
_WAKE = update(raws).where(raws.c.seq.in_(_DUE)).values(state=State.NEW, not_before=None)
_CHOOSE = (
    select(raws.c.seq, raws.c.held, raws.c.interrupted)
    .where(RAW_READY)
    .order_by(raws.c.seq)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)
_SEQS = raws.c.seq.in_(bindparam("seqs", expanding=True))
_TAKE = update(raws).where(_SEQS).values(state=State.CLAIMED, attempts=raws.c.attempts + 1, **MARKED)
_MINE = Held.by(
    raws,
    select(raws.c.seq, raws.c.source, raws.c.lane).where(_SEQS, _CLAIMED).order_by(raws.c.seq).with_for_update(),
)
_FATE = (
    update(raws)
    .where(raws.c.seq == bindparam("of_seq"))
    .values({name: bindparam(f"to_{name}") for name in ("state", "head", "not_before", "reason", "traceback")})
    .values(attempts=raws.c.attempts - bindparam("given_back"))
)
_NEXT_DUE = select(func.min(raws.c.not_before)).where(_LATER, raws.c.not_before > bindparam("at"))
_FRESH: dict[str, object] = {"state": State.NEW, "head": False, "attempts": 0, "reason": "", "traceback": ""}
WITH_BODY = select(raws, bodies.c.sealed).outerjoin(bodies, bodies.c.seq == raws.c.seq)
_CLAIMED_BODIES = WITH_BODY.where(_SEQS).order_by(raws.c.seq)
_NEW_BODIES = insert(bodies)
_NEW_RAWS = InsertUnknown(raws, raws.c.seq, raws.c.key, raws.c.lane)


class RemovedError(DamagedError):
    """The bytes of a raw are gone because they were kept long enough."""

    action = "ask the platform for it, while it keeps it"


def cursor(connection: Connection, source: str, stream: StreamId) -> Cursor | None:
    """Return the stored cursor of a stream."""
    found: Cursor | None = connection.scalar(_CURSOR, _in_stream(source, stream))
    return found


def watch(connection: Connection, source: str, stream: StreamId, new_from: datetime) -> None:
    """Remember from when on a stream's raws are new; a stream that is known stays as it is."""
    if _hold_stream(connection, source, stream) is None:
        row = {"source": source, "stream": stream, "cursor": None, "moved_at": None, "taken": 0, "new_from": new_from}
        connection.execute(insert(streams), row)


def put_page(
    connection: Connection, source: str, stream: StreamId, page: Sequence[Sealed], cursor: Cursor | None, now: datetime
) -> Put:
    """Store what is new of a page, and its cursor; what was there before the stream was watched is noted as old."""
    old_before = connection.scalar(_NEW_FROM, _in_stream(source, stream))
    return keep_page(connection, source, stream, page, cursor, now, old_before)


def keep_page(
    connection: Connection,
    source: str,
    stream: StreamId,
    page: Sequence[Sealed],
    cursor: Cursor | None,
    now: datetime,
    old_before: datetime | None,
) -> Put:
    """Store what is new of a page, and its cursor; what was received before that time is noted as old."""
    # Before anything is read: what another page adds to these lanes is seen, and numbered before ours.
    locks.hold(connection, locks.RAW_LANE, {(source, item.raw.lane) for item in page})
    names: dict[tuple[str, str], Sealed] = {}
    for item in page:
        names.setdefault(_name(item.raw), item)
    new = _insert(connection, source, stream, [_aged(item, old_before) for item in names.values()], now)
    if new:
        retention.spare(connection, {item.blob for item in new if item.blob is not None})
        advance(connection, {(source, item.raw.lane) for item in new})
    _move(connection, source, stream, len(new), cursor, now)
    return Put(stored=len(new), known=len(page) - len(new))


def claim(
    connection: Connection, kept: Bodies, limit: int, max_bytes: int, now: datetime, mark: Mark
) -> list[StoredRaw]:
    """Claim the heads of lanes that are due, oldest first; a head whose body is damaged is buried, and named."""
    _wake(connection, now)
    while chosen := _choose(connection, limit, max_bytes):
        connection.execute(_TAKE, {"seqs": chosen, **mark.values})
        if opened := _open_all(connection, kept, chosen, mark.holder):
            return opened
    return []


def ahead(connection: Connection, limit: int, max_bytes: int, now: datetime) -> list[str]:
    """Return the blobs that the next claim will open, as far as can be told before it."""
    columns = select(raws.c.seq, raws.c.held, raws.c.blob).order_by(raws.c.seq).limit(limit)
    later = columns.where(_LATER, raws.c.not_before <= now)
    found = [*connection.execute(columns.where(RAW_READY)), *connection.execute(later)]
    blobs: list[str] = []
    total = 0
    for row in sorted(found, key=lambda row: int(row.seq))[:limit]:
        total += row.held
        if blobs and total > max_bytes:
            break
        if row.blob is not None:
            blobs.append(row.blob)
    return blobs


def blob_of(connection: Connection, source: str, key: Key) -> list[str]:
    """Return the blob of the newest raw of that key, if it has one."""
    newest = select(raws.c.blob).where(raws.c.source == source, raws.c.key == key).order_by(raws.c.seq.desc()).limit(1)
    return [blob for blob in connection.scalars(newest) if blob is not None]


def settle(connection: Connection, notes: Sequence[tuple[int, str]], holder: Holder) -> None:
    """Settle claimed raws. Raises `TransientError` when one of them is not under way, so that nothing is done twice."""
    under_way = {row.seq for row in _claimed(connection, [seq for seq, _ in notes], holder)}
    strangers = [seq for seq, _ in notes if seq not in under_way]
    if strangers or len(under_way) != len(notes):
        raise TransientError(f"raws {strangers or sorted(under_way)} are not under way once each; claim them again")
    release(connection, [Fate(seq, State.SETTLED, reason=note) for seq, note in notes], holder)


def release(connection: Connection, fates: Sequence[Fate], holder: Holder) -> None:
    """Give claimed raws their fate; what this holder no longer claims stays as it is."""
    found = {row.seq: row for row in _claimed(connection, [fate.id for fate in fates], holder)}
    changes = [_change(fate) for fate in fates if fate.id in found]
    if not changes:
        return
    connection.execute(_FATE, changes)
    left = [found[change["of_seq"]] for change in changes if not change["to_head"]]
    advance(connection, {(row.source, row.lane) for row in left})


def give_back(connection: Connection, claims: Collection[int]) -> None:
    """Undo claims that nobody received; their attempts were not made."""
    mine = update(raws).where(RAW_UNSETTLED, _CLAIMED, raws.c.claim.in_(claims))
    connection.execute(mine.values(state=State.NEW, attempts=raws.c.attempts - 1))


def recover(connection: Connection, *, counted: bool) -> None:
    """Make raws new again that are under way with nobody who is a node now; counted, that interrupted them."""
    under_way = update(raws).where(RAW_UNSETTLED, _CLAIMED, left_behind(raws)).values(state=State.NEW)
    connection.execute(under_way.values(interrupted=raws.c.interrupted + 1) if counted else under_way)


def next_due(connection: Connection, now: datetime) -> datetime | None:
    """Return when the next postponed raw comes due."""
    found: datetime | None = connection.scalar(_NEXT_DUE, {"at": now})
    return found


def open_raw(
    connection: Connection, kept: Bodies, source: str, key: Key, opened_by: str, reason: str, now: datetime
) -> Raw | None:
    """Return the newest raw of that key and log the opening."""
    row = _newest(connection, source, key)
    return None if row is None else open_row(connection, kept, row, opened_by, reason, now)


def get_raw(connection: Connection, kept: Bodies, source: str, key: Key) -> Raw | None:
    """Return the newest raw of that key for the gateway's own work, which is no opening."""
    row = _newest(connection, source, key)
    return None if row is None else read_raw(kept, row)


def _newest(connection: Connection, source: str, key: Key) -> Found | None:
    newest = WITH_BODY.where(raws.c.source == source, raws.c.key == key).order_by(raws.c.seq.desc()).limit(1)
    return connection.execute(newest).one_or_none()


def open_row(connection: Connection, kept: Bodies, row: Found, opened_by: str, reason: str, now: datetime) -> Raw:
    """Log the opening and return the raw. Raises `RemovedError` when retention removed its bytes."""
    log_opening(connection, row.seq, opened_by, reason, now)
    return read_raw(kept, row)


def log_opening(connection: Connection, seq: int, opened_by: str, reason: str, now: datetime) -> None:
    """Log that somebody opens a raw."""
    connection.execute(insert(openings).values(seq=seq, opened_by=opened_by, reason=reason, at=now))


def with_body(connection: Connection, seq: int) -> Found | None:
    """Return the row of a raw with its sealed body."""
    return connection.execute(WITH_BODY.where(raws.c.seq == seq)).one_or_none()


def advance(connection: Connection, lanes: Iterable[tuple[str, str]]) -> None:
    """Mark the head of each lane, and hold the lanes until the transaction ends."""
    if ordered := sorted(lanes):
        locks.hold(connection, locks.RAW_LANE, ordered)
        connection.execute(_ADVANCE, [{"of_source": source, "of_lane": lane} for source, lane in ordered])


def _in_stream(source: str, stream: StreamId) -> dict[str, str]:
    return {"of_source": source, "of_stream": stream}


def _aged(item: Sealed, old_before: datetime | None) -> Sealed:
    if old_before is None or item.raw.received_at >= old_before:
        return item
    return replace(item, raw=replace(item.raw, notes={**item.raw.notes, OLD: "true"}))


def _name(raw: Raw) -> tuple[str, str]:
    return raw.key, raw.lane


def _insert(
    connection: Connection, source: str, stream: StreamId, wanted: Sequence[Sealed], now: datetime
) -> list[Sealed]:
    """Store those that are not known, in their order, and return them."""
    if not wanted:
        return []
    # Not asked first which are known: without fresh statistics PostgreSQL answers that by reading all of the source.
    common = {"source": source, "stream": stream, "stored_at": now, **_FRESH}
    rows = connection.execute(_NEW_RAWS(connection), [common | _columns(item) for item in wanted])
    seqs = {(row.key, row.lane): row.seq for row in rows}
    new = [item for item in wanted if _name(item.raw) in seqs]
    # The body belongs to the number that its row was given.
    sealed = [{"seq": seqs[_name(item.raw)], "sealed": item.sealed} for item in new if item.sealed]
    if sealed:
        connection.execute(_NEW_BODIES, sealed)
    return new


def _columns(item: Sealed) -> dict[str, object]:
    raw = item.raw
    return {
        "lane": raw.lane,
        "key": raw.key,
        "received_at": raw.received_at,
        "media_type": raw.media_type,
        "size": raw.size,
        "held": raw.size if raw.kept else len(raw.body),
        "complete": raw.complete,
        "notes": NOTES.dump_json(dict(raw.notes)).decode(),
        "blob": item.blob,
    }


def _move(
    connection: Connection, source: str, stream: StreamId, taken: int, cursor: Cursor | None, now: datetime
) -> None:
    found = _hold_stream(connection, source, stream)
    if not taken and (cursor is None or (found is not None and found.cursor == cursor)):
        return
    if found is None:
        row = {"source": source, "stream": stream, "cursor": cursor, "moved_at": now, "taken": taken}
        connection.execute(insert(streams), row)
        return
    moved = {"to_cursor": found.cursor if cursor is None else cursor, "at": now, "more": taken}
    connection.execute(_MOVE, moved | _in_stream(source, stream))


def _hold_stream(connection: Connection, source: str, stream: StreamId) -> Found | None:
    """Return the stored stream, which nobody else changes until the transaction ends."""
    return connection.execute(_HOLD_STREAM, _in_stream(source, stream)).one_or_none()


def _wake(connection: Connection, now: datetime) -> None:
    connection.execute(_WAKE, {"at": now})


def _choose(connection: Connection, limit: int, max_bytes: int) -> list[int]:
    chosen: list[int] = []
    total = 0
    for row in connection.execute(_CHOOSE, {"most": limit}):
        total += row.held
        if chosen and (total > max_bytes or row.interrupted):
            break
        chosen.append(row.seq)
        if row.interrupted:
            # What stopped the gateway before is read alone, so that it stops nobody else's work again.
            break
    return chosen


def _open_all(connection: Connection, kept: Bodies, seqs: Sequence[int], holder: Holder) -> list[StoredRaw]:
    opened = []
    for row in connection.execute(_CLAIMED_BODIES, {"seqs": seqs}).all():
        try:
            opened.append(StoredRaw(row.seq, read_raw(kept, row), row.attempts, row.interrupted))
        except DamagedError as error:
            release(connection, [Fate(row.seq, State.BURIED, reason=str(error))], holder)
    return opened


def read_raw(kept: Bodies, row: Found) -> Raw:
    """Return a raw with its body. Raises `DamagedError` when that is missing or changed."""
    if row.removed_at is not None:
        raise RemovedError(f"its bytes were removed on {row.removed_at:%Y-%m-%d} by the retention policy")
    return as_raw(row, kept.open(row.source, row.lane, row.key, row.sealed, row.blob))


def as_raw(row: Found, body: bytes) -> Raw:
    """Return the raw of a row with that body."""
    return Raw(
        source=row.source,
        stream=StreamId(row.stream),
        key=Key(row.key),
        lane=row.lane,
        body=body,
        media_type=row.media_type,
        received_at=row.received_at,
        size=row.size,
        complete=row.complete,
        notes=NOTES.validate_json(row.notes),
    )


def _claimed(connection: Connection, seqs: Sequence[int], holder: Holder) -> Sequence[Found]:
    if not seqs:
        return ()
    return _MINE.rows(connection, holder, {"seqs": seqs})


def _change(fate: Fate) -> dict[str, object]:
    if fate.state not in (State.SETTLED, State.POSTPONED, State.BURIED):
        raise ValueError(f"a raw cannot become {fate.state}")
    postponed = fate.state is State.POSTPONED
    return {
        "of_seq": fate.id,
        # Postponed to no time is due at once.
        "to_state": State.NEW if postponed and fate.not_before is None else fate.state,
        "to_head": postponed,
        "to_not_before": fate.not_before if postponed else None,
        "to_reason": fate.reason,
        "to_traceback": fate.traceback,
        "given_back": 0 if fate.charged else 1,
    }
