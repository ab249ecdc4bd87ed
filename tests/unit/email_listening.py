"""A listening mail channel for tests, and a desk that takes what is handed over as a test's script says."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from connectors.email._listener import EmailListener
from connectors.email._listener_settings import LmtpSettings
from connectors.email._listener_tls import open_certificate
from gateway.ports import Clock, Raw

US = "help@desk.example.test"
MAIL = b"From: Ana <ana@user.example>\r\nMessage-ID: <1@user.example>\r\nSubject: locked\r\n\r\nMy account is locked."


def settings(**own: Any) -> LmtpSettings:
    table = {
        "address": US,
        "aliases": ["billing@desk.example.test"],
        "smtp_host": "127.0.0.1",
        "smtp_security": "plain",
        "smtp_login": False,
        "listen": "127.0.0.1:0",
        **own,
    }
    return LmtpSettings.model_validate(table)


@dataclass
class Desk:
    """Takes raws; `script` is raised one after the other, `open` holds all back."""

    script: list[Exception | None] = field(default_factory=list)
    taken: list[Raw] = field(default_factory=list)
    open: asyncio.Event = field(default_factory=asyncio.Event)
    asked: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.open.set()

    async def take(self, raws: Sequence[Raw]) -> None:
        self.asked.set()
        await self.open.wait()
        error = self.script.pop(0) if self.script else None
        if error is not None:
            raise error
        self.taken += raws


@asynccontextmanager
async def listening(desk: Desk, clock: Clock, seat: int = 0, **own: Any) -> AsyncIterator[int | Path]:
    """Listen; give the port, or the socket."""
    found = settings(**own)
    listener = EmailListener("support", found, clock, open_certificate(found), seat)
    async with listener.listen(desk.take):
        yield found.path(seat) or listener.port
