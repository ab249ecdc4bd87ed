"""One look at the running gateway: what metrics show, what alerts are decided on, and whether pushes are taken."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from gateway.answers import breaker
from gateway.answers.ack_policy import AckPolicy
from gateway.errors import GatewayError
from gateway.health import Condition, PartState
from gateway.journal import State, Store
from gateway.past import Query
from gateway.ports import Clock
from gateway.views import Backlog
from gateway.watching.polls import Poll, Polls

WAITING = frozenset({State.NEW, State.CLAIMED, State.POSTPONED, State.UNKNOWN, State.PENDING})
"""States in which something still waits for its turn."""
ALTERED = "patrol:altered"
"""The note of how often the patrol has found something official in danger."""
PROBE = "probe"
"""The note that is written to see whether the store can be written."""


@dataclass(frozen=True, slots=True)
class Observation:
    """How all stood at one instant. `store_error` is why the store could not be read; what it knows is then empty."""

    at: datetime
    parts: tuple[PartState, ...] = ()
    backlog: tuple[Backlog, ...] = ()
    free_bytes: int | None = None
    store_error: str = ""
    polls: tuple[Poll, ...] = ()
    """When each stream was last fetched whose platform forgets what nobody fetches."""
    impostors: int = 0
    """How many wait for an operator's ruling of which operators are told."""
    altered: int = 0
    """How often the patrol has found something official in danger, in all."""
    overdue: int = 0
    """For how many cases an answer should have been given by now."""
    flooded: bool = False
    """The breaker has stopped acknowledgements."""

    def waiting(self) -> dict[tuple[str, str], tuple[int, datetime]]:
        """Return how many wait in each queue of each source or target, and since when the oldest."""
        found: dict[tuple[str, str], tuple[int, datetime]] = {}
        for each in self.backlog:
            if each.state in WAITING:
                count, oldest = found.get((each.queue, each.name), (0, each.oldest_at))
                found[each.queue, each.name] = (count + each.count, min(oldest, each.oldest_at))
        return found

    def lag(self, part: PartState) -> timedelta:
        """Return how long ago a part last did what it is there for, or began."""
        return max(self.at - (part.last_success_at or part.since), timedelta(0))

    def poll_ages(self) -> dict[str, timedelta]:
        """Return how long ago each source was last fetched well; of several streams the longest."""
        found: dict[str, timedelta] = {}
        for each in self.polls:
            found[each.source] = max(self.at - each.at, found.get(each.source, timedelta(0)))
        return found


class Observer:
    """Looks at the parts, the queues and the disk."""

    def __init__(
        self,
        store: Store,
        parts: Callable[[], Sequence[PartState]],
        clock: Clock,
        disk: Callable[[], int | None],
        polls: Polls | None = None,
        replies: Callable[[], AckPolicy] | None = None,
    ) -> None:
        self._store = store
        self._parts = parts
        self._clock = clock
        self._disk = disk
        self._polls = polls
        self._replies = replies

    async def look(self) -> Observation:
        """Look once; a store that does not answer is an observation too."""
        parts = tuple(self._parts())
        try:
            backlog = tuple(await self._store.backlog())
            polls = await self._polls.look(parts, self._clock.now()) if self._polls is not None else ()
            impostors = await self._store.reports.alarming()
            altered = (await self._store.marks(ALTERED)).get(ALTERED, "0")
            flooded = await self._is_flooded()
            overdue = await self._store.overdue(self._clock.now())
        except GatewayError as error:
            return Observation(self._clock.now(), parts, (), self._disk(), str(error))
        now, free = self._clock.now(), self._disk()
        return Observation(
            now,
            parts,
            backlog,
            free,
            polls=polls,
            impostors=impostors,
            altered=int(altered),
            overdue=overdue,
            flooded=flooded,
        )

    async def _is_flooded(self) -> bool:
        policy = self._replies() if self._replies is not None else None
        if policy is None or not policy.breaker_times:
            return False
        (past,) = await self._store.look_up([Query(pace=self._clock.now())])
        return breaker.is_open(past.pace, policy)

    async def unready(self, channels: Sequence[str]) -> tuple[str, ...]:
        """Return what is not ready: `store` when it cannot be written, and each channel that is misconfigured."""
        found = [] if await self._is_writable() else ["store"]
        wrong = {part.part.partition(":")[0] for part in self._parts() if part.condition is Condition.MISCONFIGURED}
        return (*found, *(name for name in channels if name in wrong))

    async def _is_writable(self) -> bool:
        try:
            await self._store.set_marks({PROBE: self._clock.now().isoformat()})
        except GatewayError:
            return False
        return True


class Watermark:
    """Says whether what is pushed to us must wait, from the last observation: too much waits, or the disk is full.

    Once shut it opens again only well on this side of the mark, so that it does not flutter.
    """

    EASE = 0.9

    def __init__(self, max_waiting: int, least_free_bytes: int, pause: timedelta = timedelta(seconds=30)) -> None:
        self._max_waiting = max_waiting
        self._least_free = least_free_bytes
        self._pause = pause
        self._shut = False

    def note(self, seen: Observation) -> None:
        """Take an observation into account."""
        waits = sum(count for (queue, _), (count, _) in seen.waiting().items() if queue == "raws")
        ease = self.EASE if self._shut else 1.0
        full = seen.free_bytes is not None and seen.free_bytes * ease < self._least_free
        self._shut = bool(seen.store_error) or full or waits > self._max_waiting * ease

    def __call__(self) -> timedelta | None:
        """Return how long to stay away, or None when all is well."""
        return self._pause if self._shut else None


class Room:
    """Whether a folder's disk has room left for what would be taken in."""

    def __init__(self, folder: Path, least_free_bytes: int) -> None:
        self._folder = folder
        self._least_free = least_free_bytes

    def lack(self) -> str | None:
        """Return what is lacking, in words for operators; None when there is room, or that cannot be told."""
        free = free_bytes(self._folder)
        if free is None or free >= self._least_free:
            return None
        return f"{free // 1_000_000} MB of disk are left, and engine.least_free_bytes asks for more"


def free_bytes(folder: Path) -> int | None:
    """Return what an ordinary process may still write where the folder is; None where that cannot be told."""
    try:
        found = os.statvfs(folder)
    except OSError:
        return None
    return found.f_bavail * found.f_frsize
