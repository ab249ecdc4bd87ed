"""The built-in backends on ticket systems of their own: the real store, and a real HTTP server on loopback."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, closing
from pathlib import Path
from typing import Any

from gateway.backends import embedded, webhook
from gateway.errors import TransientError
from gateway.ports import BackendPlugin, Clock, Desk, DeskEntry, Key, Opening, TicketRef, TicketSystem, TicketWrite
from gateway.store import Sealer, SqlStore, open_store
from gateway.testing.backends import START, Fault, Held, Line
from tests.servers.http_sink import Answer, HttpSink

SECRET = "c2hhcmVkIHdpdGggdGhlIHJlY2VpdmVyIGFsb25l"


class FlakyDesk:
    """The store's desk, out of order whenever a test says so."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.out_of_order = False

    def _work(self) -> Desk:
        if self.out_of_order:
            raise TransientError("the store is busy")
        return self._desk

    async def write(self, writes: Sequence[TicketWrite]) -> Sequence[TicketRef]:
        return await self._work().write(writes)

    async def find(self, key: Key) -> TicketRef | None:
        return await self._work().find(key)

    async def entries(self, after: int, limit: int) -> Sequence[DeskEntry]:
        return await self._work().entries(after, limit)


class EmbeddedHarness:
    """The embedded backend on the SQLite store, in a folder of the test's own."""

    faults = frozenset({Fault.UNAVAILABLE})
    secrets: Sequence[str] = ()
    acts = 230
    loses_tickets = False

    def __init__(self, store: SqlStore, path: Path, clock: Clock, plugin: BackendPlugin = embedded.PLUGIN) -> None:
        self.plugin = plugin
        self._store = store
        self._path = path
        self._clock = clock
        self._desk = FlakyDesk(store.desk)

    def settings(self) -> Mapping[str, Any]:
        return {}

    def open(self) -> AbstractAsyncContextManager[TicketSystem]:
        settings = self.plugin.settings.model_validate(self.settings())
        return self.plugin.open(Opening("desk", settings, self._clock, self._desk))

    async def held(self) -> Sequence[Held]:
        with closing(sqlite3.connect(self._path)) as database:
            rows = database.execute(
                "select w.key, w.ticket, t.case_id from desk_writes w join desk_tickets t on t.ref = w.ticket"
            )
            return [Held(*row) for row in rows]

    async def lines(self, case_id: str) -> Sequence[Line]:
        with closing(sqlite3.connect(self._path)) as database:
            rows = database.execute(
                "select text, public from desk_lines l join desk_tickets t on t.ref = l.ticket "
                "where case_id = ? order by l.id",
                (case_id,),
            )
            return [Line(text, for_agents=not public) for text, public in rows]

    async def files(self, case_id: str) -> Sequence[tuple[str, bytes]]:
        return ()

    async def lose(self, case_id: str) -> None:
        raise AssertionError("no ticket of this one is ever lost")

    async def state(self, case_id: str) -> str:
        with closing(sqlite3.connect(self._path)) as database:
            return str(database.execute("select state from desk_tickets where case_id = ?", (case_id,)).fetchone()[0])

    async def plan(self, fault: Fault, case_id: str | None) -> None:
        assert fault is Fault.UNAVAILABLE
        self._desk.out_of_order = True

    async def mend(self) -> None:
        self._desk.out_of_order = False

    def sent(self) -> bytes:
        return b""

    def forged(self) -> int:
        return 0

    async def act(self, case_id: str, kind: str, text: str) -> None:
        assert await self._store.agent_act(case_id, kind, text, "agent@example.test", START) is not None

    async def answer(self, case_id: str, text: str, files: Sequence[tuple[str, bytes]]) -> None:
        raise AssertionError("the gateway keeps the files of its own desk itself")


@asynccontextmanager
async def embedded_harness(
    folder: Path, clock: Clock, plugin: BackendPlugin = embedded.PLUGIN
) -> AsyncIterator[EmbeddedHarness]:
    """Open a fresh store in the folder and the embedded backend's harness on it."""
    path = folder / "gatehouse.db"
    sealer = Sealer({"k1": bytes(32)}, "k1")
    async with open_store(path, folder / "blobs", sealer, clock) as store:
        yield EmbeddedHarness(store, path, clock, plugin)


ANSWERS: Mapping[Fault, Answer] = {
    Fault.REFUSED: Answer(422),
    Fault.UNAUTHORIZED: Answer(401),
    Fault.MOVED: Answer(308, headers={"location": "https://elsewhere.example.test/in"}),
    Fault.BUSY: Answer(429, headers={"retry-after": "30"}),
    Fault.UNAVAILABLE: Answer(503),
    Fault.FAILED: Answer(500),
    Fault.DROPPED: Answer(takes=True, then="drop"),
}


class WebhookHarness:
    """The webhook backend on an HTTP server that takes each event once."""

    faults = frozenset(Fault)
    secrets: Sequence[str] = (SECRET,)
    acts = 0
    loses_tickets = False

    def __init__(self, sink: HttpSink, clock: Clock, plugin: BackendPlugin = webhook.PLUGIN, **settings: Any) -> None:
        self.plugin = plugin
        self.sink = sink
        self._clock = clock
        self._settings = settings

    def settings(self) -> Mapping[str, Any]:
        return {"url": self.sink.url, "secret": {"env": "TEST_WEBHOOK_SECRET"}, "files": "sent", **self._settings}

    def open(self) -> AbstractAsyncContextManager[TicketSystem]:
        settings = self.plugin.settings.model_validate(self.settings())
        return self.plugin.open(Opening("desk", settings, self._clock))

    async def held(self) -> Sequence[Held]:
        return [Held(event["data"]["key"], event["ticket"], event["subject"]) for event in self.sink.taken]

    def _writes(self, case_id: str) -> list[Any]:
        return [event["data"] for event in self.sink.taken if event["subject"] == case_id]

    async def lines(self, case_id: str) -> Sequence[Line]:
        writes = [data for data in self._writes(case_id) if data["action"] != "state"]
        return [
            Line(data["note"] or data["entry"]["message"]["text"], for_agents=data["action"] == "note")
            for data in writes
        ]

    async def files(self, case_id: str) -> Sequence[tuple[str, bytes]]:
        named = [file for data in self._writes(case_id) for file in data["files"]]
        return [(file["name"], self.sink.files[file["ref"]]) for file in named]

    async def lose(self, case_id: str) -> None:
        raise AssertionError("no ticket of this one is ever lost")

    async def state(self, case_id: str) -> str:
        return str([data["state"] for data in self._writes(case_id) if data["action"] == "state"][-1])

    async def plan(self, fault: Fault, case_id: str | None) -> None:
        if fault is Fault.DOWN:
            await self.sink.down()
        else:
            self.sink.always(ANSWERS[fault], case_id)

    async def mend(self) -> None:
        self.sink.mend()
        await self.sink.down()
        await self.sink.up()

    def sent(self) -> bytes:
        heads = (f"{request.line} {request.headers}".encode() + request.body for request in self.sink.requests)
        return b"\n".join(heads)

    def forged(self) -> int:
        return self.sink.forged

    async def act(self, case_id: str, kind: str, text: str) -> None:
        raise AssertionError("a webhook has no feed")

    async def answer(self, case_id: str, text: str, files: Sequence[tuple[str, bytes]]) -> None:
        raise AssertionError("a webhook has no feed")


@asynccontextmanager
async def webhook_harness(
    clock: Clock, plugin: BackendPlugin = webhook.PLUGIN, **settings: Any
) -> AsyncIterator[WebhookHarness]:
    """Start a receiver and the webhook backend's harness on it; needs TEST_WEBHOOK_SECRET in the environment."""
    async with HttpSink(SECRET.encode()) as sink:
        yield WebhookHarness(sink, clock, plugin, **settings)
