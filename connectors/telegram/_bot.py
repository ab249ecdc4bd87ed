"""Makes the library's Bot on request objects of our own: capped, strict, with a deadline, renewed when they hang.

A refusal reaches the library only in the platform's own form, so that no error quotes what a proxy answered.
"""

from __future__ import annotations

import asyncio
import logging
import ssl
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import httpx
from telegram import Bot
from telegram.error import InvalidToken, NetworkError, RetryAfter, TelegramError, TimedOut
from telegram.request import BaseRequest, RequestData
from typing_extensions import override

from connectors.telegram._settings import TelegramSettings
from connectors.telegram._strict import UnreadableError, decode, encode

ANSWER_BYTES = 8 * 1024 * 1024
"""No answer is read beyond this."""
REFUSAL_BYTES = 64 * 1024
LONGEST_WAIT_SECS = 3600
_TEXT_CHARS = 300
_PARAMETERS = ("migrate_to_chat_id", "retry_after")


class NotFoundError(InvalidToken):
    """404: a malformed token, or a proxy before the platform that knows no such address."""


class TooLongError(NetworkError):
    """An answer longer than the cap; `prefix` is what was read of it."""

    def __init__(self, prefix: bytes) -> None:
        super().__init__("the answer is too long")
        self.prefix = prefix


class QuietBot(Bot):
    """The library's Bot, whose name does not tell its token."""

    __slots__ = ()

    @override
    def __repr__(self) -> str:
        return "QuietBot()"


class _Client:
    """An HTTP client that is closed when nobody calls by it any more."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self.http = client
        self.calls = 0
        self.given_up = False

    async def leave(self) -> None:
        """End a call."""
        self.calls -= 1
        if self.given_up and not self.calls:
            await self.http.aclose()

    async def give_up(self) -> None:
        """Let the calls under way end, and take no more."""
        self.given_up = True
        if not self.calls:
            await self.http.aclose()


class CappedRequest(BaseRequest):
    """The library's way to make requests: no answer above a cap, none after a deadline, none that is ambiguous."""

    __slots__ = ("_client", "_connections", "_is_here", "_is_plain", "_read_secs", "_secs", "_slack_secs")

    def __init__(self, settings: TelegramSettings, connections: int, read_secs: float, slack_secs: float) -> None:
        self._connections = connections
        self._slack_secs = slack_secs
        self._is_here = settings.is_here
        self._is_plain = settings.api_url.lower().startswith("http:")
        self._secs = settings.step_secs
        self._read_secs = read_secs
        self._client: _Client | None = None

    @property
    @override
    def read_timeout(self) -> float | None:
        """How long to wait for the first byte of an answer, and between two pieces of it; seconds."""
        return self._read_secs

    @override
    async def initialize(self) -> None:
        """See `BaseRequest.initialize`; makes the client unless there is one."""
        if self._client is None:
            client = _Client(self._new_client(await self._tls()))
            if self._client is not None:
                await client.give_up()
                return
            self._client = client

    @override
    async def shutdown(self) -> None:
        """See `BaseRequest.shutdown`; drops the calls under way."""
        client, self._client = self._client, None
        if client is not None:
            await client.http.aclose()

    async def renew(self) -> None:
        """Make the next calls by a new client with new lines; those under way may end."""
        client, self._client = self._client, None
        if client is not None:
            await client.give_up()

    @override
    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = BaseRequest.DEFAULT_NONE,
        write_timeout: Any = BaseRequest.DEFAULT_NONE,
        connect_timeout: Any = BaseRequest.DEFAULT_NONE,
        pool_timeout: Any = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """See `BaseRequest.do_request`. Raises the library's errors alone; none of them quotes an address or answer."""
        read_secs = self._read_secs if read_timeout is BaseRequest.DEFAULT_NONE else read_timeout
        given = {"connect": connect_timeout, "write": write_timeout, "pool": pool_timeout}
        limits = {name: self._secs if each is BaseRequest.DEFAULT_NONE else each for name, each in given.items()}
        files = request_data.multipart_data if request_data else None
        # A file takes as long as the line needs for it; each piece of it has its own deadline.
        deadline = None if files or read_secs is None else read_secs + self._slack_secs
        try:
            async with asyncio.timeout(deadline):
                status, headers, body = await self._exchange(
                    method,
                    url,
                    data=request_data.json_parameters if request_data else None,
                    files=files or None,
                    timeout=httpx.Timeout(read=read_secs, **limits),
                )
        except TelegramError:
            raise
        except httpx.PoolTimeout as error:
            raise TimedOut("Pool timeout: the request was *not* sent") from error
        except (httpx.TimeoutException, TimeoutError) as error:
            raise TimedOut from error
        except Exception as error:
            # Whatever it is, its text may hold the address with the token, or a user's text.
            module = type(error).__module__.partition(".")[0]
            raise NetworkError(f"{module}.{type(error).__name__}") from error
        return status, body if 200 <= status <= 299 else _refusal(status, headers, body)

    @staticmethod
    @override
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """See `BaseRequest.parse_json_payload`; strict, and logs nothing."""
        try:
            value = decode(payload)
        except UnreadableError:
            value = None
        if not isinstance(value, dict) or ("result" if value.get("ok") is True else "error_code") not in value:
            raise TelegramError("Invalid server response")
        return value

    async def _exchange(self, method: str, url: str, **call: Any) -> tuple[int, Mapping[str, str], bytes]:
        await self.initialize()
        client = self._client
        if client is None:
            raise NetworkError("shut down")
        client.calls += 1
        try:
            # Not compressed: a small answer that unpacks to a huge one would be huge before it is counted.
            headers = {"user-agent": self.USER_AGENT, "accept-encoding": "identity"}
            async with client.http.stream(method, url, headers=headers, **call) as answer:
                return answer.status_code, answer.headers, await _body(answer)
        finally:
            await client.leave()

    async def _tls(self) -> ssl.SSLContext:
        if self._is_plain:
            return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # trusts nobody, for it meets nobody
        # Reading the authorities' certificates takes tens of milliseconds.
        return await asyncio.to_thread(httpx.create_ssl_context)

    def _new_client(self, tls: ssl.SSLContext) -> httpx.AsyncClient:
        limits = httpx.Limits(max_connections=self._connections)
        return httpx.AsyncClient(limits=limits, verify=tls, trust_env=not self._is_here)


class Bots:
    """The one Bot of a channel: made when it is first needed, without a call. `polls` are the long polls' own lines."""

    def __init__(self, settings: TelegramSettings) -> None:
        quiet_libraries()
        self._settings = settings
        self._calls = CappedRequest(settings, settings.connections, settings.step_secs, settings.step_secs)
        half = settings.step_secs / 2
        self._polls = CappedRequest(settings, 2, settings.poll_secs + half, half)
        self._bot: Bot | None = None

    async def get(self) -> Bot:
        """Return the Bot. It is not asked who it is: that the library's `initialize` tells the token in its error."""
        await self._calls.initialize()
        if self._bot is None:
            self._bot = QuietBot(
                self._settings.token.get_secret_value(),
                base_url=f"{self._settings.api_url}/bot",
                base_file_url=f"{self._settings.api_url}/file/bot",
                request=self._calls,
                get_updates_request=self._polls,
            )
        return self._bot

    async def poll(self, fields: Mapping[str, str]) -> bytes:
        """Call `getUpdates` and return the answer's bytes. Raises the library's errors, and `TooLongError`."""
        bot = await self.get()
        return await self._polls.retrieve(f"{bot.base_url}/getUpdates?{urlencode(fields)}")

    async def renew(self) -> None:
        """Make all lines anew: a pool may hang for good."""
        await self._polls.renew()
        await self._calls.renew()

    async def close(self) -> None:
        """Drop all lines."""
        await self._polls.shutdown()
        await self._calls.shutdown()


def quiet_libraries() -> None:
    """Keep the libraries' logs from telling each address with the token in it, and each answer with users' texts."""
    for name in ("httpx", "httpcore", "telegram"):
        logger = logging.getLogger(name)
        if logger.level < logging.WARNING:
            logger.setLevel(logging.WARNING)


async def _body(answer: httpx.Response) -> bytes:
    if answer.headers.get("content-encoding", "identity").lower() != "identity":
        raise NetworkError("the answer is packed, although that was not asked for")
    cap = ANSWER_BYTES if answer.is_success else REFUSAL_BYTES
    body = bytearray()
    async for piece in answer.aiter_raw():
        body += piece
        if len(body) > cap:
            break
    if answer.is_success and len(body) > cap:
        raise TooLongError(bytes(body[:cap]))
    return bytes(body[:cap])


def _refusal(status: int, headers: Mapping[str, str], body: bytes) -> bytes:
    """Return what a refusal says that we know of; nothing when it is not the platform's. Raises for some statuses."""
    try:
        value = decode(body)
    except UnreadableError:
        value = None
    told = value.get("parameters") if isinstance(value, dict) else None
    told = {name: told[name] for name in _PARAMETERS if type(told.get(name)) is int} if isinstance(told, dict) else {}
    if status == httpx.codes.TOO_MANY_REQUESTS and (secs := told.get("retry_after") or _seconds(headers)):
        raise RetryAfter(max(secs, 1))
    text = value.get("description") if isinstance(value, dict) else None
    text = text[:_TEXT_CHARS] if isinstance(text, str) else ""
    if status == httpx.codes.NOT_FOUND:
        raise NotFoundError(text or "Not Found (404)")
    if not isinstance(value, dict):
        return b""
    return encode({"ok": False, "error_code": status, "description": text, **({"parameters": told} if told else {})})


def _seconds(headers: Mapping[str, str]) -> int:
    """Return the seconds of a Retry-After header; 0 for a date and for what is no number."""
    text = headers.get("retry-after", "").strip()
    return min(int(text), LONGEST_WAIT_SECS) if text.isascii() and text.isdigit() and len(text) < 10 else 0
