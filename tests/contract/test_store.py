"""The SQLite store keeps the store's contract, and the contract's checks can fail."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from gateway.journal import Store
from gateway.store import Sealer, open_store
from tests.conftest import ManualClock
from tests.contract.broken_stores import BROKEN
from tests.contract.store_suite import CHECKS, Check, Ground

SEALER = Sealer({"k1": b"1" * 32}, "k1")


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated database, copied rather than built for each check."""
    folder = tmp_path_factory.mktemp("store")

    async def build() -> None:
        async with open_store(folder / "empty.db", folder / "blobs", SEALER, ManualClock()):
            pass

    asyncio.run(build())
    return folder / "empty.db"


def ground(empty: Path, folder: Path, wrap: Callable[[Store], Store] = lambda store: store) -> Ground:
    clock = ManualClock()
    shutil.copy(empty, folder / "gatehouse.db")

    @asynccontextmanager
    async def reopen() -> AsyncIterator[Store]:
        async with open_store(folder / "gatehouse.db", folder / "blobs", SEALER, clock) as store:
            yield wrap(store)

    return Ground(reopen, clock)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
async def test_sqlite_store(check: Check, empty_database: Path, tmp_path: Path) -> None:
    """The store on a real file keeps this promise."""
    await check(ground(empty_database, tmp_path))


@pytest.mark.parametrize(("broken", "check"), BROKEN, ids=[broken.__name__ for broken, _ in BROKEN])
async def test_broken_store(
    broken: Callable[[Store], Store], check: Check, empty_database: Path, tmp_path: Path
) -> None:
    """The suite fails on a store with this fault."""
    with pytest.raises((AssertionError, pytest.fail.Exception)):
        await check(ground(empty_database, tmp_path, broken))
