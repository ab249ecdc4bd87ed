"""Inserts that meet what is known already, also what another transaction commits at that moment."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, Connection, Executable, Table
from sqlalchemy.dialects import postgresql, sqlite


class _Insert:
    """One statement in the words of each database."""

    def __init__(self, on_postgres: Executable, on_sqlite: Executable) -> None:
        self._on_postgres = on_postgres
        self._on_sqlite = on_sqlite

    def __call__(self, connection: Connection) -> Executable:
        """Return the statement in the words of this database."""
        return self._on_postgres if connection.dialect.name == "postgresql" else self._on_sqlite


class InsertUnknown(_Insert):
    """An insert that leaves out rows whose unique name is there; returns these columns of those that it stored."""

    def __init__(self, table: Table, *returned: Column[Any]) -> None:
        on_postgres = postgresql.insert(table).on_conflict_do_nothing()
        on_sqlite = sqlite.insert(table).on_conflict_do_nothing()
        super().__init__(
            on_postgres.returning(*returned) if returned else on_postgres,
            on_sqlite.returning(*returned) if returned else on_sqlite,
        )


class InsertOrReplace(_Insert):
    """An insert that writes these columns over a row of the same unique name, unless `same` is as it was."""

    def __init__(
        self, table: Table, name: tuple[str, ...], replaced: tuple[str, ...], same: Column[Any] | None = None
    ) -> None:
        on_postgres, on_sqlite = postgresql.insert(table), sqlite.insert(table)
        super().__init__(
            on_postgres.on_conflict_do_update(
                index_elements=name,
                set_={column: on_postgres.excluded[column] for column in replaced},
                where=None if same is None else same.is_distinct_from(on_postgres.excluded[same.name]),
            ),
            on_sqlite.on_conflict_do_update(
                index_elements=name,
                set_={column: on_sqlite.excluded[column] for column in replaced},
                where=None if same is None else same.is_distinct_from(on_sqlite.excluded[same.name]),
            ),
        )


class InsertOrAdd(_Insert):
    """An insert that adds these columns to those of a row of the same unique name."""

    def __init__(self, table: Table, name: tuple[str, ...], added: tuple[str, ...]) -> None:
        on_postgres, on_sqlite = postgresql.insert(table), sqlite.insert(table)
        super().__init__(
            on_postgres.on_conflict_do_update(
                index_elements=name,
                set_={column: table.c[column] + on_postgres.excluded[column] for column in added},
            ),
            on_sqlite.on_conflict_do_update(
                index_elements=name,
                set_={column: table.c[column] + on_sqlite.excluded[column] for column in added},
            ),
        )
