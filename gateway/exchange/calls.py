"""One signed call to a system of the exchange, with a deadline, and what its answer means in the gateway's errors."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from secrets import token_hex
from typing import Any, TypeVar
from urllib.parse import urlsplit

import httpx
from pydantic import BaseModel, SecretStr, ValidationError

from gateway import http
from gateway.backends.signatures import sign, signing_key
from gateway.errors import GatewayError, OutcomeUnknownError, RateLimitedError
from gateway.ports import Check, Clock, Key, Report

CONCURRENT = 32
"""Calls under way at once: a batch of messages is worked on together."""
MOST_ANSWER = 256 * 1024
LONGEST_WAIT = timedelta(minutes=2)
"""The longest that a system may ask us to wait: a danger does not."""
PING = {"type": "ping"}
"""What each of the systems answers with success, and nothing follows from."""

M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Line:
    """Where a system is, and how it is called."""

    url: str
    secret: SecretStr
    timeout_secs: float
    key_id: str = ""
    ca_file: Path | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What a system answered."""

    host: str
    status: int
    body: bytes = field(repr=False)

    def read(self, model: type[M]) -> M:
        """Return the body as that model. Raises `OutcomeUnknownError` when it makes no sense."""
        try:
            return model.model_validate_json(self.body)
        except ValidationError:
            told = f"{self.host} answered {self.status} with something that cannot be read; see docs/exchange.md"
            raise OutcomeUnknownError(told) from None


class Calls:
    """All calls to one system."""

    def __init__(self, line: Line, client: httpx.AsyncClient, clock: Clock) -> None:
        self._line = line
        self._client = client
        self._clock = clock
        self._key = signing_key(line.secret)
        self.host = urlsplit(line.url).hostname or ""

    async def post(self, told: Mapping[str, Any], key: Key | None = None, expected: Collection[int] = ()) -> Answer:
        """Post JSON, signed anew with the time of the call; `key` is what a repeated call is known by.

        Returns an answer of success, or of a status in `expected`; raises whatever else it came to.
        """
        body = json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
        name = key or token_hex(16)
        headers = {"content-type": "application/json", **sign(self._key, name, self._clock.now(), body)}
        if key is not None:
            headers["idempotency-key"] = key
        if self._line.key_id:
            headers["gatehouse-key-id"] = self._line.key_id
        try:
            async with asyncio.timeout(self._line.timeout_secs):
                answer, error = await self._exchange(body, headers)
        except TimeoutError:
            raise OutcomeUnknownError(f"{self.host} did not answer in time") from None
        except (httpx.HTTPError, httpx.InvalidURL) as failure:
            raise http.of_failure(self.host, failure) from None
        if error is not None and answer.status not in expected:
            raise error
        return answer

    async def check(self, name: str) -> Report:
        """Send a signed call that nothing follows from."""
        try:
            await self.post(PING)
        except GatewayError as error:
            return Report((Check(name, ok=False, detail=f"{error}; {error.action}"),))
        return Report((Check(name, ok=True, detail=f"{self.host} took a signed ping"),))

    async def _exchange(self, body: bytes, headers: Mapping[str, str]) -> tuple[Answer, GatewayError | None]:
        told = await http.post(self._client, self._line.url, body, MOST_ANSWER, headers)
        if told.body is None:
            raise OutcomeUnknownError(f"{self.host} answered more than is read")
        error = http.of_status(self.host, told.status, told.headers, self._clock.now())
        if isinstance(error, RateLimitedError):
            error = RateLimitedError(str(error), min(error.retry_after, LONGEST_WAIT), item=False)
        return Answer(self.host, told.status, told.body), error


@asynccontextmanager
async def open_calls(line: Line, clock: Clock) -> AsyncIterator[Calls]:
    """Open the calls to a system; connects to nothing yet."""
    async with http.open_client(line.timeout_secs, CONCURRENT, {}, line.ca_file) as client:
        yield Calls(line, client, clock)
