"""One connection to a NATS cluster, made when it is first needed and anew after it broke, and what its errors mean.

The library's own reconnecting is not used: it would keep what was sent meanwhile and send it later. A call that has no
line fails at once, and the engine calls again. Errors name no server beyond what it answers for, and nobody's words.
"""

from __future__ import annotations

import asyncio
import re
import ssl
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from typing import Any, TypeVar

from nats import errors as nats_errors
from nats.aio.client import Client, RawCredentials
from nats.js import JetStreamContext
from nats.js import errors as js_errors
from pydantic import SecretStr
from typing_extensions import override

from gateway.backends.nats.settings import NatsSettings
from gateway.errors import (
    AuthError,
    ConfigError,
    GatewayError,
    OutcomeUnknownError,
    RejectedError,
    TransientError,
)
from gateway.http import trusted

T = TypeVar("T")

WRONG_LAST_SEQUENCE = 10071
"""The server refused a write, since another stands where it was to come first (JSStreamWrongLastSequenceErrF)."""
NO_MESSAGE = 10037
"""The stream has no such message (JSNoMessageFoundErr)."""
FIRST_ON_SUBJECT = "Nats-Expected-Last-Subject-Sequence"
"""The header that has the server refuse a message, unless the last one on its subject is the one named; 0: none is."""

SHUT_SECS = 2.0

_MEANINGS: Mapping[int, tuple[type[GatewayError], str]] = {
    10059: (ConfigError, "there is no such stream"),
    10035: (ConfigError, "JetStream is not switched on"),
    10039: (ConfigError, "JetStream is not switched on for our account"),
    10076: (ConfigError, "JetStream is not switched on"),
    10060: (ConfigError, "another stream than ours takes that subject"),
    10109: (ConfigError, "the stream is sealed"),
    10074: (ConfigError, "it is no cluster, so set replicas = 1"),
    10005: (ConfigError, "it has too few servers for the replicas"),
    10054: (RejectedError, "the item is larger than the stream takes"),
    10077: (TransientError, "the stream is full"),
    10158: (OutcomeUnknownError, "the same item is still under way"),
}
"""By `err_code`, as nats-server's server/errors.json has them."""

_NEVER_SENT = (
    nats_errors.ConnectionClosedError,
    nats_errors.ConnectionDrainingError,
    nats_errors.OutboundBufferLimitError,
    nats_errors.NoRespondersError,
    js_errors.NoStreamResponseError,
)
"""No responders: the servers found nobody to hand the item to, so nobody has it."""


class _SafeClient(Client):
    """Tells its credential to nobody over a line that is not encrypted although it is to be."""

    def __init__(self, wants_tls: bool) -> None:
        super().__init__()
        self._wants_tls = wants_tls

    @override
    def _connect_command(self) -> bytes:
        if self._wants_tls and not self._server_info.get("tls_required"):
            raise nats_errors.SecureConnRequiredError
        return super()._connect_command()

    @override
    async def _process_connect_init(self) -> None:
        """Connect; where the server has hung up meanwhile, tell why it did rather than that it did."""
        try:
            await super()._process_connect_init()
        except ConnectionError:
            said = await self._transport.readline() if self._transport is not None else b""
            if said.startswith(b"-ERR"):
                raise nats_errors.Error(f"nats: {said.decode(errors='replace').strip()}") from None
            raise


class _Calls:
    """The calls under way on one connection: ended early when it breaks, or when one of them may not be made."""

    def __init__(self, inbox: str) -> None:
        self._inbox = inbox.casefold()
        self._ends: dict[asyncio.Future[GatewayError], str] = {}

    def begin(self, subject: str) -> asyncio.Future[GatewayError]:
        end: asyncio.Future[GatewayError] = asyncio.get_running_loop().create_future()
        self._ends[end] = subject.casefold()
        return end

    def forget(self, end: asyncio.Future[GatewayError]) -> None:
        self._ends.pop(end, None)

    async def broke(self) -> None:
        self._end_all(OutcomeUnknownError("the line to NATS broke after the call was sent"), "")

    async def went_wrong(self, error: Exception) -> None:
        """End the calls that a server says our account may not make."""
        said = re.search(r'permissions violation for (publish|subscription) to "([^"]+)"', str(error).casefold())
        if said is None:
            return
        verb, subject = said.groups()
        if verb == "publish":
            self._end_all(AuthError("NATS does not allow this to our account: to publish there"), subject)
        elif subject.startswith(self._inbox):
            self._end_all(OutcomeUnknownError("NATS does not allow our account to be answered: see inbox_prefix"), "")

    def _end_all(self, error: GatewayError, subject: str) -> None:
        for end, own in self._ends.items():
            if not end.done() and subject in ("", own):
                end.set_result(error)


class Line:
    """Makes calls; each has a deadline. `joined` is called with each new connection."""

    def __init__(self, settings: NatsSettings, joined: Callable[[Client], Awaitable[None]] | None = None) -> None:
        self._settings = settings
        self._joined = joined
        self._client: Client | None = None
        self._calls = _Calls(settings.inbox_prefix)
        self._opening = asyncio.Lock()

    async def call(self, subject: str, work: Callable[[JetStreamContext], Awaitable[T]], *, is_safe: bool) -> T:
        """Do `work`, one request to that subject; `is_safe`: it changes nothing, so that it is never in doubt.

        Raises the library's `APIError` for what JetStream itself refused, and else our own errors.
        """
        client, calls = await self._connected()
        end = calls.begin(subject)
        seconds = self._settings.timeout_secs
        task = asyncio.ensure_future(work(client.jetstream(timeout=seconds)))
        try:
            waited: set[asyncio.Future[Any]] = {task, end}
            await asyncio.wait(waited, timeout=seconds + 1, return_when=asyncio.FIRST_COMPLETED)
            if not task.done():
                raise end.result() if end.done() else OutcomeUnknownError("NATS did not answer in time")
            return task.result()
        except (nats_errors.Error, OSError, ValueError, GatewayError) as error:
            if isinstance(error, js_errors.APIError) and error.err_code is not None:
                raise
            raise meaning(error, is_safe) from None
        finally:
            calls.forget(end)
            await _ended(task)

    async def close(self) -> None:
        """Close the connection, if there is one."""
        client, self._client = self._client, None
        if client is not None:
            await _shut(client)

    async def _connected(self) -> tuple[Client, _Calls]:
        async with self._opening:
            if self._client is None or not self._client.is_connected:
                await self.close()
                self._client = await self._connect()
            return self._client, self._calls

    async def _connect(self) -> Client:
        client = _SafeClient(self._settings.uses_tls)
        self._calls = calls = _Calls(self._settings.inbox_prefix)
        options = _options(self._settings)
        try:
            async with asyncio.timeout(self._settings.timeout_secs):
                await client.connect(**options, error_cb=calls.went_wrong, closed_cb=calls.broke)
                if self._joined is not None:
                    await self._joined(client)
        except BaseException as error:
            await _shut(client)
            if isinstance(error, (nats_errors.Error, OSError, TimeoutError)):
                raise _of_connecting(error) from None
            raise
        return client


async def _shut(client: Client) -> None:
    """Close a connection. The library waits for the other side, which with TLS may never say goodbye."""
    with suppress(nats_errors.Error, OSError, TimeoutError):
        async with asyncio.timeout(SHUT_SECS):
            await client.close()


async def _ended(task: asyncio.Future[Any]) -> None:
    """Let nothing of a call go on after it."""
    if not task.done():
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def _options(settings: NatsSettings) -> dict[str, Any]:
    seconds = settings.timeout_secs
    return {
        "servers": list(settings.servers),
        "name": "gatehouse",
        "allow_reconnect": False,
        # One more round over the servers when none could be reached, and no wait between.
        "max_reconnect_attempts": 1,
        "reconnect_time_wait": 0,
        "connect_timeout": max(1, int(seconds / 3)),
        "ping_interval": 10,
        "inbox_prefix": settings.inbox_prefix,
        **({"tls": _tls(settings)} if settings.uses_tls else {}),
        **_credential(settings),
    }


def _tls(settings: NatsSettings) -> ssl.SSLContext:
    context = trusted(settings.ca_file)
    if not isinstance(context, ssl.SSLContext):
        context = ssl.create_default_context()
    if settings.cert_file is not None:
        try:
            context.load_cert_chain(settings.cert_file, settings.key_file)
        except (OSError, ssl.SSLError) as error:
            raise ConfigError(f"{settings.cert_file} and its key cannot be read: {type(error).__name__}") from None
    return context


def _credential(settings: NatsSettings) -> dict[str, Any]:
    if settings.user is not None:
        return {"user": settings.user, "password": _open(settings.password)}
    if settings.token is not None:
        return {"token": _open(settings.token)}
    if settings.nkey_seed is not None:
        return {"nkeys_seed_str": _open(settings.nkey_seed)}
    if settings.credentials is not None:
        # The library reads up to the line's end, and a secret comes without the last one.
        return {"user_credentials": RawCredentials(_open(settings.credentials) + "\n")}
    return {}


def _open(secret: SecretStr | None) -> str:
    return secret.get_secret_value() if secret is not None else ""


def _of_connecting(error: Exception) -> GatewayError:
    said = str(error).casefold()
    if "authorization" in said or "authentication" in said:
        return AuthError("NATS does not accept our credential")
    if isinstance(error, nats_errors.SecureConnRequiredError):
        return ConfigError("NATS does not encrypt although tls:// is set; switch tls on there")
    if isinstance(error, ssl.SSLCertVerificationError):
        return TransientError("NATS cannot be reached: its certificate cannot be verified")
    return TransientError(f"NATS cannot be reached: {type(error).__name__}")


def meaning(error: Exception, is_safe: bool) -> GatewayError:
    """Return what an error of a call means; `is_safe`: the call changed nothing."""
    if isinstance(error, js_errors.APIError):
        return _of_api(error, is_safe)
    if isinstance(error, OutcomeUnknownError):
        return TransientError(str(error)) if is_safe else error
    if isinstance(error, GatewayError):
        return error
    if isinstance(error, _NEVER_SENT):
        return TransientError("NATS has no stream that answers: none is there, or it has no leader now")
    if isinstance(error, nats_errors.MaxPayloadError):
        return RejectedError("the item is larger than the server's max_payload")
    lost = (
        "NATS did not answer in time" if isinstance(error, TimeoutError) else f"the call failed: {type(error).__name__}"
    )
    return TransientError(lost) if is_safe else OutcomeUnknownError(lost)


def _of_api(error: js_errors.APIError, is_safe: bool) -> GatewayError:
    kind, text = _MEANINGS.get(error.err_code or 0, (None, ""))
    if kind is not None:
        return meaning(kind(f"NATS refuses: {text}"), is_safe)
    told = f"NATS answered {error.code} ({error.err_code})"
    if error.code == 503:
        return TransientError(f"{told}: it is not available")
    if error.code is not None and 400 <= error.code < 500 and not is_safe:
        return RejectedError(f"{told}: it refuses this item")
    return TransientError(told) if is_safe else OutcomeUnknownError(told)
