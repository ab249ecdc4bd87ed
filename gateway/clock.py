"""Time as the engine uses it: the system's clock, and bells that end a wait early."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any

from gateway.ports import Clock


class SystemClock:
    """The machine's own time."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


async def pause(clock: Clock, seconds: float, stop: asyncio.Event) -> None:
    """Wait that long, or until `stop` is set."""
    waits = [asyncio.ensure_future(each) for each in (clock.sleep(seconds), stop.wait())]
    try:
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for each in waits:
            each.cancel()
        await asyncio.gather(*waits, return_exceptions=True)


class Bell:
    """Wakes one waiting task; a ring while nobody waits is kept for the next wait, so no news is missed."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._rung = asyncio.Event()

    def ring(self) -> None:
        """Wake the waiting task, or the next one that waits."""
        self._rung.set()

    async def wait(self, seconds: float | None) -> None:
        """Return when rung, or when that many seconds have passed; None waits for the ring alone."""
        waits: list[asyncio.Task[Any]] = [asyncio.create_task(self._rung.wait())]
        if seconds is not None:
            waits.append(asyncio.create_task(self._clock.sleep(seconds)))
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for each in waits:
                each.cancel()
            await asyncio.gather(*waits, return_exceptions=True)
        self._rung.clear()
