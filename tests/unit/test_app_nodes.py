"""An engine of several on one store: it fetches what it owns, delivers while it is a member, and comes and goes."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
import pytest_asyncio
import structlog

from gateway import app
from gateway.app import open_store_for, watched
from gateway.engine import Engine
from gateway.errors import ConfigError, TransientError
from gateway.front import Front
from gateway.nodes import Membership, NotOwnerError
from gateway.ports import Channel, Cursor, Opening, StreamId
from gateway.sandbox.mail import MailServer
from gateway.settings import Settings, load
from gateway.store import SqlStore
from gateway.watching.watch import Watch
from gateway.watching.wiring import Instruments, open_instruments
from tests.builders import raw
from tests.conftest import ManualClock
from tests.gateway_process import GatewayProcess
from tests.mails import plain

BOUND = 20
DESK = "backend:embedded"
ALL = {"support", DESK, "engine"}

pytestmark = pytest.mark.timeout(60)


class ScriptedNodes:
    """Nodes whose shares the test gives; what it was asked and told is noted."""

    def __init__(self) -> None:
        self.share: Collection[str] = ()
        self.asked: list[frozenset[str]] = []
        self.said: list[str] = []
        self.sure = True
        self.news = asyncio.Event()
        self.answering = asyncio.Event()
        self.answering.set()
        self.ending = False

    async def join(self, name: str) -> Membership:
        self.said.append(f"join {name}")
        return Membership(name, 1)

    async def leave(self) -> None:
        self.said.append("leave")

    async def own(self, sources: Collection[str]) -> frozenset[str]:
        self.asked.append(frozenset(sources))
        await self.answering.wait()
        return frozenset(self.share)

    def still_ours(self) -> bool:
        return self.sure

    async def wait_news(self, timeout_secs: float) -> None:
        await self.news.wait()
        if self.ending:
            await asyncio.sleep(0)
        else:
            self.news.clear()

    def end(self) -> None:
        """Let nobody wait any more."""
        self.ending = True
        self.news.set()


@pytest.fixture
def nodes(monkeypatch: pytest.MonkeyPatch) -> ScriptedNodes:
    found = ScriptedNodes()
    monkeypatch.setattr(SqlStore, "is_shared", property(lambda store: True))
    monkeypatch.setattr(SqlStore, "nodes", property(lambda store: found))
    return found


@pytest_asyncio.fixture
async def config(tmp_path: Path, clock: ManualClock) -> AsyncIterator[Path]:
    async with MailServer.start(password="made up", now=clock.now) as mail:
        process = GatewayProcess(tmp_path / "desk")
        process.configure(mail.imap_port, mail.smtp_port, "made up")
        yield process.config


FRONTS: list[Front] = []
"""What stands before the engine that was built last."""


@asynccontextmanager
async def engine(
    settings: Settings, clock: ManualClock, nodes: ScriptedNodes
) -> AsyncIterator[tuple[Engine, SqlStore, asyncio.Task[None]]]:
    async with AsyncExitStack() as stack:
        store = await stack.enter_async_context(open_store_for(settings, clock))
        seen = await stack.enter_async_context(open_instruments(settings, []))
        FRONTS[:] = [front := Front(settings, clock)]
        watch = await stack.enter_async_context(watched(settings, store, clock, seen, front))
        built = await Engine.build(settings, store, clock, stack, seen, watch, front.reloader)
        front.enter(built)
        stop = asyncio.Event()
        running = asyncio.create_task(built.run(stop))
        try:
            yield built, store, running
        finally:
            stop.set()
            nodes.end()
            async with asyncio.timeout(BOUND):
                await asyncio.gather(running, return_exceptions=True)


async def until(condition: Callable[[], Any]) -> None:
    async with asyncio.timeout(BOUND):
        while not condition():
            await asyncio.sleep(0.002)


def running(built: Engine) -> set[str]:
    return {part.part for part in built.health.parts() if part.condition in ("starting", "running")}


async def test_an_engine_fetches_what_it_owns_and_leads_when_it_is_the_engines_owner(
    config: Path, clock: ManualClock, nodes: ScriptedNodes
) -> None:
    nodes.answering.clear()
    async with engine(load(config), clock, nodes) as (built, _, _):
        await until(lambda: nodes.asked)
        assert nodes.asked == [ALL]
        everywhere = {"pipeline", "place", "news", "watch", "configuration", "support:send", f"{DESK}:write"}
        await until(lambda: everywhere <= running(built))
        assert not {"support:INBOX", "support:backfill", f"{DESK}:read", "retention"} & running(built), "not yet told"
        nodes.answering.set()
        await until(lambda: clock.sleeping >= len(everywhere) - 1)
        assert not {"support:INBOX", "support:backfill", f"{DESK}:read", "retention"} & running(built)
        assert not built.leads()
        nodes.share = ["support"]
        clock.advance(1)
        await until(lambda: {"support:INBOX", "support:backfill"} <= running(built))
        assert not {f"{DESK}:read", "retention"} & running(built)
        nodes.share = [DESK, "engine"]
        clock.advance(1)
        await until(lambda: {f"{DESK}:read", "retention"} <= running(built))
        await until(lambda: not {"support:INBOX", "support:backfill"} & running(built))
        assert built.leads()
        nodes.sure = False
        assert not built.leads()


async def test_a_channel_that_cannot_be_opened_here_is_left_to_the_others(
    config: Path, clock: ManualClock, nodes: ScriptedNodes
) -> None:
    @asynccontextmanager
    async def refuse(opening: Opening[Any]) -> AsyncIterator[Channel]:
        raise ConfigError("not on this machine")
        yield

    settings = load(config)
    (support,) = settings.channels
    broken = replace(support, name="broken", plugin=replace(support.plugin, open=refuse))
    async with engine(replace(settings, channels=(broken, support)), clock, nodes):
        await until(lambda: nodes.asked)
    assert nodes.asked[0] == ALL


def add_channel(config: Path) -> None:
    text = (
        '[channels.sales]\nconnector = "email"\naddress = "sales@examplex.test"\npassword = { file = "mail.password" }'
    )
    config.write_text(f"{config.read_text()}\n{text}\n")


async def test_a_channel_that_is_added_is_asked_for_at_once(
    config: Path, clock: ManualClock, nodes: ScriptedNodes
) -> None:
    nodes.share = [*ALL, "sales"]
    async with engine(load(config), clock, nodes) as (built, _, _):
        await until(lambda: "support:INBOX" in running(built))
        add_channel(config)
        FRONTS[0].reload()
        await until(lambda: "sales:INBOX" in running(built))
        assert nodes.asked[-1] == ALL | {"sales"}


@pytest.mark.parametrize("told", ["news", "moved"])
async def test_what_another_node_left_is_worked_on_at_once(
    config: Path, clock: ManualClock, nodes: ScriptedNodes, told: str
) -> None:
    async with engine(load(config), clock, nodes) as (built, store, _):
        await until(lambda: {"pipeline", "news"} <= running(built) and nodes.asked)
        mail = raw("1", source="support", body=plain(1))
        await store.put_page("support", StreamId("INBOX"), [mail], Cursor("1"))
        if told == "news":
            nodes.news.set()
        else:
            nodes.share = ["engine"]
            clock.advance(1)
        async with asyncio.timeout(BOUND):
            while not await store.list_cases(None, 1):
                await asyncio.sleep(0.002)


async def test_a_node_that_may_have_lost_its_place_delivers_nothing_and_ends(
    config: Path, clock: ManualClock, nodes: ScriptedNodes
) -> None:
    nodes.sure = False
    async with engine(load(config), clock, nodes) as (built, store, over):
        await until(lambda: {"pipeline", "news"} <= running(built))
        mail = raw("1", source="support", body=plain(1))
        await store.put_page("support", StreamId("INBOX"), [mail], Cursor("1"))
        built.arrived()
        nodes.end()
        async with asyncio.timeout(BOUND):
            with pytest.raises(NotOwnerError):
                await over
        views = [await store.case_view(case.id) for case in await store.list_cases(None, 2)]
        assert [view.desk for view in views if view is not None] == [()] * len(views), "no ticket was written"


class ScriptedEngine:
    """Runs until the test's word for it."""

    def __init__(self, settings: object, how: Exception | None, secs: int, clock: ManualClock) -> None:
        self.settings, self.how, self.secs, self.clock = settings, how, secs, clock

    async def run(self, stop: asyncio.Event) -> None:
        self.clock.advance(self.secs)
        if self.how is not None:
            raise self.how
        stop.set()


class Hasty(ManualClock):
    """Sleeps are over at once."""

    async def sleep(self, seconds: float) -> None:
        self.advance(seconds)


class Fronting:
    reloader = None

    def __init__(self, clock: ManualClock) -> None:
        self.clock = clock
        self.said: list[str] = []
        self.waits: list[float] = []

    def enter(self, engine: object) -> None:
        self.said.append("enter")

    def leave(self) -> None:
        self.said.append("leave")

    def interrupted(self, error: Exception, again: datetime) -> None:
        self.waits.append((again - self.clock.now()) / timedelta(seconds=1))


async def test_engines_follow_one_another_each_with_the_settings_of_the_last_and_waits_that_grow(
    nodes: ScriptedNodes, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock, front, said = Hasty(), Fronting(Hasty()), nodes.said
    front.clock = clock
    down = TransientError("the store does not answer")
    script: list[tuple[Exception | None, int]] = [(down, 0), (down, 10), (down, 0), (down, 11), (down, 0), (None, 0)]
    built: list[Any] = []
    counts: list[bool] = []

    async def build(settings: object, *others: object) -> ScriptedEngine:
        said.append("build")
        built.append(settings)
        how, secs = script.pop(0)
        return ScriptedEngine(SimpleNamespace(channels=(), number=len(built)), how, secs, clock)

    async def recover(counted: bool) -> None:
        said.append("recover")
        counts.append(counted)

    monkeypatch.setattr(Engine, "build", build)
    monkeypatch.setattr(app, "backoff_secs", lambda failures, policy, rng: float(failures))
    store = cast(SqlStore, SimpleNamespace(is_shared=True, nodes=nodes, recover=recover))
    first = cast(Settings, SimpleNamespace(channels=()))
    gateway = app._Gateway(
        first, store, clock, "host/0", cast(Instruments, None), cast(Watch, None), cast(Front, front)
    )
    ready = asyncio.Event()
    async with asyncio.timeout(BOUND):
        await gateway.run(asyncio.Event(), ready)
    assert said == ["join host/0", "recover", "build", "leave"] * 6, "what is under way is settled as a member"
    assert counts == [True, *[False] * 5], "what an engine of this process left is not what a dead one left"
    assert built[0] is first
    assert [each.number for each in built[1:]] == [1, 2, 3, 4, 5]
    assert front.said == ["enter", "leave"] * 6
    assert front.waits == [1, 2, 3, 1, 2], "an engine that ran a while failed over something new"
    assert clock.now() == Hasty().now() + timedelta(seconds=21 + sum(front.waits)), "and each wait is kept"
    assert ready.is_set()


async def test_the_one_engine_leaves_nothing_under_way_that_would_be_held_against_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Only what was there before this process ever recovered may be a dead one's; no failure of the store is lost."""
    clock = Hasty()
    front = Fronting(clock)
    down = TransientError("the store does not answer")
    recoveries: list[tuple[bool, Exception | None]] = [(True, down), (True, None), (False, down), *[(False, None)] * 2]
    ends: list[Exception | None] = [TransientError("lost"), None]

    async def build(settings: object, *others: object) -> ScriptedEngine:
        return ScriptedEngine(SimpleNamespace(channels=()), ends.pop(0), 0, clock)

    async def recover(counted: bool) -> None:
        expected, failure = recoveries.pop(0)
        assert counted is expected
        if failure is not None:
            raise failure

    monkeypatch.setattr(Engine, "build", build)
    store = cast(SqlStore, SimpleNamespace(is_shared=False, recover=recover))
    gateway = app._Gateway(
        cast(Settings, SimpleNamespace(channels=())),
        *(store, clock, "host/0", cast(Instruments, None), cast(Watch, None), cast(Front, front)),
    )
    with structlog.testing.capture_logs() as logs:
        async with asyncio.timeout(BOUND):
            await gateway.run(asyncio.Event(), None)
    assert recoveries == []
    reasons = [line["reason"] for line in logs if line["event"] == "engine.interrupted"]
    assert reasons == ["the store does not answer", "lost"], "why an engine ended is told"


async def test_each_engine_of_a_machine_is_a_node_by_the_name_of_its_seat(
    config: Path, clock: ManualClock, nodes: ScriptedNodes
) -> None:
    ready = asyncio.Event()
    over = asyncio.create_task(app.run(load(config), ready=ready, clock=clock))
    async with asyncio.timeout(BOUND):
        await ready.wait()
    nodes.end()
    over.cancel()
    await asyncio.gather(over, return_exceptions=True)
    assert nodes.said[:2] == [f"join {socket.gethostname()}/0", "leave"]
