"""Inserts that pass over what is known already, also what another transaction commits at that moment."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, Connection, Executable, Table
from sqlalchemy.dialects import postgresql, sqlite


class InsertUnknown:
    """An insert that leaves out rows whose unique name is there; returns these columns of those that it stored."""

    def __init__(self, table: Table, *returned: Column[Any]) -> None:
        on_postgres = postgresql.insert(table).on_conflict_do_nothing()
        on_sqlite = sqlite.insert(table).on_conflict_do_nothing()
        self._on_postgres: Executable = on_postgres.returning(*returned) if returned else on_postgres
        self._on_sqlite: Executable = on_sqlite.returning(*returned) if returned else on_sqlite

    def __call__(self, connection: Connection) -> Executable:
        """Return the statement in the words of this database."""
        return self._on_postgres if connection.dialect.name == "postgresql" else self._on_sqlite
