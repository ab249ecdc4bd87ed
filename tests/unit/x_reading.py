"""X's connector on the sandbox's server, for the tests of what comes in; it pauses as the engine does."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from connectors.x._budget import Budget
from connectors.x._client import XClient
from connectors.x._connector import XConnector
from gateway.ports import Cursor, Page, Raw, StreamId
from gateway.sandbox.x.server import XServer
from tests.conftest import ManualClock
from tests.unit.x_fakes import MemoryMeter, settings

MENTIONS, MESSAGES = StreamId("mentions"), StreamId("messages")
CONVERSATIONS, ACTIVITY = StreamId("conversations"), StreamId("activity")


@dataclass
class Reader:
    """One process of a channel: fetches and confirms, and moves the clock as long as each page asks."""

    connector: XConnector
    clock: ManualClock
    pages: list[Page[Raw]] = field(default_factory=list)

    async def fetch(self, stream: StreamId, after: Cursor | None) -> Page[Raw]:
        """Fetch one page, and confirm it as after its commit."""
        page = await self.connector.fetch(stream, after)
        self.pages.append(page)
        if page.cursor is not None:
            await self.connector.confirm(stream, page.cursor)
        return page

    async def drain(self, stream: StreamId, after: Cursor | None = None) -> tuple[list[Raw], Cursor | None]:
        """Fetch until there is no more at once; return the raws and the cursor after them."""
        raws: list[Raw] = []
        while True:
            page = await self.fetch(stream, after)
            raws += page.items
            after = after if page.cursor is None else page.cursor
            if page.pause is not None and not page.more:
                self.clock.advance(page.pause / timedelta(seconds=1))
            if not page.more:
                return raws, after


@dataclass
class Bench:
    """A server, its clock, and processes of one channel."""

    server: XServer
    clock: ManualClock
    meter: MemoryMeter = field(default_factory=MemoryMeter)
    woken: list[StreamId] = field(default_factory=list)

    @asynccontextmanager
    async def reader(self, **changes: Any) -> AsyncIterator[Reader]:
        """Open the channel as a process does; the budget is large, unless the test is about it."""
        given = settings(self.server, **{"budget": 1000, **changes})
        async with XClient("support", given, self.clock) as client:
            budget = Budget(given, self.meter, self.clock)
            connector = XConnector("support", given, self.clock, client, budget, self.woken.append)
            try:
                yield Reader(connector, self.clock)
            finally:
                await connector.close()

    def asked(self, route: str) -> list[dict[str, str]]:
        """The queries of all calls of a route."""
        return [call.query for call in self.server.calls if call.route == route]


@asynccontextmanager
async def bench(clock: ManualClock | None = None, **options: Any) -> AsyncIterator[Bench]:
    clock = clock or ManualClock()
    async with XServer.start(clock=clock, **{"limits": False, **options}) as server:
        yield Bench(server, clock)


def ids(raws: list[Raw] | tuple[Raw, ...]) -> list[str]:
    """The ids of what the raws hold."""
    return [json.loads(raw.body)["data"]["id"] for raw in raws]
