"""One IMAP connection through aioimaplib, which is safe only behind this: serial, with a deadline on every call.

Any timeout, cancellation or error burns the connection. docs/adr/0003-imap-wrapper.md tells why.
"""

from __future__ import annotations

import asyncio
import logging
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import aioimaplib

from connectors.email._parse import Line, pieces, response_code
from connectors.email._refusals import login_refused
from connectors.email._sasl import MECHANISM, Access, Exchange, message, try_token
from connectors.email._starttls import Upgrade
from connectors.email._tls import connect_error
from gateway.errors import AuthError, ConfigError, GatewayError, TransientError

T = TypeVar("T")

ALLOWANCE = 64 * 1024 * 1024
"""Most bytes that the server may send in one call that fetches no body."""
GOODBYE_SECS = 2.0

_LIBRARY_ERRORS = (
    aioimaplib.AioImapException,
    RecursionError,
    ValueError,
    LookupError,
    AttributeError,
    TypeError,
    asyncio.InvalidStateError,
)

# At DEBUG and INFO the library logs every byte in both directions: mail, names and the LOGIN command.
logging.getLogger(aioimaplib.IMAP4.__module__).addFilter(lambda record: record.levelno >= logging.WARNING)


class RefusedError(TransientError):
    """The server answered NO or BAD; the connection is still good. `code` is its response code, if any."""

    def __init__(self, what: str, code: str) -> None:
        super().__init__(f"the IMAP server refused {what}" + (f" [{code}]" if code else ""))
        self.code = code


class Session:
    """One connection, one call at a time."""

    def __init__(
        self, host: str, port: int, tls: ssl.SSLContext | None, secs: float, *, starttls: bool = False
    ) -> None:
        """Connect at once, in TLS where it is given; with `starttls` in the clear, and TLS before anything is sent."""
        self._host = host
        self._secs = secs
        self._lock = asyncio.Lock()
        self._lost: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._received = 0
        self._allowance = ALLOWANCE
        self._tail = b""
        self._exchange: Exchange | None = None
        self.stirred = asyncio.Event()
        """Set when the server said that the folder has grown, in whatever answer."""
        self._upgrade: Upgrade | None = None
        at_once = None if starttls else tls
        self._client: Any = aioimaplib.IMAP4(
            host, port, timeout=None, ssl_context=at_once, conn_lost_cb=lambda error: self._lose("the line was cut")
        )
        self._guard(self._client.protocol)
        if starttls and tls is not None:
            protocol = self._client.protocol
            self._upgrade = Upgrade(protocol, tls, host, protocol.data_received)

    @property
    def alive(self) -> bool:
        """Whether the connection was good when last seen."""
        return not self._lost.done()

    def has(self, capability: str) -> bool:
        """Whether the server announced it after login."""
        return capability in self._client.protocol.capabilities

    async def hello(self) -> None:
        """Wait for the connection and the greeting."""
        await self.run(self._greeted)
        line = self._client.protocol.transport.get_extra_info("socket")
        if line is not None:
            line.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)

    async def _greeted(self, client: Any) -> None:
        hello = asyncio.ensure_future(client.wait_hello_from_server())
        try:
            if self._upgrade is not None:
                await asyncio.wait({hello, self._upgrade.failed}, return_when=asyncio.FIRST_COMPLETED)
                if self._upgrade.failed.done():
                    raise self._upgrade.failed.result()
            await hello
        finally:
            _forget(hello)

    async def login(self, user: str, password: str) -> None:
        """Log in unless greeted as logged in; then ask again what the server can."""
        if self._client.get_state() != aioimaplib.AUTH:
            if self.has("LOGINDISABLED"):
                raise ConfigError(
                    f"the IMAP server {self._host} takes no password on this connection; "
                    "use imap_security tls or starttls"
                )
            # The library quotes the password but not the user name.
            answer = await self.run(lambda client: client.login(_quoted(user), password))
            if answer.result != "OK":
                raise login_refused(self._host, answer.lines[-1])
        await self._ask_capabilities()

    async def login_by_token(self, user: str, access: Access) -> None:
        """Log in by XOAUTH2 unless greeted as logged in; a token that is refused is renewed once."""
        if self._client.get_state() != aioimaplib.AUTH:
            if not self.has(f"AUTH={MECHANISM}"):
                raise ConfigError(f"the IMAP server {self._host} takes no OAuth login here; use a password")
            if not await try_token(access, lambda token: self._authenticate(message(user, token))):
                raise AuthError(f"the IMAP server {self._host} refused the access to this mailbox; {access.remedy}")
        await self._ask_capabilities()

    async def _authenticate(self, first: bytes) -> bool:
        """Give the one message of the mechanism; the library would leave the server's question unanswered."""
        exchange = self._exchange = Exchange(first, at_once=self.has("SASL-IR"))
        words = [MECHANISM, exchange.argument] if exchange.argument else [MECHANISM]
        try:
            answer = await self.run(lambda client: _command(client.protocol, "AUTHENTICATE", words))
        finally:
            self._exchange = None
        if answer.result == "OK":
            self._client.protocol.state = aioimaplib.AUTH
            return True
        refusal = login_refused(self._host, answer.lines[-1])
        if not isinstance(refusal, AuthError):
            raise refusal
        return False

    async def _ask_capabilities(self) -> None:
        # What the login's own answer says of capabilities reaches us with its last word damaged.
        await self.run(lambda client: client.protocol.capability())

    async def ask(
        self, what: str, step: Callable[[Any], Awaitable[Any]], secs: float = 0.0, allowance: int = ALLOWANCE
    ) -> list[Line]:
        """Run a command and return its untagged lines; `RefusedError` on NO and BAD."""
        answer = await self.run(step, secs, allowance)
        if answer.result != "OK":
            raise RefusedError(what, response_code(answer.lines[-1]))
        return list(answer.lines[:-1])

    async def run(self, step: Callable[[Any], Awaitable[T]], secs: float = 0.0, allowance: int = ALLOWANCE) -> T:
        """Run one call of the library within `secs` beyond the ordinary step."""
        async with self._turn(allowance):
            task = asyncio.ensure_future(step(self._client))
            try:
                await self._first(self._secs + secs, task)
                return task.result()
            finally:
                _forget(task)

    @asynccontextmanager
    async def _turn(self, allowance: int) -> AsyncIterator[None]:
        """Hold the connection alone; burn it on whatever is not an orderly refusal."""
        async with self._lock:
            if not self.alive:
                raise TransientError(self._why())
            self._received, self._allowance = 0, allowance
            try:
                yield
            except RefusedError:
                raise
            except (GatewayError, asyncio.CancelledError):
                self.burn()
                raise
            except Exception as error:
                self.burn()
                raise connect_error("IMAP", self._host, error) from error

    def select_state(self) -> None:
        """Tell the library that EXAMINE opened a folder; it does not know."""
        self._client.protocol.state = aioimaplib.SELECTED

    async def idle(self, secs: float) -> None:
        """Wait until the folder grows, at most `secs`; then leave IDLE, which proves that the line still lives."""
        async with self._turn(ALLOWANCE):
            idle = asyncio.ensure_future(self._client.idle())
            accepted = asyncio.ensure_future(self._client.protocol.wait_for_idle_response())
            news = asyncio.ensure_future(self.stirred.wait())
            try:
                await self._idle(idle, accepted, news, secs)
            finally:
                for task in (idle, accepted, news):
                    _forget(task)

    async def _idle(
        self, idle: asyncio.Future[Any], accepted: asyncio.Future[Any], news: asyncio.Future[Any], secs: float
    ) -> None:
        await self._first(self._secs, idle, accepted)
        if not idle.done():
            await self._first(secs, idle, news, late_is_well=True)
            if not idle.done():
                self._client.idle_done()
                await self._first(self._secs, idle)
        queue = self._client.protocol.idle_queue
        while not queue.empty():
            queue.get_nowait()
        answer = idle.result()
        if answer.result != "OK":
            raise RefusedError("IDLE", response_code(answer.lines[-1]))

    async def _first(self, secs: float, *tasks: asyncio.Future[Any], late_is_well: bool = False) -> None:
        await asyncio.wait({*tasks, self._lost}, timeout=secs, return_when=asyncio.FIRST_COMPLETED)
        if any(task.done() for task in tasks) or (late_is_well and self.alive):
            return
        raise TransientError(self._why())

    async def close(self) -> None:
        """Log out if that is quick, and give up the connection in any case."""
        try:
            if self.alive and not self._lock.locked():
                async with asyncio.timeout(min(GOODBYE_SECS, self._secs)):
                    await self.run(lambda client: client.logout())
        except (GatewayError, TimeoutError):
            pass
        finally:
            self.burn()
        await asyncio.sleep(0)

    def burn(self) -> None:
        """Give up the connection at once; nothing of it is trusted again."""
        self._lose("the connection was given up")
        protocol = self._client.protocol
        if protocol.transport is not None:
            protocol.transport.abort()
        for task in {*self._client.tasks, *protocol.tasks}:
            _forget(task)

    def _why(self) -> str:
        if self._lost.done():
            return f"the IMAP server {self._host}: {self._lost.result()}"
        return f"the IMAP server {self._host} did not answer within {self._secs:g} s"

    def _lose(self, reason: str) -> None:
        if not self._lost.done():
            self._lost.set_result(reason)

    def _guard(self, protocol: Any) -> None:
        """Stand between the socket and the library, whose errors would else be lost in a task or kill it silently."""
        feed, greet = protocol.data_received, protocol.welcome

        def data_received(data: bytes) -> None:
            self._received += len(data)
            if self._received > self._allowance:
                self._give_up("it sent far more than was asked for")
                return
            if self._upgrade is not None and not self._upgrade.done:
                self._upgrade.feed(data)
                return
            if b" EXISTS\r\n" in self._tail + data:
                self.stirred.set()
            self._tail = data[-9:]
            try:
                for piece in pieces(data):
                    feed(piece)
                if self._exchange is not None and (asked := self._exchange.feed(data)):
                    protocol.transport.write(asked)
            except _LIBRARY_ERRORS:
                self._give_up("it sent what is not IMAP, or an answer that nobody waits for")

        async def welcome(line: bytes) -> None:
            try:
                await greet(line)
            except _LIBRARY_ERRORS:
                self._give_up("it greets us with a refusal, or not as an IMAP server")

        protocol.data_received, protocol.welcome = data_received, welcome

    def _give_up(self, reason: str) -> None:
        self._lose(reason)
        if self._client.protocol.transport is not None:
            self._client.protocol.transport.abort()


def _forget(task: asyncio.Future[Any]) -> None:
    """Cancel a task, and look at its error so that nobody complains that it was never looked at."""
    task.cancel()
    task.add_done_callback(lambda done: done.cancelled() or done.exception())


async def _command(protocol: Any, name: str, words: list[str]) -> Any:
    return await protocol.execute(aioimaplib.Command(name, protocol.new_tag(), *words))


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
