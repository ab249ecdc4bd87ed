"""An X desk whose gateways are killed while mentions and messages wait: the world, its clock, the worst moments."""

from __future__ import annotations

import asyncio
import contextlib
import random
import sqlite3
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

from gateway.app import open_store_for
from gateway.sandbox.x import Fault, XServer
from gateway.settings import load
from gateway.store import SqlStore
from tests.crash.chat_audit import Rows
from tests.crash.x_clock import SteadyClock
from tests.crash.x_crowd import BURST_APART, MARK, XCrowd
from tests.crash.x_process import HANDLE, OWN, XProcess
from tests.crash.x_tally import Tally

MENTIONS = "GET /2/users/{id}/mentions"
MESSAGES = "GET /2/dm_events"
SEARCH = "GET /2/tweets/search/recent"
STREAM = "GET /2/activity/stream"
PUBLIC = "POST /2/tweets"
PRIVATE = "POST /2/dm_conversations/with/{participant_id}/messages"
TOKEN = "POST /2/oauth2/token"
LOOK_SECS = 0.02
TICK_SECS = 0.012
BUSY_STEP, QUIET_STEP = 2.0, 20.0
"""Seconds that time moves at once: while much happens, and while nothing does."""
QUIET_TICKS = 3
GO_ON_SECS = 0.2
"""How often somebody does something while a moment is waited for."""
MOMENT_SECS = 60
GAP_SECS = 30
ANSWER_EVERY = 8
"""An agent answers so many of the tickets."""
OPEN = """
select
    (select count(*) from raws where state not in ('settled', 'buried')),
    (select count(*) from effects where kind <> 'wake' and state not in ('settled', 'buried', 'maybe_sent')),
    (select cursor from streams where source = 'backend:embedded'),
    (select max(id) from desk_lines where by_agent)
"""
PLACES = "select stream, cursor from streams where source = 'x'"


class XWorld:
    """The platform with its people, the desk's gateways, the agents, and time."""

    def __init__(
        self,
        server: XServer,
        bill: Tally,
        clock: SteadyClock,
        crowd: XCrowd,
        gateways: Sequence[XProcess],
        rng: random.Random,
    ) -> None:
        self.server = server
        self.bill = bill
        self.clock = clock
        self.crowd = crowd
        self.gateways = gateways
        self.rng = rng
        self.rows: Rows = gateways[0].rows
        self.kills = 0
        self.met: list[str] = []
        """What the kills met, in their order."""
        self.answers: dict[str, str] = {}
        """Text of each answer that an agent gave → the mark of what it answers."""
        self._seen: set[str] = set()
        self._store: SqlStore | None = None
        self._stack = AsyncExitStack()
        self._ticking: asyncio.Task[None] | None = None

    @property
    def gateway(self) -> XProcess:
        return self.gateways[0]

    def fault(self, name: str) -> None:
        """Have the gateways run with a fault; see `tests.crash.x_child`."""
        for each in self.gateways:
            each.command = ("tests.crash.x_child", str(self.clock.file), name)

    # Time

    def tick(self) -> None:
        """Let time pass from now on, slowly while much happens."""
        self._ticking = asyncio.create_task(self._tick())

    async def _tick(self) -> None:
        before, quiet = (0, 0), 0
        while True:
            await asyncio.sleep(TICK_SECS)
            now = (sum(len(each.events) for each in self.gateways), len(self.server.calls))
            quiet = quiet + 1 if now == before else 0
            before = now
            if any(each.running for each in self.gateways):
                self.clock.let_pass(QUIET_STEP if quiet >= QUIET_TICKS else BUSY_STEP)

    # Lives

    async def start(self, gateway: XProcess | None = None) -> None:
        """Let a life begin, on a store that is there already."""
        await self.store()
        await (gateway or self.gateway).start()

    def burst(self, posts: int, messages: int) -> None:
        """Let so much be said while no gateway runs: after all that was read, or it would have come minutes late."""
        self.clock.let_pass(1 + (posts + messages) * BURST_APART.total_seconds())
        self.crowd.burst(posts, messages)

    async def die_at(self, kind: str) -> None:
        """Live until that moment comes, while people go on writing."""
        await self.start()
        await self.meet(kind)
        await self.kill(self.gateway)

    async def meet(self, kind: str) -> None:
        """Wait for a moment, while people go on writing and agents answer."""
        self.met.append(kind)
        await self.answer()
        going_on = asyncio.create_task(self._go_on())
        moment = asyncio.create_task(MOMENTS[kind](self))
        try:
            async with asyncio.timeout(MOMENT_SECS):
                done, _ = await asyncio.wait((going_on, moment), return_when=asyncio.FIRST_COMPLETED)
            for each in done:
                each.result()
        finally:
            for each in (going_on, moment):
                each.cancel()
            await asyncio.gather(going_on, moment, return_exceptions=True)
        for _ in range(self.rng.choice((0, 0, 5, 200))):
            await asyncio.sleep(0)

    async def _go_on(self) -> None:
        while True:
            await asyncio.sleep(GO_ON_SECS)
            self.crowd.step()
            assert not any(each.count("process.ended") for each in self.gateways), "a gateway ended by itself"

    async def kill(self, gateway: XProcess) -> None:
        """SIGKILL; what hung is let go without an answer."""
        self.kills += 1
        await gateway.kill()
        self.bill.end_life()
        self.server.faults.mend()
        for _ in range(100):
            # The lines of the dead are seen to be cut; what another node has under way is answered.
            await asyncio.sleep(0)
        self.server.faults.release()

    async def finish(self, secs: float, gateways: Sequence[XProcess] | None = None) -> bool:
        """Let the gateways work all off, and stop them; start the first when none is given.

        Returns whether it came to an end.
        """
        if gateways is None:
            await self.start()
        done = False
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(secs):
                await self.answer()
                await self._worked_off()
                await self.answer()
                await self._worked_off()
                done = True
        for each in gateways or self.gateways:
            if done:
                assert await each.stop() == 0
            else:
                await each.kill()
        return done

    async def _worked_off(self) -> None:
        """Return when all is read, which two more looks show, and nothing is open."""
        while True:
            looks = {route: self.server.counts[route] + 2 for route in (MENTIONS, MESSAGES)}
            await self.until(partial(self._looked, looks))
            await self.until(self._idle)
            if not self._walking():
                return

    def _looked(self, looks: Mapping[str, int]) -> bool:
        return all(self.server.counts[route] >= times for route, times in looks.items())

    def _walking(self) -> bool:
        """Whether a walk goes on, or a gap is there."""
        found = {str(stream): str(cursor) for stream, cursor in self.rows(PLACES)}
        return any(mark not in found.get(stream, "") for stream, mark in _RESTS)

    def _idle(self) -> bool:
        try:
            ((raws, effects, cursor, acts),) = self.rows(OPEN)
        except sqlite3.DatabaseError:
            return False
        return bool(raws == 0 and effects == 0 and int(cursor or 0) >= int(acts or 0))

    async def until(self, condition: Callable[[], bool]) -> None:
        """Return when it holds. A database that another process writes has no event to wait for."""
        while not condition():
            assert not any(each.count("process.ended") for each in self.gateways), "a gateway ended by itself"
            await asyncio.sleep(LOOK_SECS)

    async def answer(self) -> None:
        """Let agents answer some of the tickets that they have not seen yet."""
        store = await self.store()
        for ticket, text in self.rows("select ticket, text from desk_lines where kind = 'message' order by id"):
            if str(ticket) in self._seen or not (marks := MARK.findall(str(text))):
                continue
            self._seen.add(str(ticket))
            if len(self._seen) % ANSWER_EVERY == 0:
                # Spelled without digits: a public answer may hold no long number.
                words = f"It has arrived, thank you for waiting: {marks[0][0].translate(_SPELLED)}."
                acted = await store.agent_act(str(ticket), "replied", words, "agent", self.clock.now())
                assert acted is not None
                self.answers[words] = marks[0][0]

    async def store(self) -> SqlStore:
        """Return the desk's store."""
        if self._store is None:
            self._store = await self._stack.enter_async_context(open_store_for(load(self.gateway.config)))
        return self._store

    async def close(self) -> None:
        if self._ticking is not None:
            self._ticking.cancel()
            await asyncio.gather(self._ticking, return_exceptions=True)
        await self._stack.aclose()
        for each in self.gateways:
            await each.close()


_SPELLED = str.maketrans("0123456789", "abcdefghij")
_RESTS = (("mentions", '"walk":null,"gaps":[]'), ("messages", '"walk":null'))
Moment = Callable[[XWorld], Coroutine[Any, Any, None]]


def _hung(route: str, after: int = 0, *, takes: bool = False) -> Moment:
    async def comes(world: XWorld) -> None:
        world.server.faults.plan(route, Fault(hang=True, takes=takes, after=after))
        await world.server.until(lambda: world.server.faults.hanging > 0)

    return comes


def _stored(stream: str, most: int) -> Moment:
    """A page of that stream was just committed."""

    async def comes(world: XWorld) -> None:
        def count() -> int:
            return sum(each["event"] == "page.stored" and each["stream"] == stream for each in world.gateway.events)

        goal = count() + world.rng.randint(1, most)
        await world.gateway.until(lambda: count() >= goal)

    return comes


def _logged(name: str, most: int) -> Moment:
    async def comes(world: XWorld) -> None:
        goal = world.gateway.count(name) + world.rng.randint(1, most)
        await world.gateway.until(lambda: world.gateway.count(name) >= goal)

    return comes


async def _first_pages(world: XWorld) -> None:
    """B4: page 1 of the walk of mentions is in the journal, and of messages, as far as their limit lets, and page 2
    is asked for."""
    faults = world.server.faults
    for route in (MENTIONS, MESSAGES):
        faults.plan(route, Fault(hang=True, after=1))
    await world.server.until(lambda: faults.hanging > 0)
    await world.until(lambda: faults.hanging == 2 or world.gateway.count("part.failed") > 0)
    await world.gateway.until(lambda: world.gateway.count("page.stored") >= 2)


async def _gap_filled(world: XWorld) -> None:
    """A page of a gap is asked for, and others of the same route are let go by.

    Where the gap was filled in an earlier life no page of it is asked for any more: then any moment is as good.
    """
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(GAP_SECS):
            await _in_gap(world, world.rng.randint(1, 2))


async def _in_gap(world: XWorld, pages: int) -> None:
    faults, calls = world.server.faults, world.server.calls
    while True:
        faults.plan(SEARCH, Fault(hang=True, takes=True))
        await world.server.until(lambda: faults.hanging > 0)
        asked = [each for each in calls if each.route == SEARCH and each.status is None]
        pages -= any(each.query["query"] == f"@{HANDLE}" for each in asked)
        if pages == 0:
            return
        faults.release()
        await world.server.until(lambda: faults.hanging == 0)


async def _streaming(world: XWorld) -> None:
    """The stream is open, and has just told of something."""
    await world.server.until(lambda: world.server.stream.lines > 0)
    for _ in range(world.rng.randint(1, 5)):
        world.crowd.step()
        await asyncio.sleep(0)


async def _at_once(world: XWorld) -> None:
    for _ in range(world.rng.randint(0, 3000)):
        await asyncio.sleep(0)


MOMENTS: dict[str, Moment] = {
    "first pages": _first_pages,
    "page of mentions": _stored("mentions", 4),
    "gap": _gap_filled,
    "walk of messages": _hung(MESSAGES, takes=True),
    "page of messages": _stored("messages", 2),
    "public answer taken": _hung(PUBLIC, takes=True),
    "public answer unheard": _hung(PUBLIC),
    "message taken": _hung(PRIVATE, takes=True),
    "message unheard": _hung(PRIVATE),
    "raw settled": _logged("raw.settled", 40),
    "effect settled": _logged("effect.settled", 40),
    "stream": _streaming,
    "any": _at_once,
    # B22: tokens are asked for, or are in the vault and not used yet.
    "tokens asked for": _hung(TOKEN),
    "tokens not used": _hung(MENTIONS),
}


@asynccontextmanager
async def x_world(
    folder: Path, rng: random.Random, people: int, *, nodes: int = 1, more: str = "", stream: bool = False
) -> AsyncIterator[XWorld]:
    """A server with its crowd and a desk of so many gateways, none of them started; `more` ends each configuration."""
    clock = SteadyClock(folder / "clock")
    async with XServer.start(HANDLE, OWN, clock=clock) as server:
        server.bill = server.site.bill = bill = Tally(clock)
        bill.shared = nodes > 1
        if stream:
            server.activity.subscribe()
            server.activity._bill = bill
            more = f'activity = "stream"\n{more}'
        gateways = [XProcess(folder / f"desk{node}") for node in range(nodes)]
        for gateway in gateways:
            gateway.configure_x(server, more)
            (gateway.folder / "gatehouse.key").write_bytes((gateways[0].folder / "gatehouse.key").read_bytes())
        world = XWorld(server, bill, clock, XCrowd(server, rng, people), gateways, rng)
        world.fault("none")
        world.tick()
        try:
            yield world
        finally:
            await world.close()
    clock.close()
