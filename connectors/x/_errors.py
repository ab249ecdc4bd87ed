"""What X's answers and a broken line mean in the gateway's own errors; pure, but for the waits that it doubles.

Nothing that X or a proxy wrote goes on, but for statuses and kinds that are known: details quote texts of users.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import cached_property
from typing import Any

import aiohttp

from connectors.x._strict import UnreadableError, decode
from gateway.errors import (
    AuthError,
    CreditsError,
    GatewayError,
    OutcomeUnknownError,
    RateLimitedError,
    RejectedError,
    TooLargeError,
    TransientError,
    UnreachableError,
)

SHORTEST_WAIT = timedelta(seconds=5)
LONGEST_WAIT = timedelta(hours=1)
UNNAMED_WAIT = timedelta(seconds=60)
"""How long to wait after the first 429 that names no time; doubled with each that follows."""
MAX_SKEW = timedelta(seconds=60)
"""Clocks further apart than this are told of where access is refused: signatures hold a time."""

_NEVER_SENT = (
    aiohttp.ClientConnectorError,
    aiohttp.ConnectionTimeoutError,
    aiohttp.ClientProxyConnectionError,
    aiohttp.ClientHttpProxyError,
    aiohttp.InvalidURL,
)
"""Errors that come before a request is on its way."""

_DIGITS = re.compile(r"[0-9]{1,19}")

NOT_SUMMONED = "not_summoned"
DUPLICATE = "duplicate"
RESTRICTED = "restricted"
GONE = "gone"
TOO_LONG = "too_long"
AUTOMATED = "automated"
OTHER = "other"

_KINDS: tuple[tuple[str, tuple[int, ...], tuple[str, ...]], ...] = (
    (DUPLICATE, (187,), ("duplicate content", "status is a duplicate")),
    (
        NOT_SUMMONED,
        (),
        ("summoned", "not been mentioned", "mentioned or otherwise engaged", "mentioned or quoted you"),
    ),
    (
        "dm_closed",
        (150, 151, 349),
        (
            "send messages to users who",
            "send a direct message to this user",
            "send direct messages to this user",
            "permission to dm one or more",
            "cannot send messages to this user",
            "not accept direct messages",
        ),
    ),
    ("suspended", (64, 326), ("account is suspended", "account is temporarily locked", "account is locked")),
    (RESTRICTED, (433,), ("restricted who can reply",)),
    (GONE, (385, 144), ("deleted or not visible", "no status found")),
    (TOO_LONG, (186,), ("text is too long", "needs to be a bit shorter")),
    (AUTOMATED, (226,), ("might be automated",)),
)
"""How X tells of each kind: a legacy code, or words of its own."""

_ACCESS = frozenset({"oauth1-permissions", "client-forbidden", "unsupported-authentication"})
"""Problem types that concern the app or its keys rather than the call."""
_CREDITS = frozenset({"usage-capped", "credits", "credits-depleted", "insufficient-credits"})
_TELLING = {
    DUPLICATE: "X refused the post: its text is that of another post of ours",
    NOT_SUMMONED: "X refused the reply: the author of the post has not summoned this account",
    RESTRICTED: "X refused the reply: the author let nobody else answer",
    GONE: "the post is gone, or hidden from this account",
    TOO_LONG: "X refused the text: it is too long",
    AUTOMATED: "X refused the call, because it looks automated; see the account's standing",
    OTHER: "X does not allow the call",
}


class ForbiddenError(RejectedError):
    """X does not allow this one call (403).

    `kind` is `not_summoned`, `duplicate`, `restricted` (the author chose who may reply), `gone` (deleted or hidden from
    us), `too_long`, `automated`, or `other`.
    """

    def __init__(self, kind: str) -> None:
        super().__init__(_TELLING[kind])
        self.kind = kind


class AbsentError(RejectedError):
    """X knows no such thing, or no longer (404)."""


@dataclass(frozen=True)
class Said:
    """One answer: its head, its bytes, and when it came by our clock. `repeatable` is a call that may be made twice."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)
    at: datetime
    repeatable: bool

    @property
    def skew(self) -> timedelta | None:
        """How far X's clock is ahead of ours, by its Date header; None when it does not tell."""
        told = _date(self.headers.get("date", ""))
        return None if told is None else told - self.at

    @cached_property
    def json(self) -> dict[str, Any] | None:
        """The answer's object; None when it is none that can be read."""
        try:
            return decode(self.body)
        except UnreadableError:
            return None


class Waits:
    """How long each route waits after a 429; it doubles where X names no time."""

    def __init__(self) -> None:
        self._unnamed: dict[str, int] = {}

    def well(self, route: str) -> None:
        """Forget the refusals of a route that answered."""
        self._unnamed.pop(route, None)

    def wait(self, route: str, said: Said) -> timedelta:
        """Return how long to wait, within [5 s, 1 h]."""
        reset = _reset(said.headers)
        if reset is None:
            times = self._unnamed.get(route, 0)
            self._unnamed[route] = times + 1
            return min(UNNAMED_WAIT * (1 << min(times, 10)), LONGEST_WAIT)
        # Against X's own clock: ours may be wrong.
        now = (_date(said.headers.get("date", "")) or said.at).timestamp()
        return timedelta(seconds=min(max(reset - now, SHORTEST_WAIT.total_seconds()), LONGEST_WAIT.total_seconds()))


def meaning(said: Said, route: str, waits: Waits) -> GatewayError | None:
    """Return what an answer means; None when it is the one that was asked for."""
    if 200 <= said.status < 300:
        waits.well(route)
        return None if said.json is not None else _unknown(said.repeatable, "its answer cannot be read")
    if said.status == 429:
        return _limited(said, route, waits)
    waits.well(route)
    if said.status >= 500 or said.status < 400:
        return _unknown(said.repeatable, f"it answered {said.status}")
    if said.status == 401:
        return AuthError(_refused(said))
    problem = said.json
    if said.status == 402 or _types(problem) & _CREDITS:
        return CreditsError("X blocks our calls: the account's credits are used up")
    if problem is None:
        return _by_nobody(said.status)
    return _refusal(said.status, problem)


def of_line(error: Exception, *, repeatable: bool) -> GatewayError:
    """Return what an error of the line means."""
    if isinstance(error, GatewayError):
        return error
    name = type(error).__name__
    if isinstance(error, _NEVER_SENT):
        return TransientError(f"X cannot be reached: {name}")
    return _unknown(repeatable, name)


def _unknown(repeatable: bool, why: str) -> GatewayError:
    if repeatable:
        return TransientError(f"X gave no answer that can be used: {why}")
    return OutcomeUnknownError(f"X may have taken the call, but gave no answer that can be used: {why}")


def _limited(said: Said, route: str, waits: Waits) -> GatewayError:
    if _types(said.json) & _CREDITS:
        return CreditsError("X blocks our calls: the period's usage cap is reached")
    wait = waits.wait(route, said)
    return RateLimitedError(f"X asks us to wait before the next call of {route}", wait, item=False)


def _refused(said: Said) -> str:
    skew = said.skew
    if skew is not None and abs(skew) > MAX_SKEW:
        secs = round(skew.total_seconds())
        return (
            f"X refused the access (401), and its clock is {abs(secs)} s {'ahead of' if secs > 0 else 'behind'} ours: "
            "set this machine's clock by NTP"
        )
    return "X refused the access (401); renew the keys, or log the channel in anew"


def _by_nobody(status: int) -> GatewayError:
    """Classify a refusal that is not in X's own form."""
    if status == 413:
        return TooLargeError("X, or a proxy before it, takes no request of that size")
    return TransientError(f"something between us and X answered {status} in its place")


def _refusal(status: int, problem: Mapping[str, Any]) -> GatewayError:
    if status == 403:
        return _forbidden(problem)
    if status in (404, 410):
        return AbsentError(f"X knows nothing by that name or number ({status})")
    if status == 413:
        return TooLargeError("X takes no request of that size")
    if status in (408, 425):
        return TransientError(f"X asks us to call again ({status})")
    kind = kind_of(problem)
    return RejectedError(f"X refused the call ({status})" if kind == OTHER else _TELLING.get(kind, _TELLING[OTHER]))


def _forbidden(problem: Mapping[str, Any]) -> GatewayError:
    if _types(problem) & _ACCESS:
        return AuthError("X does not let the app do this (403); see the app's rights in the developer console")
    kind = kind_of(problem)
    if kind == "dm_closed":
        return UnreachableError("the user takes no direct messages from this account")
    if kind == "suspended":
        return AuthError("X has suspended or locked the account (403); see what it asks for on its own page")
    return ForbiddenError(kind)


def kind_of(problem: Mapping[str, Any]) -> str:
    """Return what kind of refusal X tells of, as in `ForbiddenError`; also `dm_closed` and `suspended`."""
    items = [problem, *_items(problem)]
    codes = {each["code"] for each in items if type(each.get("code")) is int}
    said = " ".join(
        text.lower()
        for each in items
        for name in ("detail", "message", "title")
        if isinstance(text := each.get(name), str)
    )
    for kind, numbers, phrases in _KINDS:
        if codes & set(numbers) or any(phrase in said for phrase in phrases):
            return kind
    return OTHER


def _types(problem: Mapping[str, Any] | None) -> set[str]:
    """Return the last parts of the problem types that an answer names."""
    if problem is None:
        return set()
    named = (each.get("type") for each in (problem, *_items(problem)))
    return {each.rpartition("/")[2].lower() for each in named if isinstance(each, str)}


def _items(problem: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    errors = problem.get("errors")
    return [each for each in errors if isinstance(each, dict)] if isinstance(errors, list) else []


def _reset(headers: Mapping[str, str]) -> int | None:
    """Return when calls are taken again, in Unix seconds; the day's end when it is the day's calls that are used up."""
    for scope in ("user", "app"):
        if headers.get(f"x-{scope}-limit-24hour-remaining", "").strip() == "0":
            found = headers.get(f"x-{scope}-limit-24hour-reset", "").strip()
            if _DIGITS.fullmatch(found):
                return int(found)
    found = headers.get("x-rate-limit-reset", "").strip()
    return int(found) if _DIGITS.fullmatch(found) else None


def _date(text: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found
