"""The backend on a Minidesk of its own, that the contract suite can look into and make fail."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import gatehouse_minidesk
from minidesk_server import Minidesk, Trouble

from gateway.ports import BackendPlugin, Opening, TicketSystem
from gateway.testing.backends import Fault, Held, Line

TOKEN = "a-made-up-token-of-minidesk"  # noqa: S105 - it opens nothing

TROUBLES: Mapping[Fault, Trouble] = {
    Fault.REFUSED: Trouble(422, changes=True),
    Fault.UNAUTHORIZED: Trouble(401),
    Fault.MOVED: Trouble(308, {"location": "https://elsewhere.example.test"}),
    Fault.BUSY: Trouble(429, {"retry-after": "30"}, changes=True),
    Fault.UNAVAILABLE: Trouble(503),
    Fault.FAILED: Trouble(500, changes=True),
    Fault.DROPPED: Trouble(0, changes=True),
}


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)

    async def sleep(self, seconds: float) -> None:
        raise AssertionError("a backend never sleeps")


class MinideskHarness:
    """What the suite asks of a ticket system."""

    faults = frozenset(Fault)
    secrets: Sequence[str] = (TOKEN,)
    acts = 60
    loses_tickets = True

    def __init__(self, desk: Minidesk, token_file: Path, plugin: BackendPlugin) -> None:
        self.plugin = plugin
        self._desk = desk
        self._token_file = token_file

    def settings(self) -> Mapping[str, Any]:
        return {"url": self._desk.url, "token": {"file": str(self._token_file)}}

    def open(self) -> AbstractAsyncContextManager[TicketSystem]:
        settings = self.plugin.settings.model_validate(self.settings())
        return self.plugin.open(Opening("desk", settings, SystemClock()))

    async def held(self) -> Sequence[Held]:
        query = "select name, ticket, ref from lines join tickets on tickets.id = ticket where name not like '%-told'"
        return [Held(name, str(ticket), ref.partition("/")[0]) for name, ticket, ref in self._desk.rows(query)]

    async def lines(self, case_id: str) -> Sequence[Line]:
        query = "select text, public from lines join tickets on tickets.id = ticket where ref = ? order by lines.id"
        return [Line(text, for_agents=not public) for text, public in self._desk.rows(query, case_id) if text]

    async def files(self, case_id: str) -> Sequence[tuple[str, bytes]]:
        query = "select shown, data from files join tickets on tickets.id = ticket where ref = ? and act is null"
        return self._desk.rows(query, case_id)

    async def lose(self, case_id: str) -> None:
        self._desk.act(case_id, "deleted")

    async def state(self, case_id: str) -> str:
        return str(self._desk.rows("select state from tickets where ref = ?", case_id)[0][0])

    async def plan(self, fault: Fault, case_id: str | None) -> None:
        if fault is Fault.DOWN:
            await self._desk.down()
        else:
            trouble = TROUBLES[fault]
            self._desk.trouble = Trouble(trouble.status, trouble.headers, trouble.changes, case_id)

    async def mend(self) -> None:
        self._desk.trouble = None
        await self._desk.up()

    def sent(self) -> bytes:
        """Return what went over the line without the header that bears the token as it must."""
        proof = {"authorization": f"Bearer {TOKEN}"}.items()
        heads = [f"{call.method} {call.target} {dict(call.headers.items() - proof)}" for call in self._desk.requests]
        return "\n".join(heads).encode() + b"".join(call.body for call in self._desk.requests)

    def forged(self) -> int:
        return self._desk.forged

    async def act(self, case_id: str, kind: str, text: str) -> None:
        self._desk.act(case_id, kind, text)

    async def answer(self, case_id: str, text: str, files: Sequence[tuple[str, bytes]]) -> None:
        self._desk.act(case_id, "replied", text, {name: b64encode(data).decode() for name, data in files})


@asynccontextmanager
async def minidesk_harness(
    folder: Path, plugin: BackendPlugin = gatehouse_minidesk.PLUGIN
) -> AsyncIterator[MinideskHarness]:
    """Run a fresh Minidesk in the folder, and the backend's harness on it."""
    token_file = folder / "minidesk.token"
    token_file.write_text(TOKEN, encoding="utf-8")
    desk = Minidesk(folder / "minidesk.db", TOKEN)
    await desk.up()
    try:
        yield MinideskHarness(desk, token_file, plugin)
    finally:
        await desk.close()
