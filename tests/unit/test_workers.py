"""Several processes of one command: kept running, ended in order, given up when starting again changes nothing."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar

import pytest
import pytest_asyncio
import structlog

from gateway.workers import Workers
from tests.conftest import ManualClock

pytestmark = pytest.mark.timeout(60)

_WORKER = """
import signal, socket, sys
line = socket.socket(socket.AF_UNIX)
line.connect(sys.argv[1])
def told(number, frame):
    line.sendall(f"signal {number}\\n".encode())
    if number == signal.SIGTERM and sys.argv[2] != "deaf":
        sys.exit(0)
for number in (signal.SIGTERM, signal.SIGHUP):
    signal.signal(number, told)
import os
line.sendall(f"pid {os.getpid()}\\n".encode())
sys.exit(int(line.recv(16) or 1))
"""


@dataclass
class Office:
    """Where the workers report; each line is what one of them said."""

    path: Path
    said: asyncio.Queue[str] = field(default_factory=asyncio.Queue)
    lines: dict[int, asyncio.StreamWriter] = field(default_factory=dict)

    async def hear(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async for raw in reader:
            line = raw.decode().strip()
            if line.startswith("pid "):
                self.lines[int(line.split()[1])] = writer
            self.said.put_nowait(line)
        writer.close()

    async def next(self) -> str:
        async with asyncio.timeout(20):
            return await self.said.get()

    async def pids(self, count: int) -> list[int]:
        return [int((await self.next()).split()[1]) for _ in range(count)]

    def end(self, pid: int, status: int) -> None:
        self.lines[pid].write(str(status).encode())


@pytest_asyncio.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    found = Office(tmp_path / "office.sock")
    server = await asyncio.start_unix_server(found.hear, found.path)
    yield found
    server.close()


def workers(office: Office, clock: ManualClock, count: int, manner: str = "") -> Workers:
    command = (sys.executable, "-c", _WORKER, str(office.path), manner)
    return Workers(command, count, frozenset({78}), clock, random.Random(1), grace_secs=0.2)


async def test_all_run_and_end_when_told(office: Office, clock: ManualClock) -> None:
    running = asyncio.create_task(workers(office, clock, 3).run())
    assert len(set(await office.pids(3))) == 3
    os.kill(os.getpid(), signal.SIGTERM)
    assert {await office.next() for _ in range(3)} == {f"signal {int(signal.SIGTERM)}"}
    async with asyncio.timeout(20):
        assert await running == 0


async def test_one_that_was_killed_is_started_again_after_a_while_and_its_neighbour_goes_on(
    office: Office, clock: ManualClock
) -> None:
    running = asyncio.create_task(workers(office, clock, 2).run())
    first, _ = await office.pids(2)
    os.kill(first, signal.SIGKILL)
    async with asyncio.timeout(20):
        while clock.sleeping == 0:
            await asyncio.sleep(0)
    assert office.said.empty(), "not at once: what ends at its start must not become a hot loop"
    clock.advance(1)
    (third,) = await office.pids(1)
    assert third != first
    os.kill(os.getpid(), signal.SIGINT)
    async with asyncio.timeout(20):
        assert await running == 0


async def test_a_status_that_starting_again_cannot_mend_ends_all(office: Office, clock: ManualClock) -> None:
    running = asyncio.create_task(workers(office, clock, 2).run())
    first, _ = await office.pids(2)
    office.end(first, 78)
    async with asyncio.timeout(20):
        assert await running == 78
    assert await office.next() == f"signal {int(signal.SIGTERM)}"


async def test_the_wish_to_read_the_configuration_anew_is_passed_on(office: Office, clock: ManualClock) -> None:
    running = asyncio.create_task(workers(office, clock, 2).run())
    await office.pids(2)
    os.kill(os.getpid(), signal.SIGHUP)
    assert {await office.next() for _ in range(2)} == {f"signal {int(signal.SIGHUP)}"}
    os.kill(os.getpid(), signal.SIGTERM)
    async with asyncio.timeout(20):
        await running


async def test_one_that_does_not_end_is_killed(office: Office, clock: ManualClock) -> None:
    running = asyncio.create_task(workers(office, clock, 1, "deaf").run())
    await office.pids(1)
    os.kill(os.getpid(), signal.SIGTERM)
    async with asyncio.timeout(20):
        assert await running == 0


class Hasty(ManualClock):
    """Sleeps are noted, and over at once."""

    def __init__(self) -> None:
        super().__init__()
        self.slept: list[float] = []

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)


class Scripted(Workers):
    """Each run of the one worker takes so many seconds and fails; after the script all are told to end."""

    __slots__ = ()
    runs: ClassVar[list[int]] = []
    last = 1

    async def _once(self, number: int) -> int:
        if not self.runs:
            self._end()
            return self.last
        assert isinstance(self.clock, ManualClock)
        self.clock.advance(self.runs.pop(0))
        return 1


class Drawn(random.Random):
    """Draws the longest wait, or the shortest."""

    def __init__(self, longest: bool) -> None:
        self.longest = longest

    def uniform(self, a: float, b: float) -> float:
        return b if self.longest else a


@pytest.mark.parametrize(("longest", "waits"), [(True, [1, 2, 4, 1, 2, 4]), (False, [0.1] * 6)])
async def test_a_worker_that_fails_in_a_row_rests_longer_until_one_ran_steadily(
    longest: bool, waits: list[float]
) -> None:
    clock = Hasty()

    class Failing(Scripted):
        runs: ClassVar[list[int]] = [0, 0, 60, 61, 0, 0]

    assert await Failing((), 1, frozenset({78}), clock, Drawn(longest)).run() == 0
    assert clock.slept == waits


async def test_with_what_status_a_worker_ends_when_told_changes_nothing() -> None:
    class Ending(Scripted):
        last = 78

    with structlog.testing.capture_logs() as logs:
        assert await Ending((), 2, frozenset({78}), Hasty(), Drawn(True)).run() == 0
    assert logs == []


async def test_a_worker_has_a_session_of_its_own(office: Office, clock: ManualClock) -> None:
    running = asyncio.create_task(workers(office, clock, 1).run())
    (pid,) = await office.pids(1)
    assert os.getsid(pid) == pid, "what the terminal sends to all would reach it twice"
    os.kill(os.getpid(), signal.SIGTERM)
    async with asyncio.timeout(20):
        await running


async def test_a_worker_that_is_being_started_as_all_are_told_to_end_is_told_too(
    office: Office, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = asyncio.create_subprocess_exec
    several = workers(office, clock, 1)
    several.grace_secs = 5

    async def told_meanwhile(*command: str, start_new_session: bool) -> asyncio.subprocess.Process:
        process = await start(*command, start_new_session=start_new_session)
        several._end()
        return process

    monkeypatch.setattr(asyncio, "create_subprocess_exec", told_meanwhile)
    with structlog.testing.capture_logs() as logs:
        async with asyncio.timeout(20):
            assert await several.run() == 0
    assert [line["event"] for line in logs] == ["worker.started"]
