"""A Telegram desk whose gateways are killed while a crowd writes to it: the world, the agents, the worst moments."""

from __future__ import annotations

import asyncio
import contextlib
import random
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

from typing_extensions import override

from gateway.app import open_store_for
from gateway.clock import SystemClock
from gateway.ports import Clock
from gateway.sandbox.telegram import Fault, TelegramServer
from gateway.settings import load
from gateway.store import SqlStore
from tests.crash.chat_audit import Desk, Rows
from tests.crash.crowd import MARK, Crowd
from tests.gateway_process import GatewayProcess
from tests.servers.relay import Relay

TOKEN = "123456:TEST-made-up-token-of-the-sandbox_0"
BOT = "examplex_support_bot"
HOOK_SECRET = "made-up-secret-of-a-webhook"
LOOK_SECS = 0.02
HURRIED_SECS = 0.2
GO_ON_SECS = 0.05
"""How often somebody writes while a moment is waited for."""
MOMENT_SECS = 60
PUSHES = 4
"""So many pushes are under way at a kill that is about them."""
ANSWER_EVERY = 4
"""An agent answers so many of the private cases."""
OPEN = """
select
    (select count(*) from raws where state not in ('settled', 'buried')),
    (select count(*) from effects where kind <> 'wake' and state not in ('settled', 'buried', 'maybe_sent')),
    (select cursor from streams where source = 'backend:embedded'),
    (select max(id) from desk_lines where by_agent)
"""


class ChatWorld:
    """The platform with its people, the desk's gateways, and the agents."""

    def __init__(
        self, server: TelegramServer, crowd: Crowd, gateways: Sequence[GatewayProcess], rng: random.Random
    ) -> None:
        self.server = server
        self.crowd = crowd
        self.gateways = gateways
        self.rng = rng
        self.rows: Rows = gateways[0].rows
        self.kills = 0
        self.postponed: list[int] = []
        """How many attempts each raw had behind it that was put off."""
        self.answers: dict[str, str] = {}
        self._seen: set[str] = set()
        self._store: SqlStore | None = None
        self._stack = AsyncExitStack()
        self._writing: asyncio.Task[None] | None = None
        self._upto = self._ahead = 0
        self.relay: Relay | None = None
        """What the platform's pushes come through, in webhook mode."""
        self.lock: sqlite3.Connection | None = None
        """Holds up every commit, while it is there."""

    @property
    def gateway(self) -> GatewayProcess:
        return self.gateways[0]

    @property
    def desk(self) -> Desk:
        return Desk(self.server, self.crowd, self.rows, self.answers)

    def write(self, ahead: int) -> None:
        """Let the crowd write, as far as it is let, and never much more ahead of the gateway than that."""
        self._ahead = ahead
        self._writing = asyncio.create_task(self._write())

    async def _write(self) -> None:
        while True:
            await self.server.until(lambda: self.server.pending < self._ahead and self.crowd.posted < self._upto)
            self.crowd.step()

    async def die_at(self, kind: str, upto: int) -> None:
        """Live until so many updates were written, and then until that moment comes."""
        await self.gateway.start()
        await self.meet(kind, upto)
        await self.kill(self.gateway)

    async def meet(self, kind: str, upto: int) -> None:
        """Wait for a moment, while people go on writing a little."""
        self._let(upto)
        await self._until(lambda: self.crowd.posted >= upto and self._backlog() < self._ahead)
        await self.answer()
        going_on = asyncio.create_task(self._go_on())
        try:
            async with asyncio.timeout(MOMENT_SECS):
                await MOMENTS[kind](self)
        finally:
            going_on.cancel()
            await asyncio.gather(going_on, return_exceptions=True)
        for _ in range(self.rng.choice((0, 0, 5, 200))):
            await asyncio.sleep(0)

    def _let(self, upto: int) -> None:
        self._upto = max(upto, self._upto)
        self.server.world.touch()

    async def _go_on(self) -> None:
        while True:
            await asyncio.sleep(GO_ON_SECS)
            self._let(self.crowd.posted + 1)

    async def kill(self, gateway: GatewayProcess) -> None:
        """SIGKILL; what hung is let go without an answer."""
        self.kills += 1
        self._note(gateway)
        await gateway.kill()
        if self.lock is not None:
            self.lock.close()
            self.lock = None
        self.server.faults.mend()
        for _ in range(100):
            # The lines of the dead are seen to be cut; what another node has under way is answered.
            await asyncio.sleep(0)
        self.server.faults.release()

    async def finish(self, updates: int, secs: float, gateways: Sequence[GatewayProcess] | None = None) -> bool:
        """Let the crowd end and the gateways work all off, and stop them; start the first when none is given.

        Returns whether it came to an end.
        """
        if gateways is None:
            await self.gateway.start()
        done = False
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(secs):
                self._let(updates)
                await self.server.until(lambda: self.crowd.posted >= updates)
                await self._stop_writing()
                self.crowd.finish()
                await self.answer()
                await self._until(self._finished)
                done = True
        for each in gateways or self.gateways:
            self._note(each)
            if done:
                assert await each.stop() == 0
            else:
                await each.kill()
        return done

    def _note(self, gateway: GatewayProcess) -> None:
        self.postponed += [each["attempts"] for each in gateway.events if each["event"] == "raw.postponed"]

    def doubts(self) -> Sequence[Sequence[Any]]:
        """Return which replies are in doubt, and why."""
        return self.rows("select key, reason from effects where state = 'maybe_sent'")

    def _backlog(self) -> int:
        ((waiting,),) = self.rows("select count(*) from raws where state <> 'settled'")
        return int(waiting)

    def _finished(self) -> bool:
        """Asked in the order in which things happen; the database answers all in one snapshot."""
        if self.server.pending:
            return False
        try:
            ((raws, effects, cursor, acts),) = self.rows(OPEN)
        except sqlite3.DatabaseError:
            return False
        return bool(raws == 0 and effects == 0 and int(cursor or 0) >= int(acts or 0))

    async def _until(self, condition: Callable[[], bool]) -> None:
        # A database that another process writes has no event to wait for.
        while not condition():
            assert not any(each.count("process.ended") for each in self.gateways), "a gateway ended by itself"
            await asyncio.sleep(LOOK_SECS)

    async def answer(self) -> None:
        """Let agents answer some of the private cases that they have not seen yet."""
        if self._store is None:
            settings = load(self.gateway.config)
            self._store = await self._stack.enter_async_context(open_store_for(settings))
        for ticket, text in self.rows("select ticket, text from desk_lines where kind = 'message' order by id"):
            if str(ticket) in self._seen or not (marks := MARK.findall(str(text))):
                continue
            self._seen.add(str(ticket))
            if marks[0].startswith("p") and len(self._seen) % ANSWER_EVERY == 0:
                words = f"It has arrived, {marks[0]}."
                now = datetime.now(UTC)
                assert await self._store.agent_act(str(ticket), "replied", words, "agent", now) is not None
                self.answers[words] = str(ticket)

    async def _stop_writing(self) -> None:
        if self._writing is not None:
            self._writing.cancel()
            await asyncio.gather(self._writing, return_exceptions=True)

    async def close(self) -> None:
        await self._stop_writing()
        await self._stack.aclose()
        for each in self.gateways:
            await each.close()


class Hurried(SystemClock):
    """The time of a platform that does not wait long before it calls again."""

    @override
    async def sleep(self, seconds: float) -> None:
        await super().sleep(min(seconds, HURRIED_SECS))


Moment = Callable[[ChatWorld], Awaitable[Any]]


def _logged(name: str, most: int) -> Moment:
    async def comes(world: ChatWorld) -> None:
        goal = world.gateway.count(name) + world.rng.randint(1, most)
        await world.gateway.until(lambda: world.gateway.count(name) >= goal)

    return comes


def _hung(method: str, *, takes: bool, after: int = 0) -> Moment:
    async def comes(world: ChatWorld) -> None:
        passes = world.rng.randint(0, after) if after else None
        world.server.faults.plan(method, Fault(hang=True, takes=takes, after=passes))
        await world.server.until(lambda: world.server.faults.hanging > 0)

    return comes


async def _asked_at_once(world: ChatWorld) -> None:
    """A poll that does not wait has taken effect; a sound gateway makes none."""
    faults, calls = world.server.faults, world.server.calls
    while True:
        faults.plan("getUpdates", Fault(hang=True, takes=True))
        await world.server.until(lambda: faults.hanging > 0)
        if str(calls[-1].params.get("timeout")) == "0":
            return
        faults.release()
        await world.server.until(lambda: faults.hanging == 0)


async def _pushes_wait(world: ChatWorld) -> None:
    """Pushes have come in, and none can be committed."""
    assert world.relay is not None
    world.lock = sqlite3.connect(world.gateway.folder / "gatehouse.db", isolation_level=None)
    world.lock.execute("begin immediate")
    goal = world.relay.connections + PUSHES
    while world.relay.connections < goal:
        await asyncio.sleep(LOOK_SECS)


async def _invited(world: ChatWorld) -> None:
    await world.server.until(lambda: any("?start=" in str(sent.params) for sent in world.server.sent))


async def _at_once(world: ChatWorld) -> None:
    for _ in range(world.rng.randint(0, 2000)):
        await asyncio.sleep(0)


MOMENTS: dict[str, Moment] = {
    "any": _at_once,
    "page.stored": _logged("page.stored", 2),
    "raw.settled": _logged("raw.settled", 20),
    "effect.settled": _logged("effect.settled", 20),
    "file.fetched": _logged("file.fetched", 3),
    # The platform has the message, and has not answered.
    "send taken": _hung("sendMessage", takes=True, after=4),
    "send unheard": _hung("sendMessage", takes=False, after=4),
    # A page is in the journal, and the platform has or has not heard so.
    "poll taken": _hung("getUpdates", takes=True, after=1),
    "poll unheard": _hung("getUpdates", takes=False, after=1),
    "download": _hung("download", takes=False),
    "push.stored": _logged("push.stored", 20),
    "pushes wait": _pushes_wait,
    "asked at once": _asked_at_once,
    "invited": _invited,
}
POLLED = tuple(MOMENTS)[:10]
PUSHED = ("pushes wait", "send taken", "pushes wait")


@asynccontextmanager
async def chat_world(
    folder: Path,
    rng: random.Random,
    people: int,
    *,
    nodes: int = 1,
    more: str = "",
    secrets: Mapping[str, str] = MappingProxyType({}),
    clock: Clock | None = None,
) -> AsyncIterator[ChatWorld]:
    """A server with its crowd and a desk of so many gateways, none of them started; `more` ends each configuration, and
    `secrets` are files that it names."""
    async with TelegramServer.start(
        token=TOKEN, username=BOT, name="Examplex Support", reads_all_group_messages=True, clock=clock
    ) as server:
        crowd = Crowd(server, rng, people)
        gateways = [GatewayProcess(folder / f"desk{node}") for node in range(nodes)]
        for gateway in gateways:
            gateway.configure_chat(server.url, TOKEN, BOT, crowd.operators["id"], more, secrets)
            (gateway.folder / "gatehouse.key").write_bytes((gateways[0].folder / "gatehouse.key").read_bytes())
        world = ChatWorld(server, crowd, gateways, rng)
        try:
            yield world
        finally:
            await world.close()
