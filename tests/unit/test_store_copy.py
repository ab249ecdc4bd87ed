"""A desk moves from SQLite to PostgreSQL and back: wholly and verified, or not at all."""

from __future__ import annotations

import asyncio
import itertools
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import Connection, Engine, event, select
from typer.testing import CliRunner

from gateway.cli.main import app
from gateway.dialogue import Place
from gateway.errors import ConfigError
from gateway.journal import Fate, State
from gateway.ports import Cursor, Key
from gateway.store import Sealer, copying, migrate, open_store
from gateway.store.places import database_at
from gateway.store.tables import metadata
from tests.conftest import ManualClock
from tests.contract import dialogue_suite as talks
from tests.contract import store_suite as suite
from tests.servers.postgres import Postgres

pytest_plugins = ("tests.servers.postgres_fixture",)

SEALER = Sealer({"k1": b"1" * 32}, "k1")
LARGE = b"z" * 200_000
_numbers = itertools.count()
runner = CliRunner()


@pytest.fixture
def fresh(postgres: Postgres) -> str:
    """The address of a new, empty database."""
    name = f"copy_{next(_numbers)}"
    postgres.execute(f"CREATE DATABASE {name}")
    return postgres.url(name)


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """A file with something in every queue, and numbers given to rows that are gone."""
    asyncio.run(_fill(tmp_path))
    return tmp_path / "gatehouse.db"


async def _fill(folder: Path) -> None:
    clock = ManualClock()
    ground = suite.Ground(lambda: open_store(folder / "gatehouse.db", folder / "blobs", SEALER, clock), clock)
    async with open_store(folder / "gatehouse.db", folder / "blobs", SEALER, clock) as store:
        await store.nodes.join("alone")
        await store.nodes.own([suite.SOURCE])
        effects = (suite.ticket_effect("e1", message_id="m1"), suite.reply_effect("e2", recipient="ann"))
        await suite.decide(
            store,
            ground,
            cases=(suite.case(subject="Größe \u202e"),),
            entries=(suite.entry(suite.ONE, "m1", text="a\0b"),),
            refs=(("<r\0@x>", suite.ONE),),
            effects=effects,
            dialogues=(talks.dialogue("Größe:1", step="s", draft=(("a", "ä\0"),)),),
            tokens=(talks.token(),),
        )
        await store.keep_file("m1", "f1", talks.pieces(LARGE), len(LARGE))
        await store.open_attachment("m1", "f1", "cleo", "why", clock.now())
        page = [suite.raw(f"k{n}", lane=f"Übung {n}", body=bytes([n % 256]) * 50, notes={"n": "ä"}) for n in range(300)]
        await store.put_page(suite.SOURCE, suite.INBOX, [*page, suite.raw("big", "big", LARGE)], Cursor("c1"))
        await store.desk.write([suite.write("w", entry=suite.entry(suite.ONE, "m1"))])
        await store.agent_act(suite.ONE, "replied", "a\0b", "cleo", clock.now())
        await store.open_raw(suite.SOURCE, Key("k1"), "cleo", "why", clock.now())
        await store.set_marks({"a": "b"})
        (effect,) = await suite.due(store, ground)
        await store.release_effects([Fate(effect.id, State.UNKNOWN, not_before=clock.now())])
    with closing(sqlite3.connect(folder / "gatehouse.db")) as connection:
        connection.execute("UPDATE sqlite_sequence SET seq = 5000 WHERE name = 'raws'")
        connection.commit()


def rows(place: str | Path) -> dict[str, set[str]]:
    with copying.opened(database_at(place)) as engines, engines.reading.begin() as connection:
        return {
            table.name: {repr(tuple(row)) for row in connection.execute(select(table))}
            for table in metadata.sorted_tables
        }


def test_a_desk_goes_to_postgresql_and_comes_back_the_same(desk: Path, fresh: str, tmp_path: Path) -> None:
    """Every row of every table; what PostgreSQL cannot keep is written out on the way there."""
    before = rows(desk)
    done = copying.copy(database_at(desk), database_at(fresh))
    assert done == {name: len(found) for name, found in before.items()}
    there = rows(fresh)
    changed = {name for name in before if before[name] != there[name]}
    assert changed == {"desk_lines"}
    assert r"a\\x00b" in "".join(there["desk_lines"])
    copying.copy(database_at(fresh), database_at(tmp_path / "back.db"))
    assert rows(tmp_path / "back.db") == there


def test_postgresql_knows_the_size_of_what_was_copied(desk: Path, fresh: str) -> None:
    """Before it does, it takes every batch's names for half of a table, and reads all of it."""
    copying.copy(database_at(desk), database_at(fresh))
    with psycopg.connect(fresh) as line:
        known = line.execute("SELECT reltuples FROM pg_class WHERE relname IN ('entries', 'refs', 'effects', 'raws')")
        assert all(count > 0 for (count,) in known.fetchall())


def test_the_copied_desk_goes_on_where_it_stood(desk: Path, fresh: str) -> None:
    """Queues, cursor, keys and numbers: nothing comes twice, and no number comes again."""
    copying.copy(database_at(desk), database_at(fresh))

    async def go_on() -> None:
        clock = ManualClock()
        async with open_store(fresh, desk.parent / "blobs", SEALER, clock) as store:
            await store.nodes.join("first")
            await store.recover()
            await store.nodes.own([suite.SOURCE])
            assert await store.cursor(suite.SOURCE, suite.INBOX) == "c1"
            known = await store.put_page(suite.SOURCE, suite.INBOX, [suite.raw("big", "big")], None)
            assert known == suite.Put(stored=0, known=1)
            claimed = await store.claim_raws(1000, suite.BIG, clock.now())
            assert len(claimed) == 301
            assert next(item.raw.body for item in claimed if item.raw.key == "big") == LARGE
            await store.put_page(suite.SOURCE, suite.INBOX, [suite.raw("new", "new")], None)
            (new,) = await store.claim_raws(9, suite.BIG, clock.now())
            assert new.seq > 5000
            past = await talks.ask(store, place=Place(suite.SOURCE, "Größe:1"), token="h1", entry_of="m1")
            assert (past.dialogue is not None, past.token is not None, past.entry is not None) == (True, True, True)
            ground = suite.Ground(lambda: None, clock)  # type: ignore[arg-type, return-value]
            assert await talks.read(store, ground) == LARGE
            assert len(await store.openings(None, 9)) == 3

    asyncio.run(go_on())


def test_a_target_that_holds_something_is_refused_untouched(desk: Path, fresh: str) -> None:
    copying.copy(database_at(desk), database_at(fresh))
    before = rows(fresh)
    with pytest.raises(ConfigError, match="not empty"):
        copying.copy(database_at(desk), database_at(fresh))
    assert rows(fresh) == before


async def test_a_desk_on_which_an_engine_runs_is_not_copied(desk: Path, fresh: str, tmp_path: Path) -> None:
    """Neither a file nor a server's database; what the engine writes meanwhile would be lost."""
    clock = ManualClock()
    async with open_store(desk, tmp_path / "blobs", SEALER, clock) as store:
        with store.hold_engine(), pytest.raises(ConfigError, match="already runs"):
            await asyncio.to_thread(copying.copy, database_at(desk), database_at(fresh))
    async with open_store(fresh, tmp_path / "blobs", SEALER, clock) as store:
        await store.nodes.join("alive")
        with pytest.raises(ConfigError, match="an engine runs"):
            await asyncio.to_thread(copying.copy, database_at(fresh), database_at(tmp_path / "b.db"))
    await asyncio.to_thread(copying.copy, database_at(fresh), database_at(tmp_path / "b.db"))


def test_a_copy_that_reads_otherwise_is_undone(desk: Path, fresh: str) -> None:
    """A value that is changed on its way is found, and nothing stays of the copy."""
    spoiled = []

    def spoil(connection: Connection, cursor: Any, sql: str, *_: Any) -> None:
        if "pg_get_serial_sequence" in sql and "setval" in sql and not spoiled:
            spoiled.append(sql)
            cursor.execute("UPDATE raws SET size = size + 1 WHERE key = 'k7'")

    event.listen(Engine, "before_cursor_execute", spoil)
    try:
        with pytest.raises(copying.CopyError, match="raws"):
            copying.copy(database_at(desk), database_at(fresh))
    finally:
        event.remove(Engine, "before_cursor_execute", spoil)
    assert set(map(len, rows(fresh).values())) == {0}


def test_a_copy_that_breaks_off_leaves_nothing(desk: Path, fresh: str) -> None:
    def told(table: str, count: int) -> None:
        if table == "entries":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        copying.copy(database_at(desk), database_at(fresh), told)
    assert set(map(len, rows(fresh).values())) == {0}


def test_a_desk_of_an_older_release_is_brought_up_first(desk: Path, fresh: str) -> None:
    """Copying changes nothing in what it copies."""
    with closing(sqlite3.connect(desk)) as connection:
        connection.execute("UPDATE gatehouse_revision SET version_num = '0001'")
        connection.commit()
    with pytest.raises(ConfigError, match="store migrate"):
        copying.copy(database_at(desk), database_at(fresh))


def test_the_command_copies_and_tells_what_it_did(desk: Path, fresh: str) -> None:
    done = runner.invoke(app, ["store", "copy", str(desk), fresh])
    assert done.exit_code == 0, done.output
    assert "302  raws" in done.output
    assert "the same" in done.output
    again = runner.invoke(app, ["store", "copy", str(desk), fresh])
    assert again.exit_code == 78
    assert "not empty" in again.output


def test_a_file_that_is_not_there_is_named_and_not_made(tmp_path: Path, fresh: str) -> None:
    done = runner.invoke(app, ["store", "copy", str(tmp_path / "none.db"), fresh])
    assert done.exit_code == 78
    assert "none.db" in done.output
    assert not (tmp_path / "none.db").exists()


def test_the_command_brings_a_database_up(fresh: str, tmp_path: Path) -> None:
    for place in (fresh, str(tmp_path / "a.db")):
        made = runner.invoke(app, ["store", "migrate", place])
        assert made.exit_code == 0, made.output
        assert f"Made, at revision {migrate.REVISION}" in made.output
        again = runner.invoke(app, ["store", "migrate", place])
        assert "already" in again.output
