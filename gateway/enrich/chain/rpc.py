"""JSON-RPC over HTTP to one node: with a deadline, a bounded answer, and errors that say what an operator should do."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
from pydantic import SecretStr

from gateway import http
from gateway.errors import AuthError, ConfigError, GatewayError, TransientError

MOST_ANSWER = 2 * 1024 * 1024
"""Bytes of one answer; a transaction with more is not read."""
CONCURRENT = 16


@dataclass(frozen=True, slots=True)
class Node:
    """Where a node is, and how it is asked."""

    url: str
    timeout_secs: float
    token: SecretStr | None = None
    """Sent as a bearer."""
    user: str = ""
    password: SecretStr | None = None
    ca_file: Path | None = None


class RpcError(GatewayError):
    """The node answered with an error of its own."""

    action = "see the node's log"

    def __init__(self, code: int, host: str) -> None:
        super().__init__(f"{host} answered with the error {code}")
        self.code = code
        self.told = ""
        """The node's own words: to decide by, never to show."""


class Rpc:
    """The calls to one node."""

    def __init__(self, node: Node, client: httpx.AsyncClient) -> None:
        self._node = node
        self._client = client
        self._next = 0
        self.host = urlsplit(node.url).hostname or ""

    async def call(self, method: str, *params: object) -> Any:
        """Return a call's result; numbers with fractions as `Decimal`.

        Raises `RpcError` for the node's own errors, `TransientError` where it is not well, `AuthError`, `ConfigError`.
        """
        self._next += 1
        number = self._next
        body = json.dumps({"jsonrpc": "2.0", "id": number, "method": method, "params": params}).encode()
        try:
            async with asyncio.timeout(self._node.timeout_secs):
                answered = await http.post(self._client, self._node.url, body, MOST_ANSWER)
        except TimeoutError:
            raise TransientError(f"{self.host} did not answer in time") from None
        except (httpx.HTTPError, httpx.InvalidURL) as failure:
            raise TransientError(f"{self.host} cannot be asked: {type(failure).__name__}") from None
        if answered.body is None:
            raise TransientError(f"{self.host} answered more than is read")
        return self._result(answered.status, answered.body, number)

    def _result(self, status: int, answer: bytes, number: int) -> Any:
        if status in (401, 403):
            raise AuthError(f"{self.host} answered {status}: it does not accept our credential")
        if status in (404, 405, 410) or 300 <= status < 400:
            raise ConfigError(f"{self.host} answered {status}: there is no node at that address")
        if status in (429, 503):
            raise TransientError(f"{self.host} answered {status}: it has too many calls, or rests")
        try:
            told = json.loads(answer, parse_float=Decimal)
        except (ValueError, RecursionError):
            told = None
        if not isinstance(told, dict) or ("result" not in told and "error" not in told):
            raise TransientError(f"{self.host} answered {status} with something that is no JSON-RPC")
        if (error := told.get("error")) is not None:
            raise self._error(error)
        if not 200 <= status < 300 or told.get("id") != number:
            raise TransientError(f"{self.host} answered {status}, and not to what it was asked")
        return told["result"]

    def _error(self, error: object) -> RpcError:
        known = error if isinstance(error, dict) else {}
        code = known.get("code")
        made = RpcError(code if isinstance(code, int) else 0, self.host)
        made.told = str(known.get("message", ""))
        return made


@asynccontextmanager
async def open_rpc(nodes: Sequence[Node]) -> AsyncIterator[list[Rpc]]:
    """Open the calls to nodes, each with lines of its own; connects to nothing yet."""
    async with AsyncExitStack() as opened:
        yield [Rpc(node, await opened.enter_async_context(_client(node))) for node in nodes]


def _client(node: Node) -> AbstractAsyncContextManager[httpx.AsyncClient]:
    headers = {"content-type": "application/json"}
    if node.token is not None:
        headers["authorization"] = f"Bearer {node.token.get_secret_value()}"
    auth = (node.user, node.password.get_secret_value()) if node.password is not None else None
    return http.open_client(node.timeout_secs, CONCURRENT, headers, node.ca_file, auth, connect_share=1)
