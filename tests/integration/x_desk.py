"""A desk with one X channel for tests: the sandbox's server, the real engine in this process, time by hand."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Collection, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import asdict
from decimal import Decimal
from pathlib import Path
from typing import Literal

import httpx

from gateway.keeping import Keeper
from gateway.sandbox.telegram import TelegramServer
from gateway.sandbox.x import XServer
from gateway.sandbox.x._writing import SentPost
from gateway.sandbox.x.server import Call
from gateway.settings import load
from gateway.store import new_key_line
from tests.conftest import ManualClock
from tests.integration.moved_desk import Json, MovedDesk, SomeCall, watched_threads
from tests.integration.telegram_desk import BOT, TOKEN

__all__ = ["Json"]

HANDLE, OWN = "examplex", "1000"
MENTIONS = "GET /2/users/{id}/mentions"
MESSAGES = "GET /2/dm_events"
SEARCH = "GET /2/tweets/search/recent"
_SECRETS = ("consumer_key", "consumer_secret", "access_token", "access_secret", "bearer_token")
_BESIDE = """
[alerts]
chat_channel = "tg"
chat_to = ["{operators}"]
{alerts}

[channels.tg]
connector = "telegram"
token = {{ file = "tg.token" }}
bot = "{bot}"
api_url = "{url}"
"""
_CONFIG = """
[brand]
name = "Examplex"

[backend]
kind = "embedded"

[log]
format = "json"
{log}
{top}

[channels.x]
connector = "x"
handle = "{handle}"
user_id = "{own}"
api_url = "{url}"
{keys}
{channel}
"""
_OFFICIAL = """
[[brands]]
id = "examplex"
name = "Examplex"

[[brands.accounts]]
platform = "x"
handle = "{handle}"
id = "{own}"
role = "support"

[[brands.web]]
domain = "examplex.test"
"""


class XDesk(MovedDesk):
    """One desk on one account; made by `x_desk`."""

    def __init__(self, folder: Path, server: XServer, clock: ManualClock, working: Collection[object] = ()) -> None:
        super().__init__(folder, self._all_calls, clock, working)
        self.server = server
        self.beside: list[Callable[[], Sequence[SomeCall]]] = []
        """What else is called and waited for: the calls of servers that further channels talk to."""

    def _all_calls(self) -> Sequence[SomeCall]:
        return [*self.server.calls, *(call for calls in self.beside for call in calls())]

    def configure(self, *, channel: str = "", top: str = "", official: str = "", log: str = "") -> None:
        """Write the desk's files: `channel` and `log` end those tables, `top` and `official` are further ones."""
        self.folder.mkdir(parents=True, exist_ok=True)
        keys = "\n".join(f'{name} = {{ file = "{name}" }}' for name in _SECRETS)
        text = _CONFIG.format(log=log, top=top, handle=HANDLE, own=OWN, url=self.server.url, keys=keys, channel=channel)
        self.config.write_text(text, encoding="utf-8")
        listed = _OFFICIAL.format(handle=HANDLE, own=OWN) + official
        (self.folder / "official.toml").write_text(listed, encoding="utf-8")
        secrets = {name: value for name, value in asdict(self.server.keys).items() if name != "client_id"}
        for name, content in {"gatehouse.key": new_key_line(), **secrets}.items():
            if not (self.folder / name).exists():
                (self.folder / name).touch(mode=0o600)
                (self.folder / name).write_text(content, encoding="utf-8")

    async def polled(self, times: int = 1, route: str = MENTIONS) -> None:
        """Let time pass until X was asked so often again."""
        wanted = self.server.counts[route] + times
        await self.until(lambda: self.server.counts[route] >= wanted, step=10.0)

    async def settled(self) -> None:
        """Let time pass until everything that is on X now is read and worked off, to the tickets and to the users."""
        await self.polled(2)
        await self.polled(2, MESSAGES)
        await self.until(lambda: not self.open())

    def crowd(self, size: int) -> list[Json]:
        """Return so many people who have accounts."""
        return [self.server.person(f"person_{number}") for number in range(size)]

    def calls_of(self, route: str) -> list[Call]:
        """Return the calls of one route so far."""
        return [call for call in self.server.calls if call.route == route]

    def numbered(self) -> list[str]:
        """Return the lines `line N` that tickets have, in the order of their numbers."""
        found = [line for text in self.texts() for line in text.split("\n") if line.startswith("line ")]
        return sorted(found, key=lambda line: int(line.removeprefix("line ")))

    def to(self, person: Json) -> list[str]:
        """Return the texts of what was sent to a person as direct messages."""
        return [each.text for each in self.server.sent_messages if each.to == person["id"]]

    def under(self, post: Json) -> list[SentPost]:
        """Return what was answered to a post in public."""
        return [each for each in self.server.sent_posts if each.reply_to == post["id"]]

    async def log_in(self) -> None:
        """Give the channel access as a person does with `gatehouse channels login`."""
        settings = load(self.config)
        channel = next(each for each in settings.channels if each.name == "x")
        store = await self._opened()
        keeper = Keeper(store.spending, store.vault, self.clock)
        assert channel.plugin.login is not None
        async with channel.plugin.login(keeper.opening(channel.name, channel.plugin, channel.settings)) as way:
            async with httpx.AsyncClient() as browser:
                page = await browser.get(way.begin())
            await way.finish(page.headers["location"])

    @property
    def spent(self) -> Decimal:
        """What X has billed so far, in dollars."""
        return self.server.spent


@asynccontextmanager
async def x_desk(
    folder: Path,
    *,
    channel: str = "",
    top: str = "",
    official: str = "",
    spelling: Literal["tweet", "post", "both"] = "both",
    starts: bool = True,
) -> AsyncIterator[XDesk]:
    """Serve, and run a desk on it; what was not configured otherwise is as an operator gets it."""
    clock = ManualClock()
    async with AsyncExitStack() as stack:
        working = stack.enter_context(watched_threads())
        server = await stack.enter_async_context(XServer.start(HANDLE, OWN, clock=clock, spelling=spelling))
        desk = XDesk(folder / "desk", server, clock, working)
        desk.configure(channel=channel, top=top, official=official)
        try:
            if starts:
                await desk.start()
                await desk.polled()
                clock.advance(1.0)
            yield desk
        finally:
            await desk.close()


@asynccontextmanager
async def beside_telegram(
    folder: Path, *, channel: str = "", alerts: str = ""
) -> AsyncIterator[tuple[XDesk, TelegramServer, Json]]:
    """Run a desk with a Telegram channel beside X; gives also that server, and the chat that is told of alerts."""
    async with (
        x_desk(folder, starts=False) as desk,
        TelegramServer.start(TOKEN, BOT, "Examplex Support", clock=desk.clock) as telegram,
    ):
        desk.beside.append(lambda: telegram.calls)
        operators = telegram.group("Operators")
        top = _BESIDE.format(operators=operators["id"], alerts=alerts, bot=BOT, url=telegram.url)
        desk.configure(channel=channel, top=top)
        token = desk.folder / "tg.token"
        token.touch(mode=0o600)
        token.write_text(TOKEN, encoding="utf-8")
        try:
            await desk.start()
            await desk.until(lambda: telegram.polled)
            await desk.polled()
            yield desk, telegram, operators
        finally:
            await desk.stop()
