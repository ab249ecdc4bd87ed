"""Known incidents keep their contract on SQLite and on PostgreSQL, and a copied store knows them."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from gateway.journal import Store
from gateway.queues import Act
from gateway.store import copying, open_store
from gateway.store.places import database_at
from tests.conftest import ManualClock
from tests.contract.broken_incidents import BROKEN
from tests.contract.conftest import SEALER, migrate
from tests.contract.incidents_suite import CHECKS, DELAYED, cases_of
from tests.contract.store_suite import Check, Ground
from tests.servers.postgres import Postgres

pytest_plugins = ("tests.servers.postgres_fixture",)


@pytest.fixture(scope="module")
def server(postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> Postgres:
    """The server, with a migrated database named `incidents`."""
    postgres.execute("CREATE DATABASE incidents")
    asyncio.run(migrate(postgres.url("incidents"), tmp_path_factory.mktemp("incidents") / "blobs"))
    return postgres


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> str | Path:
    """Where a fresh store is."""
    if request.param == "postgresql":
        server: Postgres = request.getfixturevalue("server")
        server.empty("incidents")
        return server.url("incidents")
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
async def test_incidents(check: Check, place: str | Path, tmp_path: Path) -> None:
    """Incidents in a real database keep this promise."""
    await check(ground(place, tmp_path))


@pytest.mark.parametrize(
    ("broken", "check"), BROKEN, ids=[f"{broken.__name__}-{check.__name__}" for broken, check in BROKEN]
)
async def test_broken_incidents(broken: Callable[[Store], Any], check: Check, empty_file: Path, tmp_path: Path) -> None:
    """The suite fails on a store with this fault."""
    shutil.copy(empty_file, tmp_path / "gatehouse.db")
    with pytest.raises(AssertionError):
        await check(ground(tmp_path / "gatehouse.db", tmp_path, broken))


def test_every_check_can_fail() -> None:
    assert {check for _, check in BROKEN} == set(CHECKS)


async def test_a_copied_desk_knows_its_incidents_and_gives_no_number_twice(
    empty_file: Path, server: Postgres, tmp_path: Path
) -> None:
    path = tmp_path / "gatehouse.db"
    shutil.copy(empty_file, path)
    here = ground(path, tmp_path)
    async with here.open() as opened:
        store: Any = opened
        made = await store.incidents.open(DELAYED, Act("ann", here.now))
        await cases_of(store, here, made.number, "GH-A")
    server.empty("incidents")
    copied = await asyncio.to_thread(copying.copy, database_at(path), database_at(server.url("incidents")))
    assert (copied["incidents"], copied["incident_cases"]) == (1, 1)
    there = ground(server.url("incidents"), tmp_path)
    async with there.open() as opened:
        store = opened
        assert list(await store.incidents.page(10, ended=True)) == [made]
        assert (await store.incidents.open(DELAYED, Act("ann", there.now))).number == made.number + 1
