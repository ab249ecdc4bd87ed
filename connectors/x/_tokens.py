"""The access that calls of one account bear: OAuth 1.0a signatures, or OAuth 2.0 tokens that are renewed in time.

A renewed token is kept in the vault before it is used, and one process renews for all: X takes each refresh token once.
What the vault could not take at once is kept here, unused, until it does.
"""

from __future__ import annotations

import asyncio
import json
from base64 import b64encode
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol
from urllib.parse import quote, urlencode

from oauthlib.oauth1 import Client as Signer

from connectors.x._errors import Said
from connectors.x._settings import CLOUD, XSettings
from connectors.x._wire import Wire
from gateway.errors import AuthError, ConfigError, GatewayError, TransientError
from gateway.ports import Clock, Vault

SECRET = "access"  # noqa: S105 - the name of the secret in the vault
EARLY = timedelta(minutes=5)
"""So long before its end a token is renewed."""
_LIFE = timedelta(hours=2)
"""How long a token is good, where X does not say."""
_MOST_SECS = 25.0
"""A renewal ends before others stop waiting for it, and long before the vault takes its holder for dead."""
TOKEN_ROUTE = "/2/oauth2/token"  # noqa: S105 - an address
_NOT_THE_APP = frozenset({"invalid_client", "unauthorized_client"})
"""OAuth's words (RFC 6749, 5.2) for an app that did not prove itself; a person can mend that."""


class Access(Protocol):
    """What makes a call ours."""

    async def header(self, method: str, url: str) -> str:
        """Return the Authorization header of one call. Raises `AuthError`, `TransientError`."""
        ...

    async def renewed(self, refused: str) -> bool:
        """Renew what X refused as that header; return whether there is another now."""
        ...

    @property
    def scope(self) -> str:
        """What was given, as X said it; empty where it does not tell, or was not asked yet."""
        ...

    async def settled(self) -> None:
        """Return when nothing is under way whose loss would cost the access."""
        ...


@dataclass(frozen=True, slots=True)
class Tokens:
    """The two tokens of OAuth 2.0 (RFC 6749), and until when the first is good."""

    access: str = field(repr=False)
    refresh: str = field(repr=False)
    ends_at: datetime
    scope: str = ""

    def encode(self) -> str:
        """Return it as the vault keeps it."""
        told = {"access": self.access, "refresh": self.refresh, "ends_at": self.ends_at.isoformat()}
        return json.dumps({**told, "scope": self.scope})

    @classmethod
    def decode(cls, kept: str) -> Tokens:
        """Read what the vault kept. Raises `ConfigError` for anything else."""
        try:
            told = json.loads(kept)
            return cls(told["access"], told["refresh"], datetime.fromisoformat(told["ends_at"]), told["scope"])
        except (ValueError, TypeError, KeyError):
            raise ConfigError("the kept access cannot be read; log the channel in anew") from None


@dataclass(frozen=True, slots=True)
class _Unwritten:
    """Renewed tokens that the vault has not taken yet, and what stood there when they were asked for."""

    tokens: Tokens
    instead_of: str = field(repr=False)


class Signatures:
    """OAuth 1.0a: each call is signed with four keys that do not end (RFC 5849)."""

    def __init__(self, settings: XSettings, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock

    async def header(self, method: str, url: str) -> str:
        """See `Access.header`. Signed for X's own address: a proxy of the operator's passes the signature on."""
        settings = self._settings
        keys = (settings.consumer_key, settings.consumer_secret, settings.access_token, settings.access_secret)
        consumer, consumer_secret, token, secret = (key.get_secret_value() if key else "" for key in keys)
        signer = Signer(consumer, consumer_secret, token, secret, timestamp=str(int(self._clock.now().timestamp())))
        _, headers, _ = signer.sign(self._signed(url), method)
        return str(headers["Authorization"])

    async def renewed(self, refused: str) -> bool:
        """See `Access.renewed`."""
        return False

    @property
    def scope(self) -> str:
        """See `Access.scope`."""
        return ""

    async def settled(self) -> None:
        """See `Access.settled`."""

    def _signed(self, url: str) -> str:
        base = self._settings.api_url
        return CLOUD + url.removeprefix(base) if url.startswith(f"{base}/") else url


class RenewedTokens:
    """OAuth 2.0: a token of two hours, and another that gets the next."""

    def __init__(self, name: str, settings: XSettings, clock: Clock, wire: Wire, vault: Vault | None) -> None:
        self._name = name
        self._settings = settings
        self._clock = clock
        self._wire = wire
        self._vault = vault
        self._known: Tokens | None = None
        self._unwritten: _Unwritten | None = None
        self._task: asyncio.Task[Tokens] | None = None

    async def header(self, method: str, url: str) -> str:
        """See `Access.header`."""
        known = self._known
        if known is None or self._ends_soon(known):
            known = await self._current()
        return f"Bearer {known.access}"

    async def renewed(self, refused: str) -> bool:
        """See `Access.renewed`."""
        known = await self._current(refused.removeprefix("Bearer "))
        return f"Bearer {known.access}" != refused

    @property
    def scope(self) -> str:
        """See `Access.scope`."""
        return self._known.scope if self._known else ""

    async def settled(self) -> None:
        """See `Access.settled`."""
        if (task := self._task) is not None:
            await asyncio.wait([task])
        if self._unwritten is not None and (vault := self._vault) is not None:
            # The last time that anybody can; where the store is still away, a person must log in.
            with suppress(GatewayError):
                async with vault.alone(SECRET):
                    await self._kept(vault)

    async def _current(self, refused: str = "") -> Tokens:
        """Return tokens that are good, renewed by whoever comes first.

        A caller that is cancelled does not end it: tokens that are on their way come but once.
        """
        while True:
            task = self._task
            is_ours = task is None
            if task is None:
                task = self._task = asyncio.create_task(self._alone(refused))
                task.add_done_callback(self._ended)
            tokens = await asyncio.shield(task)
            if is_ours or tokens.access != refused:
                return tokens

    def _ended(self, task: asyncio.Task[Tokens]) -> None:
        self._task = None
        if not task.cancelled():
            # Looked at, so that nobody complains of an error that no caller was left to take.
            task.exception()

    async def _alone(self, refused: str) -> Tokens:
        vault = self._vault
        if vault is None:
            raise ConfigError('auth = "oauth2" needs the gateway\'s vault for its tokens')
        async with vault.alone(SECRET):
            kept = await self._kept(vault)
            tokens = Tokens.decode(kept)
            if tokens.access == refused or self._ends_soon(tokens):
                tokens = await self._renew(kept, vault, must=tokens.access == refused)
            self._known = tokens
            return tokens

    async def _kept(self, vault: Vault) -> str:
        """Return what the vault keeps, once what it could not take before is in it."""
        kept = await vault.read(SECRET)
        unwritten = self._unwritten
        if unwritten is not None and kept == unwritten.instead_of:
            # X has spent the token that stands there: what came instead is all there is.
            kept = unwritten.tokens.encode()
            await vault.write(SECRET, kept)
        # Else they were written after all, or others have come since.
        self._unwritten = None
        if kept is None:
            raise AuthError(f"nobody has given access yet; {self._remedy}")
        return kept

    async def _renew(self, kept: str, vault: Vault, *, must: bool) -> Tokens:
        old = Tokens.decode(kept)
        fields = {"grant_type": "refresh_token", "refresh_token": old.refresh}
        try:
            tokens = await ask_tokens(self._wire, self._settings, self._clock, fields, old)
        except TransientError:
            if must or self._clock.now() >= old.ends_at:
                raise
            return old  # Still good for a few minutes.
        except AuthError:
            raise AuthError(f"X refused to renew the access; {self._remedy}") from None
        self._unwritten = _Unwritten(tokens, kept)
        # Before it is used: a crash after this line finds the new one.
        await vault.write(SECRET, tokens.encode())
        self._unwritten = None
        return tokens

    @property
    def _remedy(self) -> str:
        return f"run `gatehouse channels login {self._name}`"

    def _ends_soon(self, tokens: Tokens) -> bool:
        return self._clock.now() + EARLY > tokens.ends_at


async def ask_tokens(
    wire: Wire, settings: XSettings, clock: Clock, fields: Mapping[str, str], old: Tokens | None = None
) -> Tokens:
    """Exchange a code or a refresh token for tokens. Raises `AuthError` when it is refused, `TransientError`."""
    # Asked again after a broken line: there is nothing better, and X may still know the old token.
    said = await post_form(wire, settings, TOKEN_ROUTE, fields)
    if said.status in (400, 401, 403) and said.json is not None:
        raise AuthError(f"X refused to give access{_why(said, settings)}")
    return _tokens(said, clock.now(), old)


def _why(said: Said, settings: XSettings) -> str:
    """Return what to add to a refusal of the app itself; nothing of X's but the word that is known."""
    word = (said.json or {}).get("error")
    if not isinstance(word, str) or word not in _NOT_THE_APP:
        return ""
    if settings.client_secret is None:
        return f": {word}; is the app confidential? then set client_secret"
    return f": {word}; are client_id and client_secret this app's?"


async def post_form(wire: Wire, settings: XSettings, route: str, fields: Mapping[str, str]) -> Said:
    """Call an endpoint of OAuth 2.0 as the app, which proves its secret if it has one (RFC 6749, 2.3)."""
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    told = dict(fields)
    if settings.client_secret is None:
        told["client_id"] = settings.client_id
    else:
        pair = f"{quote(settings.client_id, safe='')}:{quote(settings.client_secret.get_secret_value(), safe='')}"
        headers["Authorization"] = f"Basic {b64encode(pair.encode()).decode()}"
    url, body = settings.api_url + route, urlencode(told).encode()
    return await wire.exchange("POST", url, headers=headers, body=body, repeatable=True, most_secs=_MOST_SECS)


def _tokens(said: Said, now: datetime, old: Tokens | None) -> Tokens:
    told: Mapping[str, Any] = said.json or {}
    access, refresh = told.get("access_token"), told.get("refresh_token", old.refresh if old else None)
    if said.status != 200 or not isinstance(access, str) or not access:
        raise TransientError(f"X gave no tokens: it answered {said.status}")
    if not isinstance(refresh, str) or not refresh:
        raise AuthError("X gave no refresh token; give the app the scope offline.access")
    secs, scope = told.get("expires_in"), told.get("scope")
    life = timedelta(seconds=secs) if type(secs) is int and 0 < secs < 10**8 else _LIFE
    return Tokens(access, refresh, now.astimezone(UTC) + life, scope if isinstance(scope, str) else "")
