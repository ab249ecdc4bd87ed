"""What a desk meets besides kills: each trouble may hold things up, and nothing is lost or doubled by it."""

from __future__ import annotations

import contextlib
import os
import resource
import sqlite3
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.crash.audit import audit
from tests.crash.conftest import MakeDesk
from tests.crash.lives import CrashDesk, Life
from tests.crash.outside import Act

pytestmark = [pytest.mark.crash, pytest.mark.timeout(120)]
MESSAGES, USERS = 60, 20
HOUR = 3600.0
DISK_BYTES = 8 * 1024 * 1024

ACTS = {
    "answers 500 and took it": Act(status=500),
    "answers 500 and did not take it": Act(status=500, takes=False),
    "answers 503": Act(status=503, takes=False),
    "answers 409": Act(status=409, takes=False),
    "answers 429 and names no time": Act(status=429, takes=False),
    "answers 502 and took it": Act(status=502),
    "takes it and drops the line": Act(then="drop"),
    "drops the line": Act(takes=False, then="drop"),
    "takes it and hangs": Act(then="hang"),
    "hangs": Act(takes=False, then="hang"),
    "says yes and nothing else": Act(lie="empty"),
}
LIES = {"names a wrong ticket": Act(lie="wrong_ticket"), "answers fewer writes than asked": Act(lie="fewer")}


@pytest.mark.parametrize("what", [*ACTS, *LIES])
async def test_a_ticket_system_in_trouble(desk: CrashDesk, what: str) -> None:
    """It is killed once on the way, too, with whatever is in doubt then."""
    desk.outside.post(MESSAGES, USERS)
    desk.outside.plan("submit", *[(ACTS | LIES)[what]] * 2)
    life = await desk.live(at="release_tickets uncommitted", times=2)
    await desk.dies(life)
    found = audit(desk, ended=await desk.finish())
    assert found.wrong == [], desk.log()


@pytest.mark.parametrize("what", ACTS)
async def test_a_platform_in_trouble(desk: CrashDesk, what: str) -> None:
    """Where a reply may have been taken, it is shown as maybe sent; it is never sent again."""
    act = ACTS[what]
    desk.outside.post(MESSAGES, USERS)
    for call in ("fetch", "confirm", "send", "feed"):
        desk.outside.plan(call, act, act)
    found = audit(desk, doubts=2, ended=await desk.finish())
    assert found.wrong == [], desk.log()
    # A status that says no is a no; whatever else came, or nothing, leaves it open.
    assert found.maybe_sent == (0 if act.status in (503, 409, 429) else 2)


async def test_a_ticket_system_that_asks_for_hours(make_desk: MakeDesk) -> None:
    desk = await make_desk(shared_clock=True)
    desk.outside.post(MESSAGES, USERS)
    desk.outside.plan("submit", Act(status=429, headers={"retry-after": "10800"}, takes=False))
    life = await desk.live()
    await desk.until(lambda: desk.outside.calls["submit"] > 0)
    await desk.kill(life)
    assert desk.clock is not None
    desk.clock.pass_time(3 * HOUR + 5)
    found = audit(desk, ended=await desk.finish())
    assert found.wrong == [], desk.log()


async def test_a_database_that_another_process_holds(make_desk: MakeDesk) -> None:
    desk = await make_desk(busy_secs=0.2)
    desk.outside.ahead = 20
    desk.outside.post(MESSAGES, USERS)
    life = await desk.live()
    await desk.until(lambda: desk.outside.tickets_taken > 0)
    with contextlib.closing(sqlite3.connect(desk.folder / "gatehouse.db", timeout=10)) as other:
        other.isolation_level = None
        other.execute("begin immediate")
        await desk.until(_told(desk, life, "another process holds the database"))
        other.execute("rollback")
    await _go_on(desk, life)


async def test_a_file_that_may_not_grow(desk: CrashDesk) -> None:
    """As over a quota: every write beyond it fails, in the middle of a transaction."""
    desk.outside.ahead = 20
    desk.outside.post(MESSAGES, USERS)
    life = await desk.live()
    await desk.until(lambda: desk.outside.tickets_taken > 0)
    limits = resource.prlimit(life.pid, resource.RLIMIT_FSIZE)
    held = (desk.folder / "gatehouse.db-wal").stat().st_size
    resource.prlimit(life.pid, resource.RLIMIT_FSIZE, (held + 10_000, limits[1]))
    await desk.until(_told(desk, life, "the disk does not answer"))
    if not life.ended:
        resource.prlimit(life.pid, resource.RLIMIT_FSIZE, limits)
    await _go_on(desk, life)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of a few megabytes."""
    place = tmp_path / "disk"
    place.mkdir()
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={DISK_BYTES}", "tmpfs", place], capture_output=True, check=False
    )
    if made.returncode != 0:
        pytest.skip("this user may not mount a small disk; the test of a file that may not grow stands for it")
    yield place
    subprocess.run(["umount", "--lazy", place], check=True)


async def test_a_full_disk(make_desk: MakeDesk, small_disk: Path) -> None:
    """Intake is told to go on to the last byte, which by itself it would not."""
    engine = "retry_base_secs = 0.05\nleast_free_bytes = 0"
    desk = await make_desk(folder=small_disk / "desk", engine_lines=engine)
    desk.outside.ahead = 20
    desk.outside.post(MESSAGES, USERS, large=4)
    life = await desk.live()
    await desk.until(lambda: desk.outside.tickets_taken > 0)
    ballast = small_disk / "ballast"
    _fill(ballast)
    await desk.until(_told(desk, life, "the disk is full"))
    ballast.unlink()
    await _go_on(desk, life)


@pytest.mark.parametrize("hours", [5.0, -5.0])
async def test_a_clock_that_jumps(make_desk: MakeDesk, hours: float) -> None:
    """It jumps while things wait for a time, and back again after a kill."""
    desk = await make_desk(shared_clock=True)
    clock, outside = desk.clock, desk.outside
    assert clock is not None
    outside.ahead = 20
    outside.post(MESSAGES, USERS)
    busy = Act(status=503, takes=False)
    outside.plan("submit", *[busy] * 3)
    life = await desk.live()
    await desk.until(lambda: outside.calls["submit"] > 1)
    clock.jump(hours * HOUR)
    # What waits for a time that has moved away waits until then; a desk without an operator gets there, too.
    clock.pass_time(max(0.0, -hours) * HOUR)
    await desk.until(lambda: outside.tickets_taken > 10)
    outside.plan("submit", *[busy] * 3)
    calls = outside.calls["submit"]
    await desk.until(lambda: outside.calls["submit"] > calls + 1 or desk.finished())
    await desk.kill(life)
    clock.jump(-hours * HOUR)
    clock.pass_time(max(0.0, hours) * HOUR)
    found = audit(desk, ended=await desk.finish())
    assert found.wrong == [], desk.log()


def _told(desk: CrashDesk, life: Life, sentence: str) -> _Told:
    return _Told(desk, life, sentence)


class _Told:
    """Whether the gateway has met a trouble: it said so, or it ended over it."""

    def __init__(self, desk: CrashDesk, life: Life, sentence: str) -> None:
        self._desk, self._life, self._sentence = desk, life, sentence

    def __call__(self) -> bool:
        return self._life.ended or self._sentence in self._desk.log()


async def _go_on(desk: CrashDesk, life: Life) -> None:
    """Let it come through by itself, or be started again when it ended, and compare."""
    assert "the store did not answer" in desk.log(), desk.log()
    await desk.until(lambda: life.ended or desk.finished())
    if not life.ended:
        await life.stop()
    found = audit(desk, doubts=2, ended=await desk.finish())
    assert found.wrong == [], desk.log()


def _fill(ballast: Path) -> None:
    """Take every byte that the disk has left."""
    with ballast.open("wb", buffering=0) as file:
        for size in (65536, 4096, 1):
            with contextlib.suppress(OSError):
                while file.write(bytes(size)) == size:
                    pass
        os.fsync(file.fileno())
