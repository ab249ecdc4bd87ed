"""What X asks of an account whose gateway is killed, and what that gateway can know of it."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from typing_extensions import override

from gateway.sandbox.x._bill import PRICES, Bill
from tests.crash.x_clock import SteadyClock


class Tally(Bill):
    """The platform's bill, which remembers what each life of the gateway was given to read."""

    def __init__(self, clock: SteadyClock) -> None:
        super().__init__(clock)
        self._life = 0
        self._gross = Decimal(0)
        self._given: set[tuple[int, date, str, str]] = set()
        self._last: defaultdict[str, deque[Decimal]] = defaultdict(lambda: deque(maxlen=2))
        self.shared = False
        """Whether several nodes read: a channel changes hands without a kill, too, and is read anew."""
        self.uncounted = Decimal(0)
        """What the gateway had perhaps no time to count: at each kill a page of each stream, and two replies."""

    def end_life(self) -> None:
        """Let the gateway be killed: whoever comes next knows nothing of what it has read."""
        pages = sum((cost for costs in self._last.values() for cost in costs), Decimal(0))
        self.uncounted += pages + PRICES["message"] + PRICES["summoned_reply"]
        self._last.clear()
        self._life += 1

    @override
    def read(self, kind: str, ids: Iterable[str]) -> None:
        names = list(ids)
        new = {(self._life, self._clock.now().date(), kind, each) for each in names} - self._given
        self._given |= new
        self._last[kind].append(PRICES[kind] * len(new))
        self._gross += PRICES[kind] * len(names)
        super().read(kind, names)

    @property
    def bounds(self) -> tuple[Decimal, Decimal]:
        """What the gateway must have counted at least, and what at most; events aside.

        Several nodes count at most all that was read: what X bills, and what it forgives as read before on that day.
        """
        written = [PRICES[kind] * n for kind, n in self.items.items() if not kind.endswith(("_read", "event"))]
        if self.shared:
            return self.billed - self.uncounted, sum(written, self._gross)
        read = sum((PRICES[kind] for _, _, kind, _ in self._given), Decimal(0))
        return sum(written, read) - self.uncounted, sum(written, read)

    @property
    def billed(self) -> Decimal:
        """What X asks for; events aside, of which more are sent than arrive."""
        return self.spent - PRICES["event"] * self.items["event"]
