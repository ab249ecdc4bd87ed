"""Listens for mail that is pushed: on a port or on a Unix socket, until it is told to end."""

from __future__ import annotations

import asyncio
import os
import socket
import stat
from collections.abc import AsyncIterator, Coroutine, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import structlog

from connectors.email._listener_limits import Load
from connectors.email._listener_line import Line, LmtpLine
from connectors.email._listener_post import Post
from connectors.email._listener_settings import LmtpSettings
from connectors.email._listener_tls import Certificate
from gateway.errors import ConfigError
from gateway.ports import Clock, Take

_log = structlog.get_logger()

END_SECS = 3.0
"""How long mails that are being kept may take when the listener ends."""
CLOSING = "421 4.3.2 closing, come again"
LOOK_SECS = 2.0
"""How long whoever may listen on a socket already has to answer."""


class EmailListener:
    """The listener of one channel; see `gateway.ports.Listener`."""

    def __init__(
        self,
        name: str,
        settings: LmtpSettings,
        clock: Clock,
        certificate: Certificate | None = None,
        seat: int = 0,
        end_secs: float = END_SECS,
    ) -> None:
        self._name = name
        self._settings = settings
        self._clock = clock
        self._certificate = certificate
        self._seat = seat
        self._end_secs = end_secs
        self.port = 0
        """The port while it listens on one."""

    @asynccontextmanager
    async def listen(self, take: Take) -> AsyncIterator[None]:
        """See `Listener.listen`."""
        settings, lines = self._settings, set[Line]()
        post = Post(self._name, settings, self._clock, Load(settings, self._clock), take, self._certificate)
        kind = LmtpLine if settings.protocol == "lmtp" else Line
        bound = await bind(settings, self._seat)
        path = settings.path(self._seat)
        loop = asyncio.get_running_loop()
        try:
            if path is None:
                self.port = bound.getsockname()[1]
                server = await loop.create_server(lambda: kind(post, lines), sock=bound)
            else:
                server = await loop.create_unix_server(lambda: kind(post, lines), sock=bound)
            _log.info("listener.started", channel=self._name, port=self.port)
            try:
                yield
            finally:
                server.close()
                await _end(lines, self._end_secs)
        finally:
            bound.close()
            if path is not None:
                path.unlink(missing_ok=True)


async def _end(lines: set[Line], secs: float) -> None:
    """End every line: those that keep a mail once they have answered for it, within a bound; the others at once."""
    for line in tuple(lines):
        if not line.is_keeping:
            line.close(CLOSING)
    await _within(secs, [line.answered.wait() for line in lines if line.is_keeping])
    for line in tuple(lines):
        if line.is_keeping:
            line.abort()
        else:
            line.close(CLOSING)
    await _within(secs, [line.ended.wait() for line in lines])
    for line in tuple(lines):
        line.abort()


async def _within(secs: float, waits: Sequence[Coroutine[None, None, object]]) -> None:
    """Wait for all of these, and no longer than that."""
    with suppress(TimeoutError):
        async with asyncio.timeout(secs):
            await asyncio.gather(*waits)


async def bind(settings: LmtpSettings, seat: int) -> socket.socket:
    """Return a socket at the place that the settings name. Raises `ConfigError` when it cannot be had."""
    path = settings.path(seat)
    try:
        if path is not None:
            await _clear(path)
            return _bind_path(path, int(settings.socket_mode, 8))
        family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
        bound = socket.create_server((settings.host, settings.port(seat)), family=family, backlog=settings.max_lines)
    except OSError as error:
        place = path or f"{settings.host} port {settings.port(seat)}"
        raise ConfigError(f"{place} cannot be listened on: {error.strerror}; choose another place") from None
    # Every line inherits it: with Nagle's algorithm the second of two answers waits 40 ms.
    bound.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return bound


async def answers(path: Path) -> bool:
    """Whether somebody listens on a Unix socket."""
    try:
        async with asyncio.timeout(LOOK_SECS):
            _, writer = await asyncio.open_unix_connection(path)
    except TimeoutError:
        return True
    except OSError:
        return False
    writer.close()
    return True


async def _clear(path: Path) -> None:
    """Take away a socket that a dead process left. Raises `ConfigError` for what is not ours to take away."""
    if not _lies_there(path):
        return
    if await answers(path):
        raise ConfigError(f"somebody listens on {path} already; choose another place")
    os.unlink(path)


def _lies_there(path: Path) -> bool:
    """Whether a socket is there; raises `ConfigError` for anything else."""
    try:
        mode = path.lstat().st_mode
    except FileNotFoundError:
        return False
    if not stat.S_ISSOCK(mode):
        raise ConfigError(f"{path} is there and is no socket; choose another place")
    return True


def _bind_path(path: Path, mode: int) -> socket.socket:
    bound = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    # Narrow from its first moment on, not after it.
    old = os.umask(0o777 & ~mode)
    try:
        bound.bind(os.fspath(path))
    except BaseException:
        bound.close()
        raise
    finally:
        os.umask(old)
    return bound
