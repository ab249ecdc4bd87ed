"""The primary dies at full load and the standby takes its place: the gateways go on by themselves, nothing is lost."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.crash.audit import audit
from tests.crash.conftest import MakeDesk
from tests.crash.lives import CrashDesk, Life
from tests.crash.proof import Proof
from tests.crash.shared import asking, migrate, owners, said, stop_all, store_lines
from tests.servers.postgres import Template
from tests.servers.postgres_pair import Pair
from tests.servers.relay import Relay

pytest_plugins = ("tests.servers.postgres_fixture",)
FULL = os.environ.get("GATEHOUSE_FULL") == "1"
MESSAGES, NODES = (10_000, 3) if FULL else (300, 2)
pytestmark = [pytest.mark.crash, pytest.mark.timeout(900 if FULL else 120)]


@pytest_asyncio.fixture
async def pair(postgres_template: Template) -> AsyncIterator[Pair]:
    with Pair.start(postgres_template) as found:
        await migrate(found.url())
        yield found


async def at_full_load(
    make_desk: MakeDesk, pair: Pair, ports: tuple[int, ...] = (), *, engine: str = "", options: str = ""
) -> tuple[CrashDesk, list[Life]]:
    """Return a desk whose nodes are half through."""
    desk = await make_desk(
        engine_lines=f"retry_base_secs = 0.05\n{engine}",
        store_lines=store_lines(pair.url(*ports, **({"options": options} if options else {}))),
        database=asking(lambda: pair.standby if pair.primary.process.poll() is not None else pair.primary),
    )
    desk.outside.ahead = 100
    desk.outside.post(MESSAGES, MESSAGES // 5, large=MESSAGES // 100)
    lives = [await desk.live() for _ in range(NODES)]
    await desk.until(lambda: len(set(owners(desk).values())) == NODES, secs=60)
    await desk.until(lambda: desk.outside.tickets_taken > MESSAGES // 2, secs=600)
    return desk, lives


async def test_nothing_confirmed_is_lost_with_the_primary(make_desk: MakeDesk, pair: Pair) -> None:
    desk, lives = await at_full_load(make_desk, pair)
    pair.kill_primary()
    desk.kills += 1
    taken = desk.outside.tickets_taken
    assert taken < MESSAGES, "it was killed under load"
    began = time.monotonic()
    await asyncio.to_thread(pair.promote)
    await desk.until(lambda: desk.outside.tickets_taken > taken, secs=60)
    print(f"\nthe first ticket was written {time.monotonic() - began:.1f} s after the promotion was asked for")
    await desk.until(desk.finished, secs=600)
    assert not any(life.ended for life in lives), "each went on by itself"
    assert [each["event"] for each in said(desk)].count("engine.interrupted") >= NODES
    await stop_all(lives)
    found = audit(desk, doubts=2 * NODES)
    assert found.wrong == [], desk.log()
    if FULL:
        Proof.of("primary killed under load, standby promoted, 3 nodes", found, None).record()


@pytest.mark.parametrize("waits", [True, False])
async def test_what_the_standby_does_not_have_is_not_confirmed(make_desk: MakeDesk, pair: Pair, waits: bool) -> None:
    """The standby receives nothing for a while before the primary dies; whoever does not wait for it loses mail."""
    desk, lives = await at_full_load(make_desk, pair, options="" if waits else "-c%20synchronous_commit%3Dlocal")
    desk.outside.lost_confirmations = 0.0
    receiver = int(str(pair.standby.execute("SELECT pid FROM pg_stat_wal_receiver", database="postgres")[0][0]))
    os.kill(receiver, signal.SIGSTOP)
    confirmed = desk.outside.confirmed
    if waits:
        await pair.wait_for_commits()
    else:
        await desk.until(lambda: desk.outside.confirmed > confirmed + 40)
    pair.kill_primary()
    if not waits:
        await asyncio.gather(*(desk.kill(life) for life in lives))
    # What its line still holds is lost with it; the standby starts anew.
    os.kill(receiver, signal.SIGKILL)
    await asyncio.to_thread(pair.standby.await_answer)
    await asyncio.to_thread(pair.promote)
    if waits:
        await desk.until(desk.finished, secs=60)
        await stop_all(lives)
        assert audit(desk, doubts=2 * NODES).wrong == [], desk.log()
    else:
        ((kept,),) = desk.rows("SELECT count(*) FROM raws WHERE source = 'support'")
        assert int(kept) < desk.outside.confirmed, "the platform has forgotten what nobody has"


@pytest.mark.parametrize("how", ["no standby", "no server", "silence"] if FULL else ["no standby"])
async def test_a_gateway_whose_database_is_away_ends_when_it_is_told_to(
    make_desk: MakeDesk, pair: Pair, how: str
) -> None:
    """Nothing that waits for the database keeps it: not a commit that the standby never gets, nor a dead line.

    The engine's own time to end is 3 s here; what the store takes beyond that is bounded.
    """
    async with Relay.open("127.0.0.1", pair.primary.port) as relay:
        desk, lives = await at_full_load(make_desk, pair, (relay.port, pair.standby.port), engine="shutdown_secs = 3")
        if how == "no standby":
            pair.standby.kill()
            await pair.wait_for_commits()
        elif how == "no server":
            pair.kill_primary()
            await desk.until(lambda: "engine.interrupted" in (desk.aside / "log").read_text())
        else:
            relay.freeze()
        began = time.monotonic()
        for life in lives:
            os.kill(life.pid, signal.SIGTERM)
        statuses = await asyncio.gather(*(life.end(secs=60) for life in lives))
        secs = time.monotonic() - began
        print(f"\nwith {how} the gateways ended after {secs:.1f} s")
        assert statuses == [0] * NODES
        assert secs < (10.0 if FULL else 30.0)
