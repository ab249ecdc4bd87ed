"""`GET /files/…`: a file of an agent's answer that was too large for a mail, for whoever holds the link to it.

A link that is not ours is answered like any address that does not exist. Each opening is logged in the store before a
byte leaves. Not here: how links are made and read (`gateway.answers.downloads`).
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from http import HTTPStatus
from urllib.parse import quote

import structlog
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from gateway.answers.downloads import Wanted, read
from gateway.errors import GatewayError, RejectedError
from gateway.files import FileStore, OpenedFile, of_desk
from gateway.ports import Clock
from gateway.web.door import HEADERS, plain
from gateway.web.taps import Rate, Taps
from gateway.web.verifying import client_of

log = structlog.get_logger()

EACH = Rate(burst=20, per_sec=0.2)
"""For one client address, or one IPv6 network of 64 bits."""
ALL = Rate(burst=100, per_sec=20.0)
"""For all together."""
MAX_AT_ONCE = 16
"""Files under way at once: a slow reader holds one of them."""
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
        self._under_way = 0

    async def answer(self, request: Request) -> Response:
        """Answer one request; the log names the case alone."""
        again = self._taps.draw(client_of(request))
        if again is not None:
            return plain(HTTPStatus.TOO_MANY_REQUESTS, again)
        if self._under_way >= MAX_AT_ONCE:
            return plain(HTTPStatus.SERVICE_UNAVAILABLE)
        given = request.path_params
        asked = [str(given[name]) for name in ("case", "until", "sha256", "proof", "name")]
        wanted = read(self._secret, *asked)
        if wanted is None:
            return plain(HTTPStatus.NOT_FOUND)
        if self._clock.now() >= wanted.until:
            return plain(HTTPStatus.GONE)
        return await self._given(wanted)

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
        headers = {
            **HEADERS,
            **_SAFE,
            "content-length": str(found.size),
            "content-disposition": f"attachment; filename*=utf-8''{quote(wanted.name, safe='')}",
        }
        return StreamingResponse(self._passed(found), HTTPStatus.OK, headers, "application/octet-stream")

    async def _passed(self, found: OpenedFile) -> AsyncIterator[bytes]:
        self._under_way += 1
        try:
            async for chunk in found.chunks:
                yield chunk
        finally:
            self._under_way -= 1
