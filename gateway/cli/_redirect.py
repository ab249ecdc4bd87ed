"""Waits on this machine for a browser that a platform sends back after a login (RFC 8252, section 7.3)."""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from urllib.parse import parse_qs, urlsplit

from gateway.errors import ConfigError
from gateway.ports import is_loopback

MAX_HEAD = 32 * 1024
READ_SECS = 10.0
_HEADERS = (
    "Content-Type: text/plain; charset=utf-8\r\nCache-Control: no-store\r\nReferrer-Policy: no-referrer\r\n"
    "Connection: close\r\n"
)
_TAKEN = "Gatehouse has the answer. Close this window and look at the terminal.\n"
_STRANGE = (
    "This is no answer to the login that Gatehouse waits for: it goes on waiting. Use the page that it has shown.\n"
)
_OTHER = "There is nothing here.\n"


def is_here(redirect: str) -> bool:
    """Whether an address can be waited at: plain HTTP on this machine's loopback."""
    parts = urlsplit(redirect)
    return parts.scheme == "http" and is_loopback(parts.hostname or "")


@asynccontextmanager
async def waiting_at(redirect: str, page: str) -> AsyncIterator[Callable[[], Awaitable[str]]]:
    """Listen at an address while the context lasts; gives what returns the address that the browser was led to.

    `page` is where the login began: only what bears its state counts, since any page in that browser can lead it
    here (RFC 6749, 10.12). Raises `ConfigError` when the port is taken.
    """
    parts = urlsplit(redirect)
    answered: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            async with asyncio.timeout(READ_SECS):
                target = _target(await reader.readuntil(b"\r\n\r\n"))
                reply = _reply("404 Not Found", _OTHER)
                if _is_answer(target, parts.path or "/"):
                    reply = _reply("400 Bad Request", _STRANGE)
                    if hmac.compare_digest(_state(target), _state(page)):
                        # First of all: a browser that hangs up now has brought what it was sent for.
                        if not answered.done():
                            answered.set_result(f"{parts.scheme}://{parts.netloc}{target}")
                        reply = _reply("200 OK", _TAKEN)
                writer.write(reply)
                await writer.drain()

    serving: set[asyncio.Task[None]] = set()

    def begin(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.ensure_future(serve(reader, writer))
        serving.add(task)
        task.add_done_callback(serving.discard)
        task.add_done_callback(lambda _: writer.close())

    try:
        server = await asyncio.start_server(begin, parts.hostname, parts.port or 80, limit=MAX_HEAD)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise ConfigError(
            f"nothing can be waited for at {parts.netloc}: {reason}; end what is there, or paste the address: --paste"
        ) from None

    async def answer() -> str:
        return await answered

    try:
        yield answer
    finally:
        # A line that says nothing must hold nobody up.
        server.close()
        for task in serving:
            task.cancel()
        await asyncio.gather(*serving, return_exceptions=True)


def _target(head: bytes) -> str:
    """Return what a request asks for; empty unless it is a GET."""
    method, _, rest = head.split(b"\r\n", 1)[0].decode("latin-1").partition(" ")
    return rest.partition(" ")[0] if method == "GET" else ""


def _is_answer(target: str, path: str) -> bool:
    """Whether a request is what a platform leads a browser to, not something that the browser asks for by itself."""
    with suppress(ValueError):
        parts = urlsplit(target)
        return parts.path == path and bool({"code", "error", "state"} & parse_qs(parts.query).keys())
    return False


def _state(address: str) -> bytes:
    """Return what ties an answer to the login that was begun (RFC 6749, 4.1.1)."""
    return parse_qs(urlsplit(address).query).get("state", [""])[0].encode("utf-8", "replace")


def _reply(status: str, text: str) -> bytes:
    return f"HTTP/1.1 {status}\r\n{_HEADERS}Content-Length: {len(text)}\r\n\r\n{text}".encode()
