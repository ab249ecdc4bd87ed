"""Who calls: OAuth 1.0a signatures, the app's bearer token and OAuth 2.0 access tokens, verified as X does."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import parse_qsl, quote, unquote

from gateway.ports import Clock
from gateway.sandbox._http import Answer, Request
from gateway.sandbox.x._errors import ProblemError, forbidden, unauthorized
from gateway.sandbox.x._oauth2 import Grants
from gateway.sandbox.x._router import Caller, Query

WINDOW_SECS = 300
"""How far a signature's timestamp may be from the server's clock."""
_HOSTS = ("https://api.twitter.com", "https://api.x.com")


@dataclass(frozen=True, slots=True)
class Keys:
    """What an operator of the sandbox's X writes into the settings; all made up."""

    consumer_key: str
    consumer_secret: str
    access_token: str
    access_secret: str
    bearer_token: str
    client_id: str
    client_secret: str

    @classmethod
    def made_up(cls, user_id: str) -> Keys:
        """Return keys whose access token begins with the account's id, as X's do."""
        return cls(
            consumer_key="made-up-consumer-key",
            consumer_secret="made-up-consumer-secret",  # noqa: S106 - made up, as it says
            access_token=f"{user_id}-made-up-access-token",
            access_secret="made-up-access-secret",  # noqa: S106 - made up, as it says
            bearer_token="made-up-bearer-token",  # noqa: S106 - made up, as it says
            client_id="made-up-client-id",
            client_secret="made-up-client-secret",  # noqa: S106 - made up, as it says
        )


class Auth:
    """Verifies the Authorization header of each call against the keys and the grants."""

    def __init__(self, clock: Clock, keys: Keys, user_id: str, grants: Grants) -> None:
        self._clock = clock
        self._keys = keys
        self._user_id = user_id
        self._grants = grants
        self.revoked = False
        """Whether the keys of OAuth 1.0a were taken back; calls that they sign are refused from then on."""

    def caller(self, request: Request) -> Caller | Answer:
        """Return who calls, or the 401 that refuses the call."""
        scheme, _, value = request.headers.get("authorization", "").partition(" ")
        found: Caller | None = None
        if scheme.lower() == "oauth":
            found = self._signed(request, value)
        elif scheme.lower() == "bearer":
            found = self._bearer(value.strip())
        return found or unauthorized().answer()

    def _bearer(self, token: str) -> Caller | None:
        if hmac.compare_digest(token.encode(), self._keys.bearer_token.encode()):
            return Caller(None, "app")
        scopes = self._grants.scopes(token)
        return None if scopes is None else Caller(self._user_id, "oauth2", scopes)

    def _signed(self, request: Request, header: str) -> Caller | None:
        fields = _fields(header)
        keys = self._keys
        known = (
            fields.get("oauth_consumer_key") == keys.consumer_key
            and fields.get("oauth_token") == keys.access_token
            and fields.get("oauth_signature_method") == "HMAC-SHA1"
            and fields.get("oauth_version", "1.0") == "1.0"
            and bool(fields.get("oauth_nonce"))
        )
        if self.revoked or not known or not self._is_timely(fields.get("oauth_timestamp", "")):
            return None
        given = fields.pop("oauth_signature", "").encode()
        fields.pop("realm", None)
        params = [*fields.items(), *_params(request)]
        secret = f"{_escape(keys.consumer_secret)}&{_escape(keys.access_secret)}".encode()
        for host in (*_HOSTS, f"http://{request.headers.get('host', '').lower()}"):
            text = base_string(request.method, host + quote(request.path, safe="/-._~"), params)
            signature = base64.b64encode(hmac.new(secret, text.encode(), hashlib.sha1).digest())
            if hmac.compare_digest(signature, given):
                return Caller(self._user_id, "oauth1")
        return None

    def _is_timely(self, timestamp: str) -> bool:
        if not (timestamp.isascii() and timestamp.isdigit()):
            return False
        return abs(int(timestamp) - self._clock.now().timestamp()) <= WINDOW_SECS


def user_of(query: Query, *scopes: str) -> str:
    """Return the account that calls. Raises `ProblemError` 403 for the app itself, and for access without a scope."""
    caller = query.caller
    if caller is None or caller.user_id is None:
        kinds = "[OAuth 1.0a User Context, OAuth 2.0 User Context]"
        raise ProblemError(
            403,
            "Unsupported Authentication",
            "Authenticating with OAuth 2.0 Application-Only is forbidden for this endpoint. "
            f"Supported authentication types are {kinds}.",
            "unsupported-authentication",
        )
    if caller.kind == "oauth2" and not caller.scopes.issuperset(scopes):
        raise forbidden("Your client app is not allowed to do this: the access token lacks a scope.")
    return caller.user_id


def base_string(method: str, url: str, params: Iterable[tuple[str, str]]) -> str:
    """Return what is signed: RFC 5849, 3.4.1."""
    pairs = sorted((_escape(name), _escape(value)) for name, value in params)
    joined = "&".join(f"{name}={value}" for name, value in pairs)
    return "&".join(_escape(part) for part in (method.upper(), url, joined))


def _fields(header: str) -> dict[str, str]:
    pairs = (part.strip().partition("=") for part in header.split(","))
    return {unquote(name): unquote(value.strip('"')) for name, _, value in pairs if name}


def _params(request: Request) -> list[tuple[str, str]]:
    """Return what is signed beside the header's fields: the query, and a body only if it is a form's."""
    params = parse_qsl(request.query, keep_blank_values=True)
    if request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        params += parse_qsl(request.body.decode("utf-8", "replace"), keep_blank_values=True)
    return params


def _escape(text: str) -> str:
    return quote(text, safe="-._~")
