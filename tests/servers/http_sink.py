"""A ticket receiver on loopback: a real HTTP server that takes signed events once each, and misbehaves when told to."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
import ssl
from collections import defaultdict, deque
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Literal, Self

DRIPS = 90


@dataclass(frozen=True)
class Request:
    """One request as it came over the line."""

    line: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def event(self) -> Any:
        """The body as JSON; of a file's call what it says of the file."""
        return json.loads(self.headers.get("gatehouse-file", self.body) or b"{}")


@dataclass(frozen=True)
class Answer:
    """What the receiver does with a request: whether it takes the event, and what it says then.

    `then`: answer; drop the line without a word; hang until the sink is closed; cut the answer off in its middle; drip
    its end byte by byte, for some seconds.
    """

    status: int = 200
    body: bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    takes: bool = False
    then: Literal["answer", "drop", "hang", "cut", "drip"] = "answer"


@dataclass
class HttpSink:
    """Keeps what it took in `taken`, and every request in `requests`; `secret` is the shared one, as bytes.

    With `forgetful` it takes an event again each time that it comes.
    """

    secret: bytes
    forgetful: bool = False
    tls: ssl.SSLContext | None = None
    requests: list[Request] = field(default_factory=list)
    taken: list[Any] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)
    """By the id of their call, which events name."""
    forged: int = 0
    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    most_at_once: int = 0
    _now: int = 0
    _plans: dict[str | None, deque[Answer]] = field(default_factory=lambda: defaultdict(deque))
    _always: dict[str | None, Answer] = field(default_factory=dict)
    _tickets: dict[str, str] = field(default_factory=dict)
    _handlers: set[asyncio.Task[None]] = field(default_factory=set)
    _server: asyncio.Server | None = None
    port: int = 0

    @property
    def url(self) -> str:
        scheme = "https" if self.tls else "http"
        return f"{scheme}://127.0.0.1:{self.port}/in"

    def plan(self, answer: Answer, subject: str | None = None) -> None:
        """Let the next request about that subject (None: about any) meet this answer."""
        self._plans[subject].append(answer)

    def always(self, answer: Answer, subject: str | None = None) -> None:
        """Let every request about that subject (None: about any) meet this answer."""
        self._always[subject] = answer

    def mend(self) -> None:
        """Forget every plan."""
        self._plans.clear()
        self._always.clear()

    async def __aenter__(self) -> Self:
        await self.up()
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self.down()

    async def up(self) -> None:
        """Listen: on the same port as before, if there was one."""
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", self.port, ssl=self.tls)
        self.port = self._server.sockets[0].getsockname()[1]

    async def down(self) -> None:
        """Stop listening and drop every line."""
        if self._server is not None:
            self._server.close()
        for task in self._handlers:
            task.cancel()
        await asyncio.gather(*self._handlers, return_exceptions=True)
        if self._server is not None:
            await self._server.wait_closed()
            self._server = None

    def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.get_running_loop().create_task(self._serve(reader, writer))
        self._handlers.add(task)
        task.add_done_callback(self._handlers.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while await self._one(reader, writer):
                pass
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.transport.abort()

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Read and answer one request; return whether the line stays open."""
        request = await _read(reader)
        self._now += 1
        self.most_at_once = max(self.most_at_once, self._now)
        try:
            self.requests.append(request)
            self.arrived.set()
            await asyncio.sleep(0)  # lets requests that are under way arrive, so that `most_at_once` counts them
            return await self._answer(request, writer)
        finally:
            self._now -= 1

    async def _answer(self, request: Request, writer: asyncio.StreamWriter) -> bool:
        answer = self._choose(request)
        said = self._take(request) if answer.takes else b""
        if answer.then == "drop":
            return False
        if answer.then == "hang":
            await asyncio.Event().wait()
        body = said if answer.body is None else answer.body
        length = len(body) + {"cut": 100, "drip": DRIPS}.get(answer.then, 0)
        lines = [f"HTTP/1.1 {answer.status} Scripted", f"content-length: {length}"]
        lines += [f"{name}: {value}" for name, value in answer.headers.items()]
        writer.write("\r\n".join([*lines, "", ""]).encode("latin-1") + body)
        await writer.drain()
        if answer.then == "drip":
            await _drip(writer)
        return answer.then == "answer"

    def _choose(self, request: Request) -> Answer:
        if not self.is_genuine(request):
            self.forged += 1
            return Answer(401)
        for subject in (request.event.get("subject"), None):
            if self._plans[subject]:
                return self._plans[subject].popleft()
            if subject in self._always:
                return self._always[subject]
        return Answer(takes=True)

    def is_genuine(self, request: Request) -> bool:
        """Verify the signature as docs/backends/webhook.md tells receivers to, without our own code."""
        said = request.headers
        body = said["gatehouse-file"].encode() if "gatehouse-file" in said else request.body
        signed = f"{said.get('webhook-id')}.{said.get('webhook-timestamp')}.".encode() + body
        ours = "v1," + base64.b64encode(hmac.new(self.secret, signed, hashlib.sha256).digest()).decode()
        return hmac.compare_digest(ours, said.get("webhook-signature", ""))

    def _take(self, request: Request) -> bytes:
        """Take the event once by its id; name its ticket."""
        event = request.event
        if "gatehouse-file" in request.headers:
            assert hashlib.sha256(request.body).hexdigest() == event["sha256"]
            self.files[request.headers["webhook-id"]] = request.body
            return b""
        if event["type"] == "gatehouse.check":
            return b""
        name = event["id"]
        if name not in self._tickets or self.forgetful:
            ticket = event["data"]["ticket"] or f"T-{len(self._tickets) + 1}"
            self._tickets.setdefault(name, ticket)
            self.taken.append({**event, "ticket": ticket})
        return json.dumps({"ticket": self._tickets[name]}).encode()


async def _drip(writer: asyncio.StreamWriter) -> None:
    """Write a byte now and then, so that no wait for the next one is long, until the answer is whole."""
    for _ in range(DRIPS):
        writer.write(b" ")
        await writer.drain()
        with suppress(TimeoutError):
            await asyncio.wait_for(asyncio.Event().wait(), 0.05)


async def _read(reader: asyncio.StreamReader) -> Request:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    line, *fields = head.strip().split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (item.partition(":") for item in fields)}
    return Request(line, headers, await reader.readexactly(int(headers.get("content-length", "0"))))
