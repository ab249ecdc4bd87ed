"""The X connector keeps the promises of a connector on the sandbox's API, with its mentions and its direct messages."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest

from connectors.x._budget import Budget
from connectors.x._client import XClient
from connectors.x._connector import XConnector
from gateway.ports import Connector, Cursor, Page, Raw, Report, StreamId
from gateway.sandbox.x.server import XServer
from tests.conftest import ManualClock
from tests.contract.connector_suite import PROMISES, Harness
from tests.servers.relay import Relay
from tests.unit.x_fakes import MemoryMeter, settings

Promise = Callable[[Harness], Awaitable[None]]


class Pausing:
    """One stream of a connector, fetched when its last page said, as the engine does; what is confirmed is noted."""

    def __init__(self, connector: XConnector, stream: StreamId, clock: ManualClock, confirmed: set[Cursor]) -> None:
        self._connector = connector
        self._stream = stream
        self._clock = clock
        self._confirmed = confirmed
        self._pause = timedelta(0)

    async def check(self) -> Report:
        return await self._connector.check()

    def streams(self) -> Sequence[StreamId]:
        return [each for each in self._connector.streams() if each == self._stream]

    async def fetch(self, stream: StreamId, after: Cursor | None) -> Page[Raw]:
        self._clock.advance(self._pause / timedelta(seconds=1))
        page = await self._connector.fetch(stream, after)
        self._pause = page.pause if page.pause is not None and not page.more else timedelta(0)
        return page

    async def confirm(self, stream: StreamId, upto: Cursor) -> None:
        await self._connector.confirm(stream, upto)
        self._confirmed.add(upto)


class SandboxHarness:
    """One account on a server behind a relay that a test can cut; the platform gives a hundred items a page."""

    page = 3

    def __init__(self, server: XServer, relay: Relay, clock: ManualClock, stream: str) -> None:
        self._server = server
        self._relay = relay
        self._clock = clock
        self._stream = StreamId(stream)
        self._count = itertools.count(1)
        self._confirmed: set[Cursor] = set()
        server.own["description"] = "Automated answers of Examplex"
        self._person = server.person("wangfang_t")

    @asynccontextmanager
    async def connector(self) -> AsyncIterator[Connector]:
        given = settings(self._server, api_url=f"http://127.0.0.1:{self._relay.port}", budget=1000)
        async with XClient("support", given, self._clock) as client:
            budget = Budget(given, MemoryMeter(), self._clock)
            connector = XConnector("support", given, self._clock, client, budget, lambda stream: None)
            try:
                yield Pausing(connector, self._stream, self._clock, self._confirmed)
            finally:
                await connector.close()

    async def deliver(self, count: int) -> list[bytes]:
        marks = [self._mark() for _ in range(count)]
        for mark in marks:
            if self._stream == "mentions":
                self._server.post(self._person, f"@examplex {mark.decode()}")
            else:
                self._server.message(self._person, mark.decode())
        return marks

    async def deliver_odd(self) -> bytes:
        mark = self._mark()
        if self._stream == "mentions":
            self._server.post(self._person, f"@examplex {mark.decode()}", created_at="yesterday")
        else:
            self._server.message(self._person, mark.decode(), sender_id="nobody", created_at=None)
        return mark

    @asynccontextmanager
    async def outage(self) -> AsyncIterator[None]:
        async with self._relay.outage():
            yield

    async def state(self) -> object:
        """What the platform holds; nothing that is read or confirmed changes it."""
        return len(self._server.world.posts), len(self._server.world.events)

    def _mark(self) -> bytes:
        return f"mark-{next(self._count):06}.".encode()


@asynccontextmanager
async def sandbox(stream: str) -> AsyncIterator[SandboxHarness]:
    clock = ManualClock()
    async with XServer.start(clock=clock, limits=False) as server:
        host, _, port = server.url.removeprefix("http://").partition(":")
        async with Relay.open(host, int(port)) as relay:
            yield SandboxHarness(server, relay, clock, stream)


@pytest.mark.parametrize("stream", ["mentions", "messages"])
@pytest.mark.parametrize("promise", PROMISES, ids=lambda promise: promise.__name__)
async def test_polling_keeps_the_promise(promise: Promise, stream: str) -> None:
    async with sandbox(stream) as harness:
        await promise(harness)
