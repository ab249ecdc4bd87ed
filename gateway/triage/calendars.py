"""Business calendars: when a desk works, and when so much working time is over. Pure.

Not here: what has which deadline (`deadlines`), how calendars are written (`gateway.settings.timing`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

DAY = 24 * 60
"""Minutes; as an end, the midnight after."""
MOST_DAYS = 1_500
"""So many days are looked through: what no calendar grants until then is granted around the clock."""
_NOTHING = timedelta(0)

Hours = tuple[tuple[int, int], ...]
"""Of one day: from and to, in minutes since midnight, in their order, without overlap."""


@dataclass(frozen=True, slots=True)
class Calendar:
    """When a desk works, by the clock on its wall. Without `week` it works at any hour, but for holidays."""

    name: str = ""
    zone: ZoneInfo | None = None
    """None is UTC."""
    week: tuple[Hours, ...] = ()
    """Seven days, Monday first."""
    holidays: frozenset[date] = frozenset()
    yearly: frozenset[tuple[int, int]] = frozenset()
    """(month, day) of those that come every year."""

    @property
    def never_closes(self) -> bool:
        """Whether it works at any moment."""
        return not self.week and not self.holidays and not self.yearly

    @property
    def weekly(self) -> timedelta:
        """How long it works in a week without holidays and changes of the clock."""
        if not self.week:
            return timedelta(days=7)
        return timedelta(minutes=sum(end - start for hours in self.week for start, end in hours))

    def hours_of(self, day: date) -> Hours:
        """Return when it works on a day."""
        if day in self.holidays or (day.month, day.day) in self.yearly:
            return ()
        return self.week[day.weekday()] if self.week else ((0, DAY),)

    def instant(self, day: date, minutes: int) -> datetime:
        """Return the instant at which its wall clock shows a time, in UTC.

        Of a time that comes twice the first; for one that the clock jumps over, as if it had not jumped yet.
        """
        midnight = datetime.combine(day, time(0)) + timedelta(minutes=minutes)
        return midnight.replace(tzinfo=self.zone or UTC).astimezone(UTC)


ALWAYS = Calendar()
"""Around the clock."""


def add(calendar: Calendar, start: datetime, duration: timedelta) -> datetime:
    """Return when a calendar has worked so long since an instant, in UTC; never before that instant."""
    start = start.astimezone(UTC)
    if calendar.never_closes or duration <= _NOTHING:
        return start + max(duration, _NOTHING)
    left = duration
    first = start.astimezone(calendar.zone or UTC).date()
    for number in range(MOST_DAYS):
        day = first + timedelta(days=number)
        for begins, ends in calendar.hours_of(day):
            opens, closes = max(calendar.instant(day, begins), start), calendar.instant(day, ends)
            # Where the clock jumps over all of it, it ends as it begins.
            open_for = closes - opens
            if open_for >= left:
                return opens + left
            left -= max(open_for, _NOTHING)
    return start + duration
