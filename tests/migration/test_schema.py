"""The migrations build the schema that the code reads, and foreign or newer databases are refused."""

from __future__ import annotations

import asyncio
import itertools
import multiprocessing
import sqlite3
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from gateway.errors import ConfigError
from gateway.store import Sealer, migrate, open_store, sqlite, threads
from gateway.store.database import Engines
from gateway.store.places import database_at
from gateway.store.tables import metadata
from tests.conftest import ManualClock
from tests.servers.postgres import Postgres

pytest_plugins = ("tests.servers.postgres_fixture",)

SEALER = Sealer({"k1": b"1" * 32}, "k1")
_numbers = itertools.count()


def fresh(postgres: Postgres) -> str:
    """Return the address of a new, empty database."""
    name = f"schema_{next(_numbers)}"
    postgres.execute(f"CREATE DATABASE {name}")
    return postgres.url(name)


@contextmanager
def engines_of(place: str | Path) -> Any:
    database = database_at(place)
    database.prepare()
    engines: Engines = database.engines()
    try:
        yield database, engines
    finally:
        engines.reading.dispose()


def migrated(place: Any) -> Any:
    with engines_of(place) as (database, engines):
        migrate.bring_up(database, engines)
    return place


def from_metadata(place: Any) -> Any:
    with engines_of(place) as (_, engines):
        metadata.create_all(engines.writing)
    return place


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


def test_the_migrations_build_on_postgresql_what_the_tables_say(postgres: Postgres) -> None:
    """As on SQLite, by the server's own words for columns, indexes and constraints."""
    built, said = (pg_schema(make(fresh(postgres)), postgres) for make in (migrated, from_metadata))
    assert built == said
    assert {name for name, *_ in built["columns"]} == set(metadata.tables)


_PG_SCHEMA = {
    "columns": "SELECT table_name, column_name, data_type, is_nullable, column_default, ordinal_position"
    " FROM information_schema.columns WHERE table_schema = 'public' AND table_name <> %s",
    "indexes": "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename <> %s",
    "constraints": "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint"
    " WHERE connamespace = 'public'::regnamespace AND conrelid::regclass::text <> %s",
}


def pg_schema(url: str, postgres: Postgres) -> dict[str, Any]:
    """Return all that PostgreSQL knows of our tables, in no order but that of names."""
    database = url.rpartition("/")[2]
    return {
        name: sorted(postgres.execute(sql, migrate.VERSION_TABLE, database=database), key=repr)
        for name, sql in _PG_SCHEMA.items()
    }


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> str | Path:
    """Where a database can be made."""
    return tmp_path / "a.db" if request.param == "sqlite" else fresh(request.getfixturevalue("postgres"))


def test_autogenerate_finds_nothing_to_migrate(place: str | Path) -> None:
    """Alembic's own comparison, which sees types too, is empty."""
    with engines_of(migrated(place)) as (_, engines), engines.reading.connect() as connection:
        context = MigrationContext.configure(connection, opts={"version_table": migrate.VERSION_TABLE})
        assert compare_metadata(context, metadata) == []


def test_the_known_revision_is_the_newest_of_the_migrations() -> None:
    """A start that finds this revision may skip the migrations."""
    config = Config()
    config.set_main_option("script_location", str(migrate.MIGRATIONS))
    assert ScriptDirectory.from_config(config).get_heads() == [migrate.REVISION]


async def refusal(place: str | Path, folder: Path) -> str:
    with pytest.raises(ConfigError) as caught:
        async with open_store(place, folder / "blobs", SEALER, ManualClock()):
            pass
    return str(caught.value)


async def test_a_database_of_a_newer_release_is_refused_untouched(tmp_path: Path) -> None:
    """An operator who goes back a release is told which one the file needs."""
    path = migrated(tmp_path / "a.db")
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("UPDATE gatehouse_revision SET version_num = '9999'")
        connection.commit()
    before = schema(path)
    assert "9999" in await refusal(path, tmp_path)
    assert schema(path) == before


async def test_a_server_database_of_a_newer_release_is_refused_untouched(postgres: Postgres, tmp_path: Path) -> None:
    """As a file is."""
    url = migrated(fresh(postgres))
    database = url.rpartition("/")[2]
    postgres.execute("UPDATE gatehouse_revision SET version_num = '9999'", database=database)
    before = pg_schema(url, postgres)
    assert "9999" in await refusal(url, tmp_path)
    assert pg_schema(url, postgres) == before


async def test_another_programs_server_database_is_refused_untouched(postgres: Postgres, tmp_path: Path) -> None:
    """A wrong URL does not add our tables to somebody's database."""
    url = fresh(postgres)
    postgres.execute("CREATE TABLE theirs (id INTEGER)", database=url.rpartition("/")[2])
    assert "not Gatehouse's" in await refusal(url, tmp_path)
    assert {name for name, *_ in pg_schema(url, postgres)["columns"]} == {"theirs"}


async def test_another_programs_database_is_refused_untouched(tmp_path: Path) -> None:
    """A wrong path does not add our tables to somebody's database."""
    with closing(sqlite3.connect(tmp_path / "a.db")) as connection:
        connection.execute("CREATE TABLE theirs (id INTEGER)")
    assert "not Gatehouse's" in await refusal(tmp_path / "a.db", tmp_path)
    assert set(schema(tmp_path / "a.db")) == {"theirs"}


async def test_a_file_that_is_no_database_is_refused_untouched(tmp_path: Path) -> None:
    """A wrong path does not overwrite a file."""
    (tmp_path / "a.db").write_bytes(b"Dear reader, " * 100)
    assert "not an SQLite database" in await refusal(tmp_path / "a.db", tmp_path)
    assert (tmp_path / "a.db").read_bytes() == b"Dear reader, " * 100


def _open_together(place: str | Path, folder: Path, barrier: Any, results: Any) -> None:
    use_wal, bring_up = sqlite.use_wal, threads.bring_up

    def together(path: Path) -> None:
        barrier.wait(20)
        use_wal(path)

    def up_together(*arguments: Any) -> str | None:
        barrier.wait(20)
        return bring_up(*arguments)

    async def use() -> None:
        if isinstance(place, Path):
            sqlite.use_wal = together
        else:
            threads.bring_up = up_together
        async with open_store(place, folder / "blobs", SEALER, ManualClock()) as store:
            await store.tally()

    try:
        asyncio.run(use())
        results.put("")
    except BaseException as error:  # noqa: BLE001 - the parent asserts on it
        results.put(repr(error))


def opened_together(places: list[Any], folder: Path) -> None:
    """Let four processes open each new store together, and assert that all succeed."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])
    for place in places:
        barrier, results = context.Barrier(4), context.Queue()
        arguments = (place, folder, barrier, results)
        openers = [context.Process(target=_open_together, args=arguments) for _ in range(4)]
        for opener in openers:
            opener.start()
        answers = [results.get(timeout=30) for _ in openers]
        for opener in openers:
            opener.join(30)
        assert answers == [""] * 4


def test_processes_that_open_a_new_file_together_all_succeed(tmp_path: Path) -> None:
    """One migrates, the others find it done; run again, since the race is narrow."""
    opened_together([tmp_path / "0.db", tmp_path / "1.db"], tmp_path)


def test_processes_that_open_a_new_server_database_together_all_succeed(postgres: Postgres, tmp_path: Path) -> None:
    """One migrates under a lock that all know, the others wait and find it done."""
    opened_together([fresh(postgres), fresh(postgres)], tmp_path)
