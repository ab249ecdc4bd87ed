"""What a plugin has the gateway keep for it: what its account spent, and secrets that change while it runs."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Spent:
    """What was spent on one kind of thing: calls, and money in millionths of the account's currency."""

    calls: int = 0
    cost: int = 0


class Meter(Protocol):
    """What an account spends with its platform, by UTC day; kept over restarts, the same on every node.

    Channels of one account (`ConnectorPlugin.account`) share one meter.
    """

    async def charge(self, what: str, calls: int, cost: int) -> None:
        """Add calls, and what they cost in millionths of the currency, to today's. Durable when it returns."""
        ...

    async def today(self) -> Mapping[str, Spent]:
        """Return what was spent since midnight in UTC, by what it was spent on."""
        ...


class Vault(Protocol):
    """Secrets of one channel that change while it runs, such as renewed tokens; sealed, the same on every node."""

    async def read(self, name: str) -> str | None:
        """Return the secret as it is now; None when there is none. Raises `ConfigError` when it cannot be opened."""
        ...

    async def write(self, name: str, value: str) -> None:
        """Keep a secret. Durable when it returns. Raises `TransientError` when the name is another's for now."""
        ...

    def alone(self, name: str) -> AbstractAsyncContextManager[None]:
        """Hold off everybody else who asks for the same name, on any node, until left.

        A holder that dies is forgotten after a minute. Raises `TransientError` when it is not had within half of one.
        """
        ...


class Login(Protocol):
    """Has a person give a channel access to its account on the platform's own page (OAuth 2.0, RFC 6749 and 7636)."""

    redirect: str
    """Where the platform leads the browser afterwards, as it is registered there."""

    def begin(self) -> str:
        """Return the page to be opened; every call begins anew."""
        ...

    async def finish(self, answer: str) -> str:
        """Take the address that the browser was led to, and keep the access in the vault; return whose account it is.

        Raises `AuthError` when the answer is none to what was begun, or is refused; `TransientError`.
        """
        ...
