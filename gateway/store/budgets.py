"""The buckets of limits in SQL: read, reckoned and written under a lock of their rows, in the order of their keys."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from gateway.limits import Bucket, Taken, draw, kept_until
from gateway.store.columns import EPOCH, MICROSECOND
from gateway.store.tables import budgets

FORGOTTEN = 4
"""Buckets that are forgotten with each new one, at most: more than come, so that they do not pile up."""
_CHANGE = update(budgets).where(budgets.c.key == bindparam("bucket"))


def reserve(connection: Connection, buckets: Sequence[Bucket], now: datetime) -> Sequence[datetime | None]:
    """Take one call out of all buckets or out of none; see `gateway.limits.Budgets`."""
    limits = {bucket.key: bucket.limit for bucket in buckets}
    # Whoever comes second waits here for the commit of the first; of two that make the same new row one is begun again.
    locked = select(budgets.c.key, budgets.c.taken).where(budgets.c.key.in_(limits)).order_by(budgets.c.key)
    known = {row.key: row.taken for row in connection.execute(locked.with_for_update())}
    after, room = draw(buckets, {key: _read(text) for key, text in known.items()}, now)
    rows = [
        {"bucket": key, "taken": text, "kept_until": kept_until(limits[key], parts)}
        for key, parts in sorted(after.items())
        if parts and (text := _written(parts)) != known.get(key)
    ]
    if changed := [row for row in rows if row["bucket"] in known]:
        connection.execute(_CHANGE, changed)
    if new := [{"key": row.pop("bucket"), **row} for row in rows if row["bucket"] not in known]:
        connection.execute(insert(budgets), new)
        _forget(connection, now)
    return room


def _forget(connection: Connection, now: datetime) -> None:
    over = select(budgets.c.key).where(budgets.c.kept_until < now).order_by(budgets.c.kept_until).limit(FORGOTTEN)
    # What another transaction reckons with at this moment stays.
    if keys := list(connection.scalars(over.with_for_update(skip_locked=True))):
        connection.execute(delete(budgets).where(budgets.c.key.in_(keys)))


def _read(text: str) -> tuple[Taken, ...]:
    pairs = (part.split(":") for part in text.split())
    return tuple(Taken(EPOCH + int(at) * MICROSECOND, int(amount)) for at, amount in pairs)


def _written(parts: Sequence[Taken]) -> str:
    return " ".join(f"{(part.back_at - EPOCH) // MICROSECOND}:{part.amount}" for part in parts)
