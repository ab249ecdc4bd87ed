"""Vaults in SQL: sealed secrets by channel and name, the leases on their names, and sealing them anew."""

from __future__ import annotations

import json
from collections import Counter
from datetime import datetime, timedelta

from sqlalchemy import Connection, LargeBinary, and_, bindparam, func, or_, select, update

from gateway.errors import ConfigError
from gateway.store.absorb import InsertUnknown
from gateway.store.seal import HEADER_BYTES, DamagedError, Sealer, key_of
from gateway.store.tables import vault

UNREADABLE = "unreadable"
"""Stands for the key of what has no seal of ours."""
_FIRST = InsertUnknown(vault, vault.c.name)
_RESEAL = (
    update(vault)
    .where(vault.c.channel == bindparam("of_channel"), vault.c.name == bindparam("of_name"))
    .values(sealed=bindparam("to"))
)


def read(connection: Connection, channel: str, name: str) -> bytes | None:
    """Return a secret, sealed; None when there is none."""
    found = connection.scalar(select(vault.c.sealed).where(vault.c.channel == channel, vault.c.name == name))
    return None if found is None else bytes(found)


def write(connection: Connection, channel: str, name: str, sealed: bytes, holder: str | None = None) -> bool:
    """Keep a secret as who holds its name, or as nobody while nobody does; return whether that is so.

    A lease that has run out and that nobody took since is still its holder's: nothing was written meanwhile.
    """
    its = and_(vault.c.channel == channel, vault.c.name == name, vault.c.held_by.is_not_distinct_from(holder))
    if connection.execute(update(vault).where(its).values(sealed=sealed)).rowcount:
        return True
    if holder is not None:
        return False
    made = connection.execute(_FIRST(connection), {"channel": channel, "name": name, "sealed": sealed})
    return made.first() is not None


def hold(connection: Connection, channel: str, name: str, holder: str, now: datetime, lease: timedelta) -> bool:
    """Take the lease on a name, unless it is another's; two that take it at once meet in its row.

    `now` is this machine's time, by which a database goes that is a file on it.
    """
    now = _time(connection, now)
    # A clock that has gone back must not lock a name up for longer than two leases.
    free = or_(vault.c.held_until.is_(None), vault.c.held_until <= now, vault.c.held_until > now + 2 * lease)
    held = {"held_by": holder, "held_until": now + lease}
    taken = update(vault).where(vault.c.channel == channel, vault.c.name == name, free).values(**held)
    if connection.execute(taken).rowcount:
        return True
    made = connection.execute(_FIRST(connection), {"channel": channel, "name": name, **held})
    return made.first() is not None


def release(connection: Connection, channel: str, name: str, holder: str) -> None:
    """Give a lease back, if it is still this holder's."""
    its = and_(vault.c.channel == channel, vault.c.name == name, vault.c.held_by == holder)
    connection.execute(update(vault).where(its).values(held_by=None, held_until=None))


def identity(channel: str, name: str) -> bytes:
    """Return what a sealed secret belongs to."""
    return b"vault:" + json.dumps([channel, name]).encode()


def count(connection: Connection) -> Counter[str]:
    """Return how many secrets stand under each key."""
    header = func.substr(vault.c.sealed, 1, HEADER_BYTES, type_=LargeBinary)
    return Counter(_key(bytes(each)) for each in connection.scalars(select(header).where(vault.c.sealed.is_not(None))))


def reseal(connection: Connection, sealer: Sealer) -> tuple[int, int]:
    """Seal those under another key than the present one anew; return how many were, and how many cannot be read."""
    changes, unreadable = [], 0
    current = sealer.current
    rows = select(vault.c.channel, vault.c.name, vault.c.sealed).where(vault.c.sealed.is_not(None))
    for row in connection.execute(rows.with_for_update()).all():
        sealed, belongs_to = bytes(row.sealed), identity(row.channel, row.name)
        if _key(sealed) == current:
            continue
        try:
            to = sealer.seal(sealer.open(sealed, belongs_to), belongs_to)
        except (DamagedError, ConfigError):
            # Left as it is: whoever reads it is told what is wrong with it.
            unreadable += 1
            continue
        changes.append({"of_channel": row.channel, "of_name": row.name, "to": to})
    if changes:
        connection.execute(_RESEAL, changes)
    return len(changes), unreadable


def _time(connection: Connection, here: datetime) -> datetime:
    """Return the time that all who share the database go by: of a server its own, as machines' clocks differ."""
    if connection.dialect.name != "postgresql":
        return here
    now: datetime = connection.execute(select(func.clock_timestamp())).scalar_one()
    return now


def _key(sealed: bytes) -> str:
    try:
        return key_of(sealed)
    except DamagedError:
        return UNREADABLE
