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
from types import SimpleNamespace
from typing import ClassVar, cast

import pytest
import pytest_asyncio
import structlog

from gateway.cli.run import _run_workers, run
from gateway.errors import GatewayError
from gateway.settings import Settings
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
    async with asyncio.timeout(20):
        for line in found.lines.values():
            await line.wait_closed()


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

    async def told_meanwhile(*command: str, stdin: int, start_new_session: bool) -> asyncio.subprocess.Process:
        process = await start(*command, stdin=stdin, start_new_session=start_new_session)
        several._end()
        return process

    monkeypatch.setattr(asyncio, "create_subprocess_exec", told_meanwhile)
    with structlog.testing.capture_logs() as logs:
        async with asyncio.timeout(20):
            assert await several.run() == 0
    assert [line["event"] for line in logs] == ["worker.started"]


async def test_one_that_cannot_be_started_is_tried_again_after_a_while_and_its_neighbour_goes_on(
    office: Office, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    start, tries = asyncio.create_subprocess_exec, 0

    async def scarce(*command: str, stdin: int, start_new_session: bool) -> asyncio.subprocess.Process:
        nonlocal tries
        tries += 1
        if tries == 2:
            raise BlockingIOError(11, "no room for another process")
        return await start(*command, stdin=stdin, start_new_session=start_new_session)

    monkeypatch.setattr(asyncio, "create_subprocess_exec", scarce)
    running = asyncio.create_task(workers(office, clock, 2).run())
    (first,) = await office.pids(1)
    async with asyncio.timeout(20):
        while clock.sleeping == 0:
            await asyncio.sleep(0)
    clock.advance(1)
    (second,) = await office.pids(1)
    assert (first != second, tries) == (True, 3)
    os.kill(os.getpid(), signal.SIGTERM)
    async with asyncio.timeout(20):
        assert await running == 0


async def test_when_one_is_kept_no_longer_the_others_are_ended_and_waited_for(
    office: Office, clock: ManualClock
) -> None:
    class Faulty(Workers):
        __slots__ = ()

        async def _once(self, number: int) -> int | None:
            if number == 0:
                await office.next()
                raise ValueError("a fault of ours")
            return await super()._once(number)

    several = workers(office, clock, 2)
    faulty = Faulty(several.command, 2, several.final, clock, several.rng, grace_secs=20)
    with pytest.raises(ValueError, match="ours"):
        async with asyncio.timeout(20):
            await faulty.run()
    assert await office.next() == f"signal {int(signal.SIGTERM)}"
    assert faulty._running == {}


async def test_whoever_gives_up_waiting_ends_all(office: Office, clock: ManualClock) -> None:
    several = workers(office, clock, 2)
    several.grace_secs = 20
    running = asyncio.create_task(several.run())
    await office.pids(2)
    running.cancel()
    async with asyncio.timeout(20):
        with pytest.raises(asyncio.CancelledError):
            await running
    assert {await office.next() for _ in range(2)} == {f"signal {int(signal.SIGTERM)}"}
    assert several._running == {}


_PARENT = """
import asyncio, random, sys
from gateway.clock import SystemClock
from gateway.cli.run import _run_workers, run
from gateway.errors import GatewayError
from gateway.settings import Settings
from gateway.workers import Workers
asyncio.run(Workers(sys.argv[1:], 2, frozenset(), SystemClock(), random.Random(1)).run())
"""

_CHILD = "from gateway.workers import end_with; end_with(0)\n"


async def test_no_worker_outlives_a_parent_that_was_killed(office: Office) -> None:
    command = (sys.executable, "-c", _CHILD + _WORKER, str(office.path), "")
    parent = await asyncio.create_subprocess_exec(sys.executable, "-c", _PARENT, *command)
    try:
        await office.pids(2)
    finally:
        parent.kill()
        await parent.wait()
    assert [await office.next() for _ in range(2)] == [f"signal {int(signal.SIGTERM)}"] * 2


async def test_the_processes_of_the_command_line_end_with_their_parent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Workers] = []

    async def noted(self: Workers) -> int:
        asked.append(self)
        return 0

    lines: list[int] = []
    monkeypatch.setattr("gateway.cli.run.end_with", lines.append)
    monkeypatch.setattr(Workers, "run", noted)
    settings = cast(Settings, SimpleNamespace(store=SimpleNamespace(url="postgresql://desk")))
    await asyncio.to_thread(_run_workers, settings, tmp_path / "gatehouse.toml", 2)
    (several,) = asked
    assert several.command[:5] == (sys.executable, "-m", "gateway", "run", "--until-eof")
    for until_eof in (False, True):
        with pytest.raises(GatewayError):
            run(tmp_path / "missing.toml", 1, until_eof)
    assert lines == [0]


async def test_a_mistake_that_a_replacement_meets_does_not_take_its_neighbours_down(
    office: Office, clock: ManualClock
) -> None:
    running = asyncio.create_task(workers(office, clock, 2).run())
    first, neighbour = await office.pids(2)
    office.end(first, 1)
    while clock.sleeping == 0:
        await asyncio.sleep(0)
    clock.advance(1)
    (second,) = await office.pids(1)
    office.end(second, 78)
    while clock.sleeping == 0:
        await asyncio.sleep(0)
    clock.advance(2)
    (third,) = await office.pids(1)
    assert len({second, third, neighbour}) == 3
    assert office.said.empty(), "nobody was told to end"
    os.kill(os.getpid(), signal.SIGTERM)
    async with asyncio.timeout(20):
        assert await running == 0
