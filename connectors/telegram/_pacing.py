"""Keeps the parts of a long reply within Telegram's limits of one chat, beyond what the engine reserves a reply for.

The engine reserves one call a reply, durably. What it cannot know are the further messages of a reply of several parts:
they are counted here, in memory, and only they ever make a reply wait here.
"""

from __future__ import annotations

from collections import deque
from datetime import datetime, timedelta

from gateway.errors import RateLimitedError
from gateway.ports import Clock

PART_SECS = 1.05
"""Telegram takes one message a second in one chat; its clock begins when the call arrives."""
GROUP_WINDOW = timedelta(seconds=61)
GROUP_COUNT = 19
"""Telegram takes twenty messages a minute in one group."""
_GAP = timedelta(seconds=PART_SECS)
_KEPT_CHATS = 10_000


class Pace:
    """When messages went to each chat, for as long as it matters."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._began_at = clock.now()
        self._groups: dict[int | str, deque[tuple[datetime, bool]]] = {}
        self._parts_ended_at: dict[int | str, datetime] = {}

    def enter(self, chat: int | str, count: int, *, group: bool) -> None:
        """Raise `RateLimitedError` when a reply of `count` messages cannot begin now; nothing was sent then.

        A reply of one message, into a chat that had no reply of several lately, is the engine's to limit. In the first
        minute a group's past is not known: replies of several messages wait, so that none is cut off in between.
        """
        now = self._clock.now()
        waits = [self._parts_ended_at.get(chat, now - _GAP) + _GAP - now]
        if group:
            waits.append(self._group_room_at(chat, count, now) - now)
        if (wait := max(waits)) > timedelta(0):
            raise RateLimitedError("a reply of several messages would go over the limits of its chat", wait)

    def sent(self, chat: int | str, *, group: bool, further: bool) -> None:
        """Count a message that went out; `further` is any but the first of its reply."""
        now = self._clock.now()
        if group:
            self._groups.setdefault(chat, deque()).append((now, further))
        if further:
            self._parts_ended_at[chat] = now
        self._forget(now)

    def _group_room_at(self, chat: int | str, count: int, now: datetime) -> datetime:
        sent = self._groups.get(chat, deque())
        while sent and sent[0][0] <= now - GROUP_WINDOW:
            sent.popleft()
        if count == 1 and not any(further for _, further in sent):
            return now
        over = len(sent) + count - GROUP_COUNT
        known_at = self._began_at + GROUP_WINDOW if count > 1 else now
        return max(known_at, sent[over - 1][0] + GROUP_WINDOW) if over > 0 else known_at

    def _forget(self, now: datetime) -> None:
        if len(self._parts_ended_at) > _KEPT_CHATS:
            self._parts_ended_at = {chat: at for chat, at in self._parts_ended_at.items() if at > now - _GAP}
        if len(self._groups) > _KEPT_CHATS:
            self._groups = {
                chat: sent for chat, sent in self._groups.items() if sent and sent[-1][0] > now - GROUP_WINDOW
            }
