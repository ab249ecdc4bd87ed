"""Working time is counted by the clock on the desk's wall: hours, weekends, holidays, and both changes of the clock."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.triage.calendars import ALWAYS, DAY, Calendar, add

BERLIN = ZoneInfo("Europe/Berlin")
NINE_TO_SIX = ((9 * 60, 18 * 60),)
WEEKDAYS = (*(NINE_TO_SIX,) * 5, (), ())
OFFICE = Calendar("office", BERLIN, WEEKDAYS)
SPLIT = Calendar("split", BERLIN, (*(((9 * 60, 12 * 60), (13 * 60, 17 * 60)),) * 5, (), ()))
NIGHTS = Calendar("nights", BERLIN, (((0, DAY),),) * 7)


def berlin(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN)


def local(at: datetime) -> str:
    assert at.tzinfo is UTC
    return f"{at.astimezone(BERLIN):%Y-%m-%d %H:%M}"


@pytest.mark.parametrize(
    ("calendar", "start", "hours", "due"),
    [
        (OFFICE, "2026-11-20T10:00", 2, "2026-11-20 12:00"),
        (OFFICE, "2026-11-20T07:00", 2, "2026-11-20 11:00"),
        (OFFICE, "2026-11-20T16:00", 4, "2026-11-23 11:00"),  # over a weekend
        (OFFICE, "2026-11-20T19:30", 1, "2026-11-23 10:00"),
        (OFFICE, "2026-11-21T12:00", 9, "2026-11-23 18:00"),  # all of a day ends as the desk closes
        (OFFICE, "2026-11-20T10:00", 0, "2026-11-20 10:00"),
        (SPLIT, "2026-11-20T11:00", 2, "2026-11-20 14:00"),  # over lunch
        (SPLIT, "2026-11-20T12:30", 1, "2026-11-20 14:00"),
        (OFFICE, "2026-11-20T10:00", 9 * 5 * 52, "2027-11-19 10:00"),  # a year of working weeks
    ],
)
def test_working_time_ends_when_so_much_of_it_is_over(calendar: Calendar, start: str, hours: int, due: str) -> None:
    assert local(add(calendar, berlin(start), timedelta(hours=hours))) == due


def test_a_desk_that_never_closes_counts_every_moment_over_both_changes_of_the_clock() -> None:
    for start in (berlin("2026-03-28T12:00"), berlin("2026-10-24T12:00"), berlin("2026-11-20T12:00")):
        due = start.astimezone(UTC) + timedelta(hours=24)
        assert add(ALWAYS, start, timedelta(hours=24)) == due
        assert add(NIGHTS, start, timedelta(hours=24)) == due


def test_the_day_on_which_the_clock_goes_forward_has_an_hour_less() -> None:
    sunday = Calendar("sunday", BERLIN, (*((),) * 6, ((0, 6 * 60),)))
    assert local(add(sunday, berlin("2026-03-29T00:00"), timedelta(hours=5))) == "2026-03-29 06:00"
    assert local(add(sunday, berlin("2026-03-22T00:00"), timedelta(hours=5))) == "2026-03-22 05:00"


def test_the_day_on_which_the_clock_goes_back_has_an_hour_more() -> None:
    sunday = Calendar("sunday", BERLIN, (*((),) * 6, ((0, 6 * 60),)))
    assert local(add(sunday, berlin("2026-10-25T00:00"), timedelta(hours=7))) == "2026-10-25 06:00"
    assert local(add(sunday, berlin("2026-10-18T00:00"), timedelta(hours=6))) == "2026-10-18 06:00"


def test_hours_that_the_clock_jumps_over_are_none() -> None:
    jumped = Calendar("jumped", BERLIN, (*((),) * 6, ((2 * 60, 3 * 60),)))
    assert local(add(jumped, berlin("2026-03-28T12:00"), timedelta(minutes=30))) == "2026-04-05 02:30"


def test_office_hours_stay_on_the_wall_clock_when_it_changes() -> None:
    assert local(add(OFFICE, berlin("2026-03-27T17:00"), timedelta(hours=2))) == "2026-03-30 10:00"
    assert local(add(OFFICE, berlin("2026-10-23T17:00"), timedelta(hours=2))) == "2026-10-26 10:00"


def test_holidays_are_closed_once_or_each_year() -> None:
    closed = Calendar("closed", BERLIN, WEEKDAYS, frozenset({date(2027, 3, 26)}), frozenset({(12, 25), (1, 1)}))
    assert local(add(closed, berlin("2026-12-24T17:00"), timedelta(hours=2))) == "2026-12-28 10:00"
    assert local(add(closed, berlin("2027-03-25T17:00"), timedelta(hours=2))) == "2027-03-29 10:00"
    assert local(add(closed, berlin("2026-12-31T17:00"), timedelta(hours=2))) == "2027-01-04 10:00"
    always_but = Calendar("always", BERLIN, (), frozenset({date(2026, 11, 21)}))
    assert local(add(always_but, berlin("2026-11-20T23:00"), timedelta(hours=2))) == "2026-11-22 01:00"


def test_what_a_calendar_never_grants_is_granted_around_the_clock() -> None:
    closed = Calendar("closed", BERLIN, ((),) * 7)
    start = berlin("2026-11-20T12:00")
    assert add(closed, start, timedelta(hours=24)) == start + timedelta(hours=24)


ZONES = st.sampled_from(["UTC", "Europe/Berlin", "America/Sao_Paulo", "Asia/Kolkata", "Pacific/Apia", "Asia/Beirut"])
STARTS = st.integers(0, 15_000_000).map(lambda minutes: datetime(2010, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes))
HOURS = st.lists(st.integers(0, DAY), min_size=2, max_size=4, unique=True).map(sorted)


@given(ZONES, st.lists(HOURS, min_size=7, max_size=7), STARTS, st.integers(0, 6000), st.integers(0, 6000))
def test_more_time_or_a_later_start_never_ends_sooner(
    zone: str, week: list[list[int]], start: datetime, minutes: int, more: int
) -> None:
    hours = tuple(tuple((day[at], day[at + 1]) for at in range(0, len(day) - 1, 2)) for day in week)
    calendar = Calendar("any", ZoneInfo(zone), hours)
    due = add(calendar, start, timedelta(minutes=minutes))
    assert due >= start + timedelta(minutes=minutes)
    assert add(calendar, start, timedelta(minutes=minutes + more)) >= due
    assert add(calendar, start + timedelta(minutes=more), timedelta(minutes=minutes)) >= due
