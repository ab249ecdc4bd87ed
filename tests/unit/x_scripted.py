"""A server that answers X's client as a test says, byte for byte; for what the sandbox's X would never answer."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from gateway.sandbox._http import Answer, HttpServer, Request

Script = Answer | Callable[[Request], Answer] | Callable[[Request], Awaitable[Answer]]


class Scripted:
    """A running server; `requests` are those that came, `script` may be changed at any time."""

    def __init__(self, script: Script) -> None:
        self.script = script
        self.requests: list[Request] = []
        self.http = HttpServer(self._handle)
        self.url = ""

    async def _handle(self, request: Request) -> Answer:
        self.requests.append(request)
        if isinstance(self.script, Answer):
            return self.script
        found = self.script(request)
        return found if isinstance(found, Answer) else await found


@asynccontextmanager
async def scripted(script: Script) -> AsyncIterator[Scripted]:
    """Serve on loopback until left."""
    server = Scripted(script)
    async with server.http.listen() as port:
        server.url = f"http://127.0.0.1:{port}"
        yield server


def said(value: Any, status: int = 200, **headers: str) -> Answer:
    """Return an answer in JSON; underscores in a header's name stand for hyphens."""
    return Answer(
        status, json.dumps(value).encode(), headers={name.replace("_", "-"): each for name, each in headers.items()}
    )


def problem(status: int, detail: str = "", kind: str = "", **more: Any) -> Answer:
    """Return a problem document as X writes it."""
    type_ = f"https://api.x.com/2/problems/{kind}" if kind else "about:blank"
    return said({"title": "Refused", "type": type_, "status": status, "detail": detail, **more}, status)
