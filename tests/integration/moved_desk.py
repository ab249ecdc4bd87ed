"""A desk for tests with the real engine in this process and time by hand, whatever platform it is on.

Time moves only while a test waits, and only when nothing is under way any more, so that bounds hold on that clock.
"""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol
from unittest.mock import patch

from gateway.app import open_store_for, run
from gateway.control import ask
from gateway.settings import load
from gateway.store import SqlStore
from gateway.store.columns import EPOCH, MICROSECOND
from tests.conftest import ManualClock

Json = dict[str, Any]

WITHIN = 60.0
"""Longest wait in wall time for what must happen; only a broken gateway reaches it."""
STEP = 0.25
"""Seconds that time moves at once."""
QUIET_SECS = 0.003
"""Nothing may have happened for so long in wall time before time moves."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a ticket."""

    case_id: str
    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class EffectRow:
    """One effect as the outbox has it."""

    key: str
    kind: str
    state: str
    attempts: int
    reason: str
    case_id: str | None
    not_before: int | None


class SomeCall(Protocol):
    """A call that a server took; `status` is None while it is under way."""

    status: int | None


class MovedDesk:
    """One desk's folder and its engine. Several may share a server or a folder."""

    def __init__(
        self,
        folder: Path,
        calls: Callable[[], Sequence[SomeCall]],
        clock: ManualClock,
        working: Collection[object] = (),
    ) -> None:
        self.folder = folder
        self.clock = clock
        self._calls = calls
        self._working = working
        self.is_under_way: Callable[[], bool] = lambda: False
        """Whether something is done that neither calls nor threads show; no time passes meanwhile."""
        self._engine: asyncio.Task[None] | None = None
        self._stack = AsyncExitStack()
        self._store: SqlStore | None = None
        self._line: sqlite3.Connection | None = None

    @property
    def config(self) -> Path:
        return self.folder / "gatehouse.toml"

    # The engine's life

    async def start(self) -> None:
        """Start an engine on the desk's folder; returns when every part has been started."""
        ready = asyncio.Event()
        self._engine = asyncio.create_task(run(load(self.config), ready=ready, clock=self.clock))
        started = asyncio.create_task(ready.wait())
        try:
            async with asyncio.timeout(WITHIN):
                await asyncio.wait((self._engine, started), return_when=asyncio.FIRST_COMPLETED)
        finally:
            started.cancel()
        if self._engine.done():
            await self._engine

    async def stop(self) -> None:
        """End the engine wherever it is."""
        if self._engine is not None:
            self._engine.cancel()
            await asyncio.gather(self._engine, return_exceptions=True)
            self._engine = None

    async def restart(self) -> None:
        """End the engine and build another on the same folder."""
        await self.stop()
        await self.start()

    @property
    def running(self) -> bool:
        return self._engine is not None and not self._engine.done()

    async def close(self) -> None:
        """Stop and close what is open."""
        await self.stop()
        if self._line is not None:
            self._line.close()
        await self._stack.aclose()

    # Time

    async def until(self, condition: Callable[[], object], step: float = STEP) -> None:
        """Let time pass, `step` seconds at once, until the condition holds."""
        async with asyncio.timeout(WITHIN):
            await self.quiet()
            while not condition():
                self.clock.advance(step)
                await self.quiet()

    async def passes(self, seconds: float, step: float = STEP) -> None:
        """Let so much time pass."""
        end = self.clock.now().timestamp() + seconds
        await self.until(lambda: self.clock.now().timestamp() >= end, step)

    async def quiet(self) -> None:
        """Return when nothing happens any more without time passing."""
        before = None
        while before != (now := self._doings()) or self._working or self.is_under_way():
            before = now
            await asyncio.sleep(QUIET_SECS)

    def _doings(self) -> tuple[object, ...]:
        calls = self._calls()
        answered = sum(each.status is not None for each in calls)
        version = self.rows("pragma data_version") if (self.folder / "gatehouse.db").exists() else ()
        return (len(calls), answered, self.clock.sleeping, version)

    # What the store holds

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """Ask the desk's database."""
        if self._line is None:
            self._line = sqlite3.connect(f"file:{self.folder / 'gatehouse.db'}?mode=ro", uri=True)
        return self._line.execute(query, values).fetchall()

    def open(self) -> list[tuple[Any, ...]]:
        """Return what is not worked off: raws and effects neither settled nor at another end, and timers now due."""
        return self.rows(
            "select key, state from raws where state not in ('settled', 'buried') union all "
            "select key, state from effects where kind <> 'wake' and state not in ('settled', 'buried', 'maybe_sent') "
            "and not (kind = 'wake' and not_before > ?)",
            (self.clock.now() - EPOCH) // MICROSECOND,
        )

    def cases(self) -> list[Json]:
        """Return all cases, oldest first."""
        found = [json.loads(text) for (text,) in self.rows("select document from cases")]
        return sorted(found, key=lambda case: (case["opened_at"], case["id"]))

    def case(self) -> Json:
        """Return the only case."""
        (found,) = self.cases()
        return found

    def entries(self, direction: str = "in") -> list[Json]:
        """Return the entries of all cases, in the order in which they came."""
        query = "select document from entries where direction = ? order by id"
        return [json.loads(text) for (text,) in self.rows(query, direction)]

    def lines(self, kind: str = "message") -> list[Line]:
        """Return the lines of all tickets of a kind, in their order: message, note, state."""
        query = (
            "select case_id, kind, text from desk_lines join desk_tickets on ref = ticket where kind = ? order by id"
        )
        return [Line(*row) for row in self.rows(query, kind)]

    def texts(self) -> list[str]:
        """Return what users said, as the tickets have it."""
        return [line.text for line in self.lines()]

    def notes(self) -> list[str]:
        """Return what agents are told, on all tickets."""
        return [line.text for line in self.lines("note")]

    def effects(self, kind: str | None = None) -> list[EffectRow]:
        """Return all effects, or those of a kind."""
        query = "select key, kind, state, attempts, reason, case_id, not_before from effects order by id"
        return [each for each in (EffectRow(*row) for row in self.rows(query)) if kind in (None, each.kind)]

    # What operators see

    async def parts(self) -> dict[str, Json]:
        """Return the state of every part of the running engine, by name."""
        told: Json = await ask(load(self.config).store.socket, "status")
        return {each["part"]: each for each in told["parts"]}

    # The agents

    async def answers(self, case_id: str, text: str) -> None:
        """Answer on a case as an agent; it is on its way then."""
        assert await (await self._opened()).agent_act(case_id, "replied", text, "agent", self.clock.now()) is not None

    async def _opened(self) -> SqlStore:
        if self._store is None:
            opening = open_store_for(load(self.config), self.clock)
            self._store = await self._stack.enter_async_context(opening)
        return self._store

    async def file(self, sha256: str) -> bytes:
        """Return the bytes of a kept file."""
        store = await self._opened()
        return b"".join([chunk async for chunk in store.files.open(sha256)])


@contextmanager
def watched_threads() -> Iterator[Collection[object]]:
    """Give what is under way in threads, such as the store's: however long it takes, no time passes meanwhile."""
    real, working = ThreadPoolExecutor.submit, set[object]()

    def submit(self: ThreadPoolExecutor, work: Any, /, *args: Any, **more: Any) -> Any:
        future = real(self, work, *args, **more)
        working.add(future)
        future.add_done_callback(working.discard)
        return future

    with patch.object(ThreadPoolExecutor, "submit", submit):
        yield working
