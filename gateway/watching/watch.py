"""Looks at the running gateway every few seconds, for metrics, alerts and the mark at which pushes are put off."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta

from gateway.ports import Clock
from gateway.watching.observation import Observation, Observer

Use = Callable[[Observation], Awaitable[None]]


class Watch:
    """A part for the supervisor: `step` looks once, `due` says when again.

    `pressure` tells how long whoever pushes should stay away as things were seen last; None when all is well.
    """

    def __init__(
        self,
        observer: Observer,
        clock: Clock,
        every: timedelta,
        uses: Sequence[Use],
        pressure: Callable[[], timedelta | None] = lambda: None,
    ) -> None:
        self.pressure = pressure
        self._observer = observer
        self._clock = clock
        self._every = every
        self._uses = tuple(uses)

    async def step(self) -> int:
        """Look, and hand what is seen to all who use it; nothing is left to do at once."""
        seen = await self._observer.look()
        for use in self._uses:
            await use(seen)
        return 0

    async def due(self) -> datetime:
        """Return when to look again."""
        return self._clock.now() + self._every
