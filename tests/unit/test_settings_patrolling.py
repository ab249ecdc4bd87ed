"""The table `[patrol]`: absent is off; a run is given what it says; what cannot work is named with its remedy."""

from __future__ import annotations

import importlib.util
from datetime import timedelta
from pathlib import Path

import pytest

from gateway.case import Severity
from gateway.patrol.ports import Budgets
from gateway.settings import SettingsError, load
from gateway.settings import patrolling as module
from gateway.settings.patrolling import PatrolTable
from tests.desk import CONFIGURATION, Desk


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setenv("GATEHOUSE_SUPPORT_PASSWORD", "made-up")
    return Desk(tmp_path)


def table(desk: Desk, text: str) -> PatrolTable:
    desk.write(f"{CONFIGURATION}[patrol]\n{text}\n")
    found = load(desk.path).patrol
    assert found is not None
    return found


def problems(desk: Desk, text: str) -> dict[str, str]:
    with pytest.raises(SettingsError) as caught:
        table(desk, text)
    return {problem.path: problem.message for problem in caught.value.problems}


def test_without_the_table_there_is_no_patrol(desk: Desk) -> None:
    assert load(desk.path).patrol is None


def test_an_empty_table_is_a_patrol_a_day_as_large_as_one_by_hand(desk: Desk) -> None:
    found = table(desk, "")
    assert (found.every, found.budgets, found.servers) == (timedelta(days=1), Budgets(), ())
    assert found.from_severity is Severity.WARNING


def test_what_is_written_is_what_a_run_is_given(desk: Desk) -> None:
    found = table(
        desk,
        "every_hours = 6\nbudget = 10\nplatforms = { x = 50 }\ndomains = 0\n"
        'dns = ["192.0.2.1", "2001:db8::1#5353"]\nfrom_severity = "danger"',
    )
    assert found.every == timedelta(hours=6)
    assert (found.budgets.of_platform("x"), found.budgets.of_platform("telegram"), found.budgets.domains) == (50, 10, 0)
    assert found.servers == (("192.0.2.1", 53), ("2001:db8::1", 5353))
    assert found.from_severity is Severity.DANGER


@pytest.mark.parametrize(
    ("text", "path", "says"),
    [
        ("every_hours = 0.5", "patrol.every_hours", "1"),
        ("budget = -1", "patrol.budget", "0"),
        ("platforms = { X = 5 }", "patrol.platforms", "as the directory does"),
        ('dns = ["dns.examplex.test"]', "patrol.dns", "in numbers"),
        ('dns = ["192.0.2.1#0"]', "patrol.dns", "in numbers"),
        ('dns = ["192.0.2.1#"]', "patrol.dns", "in numbers"),
        ('from_severity = "grave"', "patrol.from_severity", "notice"),
        ("budgets = 5", "patrol.budgets", "budget"),
    ],
)
def test_a_mistake_is_named_with_its_remedy(desk: Desk, text: str, path: str, says: str) -> None:
    found = problems(desk, text)
    assert list(found) == [path]
    assert says in found[path]


def test_a_missing_library_is_named_with_its_extra(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    there = importlib.util.find_spec
    monkeypatch.setattr(module, "find_spec", lambda name: None if name == "dns" else there(name))
    assert problems(desk, "")["patrol"].endswith("pip install 'gatehouse[patrol]'")
    desk.write(CONFIGURATION)
    assert load(desk.path).patrol is None
