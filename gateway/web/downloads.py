"""`GET /files/…`: a file of an agent's answer that was too large for a mail, for whoever holds the link to it.

A link that is not ours is answered like any address that does not exist. Each opening is logged in the store before a
byte leaves. Not here: how links are made and read (`gateway.answers.downloads`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import ExitStack
from datetime import timedelta
from http import HTTPStatus
from urllib.parse import quote

import structlog
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send
from typing_extensions import override

from gateway.answers.downloads import Wanted, read
from gateway.errors import GatewayError, RejectedError
from gateway.files import FileStore, OpenedFile, of_desk
from gateway.ports import Clock
from gateway.web.door import HEADERS, plain
from gateway.web.taps import Rate, Taps, whose
from gateway.web.verifying import client_of

log = structlog.get_logger()

EACH = Rate(burst=20, per_sec=0.2)
"""For one client address, or one IPv6 network of 64 bits."""
ALL = Rate(burst=100, per_sec=20.0)
"""For all together."""
MAX_AT_ONCE = 16
"""Files under way at once: a slow reader holds one of them."""
MAX_EACH = 4
"""Of these, for one client address or network."""
AGAIN = timedelta(seconds=30)
OPENED_BY = "download link"
_SAFE = {
    "content-security-policy": "default-src 'none'; sandbox",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-robots-tag": "noindex, nofollow, noarchive",
}


class FilesApi:
    """Gives out one file a request, as something to be saved and nothing to be shown."""

    def __init__(self, store: FileStore, secret: bytes, clock: Clock) -> None:
        self._store = store
        self._secret = secret
        self._clock = clock
        self._taps = Taps(clock, EACH, ALL)
        self._under_way: Counter[str] = Counter()

    async def answer(self, request: Request) -> Response:
        """Answer one request; the log names the case alone."""
        again = self._taps.draw(client_of(request))
        if again is not None:
            return plain(HTTPStatus.TOO_MANY_REQUESTS, again)
        given = request.path_params
        asked = [str(given[name]) for name in ("case", "until", "sha256", "proof", "name")]
        wanted = read(self._secret, *asked)
        if wanted is None:
            return plain(HTTPStatus.NOT_FOUND)
        if self._clock.now() >= wanted.until:
            return plain(HTTPStatus.GONE)
        if request.method == "HEAD":
            # Nothing is opened: it tells that the link is good, and no more.
            return StreamingResponse(_nothing(), HTTPStatus.OK, _headers(wanted), "application/octet-stream")
        client = whose(client_of(request))
        if self._under_way[client] >= MAX_EACH:
            return plain(HTTPStatus.TOO_MANY_REQUESTS, AGAIN)
        if self._under_way.total() >= MAX_AT_ONCE:
            return plain(HTTPStatus.SERVICE_UNAVAILABLE, AGAIN)
        with ExitStack() as stack:
            # Counted before anything is awaited, else all who ask at once are let in.
            self._under_way[client] += 1
            stack.callback(self._ended, client)
            response = await self._given(wanted)
            if isinstance(response, _Download):
                response.ended = stack.pop_all().close
            return response

    def _ended(self, client: str) -> None:
        self._under_way[client] -= 1
        if not self._under_way[client]:
            del self._under_way[client]

    async def _given(self, wanted: Wanted) -> Response:
        try:
            found = await self._store.open_attachment(
                of_desk(wanted.case_id), wanted.sha256, OPENED_BY, f"answer on {wanted.case_id}", self._clock.now()
            )
        except RejectedError:
            return plain(HTTPStatus.GONE)
        except GatewayError as error:
            log.warning("download.postponed", case=wanted.case_id, error=type(error).__name__)
            return plain(HTTPStatus.SERVICE_UNAVAILABLE)
        if found is None:
            return plain(HTTPStatus.NOT_FOUND)
        log.info("download.opened", case=wanted.case_id, bytes=found.size)
        return _Download(found, {**_headers(wanted), "content-length": str(found.size)})


class _Download(StreamingResponse):
    """A file on its way; whatever becomes of it, `ended` is called once, and the file closed."""

    ended: Callable[[], None]

    def __init__(self, found: OpenedFile, headers: dict[str, str]) -> None:
        super().__init__(found.chunks, HTTPStatus.OK, headers, "application/octet-stream")
        self._chunks = found.chunks

    @override
    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            self.ended()
            if isinstance(self._chunks, AsyncGenerator):
                await self._chunks.aclose()


def _headers(wanted: Wanted) -> dict[str, str]:
    name = quote(wanted.name, safe="")
    return {**HEADERS, **_SAFE, "content-disposition": f"attachment; filename*=utf-8''{name}"}


async def _nothing() -> AsyncIterator[bytes]:
    yield b""
