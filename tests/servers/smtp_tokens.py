"""An SMTP server (aiosmtpd) that lets in by XOAUTH2 alone, and asks after a refusal as Google and Microsoft do."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiosmtpd.smtp import MISSING, SMTP, AuthResult, Envelope, Session

from tests.servers.token_server import TokenServer


@dataclass
class TokenSmtp:
    """The server: who is let in says the provider. `code` answers a refused login."""

    provider: TokenServer
    code: str = "535 5.7.8 Username and Password not accepted"
    attempts: list[bool] = field(default_factory=list)
    questions: int = 0
    taken: list[bytes] = field(default_factory=list)
    port: int = 0

    @asynccontextmanager
    async def running(self) -> AsyncIterator[TokenSmtp]:
        loop, lines = asyncio.get_running_loop(), set[_Line]()

        def line() -> SMTP:
            made = _Line(self, hostname="mx.example.test", auth_require_tls=False)
            made.command_size_limits["AUTH"] = 12288
            lines.add(made)
            return made

        server = await loop.create_server(line, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            server.close()
            for each in lines:
                if each.transport is not None:
                    each.transport.abort()
            await asyncio.gather(*(each.ended.wait() for each in lines))

    async def auth_XOAUTH2(self, server: SMTP, args: list[str]) -> AuthResult:  # noqa: N802 - aiosmtpd's name
        """Take the message with the command or after it; refuse in two steps."""
        given = args[1].encode() if len(args) > 1 else await self._asked(server, b"")
        user = base64.b64decode(given).partition(b"user=")[2].partition(b"\x01")[0].decode()
        good = self.provider.let(user, given)
        self.attempts.append(good)
        if good:
            return AuthResult(success=True, auth_data=user)
        if await self._asked(server, b'{"status":"401","schemes":"bearer"}') == b"":
            self.questions += 1
        return AuthResult(success=False, handled=False, message=self.code)

    async def _asked(self, server: SMTP, question: bytes) -> bytes:
        answer = await server.challenge_auth(question, log_client_response=False)
        return b"" if answer is MISSING else base64.b64encode(answer)

    async def handle_MAIL(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take mail of whoever was let in."""
        envelope.mail_from = address
        return "250 2.1.0 OK" if session.authenticated else "530 5.7.0 Authentication required"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Keep a mail."""
        self.taken.append(envelope.original_content or b"")
        return "250 2.0.0 taken"


class _Line(SMTP):
    line_length_limit = 12288

    def __init__(self, handler: TokenSmtp, **options: object) -> None:
        super().__init__(handler, auth_exclude_mechanism=["LOGIN", "PLAIN"], **options)
        self.ended = asyncio.Event()

    def connection_lost(self, error: Exception | None) -> None:
        super().connection_lost(error)
        self.ended.set()
