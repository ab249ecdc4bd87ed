"""A relay before one broker, which speaks enough of Kafka's protocol to make produce requests go wrong.

It writes its own port over the broker's in what the broker tells of itself. As a real broker, and unlike the mock
behind it, it takes a batch of a producer once: a repeated sequence number is answered as it was the first time.
"""

from __future__ import annotations

import asyncio
import struct
from dataclasses import dataclass
from typing import Literal

PRODUCE = 0
HEAD = struct.Struct(">hhi")
TOPIC_AUTHORIZATION_FAILED = 29
Batch = tuple[str, int, bytes]
"""Topic, partition, and what numbers the batch: producer, epoch, sequence."""


@dataclass
class _Asked:
    """A request that awaits its answer."""

    correlation: int
    batches: tuple[Batch, ...]


class KafkaRelay:
    """`mode`: pass all on; deny to write; take what is written and fall silent, until told otherwise."""

    def __init__(self, broker_port: int) -> None:
        self._to = broker_port
        self.port = 0
        self.sent = bytearray()
        self.mode: Literal["pass", "deny", "drop"] = "pass"
        self.cuts_after: int | None = None
        """Cut the line, once, when so many more produce requests were taken; their answer is lost."""
        self.cuts = 0
        self._is_silent = False
        self._known: dict[tuple[Batch, ...], bytes] = {}
        self._server: asyncio.Server | None = None
        self._lines: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        self._is_silent = False
        if self._server is None:
            self._server = await asyncio.start_server(self._connected, "127.0.0.1", self.port)
            self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()
            self.cut()
            await asyncio.gather(*self._lines, return_exceptions=True)
            await self._server.wait_closed()
            self._server = None

    def cut(self) -> None:
        """Cut every line."""
        for task in self._lines:
            task.cancel()

    def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.get_running_loop().create_task(self._relay(reader, writer))
        self._lines.add(task)
        task.add_done_callback(self._lines.discard)

    async def _relay(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there: asyncio.StreamWriter | None = None
        asked: list[_Asked] = []
        try:
            if self._is_silent:
                return
            answers, there = await asyncio.open_connection("127.0.0.1", self._to)
            ways = {
                asyncio.ensure_future(self._out(reader, there, writer, asked)),
                asyncio.ensure_future(self._back(answers, writer, asked)),
            }
            try:
                await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for way in ways:
                    way.cancel()
                await asyncio.gather(*ways, return_exceptions=True)
        except OSError:
            pass
        finally:
            for each in (writer, there):
                if each is not None:
                    each.transport.abort()

    async def _out(
        self,
        reader: asyncio.StreamReader,
        there: asyncio.StreamWriter,
        back: asyncio.StreamWriter,
        asked: list[_Asked],
    ) -> None:
        while frame := await _frame(reader):
            self.sent += frame
            kind, version, correlation = HEAD.unpack_from(frame)
            if kind == PRODUCE:
                batches = _batches(frame)
                if self.mode == "deny":
                    _write(back, struct.pack(">i", correlation) + _denial(batches, version))
                    continue
                if batches in self._known:
                    _write(back, struct.pack(">i", correlation) + self._known[batches])
                    continue
                asked.append(_Asked(correlation, batches))
            _write(there, frame)
            await there.drain()

    async def _back(self, answers: asyncio.StreamReader, writer: asyncio.StreamWriter, asked: list[_Asked]) -> None:
        theirs = b"127.0.0.1" + struct.pack(">i", self._to)
        ours = b"127.0.0.1" + struct.pack(">i", self.port)
        while frame := await _frame(answers):
            (correlation,) = struct.unpack_from(">i", frame)
            for each in [each for each in asked if each.correlation == correlation]:
                asked.remove(each)
                self._known[each.batches] = frame[4:]
                if self._falls():
                    return
            _write(writer, frame.replace(theirs, ours))
            await writer.drain()

    def _falls(self) -> bool:
        """Whether the line falls before this answer."""
        if self.mode == "drop":
            self._is_silent = True
            return True
        if self.cuts_after is not None:
            self.cuts_after -= 1
            if self.cuts_after <= 0:
                self.cuts_after = None
                self.cuts += 1
                return True
        return False


async def _frame(reader: asyncio.StreamReader) -> bytes:
    try:
        (size,) = struct.unpack(">i", await reader.readexactly(4))
        return await reader.readexactly(size)
    except asyncio.IncompleteReadError:
        return b""


def _write(writer: asyncio.StreamWriter, frame: bytes) -> None:
    writer.write(struct.pack(">i", len(frame)) + frame)


def _batches(frame: bytes) -> tuple[Batch, ...]:
    """Read a produce request of a version from 3 to 8 (Kafka protocol guide, "Produce API")."""
    at = HEAD.size
    (length,) = struct.unpack_from(">h", frame, at)
    at += 2 + max(0, length)
    (length,) = struct.unpack_from(">h", frame, at)
    at += 2 + max(0, length) + 6
    (topics,) = struct.unpack_from(">i", frame, at)
    at += 4
    found = []
    for _ in range(topics):
        (length,) = struct.unpack_from(">h", frame, at)
        topic = frame[at + 2 : at + 2 + length].decode()
        at += 2 + length
        (partitions,) = struct.unpack_from(">i", frame, at)
        at += 4
        for _ in range(partitions):
            partition, size = struct.unpack_from(">ii", frame, at)
            at += 8
            # Of a record batch: producer id, epoch and first sequence stand from byte 43 to 57.
            found.append((topic, partition, frame[at + 43 : at + 57]))
            at += size
    return tuple(found)


def _denial(batches: tuple[Batch, ...], version: int) -> bytes:
    """Answer that nothing may be written there."""
    answer = struct.pack(">i", len(batches))
    for topic, partition, _ in batches:
        name = topic.encode()
        answer += struct.pack(">h", len(name)) + name + struct.pack(">i", 1)
        answer += struct.pack(">ihqq", partition, TOPIC_AUTHORIZATION_FAILED, -1, -1)
        answer += struct.pack(">q", -1) if version >= 5 else b""
        answer += struct.pack(">ih", 0, -1) if version >= 8 else b""
    return answer + struct.pack(">i", 0)
