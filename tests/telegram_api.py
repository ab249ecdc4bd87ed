"""A bot that speaks plain HTTP to the sandbox's Telegram, and holds both sides against the specification."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx

from gateway.sandbox.telegram import TelegramServer
from tests.telegram_spec import Spec

TOKEN = "123456:TEST-made-up"


class RefusedError(Exception):
    """What the Bot API answered instead of a result."""

    def __init__(self, status: int, body: dict[str, Any], headers: httpx.Headers) -> None:
        super().__init__(body.get("description"))
        self.status, self.body, self.headers = status, body, headers


class Api:
    """Calls by name: `await api("getMe")`; gives the result or raises `RefusedError`."""

    def __init__(self, client: httpx.AsyncClient, url: str, token: str = TOKEN) -> None:
        self.client = client
        self.base, self.files = f"{url}/bot{token}", f"{url}/file/bot{token}"
        self._spec = Spec.find()
        self._offset = 0

    async def __call__(self, method: str, **params: Any) -> Any:
        return self.result(method, await self.client.post(f"{self.base}/{method}", json=params), params)

    def result(self, method: str, response: httpx.Response, params: dict[str, Any] | None = None) -> Any:
        """Return the result in an answer, after a look into the specification."""
        body = response.json()
        if not body["ok"]:
            assert self._spec is None or self._spec.check_refusal(body) == []
            raise RefusedError(response.status_code, body, response.headers)
        if self._spec is not None:
            assert self._spec.check_response(method, body["result"]) == []
            assert params is None or self._spec.check_request(method, params) == []
        return body["result"]

    async def updates(self, offset: int = 0, **params: Any) -> list[dict[str, Any]]:
        """Return a page of updates at once or after a wait."""
        found: list[dict[str, Any]] = await self("getUpdates", offset=offset, **params)
        if self._spec is not None:
            assert [wrong for update in found for wrong in self._spec.check_update(update)] == []
        return found

    async def fresh(self, **params: Any) -> list[dict[str, Any]]:
        """Return what came since the last time, and confirm what came before, as a poller does."""
        found = await self.updates(self._offset, **params)
        if found:
            self._offset = found[-1]["update_id"] + 1
        return found


@asynccontextmanager
async def api_of(server: TelegramServer) -> AsyncIterator[Api]:
    """Talk to a server until left."""
    async with httpx.AsyncClient(timeout=30, limits=httpx.Limits(max_connections=None)) as client:
        yield Api(client, server.url)
