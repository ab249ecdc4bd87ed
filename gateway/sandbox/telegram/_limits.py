"""Telegram's sending limits, enforced without any burst beyond them."""

from __future__ import annotations

import math
from collections import defaultdict, deque
from dataclasses import dataclass
from datetime import datetime, timedelta

from gateway.ports import Clock
from gateway.sandbox.telegram._errors import too_many


@dataclass(frozen=True, slots=True)
class Limits:
    """How many messages may go out: a second over all, a second to one chat, a minute to one group."""

    per_second: int = 30
    per_chat_second: int = 1
    per_group_minute: int = 20


class Meter:
    """What went out lately, over sliding windows; refused calls do not count."""

    def __init__(self, limits: Limits | None, clock: Clock) -> None:
        self._limits = limits
        self._clock = clock
        self._all: deque[datetime] = deque()
        self._chats: defaultdict[int, deque[datetime]] = defaultdict(deque)

    def charge(self, chat_id: int, *, group: bool, messages: int = 1) -> None:
        """Count messages to a chat; raises `ApiError` 429 with the seconds to wait when one is too many."""
        if self._limits is None:
            return
        now = self._clock.now()
        chat = self._chats[chat_id]
        waits = [
            _wait(self._all, self._limits.per_second, 1, now, messages),
            _wait(chat, self._limits.per_chat_second, 1, now, messages),
        ]
        if group:
            waits.append(_wait(chat, self._limits.per_group_minute, 60, now, messages))
        if max(waits) > 0:
            raise too_many(math.ceil(max(waits)))
        _note(self._all, now, messages, 1)
        _note(chat, now, messages, 60)


def _wait(sent: deque[datetime], most: int, secs: int, now: datetime, messages: int) -> float:
    """Return the seconds until so many may go out; an album may fill a window that is empty."""
    since = now - timedelta(seconds=secs)
    recent = [at for at in sent if at > since]
    over = len(recent) + messages - most
    if over <= 0 or not recent:
        return 0
    return secs - (now - recent[min(over, len(recent)) - 1]).total_seconds()


def _note(sent: deque[datetime], now: datetime, messages: int, keep_secs: int) -> None:
    sent.extend([now] * messages)
    while sent and sent[0] <= now - timedelta(seconds=keep_secs):
        sent.popleft()
