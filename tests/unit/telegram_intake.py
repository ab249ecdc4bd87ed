"""A bot's connector on the sandbox's server, for the tests of what comes in."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from pydantic import SecretStr
from typing_extensions import override

from connectors.telegram import PLUGIN, TelegramSettings
from gateway.ports import Connector, Cursor, Opening, Page, Raw
from gateway.sandbox.telegram import TelegramServer
from tests.conftest import ManualClock

TOKEN = "123456:TEST-made-up"
BOT = "examplex_support_bot"
HOOK = "https://desk.examplex.test/in/support"
HOOK_SECRET = "made-up-secret-of-a-webhook"
WITHIN = 30.0
"""Longest wait for what must happen; only a broken connector reaches it."""


class LeapingClock(ManualClock):
    """A clock that leaps over every wait, and remembers how long each was."""

    def __init__(self) -> None:
        super().__init__()
        self.slept: list[float] = []

    @override
    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(0)
        if seconds > 0:
            self.slept.append(seconds)
            self._now += timedelta(seconds=seconds)


@dataclass
class Bench:
    """One bot's server, and connectors to it."""

    server: TelegramServer
    clock: LeapingClock = field(default_factory=LeapingClock)

    def settings(self, **values: Any) -> TelegramSettings:
        base: dict[str, Any] = {"token": SecretStr(TOKEN), "bot": BOT, "api_url": self.server.url, "step_secs": 5}
        if values.get("mode") == "webhook":
            base |= {"webhook_url": HOOK, "webhook_secret": SecretStr(HOOK_SECRET)}
        return TelegramSettings(**(base | values))

    @asynccontextmanager
    async def connector(self, clock: ManualClock | None = None, **values: Any) -> AsyncIterator[Connector]:
        """Open a connector, as a process does that takes a while to start."""
        self.clock.advance(2)
        opening = Opening("support", self.settings(**values), clock or self.clock)
        async with PLUGIN.open(opening) as channel:
            yield channel.connector

    def asked(self, method: str = "getUpdates") -> list[dict[str, Any]]:
        """The parameters of all calls of a method."""
        return [call.params for call in self.server.calls if call.method == method]


@asynccontextmanager
async def bench(**server: Any) -> AsyncIterator[Bench]:
    clock = LeapingClock()
    async with TelegramServer.start(TOKEN, BOT, clock=clock, **server) as started:
        yield Bench(started, clock)


async def fetched(connector: Connector, after: Cursor | None = None) -> Page[Raw]:
    async with asyncio.timeout(WITHIN):
        return await connector.fetch(connector.streams()[0], after)


async def stored(connector: Connector, after: Cursor | None = None) -> Page[Raw]:
    """Fetch a page and confirm it, as after its commit."""
    page = await fetched(connector, after)
    if page.cursor is not None:
        await connector.confirm(connector.streams()[0], page.cursor)
    return page


async def drained(connector: Connector) -> list[Raw]:
    """Take all there is, page by page."""
    raws: list[Raw] = []
    cursor: Cursor | None = None
    while (page := await stored(connector, cursor)).items:
        raws += page.items
        cursor = page.cursor or cursor
    return raws
