"""HTTP with X and with the hosts of its files: one session, a deadline, a cap, nothing unpacked, no redirects."""

from __future__ import annotations

import asyncio
import logging
import math
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import aiohttp
from yarl import URL

from connectors.x._errors import Said, of_line
from connectors.x._settings import XSettings
from gateway.ports import Clock, is_loopback

ANSWER_BYTES = 8 * 1024 * 1024
"""No answer is read beyond this."""
REFUSAL_BYTES = 64 * 1024
SLOWEST_BYTES_PER_SEC = 10_000
"""A body that goes out has so much longer."""
_CONNECTIONS = 20
_LINE = (aiohttp.ClientError, OSError, ValueError)
"""What the library raises when a line breaks, a time is over, or something cannot be written down as a request."""


class Wire:
    """All lines of one channel; made when they are first needed, without a call."""

    def __init__(self, settings: XSettings, clock: Clock) -> None:
        quiet_libraries()
        self._settings = settings
        self._clock = clock
        self._session: aiohttp.ClientSession | None = None

    async def exchange(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str],
        body: Any = None,
        size: int = 0,
        repeatable: bool,
        most_secs: float = math.inf,
    ) -> Said:
        """Make one call and return its answer, whatever its status. Raises `GatewayError` alone.

        A call that is not `repeatable` and may have been taken is an `OutcomeUnknownError`. `size` is the body's, which
        gives it more time; `most_secs` bounds it further than the settings do.
        """
        secs = min(self._settings.step_secs, most_secs) + size / SLOWEST_BYTES_PER_SEC
        try:
            async with (
                asyncio.timeout(secs),
                self._request(method, url, headers, body) as answer,
            ):
                told = {name.lower(): value for name, value in answer.headers.items()}
                return Said(answer.status, told, await _body(answer), self._clock.now(), repeatable)
        except _LINE as error:
            # Without its cause: its text may hold the address, and its request the access.
            raise of_line(error, repeatable=repeatable) from None

    @asynccontextmanager
    async def stream(self, url: str, headers: Mapping[str, str]) -> AsyncIterator[aiohttp.ClientResponse]:
        """Open an answer that is read piece by piece; only its head has a deadline. Raises `GatewayError` for its head.

        What breaks while it is read is the reader's: `of_line` says what it means.
        """
        try:
            async with asyncio.timeout(self._settings.step_secs):
                answer = await self._request("GET", url, headers, None)
        except _LINE as error:
            raise of_line(error, repeatable=True) from None
        try:
            yield answer
        finally:
            # Cut rather than drained: there may be no end of it.
            answer.close()

    async def read_refusal(self, answer: aiohttp.ClientResponse) -> Said:
        """Return the whole of an answer that `stream` opened and that is not what was asked for."""
        try:
            async with asyncio.timeout(self._settings.step_secs):
                body = await _body(answer)
        except _LINE as error:
            raise of_line(error, repeatable=True) from None
        return Said(answer.status, {n.lower(): v for n, v in answer.headers.items()}, body, self._clock.now(), True)

    async def close(self) -> None:
        """Drop all lines, and the calls under way."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    def _request(self, method: str, url: str, headers: Mapping[str, str], body: Any) -> Any:
        # Not packed: a small answer that unpacks to a huge one would be huge before it is counted.
        told = {"User-Agent": "Gatehouse", "Accept-Encoding": "identity", **headers}
        return self._lines().request(method, URL(url, encoded=True), headers=told, data=body, allow_redirects=False)

    def _lines(self) -> aiohttp.ClientSession:
        if self._session is None:
            half = self._settings.step_secs / 2
            is_here = is_loopback(urlsplit(self._settings.api_url).hostname or "")
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=_CONNECTIONS),
                timeout=aiohttp.ClientTimeout(total=None, connect=half, sock_connect=half),
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=False,
                trust_env=not is_here,
            )
            # It would ask again by itself when a line breaks: a call that nobody counted, and X may bill.
            self._session._retry_connection = False
        return self._session


def address(base: str, route: str, params: Mapping[str, str]) -> str:
    """Return an address whose query is written as OAuth 1.0a signs it (RFC 3986), so that both read alike."""
    query = urlencode(sorted(params.items()), quote_via=quote, safe="")
    return f"{base}{route}?{query}" if query else f"{base}{route}"


def quiet_libraries() -> None:
    """Keep the libraries' logs from telling each call's Authorization header, and what was signed."""
    for name in ("tweepy", "oauthlib"):
        logger = logging.getLogger(name)
        if logger.level < logging.INFO:
            logger.setLevel(logging.INFO)


async def _body(answer: aiohttp.ClientResponse) -> bytes:
    if answer.headers.get("content-encoding", "identity").lower() != "identity":
        raise aiohttp.ClientPayloadError("the answer is packed, although that was not asked for")
    cap = ANSWER_BYTES if 200 <= answer.status < 300 else REFUSAL_BYTES
    body = bytearray()
    async for piece in answer.content.iter_any():
        body += piece
        if len(body) > cap:
            answer.close()
            raise aiohttp.ClientPayloadError("the answer is too long")
    return bytes(body)
