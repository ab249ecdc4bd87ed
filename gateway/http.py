"""HTTP as the gateway's clients speak it: how one is opened, how an answer is read, and what a failure means.

Never names more of an address than its host: paths and queries may hold tokens.
"""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http.cookiejar import CookieJar, DefaultCookiePolicy
from pathlib import Path

import httpx

from gateway.errors import (
    AuthError,
    ConfigError,
    GatewayError,
    OutcomeUnknownError,
    RateLimitedError,
    RejectedError,
    TransientError,
)

LONGEST_WAIT = timedelta(hours=6)
"""The longest that a `Retry-After` can make us wait: a slip of the other side must not park a desk for weeks."""

_MEANINGS: tuple[tuple[range, type[GatewayError], str], ...] = (
    (range(300, 400), ConfigError, "it redirects; write the address that it points to"),
    (range(401, 402), AuthError, "it does not accept our credential or signature"),
    (range(403, 404), AuthError, "it does not allow this to our credential"),
    (range(404, 406), ConfigError, "nothing takes these calls at that address"),
    (range(407, 408), ConfigError, "a proxy stands before it and asks for a credential"),
    (range(408, 410), TransientError, "it has not taken the call"),
    (range(410, 411), ConfigError, "that address is given up"),
    (range(425, 426), TransientError, "it has not taken the call"),
    (range(429, 430), TransientError, "it has too many calls"),
    (range(400, 500), RejectedError, "it refuses this item"),
    (range(501, 502), ConfigError, "it cannot do this at all"),
    (range(503, 504), TransientError, "it is not available"),
    (range(500, 600), OutcomeUnknownError, "it failed, perhaps after it had taken the item"),
)
"""First match wins. 404, 405 and 410 concern the address and not the item, so that no item is lost over a typing error;
409 is the answer to a repetition that comes while the first call is still at work (Idempotency-Key draft, section 2.6);
502 and 504 come from a proxy that does not know how far the server behind it got."""

_NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)


def of_status(host: str, status: int, headers: Mapping[str, str], now: datetime) -> GatewayError | None:
    """Return the error that an answer stands for; None for success."""
    if 200 <= status < 300:
        return None
    kind, meaning = _meaning(status)
    text = f"{host} answered {status}: {meaning}"
    wait = retry_after(headers.get("retry-after", ""), now)
    if kind is TransientError and wait is not None:
        return RateLimitedError(text, wait, item=False)
    return kind(text)


def _meaning(status: int) -> tuple[type[GatewayError], str]:
    for statuses, kind, meaning in _MEANINGS:
        if status in statuses:
            return kind, meaning
    return OutcomeUnknownError, "that is no final status of HTTP"


def retry_after(value: str, now: datetime) -> timedelta | None:
    """Read a `Retry-After` in seconds or as a date (RFC 9110, section 10.2.3), capped; None when there is none."""
    text = value.strip()
    if text.isascii() and text.isdigit():
        return min(timedelta(seconds=int(text[:9])), LONGEST_WAIT)
    try:
        at = parsedate_to_datetime(text)
    except ValueError:
        return None
    wait = (at if at.tzinfo else at.replace(tzinfo=UTC)) - now
    return min(max(wait, timedelta(0)), LONGEST_WAIT)


def server_time(headers: Mapping[str, str], otherwise: datetime) -> datetime:
    """Return the server's own time of an answer, by its `Date` (RFC 9110, section 6.6.1); else the other time."""
    try:
        at = parsedate_to_datetime(headers.get("date", ""))
    except ValueError:
        return otherwise
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def of_failure(host: str, error: httpx.HTTPError | httpx.InvalidURL) -> GatewayError:
    """Return the error that a call without an answer stands for: it was never sent, or nobody knows."""
    name = type(error).__name__
    if isinstance(error, _NEVER_SENT):
        return TransientError(f"{host} cannot be reached: {name}{_why(error)}")
    if isinstance(error, (httpx.UnsupportedProtocol, httpx.InvalidURL, httpx.LocalProtocolError)):
        return ConfigError(f"a call to {host} cannot be made as it is configured: {name}")
    return OutcomeUnknownError(f"the line to {host} broke after the call was sent: {name}")


def _why(error: Exception) -> str:
    return " (its certificate cannot be verified)" if "CERTIFICATE_VERIFY_FAILED" in str(error) else ""


@dataclass(frozen=True, slots=True)
class Answered:
    """What came back on a call, whatever its status."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes | None = field(repr=False)
    """None where there was more of it than is read."""


async def post(
    client: httpx.AsyncClient, url: str, body: bytes, most: int, headers: Mapping[str, str] | None = None
) -> Answered:
    """Post, and read at most so many bytes of the answer. Raises what httpx raises."""
    async with client.stream("POST", url, content=body, headers=headers) as response:
        held = bytearray()
        async for chunk in response.aiter_raw():
            held += chunk
            if len(held) > most:
                return Answered(response.status_code, response.headers, None)
        return Answered(response.status_code, response.headers, bytes(held))


def trusted(ca_file: Path | None) -> ssl.SSLContext | bool:
    """Return what certificates are checked against. Raises `ConfigError`."""
    if ca_file is None:
        return True
    try:
        return ssl.create_default_context(cafile=ca_file)
    except (OSError, ssl.SSLError) as error:
        raise ConfigError(f"the certificates in {ca_file} cannot be read: {type(error).__name__}") from None


@asynccontextmanager
async def open_client(
    timeout_secs: float,
    most: int,
    headers: Mapping[str, str],
    ca_file: Path | None = None,
    auth: tuple[str, str] | None = None,
    *,
    connect_share: float = 1 / 3,
) -> AsyncIterator[httpx.AsyncClient]:
    """Open an HTTP client: no redirects, no proxy from the environment, no compressed answers, no cookies kept.

    Connecting and the TLS handshake get that share of the time each: by a third, the deadline of the whole call strikes
    only after sending, and what strikes before leaves nothing in doubt. Calls that change nothing need no such care.
    """
    async with httpx.AsyncClient(
        verify=trusted(ca_file),
        trust_env=False,
        follow_redirects=False,
        cookies=CookieJar(DefaultCookiePolicy(allowed_domains=())),
        timeout=httpx.Timeout(timeout_secs, connect=timeout_secs * connect_share),
        limits=httpx.Limits(max_connections=most, max_keepalive_connections=most),
        headers={"accept": "application/json", "accept-encoding": "identity", "user-agent": "gatehouse", **headers},
        auth=httpx.BasicAuth(*auth) if auth is not None else None,
    ) as client:
        yield client
