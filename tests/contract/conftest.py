"""What the stores of all contract suites begin with: nothing, in the tables of today."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from gateway.store import Sealer, open_store
from tests.conftest import ManualClock

SEALER = Sealer({"k1": b"1" * 32}, "k1")


async def migrate(place: str | Path, blobs: Path) -> None:
    """Make the tables in a file or a database."""
    async with open_store(place, blobs, SEALER, ManualClock()):
        pass


@pytest.fixture(scope="session")
def empty_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated database file, copied rather than built for each check."""
    folder = tmp_path_factory.mktemp("empty")
    asyncio.run(migrate(folder / "empty.db", folder / "blobs"))
    return folder / "empty.db"
