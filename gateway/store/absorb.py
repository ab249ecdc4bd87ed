"""Inserts that pass over what is known already, also what another transaction commits at that moment."""

from __future__ import annotations

from sqlalchemy import Connection, Insert, Table
from sqlalchemy.dialects import postgresql, sqlite


def insert_unknown(connection: Connection, table: Table) -> Insert:
    """Return an insert that leaves out rows whose unique name is there."""
    if connection.dialect.name == "postgresql":
        return postgresql.insert(table).on_conflict_do_nothing()
    return sqlite.insert(table).on_conflict_do_nothing()
