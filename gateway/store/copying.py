"""Moves everything from one database to an empty one, whatever kinds they are: wholly and verified, or not at all.

Blobs stay where they are: rows name them by their content.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

from sqlalchemy import Connection, Table, exists, func, insert, not_, select, text

from gateway.errors import ConfigError, GatewayError
from gateway.store.bodies import clean
from gateway.store.database import Database, Engines
from gateway.store.migrate import REVISION, bring_up, revision
from gateway.store.tables import metadata, nodes

BATCH = 200
"""Rows at once; a row may hold a body of 128 KiB."""
_MODULUS = 1 << 128

Told = Callable[[str, int], None]
"""Told after each batch: the table, and how many rows of it were copied just now."""


class CopyError(GatewayError):
    """The copy is not what was copied; nothing was kept of it."""

    action = "try again; if it happens again, keep the store where it is and report it"


@dataclass(frozen=True, slots=True)
class Sum:
    """Rows counted and summed up: equal for equal rows in any order, since databases order texts differently."""

    count: int = 0
    digest: int = 0

    def plus(self, row: Sequence[object]) -> Sum:
        """Return the sum with one more row."""
        digest = int.from_bytes(blake2b(repr(tuple(row)).encode(), digest_size=16).digest(), "big")
        return Sum(self.count + 1, (self.digest + digest) % _MODULUS)


@contextmanager
def opened(database: Database) -> Iterator[Engines]:
    """Give the engines of a database for a while, its errors as what they mean to the operator."""
    with database.translated():
        engines = database.engines()
        try:
            yield engines
        finally:
            engines.reading.dispose()


def migrate(database: Database) -> str | None:
    """Bring a database up to this release; return the revision found."""
    database.prepare()
    with opened(database) as engines:
        return bring_up(database, engines)


def sizes(source: Database) -> Mapping[str, int]:
    """Return how many rows each table holds, for progress. Raises `ConfigError` when it cannot be copied as it is."""
    with opened(source) as engines, engines.reading.begin() as reading:
        source.take_time(reading)
        _ready(source, reading)
        return {table.name: _count(reading, table) for table in metadata.sorted_tables}


def copy(source: Database, target: Database, told: Told = lambda table, rows: None) -> Mapping[str, int]:
    """Copy all rows and the numbers given so far into an empty target; return the count of each table.

    Raises `ConfigError` when an engine runs on the source or the target is not empty, `CopyError` when what was
    written reads otherwise.
    """
    migrate(target)
    with (
        source.hold_engine(),
        opened(source) as left,
        opened(target) as right,
        left.reading.begin() as reading,
        right.writing.begin() as writing,
    ):
        source.take_time(reading)
        _ready(source, reading)
        target.hold_schema(writing)
        _refuse_filled(writing)
        sums = {table.name: _copy_table(reading, writing, table, told) for table in metadata.sorted_tables}
        _set_numbers(writing, _numbers(reading))
        _verify(writing, sums)
        _measure(writing)
    return {name: found.count for name, found in sums.items()}


def _measure(connection: Connection) -> None:
    """Let PostgreSQL know what the tables hold: until then it reads a whole table for a batch of names."""
    if connection.dialect.name == "postgresql":
        names = ", ".join(table.name for table in metadata.sorted_tables)
        connection.exec_driver_sql(f"ANALYZE {names}")


def _ready(database: Database, connection: Connection) -> None:
    found = revision(connection)
    if found != REVISION:
        raise ConfigError(
            f"the database to copy is at revision {found or 'none'}, this release's is {REVISION}; "
            "bring it up first: gatehouse store migrate"
        )
    if connection.scalar(select(nodes.c.epoch).where(not_(database.is_gone(nodes.c.epoch))).limit(1)) is not None:
        raise ConfigError("an engine runs on the database to copy; stop it first")


def _refuse_filled(connection: Connection) -> None:
    filled = [table.name for table in metadata.sorted_tables if connection.scalar(select(exists().select_from(table)))]
    if filled:
        raise ConfigError(f"the database to copy into is not empty: it has rows in {', '.join(filled)}")


def _copy_table(reading: Connection, writing: Connection, table: Table, told: Told) -> Sum:
    found = Sum()
    fit = clean if writing.dialect.name == "postgresql" else lambda text: text
    for rows in _batches(reading, table):
        fitting = [tuple(fit(value) if type(value) is str else value for value in row) for row in rows]
        writing.execute(insert(table), [dict(zip(table.c.keys(), row, strict=True)) for row in fitting])
        for row in fitting:
            found = found.plus(row)
        told(table.name, len(rows))
    return found


def _verify(connection: Connection, expected: Mapping[str, Sum]) -> None:
    for table in metadata.sorted_tables:
        found = Sum()
        for rows in _batches(connection, table):
            for row in rows:
                found = found.plus(row)
        if found != expected[table.name]:
            raise CopyError(f"the table {table.name} does not read as it was written")


def _batches(connection: Connection, table: Table) -> Iterable[Sequence[Any]]:
    return connection.execute(select(table), execution_options={"yield_per": BATCH}).partitions()


def _count(connection: Connection, table: Table) -> int:
    return connection.scalar(select(func.count()).select_from(table)) or 0


def _numbered() -> list[tuple[Table, str]]:
    """Return the tables whose rows are numbered by the database, with the column; a number never comes again."""
    return [
        (table, next(iter(table.primary_key)).name)
        for table in metadata.sorted_tables
        if table.dialect_options["sqlite"]["autoincrement"]
    ]


def _numbers(connection: Connection) -> Mapping[str, int]:
    """Return the last number that each numbered table gave, also to a row that is gone."""
    if connection.dialect.name == "sqlite":
        return {row.name: row.seq for row in connection.execute(text("SELECT name, seq FROM sqlite_sequence"))}
    last = {}
    for table, column in _numbered():
        sequence = text("SELECT pg_sequence_last_value(pg_get_serial_sequence(:name, :column))")
        last[table.name] = connection.scalar(sequence, {"name": table.name, "column": column}) or 0
    return last


def _set_numbers(connection: Connection, last: Mapping[str, int]) -> None:
    for table, column in _numbered():
        number = last.get(table.name, 0)
        if not number:
            continue
        values = {"name": table.name, "column": column, "number": number}
        if connection.dialect.name == "sqlite":
            connection.execute(text("DELETE FROM sqlite_sequence WHERE name = :name"), {"name": table.name})
            connection.execute(text("INSERT INTO sqlite_sequence (name, seq) VALUES (:name, :number)"), values)
        else:
            connection.execute(text("SELECT setval(pg_get_serial_sequence(:name, :column), :number)"), values)
