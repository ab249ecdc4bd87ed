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
    """At most `most` calls in any stretch of `per`. Who is refused is told a time at which there will be room for him.

    What waits is dealt out over windows, which begin with the first call and are a little longer than they need be,
    since those who were told a time come somewhat after it. So thousands that wait do not all come again at once.
    """

    def __init__(self, clock: Clock, most: int, per: timedelta) -> None:
        self._clock = clock
        self._most = most
        self._per = per
        self._length = per * 61 / 60
        self._begin: datetime | None = None
        self._made = 0
        self._calls: deque[datetime] = deque(maxlen=most)
        self._early = 0
        """How many came in their window, but before its calls were far enough from those of the one before."""
        self._promised: deque[int] = deque()
        """How many were told to come in each of the next windows."""

    def wait(self) -> timedelta | None:
        """Take room for one call; return None, or how long to wait for it."""
        begin, now = self._window(), self._clock.now()
        if self._made < self._most:
            if self._is_far_enough(now):
                self._made, self._early = self._made + 1, 0
                self._calls.append(now)
                return None
            self._early += 1
            return max(self._calls[min(self._early, self._most) - 1] + self._per - now, timedelta(seconds=1))
        ahead = next((place for place, count in enumerate(self._promised) if count < self._most), None)
        if ahead is None:
            ahead = len(self._promised)
            self._promised.append(0)
        self._promised[ahead] += 1
        return begin + self._length * (ahead + 1) - now

    def give_back(self) -> None:
        """Give back the room of the latest call, which was not made after all."""
        if self._made and self._calls:
            self._made -= 1
            self._calls.pop()

    @property
    def has_room(self) -> bool:
        """Whether a call may be made now."""
        self._window()
        return self._made < self._most and self._is_far_enough(self._clock.now())

    def _is_far_enough(self, now: datetime) -> bool:
        return len(self._calls) < self._most or self._calls[0] <= now - self._per

    def _window(self) -> datetime:
        """Return when the present window began."""
        now = self._clock.now()
        while self._begin is not None and now >= self._begin + self._length:
            self._made = 0
            self._begin = self._begin + self._length if self._promised else None
            if self._promised:
                self._promised.popleft()
        if self._begin is None:
            self._begin = now
        return self._begin


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
        wait = pace.wait()
        if wait is None:
            wait = self._all.wait()
            if wait is not None:
                pace.give_back()
        if wait is not None:
            raise RateLimitedError(f"{self._host} takes no more updates of tickets for now", wait, item=True)

    def give_back(self, ticket: TicketRef) -> None:
        """Give back the room of an update that was not made after all."""
        self._all.give_back()
        if ticket in self._each:
            self._each[ticket].give_back()
