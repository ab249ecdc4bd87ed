"""Named locks that a transaction holds to its end, so that two nodes never move one head, or number one list, at once.

On SQLite, where only one transaction writes, they cost nothing and do nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import blake2b

from sqlalchemy import BigInteger, Connection, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY

_HOLD = text("SELECT pg_advisory_xact_lock(key) FROM unnest(:keys) AS key").bindparams(
    bindparam("keys", type_=ARRAY(BigInteger))
)
RAW_LANE, EFFECT_LANE, BACKFILLS = "raw lane", "effect lane", "backfills"
AGENTS, NODES, SCHEMA = "agents", "nodes", "schema"


def hold(connection: Connection, kind: str, names: Iterable[tuple[str, ...]] = ((),)) -> None:
    """Hold these locks; always in one order, so that two that want the same never wait for one another in a ring."""
    if connection.dialect.name != "postgresql":
        return
    if keys := sorted({key_of(kind, name) for name in names}):
        connection.execute(_HOLD, {"keys": keys})


def key_of(kind: str, name: tuple[str, ...]) -> int:
    """Return the number of a lock: 64 bits, so that two names of one number are not to be expected."""
    digest = blake2b("\0".join((kind, *name)).encode("utf-8", "backslashreplace"), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)
