"""Calls to the receiver: signed, each with a deadline, and what it came to."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from urllib.parse import urlsplit

import httpx

from gateway import http
from gateway.backends._bodies import exactly
from gateway.backends.signatures import sign, signing_key
from gateway.backends.webhook.settings import WebhookSettings
from gateway.errors import OutcomeUnknownError, RejectedError, TransientError
from gateway.ports import Clock, FileRef, TicketFile

CONCURRENT = 8
"""Calls under way at once: enough to hide a slow receiver, few enough for a small one."""
SLOWEST = 1_000_000
"""Bytes of a file a second; its call has so much longer."""
CHUNK = 64 * 1024


class Receiver:
    """One address."""

    def __init__(self, settings: WebhookSettings, client: httpx.AsyncClient, clock: Clock) -> None:
        self._settings = settings
        self._client = client
        self._clock = clock
        self._key = signing_key(settings.secret)
        self.host = urlsplit(settings.url).hostname or ""
        self._slots = asyncio.Semaphore(CONCURRENT)

    async def post(self, event_id: str, body: bytes) -> bytes:
        """Send an event; return what the receiver said to it. Raises whatever else it came to."""
        headers = {"idempotency-key": event_id, **sign(self._key, event_id, self._clock.now(), body)}
        return await self._post(body, headers, self._settings.timeout_secs)

    async def post_file(self, name: str, about: str, file: TicketFile) -> None:
        """Send a file; `about` says what it is, and is signed in the place of a body.

        A file without its event is nothing: an outcome that is not known is a `TransientError`.
        """
        headers = {
            "content-type": "application/octet-stream",
            "content-length": str(file.size),
            "gatehouse-file": about,
            "idempotency-key": name,
            **sign(self._key, name, self._clock.now(), about.encode()),
        }
        try:
            await self._post(exactly(file), headers, self._settings.timeout_secs + file.size / SLOWEST)
        except OutcomeUnknownError as error:
            raise TransientError(f"a file did not arrive for certain: {error}") from None

    async def open(self, ref: FileRef) -> AsyncIterator[bytes]:
        """Stream what goes with an agent's answer from the receiver's own host; the call is signed, with an empty body.

        Raises `RejectedError` for an address elsewhere: nobody can have us ask other hosts.
        """
        if _origin(ref) != _origin(self._settings.url):
            raise RejectedError("that file is not on the receiver's own host")
        headers = sign(self._key, "file", self._clock.now(), b"") | {"accept": "*/*"}
        try:
            async with self._client.stream("GET", ref, headers=headers) as response:
                if response.status_code in (404, 410):
                    raise RejectedError(f"{self.host} has that file no more")
                error = http.of_status(self.host, response.status_code, response.headers, self._clock.now())
                if error is not None:
                    raise TransientError(str(error)) if isinstance(error, OutcomeUnknownError) else error
                async for chunk in response.aiter_raw(CHUNK):
                    yield chunk
        except (httpx.HTTPError, httpx.InvalidURL) as failure:
            raise TransientError(str(http.of_failure(self.host, failure))) from None

    async def _post(self, content: bytes | AsyncIterator[bytes], headers: Mapping[str, str], seconds: float) -> bytes:
        async with self._slots:
            try:
                async with asyncio.timeout(seconds):
                    return await self._exchange(content, headers)
            except TimeoutError:
                raise OutcomeUnknownError(f"{self.host} did not answer in time") from None
            except (httpx.HTTPError, httpx.InvalidURL) as error:
                raise http.of_failure(self.host, error) from None

    async def _exchange(self, content: bytes | AsyncIterator[bytes], headers: Mapping[str, str]) -> bytes:
        async with self._client.stream("POST", self._settings.url, content=content, headers=headers) as response:
            error = http.of_status(self.host, response.status_code, response.headers, self._clock.now())
            if error is not None:
                raise error
            return await self._read(response)

    async def _read(self, response: httpx.Response) -> bytes:
        """Return the body, or nothing when it is over the cap: the write took effect either way."""
        held = bytearray()
        async for chunk in response.aiter_raw():
            held += chunk
            if len(held) > self._settings.max_response_bytes:
                return b""
        return bytes(held)


def _origin(url: str) -> tuple[str, str | None, int | None]:
    try:
        parts = urlsplit(url)
        return parts.scheme, parts.hostname, parts.port or {"https": 443, "http": 80}.get(parts.scheme)
    except ValueError:
        return "", None, None
