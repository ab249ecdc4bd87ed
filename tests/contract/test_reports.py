"""Reports of impostors keep their contract on SQLite and on PostgreSQL, also where nodes count the same at once."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event

from gateway.journal import Store
from gateway.store import copying, open_store
from gateway.store.places import database_at
from tests.conftest import ManualClock
from tests.contract.broken_reports import BROKEN
from tests.contract.conftest import SEALER, migrate
from tests.contract.meeting import meet
from tests.contract.reports_suite import CHECKS, HANDLE, SITE, counts
from tests.contract.store_suite import Check, Ground
from tests.servers.postgres import Postgres

pytest_plugins = ("tests.servers.postgres_fixture",)

INSERT = "INSERT INTO reports"


@pytest.fixture(scope="module")
def server(postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> Postgres:
    """The server, with a migrated database named `reports`."""
    postgres.execute("CREATE DATABASE reports")
    asyncio.run(migrate(postgres.url("reports"), tmp_path_factory.mktemp("reports") / "blobs"))
    return postgres


@pytest.fixture
def shared(server: Postgres) -> str:
    """A fresh store that machines share."""
    server.empty("reports")
    return server.url("reports")


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> str | Path:
    """Where a fresh store is."""
    if request.param == "postgresql":
        return str(request.getfixturevalue("shared"))
    shutil.copy(request.getfixturevalue("empty_file"), tmp_path / "gatehouse.db")
    return tmp_path / "gatehouse.db"


def ground(place: str | Path, folder: Path, wrap: Callable[[Store], Any] = lambda store: store) -> Ground:
    clock = ManualClock()

    @asynccontextmanager
    async def reopen() -> AsyncIterator[Any]:
        async with open_store(place, folder / "blobs", SEALER, clock) as store:
            yield wrap(store)

    return Ground(reopen, clock)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
async def test_reports(check: Check, place: str | Path, tmp_path: Path) -> None:
    """Reports in a real database keep this promise."""
    await check(ground(place, tmp_path))


@pytest.mark.parametrize(
    ("broken", "check"), BROKEN, ids=[f"{broken.__name__}-{check.__name__}" for broken, check in BROKEN]
)
async def test_broken_reports(broken: Callable[[Store], Any], check: Check, empty_file: Path, tmp_path: Path) -> None:
    """The suite fails on a store with this fault."""
    shutil.copy(empty_file, tmp_path / "gatehouse.db")
    with pytest.raises(AssertionError):
        await check(ground(tmp_path / "gatehouse.db", tmp_path, broken))


def test_every_check_can_fail() -> None:
    assert {check for _, check in BROKEN} == set(CHECKS)


@contextmanager
def told(statement: str) -> Iterator[list[str]]:
    """Give the statements that begin so, as they are executed."""
    found: list[str] = []

    def note(*arguments: Any) -> None:
        if str(arguments[2]).startswith(statement):
            found.append(str(arguments[2]))

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(Engine, "before_cursor_execute", note)


@pytest.mark.parametrize("known", [False, True], ids=["new", "known"])
async def test_two_nodes_that_count_in_opposite_orders_do_not_wait_for_each_other(
    server: Postgres, shared: str, tmp_path: Path, known: bool
) -> None:
    """One is held up when it has written its first row: the other waits for that, not with a row of its own."""
    here = ground(shared, tmp_path)
    async with here.open() as one, here.open() as two:
        stores: tuple[Any, Any] = (one, two)
        if known:
            await stores[0].reports.add([HANDLE, SITE])
        with told(INSERT) as statements:
            came = await meet(
                server,
                lambda: stores[0].reports.add([HANDLE, SITE]),
                lambda: stores[1].reports.add([SITE, HANDLE]),
                statement=INSERT,
            )
        assert came == [None, None]
        assert len(statements) == 4, "one of them was ended by the server, and tried again"
        assert await counts(one) == {HANDLE.value: 1, SITE.value: 1}


async def test_a_copied_desk_knows_whom_it_knew(empty_file: Path, server: Postgres, tmp_path: Path) -> None:
    path = tmp_path / "gatehouse.db"
    shutil.copy(empty_file, path)
    async with ground(path, tmp_path).open() as opened:
        store: Any = opened
        await store.reports.add([HANDLE, SITE])
        before = await store.reports.page(None, 10)
    server.empty("reports")
    copied = await asyncio.to_thread(copying.copy, database_at(path), database_at(server.url("reports")))
    assert copied["reports"] == 2
    async with ground(server.url("reports"), tmp_path).open() as opened:
        store = opened
        assert await store.reports.page(None, 10) == before
        await store.reports.add([SITE])
        assert len(await store.reports.page(None, 10)) == 2
