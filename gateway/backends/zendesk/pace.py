"""Zendesk's limits besides the account's: counted here, so that no call is spent on being refused. Never sleeps."""

from __future__ import annotations

from collections import OrderedDict, deque
from datetime import datetime, timedelta

from gateway.errors import RateLimitedError
from gateway.ports import Clock, TicketRef

MINUTE = timedelta(minutes=1)
UPDATES_OF_ONE = 30
"""Updates of one ticket by one user that Zendesk takes in ten minutes."""
WINDOW_OF_ONE = timedelta(minutes=10)
MOST_TICKETS = 5_000
"""So many tickets' updates are remembered."""


class Pace:
    """At most `most` calls in any window of `per`. Who is refused is told a time at which there will be room for him.

    Each is told a time of its own, so that thousands that wait do not all come again at the same moment.
    """

    def __init__(self, clock: Clock, most: int, per: timedelta) -> None:
        self._clock = clock
        self._most = most
        self._per = per
        self._made: deque[datetime] = deque(maxlen=most)
        self._promised: deque[datetime] = deque()

    def wait(self) -> timedelta | None:
        """Take room for one call; return None, or how long to wait for it."""
        now = self._clock.now()
        while self._promised and self._promised[0] <= now - self._per:
            self._promised.popleft()
        if len(self._made) < self._most or self._made[0] <= now - self._per:
            if self._promised and self._promised[0] <= now:
                self._promised.popleft()
            self._made.append(now)
            return None
        taken = [*self._made, *self._promised]
        at = max(taken[-self._most] + self._per, now)
        self._promised.append(at)
        return at - now

    def free_in(self) -> timedelta:
        """Return how long there is no room; nothing where there is."""
        if len(self._made) < self._most:
            return timedelta(0)
        return max(self._made[0] + self._per - self._clock.now(), timedelta(0))


class Updates:
    """Updates of tickets: of all in a minute, and of each in ten."""

    def __init__(self, clock: Clock, per_minute: int, host: str) -> None:
        self._clock = clock
        self._host = host
        self._all = Pace(clock, per_minute, MINUTE)
        self._each: OrderedDict[TicketRef, Pace] = OrderedDict()

    def take(self, ticket: TicketRef) -> None:
        """Take room for one update. Raises `RateLimitedError` for this one item."""
        pace = self._each.setdefault(ticket, Pace(self._clock, UPDATES_OF_ONE, WINDOW_OF_ONE))
        self._each.move_to_end(ticket)
        if len(self._each) > MOST_TICKETS:
            self._each.popitem(last=False)
        wait = pace.wait() or self._all.wait()
        if wait is not None:
            raise RateLimitedError(f"{self._host} takes no more updates of tickets for now", wait, item=True)
