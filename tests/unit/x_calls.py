"""Calls of the sandbox's X as a client makes them: by tweepy's own client, or by hand with the app's token."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from multidict import CIMultiDict
from tweepy.asynchronous import AsyncClient
from yarl import URL

from gateway.sandbox.x import XServer


@dataclass(frozen=True)
class Reply:
    """What came back; `path` and `query` are those of the call."""

    method: str
    path: str
    query: dict[str, str]
    status: int
    headers: CIMultiDict[str]
    text: str

    @property
    def body(self) -> Any:
        """The JSON of it."""
        return json.loads(self.text)


@dataclass
class Redirect:
    """A session for tweepy that leads every call to the sandbox, and keeps what came back."""

    session: aiohttp.ClientSession
    base: str
    replies: list[Reply] = field(default_factory=list)

    @asynccontextmanager
    async def request(self, method: str, url: Any, **more: Any) -> AsyncIterator[aiohttp.ClientResponse]:
        place = URL(str(url), encoded=True)
        params = {name: str(value) for name, value in (more.get("params") or {}).items()}
        target = URL(self.base + place.raw_path_qs, encoded=True)
        async with self.session.request(method, target, **more) as response:
            text = (await response.read()).decode("utf-8", "replace")
            query = {**dict(place.query), **params}
            self.replies.append(Reply(method, place.path, query, response.status, CIMultiDict(response.headers), text))
            yield response

    async def close(self) -> None:
        """End it; who made the session closes that."""


@asynccontextmanager
async def tweepy_client(server: XServer, **more: Any) -> AsyncIterator[tuple[AsyncClient, Redirect]]:
    """Give tweepy's own client, with the account's keys and the app's token, and what it gets."""
    keys = server.keys
    async with aiohttp.ClientSession() as session:
        client = AsyncClient(
            keys.bearer_token,
            keys.consumer_key,
            keys.consumer_secret,
            keys.access_token,
            keys.access_secret,
            **more,
        )
        redirect = Redirect(session, server.url)
        client.session = redirect
        yield client, redirect


async def called(server: XServer, path: str, method: str = "GET", *, app: bool = False, **query: Any) -> Reply:
    """Call by hand, with the account's access unless `app`; `__` in a parameter's name stands for a dot."""
    params = {name.replace("__", "."): str(value) for name, value in query.items()}
    token = server.keys.bearer_token if app else str(server.grants.issue()["access_token"])
    headers = {"authorization": f"Bearer {token}"}
    async with (
        aiohttp.ClientSession() as session,
        session.request(method, server.url + path, params=params, headers=headers) as response,
    ):
        text = (await response.read()).decode("utf-8", "replace")
        return Reply(method, path, params, response.status, CIMultiDict(response.headers), text)
