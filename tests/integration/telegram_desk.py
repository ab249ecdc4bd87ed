"""A desk with one Telegram channel for tests: the sandbox's server, the real engine in this process, time by hand."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime
from pathlib import Path

from gateway.sandbox.telegram import Limits, TelegramServer
from gateway.sandbox.telegram.server import Call, Sent
from gateway.store import new_key_line
from tests.conftest import ManualClock
from tests.integration.moved_desk import Json, MovedDesk, watched_threads

__all__ = ["Json"]

TOKEN = "123456:TEST-made-up-token-of-the-sandbox_0"
BOT = "examplex_support_bot"
BOT_ID = 123456
STAFF = ("Examplex Support Lena", "examplex_lena", 7_100_000_001)
"""Name, handle and number of a member of staff, as the directory lists her."""
_CONFIG = """
[brand]
name = "Examplex"

[backend]
kind = "embedded"

[log]
format = "json"
{top}

[channels.tg]
connector = "telegram"
token = {{ file = "tg.token" }}
bot = "{bot}"
api_url = "{url}"
{channel}
"""
_OFFICIAL = """
[[brands]]
id = "examplex"
name = "Examplex"

[[brands.accounts]]
platform = "telegram"
handle = "{bot}"
id = "{bot_id}"
role = "support"

[[brands.accounts]]
platform = "telegram"
handle = "{staff}"
id = "{staff_id}"
role = "staff"

[[brands.web]]
domain = "examplex.test"
"""


class TelegramDesk(MovedDesk):
    """One desk on one bot; made by `telegram_desk`."""

    def __init__(
        self, folder: Path, server: TelegramServer, clock: ManualClock, working: Collection[object] = ()
    ) -> None:
        super().__init__(folder, lambda: server.calls, clock, working)
        self.server = server

    # The desk's files

    def configure(self, *, channel: str = "", top: str = "") -> None:
        """Write the desk's files: `channel` ends the channel's table, `top` are further tables."""
        self.folder.mkdir(parents=True, exist_ok=True)
        text = _CONFIG.format(top=top, bot=BOT, url=self.server.url, channel=channel)
        self.config.write_text(text, encoding="utf-8")
        official = _OFFICIAL.format(bot=BOT, bot_id=BOT_ID, staff=STAFF[1], staff_id=STAFF[2])
        (self.folder / "official.toml").write_text(official, encoding="utf-8")
        for name, content in {"gatehouse.key": new_key_line(), "tg.token": TOKEN}.items():
            if not (self.folder / name).exists():
                (self.folder / name).touch(mode=0o600)
                (self.folder / name).write_text(content, encoding="utf-8")

    async def settled(self) -> None:
        """Let time pass until everything is worked off that is on its way, to the tickets and to the users."""
        await self.until(lambda: self.server.pending == 0 and not self.open())

    # What is said

    def to(self, person: Json) -> list[Sent]:
        """Return what the bot sent to a person, or into a group."""
        return [each for each in self.server.sent if each.chat_id == person["id"]]


def message_of(sent: Sent) -> Json:
    """Return a message of the bot as its reader has it."""
    assert sent.message is not None
    return sent.message


def button(sent: Sent, label: str) -> Json:
    """Return the inline button of a message whose text begins so."""
    rows = message_of(sent).get("reply_markup", {}).get("inline_keyboard", ())
    return next(each for row in rows for each in row if each["text"].startswith(label))


def secs(later: datetime, earlier: datetime) -> float:
    """Return the seconds between two times."""
    return (later - earlier).total_seconds()


def gaps(calls: Sequence[Call]) -> list[float]:
    """Return the seconds between calls."""
    return [secs(later.at, earlier.at) for earlier, later in itertools.pairwise(calls)]


@asynccontextmanager
async def telegram_desk(
    folder: Path,
    *,
    channel: str = "",
    top: str = "",
    limits: Limits | None = None,
    reads_all: bool = True,
    starts: bool = True,
) -> AsyncIterator[TelegramDesk]:
    """Serve, and run a desk on it; what was not configured otherwise is as an operator gets it."""
    clock = ManualClock()
    async with AsyncExitStack() as stack:
        working = stack.enter_context(watched_threads())
        server = await stack.enter_async_context(
            TelegramServer.start(
                TOKEN, BOT, "Examplex Support", clock=clock, limits=limits, reads_all_group_messages=reads_all
            )
        )
        desk = TelegramDesk(folder / "desk", server, clock, working)
        desk.configure(channel=channel, top=top)
        try:
            if starts:
                await desk.start()
            yield desk
        finally:
            await desk.close()
