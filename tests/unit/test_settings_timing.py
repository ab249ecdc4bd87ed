"""`[deadlines]` and `[calendars.NAME]`: what they mean, and every mistake in them named."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from gateway.settings import SettingsError, load
from gateway.triage.deadlines import NEVER, Deadlines
from tests.builders import NOON, case
from tests.desk import CONFIGURATION, Desk

RULES = """
[deadlines]
near = 0.5

[[deadlines.rules]]
category = ["kyc"]
hours = 8
calendar = "office"

[[deadlines.rules]]
tier = ["Gold"]
region = ["EU"]
hours = 0.5

[calendars.office]
zone = "Europe/Berlin"
open = { mon-fri = ["09:00-12:30", "13:30-18:00"], sat = ["10:00-14:00"] }
holidays = ["2026-11-21", "12-25"]
"""


def deadlines(folder: Path, text: str) -> Deadlines:
    desk = Desk(folder)
    desk.write(CONFIGURATION + text)
    return load(desk.path, credentials=False).deadlines


def test_the_tables_become_deadlines(tmp_path: Path) -> None:
    found = deadlines(tmp_path, RULES)
    due = found.of(case(category="kyc"), NOON)  # Friday, 13:00 in Berlin
    assert due is not None
    assert due.near is not None
    assert (f"{due.near:%a %H:%M}", f"{due.at:%a %H:%M}") == ("Fri 16:30", "Mon 11:30")
    gold = found.of(case(tier="gold", region="eu"), NOON)
    assert gold is not None
    assert gold.at == NOON + timedelta(minutes=30)
    plain = found.of(case(), NOON)
    assert plain is not None
    assert plain.at == NOON + timedelta(hours=24)


def test_without_the_tables_the_usual_ones_hold_and_they_can_be_switched_off(tmp_path: Path) -> None:
    assert deadlines(tmp_path, "") == Deadlines()
    assert deadlines(tmp_path, "[deadlines]\nenabled = false\n") == NEVER


RULE = '[[deadlines.rules]]\nhours = 8\ncalendar = "office"\n'


@pytest.mark.parametrize(
    ("text", "path", "told"),
    [
        (RULE, "deadlines.rules[0].calendar", "not there"),
        ("[[deadlines.rules]]\nkategory = ['x']\nhours = 1\n", "deadlines.rules[0].kategory", "category"),
        ("[[deadlines.rules]]\nhours = -1\n", "deadlines.rules[0].hours", "at least 0"),
        ("[[deadlines.rules]]\npriority = ['asap']\nhours = 1\n", "deadlines.rules[0].priority[0]", "urgent"),
        ("[[deadlines.rules]]\ndanger = ['stolen']\nhours = 1\n", "deadlines.rules[0].danger[0]", "account_stolen"),
        ("[[deadlines.rules]]\nregion = ['europe']\nhours = 1\n", "deadlines.rules[0].region", '"eu"'),
        ("[[deadlines.rules]]\ncategory = ['fees', 'kycc']\nhours = 1\n", "deadlines.rules[0].category[1]", "kyc"),
        ("[deadlines]\nnear = 0\n", "deadlines.near", "greater than 0"),
        ('[calendars.office]\nzone = "Europe/Atlantis"\n', "calendars.office.zone", "tzdata"),
        ('[calendars.office]\nzone = "../etc"\n', "calendars.office.zone", "time zone"),
        ('[calendars.office]\nopen = { someday = ["09:00-10:00"] }\n', "calendars.office.open", "mon-fri"),
        ('[calendars.office]\nopen = { sat-mon = ["09:00-10:00"] }\n', "calendars.office.open", "Monday first"),
        ('[calendars.office]\nopen = { mon = ["9-10"] }\n', "calendars.office.open", "09:00-17:30"),
        ('[calendars.office]\nopen = { mon = ["22:00-06:00"] }\n', "calendars.office.open", "midnight"),
        ('[calendars.office]\nopen = { mon = ["09:00-24:01"] }\n', "calendars.office.open", "24:00"),
        ('[calendars.office]\nopen = { mon = ["09:00-12:00", "11:00-13:00"] }\n', "calendars.office.open", "overlap"),
        ("[calendars.office]\nopen = { mon = [] }\n", "calendars.office.open", "at least one hour"),
        ('[calendars.office]\nholidays = ["25.12."]\n', "calendars.office.holidays", "12-25"),
        ('[calendars.office]\nholidays = ["02-30"]\n', "calendars.office.holidays", "12-25"),
        ('[calendars.Office]\nzone = "UTC"\n', "calendars.Office", "small letters"),
        ("[calendars]\noffice = 3\n", "calendars.office", "must be a table"),
        (
            '[[deadlines.rules]]\nhours = 100\ncalendar = "a"\n[calendars.a]\nopen = { mon = ["09:00-10:00"] }\n',
            "deadlines.rules[0].hours",
            "in a year",
        ),
    ],
)
def test_every_mistake_is_named_where_it_stands(tmp_path: Path, text: str, path: str, told: str) -> None:
    with pytest.raises(SettingsError) as refused:
        deadlines(tmp_path, text)
    found = {problem.path: problem.message for problem in refused.value.problems}
    assert told in found.get(path, ""), found


def test_a_calendar_with_a_mistake_is_not_called_absent(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as refused:
        deadlines(tmp_path, f'{RULE}[calendars.office]\nzone = "Nowhere"\n')
    assert [problem.path for problem in refused.value.problems] == ["calendars.office.zone"]


def test_a_rule_may_name_a_category_of_the_desks_own(tmp_path: Path) -> None:
    rule = "[[deadlines.rules]]\ncategory = ['otc_desk']\ndanger = ['*', 'account_stolen']\nhours = 1\n"
    (tmp_path / "desk").mkdir()
    (tmp_path / "desk" / "own.toml").write_text('[categories.otc_desk]\nqueue = "otc"\n', encoding="utf-8")
    assert deadlines(tmp_path / "desk", f'{rule}[triage]\nrules = "own.toml"\n').rules
