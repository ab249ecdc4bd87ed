"""A real store in a temporary file, for what stands on it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from gateway.store import Sealer, SqlStore, open_store
from tests.conftest import ManualClock


@pytest_asyncio.fixture
async def store(tmp_path: Path, clock: ManualClock) -> AsyncIterator[SqlStore]:
    sealer = Sealer({"test": b"k" * 32}, "test")
    async with open_store(tmp_path / "gatehouse.db", tmp_path / "blobs", sealer, clock) as opened:
        yield opened
