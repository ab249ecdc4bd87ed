"""Fetches files that users sent: streamed, capped, and from nowhere but the Bot API server's own files."""

from __future__ import annotations

import asyncio
import os
import re
import ssl
import stat
from collections.abc import AsyncIterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import quote

import httpx

from connectors.telegram._bot import CappedRequest
from connectors.telegram._errors import UNNAMED_WAIT, translate
from connectors.telegram._settings import TelegramSettings
from gateway.errors import AuthError, GatewayError, RateLimitedError, RejectedError, TooLargeError, TransientError
from gateway.ports import Clock, FileRef

CHUNK_BYTES = 64 * 1024
SLACK_BYTES = 4096
"""So much more than it announced of a file is taken from the platform."""
SLOWEST_BYTES_PER_SEC = 10_000
_MAX_PATH = 512
_SEGMENT = re.compile(r"[^/\\:?#%@\x00-\x1f\x7f]+")
_GONE = frozenset({404, 410})


class TelegramDownloader:
    """The files of one bot."""

    def __init__(self, settings: TelegramSettings, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock
        self._tls: ssl.SSLContext | None = None

    async def open(self, ref: FileRef) -> AsyncIterator[bytes]:
        """See `Downloader.open`. The connections of one file are its own, so that a cut-off download leaves none."""
        path, announced = await self._found(ref)
        cap = self._cap(announced)
        chunks = self._read_local(path) if path.startswith("/") else self._fetch(path, cap)
        began_at = self._clock.now()
        taken = 0
        async for chunk in chunks:
            taken += len(chunk)
            if taken > cap:
                raise self._too_much(announced)
            if self._clock.now() - began_at > timedelta(seconds=self._settings.step_secs + cap / SLOWEST_BYTES_PER_SEC):
                raise TransientError("the download was too slow to ever end")
            yield chunk
        if announced is not None and taken < announced:
            raise TransientError("the platform gave less of a file than it had announced")

    def _cap(self, announced: int | None) -> int:
        most = self._settings.max_file_bytes
        if announced is None:
            return most
        if announced > most:
            raise TooLargeError(f"the file has {announced} bytes; at most {most} are taken")
        return min(most, announced + SLACK_BYTES)

    def _too_much(self, announced: int | None) -> GatewayError:
        if announced is None or announced + SLACK_BYTES > self._settings.max_file_bytes:
            return TooLargeError(f"the file has more than {self._settings.max_file_bytes} bytes")
        return RejectedError("the platform gave more of a file than it had announced")

    async def _found(self, ref: FileRef) -> tuple[str, int | None]:
        """Ask where a file is; return its path and its size, as announced."""
        settings = self._settings
        token = settings.token.get_secret_value()
        try:
            async with CappedRequest(settings, 1, settings.step_secs, settings.step_secs) as request:
                found: Any = await request.post(f"{settings.api_url}/bot{token}/getFile?file_id={quote(ref, safe='')}")
        except Exception as error:  # noqa: BLE001 - whatever it is, it may be asked again
            raise translate(error, sending=False) from None
        path = found.get("file_path") if isinstance(found, dict) else None
        size = found.get("file_size") if isinstance(found, dict) else None
        if not isinstance(path, str) or not path:
            raise RejectedError("the platform has no such file any more")
        return path, size if type(size) is int and size >= 0 else None

    async def _fetch(self, path: str, cap: int) -> AsyncIterator[bytes]:
        settings = self._settings
        url = f"{settings.api_url}/file/bot{settings.token.get_secret_value()}/{_checked(path)}"
        try:
            # Redirects are not followed, and nothing is unpacked: both would be somebody else's bytes.
            async with (
                await self._client() as client,
                client.stream("GET", url, headers={"accept-encoding": "identity"}) as answer,
            ):
                _see_answer(answer, cap)
                async for chunk in answer.aiter_raw(CHUNK_BYTES):
                    yield chunk
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, OSError) as error:
            # Without its cause: its text and its request hold the address with the token.
            raise translate(error, sending=False) from None

    async def _client(self) -> httpx.AsyncClient:
        if self._tls is None:
            self._tls = await asyncio.to_thread(httpx.create_ssl_context)
        timeout = httpx.Timeout(self._settings.step_secs)
        return httpx.AsyncClient(
            verify=self._tls, timeout=timeout, follow_redirects=False, trust_env=not self._settings.is_here
        )

    async def _read_local(self, path: str) -> AsyncIterator[bytes]:
        """Stream a file of a local Bot API server from this machine's disk, reading in a thread."""
        root = self._settings.local_root
        if root is None:
            raise RejectedError("the platform named a file of this machine, and local_root is not set")
        descriptor = await asyncio.to_thread(_open_below, root, path)
        with os.fdopen(descriptor, "rb", buffering=0) as file:
            while chunk := await asyncio.to_thread(file.read, CHUNK_BYTES):
                yield chunk


def _checked(path: str) -> str:
    """Return a relative path as part of an address. Raises `RejectedError` for one that could lead elsewhere."""
    segments = path.split("/")
    plain = all(_SEGMENT.fullmatch(each) and each not in (".", "..") for each in segments)
    if not plain or len(path) > _MAX_PATH or not path.isprintable():
        raise RejectedError("the platform named a file by a path that it must not have")
    return "/".join(quote(each, safe="") for each in segments)


def _see_answer(answer: httpx.Response, cap: int) -> None:
    """Raise what the head of an answer means, unless the file follows."""
    status = answer.status_code
    if status in _GONE:
        raise RejectedError("the platform has no such file any more")
    if status == httpx.codes.UNAUTHORIZED:
        raise AuthError("Telegram refused the bot's token; get a new one from @BotFather")
    if status == httpx.codes.TOO_MANY_REQUESTS:
        raise RateLimitedError("Telegram asks us to wait before the next file", UNNAMED_WAIT)
    if answer.is_redirect or answer.is_client_error:
        raise RejectedError(f"the platform does not give the file out: it answered {status}")
    if status != httpx.codes.OK:
        raise TransientError(f"the platform does not give the file out now: it answered {status}")
    if answer.headers.get("content-encoding", "identity").lower() != "identity":
        raise RejectedError("the platform packed the file, although that was not asked for")
    length = answer.headers.get("content-length", "")
    if length.isdecimal() and int(length) > cap:
        raise TooLargeError(f"the file has {length[:20]} bytes; at most {cap} are taken")


def _open_below(root: Path, path: str) -> int:
    """Open a regular file below a root for reading; links are followed only as far as they stay below it.

    What they lead to is opened folder by folder without following any, so that none can be put in between.
    """
    try:
        top = root.resolve(strict=True)
        real = Path(path).resolve(strict=True)
        relative = PurePosixPath(real).relative_to(top)
        return _walk(top, relative.parts)
    except (OSError, ValueError, RuntimeError):
        # Without its cause, whose text holds the path; the local server's paths hold the token.
        raise RejectedError("the platform named no file below local_root that can be read") from None


def _walk(top: Path, parts: tuple[str, ...]) -> int:
    if not parts:
        raise ValueError("the root itself is no file")
    with ExitStack() as stack:
        at = os.open(top, os.O_RDONLY | os.O_DIRECTORY)
        stack.callback(os.close, at)
        for part in parts[:-1]:
            at = os.open(part, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=at)
            stack.callback(os.close, at)
        # Not blocking: a pipe in the place of a file would hold the thread for good.
        found = os.open(parts[-1], os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=at)
    if not stat.S_ISREG(os.fstat(found).st_mode):
        os.close(found)
        raise ValueError("no regular file")
    return found
