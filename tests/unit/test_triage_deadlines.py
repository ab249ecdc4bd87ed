"""The table of deadlines: the first rule that fits a case says when an answer is due."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from gateway.case import Priority
from gateway.triage.calendars import Calendar
from gateway.triage.deadlines import NEVER, Deadlines, Rule, with_own
from tests.builders import NOON, case

HOUR = timedelta(hours=1)
OFFICE = Calendar("office", None, (*(((9 * 60, 18 * 60),),) * 5, (), ()))


USUAL = Deadlines()


def due_in(rules: Deadlines = USUAL, **fields: Any) -> timedelta | None:
    due = rules.of(case(**fields), NOON)
    return None if due is None else due.at - NOON


@pytest.mark.parametrize(
    ("fields", "time"),
    [
        ({}, 24 * HOUR),
        ({"category": "deposit_not_credited"}, 24 * HOUR),
        ({"category": "liquidation_dispute"}, 72 * HOUR),
        ({"category": "wrong_transfer"}, 72 * HOUR),
        ({"category": "authority_request"}, 72 * HOUR),
        ({"category": "policy"}, 72 * HOUR),
        ({"category": "account_closure"}, 72 * HOUR),
        ({"tier": "VIP", "category": "policy"}, 4 * HOUR),
        ({"priority": Priority.URGENT, "tier": "vip"}, HOUR),
        ({"priority": Priority.HIGH}, 24 * HOUR),
        ({"queue": "risk"}, HOUR / 4),
        ({"danger": "secret_shared", "category": "spam"}, HOUR / 4),
        ({"category": "spam"}, None),
    ],
)
def test_the_usual_deadlines(fields: dict[str, Any], time: timedelta | None) -> None:
    assert due_in(**fields) == time


def test_own_rules_are_asked_before_the_usual_ones_and_in_their_order() -> None:
    own = (
        Rule(2 * HOUR, category=frozenset({"kyc"}), region=frozenset({"eu"})),
        Rule(5 * HOUR, category=frozenset({"kyc"})),
        Rule(None, priority=frozenset({"low"})),
    )
    rules = Deadlines(with_own(own))
    assert due_in(rules, category="kyc", region="EU") == 2 * HOUR
    assert due_in(rules, category="kyc", region="us") == 5 * HOUR
    assert due_in(rules, priority=Priority.LOW) is None
    assert due_in(rules, category="card") == 24 * HOUR


def test_no_rule_slips_before_asset_safety_but_one_that_names_a_danger() -> None:
    for_all = Rule(48 * HOUR)
    assert due_in(Deadlines(with_own((for_all,))), danger="account_stolen") == HOUR / 4
    assert due_in(Deadlines(with_own((for_all,)))) == 48 * HOUR
    named = Rule(HOUR / 12, danger=frozenset({"account_stolen"}))
    rules = Deadlines(with_own((for_all, named)))
    assert due_in(rules, danger="account_stolen") == HOUR / 12
    assert due_in(rules, danger="scam_under_way") == HOUR / 4


def test_near_is_a_share_of_the_working_time() -> None:
    office = Deadlines((Rule(10 * HOUR, OFFICE),), near=0.8)
    found = office.of(case(), NOON)  # a Friday
    assert found is not None
    assert found.near is not None
    assert f"{found.near:%a %H:%M}" == "Mon 11:00"
    assert f"{found.at:%a %H:%M}" == "Mon 13:00"
    silent = Deadlines((Rule(HOUR),), near=1).of(case(), NOON)
    assert silent is not None
    assert silent.near is None


def test_without_rules_there_is_no_deadline() -> None:
    assert due_in(NEVER) is None
    assert due_in(NEVER, danger="account_stolen") is None
