"""What is decided after a failure."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.errors import (
    AuthError,
    ConfigError,
    CreditsError,
    DeferredError,
    MalformedError,
    OutcomeUnknownError,
    RateLimitedError,
    RejectedError,
    TransientError,
)
from gateway.retry import Again, Bury, LookFirst, RetryPolicy, backoff_secs, decide

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
POLICY = RetryPolicy(base_secs=1, cap_secs=60, attempts=10, bug_attempts=3, probe_secs=300)


def verdict(error: Exception, attempt: int = 1) -> Again | Bury | LookFirst:
    return decide(error, attempt, POLICY, random.Random(7), NOW)


@given(attempt=st.integers(1, 10_000), seed=st.integers())
def test_the_wait_never_passes_the_cap_nor_the_doubling(attempt: int, seed: int) -> None:
    wait = backoff_secs(attempt, POLICY, random.Random(seed))
    assert 0 <= wait <= min(60, 2 ** min(attempt - 1, 10))


def test_waits_are_spread_over_the_whole_range() -> None:
    rng = random.Random(1)
    waits = [backoff_secs(7, POLICY, rng) for _ in range(400)]
    assert min(waits) < 6
    assert max(waits) > 54


def test_a_transient_error_is_tried_again_later() -> None:
    outcome = verdict(TransientError("down"))
    assert isinstance(outcome, Again)
    assert NOW <= outcome.at <= NOW + timedelta(seconds=1)


def test_a_rate_limit_of_hours_is_honoured_and_never_buried() -> None:
    outcome = verdict(RateLimitedError("slow", timedelta(hours=3)), attempt=5000)
    assert isinstance(outcome, Again)
    assert NOW + timedelta(hours=3) <= outcome.at <= NOW + timedelta(hours=3, seconds=1)


def test_what_waits_for_a_whole_account_goes_on_together() -> None:
    outcome = verdict(RateLimitedError("slow", timedelta(seconds=30), item=False))
    assert outcome == Again(NOW + timedelta(seconds=30), charged=False)


@pytest.mark.parametrize("error", [AuthError("no"), ConfigError("no"), CreditsError("no")])
def test_a_fault_of_the_target_never_buries_an_item(error: Exception) -> None:
    assert verdict(error, attempt=5000) == Again(NOW + timedelta(seconds=300), charged=False)


@pytest.mark.parametrize("error", [RejectedError("no such user"), MalformedError("unreadable")])
def test_a_rejected_item_is_buried_at_once_with_its_reason(error: Exception) -> None:
    assert verdict(error) == Bury(str(error))


def test_what_is_greylisted_waits_for_minutes_and_hours_and_is_given_up_after_two_days() -> None:
    """D14: 5, 15, 30, 60 minutes, then each hour."""
    waits = []
    for attempt in range(1, 100):
        outcome = verdict(DeferredError("not now"), attempt)
        if isinstance(outcome, Bury):
            break
        assert isinstance(outcome, Again)
        assert outcome.charged
        waits.append((outcome.at - NOW) // timedelta(minutes=1))
    assert waits == [5, 15, 30] + [60] * 47
    assert verdict(DeferredError("not now"), len(waits) + 1) == Bury("given up after 48 hours: not now")


def test_an_unknown_outcome_is_looked_up_first() -> None:
    assert isinstance(verdict(OutcomeUnknownError("dropped")), LookFirst)


@pytest.mark.parametrize("error", [TransientError("down"), OutcomeUnknownError("dropped")])
def test_an_item_is_given_up_after_its_attempts(error: Exception) -> None:
    assert not isinstance(verdict(error, attempt=9), Bury)
    assert isinstance(verdict(error, attempt=10), Bury)


def test_a_fault_of_ours_is_tried_a_few_times_and_its_text_is_not_shown() -> None:
    assert isinstance(verdict(ValueError("a user's words"), attempt=2), Again)
    outcome = verdict(ValueError("a user's words"), attempt=3)
    assert isinstance(outcome, Bury)
    assert "a user's words" not in outcome.reason
    assert "ValueError" in outcome.reason
