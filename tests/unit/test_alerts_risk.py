"""A risk system that cannot be told whose account to freeze is told of within half a minute, and taken back."""

from __future__ import annotations

import pytest

from gateway.health import Condition
from gateway.journal import State
from tests.unit.test_alerts import Story, part, stands

WELL = [part("risk:freeze", Condition.RUNNING)]


def risks(told: list[tuple[str, str]]) -> list[tuple[str, str]]:
    return [each for each in told if each[0].startswith("risk_hook_failing")]


@pytest.mark.parametrize(
    "condition", [Condition.RETRYING, Condition.FAULTY, Condition.AUTH_FAILED, Condition.MISCONFIGURED]
)
def test_a_risk_system_that_fails_is_told_of_soon_and_taken_back(condition: Condition) -> None:
    story = Story()
    ill = [part("risk:freeze", condition, error="it is away")]
    assert risks(story.see(29, parts=ill)) == []
    assert risks(story.see(1, parts=ill)) == [("risk_hook_failing:calls", "raised")]
    notice = next(each for each in story.told if each.rule == "risk_hook_failing")
    assert notice.text == "the risk system cannot be told whose account to freeze: it is away"
    assert notice.action.startswith("freeze by hand")
    assert risks(story.see(1, parts=[part("risk:freeze", Condition.STARTING)])) == []
    assert risks(story.see(1, parts=WELL)) == []
    assert risks(story.see(60, parts=WELL)) == [("risk_hook_failing:calls", "recovered")]


def test_orders_that_were_given_up_are_told_of_at_once_and_again_when_there_are_more() -> None:
    story = Story()
    assert risks(story.see(parts=WELL, backlog=[stands("effects", "risk", State.BURIED, 1)])) == [
        ("risk_hook_failing:orders", "raised")
    ]
    assert risks(story.see(4000, parts=WELL, backlog=[stands("effects", "risk", State.BURIED, 1)])) == []
    assert risks(story.see(1, parts=WELL, backlog=[stands("effects", "risk", State.BURIED, 2)])) == [
        ("risk_hook_failing:orders", "repeated")
    ]
    assert risks(story.see(1, parts=WELL, backlog=[stands("effects", "support", State.BURIED, 9)])) == []


def test_a_desk_without_a_risk_system_hears_nothing_of_it() -> None:
    story = Story()
    assert risks(story.see(300, parts=[part("support:INBOX", Condition.RETRYING)])) == []
