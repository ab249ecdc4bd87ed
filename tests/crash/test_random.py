"""kill -9 at random, under load: seeded, so that what is found can be found again."""

from __future__ import annotations

import asyncio
import os
import random
import signal

import pytest

from tests.crash.audit import audit
from tests.crash.lives import CrashDesk
from tests.crash.points import POINTS
from tests.crash.proof import Proof

FULL = os.environ.get("GATEHOUSE_FULL") == "1"
MESSAGES, KILLS = (20_000, 200) if FULL else (300, 10)
SEED = int(os.environ.get("GATEHOUSE_SEED", "20261121"))
AHEAD = 100
"""Users are so many messages ahead of the tickets: all parts are at work whenever a kill comes."""

pytestmark = [pytest.mark.crash, pytest.mark.timeout(3600 if FULL else 120)]


async def die_at_random(desk: CrashDesk, rng: random.Random, upto: int) -> None:
    """Live until so many messages have a ticket, then die at any moment; or before that, at a point by chance."""
    point = rng.choice(POINTS) if rng.random() < 0.5 else None
    life = await desk.live(at=point, times=rng.randint(1, 12))
    await desk.until(lambda: life.ended or desk.outside.tickets_taken >= upto, secs=120)
    await asyncio.sleep(rng.uniform(0, 0.03))
    await desk.kill(life)


async def test_random_kills_lose_nothing_and_double_nothing(desk: CrashDesk) -> None:
    rng = random.Random(SEED)
    desk.outside.rng = random.Random(SEED)
    desk.outside.ahead = AHEAD
    desk.outside.post(MESSAGES, MESSAGES // 5, large=MESSAGES // 100)
    for upto in sorted(rng.randint(1, MESSAGES) for _ in range(KILLS)):
        await die_at_random(desk, rng, upto)
    ended = await desk.finish(secs=600 if FULL else 60)
    found = audit(desk, ended=ended)
    assert found.wrong == [], desk.log()
    assert len(desk.outside.feed) > 0
    assert [life.ending.result() for life in desk.lives[:KILLS]] == [-signal.SIGKILL] * KILLS, "each life was killed"
    if FULL:
        Proof.of("random kill -9 under load, SQLite", found, SEED).record()
