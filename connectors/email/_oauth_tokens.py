"""Asks a provider's token endpoint (RFC 6749) and says what its answer or its refusal means; keeps nothing.

Nothing that it wrote goes on but the words and numbers of errors that are known by their form.
"""

from __future__ import annotations

import asyncio
import json
import re
import ssl
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, TypeGuard
from urllib.parse import quote, urlencode, urlsplit

import httpx

from connectors.email._oauth_provider import Provider
from connectors.email._settings import EmailSettings
from connectors.email._tls import connect_error
from gateway.errors import AuthError, ConfigError, GatewayError, TransientError
from gateway.ports import Clock, is_loopback

_ANSWER_BYTES = 256 * 1024
_MOST_SECS = 25.0
"""A renewal ends before others stop waiting for it, and long before the vault takes its holder for dead."""
_LIFE = timedelta(hours=1)
"""How long a token is good, where it is not said."""
_TOKEN = re.compile(r"[\x21-\x7e]{1,16384}")
_SECS = re.compile(r"[1-9][0-9]{0,7}")
_WORD = re.compile(r"[a-z][a-z_]{1,60}")
_THE_SETTINGS = frozenset({"invalid_request", "invalid_scope", "unsupported_grant_type", "unsupported_response_type"})
_PASSING = frozenset({"temporarily_unavailable", "server_error"})
_LATER = frozenset({408, 425, 429})
_NOTHING_THERE = frozenset({301, 302, 303, 307, 308, 404, 405, 410})


@dataclass(frozen=True, slots=True)
class Tokens:
    """What was given (RFC 6749, 5.1). `refresh` is empty where an app asks for itself and needs none."""

    access: str = field(repr=False)
    refresh: str = field(repr=False)
    given_at: datetime
    ends_at: datetime
    scope: str = ""

    def encode(self) -> str:
        """Return it as the vault keeps it."""
        told = {"access": self.access, "refresh": self.refresh, "scope": self.scope}
        return json.dumps({**told, "given_at": self.given_at.isoformat(), "ends_at": self.ends_at.isoformat()})

    @classmethod
    def decode(cls, kept: str) -> Tokens:
        """Read what the vault kept. Raises `ConfigError` for anything else."""
        try:
            told = json.loads(kept)
            given_at, ends_at = (datetime.fromisoformat(told[name]) for name in ("given_at", "ends_at"))
            return cls(told["access"], told["refresh"], given_at, ends_at, told["scope"])
        except (ValueError, TypeError, KeyError):
            raise ConfigError("the kept access cannot be read; log the channel in anew") from None


class Endpoint:
    """The token endpoint of one channel's provider."""

    def __init__(self, settings: EmailSettings, provider: Provider, clock: Clock, tls: ssl.SSLContext) -> None:
        self._settings = settings
        self._provider = provider
        self._name = provider.name
        self._clock = clock
        self._tls = tls

    async def ask(self, fields: Mapping[str, str], old: Tokens | None = None) -> Tokens:
        """Exchange a grant for tokens; what is not renewed with them is taken from the old.

        Raises `AuthError` when the grant is refused, `ConfigError` when the app is, `TransientError`.
        """
        try:
            status, body = await self._post(urlencode({**fields, **self._proof(fields)}).encode())
        except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
            # Without its cause: the request holds the secrets.
            raise connect_error("OAuth", self._name, _innermost(error)) from None
        told = _read(body)
        if status != 200:
            raise self._refusal(status, told)
        return self._given(told, old)

    async def _post(self, body: bytes) -> tuple[int, bytes]:
        """Make the one call; the library's own time-outs are for each step of it, this one is for all."""
        secs = min(self._settings.step_secs, _MOST_SECS)
        is_here = is_loopback(urlsplit(self._provider.tokens).hostname or "")
        async with (
            asyncio.timeout(secs),
            httpx.AsyncClient(verify=self._tls, timeout=secs, trust_env=not is_here) as client,
            client.stream("POST", self._provider.tokens, headers=self._headers(), content=body) as answer,
        ):
            return answer.status_code, await _whole(answer)

    def _headers(self) -> dict[str, str]:
        # Not packed: a small answer that unpacks to a huge one would be huge before it is counted.
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
        headers |= {"User-Agent": "Gatehouse", "Accept-Encoding": "identity"}
        if self._secret and not self._provider.secret_in_body:
            pair = f"{quote(self._settings.oauth_client_id, safe='')}:{quote(self._secret, safe='')}"
            headers["Authorization"] = f"Basic {b64encode(pair.encode()).decode()}"
        return headers

    def _proof(self, fields: Mapping[str, str]) -> dict[str, str]:
        """Return what proves the app in the body; an assertion proves it by itself (RFC 7521, 4.2)."""
        if "assertion" in fields:
            return {}
        if not self._secret:
            return {"client_id": self._settings.oauth_client_id}
        if not self._provider.secret_in_body:
            return {}
        return {"client_id": self._settings.oauth_client_id, "client_secret": self._secret}

    @property
    def _secret(self) -> str:
        secret = self._settings.oauth_client_secret
        return secret.get_secret_value() if secret is not None else ""

    def _given(self, told: Mapping[str, Any], old: Tokens | None) -> Tokens:
        access, refresh = told.get("access_token"), told.get("refresh_token") or (old.refresh if old else "")
        if not _is_token(access):
            raise TransientError(f"{self._name} gave no access token")
        # A scope that is not told is the one that was given before (RFC 6749, section 6).
        scope, now = told.get("scope", old.scope if old else ""), self._clock.now().astimezone(UTC)
        return Tokens(
            access=access,
            refresh=refresh if isinstance(refresh, str) else "",
            given_at=now,
            ends_at=now + _life(told.get("expires_in")),
            scope=scope if isinstance(scope, str) else "",
        )

    def _refusal(self, status: int, told: Mapping[str, Any]) -> GatewayError:
        """Return what a refusal means (RFC 6749, 5.2)."""
        word = told.get("error")
        if status in _NOTHING_THERE:
            return ConfigError(f"{self._name} gives no tokens at this address (status {status}); correct it")
        if not 400 <= status < 500 or status in _LATER or not isinstance(word, str) or word in _PASSING:
            return TransientError(f"{self._name} gives no tokens now (status {status})")
        why = f"{self._name} refused{_named(word, told)}"
        if word == "invalid_client":
            return ConfigError(f"{why}: are oauth_client_id and oauth_client_secret this app's, and not expired?")
        if word == "unauthorized_client":
            return ConfigError(f"{why}: is the app registered there, and allowed this grant with these scopes?")
        if word in _THE_SETTINGS:
            return ConfigError(f"{why}: see the oauth_ settings, and how the app is registered")
        return AuthError(why)


def _innermost(error: BaseException) -> BaseException:
    """Return what the HTTP client's error began with; it does not always say so by `raise ... from`."""
    while (deeper := error.__cause__ or error.__context__) is not None:
        error = deeper
    return error


def _read(body: bytes) -> Mapping[str, Any]:
    try:
        told = json.loads(body)
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}


def _named(word: str, told: Mapping[str, Any]) -> str:
    """Return the error's word and Microsoft's number of it, which operators look up; nothing that is free text."""
    codes = told.get("error_codes")
    number = codes[0] if isinstance(codes, list) and codes and type(codes[0]) is int else None
    found = [word if _WORD.fullmatch(word) else "", f"AADSTS{number}" if number is not None else ""]
    return f" ({', '.join(filter(None, found))})" if any(found) else ""


def _is_token(value: object) -> TypeGuard[str]:
    return isinstance(value, str) and _TOKEN.fullmatch(value) is not None


def _life(secs: object) -> timedelta:
    """Read `expires_in`, which some servers write in quotes."""
    text = str(secs) if type(secs) in (int, str) else ""
    return timedelta(seconds=int(text)) if _SECS.fullmatch(text) else _LIFE


async def _whole(answer: httpx.Response) -> bytes:
    body = bytearray()
    async for piece in answer.aiter_raw():
        body += piece
        if len(body) > _ANSWER_BYTES:
            raise httpx.DecodingError("the answer is too long")
    return bytes(body)
