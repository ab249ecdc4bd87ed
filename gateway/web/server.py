"""The one HTTP server, in the engine's own event loop, on a socket of its own; signals stay the engine's."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Any

import h11
import structlog
import uvicorn
from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from typing_extensions import override
from uvicorn.protocols.http.h11_impl import H11Protocol

from gateway.answers.downloads import PATH
from gateway.errors import ConfigError
from gateway.metrics import Metrics
from gateway.ports import Clock
from gateway.settings.watching import WebTable
from gateway.web.door import HEADERS, Bounds, Doors, Find, Pressure, Put, plain
from gateway.web.downloads import FilesApi
from gateway.web.prometheus import MEDIA_TYPE
from gateway.web.verifying import VerifyApi

log = structlog.get_logger()

HEAD_SECS = 10.0
"""How long the head of a request may take, from the first byte or the opening of the line."""
WRITE_SECS = 120.0
"""How long a piece of an answer, at most 1 MiB, may take to be taken."""
MAX_HEAD_BYTES = 16 * 1024
MAX_LINES = 256
"""Connections at once; beyond them every answer is 503."""
METHODS = ["GET", "POST", "PUT"]


@dataclass(frozen=True, slots=True)
class Probes:
    """What the server tells of the gateway: why it is not ready, and its metrics as Prometheus text."""

    unready: Callable[[], Awaitable[Sequence[str]]]
    exposition: Callable[[], Awaitable[bytes]]


@asynccontextmanager
async def serve(
    settings: WebTable,
    find: Find,
    put: Put,
    probes: Probes,
    clock: Clock,
    *,
    pressure: Pressure = lambda: None,
    metrics: Metrics | None = None,
    verify: VerifyApi | None = None,
    files: FilesApi | None = None,
    head_secs: float = HEAD_SECS,
    write_secs: float = WRITE_SECS,
) -> AsyncIterator[int]:
    """Serve while the context lasts; gives the port. Requests under way are answered before it ends.

    Raises `ConfigError` when the address cannot be had.
    """
    bounds = Bounds(settings.max_body_bytes, settings.request_secs)
    app = _app(Doors(find, put, pressure, bounds, clock, metrics or Metrics()), probes, verify, files)
    listening = _listen(settings)
    server = _Server(_config(app, head_secs, write_secs))
    task = asyncio.create_task(server.serve(sockets=[listening]), name="web")
    try:
        await server.wait_started(task)
        port: int = listening.getsockname()[1]
        log.info("web.started", port=port)
        if not ipaddress.ip_address(settings.host).is_loopback:
            log.warning("web.exposed", reason="health and metrics can be read from other machines; see operations.md")
        yield port
    finally:
        server.should_exit = True
        await task
        listening.close()


def _app(doors: Doors, probes: Probes, verify: VerifyApi | None, files: FilesApi | None) -> FastAPI:
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False)

    async def pushed(request: Request) -> Response:
        return await doors.answer(str(request.path_params["channel"]), request)

    async def healthz(request: Request) -> Response:
        return Response("ok\n", 200, HEADERS, "text/plain")

    async def readyz(request: Request) -> Response:
        unready = list(await probes.unready())
        return JSONResponse({"ready": not unready, "not_ready": unready}, 503 if unready else 200, HEADERS)

    async def metrics(request: Request) -> Response:
        return Response(await probes.exposition(), 200, {**HEADERS, "content-type": MEDIA_TYPE})

    async def unknown(request: Request, error: Exception) -> Response:
        return plain(error.status_code if isinstance(error, HTTPException) else 500)

    app.add_route("/in/{channel}", pushed, METHODS)
    app.add_route("/healthz", healthz, ["GET"])
    app.add_route("/readyz", readyz, ["GET"])
    app.add_route("/metrics", metrics, ["GET"])
    if verify is not None:
        app.add_route("/v1/verify", verify.answer, ["GET"])
    if files is not None:
        app.add_route(f"{PATH}/{{case}}/{{until}}/{{sha256}}/{{proof}}/{{name}}", files.answer, ["GET"])
    app.add_exception_handler(HTTPException, unknown)
    app.add_exception_handler(Exception, unknown)
    return app


def _listen(settings: WebTable) -> socket.socket:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        listening = socket.create_server((settings.host, settings.port), family=family, backlog=MAX_LINES)
    except OSError as error:
        raise ConfigError(
            f"web.listen: {settings.listen} cannot be listened on: {error.strerror}; write another address or port"
        ) from None
    # Every accepted line inherits it: with Nagle's algorithm the second answer on a kept line waits 40 ms for an ACK.
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listening


def _config(app: FastAPI, head_secs: float, write_secs: float) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        http=type("_PunctualProtocol", (_Punctual,), {"head_secs": head_secs, "write_secs": write_secs}),
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        limit_concurrency=MAX_LINES,
        h11_max_incomplete_event_size=MAX_HEAD_BYTES,
        timeout_keep_alive=5,
        timeout_graceful_shutdown=5,
    )


class _Server(uvicorn.Server):
    """A server that leaves signals alone and tells when it has started."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._up = asyncio.Event()

    @override
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    @override
    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._up.set()

    async def wait_started(self, task: asyncio.Task[None]) -> None:
        """Return when requests are taken; raise what kept the server from it."""
        up = asyncio.create_task(self._up.wait())
        try:
            await asyncio.wait([up, task], return_when=asyncio.FIRST_COMPLETED)
        finally:
            up.cancel()
        if task.done():
            task.result()
            raise ConfigError("the HTTP server ended as soon as it was started")


class _Punctual(H11Protocol):
    """A connection that ends when a request's head does not come in time, or a piece of the answer is not taken.

    uvicorn itself waits for ever.
    """

    head_secs = HEAD_SECS
    write_secs = WRITE_SECS

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._late: asyncio.TimerHandle | None = self.loop.call_later(self.head_secs, self._close)
        self._untaken: asyncio.TimerHandle | None = None

    @override
    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self._watch()

    @override
    def pause_writing(self) -> None:
        super().pause_writing()
        # To close it would wait for what has not been taken yet.
        self._untaken = self.loop.call_later(self.write_secs, self.transport.abort)

    @override
    def resume_writing(self) -> None:
        self._taken()
        super().resume_writing()

    def _taken(self) -> None:
        if self._untaken is not None:
            self._untaken.cancel()
            self._untaken = None

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        self._rest()
        self._taken()
        super().connection_lost(exc)

    def _watch(self) -> None:
        if self.conn.their_state is not h11.IDLE:
            self._rest()
        elif self._late is None:
            self._late = self.loop.call_later(self.head_secs, self._close)

    def _rest(self) -> None:
        if self._late is not None:
            self._late.cancel()
            self._late = None

    def _close(self) -> None:
        self._late = None
        if self.conn.their_state is h11.IDLE and self.transport is not None:
            self.transport.close()
