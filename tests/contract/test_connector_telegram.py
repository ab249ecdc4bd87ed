"""The Telegram connector keeps the promises of a connector on the sandbox's Bot API, polling and, as far as they apply,
in webhook mode.
"""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from pydantic import SecretStr
from typing_extensions import override

from connectors.telegram import PLUGIN, TelegramSettings
from gateway.ports import Connector, Cursor, Opening, Page, Raw, Report, StreamId
from gateway.sandbox.telegram import TelegramServer
from tests.conftest import ManualClock
from tests.contract import connector_suite as suite
from tests.contract.connector_suite import PROMISES, Harness
from tests.servers.relay import Relay

TOKEN = "123456:TEST-made-up"

Promise = Callable[[Harness], Awaitable[None]]


class LeapingClock(ManualClock):
    """A clock that leaps over every wait: a second is asked for, and has passed."""

    @override
    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(0)
        self._now += timedelta(seconds=max(seconds, 0.0))


class Noting:
    """A connector whose confirmations are noted: the platform hears of them with the next fetch."""

    def __init__(self, connector: Connector, confirmed: list[Cursor]) -> None:
        self._connector = connector
        self._confirmed = confirmed

    async def check(self) -> Report:
        return await self._connector.check()

    def streams(self) -> Sequence[StreamId]:
        return self._connector.streams()

    async def fetch(self, stream: StreamId, after: Cursor | None) -> Page[Raw]:
        return await self._connector.fetch(stream, after)

    async def confirm(self, stream: StreamId, upto: Cursor) -> None:
        await self._connector.confirm(stream, upto)
        self._confirmed.append(upto)


class SandboxHarness:
    """One bot on a server behind a relay that a test can cut."""

    page = 3

    def __init__(self, server: TelegramServer, relay: Relay, clock: ManualClock, mode: str) -> None:
        self._server = server
        self._relay = relay
        self._clock = clock
        self._mode = mode
        self._count = itertools.count(1)
        self._confirmed: list[Cursor] = []

    @asynccontextmanager
    async def connector(self) -> AsyncIterator[Connector]:
        # A process takes a while to start; within half a second of the last poll it would be given one update a call.
        self._clock.advance(2)
        settings = TelegramSettings(
            token=SecretStr(TOKEN),
            bot="examplex_support_bot",
            mode="webhook" if self._mode == "webhook" else "polling",
            api_url=f"http://127.0.0.1:{self._relay.port}",
            webhook_url="https://desk.examplex.test/in/support",
            webhook_secret=SecretStr("made-up-secret-of-a-webhook"),
            batch=self.page,
            step_secs=5,
        )
        async with PLUGIN.open(Opening("support", settings, self._clock)) as channel:
            yield Noting(channel.connector, self._confirmed)

    async def deliver(self, count: int) -> list[bytes]:
        marks = [self._mark() for _ in range(count)]
        person = self._server.person("Someone", language_code="en")
        for mark in marks:
            self._server.says(person, mark.decode())
        return marks

    async def deliver_odd(self) -> bytes:
        mark = self._mark()
        self._server.push({"a_kind_of_tomorrow": {"text": mark.decode()}})
        return mark

    @asynccontextmanager
    async def outage(self) -> AsyncIterator[None]:
        async with self._relay.outage():
            yield

    async def state(self) -> object:
        """What waits on the server and was not confirmed: a confirmation reaches it with the next fetch."""
        after = max((json.loads(cursor)["next"] for cursor in self._confirmed), default=0)
        end = self._server.next_update_id
        return [each for each in range(end - self._server.pending, end) if each >= after]

    def _mark(self) -> bytes:
        return f"mark-{next(self._count):06}.".encode()


@asynccontextmanager
async def sandbox(mode: str) -> AsyncIterator[SandboxHarness]:
    clock = LeapingClock()
    async with TelegramServer.start(TOKEN, clock=clock) as server:
        host, _, port = server.url.removeprefix("http://").partition(":")
        async with Relay.open(host, int(port)) as relay:
            yield SandboxHarness(server, relay, clock, mode)


@pytest.mark.parametrize("promise", PROMISES, ids=lambda promise: promise.__name__)
async def test_polling_keeps_the_promise(promise: Promise) -> None:
    async with sandbox("polling") as harness:
        await promise(harness)


@pytest.mark.parametrize(
    "promise",
    [suite.outage_is_an_error, suite.streams_are_stable, suite.check_tells_of_an_outage],
    ids=lambda promise: promise.__name__,
)
async def test_webhook_mode_keeps_the_promise(promise: Promise) -> None:
    """Its pages are empty: what is pushed comes by the ingress."""
    async with sandbox("webhook") as harness:
        await promise(harness)
