"""Calls of the sandbox's X that write: signed by hand at the server's time, with any body; answers go to the spec."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp
from oauthlib.oauth1 import Client as OAuthClient
from yarl import URL

from gateway.sandbox.x import XServer

HOST = "https://api.twitter.com"


@dataclass(frozen=True)
class Seen:
    """A call and its answer in JSON; None stands for a body that is none."""

    method: str
    route: str
    body: Any
    status: int
    answer: Any


class Caller:
    """Calls a server over one session, and keeps what was said."""

    def __init__(self, server: XServer, session: aiohttp.ClientSession) -> None:
        self.server = server
        self._session = session
        self.seen: list[Seen] = []

    async def signed(
        self, method: str, route: str, body: Any = None, *, host: str = HOST, off_secs: float = 0, **keys: str
    ) -> tuple[int, Any]:
        """Call with OAuth 1.0a, signed for `host` at the server's time or off it; `keys` replace the right ones."""
        own = self.server.keys
        known = {"secret": own.consumer_secret, "token_secret": own.access_secret, **keys}
        client = OAuthClient(
            own.consumer_key,
            client_secret=known["secret"],
            resource_owner_key=own.access_token,
            resource_owner_secret=known["token_secret"],
            timestamp=str(int(self.server.clock.now().timestamp() + off_secs)),
        )
        _, headers, _ = client.sign(host + route, method)
        return await self.call(method, route, body, headers)

    async def app(self, method: str, route: str, body: Any = None) -> tuple[int, Any]:
        """Call with the app's own token."""
        return await self.bearer(self.server.keys.bearer_token, method, route, body)

    async def bearer(self, token: str, method: str, route: str, body: Any = None) -> tuple[int, Any]:
        """Call with a token."""
        return await self.call(method, route, body, {"authorization": f"Bearer {token}"})

    async def call(self, method: str, route: str, body: Any, headers: dict[str, str]) -> tuple[int, Any]:
        """Make one call; returns the status and the JSON, or the bytes of another answer."""
        url = URL(self.server.url + route, encoded=True)
        more = {"data": body} if isinstance(body, aiohttp.FormData) else {"json": body} if body is not None else {}
        async with self._session.request(method, url, headers=headers, **more) as response:
            found = await response.read()
            said = json.loads(found) if found and "json" in response.content_type else None
            sent = None if isinstance(body, aiohttp.FormData) else body
            self.seen.append(Seen(method, route, sent, response.status, said))
            return response.status, found if said is None else said


@asynccontextmanager
async def calls(server: XServer) -> AsyncIterator[Caller]:
    """Give a caller of a server."""
    async with aiohttp.ClientSession() as session:
        yield Caller(server, session)
