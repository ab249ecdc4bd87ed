"""A desk whose gateway is killed and started again, and the process that forks its lives."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

from gateway.store import new_key_line
from tests.crash.child import Order
from tests.crash.clock import SharedClock
from tests.crash.outside import Outside
from tests.gateway_process import ROOT

OFFICIAL = """
[[brands]]
id = "examplex"
name = "Examplex"

[[brands.web]]
domain = "examplex.test"
"""
CONFIG = """
[brand]
name = "Examplex"

[backend]
kind = "crash"
port = {port}

[engine]
batch = 20
{engine}

[log]
level = "warning"
format = "json"

[acknowledgement]
per_minute = 100000
old = true

[abuse]
per_sender = 1000000

[channels.support]
connector = "crash"
port = {port}
{store}
"""
ENTRY_POINTS = """
[gatehouse.connectors]
crash = tests.crash.plugins:CONNECTOR
[gatehouse.backends]
crash = tests.crash.plugins:BACKEND
[gatehouse.normalizers]
crash = tests.crash.plugins:NORMALIZER
"""
OPEN = """
select
    (select count(*) from raws where state not in ('settled', 'buried')),
    (select count(*) from effects where kind <> 'wake' and state not in ('settled', 'buried', 'maybe_sent')),
    (select cursor from streams where source = 'support'),
    (select cursor from streams where source = 'backend:crash')
"""

LOOK_SECS = 0.01
"""How often the database of a running gateway is looked at."""

Rows = Callable[[str], Sequence[Sequence[Any]]]


class Nursery:
    """Starts lives: a process that has loaded everything and forks. It belongs to no event loop."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process
        self._numbers = count(1)
        self._begun: dict[int, Future[int]] = {}
        self._ended: dict[int, Future[int]] = {}
        self._reading = threading.Thread(target=self._read, name="nursery")
        self._reading.start()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            told = json.loads(line)
            if "pid" in told:
                self._begun[told["life"]].set_result(told["pid"])
            else:
                self._ended[told["life"]].set_result(told["status"])

    async def begin(self, **order: Any) -> Life:
        """Fork one life."""
        assert self._process.stdin is not None
        number = next(self._numbers)
        self._begun[number], self._ended[number] = Future(), Future()
        self._process.stdin.write(json.dumps(asdict(Order(life=number, **order))).encode() + b"\n")
        self._process.stdin.flush()
        return Life(await asyncio.wrap_future(self._begun[number]), self._ended[number])

    def close(self) -> None:
        """End, with every life that is left."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()
        self._reading.join()
        assert self._process.stdout is not None
        self._process.stdout.close()


@contextmanager
def nursery(place: Path, preload: Path | None = None) -> Iterator[Nursery]:
    """Run the process that forks; `preload` is a library that stands between it and the system."""
    info = place / "gatehouse_crash-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: gatehouse-crash\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(ENTRY_POINTS)
    env = {**os.environ, "PYTHONPATH": str(place)}
    if preload is not None:
        env["LD_PRELOAD"] = str(preload)
    command = [sys.executable, "-m", "tests.crash.child"]
    found = Nursery(subprocess.Popen(command, cwd=ROOT, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE))
    try:
        yield found
    finally:
        found.close()


@dataclass
class Life:
    """One running gateway."""

    pid: int
    ending: Future[int]

    @property
    def ended(self) -> bool:
        return self.ending.done()

    async def end(self, secs: float = 30) -> int:
        """Wait until it ends; return its status, negative for a signal."""
        return await asyncio.wait_for(asyncio.shield(asyncio.wrap_future(self.ending)), secs)

    async def kill(self) -> None:
        """SIGKILL to it and to all that it started, unless it has ended."""
        if not self.ended:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.pid, signal.SIGKILL)
        await self.end()

    async def stop(self) -> int:
        """SIGTERM; return its status."""
        if not self.ended:
            os.kill(self.pid, signal.SIGTERM)
        return await self.end()


@dataclass
class CrashDesk:
    """One desk's folder, its lives so far, and the world outside of it."""

    folder: Path
    outside: Outside
    nursery: Nursery
    aside: Path
    """Where the test keeps what is not the desk's: logs, and the points passed."""
    store_lines: str = ""
    """What stands in the configuration for another store than the folder's own file."""
    database: Rows | None = None
    """How that other store is asked."""
    engine_lines: str = "retry_base_secs = 0.05"
    clock: SharedClock | None = None
    storm: bool = False
    busy_secs: float | None = None
    """How long the gateway waits for the database's lock, where a test cannot wait as long as it does by itself."""
    kills: int = 0
    lives: list[Life] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.folder.mkdir(exist_ok=True)
        self.aside.mkdir(exist_ok=True)
        text = CONFIG.format(port=self.outside.port, engine=self.engine_lines, store=self.store_lines)
        (self.folder / "gatehouse.toml").write_text(text)
        (self.folder / "official.toml").write_text(OFFICIAL)
        (self.folder / "gatehouse.key").touch(mode=0o600)
        (self.folder / "gatehouse.key").write_text(new_key_line())

    async def live(self, at: str | None = None, times: int = 1, mutations: Sequence[str] = ()) -> Life:
        """Begin a life, which kills itself when it passes that point for so many times."""
        life = await self.nursery.begin(
            config=str(self.folder / "gatehouse.toml"),
            log=str(self.aside / "log"),
            passed=str(self.aside / "passed"),
            clock=str(self.clock.file) if self.clock else None,
            at=at,
            count=times,
            mutations=list(mutations),
            storm=str(self.folder) if self.storm else None,
            busy_secs=self.busy_secs,
        )
        self.lives.append(life)
        return life

    async def kill(self, life: Life) -> None:
        """Kill a life, or see that it is dead."""
        self.kills += 1
        await life.kill()

    async def dies(self, life: Life) -> bool:
        """Wait until a life ends itself, or kill it when nothing is left to do; returns whether it ended itself."""
        await self.until(lambda: life.ended or self.finished())
        died = life.ended
        await self.kill(life)
        return died

    async def finish(self, mutations: Sequence[str] = (), secs: float = 30) -> bool:
        """Let the gateway work all off and stop it; start it again when it ends. Returns whether it came to an end."""
        life = await self.live(mutations=mutations)
        done = False
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(secs):
                while not (done := self.finished()):
                    if life.ended:
                        life = await self.live(mutations=mutations)
                    await asyncio.sleep(LOOK_SECS)
        await (life.stop() if done else life.kill())
        return done

    async def until(self, condition: Callable[[], bool], secs: float = 30) -> None:
        """Return when the condition holds; raise `TimeoutError` with the end of the log when it never does."""
        try:
            async with asyncio.timeout(secs):
                while not condition():
                    await asyncio.sleep(LOOK_SECS)
        except TimeoutError:
            raise TimeoutError(self.log()) from None

    def finished(self) -> bool:
        """Whether all was fetched, and nothing is left to do."""
        answers = len(self.outside.feed)
        try:
            ((raws, effects, cursor, desk),) = self.rows(OPEN)
        except sqlite3.DatabaseError:
            return False
        fetched = int(cursor or 0) >= len(self.outside.posted) and int(desk or 0) >= answers
        return bool(fetched and raws == 0 and effects == 0)

    def rows(self, query: str) -> Sequence[Sequence[Any]]:
        """Ask the desk's database."""
        if self.database is not None:
            return self.database(query)
        with contextlib.closing(sqlite3.connect(f"file:{self.folder / 'gatehouse.db'}?mode=ro", uri=True)) as line:
            return line.execute(query).fetchall()

    def passed(self) -> set[str]:
        """Return the points that were passed in all lives."""
        return set((self.aside / "passed").read_text().splitlines())

    def log(self) -> str:
        """Return the end of what the lives have logged."""
        path = self.aside / "log"
        return path.read_text(errors="replace")[-3000:] if path.exists() else ""

    async def close(self) -> None:
        """End what still runs."""
        for life in self.lives:
            await life.kill()
