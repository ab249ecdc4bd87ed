"""The tables `[deadlines]` and `[calendars.NAME]`: when answers are due, and when the desk works."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from datetime import date, timedelta
from itertools import pairwise
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, Field

from gateway.case import Priority
from gateway.settings.explain import did_you_mean
from gateway.settings.model import Problem, Table
from gateway.triage.calendars import ALWAYS, DAY, Calendar, Hours
from gateway.triage.deadlines import ANY, NEVER, Deadlines, Rule, with_own
from gateway.triage.regions import is_region, region_of

NAME = re.compile(r"[a-z][a-z0-9-]{0,31}")
"""Of a calendar."""
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
LONGEST = timedelta(days=366)
"""A deadline further away than this is a slip of the pen."""
_HOURS = re.compile(r"([0-9]{2}):([0-9]{2})-([0-9]{2}):([0-9]{2})")
_YEARLY = re.compile(r"([0-9]{2})-([0-9]{2})")


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(
            "is no time zone that this machine knows: write one such as Europe/Berlin or UTC; Debian's package of all "
            "is tzdata"
        ) from None
    return name


def _days(name: str) -> tuple[int, ...]:
    """Return the numbers of `mon` or `mon-fri`; raises `ValueError` for anything else."""
    first, _, last = name.partition("-")
    if first not in DAYS or (last or first) not in DAYS:
        raise ValueError("name days so: mon, or mon-fri for several")
    start, end = DAYS.index(first), DAYS.index(last or first)
    if end < start:
        raise ValueError("name days in the order of the week, Monday first: sat and sun, not sat-mon")
    return tuple(range(start, end + 1))


def _hours(text: str) -> tuple[int, int]:
    found = _HOURS.fullmatch(text)
    if found is None:
        raise ValueError('write hours as "09:00-17:30", up to "24:00"')
    start, end = int(found[1]) * 60 + int(found[2]), int(found[3]) * 60 + int(found[4])
    if int(found[2]) > 59 or int(found[4]) > 59 or end > DAY or start >= end:
        raise ValueError(
            'hours begin before they end, at "24:00" at the latest: what goes on after midnight is the next day\'s'
        )
    return start, end


def _week(opened: Mapping[str, tuple[str, ...]]) -> tuple[Hours, ...]:
    """Return the hours of each day, Monday first; none of any day where nothing is written."""
    if not opened:
        return ()
    week: list[list[tuple[int, int]]] = [[] for _ in DAYS]
    for name, texts in opened.items():
        for day in _days(name):
            week[day] += [_hours(text) for text in texts]
    for hours in week:
        hours.sort()
        if any(later[0] < earlier[1] for earlier, later in pairwise(hours)):
            raise ValueError("hours of one day overlap")
    if not any(week):
        raise ValueError("name at least one hour, or leave it out for a desk that never closes")
    return tuple(map(tuple, week))


def _opened(opened: Mapping[str, tuple[str, ...]]) -> Mapping[str, tuple[str, ...]]:
    _week(opened)
    return opened


def _holidays(texts: tuple[str, ...]) -> tuple[str, ...]:
    for text in texts:
        _holiday(text)
    return texts


def _holiday(text: str) -> date | tuple[int, int]:
    yearly = _YEARLY.fullmatch(text)
    try:
        if yearly is None:
            return date.fromisoformat(text)
        # A leap year has every day that any year has.
        day = date(2024, int(yearly[1]), int(yearly[2]))
    except ValueError:
        raise ValueError('write days as "2026-12-24", or "12-25" for each year') from None
    return day.month, day.day


class CalendarTable(Table):
    """When a desk works. `[calendars.NAME]`, for the deadlines that name it."""

    zone: Annotated[str, AfterValidator(_zone)] = Field(
        default="UTC", description="The time zone of its hours, such as Europe/Berlin."
    )
    open: Annotated[dict[str, tuple[str, ...]], AfterValidator(_opened)] = Field(
        default_factory=dict,
        description='Its hours by day, as in `{ mon-fri = ["09:00-12:30", "13:30-18:00"], sat = ["10:00-14:00"] }`; '
        "without it, around the clock.",
    )
    holidays: Annotated[tuple[str, ...], AfterValidator(_holidays)] = Field(
        default=(), description='Days on which it is closed: "2027-03-26", or "12-25" for each year.'
    )

    def calendar(self, name: str) -> Calendar:
        """Return the calendar that this describes."""
        days = [_holiday(text) for text in self.holidays]
        return Calendar(
            name=name,
            zone=ZoneInfo(self.zone),
            week=_week(self.open),
            holidays=frozenset(day for day in days if isinstance(day, date)),
            yearly=frozenset(day for day in days if not isinstance(day, date)),
        )


def _regions(names: tuple[str, ...]) -> tuple[str, ...]:
    if not all(map(is_region, names)):
        raise ValueError('write regions as "de", "us-ca" or "eu"')
    return names


class DeadlineRule(Table):
    """One rule of `[deadlines]`: how long an answer may take, and for which cases."""

    hours: float = Field(ge=0, le=8784, description="Hours until an answer is due; 0 for no deadline.")
    calendar: str = Field(default="", description="The calendar whose hours count; without one, every hour does.")
    category: tuple[str, ...] = Field(default=(), description="Cases of these categories.")
    priority: tuple[Priority, ...] = Field(default=(), description="Cases of these priorities.")
    region: Annotated[tuple[str, ...], AfterValidator(_regions)] = Field(
        default=(), description="Customers of these regions."
    )
    tier: tuple[str, ...] = Field(default=(), description="Customers of these tiers, such as vip.")
    queue: tuple[str, ...] = Field(default=(), description="Cases in these queues.")
    danger: tuple[Literal["account_stolen", "secret_shared", "scam_under_way", "*"], ...] = Field(
        default=(), description='Cases of these dangers; "*" for any.'
    )

    def rule(self, calendar: Calendar) -> Rule:
        """Return the rule that this describes."""
        return Rule(
            timedelta(hours=self.hours) if self.hours else None,
            calendar,
            category=frozenset(self.category),
            priority=frozenset(self.priority),
            region=frozenset(map(region_of, self.region)),
            tier=frozenset(each.casefold() for each in self.tier),
            queue=frozenset(self.queue),
            danger=frozenset(self.danger),
        )


class DeadlinesTable(Table):
    """When a person's answer is due, and from when on that is near."""

    enabled: bool = Field(default=True, description="False for no deadlines at all.")
    near: float = Field(
        default=0.8,
        gt=0,
        le=1,
        description="The share of the time after which agents are told that it is short; 1 for never.",
    )
    rules: tuple[DeadlineRule, ...] = Field(
        default=(), description="Own rules, asked in their order before the usual ones; see deadlines.md."
    )


def timed(table: DeadlinesTable, calendars: Mapping[str, CalendarTable]) -> Deadlines:
    """Return the deadlines that the tables describe; a calendar that is not there counts as around the clock."""
    if not table.enabled:
        return NEVER
    made = {name: each.calendar(name) for name, each in calendars.items()}
    own = tuple(rule.rule(made.get(rule.calendar, ALWAYS)) for rule in table.rules)
    return Deadlines(with_own(own), table.near)


def untimely(
    table: DeadlinesTable, calendars: Mapping[str, BaseModel | None], categories: Collection[str]
) -> Iterator[Problem]:
    """Yield what is wrong with the rules beside the calendars and categories that there are.

    A calendar that is None has a problem itself.
    """
    for index, rule in enumerate(table.rules):
        for place, name in enumerate(rule.category):
            if name not in categories:
                meant = did_you_mean(name, tuple(sorted(categories)))
                yield Problem(
                    f"deadlines.rules[{index}].category[{place}]",
                    f"is no category of triage; {meant}docs/triage.md lists them, your own come from [triage] rules",
                )
        if not rule.calendar:
            continue
        path = f"deadlines.rules[{index}]"
        if rule.calendar not in calendars:
            yield Problem(f"{path}.calendar", "names a calendar that is not there; add a table [calendars.NAME]")
            continue
        found = calendars[rule.calendar]
        if isinstance(found, CalendarTable):
            share = found.calendar(rule.calendar).weekly / timedelta(days=7)
            if timedelta(hours=rule.hours) / share > LONGEST:
                yield Problem(f"{path}.hours", "are working hours, and more than its calendar has in a year")


__all__ = ["ANY", "CalendarTable", "DeadlineRule", "DeadlinesTable", "timed", "untimely"]
