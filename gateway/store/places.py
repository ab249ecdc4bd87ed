"""Which database a place names."""

from __future__ import annotations

from pathlib import Path

from gateway.errors import ConfigError
from gateway.store.database import Database
from gateway.store.sqlite import Sqlite, database_path

SCHEMES = ("postgresql://", "postgres://")


def is_postgresql(place: str | Path) -> bool:
    """Whether a place is the address of a PostgreSQL database."""
    return isinstance(place, str) and place.startswith(SCHEMES)


def database_at(place: str | Path, *, existing: bool = False) -> Database:
    """Return the database that a path, an `sqlite:///` URL or a `postgresql://` URL names.

    Raises `ConfigError` when an `existing` file is not there; connecting would make an empty one.
    """
    if not is_postgresql(place):
        if existing and not database_path(place).is_file():
            raise ConfigError(f"there is no database {database_path(place)}")
        return Sqlite(place)
    # Imported here: its driver is an extra.
    from gateway.store.postgres import PostgreSql

    return PostgreSql(str(place))
