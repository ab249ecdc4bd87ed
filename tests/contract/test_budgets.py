"""The buckets of limits keep their contract on SQLite and on PostgreSQL, and its checks can fail on both."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event, func, select

from gateway.journal import Store
from gateway.limits import Bucket
from gateway.ports import Limit, Scope
from gateway.store import SqlStore, copying, open_store
from gateway.store.budgets import FORGOTTEN
from gateway.store.places import database_at
from gateway.store.tables import budgets
from tests.conftest import ManualClock
from tests.contract.broken_budgets import BROKEN
from tests.contract.budgets_suite import CHECKS, TWICE, bucket, is_made
from tests.contract.conftest import SEALER, migrate
from tests.contract.meeting import held_up, meet, waits
from tests.contract.store_suite import Check, Ground
from tests.servers.postgres import Postgres

pytest_plugins = ("tests.servers.postgres_fixture",)


@pytest.fixture(scope="module")
def server(postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> Postgres:
    """The server, with a migrated database named `budgets`."""
    postgres.execute("CREATE DATABASE budgets")
    asyncio.run(migrate(postgres.url("budgets"), tmp_path_factory.mktemp("budgets") / "blobs"))
    return postgres


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> str | Path:
    """Where a fresh store is: in a file of its own, or in a database that nothing else uses now."""
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("empty_file"), tmp_path / "gatehouse.db")
        return tmp_path / "gatehouse.db"
    server: Postgres = request.getfixturevalue("server")
    server.empty("budgets")
    return server.url("budgets")


def ground(place: str | Path, folder: Path, wrap: Callable[[Store], Store] = lambda store: store) -> Ground:
    clock = ManualClock()

    @asynccontextmanager
    async def reopen() -> AsyncIterator[Store]:
        async with open_store(place, folder / "blobs", SEALER, clock) as store:
            yield wrap(store)

    return Ground(reopen, clock)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
async def test_budgets(check: Check, place: str | Path, tmp_path: Path) -> None:
    """The buckets in a real database keep this promise."""
    await check(ground(place, tmp_path))


@pytest.mark.parametrize(
    ("broken", "check"), BROKEN, ids=[f"{broken.__name__}-{check.__name__}" for broken, check in BROKEN]
)
async def test_broken_budgets(
    broken: Callable[[Store], Store], check: Check, place: str | Path, tmp_path: Path
) -> None:
    """The suite fails on a store with this fault."""
    with pytest.raises(AssertionError):
        await check(ground(place, tmp_path, broken))


def test_every_check_can_fail() -> None:
    assert {check for _, check in BROKEN} == set(CHECKS)


async def rows(store: Any) -> int:
    found: int = await store._threads.read(
        lambda connection: connection.scalar(select(func.count()).select_from(budgets))
    )
    return found


async def test_buckets_that_are_full_again_do_not_pile_up(place: str | Path, tmp_path: Path) -> None:
    """Many recipients, each once: no more rows than are needed now, and a few more removed with each new one."""
    here = ground(place, tmp_path)
    async with here.open() as store:
        for number in range(30):
            assert await is_made(store, here, bucket(f"early {number}"))
        here.clock.advance(122)
        for number in range(3):
            assert await is_made(store, here, bucket(f"late {number}"))
        assert await rows(store) == 33, "what a clock that goes back would need is kept"
        here.clock.advance(10)
        left = []
        for number in range(3, 12):
            assert await is_made(store, here, bucket(f"late {number}"))
            left.append(await rows(store))
        assert left == [max(33 + n - FORGOTTEN * n, 3 + n) for n in range(1, 10)]


async def test_a_refusal_writes_nothing(place: str | Path, tmp_path: Path) -> None:
    here = ground(place, tmp_path)
    async with here.open() as store:
        await store.budgets.reserve([bucket("a"), bucket("a")], here.now)
        with statements() as seen:
            assert not await is_made(store, here, bucket("a"), bucket("new"))
        assert [each.split()[0] for each in seen if "budgets" in each] == ["SELECT"]


@contextmanager
def statements() -> Iterator[list[str]]:
    """Note every statement that is sent meanwhile."""
    seen: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *more: Any) -> None:
        seen.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(Engine, "before_cursor_execute", note)


async def test_two_nodes_that_ask_at_once_get_no_more_than_there_is(server: Postgres, tmp_path: Path) -> None:
    """The second waits for the first, and reckons with what it took: from a row that is there, and from a new one."""
    server.empty("budgets")
    here = ground(server.url("budgets"), tmp_path)
    async with here.open() as one, here.open() as two:
        for _ in range(2):
            results = await meet(
                server,
                lambda: one.budgets.reserve([bucket("a")], here.now),
                lambda: two.budgets.reserve([bucket("a"), bucket("b")], here.now),
            )
        assert results == [[two_late := results[0][0]], [two_late, None]]
        assert two_late is not None
        assert [await is_made(two, here, bucket("b")) for _ in range(2)] == [True, False]


async def test_a_bucket_that_is_forgotten_is_not_taken_from_at_that_moment(server: Postgres, tmp_path: Path) -> None:
    """Whoever forgets old buckets passes over one that is being taken from."""
    server.empty("budgets")
    here = ground(server.url("budgets"), tmp_path)
    async with here.open() as one, here.open() as two:
        assert await is_made(one, here, bucket("old"))
        here.clock.advance(600)

        async def both(store: Store) -> bool:
            return await is_made(store, here, bucket("old"), bucket("new"))

        assert await meet(server, lambda: both(one), lambda: both(two)) == [True, True]
        assert not await is_made(one, here, bucket("old"))


async def test_whoever_forgets_old_buckets_waits_for_nobody(server: Postgres, tmp_path: Path) -> None:
    """One that is full again may be under way in another transaction at that moment."""
    server.empty("budgets")
    here = ground(server.url("budgets"), tmp_path)
    async with here.open() as one, here.open() as two:
        assert await is_made(one, here, bucket("old"))
        here.clock.advance(600)
        with held_up() as (reached, let):
            first = asyncio.create_task(is_made(one, here, bucket("old")))
            await asyncio.wait_for(reached.wait(), 10)
            second = asyncio.create_task(is_made(two, here, bucket("new")))
            assert not await waits(server, second)
            let()
            assert await asyncio.gather(first, second) == [True, True]


async def test_a_copied_desk_has_no_fresh_bucket(server: Postgres, tmp_path: Path, empty_file: Path) -> None:
    shutil.copy(empty_file, tmp_path / "gatehouse.db")
    server.execute("CREATE DATABASE budgets_copied")
    here = ground(tmp_path / "gatehouse.db", tmp_path)
    async with here.open() as store:
        assert await store.budgets.reserve([bucket("a")] * 2, here.now) == [None, None]
    there = server.url("budgets_copied")
    await asyncio.to_thread(copying.copy, database_at(tmp_path / "gatehouse.db"), database_at(there))
    async with open_store(there, tmp_path / "blobs", SEALER, here.clock) as copied:
        assert not await is_made(copied, here, bucket("a"))


async def test_an_operators_change_of_a_limit_counts_what_was_taken_before(place: str | Path, tmp_path: Path) -> None:
    here = ground(place, tmp_path)
    async with here.open() as store:
        assert await store.budgets.reserve([bucket("a")] * 2, here.now) == [None, None]
        wider = Bucket("a", Limit("send", Scope.CHANNEL, 3, TWICE.per))
        assert [await is_made(store, here, wider) for _ in range(2)] == [True, False]
        here.clock.advance(timedelta(seconds=63).total_seconds())
        assert await is_made(store, here, bucket("a"))
        assert isinstance(store, SqlStore)
