"""What an HTTP status or a failed HTTP call means in the gateway's own errors: one table for all backends.

Never names more of an address than its host: paths and queries may hold tokens.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

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
