"""HTTP/1.1 for the sandbox's platforms: requests in, answers out, over asyncio and h11; it knows none of their APIs.

By hand rather than with uvicorn, because a server that misbehaves on purpose must be able to cut a line, to swallow a
request and to notice at once that a long poll's client is gone.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterable, AsyncIterator, Awaitable, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

import h11
from typing_extensions import override

HOST = "127.0.0.1"
MAX_BODY_BYTES = 64 << 20
"""Above the largest upload that a platform takes: 50 MB by the Bot API."""
_HEAD_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class Request:
    """A whole request; header names in lower case."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back; a body that is no bytes is streamed without its length. `cut` drops the line instead."""

    status: int = 200
    body: bytes | Iterable[bytes] | AsyncIterable[bytes] = b""
    content_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)
    cut: bool = False


Handler = Callable[[Request], Awaitable[Answer]]


class HttpServer:
    """All lines of one listener; a black hole takes requests and never answers those it took."""

    def __init__(self, handler: Handler) -> None:
        self.handler = handler
        self.black_hole = False
        self.lines: set[_Line] = set()

    @asynccontextmanager
    async def listen(self, port: int = 0) -> AsyncIterator[int]:
        """Serve on loopback until left; gives the port. Calls under way end with their lines."""
        listener = await asyncio.get_running_loop().create_server(lambda: _Line(self), HOST, port)
        try:
            yield listener.sockets[0].getsockname()[1]
        finally:
            listener.close()
            tasks = [line.task for line in self.lines if line.task is not None]
            self.cut_all()
            await asyncio.gather(*tasks, return_exceptions=True)
            await listener.wait_closed()

    def cut_all(self) -> None:
        """Drop every line without a word; new ones are taken."""
        for line in tuple(self.lines):
            line.abort()


class _Line(asyncio.Protocol):
    def __init__(self, server: HttpServer) -> None:
        self._server = server
        self._conn = h11.Connection(h11.SERVER, max_incomplete_event_size=_HEAD_BYTES)
        self._transport: asyncio.Transport | None = None
        self._head: h11.Request | None = None
        self._body: list[bytes] = []
        self._size = 0
        self._writable = asyncio.Event()
        self._writable.set()
        self.task: asyncio.Task[None] | None = None

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 - what create_server hands over
        self._transport = transport
        self._server.lines.add(self)

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        self._server.lines.discard(self)
        self._writable.set()
        if self.task is not None:
            self.task.cancel()

    @override
    def pause_writing(self) -> None:
        self._writable.clear()

    @override
    def resume_writing(self) -> None:
        self._writable.set()

    @override
    def data_received(self, data: bytes) -> None:
        try:
            self._conn.receive_data(data)
            self._advance()
        except h11.RemoteProtocolError:
            self.abort()

    def abort(self) -> None:
        if self._transport is not None:
            self._transport.abort()

    def close(self) -> None:
        """Close when all is written."""
        if self._transport is not None:
            self._transport.close()

    def _advance(self) -> None:
        while self.task is None:
            event = self._conn.next_event()
            if event is h11.NEED_DATA or event is h11.PAUSED:
                return
            if isinstance(event, h11.Request):
                self._begin(event)
            elif isinstance(event, h11.Data):
                self._take(bytes(event.data))
            elif isinstance(event, h11.EndOfMessage):
                self._whole()
            else:
                self.abort()
                return

    def _begin(self, head: h11.Request) -> None:
        self._head, self._body, self._size = head, [], 0
        if self._conn.they_are_waiting_for_100_continue:
            self._write(h11.InformationalResponse(status_code=100, headers=[]))

    def _take(self, data: bytes) -> None:
        self._size += len(data)
        if self._size > MAX_BODY_BYTES:
            raise h11.RemoteProtocolError("the body is too long")
        self._body.append(data)

    def _whole(self) -> None:
        head = self._head
        if head is None or self._server.black_hole:
            return
        split = urlsplit(head.target.decode("ascii", "replace"))
        request = Request(
            head.method.decode("ascii", "replace"),
            unquote(split.path),
            split.query,
            {name.decode("latin-1"): value.decode("latin-1") for name, value in head.headers},
            b"".join(self._body),
        )
        self._head, self._body = None, []
        self.task = asyncio.create_task(self._answer(request))

    async def _answer(self, request: Request) -> None:
        try:
            answer = await self._server.handler(request)
        except Exception:
            await self._reply(Answer(500), head_only=True)
            self.close()
            raise
        if self._server.black_hole:
            self.task = None
            return
        if answer.cut:
            self.abort()
            return
        await self._reply(answer, head_only=request.method == "HEAD")
        self.task = None
        if self._conn.our_state is h11.MUST_CLOSE:
            self.close()
            return
        self._conn.start_next_cycle()
        try:
            self._advance()
        except h11.RemoteProtocolError:
            self.abort()

    async def _reply(self, answer: Answer, *, head_only: bool) -> None:
        headers = {"content-type": answer.content_type, **answer.headers}
        if isinstance(answer.body, bytes):
            headers.setdefault("content-length", str(len(answer.body)))
        head = h11.Response(status_code=answer.status, headers=list(headers.items()))
        if isinstance(answer.body, bytes):
            events: list[h11.Event] = [head]
            if answer.body and not head_only:
                events.append(h11.Data(data=answer.body))
            self._write(*events, h11.EndOfMessage())
            return
        self._write(head)
        if not head_only:
            async for chunk in _chunks(answer.body):
                self._write(h11.Data(data=chunk))
                await self._writable.wait()
        self._write(h11.EndOfMessage())

    def _write(self, *events: h11.Event) -> None:
        if self._transport is None or self._transport.is_closing():
            return
        self._transport.write(b"".join(self._conn.send(event) or b"" for event in events))


async def _chunks(body: Iterable[bytes] | AsyncIterable[bytes]) -> AsyncIterator[bytes]:
    if isinstance(body, AsyncIterable):
        async for chunk in body:
            yield chunk
        return
    for chunk in body:
        yield chunk
