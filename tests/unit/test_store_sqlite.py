"""What SQLite answers, what the operator reads of it, and how callers come and go."""

from __future__ import annotations

import asyncio
import fcntl
import os
import sqlite3
import stat
import sys
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, event
from sqlalchemy.dialects import sqlite as dialect
from sqlalchemy.exc import StatementError

from gateway.errors import ConfigError, GatewayError, RejectedError, TransientError
from gateway.journal import Decision, Fate, State
from gateway.ports import Key
from gateway.store import Sealer, SqlStore, open_store, sqlite
from gateway.store.bodies import INLINE_BYTES
from gateway.store.columns import UtcTime
from tests.conftest import ManualClock
from tests.contract import store_suite as suite

START = datetime(2026, 11, 20)  # noqa: DTZ001 - the zone is drawn apart
SEALER = Sealer({"k1": b"1" * 32}, "k1")


HOLDER = """
import pathlib, sys
from gateway.store import hold_engine

with hold_engine(pathlib.Path(sys.argv[1])):
    print("held", flush=True)
    input()
"""


@pytest.fixture
async def store(tmp_path: Path, clock: ManualClock) -> AsyncIterator[SqlStore]:
    async with open_store(tmp_path / "gatehouse.db", tmp_path / "blobs", SEALER, clock) as opened:
        yield opened


def ask(folder: Path, sql: str) -> list[Any]:
    with closing(sqlite3.connect(folder / "gatehouse.db")) as connection:
        return connection.execute(sql).fetchall()


def files(folder: Path, pattern: str) -> list[Path]:
    return sorted(folder.glob(pattern))


def change(folder: Path, sql: str) -> None:
    with closing(sqlite3.connect(folder / "gatehouse.db")) as connection:
        connection.execute(sql)
        connection.commit()


@contextmanager
def held_up(word: str) -> Iterator[tuple[threading.Event, threading.Event]]:
    """Hold up the first statement with that word: tell when it is reached, go on when let.

    What was held up must have ended within the context: leaving it would break the statement off.
    """
    reached, let = threading.Event(), threading.Event()

    def wait(_: Any, __: Any, sql: str, *___: Any) -> None:
        if word in sql and not reached.is_set():
            reached.set()
            assert let.wait(10)

    event.listen(Engine, "before_cursor_execute", wait)
    try:
        yield reached, let
    finally:
        let.set()
        event.remove(Engine, "before_cursor_execute", wait)


async def reach(reached: threading.Event) -> None:
    assert await asyncio.to_thread(reached.wait, 10)


@given(
    st.datetimes(min_value=START - timedelta(days=700_000), max_value=START + timedelta(days=2_000_000)),
    st.integers(-12, 14),
)
def test_an_instant_is_kept_to_the_microsecond_in_any_zone(naive: datetime, hours: int) -> None:
    """What comes back is the same instant, in UTC."""
    kind, sqlite_dialect = UtcTime(), dialect.dialect()
    instant = naive.replace(tzinfo=timezone(timedelta(hours=hours)))
    back = kind.process_result_value(kind.process_bind_param(instant, sqlite_dialect), sqlite_dialect)
    assert back == instant
    assert back is not None
    assert back.tzinfo is UTC


async def test_the_files_of_the_store_are_for_their_owner_alone(store: SqlStore, tmp_path: Path) -> None:
    """Database, write-ahead log and its index hold users' text."""
    await suite.put(store, "a/1")
    modes = [stat.S_IMODE(file.stat().st_mode) for file in files(tmp_path, "gatehouse.db*")]
    assert modes == [0o600] * 3


async def test_every_connection_is_durable_and_checks_references(store: SqlStore) -> None:
    """WAL, synchronous=FULL, foreign keys, and a wait for whoever writes beside us."""
    engines = store._threads._engines
    for engine in (engines.writing, engines.reading):
        with engine.connect() as connection:
            found = {
                name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
                for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
            }
        assert found == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 10_000}


async def test_bodies_are_sealed_inside_the_database_and_in_the_folder(store: SqlStore, tmp_path: Path) -> None:
    """Neither file shows a word of a user; small bodies make no file, large ones one."""
    small, large = b"my seed phrase " * 10, b"my seed phrase " * (INLINE_BYTES // 15 + 1)
    page = [suite.raw("k1", lane="a", body=small), suite.raw("k2", lane="b", body=large)]
    await store.put_page(suite.SOURCE, suite.INBOX, page, None)
    assert len(files(tmp_path, "blobs/*/*")) == 1
    for file in (*files(tmp_path, "blobs/*/*"), *files(tmp_path, "gatehouse.db*")):
        assert b"seed phrase" not in file.read_bytes()
    assert [item.raw.body for item in await store.claim_raws(9, suite.BIG, suite.START)] == [small, large]


async def test_a_damaged_body_is_buried_and_its_neighbours_go_on(
    store: SqlStore, tmp_path: Path, clock: ManualClock
) -> None:
    """One bad raw stops neither the claim nor its lane; opening it says what is wrong."""
    ground = suite.Ground(lambda: open_store("", tmp_path, SEALER, clock), clock)
    await suite.put(store, "a/1", "a/2", "b/3")
    change(tmp_path, "UPDATE bodies SET sealed = substr(sealed, 1, 30) WHERE seq = 1")
    assert await suite.claim_keys(store, ground) == ["b/3"]
    assert await suite.claim_keys(store, ground) == ["a/2"]
    ((state, reason),) = ask(tmp_path, "SELECT state, reason FROM raws WHERE seq = 1")
    assert (state, "seal" in reason) == ("buried", True)
    with pytest.raises(RejectedError):
        await store.open_raw(suite.SOURCE, Key("a/1"), "cleo", "why", clock.now())


async def test_a_claim_of_nothing_but_damage_goes_on_to_the_next(
    store: SqlStore, tmp_path: Path, clock: ManualClock
) -> None:
    """An empty answer means that nothing is due, so damage must not give one."""
    ground = suite.Ground(lambda: open_store("", tmp_path, SEALER, clock), clock)
    await suite.put(store, "a/1", "a/2")
    change(tmp_path, "DELETE FROM bodies WHERE seq = 1")
    assert await suite.claim_keys(store, ground) == ["a/2"]


async def test_a_key_that_is_gone_stops_the_claim_and_costs_no_attempt(tmp_path: Path, clock: ManualClock) -> None:
    """One removed by hand, too early: that is the operator's to mend; nothing is buried for it."""
    places = (tmp_path / "gatehouse.db", tmp_path / "blobs")
    async with open_store(*places, SEALER, clock) as store:
        await suite.put(store, "a/1")
    async with open_store(*places, both("k2"), clock):
        pass
    async with open_store(*places, Sealer({"k2": b"2" * 32}, "k2"), clock) as store:
        with pytest.raises(ConfigError, match="k1"):
            await store.claim_raws(9, suite.BIG, clock.now())
    async with open_store(*places, both("k1"), clock) as store:
        assert [item.attempts for item in await store.claim_raws(9, suite.BIG, clock.now())] == [1]


def both(current: str) -> Sealer:
    return Sealer({"k1": b"1" * 32, "k2": b"2" * 32}, current)


@pytest.mark.parametrize(
    ("keys", "said"),
    [({"k2": b"2" * 32}, "the key k1, which it does not hold"), ({"k1": b"2" * 32}, "another key of the name k1")],
)
async def test_a_store_is_not_opened_with_another_key(
    tmp_path: Path, clock: ManualClock, keys: dict[str, bytes], said: str
) -> None:
    """Not even an empty one: what would be taken in under it could not be read by whoever has the right one."""
    places = (tmp_path / "gatehouse.db", tmp_path / "blobs")
    async with open_store(*places, SEALER, clock) as store:
        assert await store.marks("") == {}
    with pytest.raises(ConfigError, match=said):
        async with open_store(*places, Sealer(keys, next(iter(keys))), clock):
            pass
    async with open_store(*places, SEALER, clock):
        pass


@pytest.mark.parametrize("kept", [True, False])
async def test_a_store_made_before_probes_gets_one_under_its_own_key(
    tmp_path: Path, clock: ManualClock, kept: bool
) -> None:
    """What it took in last says which key that is."""
    places = (tmp_path / "gatehouse.db", tmp_path / "blobs")
    wrong = Sealer({"k2": b"2" * 32}, "k2")
    async with open_store(*places, SEALER, clock) as store:
        if kept:
            await suite.put(store, "a/1")
    change(tmp_path, "DELETE FROM marks")
    if kept:
        with pytest.raises(ConfigError, match="k1"):
            async with open_store(*places, wrong, clock):
                pass
    async with open_store(*places, SEALER, clock):
        pass
    with pytest.raises(ConfigError, match="k1"):
        async with open_store(*places, wrong, clock):
            pass


async def test_the_probe_follows_a_new_key_so_that_the_old_one_may_go(tmp_path: Path, clock: ManualClock) -> None:
    places = (tmp_path / "gatehouse.db", tmp_path / "blobs")
    for sealer in (SEALER, both("k2"), Sealer({"k2": b"2" * 32}, "k2")):
        async with open_store(*places, sealer, clock):
            pass
    with pytest.raises(ConfigError, match="k2"):
        async with open_store(*places, SEALER, clock):
            pass


async def test_every_opening_is_logged(store: SqlStore, tmp_path: Path, clock: ManualClock) -> None:
    """Who, why and which raw; an opening that found nothing is none."""
    await suite.put(store, "a/1")
    await store.open_raw(suite.SOURCE, Key("a/1"), "cleo", "complaint 7", clock.now())
    await store.open_raw(suite.SOURCE, Key("a/9"), "cleo", "complaint 8", clock.now())
    assert ask(tmp_path, "SELECT seq, opened_by, reason FROM openings") == [(1, "cleo", "complaint 7")]


async def test_hostile_text_in_a_key_or_lane_does_not_stop_a_page(store: SqlStore, clock: ManualClock) -> None:
    """Lone surrogates and NUL are written out, and the same raw is known again."""
    hostile = suite.raw("k\ud800\0", lane="l\udfff", notes={"n\0": "\ud800"})
    assert (await store.put_page(suite.SOURCE, suite.INBOX, [hostile], None)).stored == 1
    assert (await store.put_page(suite.SOURCE, suite.INBOX, [hostile], None)).known == 1
    (claimed,) = await store.claim_raws(9, suite.BIG, clock.now())
    assert (claimed.raw.key, claimed.raw.lane) == ("k\\ud800\\x00", "l\\udfff")
    assert claimed.raw.notes == {"n\\x00": "\\ud800"}


async def test_a_bug_shows_no_users_text(store: SqlStore) -> None:
    """Errors of the database layer name the statement and never its values."""
    secret = "twelve words of a seed phrase"
    wrong = suite.raw(secret, received_at=datetime(2026, 1, 1))  # noqa: DTZ001 - the bug
    with pytest.raises(StatementError) as caught:
        await store.put_page(suite.SOURCE, suite.INBOX, [wrong], None)
    assert secret not in str(caught.value)


async def test_a_fate_that_fits_no_queue_is_a_bug(store: SqlStore, clock: ManualClock) -> None:
    """A raw is never unknown, and nothing is released as claimed."""
    ground = suite.Ground(lambda: open_store("", Path(), SEALER, clock), clock)
    await suite.put(store, "a/1")
    (seq,) = await suite.claim_seqs(store, ground)
    with pytest.raises(ValueError, match="unknown"):
        await store.release_raws([Fate(seq, State.UNKNOWN)])
    await store.commit([Decision(seq, effects=(suite.ticket_effect("1", None),))])
    (effect,) = await suite.due(store, ground)
    with pytest.raises(ValueError, match="claimed"):
        await store.release_effects([Fate(effect.id, State.CLAIMED)])
    with pytest.raises(ValueError, match="replied"):
        await store.agent_act(suite.ONE, "shouted", "", "cleo", clock.now())


async def test_calls_with_nothing_to_do_do_nothing(store: SqlStore, tmp_path: Path) -> None:
    """An empty page, batch or query is answered and writes nothing."""
    before = ask(tmp_path, "PRAGMA data_version"), ask(tmp_path, "SELECT count(*) FROM streams")
    assert (await store.put_page(suite.SOURCE, suite.INBOX, [], None)).stored == 0
    await store.commit([])
    await store.release_raws([])
    await store.release_effects([])
    await store.release_effects([Fate(7, State.SETTLED)])
    assert list(await store.look_up([])) == []
    assert list(await store.desk.write([])) == []
    assert (ask(tmp_path, "PRAGMA data_version"), ask(tmp_path, "SELECT count(*) FROM streams")) == before


@pytest.mark.parametrize(
    ("code", "action"),
    [
        ("SQLITE_BUSY_SNAPSHOT", TransientError),
        ("SQLITE_LOCKED", TransientError),
        ("SQLITE_FULL", TransientError),
        ("SQLITE_IOERR_FSYNC", TransientError),
        ("SQLITE_CANTOPEN", TransientError),
        ("SQLITE_NOTADB", ConfigError),
        ("SQLITE_CORRUPT_VTAB", ConfigError),
        ("SQLITE_READONLY_DBMOVED", ConfigError),
    ],
)
def test_what_sqlite_says_becomes_what_the_operator_does(code: str, action: type[GatewayError]) -> None:
    """Wait, or edit the configuration; the code stays in the sentence."""
    error = sqlite3.OperationalError("in its own words")
    error.sqlite_errorname = code
    with pytest.raises(action, match=code), sqlite.translated():
        raise error


def test_a_wrong_statement_stays_a_bug() -> None:
    """No such table is not the operator's to mend."""
    with (
        closing(sqlite3.connect(":memory:")) as connection,
        pytest.raises(sqlite3.OperationalError),
        sqlite.translated(),
    ):
        connection.execute("SELECT * FROM nothing")


async def test_a_database_that_another_process_keeps_locked_is_passing(
    tmp_path: Path, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After the time-out the write failed wholly; when the lock is gone the same call succeeds."""
    monkeypatch.setattr(sqlite, "BUSY_SECONDS", 0)
    async with open_store(tmp_path / "gatehouse.db", tmp_path / "blobs", SEALER, clock) as store:
        with closing(sqlite3.connect(tmp_path / "gatehouse.db", isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            with pytest.raises(TransientError, match="another process"):
                await suite.put(store, "a/1")
            assert await store.cursor(suite.SOURCE, suite.INBOX) is None
            other.execute("ROLLBACK")
        assert (await suite.put(store, "a/1")).stored == 1


@pytest.mark.parametrize("place", ["mysql://db/gatehouse", "sqlite://", "sqlite:///:memory:", "no such ://"])
async def test_a_place_that_is_no_sqlite_file_is_refused(place: str, tmp_path: Path, clock: ManualClock) -> None:
    """The sentence does not repeat the URL, which may hold a password."""
    with pytest.raises(ConfigError) as caught:
        async with open_store(place, tmp_path / "blobs", SEALER, clock):
            pass
    assert "gatehouse" not in str(caught.value)


async def test_a_missing_folder_is_named(tmp_path: Path, clock: ManualClock) -> None:
    """A URL names its file as a path does."""
    with pytest.raises(ConfigError, match="nowhere"):
        async with open_store(f"sqlite:///{tmp_path}/nowhere/g.db", tmp_path / "blobs", SEALER, clock):
            pass


def test_only_one_process_at_a_time_puts_a_file_into_wal_mode(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """SQLite does not wait in that one step, so whoever is in it holds the folder."""
    connect = sqlite3.connect
    held = []

    def connect_and_look(*arguments: Any, **options: Any) -> sqlite3.Connection:
        folder = os.open(tmp_path, os.O_RDONLY)
        with pytest.raises(BlockingIOError):
            fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.close(folder)
        held.append(True)
        return connect(*arguments, **options)

    monkeypatch.setattr(sqlite3, "connect", connect_and_look)
    sqlite.use_wal(tmp_path / "gatehouse.db")
    assert held == [True]


async def test_a_second_engine_is_refused_by_the_first_ones_process_id(store: SqlStore, tmp_path: Path) -> None:
    """Also from another process; when the first has gone, the next may."""
    first = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", HOLDER, str(tmp_path / "gatehouse.db")),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert first.stdout is not None
    assert await asyncio.wait_for(first.stdout.readline(), 10) == b"held\n"
    with pytest.raises(ConfigError, match=rf"\(process {first.pid}\)"), store.hold_engine():
        pass
    first.kill()
    await first.wait()
    with store.hold_engine():
        with pytest.raises(ConfigError, match="already runs"), sqlite.hold_engine(tmp_path / "gatehouse.db"):
            pass
        assert (await suite.put(store, "a/1")).stored == 1


async def test_a_lock_that_cannot_be_made_is_a_matter_of_configuration(tmp_path: Path) -> None:
    """The folder is named."""
    with pytest.raises(ConfigError, match="lock"), sqlite.hold_engine(tmp_path / "nowhere" / "g.db"):
        pass


async def test_an_operator_reads_and_writes_beside_the_engine(
    store: SqlStore, tmp_path: Path, clock: ManualClock
) -> None:
    """A second opening sees what is committed, and its own changes are seen."""
    with store.hold_engine():
        await suite.put(store, "a/1")
        async with open_store(tmp_path / "gatehouse.db", tmp_path / "blobs", SEALER, clock) as beside:
            assert (await beside.tally()).raws == {State.NEW: 1}
            await suite.put(beside, "b/2", cursor="c2")
        assert (await store.tally()).raws == {State.NEW: 2}


async def test_a_cancelled_write_is_still_done_whole(store: SqlStore) -> None:
    """Whoever waited is gone; the transaction is not."""
    with held_up("INSERT INTO bodies") as (reached, let):
        writing = asyncio.create_task(suite.put(store, "a/1", cursor="c1"))
        await reach(reached)
        writing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await writing
        let.set()
        await suite.put(store, cursor=None)
    assert await store.cursor(suite.SOURCE, suite.INBOX) == "c1"
    assert (await store.tally()).raws == {State.NEW: 1}


async def test_a_claim_that_nobody_receives_is_given_back(store: SqlStore, clock: ManualClock) -> None:
    """Raws and effects whose claimer was cancelled are claimed by the next, and no attempt is lost."""
    ground = suite.Ground(lambda: open_store("", Path(), SEALER, clock), clock)
    await suite.decide(store, ground, effects=(suite.ticket_effect("1"),))
    await suite.put(store, "a/1")
    claims = {
        "UPDATE raws SET state=?, attempts": lambda: store.claim_raws(9, suite.BIG, clock.now()),
        "claimed_as=effects.state": lambda: store.claim_effects("desk", 9, clock.now()),
    }
    for statement, claim in claims.items():
        with held_up(statement) as (reached, let):
            claiming = asyncio.create_task(claim())
            await reach(reached)
            claiming.cancel()
            with pytest.raises(asyncio.CancelledError):
                await claiming
            let.set()
            (again,) = await claim()
            assert again.attempts == 1


async def test_a_claim_cancelled_before_it_began_claims_nothing(store: SqlStore, clock: ManualClock) -> None:
    """Behind another write it may still be waiting for its turn."""
    await suite.put(store, "a/1")
    with held_up("INSERT INTO bodies") as (reached, let):
        writing = asyncio.create_task(suite.put(store, "b/2"))
        await reach(reached)
        claiming = asyncio.create_task(store.claim_raws(9, suite.BIG, clock.now()))
        await asyncio.sleep(0)
        claiming.cancel()
        with pytest.raises(asyncio.CancelledError):
            await claiming
        let.set()
        await writing
    assert [item.attempts for item in await store.claim_raws(9, suite.BIG, clock.now())] == [1, 1]


async def test_closing_waits_for_what_is_under_way(tmp_path: Path, clock: ManualClock) -> None:
    """A write that began before the end of the context is in the file after it."""
    with held_up("INSERT INTO bodies") as (reached, let):
        async with open_store(tmp_path / "gatehouse.db", tmp_path / "blobs", SEALER, clock) as store:
            writing = asyncio.create_task(suite.put(store, "a/1"))
            await reach(reached)
            asyncio.get_running_loop().call_soon(let.set)
        await writing
    assert ask(tmp_path, "SELECT key FROM raws") == [("a/1",)]
    assert not (tmp_path / "gatehouse.db-wal").exists()


async def test_a_closed_store_takes_no_more_work(tmp_path: Path, clock: ManualClock) -> None:
    """A call after the end is a bug, not a hang."""
    async with open_store(tmp_path / "gatehouse.db", tmp_path / "blobs", SEALER, clock) as store:
        pass
    with pytest.raises(RuntimeError):
        await store.tally()


async def test_readers_do_not_wait_for_the_writer(store: SqlStore) -> None:
    """A look at the store is answered from what is committed while a page is being written."""
    await suite.put(store, "a/1", cursor="c1")
    with held_up("INSERT INTO bodies") as (reached, let):
        writing = asyncio.create_task(suite.put(store, "b/2", cursor="c2"))
        await reach(reached)
        assert await store.cursor(suite.SOURCE, suite.INBOX) == "c1"
        let.set()
        await writing
    assert await store.cursor(suite.SOURCE, suite.INBOX) == "c2"
