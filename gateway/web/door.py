"""What is pushed to us: read within bounds, judged by an ingress, put into the journal, and only then answered.

Nothing is dropped: what cannot be taken now is refused with a time to come again. Holds no state but what it counts.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from http import HTTPStatus
from time import perf_counter

import structlog
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from gateway.errors import GatewayError
from gateway.metrics import Metrics
from gateway.ports import Clock, Ingress, Pushed, PushRequest, Raw, Refusal

log = structlog.get_logger()

Put = Callable[[str, Sequence[Raw]], Awaitable[object]]
"""Put the raws of a source into the journal; returns after the commit. Raises what the store raises."""
Pressure = Callable[[], timedelta | None]
"""How long whoever pushes should stay away; None when all is well."""

MAX_AT_ONCE = 64
"""Requests under way at once."""
MAX_HELD_BYTES = 64 * 1024 * 1024
"""Bytes of all bodies under way at once."""
SOON = timedelta(seconds=1)
HEADERS = {"cache-control": "no-store", "x-content-type-options": "nosniff"}


@dataclass(frozen=True, slots=True)
class Door:
    """Where the raws of one path go: the source they must bear, and the ingress that judges requests."""

    source: str
    ingress: Ingress


Find = Callable[[str], Door | None]
"""Returns the door of a name as things are now; None when there is none."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much a request may hold, and how long its body and its commit may each take."""

    body_bytes: int
    secs: float


class _RefusedError(Exception):
    """A request that gets this status, and perhaps a time to come again."""

    def __init__(self, status: int, again: timedelta | None = None) -> None:
        super().__init__(status)
        self.status = status
        self.again = again


@dataclass(slots=True)
class _Load:
    """What all requests under way hold together."""

    requests: int = 0
    held: int = 0

    @contextmanager
    def entered(self) -> Iterator[_Hold]:
        """Count one request and what it comes to hold."""
        if self.requests >= MAX_AT_ONCE:
            raise _RefusedError(HTTPStatus.SERVICE_UNAVAILABLE, SOON)
        hold = _Hold(self)
        self.requests += 1
        try:
            yield hold
        finally:
            self.requests -= 1
            self.held -= len(hold.body)


@dataclass(slots=True)
class _Hold:
    """The body of one request."""

    load: _Load
    body: bytearray = field(default_factory=bytearray)

    def add(self, chunk: bytes) -> None:
        """Hold more, unless all requests together hold too much already."""
        if self.load.held + len(chunk) > MAX_HELD_BYTES:
            raise _RefusedError(HTTPStatus.SERVICE_UNAVAILABLE, SOON)
        self.load.held += len(chunk)
        self.body += chunk


class Doors:
    """All doors, found by the name that stands in their path."""

    def __init__(
        self,
        find: Find,
        put: Put,
        pressure: Pressure,
        bounds: Bounds,
        clock: Clock,
        metrics: Metrics,
    ) -> None:
        self._find = find
        self._put = put
        self._pressure = pressure
        self._bounds = bounds
        self._clock = clock
        self._metrics = metrics
        self._load = _Load()

    async def answer(self, name: str, request: Request) -> Response:
        """Answer one request; whatever happens, the answer is one of ours and tells nothing but its status."""
        began = perf_counter()
        try:
            response = await self._take(name, request)
        except _RefusedError as refused:
            response = plain(refused.status, refused.again)
        except GatewayError as error:
            log.warning("push.postponed", channel=name, error=type(error).__name__, reason=str(error))
            response = plain(HTTPStatus.SERVICE_UNAVAILABLE, SOON)
        except ClientDisconnect:
            response = plain(HTTPStatus.BAD_REQUEST)
        except Exception as error:  # noqa: BLE001 - a fault over one request is told to the log and not to the sender
            log.error("push.failed", channel=name, error=type(error).__name__)
            response = plain(HTTPStatus.INTERNAL_SERVER_ERROR)
        known = name if self._find(name) is not None else ""
        self._metrics.push_answered(known, response.status_code, perf_counter() - began)
        return response

    async def _take(self, name: str, request: Request) -> Response:
        door = self._find(name)
        if door is None:
            raise _RefusedError(HTTPStatus.NOT_FOUND)
        # A challenge brings nothing to be stored, and a platform that gets no answer to it switches the channel off.
        again = self._pressure() if request.method != "GET" else None
        if again is not None:
            raise _RefusedError(HTTPStatus.SERVICE_UNAVAILABLE, again)
        with self._load.entered() as hold:
            await self._read(request, hold)
            pushed = self._judge(name, door, self._as_pushed(request, bytes(hold.body)))
            if pushed.raws:
                await self._store(name, door.source, pushed.raws)
        return Response(pushed.body, pushed.status, HEADERS, pushed.media_type)

    async def _read(self, request: Request, hold: _Hold) -> None:
        """Read the body as it comes; raises as soon as it is too long, too slow or too much beside the others."""
        declared = request.headers.get("content-length", "")
        if declared and "transfer-encoding" in request.headers:
            # A proxy before us may have read the other of the two (RFC 9112, section 6.3).
            raise _RefusedError(HTTPStatus.BAD_REQUEST)
        if declared.isascii() and declared.isdigit() and int(declared[:20]) > self._bounds.body_bytes:
            raise _RefusedError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        try:
            async with asyncio.timeout(self._bounds.secs):
                async for chunk in request.stream():
                    if len(hold.body) + len(chunk) > self._bounds.body_bytes:
                        raise _RefusedError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
                    hold.add(chunk)
        except TimeoutError:
            raise _RefusedError(HTTPStatus.REQUEST_TIMEOUT) from None

    def _as_pushed(self, request: Request, body: bytes) -> PushRequest:
        headers: dict[str, str] = {}
        for name, value in request.headers.items():
            headers[name] = f"{headers[name]}, {value}" if name in headers else value
        query: dict[str, str] = {}
        for name, value in request.query_params.multi_items():
            query.setdefault(name, value)
        return PushRequest(
            method=request.method,
            path=request.url.path,
            query=query,
            headers=headers,
            body=body,
            received_at=self._clock.now(),
            peer=request.client.host if request.client else "",
        )

    def _judge(self, name: str, door: Door, request: PushRequest) -> Pushed:
        found = door.ingress.receive(request)
        if isinstance(found, Refusal):
            log.info("push.refused", channel=name, status=found.status, reason=found.reason)
            raise _RefusedError(found.status if 400 <= found.status < 600 else HTTPStatus.INTERNAL_SERVER_ERROR)
        # To say "taken" of what goes elsewhere, or "not taken" of what is stored, would lose or double it.
        if not 200 <= found.status < 300 or any(raw.source != door.source for raw in found.raws):
            raise LookupError("the ingress gave raws of another source, or a status that is no success")
        return found

    async def _store(self, name: str, source: str, raws: Sequence[Raw]) -> None:
        try:
            async with asyncio.timeout(self._bounds.secs):
                await self._put(source, raws)
        except TimeoutError:
            log.warning("push.postponed", channel=name, error="TimeoutError", reason="the journal is too slow")
            raise _RefusedError(HTTPStatus.SERVICE_UNAVAILABLE, SOON) from None
        log.info("push.stored", channel=name, raws=len(raws))


def plain(status: int, again: timedelta | None = None) -> Response:
    """Return an answer that says nothing but its status, and ends the connection where a body may still come."""
    headers = dict(HEADERS)
    if status >= 400:
        headers["connection"] = "close"
    if again is not None:
        headers["retry-after"] = str(max(math.ceil(again.total_seconds()), 1))
    return Response(phrase(status), status, headers, "text/plain")


def phrase(status: int) -> str:
    """Return the words that stand for a status."""
    return HTTPStatus(status).phrase if status in list(HTTPStatus) else "Refused"
