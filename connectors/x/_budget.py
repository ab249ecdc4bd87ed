"""What the account may still spend today: what is given up first, and how slowly to read so that the rest lasts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Literal

from connectors.x._settings import MICROS, Sacrifice, XSettings
from gateway.ports import Clock, Meter, Spent

_STEPS = 20
"""In so many parts is read what is left when money runs short."""
LONGEST_PACE = timedelta(minutes=15)
"""However short money is, news are looked for so often: such a look is small, see `Budget.most`."""
SPENT = "the budget of the day is spent; it goes on at midnight in UTC, or when `budget` is raised"
_DAY = timedelta(days=1)


class Budget:
    """The day's budget of one account, in UTC as X bills.

    What is left must last for what is left of the day. Each thing that may be given up needs its share of that even
    line to be there still, the first the largest: of `n` things the i-th, counted from 0, needs (n - i) / (n + 1).
    So of five the first stops at midnight when a sixth is spent, at noon when seven twelfths are. Agents' answers, and
    what is not named, need only that anything is left. Of mentions and direct messages only the pace is given up.
    """

    def __init__(self, settings: XSettings, meter: Meter, clock: Clock) -> None:
        self._settings = settings
        self._meter = meter
        self._clock = clock
        self._last: dict[str, int] = {}
        self._owed: Counter[str] = Counter()
        self._billed: set[str] = set()
        self._billed_on = clock.now().astimezone(UTC).date()
        self._asked: Counter[str] = Counter()
        """What the reads that are under way may cost at most, so that two at once do not spend one rest."""

    async def allows(self, what: Sacrifice | Literal["answers"], price: Decimal = Decimal(0)) -> bool:
        """Return whether there is room now for something that costs so many dollars."""
        left = self._left(await self._meter.today())
        return left > 0 and left >= self._needed(what) and left >= price * MICROS

    async def charge(self, what: str, n: int, price: Decimal, calls: int = 1) -> None:
        """Count calls of one kind, and `n` things at a price in dollars each; after the call, as X bills."""
        await self.settle()
        self._last[what] = cost = int(n * price * MICROS)
        try:
            await self._meter.charge(what, calls, cost)
        finally:
            self._asked.pop(what, None)

    def owe(self, what: str, n: int, price: Decimal) -> None:
        """Note `n` things that X bills where nobody can wait for the meter: the next charge counts them, too."""
        self._owed[what] += int(n * price * MICROS)

    async def settle(self) -> None:
        """Count what is owed."""
        for what in tuple(self._owed):
            cost = self._owed.pop(what)
            try:
                await self._meter.charge(what, 0, cost)
            except BaseException:
                self._owed[what] += cost
                raise

    async def charge_reads(self, what: str, names: set[str], price: Decimal, calls: int = 1) -> None:
        """Count what was read by its names, such as `post:ID`: X bills each once in a UTC day.

        Which those are is only in memory: after a restart they are counted again, rather too much than too little.
        """
        today = self._clock.now().astimezone(UTC).date()
        if today != self._billed_on:
            self._billed, self._billed_on = set(), today
        # Known before anybody else has a turn: two streams may have read the same post.
        new = names - self._billed if price else names
        # What costs nothing need not be known again.
        self._billed |= new if price else set()
        await self.charge(what, len(new), price, calls)

    async def pace(self, what: Sacrifice, secs: float) -> timedelta:
        """Return how long to wait between two reads: `secs`, or longer where what is left today would not last.

        Reckoned by what the last such read cost, on what those who are given up later do not need. Not by what one
        costs on the average: what comes costs the same however rarely it is looked for, and a storm would be paid for
        before the average of a quiet morning tells of it. That stands in only for what was read before a restart.
        """
        spent = await self._meter.today()
        default, left, now = timedelta(seconds=secs), self._left(spent), self._clock.now()
        if left <= 0:
            return max(default, await self.until_room() - now)
        if left >= self._needed(what):
            return default
        mine = spent.get(what, Spent())
        cost = self._last.get(what, mine.cost / max(mine.calls, 1))
        room = self._room(what, left)
        rest = midnight_after(now) - now
        stretched = rest * (cost / room)
        return max(min(stretched, LONGEST_PACE, rest), default)

    async def most(self, what: Sacrifice, price: Decimal, least: int, most: int) -> int:
        """Return how many things the next read may bring, from `least` to `most`; 0 when there is no money for any.

        A read never costs more than is left, nor takes what those need that are given up later; when money runs short
        already, it takes a small part of the rest. Until it is charged it counts as spent.
        """
        self._asked.pop(what, None)
        left = self._left(await self._meter.today())
        if price == 0:
            return most
        room = self._room(what, left) / (1 if left >= self._needed(what) else _STEPS)
        each = price * MICROS
        most = min(most, max(int(room / float(each)), least), int(left / each))
        if most < least:
            return 0
        self._asked[what] = int(most * each)
        return most

    async def until_room(self) -> datetime:
        """Return when there is room again: now, or at the next midnight in UTC."""
        now = self._clock.now()
        return now if self._left(await self._meter.today()) > 0 else midnight_after(now)

    def _left(self, spent: Mapping[str, Spent]) -> int:
        return self._settings.budget_micros - sum(each.cost for each in spent.values()) - self._asked.total()

    def _room(self, what: str, left: int) -> float:
        """Return what something may take of what is left: not what those need that are given up later."""
        return left * max(1 - self._needed(what) / self._even(), 0.1)

    def _needed(self, what: str) -> float:
        """Return what must be left now for something to go on as usual."""
        order = self._settings.give_up
        if what not in order:
            return 0.0
        return self._even() * (len(order) - order.index(what)) / (len(order) + 1)

    def _even(self) -> float:
        """Return what would be left now of a budget that is spent evenly over the day; never quite nothing."""
        now = self._clock.now()
        return max(self._settings.budget_micros * ((midnight_after(now) - now) / _DAY), 1.0)


def midnight_after(now: datetime) -> datetime:
    """Return the next midnight in UTC, when X's bill of a day ends."""
    return now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0) + _DAY
