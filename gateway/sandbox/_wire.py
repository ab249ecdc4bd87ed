"""Commands off the wire: lines and literals (RFC 3501, 2.2; RFC 7888), each within its bound."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass

from gateway.sandbox._syntax import Argument, BadCommandError, parse_arguments

MAX_LINE_BYTES = 64 * 1024
MAX_LITERAL_BYTES = 64 * 1024
MAX_APPEND_BYTES = 64 * 1024 * 1024
MAX_LITERALS = 16

_LITERAL = re.compile(rb"\{([0-9]{1,10})(\+?)\}\Z")
_COMMAND = re.compile(rb"([A-Za-z0-9.,:;_/=?!@#$&'^`|~<>-]{1,64}) ((?:UID )?[A-Za-z]{1,32})(?: (.*))?\Z", re.S | re.I)


class HangUpError(Exception):
    """The session cannot go on; the text goes into its BYE."""


@dataclass(frozen=True, slots=True)
class Command:
    """One command with its arguments."""

    tag: str
    name: str
    arguments: list[Argument]


class TaggedBadError(BadCommandError):
    """A command that cannot be read, but whose tag can."""

    def __init__(self, tag: str, reason: str) -> None:
        super().__init__(reason)
        self.tag = tag


class Wire:
    """One connection's two directions."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    def send(self, data: bytes) -> None:
        """Queue bytes for the client; usable from a watcher, which cannot wait."""
        if not self._writer.is_closing():
            self._writer.write(data)

    async def flush(self) -> None:
        """Wait until the client takes more."""
        await self._writer.drain()

    def cut(self) -> None:
        """End the connection without a word."""
        self._writer.transport.abort()

    async def read_line(self) -> bytes:
        """Return the next line without its CRLF."""
        try:
            line = await self._reader.readuntil(b"\r\n")
        except asyncio.LimitOverrunError:
            raise HangUpError("a line is too long") from None
        if b"\x00" in line:
            raise HangUpError("a line holds a NUL")
        return line[:-2]

    async def read_command(self) -> Command:
        """Return the next command with all its literals; `TaggedBadError` when it makes no sense."""
        first = await self.read_line()
        match = _COMMAND.match(first)
        if match is None:
            raise TaggedBadError("*", "a tag and a command belong there")
        tag, name = match[1].decode(), match[2].decode().upper()
        pieces = await self._pieces(tag, match[3] or b"", MAX_APPEND_BYTES if name == "APPEND" else MAX_LITERAL_BYTES)
        try:
            return Command(tag, name, parse_arguments(pieces))
        except BadCommandError as error:
            raise TaggedBadError(tag, str(error)) from None

    async def _pieces(self, tag: str, line: bytes, bound: int) -> list[bytes]:
        pieces: list[bytes] = []
        while match := _LITERAL.search(line):
            pieces += [line[: match.start()], await self._literal(tag, match, bound)]
            if len(pieces) > 2 * MAX_LITERALS:
                raise HangUpError("a command has too many literals")
            line = await self.read_line()
        return [*pieces, line]

    async def _literal(self, tag: str, match: re.Match[bytes], bound: int) -> bytes:
        size = int(match[1])
        if size > bound:
            # What follows a non-synchronising literal is its data, which cannot be told from commands.
            if match[2]:
                raise HangUpError("a literal is too large")
            raise TaggedBadError(tag, "a literal is too large")
        if not match[2]:
            self.send(b"+ go on\r\n")
            await self.flush()
        return await self._reader.readexactly(size)
