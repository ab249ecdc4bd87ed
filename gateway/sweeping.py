"""Lets the retention policy be applied now and then, batch by batch, so that no other work waits for it."""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog

from gateway.ports import Clock
from gateway.queues import Retention, Sweeps, Swept

log = structlog.get_logger()


class Sweeper:
    """Sweeps once at the start and then once in every `every`; raises only what the store raises."""

    def __init__(self, sweeps: Sweeps, policy: Retention, every: timedelta, clock: Clock) -> None:
        self._sweeps = sweeps
        self._policy = policy
        self._every = every
        self._clock = clock
        self._next = clock.now()
        self._swept = Swept(place="")

    async def step(self) -> int:
        """Sweep one batch, if it is time; return 1 while there is more to look at."""
        now = self._clock.now()
        if now < self._next:
            return 0
        batch = await self._sweeps.sweep(self._policy, now, self._swept.place or "")
        self._swept = self._swept.plus(batch)
        if batch.place is not None:
            return 1
        if self._swept.total:
            log.info("retention.swept", removed=self._swept.total, blobs=self._swept.blobs, bodies=self._swept.bodies)
        self._swept = Swept(place="")
        self._next = now + self._every
        return 0

    async def next_due(self) -> datetime | None:
        """Return when it is time again."""
        return self._next
