"""A crowd on Telegram, and the gateway killed again and again on the way: nothing lost, nothing doubled."""

from __future__ import annotations

import os
import random
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import pytest

from tests.conftest import free_port
from tests.crash.chat import HOOK_SECRET, POLLED, PUSHED, ChatWorld, Hurried, chat_world
from tests.crash.chat_audit import audit
from tests.crash.proof import Proof
from tests.gateway_process import GatewayProcess
from tests.servers.postgres import Postgres, Template
from tests.servers.relay import Relay

pytest_plugins = ("tests.servers.postgres_fixture",)

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


HOOK = """
mode = "webhook"
webhook_url = "http://127.0.0.1:{relay}/in/tg"
webhook_secret = {{ file = "hook.secret" }}

[web]
listen = "127.0.0.1:{port}"
"""


@asynccontextmanager
async def pushed(folder: Path, people: int) -> AsyncIterator[ChatWorld]:
    """A desk that the platform calls, over a line that can be watched."""
    port = free_port()
    async with Relay.open("127.0.0.1", port) as relay:
        more = HOOK.format(relay=relay.port, port=port)
        secrets = {"hook.secret": HOOK_SECRET}
        async with chat_world(
            folder, random.Random(SEED), people, more=more, secrets=secrets, clock=Hurried()
        ) as world:
            world.relay = relay
            yield world


async def test_a_kill_while_pushes_are_under_way_loses_none(tmp_path: Path) -> None:
    """A28: what was not committed is not said to be taken, so that the platform calls again."""
    async with pushed(tmp_path, FEW_PEOPLE) as world:
        await killed(world, PUSHED, FEW, len(PUSHED))
        found = audit(world.desk, world.kills, ended=await world.finish(FEW, 60))
        assert found.wrong == []


BROKEN = (
    ("confirms_before_commit", ("asked at once",), "", "lost: updates that are not in the journal"),
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


async def test_a_push_answered_before_its_commit_is_found_out(tmp_path: Path) -> None:
    async with pushed(tmp_path, FEW_PEOPLE) as world:
        world.gateway.command = ("tests.crash.broken", "answers_before_commit")
        await killed(world, ("pushes wait",), FEW, 1)
        found = audit(world.desk, world.kills, ended=await world.finish(FEW, 20)).wrong
        assert any(sentence.startswith("lost: updates that are not in the journal") for sentence in found), found


async def test_what_joins_too_late_is_written_by_itself_and_soon(tmp_path: Path) -> None:
    """Each time that a message is to wait for a part, it goes out first: the part is decided on anew."""
    async with chat_world(tmp_path, random.Random(SEED), FEW_PEOPLE) as world:
        world.gateway.command = ("tests.crash.broken", "holds_late")
        world.crowd.mostly = "burst"
        await killed(world, (), FEW // 2, 0, FEW_AHEAD)
        found = audit(world.desk, 0, ended=await world.finish(FEW // 2, 60))
        assert found.wrong == []
        assert len(world.postponed) > 0
        assert max(world.postponed) < 10, "it does not wait long"


SHARED = """
[store]
url = "{url}"
blobs = "{blobs}"
"""


async def test_two_nodes_on_postgres_take_over_from_one_another(tmp_path: Path, postgres_template: Template) -> None:
    """One polls; it is killed, and the other goes on where it was."""
    server = Postgres.start(postgres_template, "chat")
    try:
        more = SHARED.format(url=server.url(), blobs=tmp_path / "blobs")
        async with chat_world(tmp_path, random.Random(SEED), PEOPLE, nodes=2, more=more) as world:
            world.rows = server.execute
            await _taken_over(world, ("send taken", "poll taken"), 300)
            ended = await world.finish(300, 60, world.gateways)
            print(world.doubts())
            assert audit(world.desk, world.kills, ended=ended).wrong == [], world.doubts()
    finally:
        server.stop()


async def _taken_over(world: ChatWorld, kinds: tuple[str, ...], updates: int) -> None:
    """Kill whichever node polls, at each of these moments, and see the other go on."""
    world.write(AHEAD)
    polling, other = world.gateways
    await polling.start()
    await _gets(polling)
    for number, kind in enumerate(kinds):
        await other.start()
        await other.until(partial(_shares, other))
        if _polls(other):
            polling, other = other, polling
        world.gateways = (polling, other)
        await world.meet(kind, updates * (number + 1) // (len(kinds) + 1))
        await world.kill(polling)
        await _gets(other)
        polling, other = other, polling
    await other.start()


async def _gets(gateway: GatewayProcess) -> None:
    await gateway.until(lambda: _polls(gateway))


def _shares(gateway: GatewayProcess) -> bool:
    return gateway.count("node.shared") > 0


def _polls(gateway: GatewayProcess) -> bool:
    """Whether this node has the channel now."""
    shares = [each["sources"] for each in gateway.events if each["event"] == "node.shared"]
    return bool(shares) and "tg" in shares[-1]


def _figures(world: ChatWorld) -> str:
    crowd = world.crowd
    parts = world.rows("select count(distinct message_id) from entries where part_of is not null")[0][0]
    return (
        f"{crowd.posted} updates, {len(crowd.said)} messages ({parts} joined), {len(crowd.asked)} commands, "
        f"{len(world.server.sent)} sent, {len(world.answers)} answers, {len(crowd.tokens)} tokens, "
        f"{len(crowd.impostors)} impostors, {world.kills} kills, raws put off after {sorted(world.postponed)} attempts"
    )
