"""The other end of an SMTP or LMTP line, byte by byte: what a mail server says, or an attacker."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

SECS = 5.0
"""Longest wait for an answer."""


class Talk:
    """One line."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    async def answer(self) -> str:
        """Return one whole answer, its lines joined by spaces; empty when the line has ended."""
        found: list[str] = []
        async with asyncio.timeout(SECS):
            while True:
                try:
                    line = (await self.reader.readline()).decode().rstrip("\r\n")
                except ConnectionError:
                    return ""
                found.append(line)
                if line[3:4] != "-":
                    return " ".join(found)

    def write(self, data: bytes) -> None:
        self.writer.write(data)

    async def say(self, command: str) -> str:
        """Give a command; return the answer."""
        self.write(command.encode() + b"\r\n")
        return await self.answer()

    async def begin(self, *recipients: str, sender: str = "user@user.example", hello: str = "LHLO") -> None:
        """Go as far as 354."""
        assert (await self.say(f"{hello} mx.user.example"))[:3] == "250"
        await self.address(*recipients, sender=sender)

    async def address(self, *recipients: str, sender: str = "user@user.example") -> None:
        assert (await self.say(f"MAIL FROM:<{sender}>"))[:3] == "250"
        for recipient in recipients:
            assert (await self.say(f"RCPT TO:<{recipient}>"))[:3] == "250"
        assert (await self.say("DATA"))[:3] == "354"

    async def mail(self, data: bytes, answers: int = 1) -> list[str]:
        """Send a mail as it is, and its end; return so many answers."""
        self.write(data + b"\r\n.\r\n")
        return [await self.answer() for _ in range(answers)]

    async def secure(self, context: ssl.SSLContext) -> None:
        """Go on under TLS."""
        assert (await self.say("STARTTLS"))[:3] == "220"
        await self.writer.start_tls(context, server_hostname="localhost")

    async def is_over(self) -> bool:
        """Whether the other end has closed the line."""
        async with asyncio.timeout(SECS):
            try:
                return not await self.reader.read(1)
            except ConnectionError:
                return True


@asynccontextmanager
async def talking(place: int | Path, *first: bytes, greeted: bool = True) -> AsyncIterator[Talk]:
    """Connect to a port or a socket; say something before the greeting, if given."""
    if isinstance(place, Path):
        reader, writer = await asyncio.open_unix_connection(place)
    else:
        reader, writer = await asyncio.open_connection("127.0.0.1", place)
    talk = Talk(reader, writer)
    try:
        for each in first:
            talk.write(each)
        if greeted:
            assert (await talk.answer())[:3] == "220"
        yield talk
    finally:
        writer.transport.abort()


def codes(answers: Sequence[str]) -> list[str]:
    """Return the first three letters of each answer."""
    return [each[:3] for each in answers]
