"""The one HTTP layer of the ticket backends: calls with a deadline, their answers, and what a failed one means.

Never names more of an address than its host, and never what was sent or answered: it may hold secrets and users' words.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar
from urllib.parse import urlsplit

import httpx
from pydantic import BaseModel, TypeAdapter, ValidationError

from gateway import http
from gateway.backends._quota import Quota
from gateway.errors import (
    AuthError,
    ConfigError,
    GatewayError,
    OutcomeUnknownError,
    RejectedError,
    TransientError,
)
from gateway.ports import Clock

SAFE = frozenset({"GET", "HEAD"})
"""Methods that change nothing: an outcome of theirs is never in doubt."""
MOST_ANSWER = 32 * 1024 * 1024
"""A longer answer is not read."""
CHUNK = 64 * 1024
MOST_REDIRECTS = 5
CREDENTIALS = ("authorization", "api_access_token", "x-redmine-api-key", "cookie")
"""Headers that prove who we are, and that no server but the ticket system itself may see."""

M = TypeVar("M")
Query = Mapping[str, str | int | Sequence[str | int]]


@dataclass(frozen=True, slots=True)
class Body:
    """What is sent, streamed: its type, its length in bytes, and a fresh iterator over it."""

    media_type: str
    length: int
    chunks: AsyncIterator[bytes] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a ticket system answered with success, or with a status that the caller expects."""

    host: str
    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)
    is_safe: bool

    def json(self) -> Any:
        """Return the body's JSON. Raises `TransientError`, after a write `OutcomeUnknownError`."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            raise self.unreadable() from None

    def read(self, model: type[M]) -> M:
        """Return the body as that model or type; raises as `json` does."""
        try:
            return _adapter(model).validate_json(self.body)
        except ValidationError:
            raise self.unreadable() from None

    def unreadable(self) -> GatewayError:
        """Return the error of an answer that makes no sense."""
        kind = TransientError if self.is_safe else OutcomeUnknownError
        return kind(f"{self.host} answered {self.status} with something that cannot be read")


class Api:
    """One ticket system's API at one address, for one account. `meanings` overrides what a status means."""

    def __init__(
        self,
        base: str,
        client: httpx.AsyncClient,
        clock: Clock,
        quota: Quota,
        timeout_secs: float,
        meanings: Mapping[int, type[GatewayError]] | None = None,
    ) -> None:
        self._base = base.rstrip("/")
        self._client = client
        self._clock = clock
        self._quota = quota
        self._timeout_secs = timeout_secs
        self._meanings = dict(meanings or {})
        self.host = urlsplit(base).hostname or ""

    async def call(
        self,
        method: str,
        path: str,
        *,
        query: Query | None = None,
        data: Any = None,
        form: Mapping[str, str] | None = None,
        body: Body | None = None,
        headers: Mapping[str, str] | None = None,
        expected: Collection[int] = (),
    ) -> Answer:
        """Make one call to a path below the base; `data` goes as JSON, `form` url-encoded, `body` streamed.

        Returns an answer of success, or of a status in `expected`; raises whatever else it came to.
        """
        request = self._request(method, path, query, data, form, body, headers)
        is_safe = method in SAFE
        async with self._quota.call(self.host):
            try:
                async with asyncio.timeout(self._timeout_secs):
                    answer = await self._exchange(request, is_safe)
            except TimeoutError:
                self._quota.broke()
                raise _lost(f"{self.host} did not answer in time", is_safe) from None
            except (httpx.HTTPError, httpx.InvalidURL) as error:
                self._quota.broke()
                raise _meant(http.of_failure(self.host, error), is_safe) from None
            self._quota.answered(answer.status, answer.headers)
        if answer.status not in expected:
            self._raise_for(answer)
        return answer

    async def stream(self, address: str, *, foreign: bool = False) -> AsyncIterator[bytes]:
        """Stream what stands at a path below the base, or at a whole address.

        A `foreign` address (a file store's) is asked without our credential. Nothing is read twice as fast as it is
        taken, so the deadline is between chunks, not over all.
        """
        url = address if "://" in address else self._base + address
        try:
            response = await self._follow(url, foreign)
            try:
                error = http.of_status(self.host, response.status_code, response.headers, self._clock.now())
                if response.status_code == 404:
                    raise RejectedError(f"{self.host} has that file no more")
                if isinstance(error, (AuthError, ConfigError)) and not self._is_own(response.url):
                    raise RejectedError(f"the file store of {self.host} does not give out that file")
                if error is not None:
                    raise _meant(error, is_safe=True)
                async for chunk in response.aiter_bytes(CHUNK):
                    yield chunk
            finally:
                await response.aclose()
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise _meant(http.of_failure(self.host, error), is_safe=True) from None

    async def _follow(self, url: str, foreign: bool) -> httpx.Response:
        """Ask for a file and go where it is said to be; other servers on the way are asked without our credential."""
        for _ in range(MOST_REDIRECTS):
            request = self._client.build_request("GET", url)
            is_own = not foreign and self._is_own(request.url)
            if not is_own:
                for name in CREDENTIALS:
                    request.headers.pop(name, None)
            response = await self._client.send(request, stream=True, auth=httpx.USE_CLIENT_DEFAULT if is_own else None)
            if response.next_request is None:
                return response
            url = str(response.next_request.url)
            await response.aclose()
        raise RejectedError(f"{self.host} sends us from place to place for that file")

    def _is_own(self, url: httpx.URL) -> bool:
        base = httpx.URL(self._base)
        return (url.scheme, url.host, url.port) == (base.scheme, base.host, base.port)

    def _request(
        self,
        method: str,
        path: str,
        query: Query | None,
        data: Any,
        form: Mapping[str, str] | None,
        body: Body | None,
        headers: Mapping[str, str] | None,
    ) -> httpx.Request:
        sent = dict(headers or {})
        content: bytes | AsyncIterator[bytes] | None = None
        if body is not None:
            sent |= {"content-type": body.media_type, "content-length": str(body.length)}
            content = body.chunks
        elif data is not None:
            sent.setdefault("content-type", "application/json")
            content = as_json(data)
        query_ = None if query is None else {name: value for name, value in query.items()}
        try:
            return self._client.build_request(
                method, self._base + path, params=query_, content=content, data=form, headers=sent
            )
        except (httpx.InvalidURL, UnicodeEncodeError, TypeError) as error:
            raise ConfigError(f"a call to {self.host} cannot be made: {type(error).__name__}") from None

    async def _exchange(self, request: httpx.Request, is_safe: bool) -> Answer:
        response = await self._client.send(request, stream=True)
        try:
            held = bytearray()
            async for chunk in response.aiter_bytes(CHUNK):
                held += chunk
                if len(held) > MOST_ANSWER:
                    raise _lost(f"{self.host} answered more than is read", is_safe)
            return Answer(self.host, response.status_code, response.headers, bytes(held), is_safe)
        finally:
            await response.aclose()

    def _raise_for(self, answer: Answer) -> None:
        kind = self._meanings.get(answer.status)
        if kind is not None:
            raise kind(f"{self.host} answered {answer.status}")
        error = http.of_status(self.host, answer.status, answer.headers, self._clock.now())
        if error is not None:
            raise _meant(error, answer.is_safe)


def as_json(data: Any) -> bytes:
    """Return JSON as bytes; what is no UTF-8 is replaced, since a ticket must be written all the same."""
    if isinstance(data, BaseModel):
        return data.model_dump_json(exclude_none=True).encode()
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def _meant(error: GatewayError, is_safe: bool) -> GatewayError:
    """Return an error as it is meant for the method: a call that changes nothing leaves nothing in doubt."""
    return TransientError(str(error)) if is_safe and isinstance(error, OutcomeUnknownError) else error


def _lost(text: str, is_safe: bool) -> GatewayError:
    return TransientError(text) if is_safe else OutcomeUnknownError(text)


_ADAPTERS: dict[Any, TypeAdapter[Any]] = {}


def _adapter(model: type[M]) -> TypeAdapter[M]:
    if model not in _ADAPTERS:
        _ADAPTERS[model] = TypeAdapter(model)
    return _ADAPTERS[model]
