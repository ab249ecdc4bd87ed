"""A small OAuth 2.0 provider: a page, a token endpoint that rotates, introspection for mail servers, and bad days."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import unquote, urlencode

from aiohttp import web

from tests.conftest import ManualClock

Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]
CLIENT, CLIENT_SECRET = "made-up-client", "made-up+client/secret"
MAILBOX = "support@example.test"


@dataclass
class Grant:
    """What one person gave one app."""

    user: str
    scope: str


@dataclass
class TokenServer:
    """The provider. `faults` are the next answers of the token endpoint, each in place of its own."""

    clock: ManualClock
    rotates: bool = True
    """Whether a refresh token is spent when it is used, and another comes in its place."""
    secret: str = CLIENT_SECRET
    """The app's secret; empty for a public app."""
    user: str = MAILBOX
    """Whose access is given."""
    scope: str | None = None
    """What is given in place of what is asked for."""
    tells_scope: bool = True
    offline: bool = True
    """Whether a refresh token is given at all."""
    secs: int | str | None = 3600
    faults: list[Answer] = field(default_factory=list)
    url: str = ""
    asked: list[dict[str, str]] = field(default_factory=list)
    """The fields of each call of the token endpoint."""
    pages: list[dict[str, str]] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)
    access: dict[str, tuple[str, datetime]] = field(default_factory=dict)
    """Each access token with its user and its end."""
    refresh: dict[str, Grant] = field(default_factory=dict)
    codes: dict[str, tuple[Grant, str, str]] = field(default_factory=dict)

    @asynccontextmanager
    async def running(self, port: int = 0) -> AsyncIterator[TokenServer]:
        app = web.Application()
        app.router.add_get("/page", self._page)
        app.router.add_post("/token", self._token)
        app.router.add_post("/introspect", self._introspect)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", port)
        await site.start()
        address: tuple[str, int] = runner.addresses[0]
        self.url = f"http://127.0.0.1:{address[1]}"
        try:
            yield self
        finally:
            await runner.cleanup()

    def count(self, grant: str) -> int:
        """How often tokens were asked for in that way."""
        return sum(fields.get("grant_type") == grant for fields in self.asked)

    def give(self, scope: str = "mail offline_access") -> dict[str, object]:
        """Give access as if a person had; return what the token endpoint would say."""
        return self._given(Grant(self.user, scope))

    def user_of(self, token: str) -> str | None:
        """Return whose token that is; None for none that is good now."""
        found = self.access.get(token)
        return found[0] if found is not None and self.clock.now() < found[1] else None

    def let(self, user: str, message: bytes) -> bool:
        """Whether an XOAUTH2 message opens that mailbox."""
        return message in {_message(user, token) for token in self.access if self.user_of(token) == user}

    def revoke(self) -> None:
        """Let no access token be good any more."""
        self.access.clear()

    async def _page(self, request: web.Request) -> web.Response:
        asked = dict(request.query)
        self.pages.append(asked)
        code = secrets.token_urlsafe(8)
        self.codes[code] = Grant(self.user, asked["scope"]), asked["code_challenge"], asked["redirect_uri"]
        back = urlencode({"code": code, "state": asked["state"]})
        raise web.HTTPFound(f"{asked['redirect_uri']}?{back}")

    async def _token(self, request: web.Request) -> web.StreamResponse:
        fields = {name: str(value) for name, value in (await request.post()).items()}
        self.asked.append(fields)
        if self.faults:
            return await self.faults.pop(0)(request)
        return self.usual(request, fields)

    def usual(self, request: web.Request, fields: dict[str, str]) -> web.Response:
        """Answer as on an ordinary day."""
        if self._app(request, fields) != (CLIENT, self.secret):
            return self.refusal("invalid_client", 401)
        match fields["grant_type"]:
            case "client_credentials" if self.secret:
                told = self._given(Grant(self.user, fields["scope"]))
                del told["refresh_token"]
            case "authorization_code":
                grant, challenge, redirect = self.codes.pop(fields["code"], (None, "", ""))
                if grant is None or redirect != fields["redirect_uri"] or _hash(fields["code_verifier"]) != challenge:
                    return self.refusal("invalid_grant")
                told = self._given(grant)
            case "refresh_token" if fields["refresh_token"] in self.refresh:
                told = self._renewed(fields["refresh_token"])
            case _:
                return self.refusal("invalid_grant")
        return web.json_response(told)

    def refusal(self, word: str, status: int = 400, **more: object) -> web.Response:
        """Refuse as RFC 6749 section 5.2 writes it, with a text that no log may show."""
        self.refusals.append(word)
        return web.json_response({"error": word, "error_description": "secret-text", **more}, status=status)

    def _renewed(self, token: str) -> dict[str, object]:
        grant = self.refresh.pop(token) if self.rotates else self.refresh[token]
        told = self._given(grant)
        if not self.rotates:
            del self.refresh[str(told.pop("refresh_token"))]
        return told

    def _given(self, grant: Grant) -> dict[str, object]:
        access, refresh = (f"{kind}-{secrets.token_urlsafe(24)}" for kind in ("access", "refresh"))
        secs = int(self.secs or 3600)
        self.access[access] = (grant.user, self.clock.now() + timedelta(seconds=secs))
        told: dict[str, object] = {"token_type": "Bearer", "access_token": access}
        if self.offline:
            self.refresh[refresh] = grant
            told["refresh_token"] = refresh
        if self.secs is not None:
            told["expires_in"] = self.secs
        if self.tells_scope:
            told["scope"] = grant.scope if self.scope is None else self.scope
        return told

    def _app(self, request: web.Request, fields: dict[str, str]) -> tuple[str, str]:
        kind, _, given = request.headers.get("Authorization", "").partition(" ")
        if kind != "Basic":
            return fields.get("client_id", ""), fields.get("client_secret", "")
        assert "client_secret" not in fields, "one way to prove an app is enough (RFC 6749, 2.3)"
        user, _, secret = base64.b64decode(given).decode().partition(":")
        return unquote(user), unquote(secret)

    async def _introspect(self, request: web.Request) -> web.Response:
        """Tell a mail server whose a token is (RFC 7662)."""
        user = self.user_of(str((await request.post())["token"]))
        return web.json_response({"active": True, "email": user} if user else {"active": False})


def says(body: object, status: int = 200) -> Answer:
    """Answer that."""

    async def answer(request: web.Request) -> web.Response:
        text = body if isinstance(body, str) else json.dumps(body)
        return web.Response(text=text, status=status, content_type="application/json")

    return answer


def cut(server: TokenServer) -> Answer:
    """Take the call, and let the line break before its answer."""

    async def answer(request: web.Request) -> web.Response:
        server.usual(request, server.asked[-1])
        assert request.transport is not None
        request.transport.abort()
        return web.Response()

    return answer


def held(server: TokenServer, arrived: asyncio.Event, leave: asyncio.Event) -> Answer:
    """Take the call, and answer as usual when told to."""

    async def answer(request: web.Request) -> web.Response:
        told = server.usual(request, server.asked[-1])
        arrived.set()
        await leave.wait()
        return told

    return answer


def _message(user: str, token: str) -> bytes:
    return base64.b64encode(f"user={user}\x01auth=Bearer {token}\x01\x01".encode())


def _hash(verifier: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
