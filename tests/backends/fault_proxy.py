"""A reverse proxy on loopback before a real ticket system: calls go wrong on purpose, and are kept on record."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Collection, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from gateway.testing.backends import Fault

HOST = "127.0.0.1"
CHANGES = frozenset({"POST", "PUT", "PATCH", "DELETE"})
"""Methods of calls that change something."""
CHANGES_ONLY = frozenset({Fault.REFUSED, Fault.FAILED, Fault.DROPPED, Fault.BUSY})
CHUNK = 64 * 1024

ANSWERS: Mapping[Fault, tuple[int, Mapping[str, str]]] = {
    Fault.REFUSED: (422, {}),
    Fault.UNAUTHORIZED: (401, {}),
    Fault.MOVED: (308, {"location": "https://elsewhere.example.test/api"}),
    Fault.BUSY: (429, {"retry-after": "30"}),
    Fault.UNAVAILABLE: (503, {}),
    Fault.FAILED: (500, {}),
}
"""What is answered without passing the call on. DROPPED passes it on and then cuts the line; DOWN does not listen."""


@dataclass(slots=True)
class Call:
    """A call on record, with what it was answered (0: the line was cut)."""

    method: str
    target: str
    headers: Mapping[str, str]
    """By names in small letters."""
    body: bytes = field(repr=False)
    status: int = 0

    @property
    def path(self) -> str:
        """The target without its query."""
        return self.target.partition("?")[0]

    def head(self, without: Collection[str] = ()) -> bytes:
        """Return its first line and its headers."""
        headers = {name: value for name, value in self.headers.items() if name not in without}
        return f"{self.method} {self.target} {headers}".encode()


@dataclass(slots=True)
class Plan:
    """A fault, for calls whose body or target holds `of`, as many times as `times` says (None: always)."""

    fault: Fault
    of: str | None = None
    times: int | None = None


class FaultProxy:
    """Passes calls on to a port of this machine that may be changed at any time.

    `changes` says which calls change something; by their method, unless it is given.
    """

    def __init__(
        self,
        target: int,
        changes: Callable[[Call], bool] = lambda call: call.method in CHANGES,
        *,
        records: bool = True,
    ) -> None:
        self.target = target
        self.port = 0
        self.calls: list[Call] = []
        self._changes = changes
        self._records = records
        self._plans: list[Plan] = []
        self._server: asyncio.Server | None = None
        self._lines: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http://{HOST}:{self.port}"

    async def start(self) -> None:
        """Listen, on the same port as before if there was one."""
        if self._server is None:
            self._server = await asyncio.start_server(self._connected, HOST, self.port)
            self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Listen no more, and cut every line."""
        server, self._server = self._server, None
        if server is not None:
            server.close()
        for writer in list(self._lines):
            writer.transport.abort()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        # A line that was cut is closed at the loop's next turn.
        await asyncio.sleep(0)
        if server is not None:
            await server.wait_closed()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[FaultProxy]:
        """Listen until left."""
        await self.start()
        try:
            yield self
        finally:
            await self.stop()

    async def plan(self, fault: Fault | str, of: str | None = None, times: int | None = None) -> None:
        """Let calls meet this fault from now on; the first that was planned and fits is taken."""
        self._plans.append(Plan(Fault(fault), of, times))
        if Fault(fault) is Fault.DOWN:
            await self.stop()

    async def mend(self) -> None:
        """End every fault."""
        self._plans.clear()
        await self.start()

    def sent(self, without: Collection[str] = ("authorization",)) -> bytes:
        """Return all that was asked, heads included, but for the headers that bear the credential."""
        return b"\n".join(call.head(without) + b"\n" + call.body for call in list(self.calls))

    def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.get_running_loop().create_task(self._line(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _line(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._lines.add(writer)
        try:
            with contextlib.suppress(OSError, asyncio.IncompleteReadError, EOFError):
                await self._serve(reader, writer)
        finally:
            self._lines.discard(writer)
            writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        call = await _read_call(reader)
        if self._records:
            self.calls.append(call)
        fault = self._fault_for(call)
        if fault in ANSWERS:
            call.status, headers = ANSWERS[fault]
            writer.write(_answer(call.status, headers))
            await writer.drain()
            return
        try:
            async with contextlib.aclosing(self._passed_on(call)) as answer:
                async for chunk in answer:
                    if fault is None:
                        writer.write(chunk)
                        await writer.drain()
        except OSError:
            # The ticket system died under the call: so does the line to the caller, rather than ending well.
            writer.transport.abort()
        if fault is Fault.DROPPED:
            call.status = 0
            writer.transport.abort()

    async def _passed_on(self, call: Call) -> AsyncIterator[bytes]:
        reader, writer = await asyncio.open_connection(HOST, self.target)
        try:
            headers = {**call.headers, "connection": "close", "content-length": str(len(call.body))}
            headers.pop("transfer-encoding", None)
            head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
            writer.write(f"{call.method} {call.target} HTTP/1.1\r\n{head}\r\n".encode("latin-1") + call.body)
            first = await reader.readuntil(b"\r\n\r\n")
            call.status = int(first.split(b" ", 2)[1])
            yield _closing(first)
            while chunk := await reader.read(CHUNK):
                yield chunk
        except asyncio.IncompleteReadError:
            raise ConnectionResetError from None
        finally:
            writer.transport.abort()

    def _fault_for(self, call: Call) -> Fault | None:
        for plan in self._plans:
            if plan.times == 0 or (plan.fault in CHANGES_ONLY and not self._changes(call)):
                continue
            if plan.of is not None and plan.of.encode() not in call.body and plan.of not in call.target:
                continue
            if plan.times is not None:
                plan.times -= 1
            return plan.fault
        return None


async def _read_call(reader: asyncio.StreamReader) -> Call:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *lines = head.rstrip("\r\n").split("\r\n")
    method, target, _ = first.split(" ", 2)
    parted = (line.partition(":") for line in lines)
    headers = {name.strip().lower(): value.strip() for name, _, value in parted}
    if headers.get("transfer-encoding", "").lower() == "chunked":
        return Call(method, target, headers, await _read_chunks(reader))
    return Call(method, target, headers, await reader.readexactly(int(headers.get("content-length", "0"))))


async def _read_chunks(reader: asyncio.StreamReader) -> bytes:
    held = bytearray()
    while size := int((await reader.readuntil(b"\r\n")).split(b";")[0], 16):
        held += await reader.readexactly(size)
        await reader.readexactly(2)
    await reader.readuntil(b"\r\n")
    return bytes(held)


def _closing(head: bytes) -> bytes:
    """Return an answer's head that says that the line ends after it."""
    lines = [line for line in head[:-4].split(b"\r\n") if not line.lower().startswith((b"connection:", b"keep-alive:"))]
    return b"\r\n".join([*lines, b"Connection: close"]) + b"\r\n\r\n"


def _answer(status: int, headers: Mapping[str, str]) -> bytes:
    told = {"content-type": "application/json", "content-length": "2", "connection": "close", **headers}
    return (f"HTTP/1.1 {status} Planned\r\n" + "".join(f"{k}: {v}\r\n" for k, v in told.items()) + "\r\n{}").encode()
