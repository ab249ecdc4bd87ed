"""Follows the incidents that operators open and end: every node knows of them soon, users are told when one is over.

What is to be told goes into the journal first, a bounded number of cases at a time: so each is decided on once,
whatever happens in between. Raises only what the store raises.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import structlog

from gateway.casework.incidents import place_of
from gateway.feedback import INCIDENTS, incident_ended
from gateway.incidents import Incident, Incidents
from gateway.journal import Store
from gateway.ports import Clock
from gateway.wake import ENGINE

log = structlog.get_logger()

EVERY = timedelta(seconds=10)
"""So soon every node knows of a change."""
PACE = timedelta(seconds=5)
"""From one batch of cases to the next: users who write meanwhile are not to wait behind all of them."""
BATCH = 100
MOST = 1_000
"""So many incidents are looked at, the newest."""
_FIRST = (0, "")


class KnownIncidents:
    """The incidents that are open now; `step` and `due` are a part for the supervisor."""

    def __init__(self, incidents: Incidents, changed: Callable[[], None], clock: Clock) -> None:
        self._incidents = incidents
        self._changed = changed
        self._clock = clock
        self._stamp = ""
        self.now: tuple[Incident, ...] = ()

    async def step(self) -> int:
        """Look once whether incidents have changed."""
        stamp = await self._incidents.stamp()
        if stamp != self._stamp:
            self.now = tuple(reversed(await self._incidents.page(MOST, ended=False)))
            self._stamp = stamp
            log.info("incidents.known", open=len(self.now))
            self._changed()
        return 0

    async def due(self) -> datetime:
        """Return when to look again."""
        return self._clock.now() + EVERY


class Announcer:
    """Puts into the journal whose users are to be told that an incident is over; run by one node at a time."""

    def __init__(self, store: Store, clock: Clock, arrived: Callable[[], None]) -> None:
        self._store = store
        self._clock = clock
        self._arrived = arrived
        self._after = _FIRST
        self._next = clock.now()
        self._due = clock.now()

    async def step(self) -> int:
        """Put the next batch, unless it is too soon for one."""
        now = self._clock.now()
        if now < self._next:
            return 0
        found = await self._store.incidents.untold(self._after, BATCH)
        if not found:
            self._after, self._due = _FIRST, now + EVERY
            return 0
        raws = [incident_ended(incident, case, place_of(case), now) for incident, case in found]
        # What was put before, and is not decided on yet, is absorbed.
        put = await self._store.put_page(ENGINE, INCIDENTS, raws, None)
        last, case = found[-1]
        self._after = (last.number, case.id)
        self._next = self._due = now + PACE
        if put.stored:
            log.info("incidents.announced", count=put.stored)
            self._arrived()
        return 0

    async def due(self) -> datetime:
        """Return when to look again."""
        return self._due
