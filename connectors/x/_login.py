"""Has a person give the channel access to its account: OAuth 2.0 with PKCE (RFC 6749, 7636); renews nothing."""

from __future__ import annotations

import hmac
import secrets
from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from connectors.x._errors import Waits, meaning
from connectors.x._settings import XSettings
from connectors.x._tokens import SECRET, Tokens, ask_tokens, post_form
from connectors.x._wire import Wire
from gateway.errors import AuthError, ConfigError, GatewayError
from gateway.ports import Clock, Opening, Vault

SCOPES = ("tweet.read", "tweet.write", "users.read", "dm.read", "dm.write", "media.write", "offline.access")
_PAGE = "https://x.com/i/oauth2/authorize"
_PAGE_ROUTE = "/i/oauth2/authorize"
_REVOKE_ROUTE = "/2/oauth2/revoke"
_ME = "/2/users/me"


@dataclass(frozen=True, slots=True)
class _Begun:
    state: str = field(repr=False)
    verifier: str = field(repr=False)


class XLogin:
    """One way through X's page; what was begun last is what counts, and counts once."""

    def __init__(self, settings: XSettings, clock: Clock, wire: Wire, vault: Vault) -> None:
        self.redirect = settings.redirect_url
        self._settings = settings
        self._clock = clock
        self._wire = wire
        self._vault = vault
        self._begun: _Begun | None = None

    def begin(self) -> str:
        """See `Login.begin`."""
        begun = self._begun = _Begun(secrets.token_urlsafe(32), secrets.token_urlsafe(64))
        challenge = urlsafe_b64encode(sha256(begun.verifier.encode("ascii")).digest()).rstrip(b"=").decode()
        page = _PAGE if self._settings.is_cloud else self._settings.api_url + _PAGE_ROUTE
        asked = {
            "response_type": "code",
            "client_id": self._settings.client_id,
            "redirect_uri": self.redirect,
            "scope": " ".join(SCOPES),
            "state": begun.state,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        return f"{page}?{urlencode(asked)}"

    async def finish(self, answer: str) -> str:
        """See `Login.finish`; refuses the access of any account but the one in the settings, and gives it back."""
        begun, code = self._code(answer)
        fields = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.redirect,
            "code_verifier": begun.verifier,
        }
        tokens = await ask_tokens(self._wire, self._settings, self._clock, fields)
        try:
            whose = await self._checked(tokens)
        except AuthError:
            await self._give_back(tokens)
            raise
        async with self._vault.alone(SECRET):
            await self._vault.write(SECRET, tokens.encode())
        return whose

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

    async def _checked(self, tokens: Tokens) -> str:
        """Return whose access it is. Raises `AuthError` when it is another's, or less than was asked for."""
        if missing := missing_scopes(tokens.scope):
            raise AuthError(f"X gave less access than was asked for: {', '.join(missing)} is missing")
        me = await self._me(tokens)
        handle, number = me.get("username"), me.get("id")
        if number != self._settings.user_id or not isinstance(handle, str):
            told = f"not @{self._settings.handle}, whose number is {self._settings.user_id}"
            raise AuthError(f"the browser is logged in with another account, {told}; change it there and begin anew")
        return f"@{handle}"

    async def _me(self, tokens: Tokens) -> Mapping[str, Any]:
        headers = {"Authorization": f"Bearer {tokens.access}"}
        said = await self._wire.exchange("GET", self._settings.api_url + _ME, headers=headers, repeatable=True)
        if (error := meaning(said, f"GET {_ME}", Waits())) is not None:
            raise error
        data = (said.json or {}).get("data")
        return data if isinstance(data, dict) else {}

    async def _give_back(self, tokens: Tokens) -> None:
        with suppress(GatewayError):
            await post_form(self._wire, self._settings, _REVOKE_ROUTE, {"token": tokens.refresh})


@asynccontextmanager
async def open_login(opening: Opening[XSettings]) -> AsyncIterator[XLogin]:
    """Open a login of a channel. Raises `ConfigError` where there is none to be had."""
    if opening.settings.auth != "oauth2":
        raise ConfigError('only a channel with auth = "oauth2" is logged in; this one has its keys in the settings')
    if opening.vault is None:
        raise ConfigError("there is no vault to keep the access in")
    wire = Wire(opening.settings, opening.clock)
    try:
        yield XLogin(opening.settings, opening.clock, wire, opening.vault)
    finally:
        await wire.close()


def missing_scopes(given: str) -> tuple[str, ...]:
    """Return what was asked for and not given; nothing where X does not tell."""
    return tuple(each for each in SCOPES if given and each not in given.split())
