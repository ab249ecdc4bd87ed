"""Logs in at a mail server with an access token: SASL XOAUTH2, as Google and Microsoft define it, and who gives tokens.

https://developers.google.com/workspace/gmail/imap/xoauth2-protocol
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Awaitable, Callable
from typing import Protocol

MECHANISM = "XOAUTH2"
_LONGEST_LINE = 64 * 1024
_MOST_QUESTIONS = 8
"""A server asks once for the message and once after a refusal; whoever goes on asking is left to the deadline."""


class Access(Protocol):
    """Tokens that open the mailbox; one for both servers."""

    remedy: str
    """What the operator does when the access is refused for good."""

    async def token(self) -> str:
        """Return a token that is good now. Raises `AuthError`, `ConfigError`, `TransientError`."""
        ...

    async def renewed(self, refused: str) -> bool:
        """Get another instead of one that a server refused; return whether there is another. Raises as `token` does."""
        ...

    @property
    def missing(self) -> tuple[str, ...]:
        """Return the scopes that were asked for and not given, as far as is known."""
        ...

    async def settled(self) -> None:
        """Return when nothing is under way whose loss would cost the access."""
        ...


def message(user: str, token: str) -> bytes:
    """Return the one message of the mechanism, ready to be sent."""
    return b64encode(f"user={user}\x01auth=Bearer {token}\x01\x01".encode())


async def try_token(access: Access, attempt: Callable[[str], Awaitable[bool]]) -> bool:
    """Log in with a token; if it is refused and another can be had, once more with that."""
    token = await access.token()
    if await attempt(token):
        return True
    return await access.renewed(token) and await attempt(await access.token())


class Exchange:
    """Our side of an IMAP AUTHENTICATE: the message when it is asked for, then an empty line.

    After a refusal the server asks once more, with what is wrong in base64, and says NO only when it was answered.
    """

    def __init__(self, first: bytes, *, at_once: bool) -> None:
        """With `at_once` the message goes with the command itself (RFC 4959)."""
        self.argument = first.decode("ascii") if at_once else ""
        self._answers = [] if at_once else [first]
        self._asked = 0
        self._rest = b""

    def feed(self, data: bytes) -> bytes:
        """Take what the server sent; return what it asks for, empty if nothing."""
        *lines, self._rest = (self._rest + data).split(b"\r\n")
        self._rest = self._rest[:_LONGEST_LINE]
        return b"".join(self._answer() for line in lines if line.startswith(b"+"))

    def _answer(self) -> bytes:
        self._asked += 1
        if self._asked > _MOST_QUESTIONS:
            return b""
        return (self._answers.pop() if self._answers else b"") + b"\r\n"
