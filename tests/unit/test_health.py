"""Health: each part's state tells the operator what is wrong, since when, and what to do."""

from __future__ import annotations

from datetime import timedelta

import pytest

from gateway.errors import AuthError, ConfigError, CreditsError, OutcomeUnknownError, RejectedError, TransientError
from gateway.health import Condition, Health, PartState
from tests.conftest import ManualClock

PART = "support:INBOX"


@pytest.fixture
def health(clock: ManualClock) -> Health:
    return Health(clock)


def only(health: Health) -> PartState:
    (part,) = health.parts()
    return part


def test_a_part_that_began_has_not_yet_done_anything(health: Health, clock: ManualClock) -> None:
    health.starting(PART)
    assert only(health) == PartState(PART, Condition.STARTING, clock.now())


def test_a_part_that_ended_in_order_is_not_shown_as_running(health: Health, clock: ManualClock) -> None:
    health.well(PART)
    clock.advance(5)
    health.stopped(PART)
    assert only(health) == PartState(PART, Condition.STOPPED, clock.now())


def test_success_moves_the_last_success_and_not_the_beginning(health: Health, clock: ManualClock) -> None:
    began = clock.now()
    health.well(PART)
    clock.advance(60)
    health.well(PART)
    assert only(health) == PartState(PART, Condition.RUNNING, began, last_success_at=began + timedelta(seconds=60))


@pytest.mark.parametrize(
    ("error", "condition"),
    [
        (AuthError("the password was refused"), Condition.AUTH_FAILED),
        (CreditsError("the credits are used up"), Condition.NO_CREDITS),
        (ConfigError("there is no such folder"), Condition.MISCONFIGURED),
        (TransientError("the line was lost"), Condition.RETRYING),
        (OutcomeUnknownError("no answer"), Condition.RETRYING),
        (RejectedError("refused"), Condition.RETRYING),
    ],
)
def test_an_expected_error_is_told_in_its_own_words_with_what_to_do(
    health: Health, clock: ManualClock, error: AuthError, condition: Condition
) -> None:
    again = clock.now() + timedelta(seconds=9)
    health.ill(PART, error, again)
    part = only(health)
    assert (part.condition, part.last_error, part.action) == (condition, str(error), error.action)
    assert part.action
    assert part.next_try_at == again


def test_a_fault_of_ours_shows_its_kind_and_none_of_its_words(health: Health) -> None:
    health.ill(PART, ValueError("a user's words"), None)
    part = only(health)
    assert part.condition is Condition.FAULTY
    assert "ValueError" in part.last_error
    assert "a user's words" not in part.last_error
    assert part.action


def test_trouble_of_one_kind_began_with_its_first_failure(health: Health, clock: ManualClock) -> None:
    health.well(PART)
    well_at = clock.now()
    clock.advance(10)
    health.ill(PART, TransientError("x"), None)
    began = clock.now()
    clock.advance(10)
    health.ill(PART, TransientError("y"), None)
    assert (only(health).since, only(health).last_error) == (began, "y")
    assert only(health).last_success_at == well_at, "when it last worked is what one wants to know now"
    clock.advance(10)
    health.ill(PART, AuthError("z"), None)
    assert only(health).since == clock.now(), "another kind of trouble begins anew"


def test_recovery_leaves_nothing_of_the_error(health: Health, clock: ManualClock) -> None:
    health.ill(PART, AuthError("x"), clock.now())
    clock.advance(1)
    health.well(PART)
    assert only(health) == PartState(PART, Condition.RUNNING, clock.now(), last_success_at=clock.now())


def test_parts_are_told_by_name(health: Health) -> None:
    for name in ("b", "c", "a"):
        health.starting(name)
    assert [part.part for part in health.parts()] == ["a", "b", "c"]


def test_a_part_that_found_nothing_to_do_has_started(clock: ManualClock) -> None:
    health = Health(clock)
    health.starting("pipeline")
    health.idle("pipeline")
    assert health.parts()[0].condition is Condition.RUNNING


def test_finding_nothing_to_do_mends_nothing(clock: ManualClock) -> None:
    health = Health(clock)
    health.starting("send")
    health.ill("send", TransientError("down"), None)
    health.idle("send")
    assert health.parts()[0].condition is Condition.RETRYING
