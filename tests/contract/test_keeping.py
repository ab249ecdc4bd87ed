"""Meters and vaults keep their contract on SQLite and on PostgreSQL, over dead processes, new keys and copies."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import shutil
import signal
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from datetime import date, timedelta
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, ClassVar

import psycopg
import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import func, inspect, select, text, update
from typing_extensions import override

from gateway.errors import ConfigError
from gateway.journal import Store
from gateway.keeping import LEASE, ChannelVault
from gateway.ports import Spent
from gateway.queues import Retention
from gateway.store import Sealer, copying, open_store
from gateway.store import vault as sql
from gateway.store.migrate import MIGRATIONS
from gateway.store.places import database_at
from gateway.store.spending import KEPT
from gateway.store.tables import vault as rows
from tests.contract.broken_keeping import BROKEN
from tests.contract.conftest import migrate
from tests.contract.keeping_suite import CHECKS, NAME, is_had, meter, vault
from tests.contract.meeting import meet
from tests.contract.store_suite import Check, Ground
from tests.servers.postgres import Postgres
from tests.unit.telegram_intake import LeapingClock

pytest_plugins = ("tests.servers.postgres_fixture",)

ONE = {"k1": b"1" * 32}
SEALER = Sealer(ONE, "k1")
ROTATED = Sealer(ONE | {"k2": b"2" * 32}, "k2")
NEW = Sealer({"k2": b"2" * 32}, "k2")


_SERVER_TIME = (
    "CREATE SCHEMA test",
    "CREATE TABLE test.time AS SELECT '2026-11-20 12:00+00'::timestamptz AS at",
    "CREATE FUNCTION public.clock_timestamp() RETURNS timestamptz LANGUAGE sql AS 'SELECT at FROM test.time'",
)
"""The time of the server as a test moves it, instead of the one that its machine has."""


class ServersClock(LeapingClock):
    """A clock by which a database server goes, too."""

    lines: ClassVar[dict[str, psycopg.Connection[Any]]] = {}

    def __init__(self, url: str) -> None:
        super().__init__()
        self._line = self.lines.get(url)
        self._tell()

    @override
    def advance(self, seconds: float) -> None:
        super().advance(seconds)
        self._tell()

    @override
    async def sleep(self, seconds: float) -> None:
        await super().sleep(seconds)
        self._tell()

    def _tell(self) -> None:
        if self._line is not None:
            self._line.execute("UPDATE test.time SET at = %s", [self.now()])


@pytest.fixture(scope="module")
def server(postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> Postgres:
    """The server, with a migrated database named `keeping`."""
    postgres.execute("CREATE DATABASE keeping")
    postgres.execute("ALTER DATABASE keeping SET search_path = public, pg_catalog")
    asyncio.run(migrate(postgres.url("keeping"), tmp_path_factory.mktemp("keeping") / "blobs"))
    for statement in _SERVER_TIME:
        postgres.execute(statement, database="keeping")
    return postgres


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> str | Path:
    """Where a fresh store is."""
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("empty_file"), tmp_path / "gatehouse.db")
        return tmp_path / "gatehouse.db"
    return str(request.getfixturevalue("shared"))


@pytest.fixture
def shared(server: Postgres) -> Iterator[str]:
    """A fresh store that machines share."""
    server.empty("keeping")
    url = server.url("keeping")
    with psycopg.connect(url, autocommit=True) as ServersClock.lines[url]:
        ServersClock(url)
        yield url
    del ServersClock.lines[url]


def ground(
    place: str | Path, folder: Path, wrap: Callable[[Store], Any] = lambda store: store, sealer: Sealer = SEALER
) -> Ground:
    clock = ServersClock(place) if isinstance(place, str) else LeapingClock()

    @asynccontextmanager
    async def reopen() -> AsyncIterator[Any]:
        async with open_store(place, folder / "blobs", sealer, clock) as store:
            yield wrap(store)

    return Ground(reopen, clock)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
async def test_keeping(check: Check, place: str | Path, tmp_path: Path) -> None:
    """Meters and vaults in a real database keep this promise."""
    await check(ground(place, tmp_path))


@pytest.mark.parametrize(
    ("broken", "check"), BROKEN, ids=[f"{broken.__name__}-{check.__name__}" for broken, check in BROKEN]
)
async def test_broken_keeping(broken: Callable[[Store], Any], check: Check, empty_file: Path, tmp_path: Path) -> None:
    """The suite fails on a store with this fault."""
    shutil.copy(empty_file, tmp_path / "gatehouse.db")
    with pytest.raises(AssertionError):
        await check(ground(tmp_path / "gatehouse.db", tmp_path, broken))


def test_every_check_can_fail() -> None:
    assert {check for _, check in BROKEN} == set(CHECKS)


async def test_a_desk_of_the_release_before_keeps_what_it_has(tmp_path: Path) -> None:
    """It is brought up when it is opened, and no table of it is lost."""
    path = tmp_path / "gatehouse.db"
    database = database_at(path)
    database.prepare()
    engines = database.engines()
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with engines.writing.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0006")
        before = set(inspect(connection).get_table_names())
        connection.execute(text("INSERT INTO marks (name, document) VALUES ('told', 'long ago')"))
    engines.reading.dispose()
    here = ground(path, tmp_path)
    async with here.open() as opened:
        store: Any = opened
        await meter(store, here).charge("post_read", 1, 1)
        await vault(store, here).write(NAME, "made up")
        assert await store.marks("told") == {"told": "long ago"}
        after = await store._threads.read(lambda connection: set(inspect(connection).get_table_names()))
    assert before < after >= {"spending", "vault"}


def _hold(place: str | Path, folder: Path, line: Connection) -> None:
    async def hold() -> None:
        here = ground(place, folder)
        async with here.open() as store, vault(store, here).alone(NAME):
            line.send("held")
            await asyncio.to_thread(line.recv)

    asyncio.run(hold())


async def test_a_holder_that_is_killed_is_forgotten_after_a_minute(place: str | Path, tmp_path: Path) -> None:
    """A process of its own, which had no time to let go."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])
    ours, theirs = context.Pipe()
    process = context.Process(target=_hold, args=(place, tmp_path, theirs))
    process.start()
    assert await asyncio.to_thread(ours.poll, 20)
    assert ours.recv() == "held"
    os.kill(process.pid or 0, signal.SIGKILL)
    await asyncio.to_thread(process.join, 20)
    here = ground(place, tmp_path)
    began = here.now
    async with here.open() as store:
        assert not await is_had(vault(store, here))
        here.clock.advance(1)
        assert await is_had(vault(store, here))
    assert timedelta(0) <= here.now - began - LEASE <= timedelta(seconds=1)


@pytest.mark.parametrize("secs", [61, -70, 7200])
async def test_a_node_whose_clock_is_off_takes_no_live_lease(secs: int, shared: str, tmp_path: Path) -> None:
    """Nor does it hold one for longer, or for less long, than others: all go by the time of the database."""
    here = ground(shared, tmp_path)
    off = LeapingClock()
    off.advance(secs)
    async with here.open() as one, here.open() as opened:
        two: Any = opened
        async with vault(one, here).alone(NAME):
            assert not await two.vault.hold("posts", NAME, "off", off.now(), LEASE)
        assert await two.vault.hold("posts", NAME, "off", off.now(), LEASE)
        here.clock.advance(LEASE.total_seconds() - 0.01)
        assert not await two.vault.hold("posts", NAME, "next", here.now, LEASE)
        here.clock.advance(0.01)
        assert await two.vault.hold("posts", NAME, "next", here.now, LEASE)


async def test_of_two_nodes_that_ask_at_once_one_is_alone(server: Postgres, tmp_path: Path) -> None:
    """For a name that has no row yet, and for one that has."""
    server.empty("keeping")
    here = ground(server.url("keeping"), tmp_path)
    async with here.open() as one, here.open() as two:
        stores: tuple[Any, Any] = (one, two)
        for _ in range(2):
            holds = [
                lambda store=store, holder=holder: store.vault.hold("posts", NAME, holder, here.now, LEASE)
                for store, holder in zip(stores, "ab", strict=True)
            ]
            assert await meet(server, *holds) == [True, False]
            await stores[0].vault.release("posts", NAME, "a")


async def test_who_is_cancelled_while_he_asks_holds_nothing(place: str | Path, tmp_path: Path) -> None:
    """The lease may have been taken in the meantime: it is given back."""
    here = ground(place, tmp_path)
    async with here.open() as opened:
        store: Any = opened

        class Slow:
            def __getattr__(self, name: str) -> Any:
                return getattr(store.vault, name)

            async def hold(self, *asked: Any) -> bool:
                had: bool = await store.vault.hold(*asked)
                taken.set()
                await asyncio.Event().wait()
                return had

        taken = asyncio.Event()
        asking = asyncio.create_task(is_had(ChannelVault(Slow(), "posts", here.clock)))
        await asyncio.wait_for(taken.wait(), 5)
        asking.cancel()
        await asyncio.wait([asking])
        began = here.now
        assert await is_had(vault(store, here))
        assert here.now == began


async def test_a_secret_is_sealed_and_cannot_be_put_elsewhere(place: str | Path, tmp_path: Path) -> None:
    """What cannot be opened is a configuration error that says what to do."""
    here = ground(place, tmp_path)
    async with here.open() as opened:
        store: Any = opened
        await vault(store, here).write(NAME, "a made-up token")
        sealed = await store._threads.read(lambda connection: sql.read(connection, "posts", NAME))
        assert b"made-up" not in sealed
        await store._threads.write(lambda connection: sql.write(connection, "posts", "moved", sealed))
        with pytest.raises(ConfigError, match="gatehouse channels login posts"):
            await vault(store, here).read("moved")
        await store._threads.write(lambda connection: connection.execute(update(rows).values(sealed=sealed[:-1])))
        with pytest.raises(ConfigError, match="cannot be opened"):
            await vault(store, here).read(NAME)


async def test_a_rotation_seals_the_secrets_anew(place: str | Path, tmp_path: Path) -> None:
    """A key is free to be removed once none of them needs it; one that is damaged is told and left as it is."""
    here = ground(place, tmp_path)
    async with here.open() as opened:
        store: Any = opened
        for name in (NAME, "damaged"):
            await vault(store, here).write(name, f"{name} is made up")
        damage = update(rows).where(rows.c.name == "damaged").values(sealed=b"GHS1\x02k1 is no seal")
        await store._threads.write(lambda connection: connection.execute(damage))
        async with vault(store, here).alone("held alone"):
            assert (await store.seals.count(0))[1] == Counter({"k1": 2})
    here = ground(place, tmp_path, sealer=ROTATED)
    async with here.open() as opened:
        store = opened
        assert await vault(store, here).read(NAME) == "token is made up"
        step = await store.seals.reseal(0)
        assert (step.after, step.changed, step.unreadable) == (None, 1, 1)
        assert (await store.seals.count(0))[1] == Counter({"k1": 1, "k2": 1})
        assert (await store.seals.reseal(0)).changed == 0
    async with ground(place, tmp_path, sealer=NEW).open() as opened:
        assert await vault(opened, here).read(NAME) == "token is made up"


async def test_a_copied_desk_goes_on_where_it_was(empty_file: Path, server: Postgres, tmp_path: Path) -> None:
    path = tmp_path / "gatehouse.db"
    shutil.copy(empty_file, path)
    here = ground(path, tmp_path)
    async with here.open() as store:
        await meter(store, here).charge("post_read", 3, 15_000)
        await vault(store, here).write(NAME, "made up")
    server.empty("keeping")
    counts = await asyncio.to_thread(copying.copy, database_at(path), database_at(server.url("keeping")))
    assert (counts["spending"], counts["vault"]) == (1, 1)
    here = ground(server.url("keeping"), tmp_path)
    async with here.open() as store:
        assert await meter(store, here).today() == {"post_read": Spent(3, 15_000)}
        assert await vault(store, here).read(NAME) == "made up"


async def test_what_was_spent_long_ago_goes_and_secrets_stay(place: str | Path, tmp_path: Path) -> None:
    here = ground(place, tmp_path)
    async with here.open() as opened:
        store: Any = opened
        await vault(store, here).write(NAME, "made up")
        await meter(store, here).charge("post_read", 1, 1)
        await meter(store, here).charge("post_sent", 1, 1)
        here.clock.advance(86_400)
        await meter(store, here).charge("post_read", 2, 2)
        here.clock.advance(KEPT.total_seconds() - 43_200)
        assert [await swept(store, here, dry_run=True), await swept(store, here)] == [2, 2]
        assert await store.spending.of_day(date(2026, 11, 20)) == {}
        assert list(await store.spending.of_day(date(2026, 11, 21))) == ["x:1000"]
        count = select(func.count()).select_from(rows)
        assert await store._threads.read(lambda connection: connection.scalar(count)) == 1


async def swept(store: Any, here: Ground, *, dry_run: bool = False) -> int:
    place, spent = "", 0
    while place is not None:
        batch = await store.sweeps.sweep(Retention(), here.now, place, dry_run=dry_run)
        place, spent = batch.place, spent + batch.spending
    return spent
