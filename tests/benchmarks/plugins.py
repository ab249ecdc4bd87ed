"""Plugins of the benchmarks' own: a platform that only hands over what was made before, and a backend that only takes.

They tell the benchmark of each message by the pipe of `told`. The gateway finds them by entry points, like any other's.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime
from typing import Any

from pydantic import BaseModel, ConfigDict

from gateway.ports import (
    BackendPlugin,
    Channel,
    ConnectorPlugin,
    Cursor,
    Done,
    Key,
    Opening,
    Page,
    Raw,
    Receipt,
    Reply,
    Report,
    Role,
    StreamId,
    TicketRef,
    TicketSystem,
    TicketWrite,
)
from tests.benchmarks.shapes import TELEGRAM, Shape, X
from tests.benchmarks.told import Teller

PAGE = 100
STREAM = StreamId("all")
WAIT_SECS = 30.0
BATCH = 100


class SourceSettings(BaseModel):
    """What is handed over: messages `first` to `first + count`; with a `rate`, so many a second as time goes by."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    count: int
    first: int = 0
    known: int = 0
    rate: float = 0.0


class Platform:
    """Connector and sender of one made-up platform."""

    def __init__(self, opening: Opening[SourceSettings], shape: Shape, teller: Teller) -> None:
        self._name = opening.name
        self._settings = opening.settings
        first, known = opening.settings.first, opening.settings.known
        self._made = [shape.make(first + number, known) for number in range(opening.settings.count)]
        self._teller = teller
        self._began: float | None = None

    async def check(self) -> Report:
        return Report(())

    def streams(self) -> Sequence[StreamId]:
        return (STREAM,)

    async def fetch(self, stream: StreamId, after: Cursor | None) -> Page[Raw]:
        start = int(after or 0)
        if self._began is None:
            self._began = time.time()
        ready = await self._ready(start)
        if ready <= start:
            return Page((), None)
        end = min(start + PAGE, ready)
        raws = tuple(self._raw(number) for number in range(start, end))
        if self._settings.rate:
            for number, raw in enumerate(raws, start):
                self._teller.tell("due", [raw.key], self._due(number))
            self._teller.tell("fetched", [raw.key for raw in raws])
        return Page(raws, Cursor(str(end)), more=end < ready)

    async def _ready(self, start: int) -> int:
        """Return how many messages the platform has by now; waits for the next one."""
        if start >= len(self._made):
            await asyncio.sleep(WAIT_SECS)
        elif self._settings.rate:
            await asyncio.sleep(max(0.0, self._due(start) - time.time()))
            due = int((time.time() - self._begun) * self._settings.rate) + 1
            return min(len(self._made), max(due, start + 1))
        return len(self._made)

    @property
    def _begun(self) -> float:
        assert self._began is not None
        return self._began

    def _due(self, number: int) -> float:
        return self._begun + number / self._settings.rate

    def _raw(self, number: int) -> Raw:
        lane, key, body = self._made[number]
        at = self._due(number) if self._settings.rate else self._begun
        received_at = datetime.fromtimestamp(at, UTC)
        return Raw(self._name, STREAM, Key(key), lane, body, "application/json", received_at, len(body))

    async def confirm(self, stream: StreamId, upto: Cursor) -> None:
        return None

    async def send(self, reply: Reply, key: Key) -> Receipt:
        self._teller.tell("sent", [key])
        return Receipt(f"sent:{key}")


def _opener(shape: Shape) -> Callable[[Opening[Any]], AbstractAsyncContextManager[Channel]]:
    @asynccontextmanager
    async def open_source(opening: Opening[SourceSettings]) -> AsyncIterator[Channel]:
        platform = Platform(opening, shape, Teller.from_environment())
        yield Channel(platform, sender=platform)

    return open_source


def _plugin(name: str, platform: str, shape: Shape) -> ConnectorPlugin:
    return ConnectorPlugin(
        name=name,
        platform=platform,
        settings=SourceSettings,
        open=_opener(shape),
        normalizer=shape.normalizer.name,
        addresses=lambda settings: (),
        roles=frozenset({Role.SENDER}),
    )


TELEGRAM_SHAPED = _plugin("telegram_shaped", "telegram", TELEGRAM)
X_SHAPED = _plugin("x_shaped", "x", X)


class NullSettings(BaseModel):
    """Nothing to set."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class NullBackend:
    """Takes whole batches and keeps nothing but who was taken when."""

    def __init__(self, teller: Teller) -> None:
        self._teller = teller

    async def check(self) -> Report:
        return Report(())

    async def submit(self, writes: Sequence[TicketWrite]) -> Sequence[Done]:
        self._teller.tell("took", [name for write in writes for name in _names(write)])
        return [Done(write.key, TicketRef(f"T-{write.case.id}")) for write in writes]

    async def find(self, write: TicketWrite, job: str | None = None) -> TicketRef | None:
        return None


def _names(write: TicketWrite) -> tuple[str, ...]:
    """Return what the benchmark knows its messages by: for mail the Message-ID, for a chat the ids of all its parts."""
    if write.entry is None:
        return ()
    message = write.entry.message
    if message.provenance.normalizer.startswith("telegram/"):
        return (message.id, *message.said("part"))
    return ((message.platform == "email" and message.thread.own_ref) or message.provenance.key,)


@asynccontextmanager
async def open_null(opening: Opening[NullSettings]) -> AsyncIterator[TicketSystem]:
    yield TicketSystem(NullBackend(Teller.from_environment()))


NULL = BackendPlugin(name="null", settings=NullSettings, open=open_null, batch=BATCH)

ENTRY_POINTS = """\
[gatehouse.connectors]
telegram_shaped = tests.benchmarks.plugins:TELEGRAM_SHAPED
x_shaped = tests.benchmarks.plugins:X_SHAPED

[gatehouse.normalizers]
telegram_shaped = tests.benchmarks.shapes:TELEGRAM_NORMALIZER
x_shaped = tests.benchmarks.shapes:X_NORMALIZER

[gatehouse.backends]
null = tests.benchmarks.plugins:NULL
"""
