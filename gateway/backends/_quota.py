"""How many calls a ticket system bears now: rate-limit headers honoured, and fewer calls at once when it struggles.

Never sleeps: where there is no room the call is not made, and `RateLimitedError` says when there will be.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from gateway.errors import RateLimitedError
from gateway.ports import Clock

STRUGGLES = frozenset({408, 425, 429, 502, 503, 504})
"""Answers after which fewer calls are made at once."""
WIDENS_AFTER = 16
"""So many good answers in a row let one more call be made at once."""

Reset = Callable[[str, datetime], datetime | None]
"""(what the header says, now) → when there is room again; None when it cannot be read."""


def in_secs(value: str, now: datetime) -> datetime | None:
    """Read seconds from now."""
    return now + timedelta(seconds=float(value)) if _is_number(value) else None


def at_epoch(value: str, now: datetime) -> datetime | None:
    """Read seconds since 1970."""
    return datetime.fromtimestamp(float(value), UTC) if _is_number(value) else None


def at_time(value: str, now: datetime) -> datetime | None:
    """Read a time as ISO 8601 writes it."""
    try:
        at = datetime.fromisoformat(value.strip())
    except ValueError:
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class RateHeaders:
    """The headers, in small letters, that tell how many calls are left and when there are more."""

    remaining: str = ""
    reset: str = ""
    read_reset: Reset = in_secs


class Quota:
    """One account's room at one ticket system, shared by all calls to it. `most` calls at once at best."""

    def __init__(self, clock: Clock, most: int, headers: RateHeaders | None = None) -> None:
        self._clock = clock
        self._most = most
        self._headers = headers or RateHeaders()
        self._width = most
        self._good = 0
        self._under_way = 0
        self._left: int | None = None
        self._closed_until: datetime | None = None
        self._freed = asyncio.Condition()

    @property
    def width(self) -> int:
        """How many calls may be under way at once now."""
        return self._width

    @asynccontextmanager
    async def call(self, host: str) -> AsyncIterator[None]:
        """Hold room for one call; wait for other calls, but never for a limit: that is a `RateLimitedError`."""
        async with self._freed:
            self._refuse_while_closed(host)
            while self._under_way >= self._width:
                await self._freed.wait()
                self._refuse_while_closed(host)
            self._under_way += 1
            if self._left is not None:
                self._left -= 1
        try:
            yield
        finally:
            # No await: a call that is cancelled gives its room back all the same.
            self._under_way -= 1
            await asyncio.shield(self._tell())

    def answered(self, status: int, headers: Mapping[str, str]) -> None:
        """Learn from an answer."""
        if status in STRUGGLES:
            self._width, self._good = max(1, self._width // 2), 0
        else:
            self._good += 1
            if self._good >= WIDENS_AFTER and self._width < self._most:
                self._width, self._good = self._width + 1, 0
        remaining = headers.get(self._headers.remaining, "") if self._headers.remaining else ""
        if _is_number(remaining):
            # Calls under way beside this one may not have been counted there yet.
            self._left = int(float(remaining)) - (self._under_way - 1)
            self._closed_until = self._headers.read_reset(headers.get(self._headers.reset, ""), self._clock.now())

    def broke(self) -> None:
        """Learn from a call that got no answer."""
        self._width, self._good = max(1, self._width // 2), 0

    def _refuse_while_closed(self, host: str) -> None:
        if self._left is None or self._left > 0 or self._closed_until is None:
            return
        wait = self._closed_until - self._clock.now()
        if wait <= timedelta(0):
            self._left = self._closed_until = None
            return
        raise RateLimitedError(f"{host} has told that it takes no more calls for now", wait, item=False)

    async def _tell(self) -> None:
        async with self._freed:
            self._freed.notify_all()


def _is_number(text: str) -> bool:
    stripped = text.strip()
    return stripped.isascii() and stripped.replace(".", "", 1).isdigit() and len(stripped) < 20
