"""A line between a client and a server that a test can cut, freeze or refuse."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Relay:
    """Passes bytes both ways until told otherwise."""

    def __init__(self, host: str, port: int) -> None:
        self._target = (host, port)
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._writers: set[asyncio.StreamWriter] = set()
        self._flows = asyncio.Event()
        self._flows.set()
        self.port = 0
        self.refuses = False
        self.connections = 0
        self.lines_up = 0
        """Lines that clients have sent."""
        self.bytes_down = 0
        """Bytes that the server has sent."""
        self.passed = asyncio.Event()
        """Set whenever bytes have come from the server."""

    @classmethod
    @asynccontextmanager
    async def open(cls, host: str, port: int) -> AsyncIterator[Relay]:
        relay = cls(host, port)
        relay._server = await asyncio.start_server(relay._serve, "127.0.0.1", 0)
        relay.port = relay._server.sockets[0].getsockname()[1]
        try:
            yield relay
        finally:
            relay._server.close()
            relay.thaw()
            relay.cut()
            for task in relay._tasks:
                task.cancel()
            await asyncio.gather(*relay._tasks, return_exceptions=True)

    def cut(self) -> None:
        """Cut every line that stands now."""
        for writer in self._writers:
            writer.transport.abort()

    def freeze(self) -> None:
        """Let nothing through any more, without closing: a line whose other end is gone."""
        self._flows.clear()

    def thaw(self) -> None:
        self._flows.set()

    @asynccontextmanager
    async def outage(self) -> AsyncIterator[None]:
        """Cut all lines and take no new ones, for a while."""
        self.refuses = True
        self.cut()
        try:
            yield
        finally:
            self.refuses = False

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        if self.refuses:
            writer.transport.abort()
            return
        theirs, ours = await asyncio.open_connection(*self._target)
        self._writers |= {writer, ours}
        for source, sink, mark in ((reader, ours, False), (theirs, writer, True)):
            task = asyncio.create_task(self._pump(source, sink, mark))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _pump(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, mark: bool) -> None:
        try:
            while data := await source.read(65536):
                await self._flows.wait()
                sink.write(data)
                await sink.drain()
                if mark:
                    self.bytes_down += len(data)
                    self.passed.set()
                else:
                    self.lines_up += data.count(b"\n")
        except OSError:
            pass
        finally:
            sink.transport.abort()
            self._writers.discard(sink)
