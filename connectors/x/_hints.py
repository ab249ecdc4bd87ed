"""Hints that a stream has news: passed on when its turn to ask has come, so that no call is reserved in vain."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta

from gateway.ports import Clock, StreamId


class Hints:
    """Called with a stream, it wakes it: at once, or at its turn. `turns` says when each may ask again.

    Whoever is woken reserves a call before the connector is asked; one that may not call yet is not to be woken.
    """

    def __init__(self, wake: Callable[[StreamId], None], clock: Clock, turns: Mapping[StreamId, datetime]) -> None:
        self._wake = wake
        self._clock = clock
        self._turns = turns
        self._timers: dict[StreamId, asyncio.Future[None]] = {}
        self._asking: set[StreamId] = set()
        self._woken: set[StreamId] = set()
        self._noted: set[StreamId] = set()
        """Told of while they asked: the answer may be older than the news."""

    def __call__(self, stream: StreamId) -> None:
        """Tell that there is news; what was told before, and is waited for, is not told again."""
        if stream in self._asking:
            self._noted.add(stream)
            return
        if stream in self._woken or stream in self._timers:
            return
        now = self._clock.now()
        left = self._turns.get(stream, now) - now
        if left <= timedelta(0):
            self._woken.add(stream)
            self._wake(stream)
            return
        self._timers[stream] = timer = asyncio.ensure_future(self._clock.sleep(left / timedelta(seconds=1)))
        timer.add_done_callback(lambda done: self._over(stream, done))

    @contextmanager
    def asking(self, stream: StreamId) -> Iterator[None]:
        """Say that a stream asks now: all that was told before is read by that, and what is told meanwhile is not."""
        if (timer := self._timers.pop(stream, None)) is not None:
            timer.cancel()
        self._woken.discard(stream)
        self._asking.add(stream)
        try:
            yield
        finally:
            self._asking.discard(stream)
            if stream in self._noted:
                self._noted.discard(stream)
                self(stream)

    async def close(self) -> None:
        """Wait for no turn any more."""
        timers = tuple(self._timers.values())
        self._timers.clear()
        for timer in timers:
            timer.cancel()
        await asyncio.gather(*timers, return_exceptions=True)

    def _over(self, stream: StreamId, timer: asyncio.Future[None]) -> None:
        if not timer.cancelled() and self._timers.pop(stream, None) is not None:
            self(stream)
