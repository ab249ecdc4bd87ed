# mypy: allow-subclassing-any
# tweepy ships no types.
"""Calls X's API: tweepy's endpoints on a transport of our own, with typed errors, deadlines, caps and one session."""

from __future__ import annotations

import json as jsonlib
import re
from collections.abc import AsyncIterable, AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Self

import aiohttp
from tweepy.asynchronous import AsyncClient
from typing_extensions import override

from connectors.x._errors import Said, Waits, meaning
from connectors.x._settings import XSettings
from connectors.x._spelling import spelled
from connectors.x._tokens import Access, RenewedTokens, Signatures
from connectors.x._wire import Wire, address
from gateway.errors import ConfigError, RejectedError, TransientError
from gateway.ports import Clock, Vault

CHUNK_BYTES = 1024 * 1024
"""A file goes up in pieces of this size."""
_LOOKS = 20
_LONGEST_LOOK = 30
"""X is asked so often whether it has a file ready, with at most so many seconds between."""
_NUMBER = re.compile(r"(?<=.)/\d[\d-]*(?=/|$)|(?<=/by/username)/[^/]+")


@dataclass(frozen=True, slots=True)
class Allowance:
    """What X last said of one route: calls in its window, calls left, and when the window ends."""

    limit: int
    left: int
    ends_at: datetime


class XClient(AsyncClient):
    """One account's calls; made once per channel, closed by `async with`.

    tweepy's methods return X's answers as plain objects, and call as the account, whatever tweepy's default is.
    Parameters are written in tweepy's spelling, and sent in that of the settings; those that tweepy does not know pass,
    too. Raises `GatewayError` alone. A 200 with `errors` alone is an answer.
    """

    def __init__(self, name: str, settings: XSettings, clock: Clock, vault: Vault | None = None) -> None:
        super().__init__(return_type=dict)
        self._settings = settings
        self._clock = clock
        self.wire = Wire(settings, clock)
        self.access: Access = (
            Signatures(settings, clock)
            if settings.auth == "oauth1"
            else RenewedTokens(name, settings, clock, self.wire, vault)
        )
        self._waits = Waits()
        self.limits: dict[str, Allowance] = {}
        """By route, such as `GET /2/users/:id/mentions`."""
        self.skew: timedelta | None = None
        """How far X's clock was ahead of ours at the last answer."""
        self.access_level = ""
        """What X last said that the app may do for the account, such as `read-write-directmessages`."""

    async def __aenter__(self) -> Self:
        """Return it; nothing is called before it is needed."""
        return self

    async def __aexit__(self, *_: object) -> None:
        """Drop all lines, once no renewal of the access is under way."""
        try:
            await self.access.settled()
        finally:
            await self.wire.close()

    @override
    async def request(
        self, method: str, route: str, params: Any = None, json: Any = None, user_auth: bool = False
    ) -> dict[str, Any]:
        """See tweepy's `AsyncBaseClient.request`; answers like `call`."""
        return await self.call(method, route, params, json)

    async def call(
        self,
        method: str,
        route: str,
        params: Mapping[str, Any] | None = None,
        json: Any = None,
        as_user: bool = True,
        *,
        repeatable: bool | None = None,
    ) -> dict[str, Any]:
        """Call an endpoint and return its answer; as the app where not `as_user`. Raises `GatewayError` alone.

        A POST that may have been taken is an `OutcomeUnknownError`, unless it is `repeatable`.
        """
        body = None if json is None else jsonlib.dumps(json, separators=(",", ":")).encode("ascii")
        headers = {} if body is None else {"Content-Type": "application/json"}
        again = method != "POST" if repeatable is None else repeatable
        said = await self._said(method, route, params, headers, body, as_user, again)
        return self._answer(method, route, said)

    @asynccontextmanager
    async def open_stream(
        self, route: str, params: Mapping[str, Any] | None = None, *, as_user: bool = False
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        """Open an answer without an end; only its head has a deadline. Raises `GatewayError` for what is none."""
        url = address(self._settings.api_url, route, spelled(route, params, self._settings.spelling))
        headers = {"Authorization": await self._authorization("GET", url, as_user)}
        async with self.wire.stream(url, headers) as answer:
            if answer.status != 200:
                said = await self.wire.read_refusal(answer)
                self._answer("GET", route, said)
                raise TransientError(f"X opens no stream: it answered {said.status}")
            self._waits.well(_named("GET", route))
            yield answer

    async def upload(self, chunks: AsyncIterable[bytes], size: int, media_type: str, category: str) -> str:
        """Upload a file and wait until X has it ready; return its media id.

        `category` is X's, such as `tweet_image` or `dm_image`. Repeatable: what was begun and left is forgotten there.
        """
        begun = {"media_type": media_type, "total_bytes": size, "media_category": category}
        found = await self.call("POST", "/2/media/upload/initialize", json=begun, repeatable=True)
        media = _media(found)
        route = f"/2/media/upload/{media}/append"
        index = 0
        async for chunk in _pieces(chunks):
            form = aiohttp.FormData({"segment_index": str(index)})
            form.add_field("media", chunk, filename="media", content_type="application/octet-stream")
            said = await self._said("POST", route, None, {}, form, True, True, len(chunk))
            self._answer("POST", route, said)
            index += 1
        found = await self.call("POST", f"/2/media/upload/{media}/finalize", repeatable=True)
        await self._until_ready(media, found)
        return media

    async def _until_ready(self, media: str, found: Mapping[str, Any]) -> None:
        for _ in range(_LOOKS):
            data = found.get("data")
            info = data.get("processing_info") if isinstance(data, dict) else None
            state = info.get("state", "succeeded") if isinstance(info, dict) else "succeeded"
            if state == "succeeded":
                return
            if state == "failed":
                raise RejectedError("X could not make use of the file")
            secs = info.get("check_after_secs") if isinstance(info, dict) else None
            await self._clock.sleep(min(max(secs, 1), _LONGEST_LOOK) if type(secs) is int else 1)
            found = await self.call("GET", "/2/media/upload", {"media_id": media, "command": "STATUS"})
        raise TransientError("X did not get the file ready in time")

    async def _make_request(
        self,
        method: str,
        route: str,
        params: Mapping[str, Any] | None = None,
        endpoint_parameters: Any = (),
        json: Any = None,
        data_type: Any = None,
        user_auth: bool = False,
    ) -> dict[str, Any]:
        # Replaced, too: it warns of every parameter that is newer than tweepy, and reads the answer a second time.
        known = {each.replace(".", "_"): each for each in endpoint_parameters}
        given = {known.get(name, name): value for name, value in (params or {}).items() if value is not None}
        return await self.request(method, route, params=given, json=json, user_auth=user_auth)

    async def _said(
        self,
        method: str,
        route: str,
        params: Mapping[str, Any] | None,
        headers: Mapping[str, str],
        body: Any,
        as_user: bool,
        repeatable: bool,
        size: int = 0,
    ) -> Said:
        url = address(self._settings.api_url, route, spelled(route, params, self._settings.spelling))
        access = await self._authorization(method, url, as_user)
        told = {**headers, "Authorization": access}
        said = await self.wire.exchange(method, url, headers=told, body=body, size=size, repeatable=repeatable)
        if said.status == 401 and as_user and await self.access.renewed(access):
            told["Authorization"] = await self.access.header(method, url)
            said = await self.wire.exchange(method, url, headers=told, body=body, size=size, repeatable=repeatable)
        return said

    async def _authorization(self, method: str, url: str, as_user: bool) -> str:
        if as_user:
            return await self.access.header(method, url)
        bearer = self._settings.bearer_token
        if bearer is None:
            raise ConfigError("this call needs bearer_token")
        return f"Bearer {bearer.get_secret_value()}"

    def _answer(self, method: str, route: str, said: Said) -> dict[str, Any]:
        """Return what an answer holds, and note what its head tells. Raises what it means otherwise."""
        name = _named(method, route)
        self.skew = said.skew if said.skew is not None else self.skew
        self.access_level = said.headers.get("x-access-level", self.access_level)
        numbers = [said.headers.get(f"x-rate-limit-{each}", "") for each in ("limit", "remaining", "reset")]
        if all(each.isdecimal() and len(each) < 12 for each in numbers):
            limit, left, reset = map(int, numbers)
            self.limits[name] = Allowance(limit, left, datetime.fromtimestamp(reset, UTC))
        if (error := meaning(said, name, self._waits)) is not None:
            raise error
        return said.json or {}


def _named(method: str, route: str) -> str:
    """Return a route without the numbers and names in it: users' ids are not for logs, and limits are per kind."""
    return f"{method} {_NUMBER.sub(_blank, route)}"


def _blank(found: re.Match[str]) -> str:
    return "/:id" if found[0].startswith("/") else ":name"


def _media(found: Mapping[str, Any]) -> str:
    data = found.get("data")
    media = data.get("id") if isinstance(data, dict) else None
    if not isinstance(media, str) or not media.isdecimal():
        raise TransientError("X took no file: it named none")
    return media


async def _pieces(chunks: AsyncIterable[bytes]) -> AsyncIterator[bytes]:
    """Yield the same bytes in pieces of one size, the last one shorter."""
    waiting = bytearray()
    async for chunk in chunks:
        waiting += chunk
        while len(waiting) >= CHUNK_BYTES:
            yield bytes(waiting[:CHUNK_BYTES])
            del waiting[:CHUNK_BYTES]
    if waiting:
        yield bytes(waiting)
