"""Which database a place names."""

from __future__ import annotations

from pathlib import Path

from gateway.store.database import Database
from gateway.store.sqlite import Sqlite

SCHEMES = ("postgresql://", "postgres://")


def is_postgresql(place: str | Path) -> bool:
    """Whether a place is the address of a PostgreSQL database."""
    return isinstance(place, str) and place.startswith(SCHEMES)


def database_at(place: str | Path) -> Database:
    """Return the database that a path, an `sqlite:///` URL or a `postgresql://` URL names."""
    if not is_postgresql(place):
        return Sqlite(place)
    # Imported here: its driver is an extra.
    from gateway.store.postgres import PostgreSql

    return PostgreSql(str(place))
