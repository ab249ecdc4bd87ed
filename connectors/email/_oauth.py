"""Holds the access of one mail channel: tokens that are renewed in time, once for all processes, kept before their use.

Microsoft gives another refresh token with each renewal, and other providers take each but once; so a renewed one is in
the vault before anything is done with it, and one process renews for all. What the vault could not take at once is
kept here, unused, until it does.
"""

from __future__ import annotations

import asyncio
import ssl
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from connectors.email._oauth_assertion import GRANT, signed
from connectors.email._oauth_provider import Provider, missing_scopes, provider_of
from connectors.email._oauth_tokens import Endpoint, Tokens
from connectors.email._sasl import Access
from connectors.email._settings import EmailSettings
from gateway.errors import AuthError, ConfigError, GatewayError, TransientError
from gateway.ports import Clock, Opening, Vault

SECRET = "access"  # noqa: S105 - the name of the secret in the vault
EARLY = timedelta(seconds=60)
"""So long before its end a token is renewed."""
YOUNG = timedelta(minutes=5)
"""A token that is refused so soon after it was given is refused for another reason than its age."""


class Source(Protocol):
    """Where tokens come from."""

    async def get(self, refused: str) -> Tokens:
        """Return tokens that are good, others than a refused one if they can be had."""
        ...

    async def settled(self) -> None:
        """See `Access.settled`."""
        ...


class TokenAccess:
    """Gives tokens to all connections of a channel; see `Access`."""

    def __init__(self, clock: Clock, provider: Provider, source: Source, remedy: str) -> None:
        self.remedy = remedy
        self._clock = clock
        self._provider = provider
        self._source = source
        self._known: Tokens | None = None
        self._task: asyncio.Task[Tokens] | None = None

    async def token(self) -> str:
        """See `Access.token`."""
        known = self._known
        if known is None or ends_soon(known, self._clock):
            known = await self._current("")
        return known.access

    async def renewed(self, refused: str) -> bool:
        """See `Access.renewed`."""
        return (await self._current(refused)).access != refused

    @property
    def missing(self) -> tuple[str, ...]:
        """See `Access.missing`."""
        return missing_scopes(self._provider.scopes, self._known.scope) if self._known else ()

    async def settled(self) -> None:
        """See `Access.settled`."""
        if (task := self._task) is not None:
            await asyncio.wait([task])
        await self._source.settled()

    async def _current(self, refused: str) -> Tokens:
        """Return what whoever asked first gets. A caller that is cancelled does not end it: tokens come but once."""
        while True:
            task = self._task
            is_ours = task is None
            if task is None:
                task = self._task = asyncio.create_task(self._source.get(refused))
                task.add_done_callback(self._ended)
            tokens = await asyncio.shield(task)
            if is_ours or tokens.access != refused:
                return tokens

    def _ended(self, task: asyncio.Task[Tokens]) -> None:
        self._task = None
        # Its error is looked at, so that nobody complains of one that no caller was left to take.
        if not task.cancelled() and task.exception() is None:
            self._known = task.result()


class AppTokens:
    """The app's own access (RFC 6749, 4.4; RFC 7523); nothing that it gets has to be kept."""

    def __init__(self, settings: EmailSettings, clock: Clock, provider: Provider, endpoint: Endpoint) -> None:
        self._settings = settings
        self._clock = clock
        self._provider = provider
        self._endpoint = endpoint
        self._known: Tokens | None = None

    async def get(self, refused: str) -> Tokens:
        """See `Source.get`."""
        known = self._known
        if known is not None and known.access == refused and is_young(known, self._clock):
            return known
        self._known = known = await self._endpoint.ask(await self._grant())
        return known

    async def _grant(self) -> dict[str, str]:
        key_file = self._settings.oauth_client_secret
        if self._settings.oauth != "google" or key_file is None:
            return {"grant_type": "client_credentials", "scope": " ".join(self._provider.scopes)}
        told = (self._provider.scopes, self._provider.tokens, self._settings.login, self._clock.now())
        # Reading a key takes long enough to be felt by the event loop.
        assertion = await asyncio.to_thread(signed, key_file.get_secret_value(), *told)
        return {"grant_type": GRANT, "assertion": assertion}

    async def settled(self) -> None:
        """See `Access.settled`."""


@dataclass(frozen=True, slots=True)
class _Unwritten:
    """Renewed tokens that the vault has not taken yet, and what stood there when they were asked for."""

    tokens: Tokens
    instead_of: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class _Spent:
    """What could not be renewed, and until when the provider is not asked again for each of our connections."""

    kept: str = field(repr=False)
    why: str
    until: datetime


class KeptTokens:
    """The access that a person gave, in the vault that all nodes share."""

    def __init__(self, clock: Clock, endpoint: Endpoint, vault: Vault, remedy: str) -> None:
        self._clock = clock
        self._endpoint = endpoint
        self._vault = vault
        self._remedy = remedy
        self._unwritten: _Unwritten | None = None
        self._spent: _Spent | None = None

    async def get(self, refused: str) -> Tokens:
        """See `Source.get`; renews at most once for everybody who shares the vault."""
        async with self._vault.alone(SECRET):
            kept = await self._kept()
            tokens = Tokens.decode(kept)
            is_refused = tokens.access == refused
            if ends_soon(tokens, self._clock) or (is_refused and not is_young(tokens, self._clock)):
                tokens = await self._renewed(kept, must=is_refused)
            return tokens

    async def settled(self) -> None:
        """See `Access.settled`."""
        if self._unwritten is not None:
            # The last time that anybody can; where the store is still away, a person must log in.
            with suppress(GatewayError):
                async with self._vault.alone(SECRET):
                    await self._kept()

    async def _kept(self) -> str:
        """Return what the vault keeps, once what it could not take before is in it."""
        kept = await self._vault.read(SECRET)
        unwritten = self._unwritten
        if unwritten is not None and kept == unwritten.instead_of:
            # What stands there may be spent: what came instead is all there is.
            kept = unwritten.tokens.encode()
            await self._vault.write(SECRET, kept)
        # Else they were written after all, or a person has given access since.
        self._unwritten = None
        if kept is None:
            raise AuthError(f"nobody has given access to the mailbox yet; {self._remedy}")
        return kept

    async def _renewed(self, kept: str, *, must: bool) -> Tokens:
        old = Tokens.decode(kept)
        if (spent := self._spent) is not None and spent.kept == kept and self._clock.now() < spent.until:
            raise AuthError(spent.why)
        try:
            tokens = await self._endpoint.ask({"grant_type": "refresh_token", "refresh_token": old.refresh}, old)
        except TransientError:
            if must or self._clock.now() >= old.ends_at:
                raise
            return old  # Still good for a moment.
        except AuthError as error:
            why = f"the access to the mailbox cannot be renewed: {error}; {self._remedy}"
            self._spent = _Spent(kept, why, self._clock.now() + YOUNG)
            raise AuthError(why) from None
        self._unwritten = _Unwritten(tokens, kept)
        # Before it is used: a crash after this line finds the new one.
        await self._vault.write(SECRET, tokens.encode())
        self._unwritten = None
        return tokens


def open_access(opening: Opening[EmailSettings], tls: ssl.SSLContext) -> Access | None:
    """Return the access of a channel; None for one that has a password."""
    settings, clock = opening.settings, opening.clock
    if not settings.by_token:
        return None
    provider = provider_of(settings)
    endpoint = Endpoint(settings, provider, clock, tls)
    if settings.oauth_grant == "app":
        remedy = "let the app into this mailbox at the provider"
        return TokenAccess(clock, provider, AppTokens(settings, clock, provider, endpoint), remedy)
    if opening.vault is None:
        raise ConfigError("oauth needs the gateway's vault for its tokens")
    remedy = f"run `gatehouse channels login {opening.name}`"
    return TokenAccess(clock, provider, KeptTokens(clock, endpoint, opening.vault, remedy), remedy)


def ends_soon(tokens: Tokens, clock: Clock) -> bool:
    """Whether it is time for another."""
    return clock.now() + EARLY > tokens.ends_at


def is_young(tokens: Tokens, clock: Clock) -> bool:
    """Whether it was given so lately that another would be refused as well."""
    return clock.now() < tokens.given_at + YOUNG
