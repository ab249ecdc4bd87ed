"""Has a person give the channel access to its mailbox: OAuth 2.0 with PKCE (RFC 6749, 7636); renews nothing."""

from __future__ import annotations

import hmac
import secrets
import ssl
from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from urllib.parse import parse_qs, urlencode, urlsplit

from connectors.email._door import connect
from connectors.email._oauth import SECRET
from connectors.email._oauth_provider import missing_scopes, provider_of
from connectors.email._oauth_tokens import Endpoint, Tokens
from connectors.email._settings import EmailSettings
from connectors.email._tls import tls_context
from gateway.errors import AuthError, ConfigError
from gateway.ports import Clock, Opening, Vault


@dataclass(frozen=True, slots=True)
class _Begun:
    state: str = field(repr=False)
    verifier: str = field(repr=False)


class _OneToken:
    """The access that was given just now: there is no other."""

    missing: tuple[str, ...] = ()

    def __init__(self, token: str, remedy: str) -> None:
        self.remedy = remedy
        self._token = token

    async def token(self) -> str:
        """See `Access.token`."""
        return self._token

    async def renewed(self, refused: str) -> bool:
        """See `Access.renewed`."""
        return False

    async def settled(self) -> None:
        """See `Access.settled`."""


class EmailLogin:
    """One way through the provider's page; what was begun last is what counts, and counts once."""

    def __init__(self, settings: EmailSettings, clock: Clock, tls: ssl.SSLContext, vault: Vault) -> None:
        self.redirect = settings.oauth_redirect_url
        self._settings = settings
        self._clock = clock
        self._tls = tls
        self._provider = provider_of(settings)
        self._endpoint = Endpoint(settings, self._provider, clock, tls)
        self._vault = vault
        self._begun: _Begun | None = None

    def begin(self) -> str:
        """See `Login.begin`."""
        begun = self._begun = _Begun(secrets.token_urlsafe(32), secrets.token_urlsafe(64))
        challenge = urlsafe_b64encode(sha256(begun.verifier.encode("ascii")).digest()).rstrip(b"=").decode()
        asked = {
            "response_type": "code",
            "client_id": self._settings.oauth_client_id,
            "redirect_uri": self.redirect,
            "scope": " ".join(self._provider.scopes),
            "state": begun.state,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
            "login_hint": self._settings.login,
            **self._provider.asked,
        }
        return f"{self._provider.page}{'&' if urlsplit(self._provider.page).query else '?'}{urlencode(asked)}"

    async def finish(self, answer: str) -> str:
        """See `Login.finish`; what does not open the mailbox is not kept.

        Nor is it given back: a provider takes back all that the person ever gave this app, and that may be the access
        of another channel.
        """
        begun, code = self._code(answer)
        fields = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.redirect,
            "code_verifier": begun.verifier,
        }
        tokens = await self._endpoint.ask(fields)
        await self._check(tokens)
        async with self._vault.alone(SECRET):
            await self._vault.write(SECRET, tokens.encode())
        return self._settings.login

    def _code(self, answer: str) -> tuple[_Begun, str]:
        begun, self._begun = self._begun, None
        try:
            told = parse_qs(urlsplit(answer.strip()).query)
        except ValueError:
            told = {}
        state, code = (told.get(name, [""])[0] for name in ("state", "code"))
        if begun is None or not hmac.compare_digest(state.encode("utf-8", "replace"), begun.state.encode()):
            raise AuthError("this is no answer to the login that was begun last; begin it anew")
        if not code:
            raise AuthError("access was not given; begin the login anew and allow it")
        return begun, code

    async def _check(self, tokens: Tokens) -> None:
        """See that it can be renewed, is whole, and opens the mailbox, which alone proves whose it is."""
        if not tokens.refresh:
            raise AuthError(f"{self._provider.name} gave no refresh token; the app must be allowed offline access")
        if missing := missing_scopes(self._provider.scopes, tokens.scope):
            raise AuthError(f"{self._provider.name} gave less than was asked for: {', '.join(missing)} is missing")
        settings = self._settings
        session = connect(settings, self._tls)
        remedy = f"the browser must be logged in as {settings.login}, or as who may open it, and IMAP be allowed there"
        try:
            await session.hello()
            await session.login_by_token(settings.login, _OneToken(tokens.access, remedy))
        finally:
            await session.close()


@asynccontextmanager
async def open_login(opening: Opening[EmailSettings]) -> AsyncIterator[EmailLogin]:
    """Open a login of a channel. Raises `ConfigError` where there is none to be had."""
    settings = opening.settings
    if not settings.by_token:
        raise ConfigError("only a channel with oauth is logged in; this one has its password in the settings")
    if settings.oauth_grant == "app":
        raise ConfigError('with oauth_grant = "app" nobody logs in: the app is let into the mailbox at the provider')
    if opening.vault is None:
        raise ConfigError("there is no vault to keep the access in")
    tls = await tls_context(settings.ca_file)
    yield EmailLogin(settings, opening.clock, tls, opening.vault)
