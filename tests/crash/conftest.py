"""What the crash tests share: one process that forks all lives, and a way to make desks."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from tests.crash.clock import SharedClock
from tests.crash.lives import CrashDesk, Nursery, nursery
from tests.crash.outside import Outside

MakeDesk = Callable[..., Awaitable[CrashDesk]]


@pytest.fixture(scope="session")
def lives(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nursery]:
    """The process that forks the gateway for every test."""
    with nursery(tmp_path_factory.mktemp("plugins") / "site") as found:
        yield found


@pytest_asyncio.fixture
async def make_desk(tmp_path: Path, lives: Nursery) -> AsyncIterator[MakeDesk]:
    """Make desks, each with a world of its own; their lives end with the test."""
    made: list[CrashDesk] = []

    async def make(folder: Path | None = None, shared_clock: bool = False, **given: Any) -> CrashDesk:
        clock = SharedClock(tmp_path / "clock") if shared_clock else None
        outside = await Outside(clock.now if clock else lambda: datetime.now(UTC)).__aenter__()
        name = f"desk{len(made)}"
        wanted = {"nursery": lives, "aside": tmp_path / f"{name}.aside", "clock": clock, **given}
        made.append(CrashDesk(folder or tmp_path / name, outside, **wanted))
        return made[-1]

    yield make
    for desk in made:
        await desk.close()
        await desk.outside.__aexit__()


@pytest_asyncio.fixture
async def desk(make_desk: MakeDesk) -> CrashDesk:
    """A desk on the store that comes by itself."""
    return await make_desk()
