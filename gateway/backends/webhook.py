"""Tickets for a receiver of the operator's own: one signed HTTPS call a write, as a CloudEvent, safe to repeat.

What agents do there is pushed to us the same way (`_inbound`); for receivers: docs/backends/webhook.md.
"""

from __future__ import annotations

import asyncio
import json
import re
import ssl
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated, Self
from urllib.parse import urlsplit

import httpx
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from gateway.backends import _http
from gateway.backends._cloudevents import MEDIA_TYPE, encode, encode_check, event_source
from gateway.backends._inbound import NORMALIZER, WebhookIngress
from gateway.backends.signatures import long_enough, sign, signing_key
from gateway.errors import ConfigError, GatewayError, OutcomeUnknownError, RateLimitedError, RejectedError
from gateway.ports import (
    BackendPlugin,
    Check,
    Clock,
    Done,
    Failed,
    Opening,
    Report,
    Role,
    Secret,
    TicketRef,
    TicketSystem,
    TicketWrite,
    is_loopback,
)

CONCURRENT = 8
"""Calls under way at once: enough to hide a slow receiver, few enough for a small one."""

_PLAIN_TICKET = re.compile(r"[!-~][ -~]{0,199}")


def _web_address(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in ("https", "http") or not parts.hostname:
        raise ValueError("write the receiver's whole address, such as https://desk.example.test/gatehouse")
    if parts.scheme == "http" and not is_loopback(parts.hostname):
        raise ValueError("write https:// ; plain http:// is for receivers on this machine alone")
    try:
        httpx.URL(url)
    except httpx.InvalidURL as error:
        raise ValueError(f"this is no web address: {error}") from None
    if parts.username is not None or parts.password is not None or parts.fragment:
        raise ValueError("leave out the user, password and fragment; the signature proves who we are")
    return url


class WebhookSettings(BaseModel):
    """The receiver, and the secret that it shares with us."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    url: Annotated[str, AfterValidator(_web_address)] = Field(
        description="Address of the receiver; http:// only on this machine.", examples=["https://desk.example.test/in"]
    )
    secret: Annotated[Secret, AfterValidator(long_enough)] = Field(
        description="Signs every call: at least 24 bytes, or whsec_ and base64."
    )
    inbound_secret: Annotated[Secret, AfterValidator(long_enough)] | None = Field(
        default=None, description="Signs what agents do, pushed to us; `secret` when not given."
    )
    timeout_secs: float = Field(default=20.0, gt=0, le=300, description="How long one call may take in all.")
    max_response_bytes: int = Field(default=65_536, ge=1_024, description="How much of an answer is read.")
    source: Annotated[str, AfterValidator(event_source)] = Field(
        default="urn:gatehouse", description="The CloudEvents source: tells several gateways apart."
    )
    receiver_is_idempotent: bool = Field(
        default=True, description="The receiver takes each id once; false: an unknown outcome waits for an operator."
    )
    ca_file: Path | None = Field(default=None, description="Certificates to trust instead of the public ones (PEM).")

    @model_validator(mode="after")
    def _certificates_need_tls(self) -> Self:
        if self.ca_file is not None and not self.url.startswith("https:"):
            raise ValueError("ca_file has no meaning without https://")
        return self


class WebhookBackend:
    """One receiver. A write is one call, and no call waits for its neighbour."""

    def __init__(self, settings: WebhookSettings, client: httpx.AsyncClient, clock: Clock) -> None:
        self._settings = settings
        self._client = client
        self._clock = clock
        self._key = signing_key(settings.secret)
        self._host = urlsplit(settings.url).hostname or ""
        self._slots = asyncio.Semaphore(CONCURRENT)

    async def check(self) -> Report:
        """Send an event of type `gatehouse.check`, which a receiver answers with success and ignores."""
        try:
            await self._post(*encode_check(self._settings.source, self._clock.now()))
        except GatewayError as error:
            return Report((Check("receiver", ok=False, detail=f"{error}; {error.action}"),))
        return Report((Check("receiver", ok=True, detail=f"{self._host} took a signed trial event"),))

    async def submit(self, writes: Sequence[TicketWrite]) -> Sequence[Done | Failed]:
        """Call once a write, at most `CONCURRENT` at a time."""
        answers = await asyncio.gather(*(self._deliver(write) for write in writes))
        common = _common_error(answers)
        if common is not None:
            raise common
        return answers

    async def find(self, write: TicketWrite, job: str | None = None) -> TicketRef | None:
        """A receiver cannot be asked: one that takes each id once is simply sent the write again."""
        if self._settings.receiver_is_idempotent:
            return None
        raise OutcomeUnknownError(f"{self._host} cannot be asked whether it took a write; look there before resending")

    async def _deliver(self, write: TicketWrite) -> Done | Failed:
        try:
            answer = await self._post(*encode(write, self._settings.source))
        except GatewayError as error:
            return Failed(write.key, error)
        return Done(write.key, _ticket_in(answer) or write.ticket or TicketRef(write.case.id))

    async def _post(self, event_id: str, body: bytes) -> bytes:
        """Make one call; return what the receiver said to it. Raises whatever else it came to."""
        headers = {"idempotency-key": event_id, **sign(self._key, event_id, self._clock.now(), body)}
        async with self._slots:
            try:
                async with asyncio.timeout(self._settings.timeout_secs):
                    return await self._exchange(body, headers)
            except TimeoutError:
                raise OutcomeUnknownError(f"{self._host} did not answer in time") from None
            except (httpx.HTTPError, httpx.InvalidURL) as error:
                raise _http.of_failure(self._host, error) from None

    async def _exchange(self, body: bytes, headers: dict[str, str]) -> bytes:
        async with self._client.stream("POST", self._settings.url, content=body, headers=headers) as response:
            error = _http.of_status(self._host, response.status_code, response.headers, self._clock.now())
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


def _ticket_in(body: bytes) -> TicketRef | None:
    """Return the name that a receiver gave the ticket, if it gave one that can be kept."""
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return None
    ticket = said.get("ticket") if isinstance(said, dict) else None
    if isinstance(ticket, int) and not isinstance(ticket, bool):
        ticket = str(ticket)
    return TicketRef(ticket) if isinstance(ticket, str) and _PLAIN_TICKET.fullmatch(ticket) else None


def _common_error(answers: Sequence[Done | Failed]) -> GatewayError | None:
    """Return the error of the whole call, when all writes failed alike for a reason that is not in the writes."""
    errors = [answer.error for answer in answers if isinstance(answer, Failed)]
    if len(errors) < len(answers) or len({type(error) for error in errors}) != 1:
        return None
    if isinstance(errors[0], RejectedError):
        return None
    waits = [error for error in errors if isinstance(error, RateLimitedError)]
    return max(waits, key=lambda error: error.retry_after) if waits else errors[0]


def _trusted(settings: WebhookSettings) -> ssl.SSLContext | bool:
    if settings.ca_file is None:
        return True
    try:
        return ssl.create_default_context(cafile=settings.ca_file)
    except (OSError, ssl.SSLError) as error:
        raise ConfigError(f"the certificates in {settings.ca_file} cannot be read: {type(error).__name__}") from None


@asynccontextmanager
async def open_webhook(opening: Opening[WebhookSettings]) -> AsyncIterator[TicketSystem]:
    """Open the backend with a client of its own: no redirects, no proxy from the environment, no compressed answers."""
    settings = opening.settings
    async with httpx.AsyncClient(
        verify=_trusted(settings),
        trust_env=False,
        follow_redirects=False,
        # Connecting and the TLS handshake get a third each: the deadline of the whole call strikes only after sending.
        timeout=httpx.Timeout(settings.timeout_secs, connect=settings.timeout_secs / 3),
        limits=httpx.Limits(max_connections=CONCURRENT, max_keepalive_connections=CONCURRENT),
        headers={
            "content-type": MEDIA_TYPE,
            "accept": "application/json",
            "accept-encoding": "identity",
            "user-agent": "gatehouse",
        },
    ) as client:
        backend = WebhookBackend(settings, client, opening.clock)
        yield TicketSystem(backend, ingress=_ingress(opening.name, settings))


def _ingress(source: str, settings: WebhookSettings) -> WebhookIngress:
    return WebhookIngress(source, signing_key(settings.inbound_secret or settings.secret), settings.source)


PLUGIN = BackendPlugin(
    name="webhook",
    settings=WebhookSettings,
    open=open_webhook,
    normalizer=NORMALIZER,
    roles=frozenset({Role.INGRESS}),
)
