"""The migrations build the schema that the code reads, and foreign or newer databases are refused."""

from __future__ import annotations

import asyncio
import multiprocessing
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from gateway.errors import ConfigError
from gateway.store import Sealer, migrate, open_store, sqlite
from gateway.store.tables import metadata
from tests.conftest import ManualClock

SEALER = Sealer({"k1": b"1" * 32}, "k1")


def migrated(path: Path) -> Path:
    sqlite.create_file(path)
    sqlite.use_wal(path)
    engines = sqlite.make_engines(path)
    migrate.bring_up(*engines)
    engines[1].dispose()
    return path


def from_metadata(path: Path) -> Path:
    writing, reading = sqlite.make_engines(path)
    metadata.create_all(writing)
    reading.dispose()
    return path


def schema(path: Path) -> dict[str, Any]:
    """Return all that SQLite knows of a schema, in no order but that of names."""
    with closing(sqlite3.connect(path)) as connection:
        tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        ours = [name for name in tables if name != migrate.VERSION_TABLE and not name.startswith("sqlite_")]
        return {name: table(connection, name) for name in ours}


def table(connection: sqlite3.Connection, name: str) -> dict[str, Any]:
    def ask(sql: str, *values: str) -> list[tuple[Any, ...]]:
        return sorted(connection.execute(sql, values).fetchall(), key=repr)

    sources = "SELECT sql FROM sqlite_master WHERE type = ? AND tbl_name = ? AND sql NOT NULL"
    indexes = ask("SELECT * FROM pragma_index_list(?)", name)
    return {
        "columns": [row[1:] for row in ask("SELECT * FROM pragma_table_xinfo(?)", name)],
        "foreign keys": [row[2:] for row in ask("SELECT * FROM pragma_foreign_key_list(?)", name)],
        "indexes": {
            row[1]: (row[2:], ask("SELECT seqno, name, desc, coll, key FROM pragma_index_xinfo(?)", row[1]))
            for row in indexes
        },
        "conditions": ask(sources, "index", name),
        "numbers never come again": "AUTOINCREMENT" in ask(sources, "table", name)[0][0],
    }


def test_the_migrations_build_what_the_tables_say(tmp_path: Path) -> None:
    """Neither side has a table, column, index, condition or key that the other lacks."""
    built, said = schema(migrated(tmp_path / "a.db")), schema(from_metadata(tmp_path / "b.db"))
    assert built == said
    assert set(built) == set(metadata.tables)


def test_autogenerate_finds_nothing_to_migrate(tmp_path: Path) -> None:
    """Alembic's own comparison, which sees types too, is empty."""
    _, reading = sqlite.make_engines(migrated(tmp_path / "a.db"))
    with reading.connect() as connection:
        context = MigrationContext.configure(connection, opts={"version_table": migrate.VERSION_TABLE})
        assert compare_metadata(context, metadata) == []
    reading.dispose()


def test_the_known_revision_is_the_newest_of_the_migrations() -> None:
    """A start that finds this revision may skip the migrations."""
    config = Config()
    config.set_main_option("script_location", str(migrate.MIGRATIONS))
    assert ScriptDirectory.from_config(config).get_heads() == [migrate.REVISION]


async def refusal(path: Path) -> str:
    with pytest.raises(ConfigError) as caught:
        async with open_store(path, path.parent / "blobs", SEALER, ManualClock()):
            pass
    return str(caught.value)


async def test_a_database_of_a_newer_release_is_refused_untouched(tmp_path: Path) -> None:
    """An operator who goes back a release is told which one the file needs."""
    path = migrated(tmp_path / "a.db")
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("UPDATE gatehouse_revision SET version_num = '9999'")
        connection.commit()
    before = schema(path)
    assert "9999" in await refusal(path)
    assert schema(path) == before


async def test_another_programs_database_is_refused_untouched(tmp_path: Path) -> None:
    """A wrong path does not add our tables to somebody's database."""
    with closing(sqlite3.connect(tmp_path / "a.db")) as connection:
        connection.execute("CREATE TABLE theirs (id INTEGER)")
    assert "not Gatehouse's" in await refusal(tmp_path / "a.db")
    assert set(schema(tmp_path / "a.db")) == {"theirs"}


async def test_a_file_that_is_no_database_is_refused_untouched(tmp_path: Path) -> None:
    """A wrong path does not overwrite a file."""
    (tmp_path / "a.db").write_bytes(b"Dear reader, " * 100)
    assert "not an SQLite database" in await refusal(tmp_path / "a.db")
    assert (tmp_path / "a.db").read_bytes() == b"Dear reader, " * 100


def _open_together(path: Path, barrier: Any, results: Any) -> None:
    use_wal = sqlite.use_wal

    def together(path: Path) -> None:
        barrier.wait(20)
        use_wal(path)

    async def use() -> None:
        sqlite.use_wal = together
        async with open_store(path, path.parent / "blobs", SEALER, ManualClock()) as store:
            await store.tally()

    try:
        asyncio.run(use())
        results.put("")
    except BaseException as error:  # noqa: BLE001 - the parent asserts on it
        results.put(repr(error))


def test_processes_that_open_a_new_store_together_all_succeed(tmp_path: Path) -> None:
    """One migrates, the others find it done; run again, since the race is narrow."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])
    for turn in range(2):
        barrier, results = context.Barrier(4), context.Queue()
        path = tmp_path / f"{turn}.db"
        openers = [context.Process(target=_open_together, args=(path, barrier, results)) for _ in range(4)]
        for opener in openers:
            opener.start()
        answers = [results.get(timeout=30) for _ in openers]
        for opener in openers:
            opener.join(30)
        assert answers == [""] * 4
