"""Fetches media of posts and direct messages: streamed, capped, and from X's own hosts alone."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from urllib.parse import SplitResult, urlsplit

import aiohttp

from connectors.x._client import XClient
from connectors.x._errors import Said, Waits, meaning, of_line
from connectors.x._settings import XSettings
from connectors.x._wire import SLOWEST_BYTES_PER_SEC
from gateway.errors import RejectedError, TooLargeError, TransientError
from gateway.ports import Clock, FileRef, is_loopback

MAX_URL_CHARS = 2048
_WITH_ACCESS = frozenset({"ton.twitter.com", "ton.x.com"})
"""Hosts that give media of direct messages to who may read them."""
_ROUTE = "GET media"


class XDownloader:
    """The files of one account's posts and messages."""

    def __init__(self, settings: XSettings, clock: Clock, client: XClient) -> None:
        self._settings = settings
        self._clock = clock
        self._client = client
        self._waits = Waits()

    async def open(self, ref: FileRef) -> AsyncIterator[bytes]:
        """See `Downloader.open`."""
        url, has_access = self._checked(ref)
        most = self._settings.max_file_bytes
        began_at = self._clock.now()
        longest = timedelta(seconds=self._settings.step_secs + most / SLOWEST_BYTES_PER_SEC)
        taken = 0
        async with self._answer(url, has_access) as answer:
            async for chunk in self._pieces(answer):
                taken += len(chunk)
                if taken > most:
                    raise TooLargeError(f"the file has more than {most} bytes")
                if self._clock.now() - began_at > longest:
                    raise TransientError("the download was too slow to ever end")
                yield chunk

    def _checked(self, ref: FileRef) -> tuple[str, bool]:
        """Return an address to ask, and whether as the account. Raises `RejectedError` for all that is not X's."""
        try:
            url = urlsplit(ref)
            port = url.port
        except ValueError:
            raise RejectedError("the file's address is none") from None
        host = url.hostname or ""
        if len(ref) > MAX_URL_CHARS or not ref.isascii() or not ref.isprintable() or " " in ref or "@" in url.netloc:
            raise RejectedError("the file's address is none that X gives")
        if _origin(url, port) == self._api():
            return ref, True
        if host not in self._settings.media_hosts:
            raise RejectedError("the file is on a host that no files are fetched from; see media_hosts")
        is_plain = url.scheme == "http" and is_loopback(host)
        if not is_plain and (url.scheme != "https" or port not in (None, 443)):
            raise RejectedError("the file is not given over https")
        return ref, host in _WITH_ACCESS

    def _api(self) -> tuple[str, str, int]:
        found = urlsplit(self._settings.api_url)
        return _origin(found, found.port)

    @asynccontextmanager
    async def _answer(self, url: str, has_access: bool) -> AsyncIterator[aiohttp.ClientResponse]:
        """Open a file; with access that was refused once more, if it could be renewed."""
        access = await self._client.access.header("GET", url) if has_access else ""
        async with self._client.wire.stream(url, {"Authorization": access} if access else {}) as answer:
            if answer.status != 401 or not access or not await self._client.access.renewed(access):
                await self._see(answer, url)
                yield answer
                return
        access = await self._client.access.header("GET", url)
        async with self._client.wire.stream(url, {"Authorization": access}) as answer:
            await self._see(answer, url)
            yield answer

    async def _see(self, answer: aiohttp.ClientResponse, url: str) -> None:
        """Raise what the head of an answer means, unless the file follows."""
        most = self._settings.max_file_bytes
        if answer.status == 200:
            self._waits.well(_ROUTE)
            if answer.headers.get("content-encoding", "identity").lower() != "identity":
                raise RejectedError("the platform packed the file, although that was not asked for")
            length = answer.headers.get("content-length", "")
            if length.isdecimal() and int(length[:20]) > most:
                raise TooLargeError(f"the file has {length[:20]} bytes; at most {most} are taken")
            return
        raise self._refusal(await self._client.wire.read_refusal(answer))

    def _refusal(self, said: Said) -> Exception:
        if said.status in (404, 410):
            return RejectedError("the platform has no such file any more")
        if said.status in (401, 402, 429) or said.status >= 500:
            return meaning(said, _ROUTE, self._waits) or TransientError("the platform does not give the file out now")
        return RejectedError(f"the platform does not give the file out: it answered {said.status}")

    async def _pieces(self, answer: aiohttp.ClientResponse) -> AsyncIterator[bytes]:
        try:
            while True:
                async with asyncio.timeout(self._settings.step_secs):
                    chunk = await answer.content.readany()
                if not chunk:
                    return
                yield chunk
        except (aiohttp.ClientError, OSError) as error:
            raise of_line(error, repeatable=True) from None


def _origin(url: SplitResult, port: int | None) -> tuple[str, str, int]:
    return url.scheme, url.hostname or "", port or (443 if url.scheme == "https" else 80)
