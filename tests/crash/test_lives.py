"""The lives themselves: a kill strikes, however early."""

from __future__ import annotations

import signal

import pytest

from tests.crash.lives import CrashDesk

pytestmark = pytest.mark.crash


async def test_a_life_can_be_killed_as_soon_as_it_is_told_of(desk: CrashDesk) -> None:
    for _ in range(20):
        life = await desk.live()
        await desk.kill(life)
        assert life.ending.result() == -signal.SIGKILL
