"""X's rate limits: how many calls an account, or the app itself, may make within a window that its first call opens."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from gateway.ports import Clock
from gateway.sandbox.x._errors import too_many
from gateway.sandbox.x._router import Caller

WINDOW = timedelta(minutes=15)
DAY = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Limit:
    """How many calls within a window: by one account, by the app; routes with the same `bucket` share them."""

    user: int
    app: int = 0
    bucket: str = ""
    daily: int = 0


_READ_MESSAGES = Limit(15, bucket="dm_events")
_SEND_MESSAGES = Limit(15, bucket="dm_messages", daily=1440)
LIMITS: Mapping[str, Limit] = {
    "GET /2/users/me": Limit(75),
    "GET /2/users": Limit(900, 300),
    "GET /2/users/by": Limit(900, 300),
    "GET /2/users/by/username/{username}": Limit(900, 300),
    "GET /2/users/{id}": Limit(900, 300),
    "GET /2/users/{id}/mentions": Limit(300, 450),
    "GET /2/tweets": Limit(900, 450),
    "GET /2/tweets/{id}": Limit(900, 450),
    "GET /2/tweets/search/recent": Limit(300, 450),
    "GET /2/dm_events": _READ_MESSAGES,
    "GET /2/dm_conversations/with/{participant_id}/dm_events": _READ_MESSAGES,
    "GET /2/dm_conversations/{id}/dm_events": _READ_MESSAGES,
    "GET /2/usage/tweets": Limit(0, 50),
    "POST /2/tweets": Limit(100),
    "DELETE /2/tweets/{id}": Limit(50),
    "POST /2/dm_conversations/with/{participant_id}/messages": _SEND_MESSAGES,
    "POST /2/dm_conversations/{dm_conversation_id}/messages": _SEND_MESSAGES,
    "GET /2/activity/stream": Limit(0, 450),
}
"""Calls within 15 minutes, as published; a route that is not here has none."""


@dataclass(slots=True)
class _Window:
    ends: datetime
    used: int = 0


class Limits:
    """What was called lately; refused calls do not count."""

    def __init__(self, clock: Clock, limits: Mapping[str, Limit] = LIMITS, *, enforced: bool = True) -> None:
        self._clock = clock
        self._windows: dict[tuple[str, str, str], _Window] = {}
        self.limits = dict(limits)
        self.enforced = enforced

    def take(self, route: str, caller: Caller | None) -> dict[str, str]:
        """Count a call; returns the headers of its answer. Raises `ProblemError` 429 when it is one too many."""
        limit = self.limits.get(route)
        if limit is None or caller is None:
            return {}
        most = limit.app if caller.user_id is None else limit.user
        who = caller.user_id or "app"
        bucket = limit.bucket or route
        windows = [("x-rate-limit", most, self._window(("short", bucket, who), WINDOW))]
        if limit.daily:
            windows.append(("x-user-limit-24hour", limit.daily, self._window(("day", bucket, who), DAY)))
        windows = [each for each in windows if each[1] > 0]
        over = self.enforced and any(window.used >= allowed for _, allowed, window in windows)
        headers: dict[str, str] = {}
        for name, allowed, window in windows:
            window.used += not over
            headers[f"{name}-limit"] = str(allowed)
            headers[f"{name}-remaining"] = str(max(allowed - window.used, 0))
            headers[f"{name}-reset"] = str(math.ceil(window.ends.timestamp()))
        if over:
            refusal = too_many()
            refusal.headers |= headers
            raise refusal
        return headers

    def _window(self, key: tuple[str, str, str], length: timedelta) -> _Window:
        now = self._clock.now()
        window = self._windows.get(key)
        if window is None or window.ends <= now:
            window = self._windows[key] = _Window(now + length)
        return window
