"""getUpdates by the Bot API's rules: one long poll at a time, woken by an update, ended by another or by a webhook."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from gateway.ports import Clock
from gateway.sandbox.telegram._errors import ApiError
from gateway.sandbox.telegram._updates import UpdateQueue

MAX_TIMEOUT_SECS = 50
MAX_LIMIT = 100
_REPEAT_SECS = 3
_HASTY = timedelta(seconds=0.5)
_CONFLICT_SECS = 3.0

OTHER = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
BY_WEBHOOK = "Conflict: terminated by setWebhook request"
WEBHOOK_ACTIVE = (
    "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
)


class Polling:
    """The long poll and what the server remembers of the one before; `changed` is called when one opens or ends."""

    def __init__(
        self, clock: Clock, queue: UpdateQueue, webhook_active: Callable[[], bool], changed: Callable[[], None]
    ) -> None:
        self._clock = clock
        self._queue = queue
        self._webhook_active = webhook_active
        self._changed = changed
        self._waiting: asyncio.Future[str | None] | None = None
        self._raw: list[bytes] = []
        self._last_offset: int | None = None
        self._last_at: datetime | None = None
        self._conflict_at: datetime | None = None

    def put_raw(self, body: bytes) -> None:
        """Let the next call be answered by exactly these bytes."""
        self._raw.append(body)
        self.wake()

    def wake(self) -> None:
        """Let the long poll look again."""
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(None)

    def end(self, reason: str) -> None:
        """End the long poll with 409."""
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(reason)

    @property
    def waiting(self) -> bool:
        """Whether a long poll is open now."""
        return self._waiting is not None and not self._waiting.done()

    async def get_updates(self, offset: int, limit: int, timeout: int) -> bytes:  # noqa: ASYNC109 - the API's own word
        """Return the answer's body; raises `ApiError` 409."""
        if self._webhook_active():
            await self._conflict(WEBHOOK_ACTIVE)
        limit, timeout = self._hold_back(offset, max(1, min(limit, MAX_LIMIT)), max(0, min(timeout, MAX_TIMEOUT_SECS)))
        body = self._body(offset, limit)
        if body is None and timeout > 0:
            body = await self._wait(offset, limit, timeout)
        return _EMPTY if body is None else body

    def _hold_back(self, offset: int, limit: int, timeout: int) -> tuple[int, int]:
        now = self._clock.now()
        if self._last_at is not None and offset == self._last_offset:
            since = now - self._last_at
            if since < timedelta(seconds=_REPEAT_SECS):
                timeout = max(timeout, _REPEAT_SECS)
            if since < _HASTY:
                limit = 1
        self._last_offset, self._last_at = offset, now
        return limit, timeout

    def _body(self, offset: int, limit: int) -> bytes | None:
        if self._raw:
            return self._raw.pop(0)
        page = self._queue.page(offset, limit)
        return b'{"ok":true,"result":[' + b",".join(page) + b"]}" if page else None

    async def _wait(self, offset: int, limit: int, seconds: int) -> bytes | None:
        ended: asyncio.Future[str | None] = asyncio.get_running_loop().create_future()
        timer = asyncio.ensure_future(self._clock.sleep(seconds))
        try:
            await asyncio.sleep(0)  # from here on the clock counts, before anybody is told that a poll waits
            body = self._body(offset, limit)
            if body is not None:
                return body
            # The server ends the older long poll only when the newer call has to wait, too.
            self.end(OTHER)
            self._waiting = ended
            self._changed()
            waits: list[asyncio.Future[Any]] = [ended, timer]
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            timer.cancel()
            if self._waiting is ended:
                self._waiting = None
                self._changed()
        reason = ended.result() if ended.done() else None
        if reason is not None:
            await self._conflict(reason)
        return self._body(offset, limit)

    async def _conflict(self, reason: str) -> None:
        """Say so at once, but at most every three seconds; the others wait that long."""
        now = self._clock.now()
        if self._conflict_at is None or now >= self._conflict_at:
            self._conflict_at = now + timedelta(seconds=_CONFLICT_SECS)
        else:
            await self._clock.sleep(_CONFLICT_SECS)
        raise ApiError(409, reason)


_EMPTY = b'{"ok":true,"result":[]}'
