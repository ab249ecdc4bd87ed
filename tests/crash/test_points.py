"""kill -9 between every two steps of intake, pipeline and dispatch, and within every transaction."""

from __future__ import annotations

import pytest

from tests.crash.audit import audit
from tests.crash.lives import CrashDesk
from tests.crash.points import IN_DOUBT, POINTS

pytestmark = [pytest.mark.crash, pytest.mark.timeout(120)]
MESSAGES, USERS, LARGE = 16, 6, 1


async def killed_at(desk: CrashDesk, point: str, times: int) -> bool:
    """Live until it kills itself there; return whether it came there before everything was done."""
    return await desk.dies(await desk.live(at=point, times=times))


async def test_every_step_has_its_points(desk: CrashDesk) -> None:
    """What a life passes is what the list names: a step of the engine that is added is missed here."""
    desk.outside.post(MESSAGES, USERS, large=LARGE)
    first = await desk.live(at="submit after")
    await first.end()
    assert await desk.finish(), desk.log()
    assert desk.passed() == set(POINTS)


@pytest.mark.parametrize("point", POINTS)
async def test_p7_killed_there_nothing_is_lost_or_doubled(desk: CrashDesk, point: str) -> None:
    desk.outside.post(MESSAGES, USERS, large=LARGE)
    if point in IN_DOUBT:
        assert await killed_at(desk, "submit after", 1)
    assert await killed_at(desk, point, 1), "it was never passed"
    await killed_at(desk, point, 2)
    ended = await desk.finish()
    found = audit(desk, ended=ended)
    assert found.wrong == [], desk.log()
    if point == "send after":
        assert found.maybe_sent > 0, "what nobody can know is shown"
