"""A small IMAP server that does as a test's script says: refuses, falls silent, cuts the line, answers byte by byte."""

from __future__ import annotations

import asyncio
import re
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

_FETCH = re.compile(r"\((UID )(.*)\)\Z")
_PARTIAL = re.compile(r"<(\d+)\.(\d+)>")


class CutError(Exception):
    """Raised by a script to cut the line."""


@dataclass
class Call:
    """One command of a client."""

    server: ScriptedImap
    writer: asyncio.StreamWriter
    reader: asyncio.StreamReader
    tag: str
    name: str
    arguments: str

    async def say(self, data: bytes | str) -> None:
        """Send bytes, in pieces as small as the server is told to make them."""
        if isinstance(data, str):
            data = data.encode()
        step = self.server.chunk or len(data) or 1
        for start in range(0, len(data), step):
            self.writer.write(data[start : start + step])
            if self.server.chunk:
                await self.writer.drain()
                await asyncio.sleep(0)
        await self.writer.drain()

    async def done(self, text: str = "OK done") -> None:
        await self.say(f"{self.tag} {text}\r\n")


Script = Callable[[Call], Awaitable[None]]


async def silent(call: Call) -> None:
    """Never answer."""


async def cut(call: Call) -> None:
    """Close the line without an answer."""
    raise CutError


def says(*lines: str) -> Script:
    """Answer with these lines; `{tag}` stands for the command's tag."""

    async def script(call: Call) -> None:
        await call.say("".join(f"{line}\r\n" for line in lines).replace("{tag}", call.tag))

    return script


@dataclass
class ScriptedImap:
    """The server; `script` replaces the answer to a command, such as `UID FETCH`."""

    mails: dict[int, bytes] = field(default_factory=dict)
    uid_validity: int = 7
    greeting: str = "* OK ready"
    capabilities: str = "IMAP4rev1 IDLE"
    chunk: int = 0
    script: dict[str, Script] = field(default_factory=dict)
    log: list[str] = field(default_factory=list)
    port: int = 0
    connections: int = 0
    seen: set[int] = field(default_factory=set)
    idling: asyncio.Event = field(default_factory=asyncio.Event)
    called: dict[str, asyncio.Event] = field(default_factory=dict)
    _lines: set[asyncio.StreamWriter] = field(default_factory=set)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    @asynccontextmanager
    async def running(self, tls: ssl.SSLContext | None = None) -> AsyncIterator[ScriptedImap]:
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=tls, limit=1 << 20)
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

    def count(self, name: str) -> int:
        """How often a command was given."""
        return sum(line.split(" ", 1)[1].upper().startswith(name) for line in self.log)

    def event(self, name: str) -> asyncio.Event:
        """Set when that command has come in."""
        return self.called.setdefault(name, asyncio.Event())

    async def tell_all(self, text: str) -> None:
        """Send a line to every client."""
        for line in self._lines:
            line.write(text.encode() + b"\r\n")
            await line.drain()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        self.connections += 1
        self._lines.add(writer)
        try:
            writer.write(f"{self.greeting}\r\n".encode())
            if not self.greeting.startswith("* BYE"):
                while line := await reader.readline():
                    await self._answer(reader, writer, line.decode().rstrip("\r\n"))
        except (CutError, OSError, asyncio.CancelledError):
            pass
        finally:
            self._lines.discard(writer)
            writer.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, line: str) -> None:
        self.log.append(line)
        tag, _, rest = line.partition(" ")
        name, _, arguments = rest.partition(" ")
        if name.upper() == "UID":
            word, _, arguments = arguments.partition(" ")
            name = f"UID {word}"
        name = name.upper()
        call = Call(self, writer, reader, tag, name, arguments)
        self.event(name).set()
        script = self.script.get(name)
        if script is None:
            script = getattr(self, "_do_" + name.replace(" ", "_").lower())
        await script(call)

    async def usual(self, call: Call) -> None:
        """Answer a command as an ordinary server does."""
        await getattr(self, "_do_" + call.name.replace(" ", "_").lower())(call)

    async def _do_capability(self, call: Call) -> None:
        await call.say(f"* CAPABILITY {self.capabilities}\r\n")
        await call.done()

    async def _do_login(self, call: Call) -> None:
        await call.done()

    async def _do_noop(self, call: Call) -> None:
        await call.done()

    async def _do_list(self, call: Call) -> None:
        await call.say('* LIST (\\HasNoChildren) "/" INBOX\r\n')
        await call.done()

    async def _do_select(self, call: Call) -> None:
        await call.say(
            "* FLAGS (\\Seen)\r\n* OK [PERMANENTFLAGS (\\Seen)] kept\r\n"
            f"* {len(self.mails)} EXISTS\r\n* OK [UIDVALIDITY {self.uid_validity}] valid\r\n"
        )
        await call.done("OK [READ-WRITE] open")

    async def _do_examine(self, call: Call) -> None:
        await call.say(f"* {len(self.mails)} EXISTS\r\n* OK [UIDVALIDITY {self.uid_validity}] valid\r\n")
        await call.done("OK [READ-ONLY] open")

    async def _do_uid_search(self, call: Call) -> None:
        chosen = _numbers(call.arguments.split()[1], self.mails)
        if "UNSEEN" in call.arguments:
            chosen = [uid for uid in chosen if uid not in self.seen]
        if "DELETED" in call.arguments:
            chosen = []
        await call.say(f"* SEARCH{''.join(f' {uid}' for uid in chosen)}\r\n")
        await call.done()

    async def _do_uid_fetch(self, call: Call) -> None:
        numbers, _, items = call.arguments.partition(" ")
        for place, uid in enumerate(sorted(self.mails), 1):
            if uid in _numbers(numbers, self.mails):
                await self.send_mail(call, place, uid, items)
        await call.done()

    async def send_mail(self, call: Call, place: int, uid: int, items: str) -> None:
        """Send one FETCH answer."""
        mail = self.mails[uid]
        if "RFC822.SIZE" in items:
            await call.say(
                f'* {place} FETCH (UID {uid} RFC822.SIZE {len(mail)} INTERNALDATE "05-Nov-2026 10:00:00 +0200")\r\n'
            )
            return
        body = mail.partition(b"\r\n\r\n")[0] + b"\r\n\r\n" if "HEADER" in items else mail
        label = "BODY[HEADER]" if "HEADER" in items else "BODY[]"
        if partial := _PARTIAL.search(items):
            start, count = int(partial[1]), int(partial[2])
            body, label = body[start : start + count], f"{label}<{start}>"
        await call.say(f"* {place} FETCH (UID {uid} {label} {{{len(body)}}}\r\n".encode() + body + b")\r\n")

    async def _do_uid_store(self, call: Call) -> None:
        self.seen.update(_numbers(call.arguments.split()[0], self.mails))
        await call.done()

    async def _do_idle(self, call: Call) -> None:
        await call.say("+ idling\r\n")
        self.idling.set()
        await call.reader.readline()
        await call.done()

    async def _do_logout(self, call: Call) -> None:
        await call.say("* BYE\r\n")
        await call.done()
        raise CutError


def _numbers(text: str, mails: dict[int, bytes]) -> list[int]:
    top = max(mails, default=0)
    chosen: set[int] = set()
    for part in text.split(","):
        low, _, high = part.partition(":")
        first = top if low == "*" else int(low)
        last = top if high == "*" else int(high or low)
        chosen.update(range(min(first, last), max(first, last) + 1))
    return sorted(chosen & set(mails))
