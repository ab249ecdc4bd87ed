"""Minidesk itself, as far as a test needs it: tickets over HTTP and JSON, kept in one file that outlives the process.

It stands apart from the backend and knows nothing of Gatehouse. `python minidesk_server.py FILE PORT TOKEN` runs it.

- `GET /api/me` tells what the token may do.
- `PUT /api/tickets/REF` opens a ticket, or returns the one that bears this reference.
- `PUT /api/tickets/ID/lines/NAME` adds a line, and `.../NAME/files/NAME` a file to it; a known name changes nothing.
- `GET /api/acts?after=ID` tells what agents did, oldest first; without `after` only how far they have come.
- `GET /api/files/ID` gives out a file.
- `POST /agent/tickets/REF` is what an agent's browser calls.

A deleted ticket is answered with 410.
"""

from __future__ import annotations

import asyncio
import base64
import json
import sqlite3
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

TABLES = """
pragma journal_mode = wal;
create table if not exists tickets (
    id integer primary key, ref text unique, head text, state text default 'open', deleted integer default 0);
create table if not exists lines (
    id integer primary key, ticket integer, name text, text text, public integer, state text, unique (ticket, name));
create table if not exists files (
    id integer primary key, ticket integer, name text unique, shown text, type text, data blob, act integer);
create table if not exists acts (
    id integer primary key, ticket integer, kind text, text text, agent text, at text);
"""
PAGE = 50


@dataclass(frozen=True)
class Request:
    """One call as it came over the line; `parts` are those of its path."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes = field(repr=False)

    @property
    def parts(self) -> list[str]:
        return [unquote(part) for part in urlsplit(self.target).path.strip("/").split("/")]


@dataclass(frozen=True)
class Trouble:
    """What calls meet: an answer, or with status 0 a line that drops after the call has had its effect.

    `changes`: only calls that change something. `ref`: only calls about that ticket.
    """

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    changes: bool = False
    ref: str | None = None


class StatusError(Exception):
    """A call that is answered with something else than success."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class Minidesk:
    """A running Minidesk; `requests` holds the calls on its API."""

    def __init__(self, path: Path, token: str, port: int = 0) -> None:
        self.database = sqlite3.connect(path, isolation_level=None)
        self.database.executescript(TABLES)
        self.port = port
        self.token = token
        self.trouble: Trouble | None = None
        self.requests: list[Request] = []
        self.forged = 0
        self._server: asyncio.Server | None = None
        self._lines: set[asyncio.Task[None]] = set()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def up(self) -> None:
        """Listen, on the same port as before if there was one."""
        if self._server is None:
            self._server = await asyncio.start_server(self._connected, "127.0.0.1", self.port, limit=1 << 20)
            self.port = self._server.sockets[0].getsockname()[1]

    async def down(self) -> None:
        """Listen no more, and cut every line."""
        server, self._server = self._server, None
        if server is not None:
            server.close()
        for task in self._lines:
            task.cancel()
        await asyncio.gather(*self._lines, return_exceptions=True)
        if server is not None:
            await server.wait_closed()

    async def close(self) -> None:
        await self.down()
        self.database.close()

    def rows(self, query: str, *values: Any) -> list[Any]:
        return self.database.execute(query, values).fetchall()

    def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.get_running_loop().create_task(self._serve(reader, writer))
        self._lines.add(task)
        task.add_done_callback(self._lines.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            with suppress(asyncio.IncompleteReadError, ConnectionError):
                while answer := self._answer(await _read(reader)):
                    writer.write(answer)
                    await writer.drain()
        finally:
            writer.transport.abort()

    def _answer(self, request: Request) -> bytes | None:
        """Return what goes back, or None to cut the line."""
        trouble = self._trouble(request)
        if request.parts[0] == "api":
            self.requests.append(request)
        if trouble is not None and trouble.status:
            return _head(trouble.status, b"{}", "application/json", trouble.headers)
        try:
            answer = self._work(request)
        except StatusError as error:
            return _head(error.status, b"{}", "application/json", {})
        if trouble is not None:
            return None
        if isinstance(answer, bytes):
            return _head(200, answer, "application/octet-stream", {})
        return _head(200, json.dumps(answer).encode(), "application/json", {})

    def _trouble(self, request: Request) -> Trouble | None:
        trouble = self.trouble
        if trouble is None or request.parts[0] != "api" or (trouble.changes and request.method == "GET"):
            return None
        refs = {request.parts[2], *self._refs(request.parts[2])} if len(request.parts) > 2 else set()
        return trouble if trouble.ref is None or trouble.ref in refs else None

    def _refs(self, ticket: str) -> list[str]:
        return [ref for (ref,) in self.rows("select ref from tickets where cast(id as text) = ?", ticket)]

    def _work(self, request: Request) -> Any:
        if request.parts[0] == "api" and request.headers.get("authorization") != f"Bearer {self.token}":
            self.forged += 1
            raise StatusError(401)
        match request.method, *request.parts:
            case "GET", "api", "me":
                return {"name": "gatehouse", "may_write": True}
            case "PUT", "api", "tickets", ref:
                return self._open(ref, request)
            case "PUT", "api", "tickets", ticket, "lines", name:
                return self._add_line(ticket, name, request)
            case "PUT", "api", "tickets", ticket, "lines", name, "files", file:
                return self._add_file(ticket, f"{ticket}/{name}/{file}", request)
            case "GET", "api", "acts":
                return self._acts(parse_qs(urlsplit(request.target).query).get("after", [""])[0])
            case "GET", "api", "files", number:
                return self._file(number)
            case "POST", "agent", "tickets", ref:
                return self.act(ref, **json.loads(request.body))
        raise StatusError(404)

    def _open(self, ref: str, request: Request) -> dict[str, str]:
        self.database.execute("insert or ignore into tickets (ref, head) values (?, ?)", (ref, request.body.decode()))
        ((ticket,),) = self.rows("select cast(id as text) from tickets where ref = ?", ref)
        self._must_be_there(ticket)
        return {"id": ticket, "ref": ref}

    def _must_be_there(self, ticket: str) -> None:
        if not self.rows("select 1 from tickets where id = ? and not deleted", ticket):
            raise StatusError(410)

    def _add_line(self, ticket: str, name: str, request: Request) -> dict[str, str]:
        self._must_be_there(ticket)
        line = json.loads(request.body)
        self.database.execute(
            "insert or ignore into lines (ticket, name, text, public, state) values (?, ?, ?, ?, ?)",
            (ticket, name, line["text"], line["public"], line["state"]),
        )
        if line["state"]:
            self.database.execute("update tickets set state = ? where id = ?", (line["state"], ticket))
        return {}

    def _add_file(self, ticket: str, name: str, request: Request) -> dict[str, str]:
        self._must_be_there(ticket)
        self.database.execute(
            "insert or ignore into files (ticket, name, shown, type, data) values (?, ?, ?, ?, ?)",
            (ticket, name, unquote(request.headers["x-name"]), request.headers["content-type"], request.body),
        )
        return {}

    def _acts(self, after: str) -> dict[str, Any]:
        ((newest,),) = self.rows("select coalesce(max(id), 0) from acts")
        last = int(after) if after else newest
        found = self.rows(
            "select acts.id, ticket, ref, kind, text, agent, at from acts join tickets on tickets.id = ticket"
            " where acts.id > ? order by acts.id limit ?",
            last,
            PAGE,
        )
        names = ("id", "ticket", "ref", "kind", "text", "agent", "at")
        acts = [{**dict(zip(names, row, strict=True)), "ticket": str(row[1])} for row in found]
        for act in acts:
            files = self.rows("select id, shown, type, length(data) from files where act = ? order by id", act["id"])
            act["documents"] = [{"ref": str(i), "name": n, "media_type": t, "size": s} for i, n, t, s in files]
        return {"acts": acts, "last": acts[-1]["id"] if acts else last}

    def _file(self, number: str) -> bytes:
        found = self.rows("select data from files where id = ? and act is not null", number)
        if not found:
            raise StatusError(404)
        return bytes(found[0][0])

    def act(self, ref: str, kind: str, text: str = "", files: Mapping[str, str] | None = None) -> dict[str, str]:
        """Do what an agent does on a ticket, in one transaction; `files` are bytes in base64 by their names."""
        ((ticket,),) = self.rows("select max(id) from tickets where ref = ? or ref like ? || '/%'", ref, ref)
        state = {"solved": "solved", "reopened": "open"}.get(kind)
        self.database.execute("begin")
        with self.database:
            at = datetime.now(UTC).isoformat()
            values = (ticket, kind, text, "ann@desk.example.test", at)
            made = "insert into acts (ticket, kind, text, agent, at) values (?, ?, ?, ?, ?)"
            number = self.database.execute(made, values).lastrowid
            made = "insert into files (ticket, shown, type, data, act) values (?, ?, ?, ?, ?)"
            for name, data in (files or {}).items():
                kept = (ticket, name, "application/octet-stream", base64.b64decode(data), number)
                self.database.execute(made, kept)
            if state is not None:
                self.database.execute("update tickets set state = ? where id = ?", (state, ticket))
            if kind == "deleted":
                self.database.execute("update tickets set deleted = 1 where id = ?", (ticket,))
        return {}


def _head(status: int, body: bytes, media_type: str, more: Mapping[str, str]) -> bytes:
    fields = {"content-type": media_type, "content-length": str(len(body)), **more}
    lines = [f"HTTP/1.1 {status} Told", *(f"{name}: {value}" for name, value in fields.items())]
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + body


async def _read(reader: asyncio.StreamReader) -> Request:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    line, *fields = head.strip().split("\r\n")
    method, target, _ = line.split(" ")
    headers = {name.lower(): value.strip() for name, _, value in (item.partition(":") for item in fields)}
    return Request(method, target, headers, await reader.readexactly(int(headers.get("content-length", "0"))))


async def main(path: Path, port: int, token: str) -> None:
    """Run until killed; says when it listens."""
    desk = Minidesk(path, token, port)
    await desk.up()
    sys.stdout.write("listening\n")
    sys.stdout.flush()
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]))
