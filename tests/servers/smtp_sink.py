"""A small SMTP server that keeps what it takes, and answers as a test's script says."""

from __future__ import annotations

import asyncio
import base64
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

CUT = "CUT"
"""Close the line instead of an answer."""
SILENCE = "SILENCE"
"""Give no answer, and keep the line."""


@dataclass
class Taken:
    """One mail that came in whole."""

    sender: str
    recipients: list[str]
    data: bytes


@dataclass
class SmtpSink:
    """The server. `answers` gives the next answers to a command; a mail's text is the command `.`."""

    answers: dict[str, list[str]] = field(default_factory=dict)
    extensions: list[str] = field(default_factory=lambda: ["SIZE 1000000", "AUTH CRAM-MD5 PLAIN LOGIN"])
    password: str = "made-up pass"
    starttls: ssl.SSLContext | None = None
    hangup_after: int = 0
    """Close each connection after so many mails."""
    taken: list[Taken] = field(default_factory=list)
    log: list[str] = field(default_factory=list)
    connections: int = 0
    port: int = 0
    got: dict[str, asyncio.Event] = field(default_factory=dict)
    closed: asyncio.Event = field(default_factory=asyncio.Event)
    """Set whenever a connection has ended."""
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)
    _lines: set[asyncio.StreamWriter] = field(default_factory=set)

    @asynccontextmanager
    async def running(self, tls: ssl.SSLContext | None = None) -> AsyncIterator[SmtpSink]:
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=tls, limit=1 << 24)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            server.close()
            for line in self._lines:
                line.transport.abort()
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)

    def event(self, name: str) -> asyncio.Event:
        """Set when that command has come in."""
        return self.got.setdefault(name, asyncio.Event())

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        self._lines.add(writer)
        self.connections += 1
        try:
            await _Line(self, reader, writer).serve()
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError, EOFError):
            pass
        finally:
            self._lines.discard(writer)
            writer.close()
            self.closed.set()


class _Line:
    def __init__(self, sink: SmtpSink, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._sink = sink
        self._reader = reader
        self._writer = writer
        self._sender = ""
        self._recipients: list[str] = []
        self._mails = 0

    async def serve(self) -> None:
        await self._say(self._next("GREETING", "220 sink ready"))
        while line := await self._reader.readline():
            text = line.decode("utf-8").rstrip("\r\n")
            self._sink.log.append(text)
            name = text.split(" ")[0].upper()
            self._sink.event(name).set()
            if name == "QUIT":
                await self._say("221 bye")
                return
            await getattr(self, f"_do_{name.lower()}")(text)

    def _next(self, name: str, usual: str) -> str:
        queue = self._sink.answers.get(name)
        return queue.pop(0) if queue else usual

    async def _say(self, answer: str) -> bool:
        if answer == CUT:
            raise EOFError
        if answer != SILENCE:
            self._writer.write(answer.encode() + b"\r\n")
            await self._writer.drain()
        return answer[:1] in "23"

    async def _do_ehlo(self, text: str) -> None:
        extensions = ["sink", *self._sink.extensions, *(["STARTTLS"] if self._sink.starttls else [])]
        lines = [f"250{'-' if item is not extensions[-1] else ' '}{item}" for item in extensions]
        await self._say(self._next("EHLO", "\r\n".join(lines)))

    async def _do_helo(self, text: str) -> None:
        await self._say("250 sink")

    async def _do_starttls(self, text: str) -> None:
        assert self._sink.starttls is not None
        await self._say("220 go on")
        await self._writer.start_tls(self._sink.starttls)

    async def _do_auth(self, text: str) -> None:
        if self._sink.answers.get("AUTH"):
            await self._say(self._next("AUTH", ""))
            return
        given = base64.b64decode(text.split(" ")[2]).split(b"\0")[-1].decode()
        await self._say("235 welcome" if given == self._sink.password else "535 5.7.8 no")

    async def _do_noop(self, text: str) -> None:
        await self._say(self._next("NOOP", "250 here"))

    async def _do_rset(self, text: str) -> None:
        await self._say(self._next("RSET", "250 done"))

    async def _do_mail(self, text: str) -> None:
        if await self._say(self._next("MAIL", "250 ok")):
            self._sender, self._recipients = text[10:].split(">")[0].lstrip("<"), []

    async def _do_rcpt(self, text: str) -> None:
        if await self._say(self._next("RCPT", "250 ok")):
            self._recipients.append(text[9:].split(">")[0])

    async def _do_data(self, text: str) -> None:
        if not await self._say(self._next("DATA", "354 go on")):
            return
        lines: list[bytes] = []
        while (line := await self._reader.readline()) != b".\r\n":
            if not line:
                raise EOFError
            lines.append(line[1:] if line.startswith(b".") else line)
        answer = self._next(".", "250 taken")
        if answer[:1] in "2CS":
            self._sink.taken.append(Taken(self._sender, self._recipients, b"".join(lines)))
        self._sink.event(".").set()
        await self._say(answer)
        self._mails += 1
        if self._mails == self._sink.hangup_after:
            raise EOFError
