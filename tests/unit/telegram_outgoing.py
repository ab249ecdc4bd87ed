"""What the tests of Telegram's outgoing side share: a sandbox server, a sender on it, replies, and time that passes."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import SecretStr

from connectors.telegram._bot import Bots
from connectors.telegram._sender import TelegramSender
from connectors.telegram._settings import TelegramSettings
from gateway.case import Evidence, Party, PartyKind, Thread, Visibility
from gateway.errors import RejectedError
from gateway.ports import Key, Receipt, Reply, ReplyFile, ReplyKind
from gateway.sandbox.telegram import Limits, TelegramServer
from tests.conftest import ManualClock

TOKEN = "123456:TEST-made-up"
KEY = Key("reply-1")
T = TypeVar("T")


class KeptFiles:
    """Files by their hash, in memory."""

    def __init__(self) -> None:
        self._kept: dict[str, bytes] = {}

    def put(self, name: str, content: bytes, media_type: str = "application/pdf") -> ReplyFile:
        digest = hashlib.sha256(content).hexdigest()
        self._kept[digest] = content
        return ReplyFile(name=name, media_type=media_type, sha256=digest, size=len(content))

    async def open(self, sha256: str) -> AsyncIterator[bytes]:
        if sha256 not in self._kept:
            raise RejectedError("there is no such file")
        content = self._kept[sha256]
        for start in range(0, len(content), 1000):
            yield content[start : start + 1000]


@dataclass
class Scene:
    """A sender on a sandbox server, and a person who has written to the bot."""

    server: TelegramServer
    clock: ManualClock
    sender: TelegramSender
    bots: Bots
    files: KeptFiles
    person: dict[str, Any]

    def reply(self, text: str = "Hello", to: int | None = None, **fields: Any) -> Reply:
        chat = self.person["id"] if to is None else to
        evidence = tuple(Evidence(name=name, value=value) for name, value in fields.pop("evidence", {}).items())
        kind = PartyKind.GROUP if chat < 0 else PartyKind.PERSON
        given: dict[str, Any] = {
            "channel": "telegram",
            "kind": ReplyKind.ANSWER,
            "to": Party(platform="telegram", address=str(chat), id=str(chat), kind=kind, evidence=evidence),
            "case_id": "C-1",
            "text": text,
            "automatic": False,
            "token": "t",
            "thread": Thread(),
            "visibility": Visibility.GROUP if chat < 0 else Visibility.PRIVATE,
        }
        return Reply(**{**given, **fields})

    async def send(self, text: str = "Hello", to: int | None = None, **fields: Any) -> Receipt:
        """Send a reply while time passes."""
        return await passing(self.clock, self.sender.send(self.reply(text, to, **fields), KEY))

    @property
    def texts(self) -> list[str]:
        return [sent.text for sent in self.server.sent]

    def calls(self, method: str) -> int:
        return sum(call.method == method for call in self.server.calls)

    def person_who_started(self, name: str = "Mei Lin", **fields: Any) -> dict[str, Any]:
        person = self.server.person(name, **fields)
        self.server.says(person, "/start")
        return person


@asynccontextmanager
async def scene(limits: Limits | None = None, **settings: Any) -> AsyncIterator[Scene]:
    clock = ManualClock()
    async with TelegramServer.start(TOKEN, clock=clock, limits=limits) as server:
        made = settings_for(server, **settings)
        bots, files = Bots(made), KeptFiles()
        sender = TelegramSender(made, clock, bots, files)
        person = server.person("Mei Lin", username="mei_lin", language_code="zh")
        server.says(person, "/start")
        try:
            yield Scene(server, clock, sender, bots, files, person)
        finally:
            await bots.close()


def settings_for(server: TelegramServer, **settings: Any) -> TelegramSettings:
    given = {"token": SecretStr(TOKEN), "bot": "examplex_support_bot", "api_url": server.url, "step_secs": 5.0}
    return TelegramSettings(**{**given, **settings})


async def passing(clock: ManualClock, call: Awaitable[T], step: float = 0.05) -> T:
    """Await a call, and let time pass while it sleeps."""
    task = asyncio.ensure_future(call)
    try:
        while not task.done():
            if clock.sleeping:
                clock.advance(step)
            await asyncio.sleep(0)
    finally:
        task.cancel()
    return task.result()
