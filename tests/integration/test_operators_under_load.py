"""Every operators' command works beside an engine at full load, on a file and on a server, and disturbs nothing."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from tests.crash.audit import audit
from tests.crash.lives import CrashDesk, Nursery, nursery
from tests.crash.outside import FILE_EVERY, Act, Outside
from tests.crash.shared import asking, is_spread, migrate, store_lines
from tests.gateway_process import ROOT
from tests.servers.postgres import Postgres, Template

FULL = os.environ.get("GATEHOUSE_FULL") == "1"
pytest_plugins = ("tests.servers.postgres_fixture",)
pytestmark = [pytest.mark.crash, pytest.mark.timeout(600)]
BOUND_SECS = 60.0
"""A command that takes longer hangs, on any machine."""
SIDE_BY_SIDE = 3
USERS = 40
WAITING = 60
"""So many messages, or files of them, are always on their way, and hardly more: they are worked off at the end."""
REFUSED = Act(status=400, takes=False)


@dataclass
class Beside:
    """A desk under load, and the commands beside it."""

    desk: CrashDesk
    site: Path
    place: str
    """What `gatehouse store` names the database by."""
    loading: bool = True

    async def load(self) -> None:
        """Let users write as fast as the gateway works."""
        outside = self.desk.outside
        outside.post(USERS, USERS)
        while self.loading:
            files = len(outside.posted) // FILE_EVERY - outside.calls["download"]
            if max(len(outside.posted) - outside.tickets_taken, files) < WAITING:
                outside.post(20, USERS)
            await asyncio.sleep(0.01)

    async def gatehouse(self, *words: str) -> str:
        """Run a command as an operator does, and return what it printed; it must end well."""
        began = time.monotonic()
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "gateway", *words),
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(self.site), "GATEHOUSE_CONFIG": str(self.config)},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        out, err = await asyncio.wait_for(process.communicate(), BOUND_SECS)
        assert process.returncode == 0, f"{' '.join(words)}: {process.returncode}\n{out.decode()}\n{err.decode()}"
        assert b"Traceback" not in err, err.decode()
        print(f"{time.monotonic() - began:5.1f} s  gatehouse {' '.join(words)}")
        return out.decode()

    @property
    def config(self) -> Path:
        return self.desk.folder / "gatehouse.toml"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("operators") / "site"


@pytest.fixture(scope="module")
def lives(site: Path) -> Iterator[Nursery]:
    with nursery(site) as found:
        yield found


@pytest_asyncio.fixture
async def outside() -> AsyncIterator[Outside]:
    async with Outside(lambda: datetime.now(UTC)) as found:
        yield found


@pytest.fixture
def server(request: pytest.FixtureRequest) -> Iterator[Postgres | None]:
    """A server for the desk, where the test asks for one."""
    if request.param == "file":
        yield None
        return
    template: Template = request.getfixturevalue("postgres_template")
    found = Postgres.start(template, f"operators{os.urandom(4).hex()}")
    yield found
    found.stop()


@pytest_asyncio.fixture
async def beside(
    tmp_path: Path, lives: Nursery, site: Path, outside: Outside, server: Postgres | None
) -> AsyncIterator[Beside]:
    given: dict[str, Any] = {"nursery": lives, "aside": tmp_path / "aside"}
    place = str(tmp_path / "desk" / "gatehouse.db")
    if server is not None:
        place = server.url()
        await migrate(place)
        given |= {"store_lines": store_lines(place), "database": asking(lambda: server)}
    desk = CrashDesk(tmp_path / "desk", outside, **given)
    yield Beside(desk, site, place)
    await desk.close()


def reading(case: str, effect: int, raw: int) -> Sequence[Sequence[str]]:
    """Return the commands that only look."""
    return (
        ("status",),
        ("status", "--json"),
        ("channels", "list"),
        ("cases", "list"),
        ("cases", "show", case),
        ("queue", "list"),
        ("queue", "list", "--state", "settled", "--limit", "1000", "--json"),
        ("queue", "show", f"effect:{effect}"),
        ("queue", "show", f"raw:{raw}"),
        ("raws", "opened"),
        ("keys", "list"),
        ("check",),
        ("check", "--live"),
        ("directory", "check"),
        ("verify", "examplex.test"),
    )


def writing(beside: Beside, folder: Path, case: str, effect: int) -> Sequence[Sequence[str]]:
    """Return the commands that change something, and leave nothing that the oracle would miss."""
    return (
        ("queue", "edit", f"effect:{effect}", "--text", "Mended."),
        ("queue", "bury", "--all", "--kind", "warning", "--state", "new", "--reason", "none is wanted"),
        ("queue", "replay", "--all", "--state", "buried"),
        ("queue", "export", str(folder / "export"), "--case", case),
        ("cases", "raw", case, "--output", str(folder / "original")),
        ("backfill", "support", "--since", "1d"),
        ("retention", "run"),
        ("keys", "add"),
        ("keys", "rotate"),
        ("store", "migrate", beside.place),
    )


@pytest.mark.parametrize("server", ["file", "server"], indirect=True)
async def test_every_command_works_while_the_engine_is_at_full_load(
    beside: Beside, server: Postgres | None, tmp_path: Path
) -> None:
    desk = beside.desk
    desk.outside.plan("send", REFUSED, REFUSED)
    life = await desk.live()
    load = asyncio.create_task(beside.load())
    await desk.until(lambda: desk.outside.tickets_taken > USERS)
    buried = "SELECT id, key FROM effects WHERE state = 'buried' ORDER BY id"
    await desk.until(lambda: len(desk.rows(buried)) == 2)
    for _, key in desk.rows(buried):
        # What is replayed begins anew: its earlier attempt is not counted any more.
        del desk.outside.asked[str(key)]
    effect, raw = int(desk.rows(buried)[0][0]), int(desk.rows("SELECT min(seq) FROM raws")[0][0])
    case = str(desk.rows("SELECT min(id) FROM cases")[0][0])
    before = desk.outside.tickets_taken
    gate = asyncio.Semaphore(SIDE_BY_SIDE)

    async def run(words: Sequence[str]) -> None:
        async with gate:
            await beside.gatehouse(*words)

    async with asyncio.TaskGroup() as group:
        # Each costs a second of a core: on a server, they look at the same in the same way.
        for words in reading(case, effect, raw) if FULL or server is None else ():
            group.create_task(run(words))
    for words in writing(beside, tmp_path, case, effect):
        await run(words)
    assert desk.outside.tickets_taken > before + WAITING, "the gateway was at work all the time"
    beside.loading = False
    await load
    await desk.until(desk.finished, secs=120)
    assert server is None or is_spread(desk, 1)
    assert await life.stop() == 0
    assert audit(desk).wrong == [], desk.log()
