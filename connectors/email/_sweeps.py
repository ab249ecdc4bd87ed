"""Finds mails that became visible after we had passed their UIDs, as on replicated servers.

Every ten minutes it looks into the gaps that the cursor remembers: one search, which finds nothing but such mails. Once
a day it hands over what came lately below the floor, where no gap is remembered; what is known there is absorbed by its
key. Nothing of this moves the cursor back.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta

from connectors.email._mailbox import Mailbox
from connectors.email._place import Place
from connectors.email._uids import NONE, Uids
from gateway.ports import Clock

GAPS_EVERY = timedelta(minutes=10)
FLOOR_EVERY = timedelta(days=1)
LATELY = timedelta(days=2)
"""Yesterday by any server's calendar."""


class Sweeps:
    """The late mails of one folder. `whole`: below the floor all is looked at, because nothing of ours stays there."""

    def __init__(self, clock: Clock, *, whole: bool) -> None:
        self._clock = clock
        self._whole = whole
        self._gaps_due = self._floor_due = clock.now()
        self._late: list[int] = []
        self._settled = NONE

    def forget(self) -> None:
        """The folder has other numbers now."""
        self._late.clear()
        self._settled = NONE

    async def late(self, box: Mailbox, place: Place, known: Collection[int]) -> list[int]:
        """Return the UIDs up to the place that are to be handed over; the same ones until they are known as stored."""
        now = self._clock.now()
        if place.gaps and now >= self._gaps_due:
            self._add(await box.among(place.gaps))
            self._gaps_due = now + GAPS_EVERY
        if place.floor and now >= self._floor_due:
            found = await box.since(place.floor, None if self._whole else (now - LATELY).date())
            # Of older mail it need not be known any more: no later sweep looks at it.
            self._settled = Uids.of(uid for uid in found if uid in self._settled)
            self._add(found)
            self._floor_due = now + FLOOR_EVERY
        low = {uid for uid in self._late if uid <= place.floor and uid not in self._settled}.difference(known)
        self._late = [uid for uid in self._late if uid in place.gaps or uid in low]
        return self._late

    def rest_secs(self, place: Place, most: float) -> float:
        """Return how long there is nothing to look for, at most so long."""
        due = [at for at, any_ in ((self._gaps_due, place.gaps), (self._floor_due, place.floor)) if any_]
        return min([most, *(max((at - self._clock.now()).total_seconds(), 1.0) for at in due)])

    def vanished(self, uids: Collection[int]) -> None:
        """These are not there after all, or could not be moved; the next sweep looks again."""
        self._late = [uid for uid in self._late if uid not in uids]

    def settle(self, uids: Collection[int]) -> None:
        """These are ours, and stored: they need not be handed over again."""
        self._settled = self._settled.also(uids)

    def _add(self, found: Collection[int]) -> None:
        self._late = sorted({*self._late, *found})
