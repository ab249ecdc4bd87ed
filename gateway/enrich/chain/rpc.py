"""JSON-RPC over HTTP to one node: with a deadline, a bounded answer, and errors that say what an operator should do."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
from pydantic import SecretStr

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
                status, answer = await self._post(body)
        except TimeoutError:
            raise TransientError(f"{self.host} did not answer in time") from None
        except (httpx.HTTPError, httpx.InvalidURL) as failure:
            raise TransientError(f"{self.host} cannot be asked: {type(failure).__name__}") from None
        return self._result(status, answer, number)

    async def _post(self, body: bytes) -> tuple[int, bytes]:
        async with self._client.stream("POST", self._node.url, content=body) as response:
            held = bytearray()
            async for chunk in response.aiter_raw():
                held += chunk
                if len(held) > MOST_ANSWER:
                    raise TransientError(f"{self.host} answered more than is read")
            return response.status_code, bytes(held)

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
    clients: list[httpx.AsyncClient] = []
    try:
        for node in nodes:
            clients.append(_client(node))  # noqa: PERF401 - what was opened is closed when the next fails
        yield [Rpc(node, client) for node, client in zip(nodes, clients, strict=True)]
    finally:
        for client in clients:
            await client.aclose()


def _client(node: Node) -> httpx.AsyncClient:
    headers = {"content-type": "application/json", "accept-encoding": "identity", "user-agent": "gatehouse"}
    if node.token is not None:
        headers["authorization"] = f"Bearer {node.token.get_secret_value()}"
    auth = httpx.BasicAuth(node.user, node.password.get_secret_value()) if node.password is not None else None
    return httpx.AsyncClient(
        verify=_trusted(node.ca_file),
        trust_env=False,
        follow_redirects=False,
        timeout=httpx.Timeout(node.timeout_secs),
        limits=httpx.Limits(max_connections=CONCURRENT, max_keepalive_connections=CONCURRENT),
        headers=headers,
        auth=auth,
    )


def _trusted(ca_file: Path | None) -> Any:
    import ssl

    try:
        return ssl.create_default_context(cafile=ca_file) if ca_file is not None else True
    except OSError as error:
        raise ConfigError(f"{ca_file} cannot be read as certificates: {type(error).__name__}") from None
