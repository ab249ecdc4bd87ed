"""The store keeps its contract on SQLite and on PostgreSQL, and the contract's checks can fail on both."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from gateway.journal import Store
from gateway.store import open_store
from tests.conftest import ManualClock
from tests.contract.broken_desk import BROKEN as BROKEN_DESK
from tests.contract.broken_dialogues import BROKEN as BROKEN_DIALOGUES
from tests.contract.broken_identities import BROKEN as BROKEN_IDENTITIES
from tests.contract.broken_queues import BROKEN as BROKEN_QUEUES
from tests.contract.broken_stores import BROKEN
from tests.contract.conftest import SEALER, migrate
from tests.contract.desk_suite import CHECKS as DESK_CHECKS
from tests.contract.dialogue_suite import CHECKS as DIALOGUE_CHECKS
from tests.contract.identity_suite import CHECKS as IDENTITY_CHECKS
from tests.contract.queue_suite import CHECKS as QUEUE_CHECKS
from tests.contract.store_suite import CHECKS, Check, Ground
from tests.servers.postgres import Postgres

pytest_plugins = ("tests.servers.postgres_fixture",)

DATABASES = ("sqlite", "postgresql")


@pytest.fixture(scope="session")
def contract_database(postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> Postgres:
    """The server, with a migrated database named `contract`, emptied rather than built for each check."""
    postgres.execute("CREATE DATABASE contract")
    asyncio.run(migrate(postgres.url("contract"), tmp_path_factory.mktemp("store") / "blobs"))
    return postgres


@pytest.fixture(params=DATABASES)
def place(request: pytest.FixtureRequest, tmp_path: Path) -> str | Path:
    """Where a fresh store is: in a file of its own, or in a database that nothing else uses now."""
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("empty_file"), tmp_path / "gatehouse.db")
        return tmp_path / "gatehouse.db"
    server: Postgres = request.getfixturevalue("contract_database")
    server.empty("contract")
    return server.url("contract")


def ground(place: str | Path, folder: Path, wrap: Callable[[Store], Store] = lambda store: store) -> Ground:
    clock = ManualClock()

    @asynccontextmanager
    async def reopen() -> AsyncIterator[Store]:
        async with open_store(place, folder / "blobs", SEALER, clock) as store:
            yield wrap(store)

    return Ground(reopen, clock)


@pytest.mark.parametrize(
    "check",
    [*CHECKS, *QUEUE_CHECKS, *DIALOGUE_CHECKS, *DESK_CHECKS, *IDENTITY_CHECKS],
    ids=lambda check: check.__name__,
)
async def test_store(check: Check, place: str | Path, tmp_path: Path) -> None:
    """The store on a real database keeps this promise."""
    await check(ground(place, tmp_path))


ALL_BROKEN = [*BROKEN, *BROKEN_QUEUES, *BROKEN_DIALOGUES, *BROKEN_DESK, *BROKEN_IDENTITIES]


@pytest.mark.parametrize(("broken", "check"), ALL_BROKEN, ids=[broken.__name__ for broken, _ in ALL_BROKEN])
async def test_broken_store(broken: Callable[[Store], Store], check: Check, place: str | Path, tmp_path: Path) -> None:
    """The suite fails on a store with this fault."""
    with pytest.raises((AssertionError, pytest.fail.Exception)):
        await check(ground(place, tmp_path, broken))
