"""Turns a plain IMAP line into TLS before the library, or the password, sees a word of it (RFC 9051 section 6.2.1).

Nothing that came before TLS is believed: neither capabilities, nor a greeting that says we were logged in, nor what was
sent along with the permission to begin (CVE-2021-33515 and its kin).
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable
from typing import Any

from gateway.errors import ConfigError, TransientError

_TAG = b"S1"
_LONGEST = 8192


class Upgrade:
    """One line on its way to TLS; `feed` takes what comes until it is there.

    `greet` is then called with a greeting of our own; `failed` completes with why it did not come so far.
    """

    def __init__(self, protocol: Any, tls: ssl.SSLContext, host: str, greet: Callable[[bytes], None]) -> None:
        self._protocol = protocol
        self._tls = tls
        self._host = host
        self._greet = greet
        self._clear = b""
        self._asked = False
        self._handshake: asyncio.Task[None] | None = None
        self.failed: asyncio.Future[Exception] = asyncio.get_running_loop().create_future()
        self.done = False

    def feed(self, data: bytes) -> None:
        """Take what the server said in the clear."""
        self._clear += data
        while not self.failed.done() and self._handshake is None and b"\r\n" in self._clear:
            line, _, self._clear = self._clear.partition(b"\r\n")
            self._take(line.upper())
        if len(self._clear) > _LONGEST or (self._handshake is not None and self._clear):
            self._fail(TransientError(f"the IMAP server {self._host} went on in the clear where TLS begins"))

    def _take(self, line: bytes) -> None:
        if not self._asked:
            self._greeting(line)
        elif line.startswith(_TAG + b" OK"):
            self._handshake = asyncio.ensure_future(self._secure())
        elif line.startswith(_TAG):
            self._fail(
                ConfigError(
                    f"the IMAP server {self._host} offers no STARTTLS, or something on the way hides it; nothing was "
                    "sent. Use imap_security tls, on port 993"
                )
            )

    def _greeting(self, line: bytes) -> None:
        if line.startswith(b"* OK"):
            self._asked = True
            self._protocol.transport.write(_TAG + b" STARTTLS\r\n")
        elif line.startswith(b"* PREAUTH"):
            self._fail(
                ConfigError(f"the IMAP server {self._host} calls us logged in before TLS; use imap_security tls")
            )
        else:
            self._fail(TransientError(f"the IMAP server {self._host} greets us with a refusal"))

    async def _secure(self) -> None:
        protocol = self._protocol
        try:
            protocol.transport = await asyncio.get_running_loop().start_tls(
                protocol.transport, protocol, self._tls, server_hostname=self._host
            )
        except OSError as error:
            self._fail(error)
        if not self.failed.done():
            self.done = True
            self._greet(b"* OK\r\n")

    def _fail(self, error: Exception) -> None:
        if not self.failed.done():
            self.failed.set_result(error)
