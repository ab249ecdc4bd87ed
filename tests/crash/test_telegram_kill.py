"""A crowd on Telegram, and the gateway killed again and again on the way: nothing lost, nothing doubled."""

from __future__ import annotations

import os
import random
import time
from pathlib import Path

import pytest

from tests.crash.chat import POLLED, ChatWorld, chat_world
from tests.crash.chat_audit import audit
from tests.crash.proof import Proof

FULL = os.environ.get("GATEHOUSE_FULL") == "1"
UPDATES, KILLS, PEOPLE, AHEAD = (20_000, 110, 900, 150) if FULL else (400, 12, 40, 50)
FEW, FEW_PEOPLE, FEW_AHEAD = 120, 12, 4
SEED = int(os.environ.get("GATEHOUSE_SEED", "20261121"))

pytestmark = [pytest.mark.crash, pytest.mark.timeout(3000 if FULL else 150)]


async def killed(world: ChatWorld, kinds: tuple[str, ...], updates: int, kills: int, ahead: int = AHEAD) -> None:
    """Let each life end at another moment, all of them while people write."""
    world.write(ahead)
    for number in range(kills):
        await world.die_at(kinds[number % len(kinds)], updates * 85 // 100 * (number + 1) // kills)


async def test_kills_lose_nothing_and_double_nothing(tmp_path: Path) -> None:
    rng = random.Random(SEED)
    async with chat_world(tmp_path, rng, PEOPLE) as world:
        began = time.monotonic()
        await killed(world, POLLED, UPDATES, KILLS)
        ended = await world.finish(UPDATES, 600 if FULL else 60)
        found = audit(world.desk, world.kills, ended=ended)
        print(f"\n{_figures(world)}, {time.monotonic() - began:.0f} s")
        assert found.wrong == []
        if FULL:
            Proof.of("kill -9 with a crowd on Telegram, SQLite", found, SEED).record()


BROKEN = (
    ("confirms_before_commit", ("poll taken", "poll taken"), "", "lost: updates that are not in the journal"),
    ("loses_late_parts", (), "burst", "lost: messages in no ticket"),
    ("writes_parts_twice", (), "burst", "doubled: messages written into a ticket again"),
    ("spends_tokens_again", ("invited", "any", "any"), "in_group", "doubled: tokens that were spent twice"),
    ("forgets_responses", (), "command", "lost: commands that nobody means to answer"),
    ("forgets_doubt", ("send taken",), "", "doubled: replies sent again"),
)
"""The fault, the kills, what people mostly do, and what the oracle says."""


@pytest.mark.parametrize(("fault", "kinds", "mostly", "seen"), BROKEN)
async def test_a_broken_gateway_is_found_out(
    tmp_path: Path, fault: str, kinds: tuple[str, ...], mostly: str, seen: str
) -> None:
    async with chat_world(tmp_path, random.Random(SEED), FEW_PEOPLE) as world:
        world.gateway.command = ("tests.crash.broken", fault)
        world.crowd.mostly = mostly
        await killed(world, kinds, FEW, len(kinds), FEW_AHEAD)
        ended = await world.finish(FEW, 20)
        found = audit(world.desk, world.kills, ended=ended).wrong
        assert any(sentence.startswith(seen) for sentence in found), found


async def test_what_joins_too_late_is_written_by_itself_and_soon(tmp_path: Path) -> None:
    """Each time that a message is to wait for a part, it goes out first: the part is decided on anew."""
    async with chat_world(tmp_path, random.Random(SEED), FEW_PEOPLE) as world:
        world.gateway.command = ("tests.crash.broken", "holds_late")
        world.crowd.mostly = "burst"
        await killed(world, (), FEW, 0, FEW_AHEAD)
        found = audit(world.desk, 0, ended=await world.finish(FEW, 60))
        assert found.wrong == []
        assert len(world.postponed) > 0
        assert max(world.postponed) < 10, "it does not wait long"


def _figures(world: ChatWorld) -> str:
    crowd = world.crowd
    parts = world.rows("select count(distinct message_id) from entries where part_of is not null")[0][0]
    return (
        f"{crowd.posted} updates, {len(crowd.said)} messages ({parts} joined), {len(crowd.asked)} commands, "
        f"{len(world.server.sent)} sent, {len(world.answers)} answers, {len(crowd.tokens)} tokens, "
        f"{len(crowd.impostors)} impostors, {world.kills} kills, raws put off after {sorted(world.postponed)} attempts"
    )
