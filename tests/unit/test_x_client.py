"""X's client: what each kind of answer means, on a scripted server; rows B1 to B3, B22, B23, B28 and B29."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from connectors.x._client import XClient
from gateway.sandbox._http import Answer, HttpServer, Request
from tests.conftest import ManualClock
from tests.unit.x_fakes import settings


class Scripted:
    """A server that answers by a function and keeps the requests."""

    def __init__(self, answer: Callable[[Request], Answer]) -> None:
        self.answer = answer
        self.requests: list[Request] = []
        self.url = ""

    async def handle(self, request: Request) -> Answer:
        self.requests.append(request)
        return self.answer(request)


@asynccontextmanager
async def scripted(answer: Callable[[Request], Answer] | Answer) -> AsyncIterator[Scripted]:
    server = Scripted(answer if callable(answer) else lambda request: answer)
    http = HttpServer(server.handle)
    async with http.listen() as port:
        server.url = f"http://127.0.0.1:{port}"
        yield server


def said(value: Any, status: int = 200, **headers: str) -> Answer:
    return Answer(status, json.dumps(value).encode(), headers=headers)


async def test_an_endpoint_of_tweepy_is_asked_as_the_account_in_the_spelling_of_the_settings(
    clock: ManualClock,
) -> None:
    async with scripted(said({"data": []})) as server, XClient("x", settings(server.url), clock) as client:
        found = await client.get_users_mentions("1000", max_results=100, tweet_fields=["author_id", "note_tweet"])
    assert found == {"data": []}
    assert server.requests[0].query == "expansions=author_id&max_results=100&post.fields=note_post"
    assert server.requests[0].headers["authorization"].startswith("OAuth ")
