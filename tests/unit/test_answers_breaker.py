"""The breaker of automatic replies: it stops a flood, rests until all is calm, and nothing makes a flood usual."""

from __future__ import annotations

import pytest

from gateway.answers.acknowledge import AckPolicy
from gateway.answers.breaker import bound, is_open
from gateway.past import PACE_SLOTS

POLICY = AckPolicy()
REST = 90
"""Slots of ten seconds in the fifteen minutes that must be calm."""


def pace(*newest: int, usual: int = 0) -> tuple[int, ...]:
    """Return a pace that ends so, before that with so many a minute."""
    before = [usual if slot % 6 == 0 else 0 for slot in range(PACE_SLOTS)]
    return tuple((before + list(newest))[-PACE_SLOTS:])


def test_what_is_usual_is_nothing_to_stop() -> None:
    assert not is_open(pace(usual=10), POLICY)
    assert not is_open((), POLICY)


@pytest.mark.parametrize(
    ("usual", "count", "opens"),
    [(0, 59, False), (0, 60, True), (12, 60, True), (14, 69, False), (14, 70, True)],
)
def test_a_minutes_budget_stops_acknowledgements_when_it_is_five_times_the_usual(
    usual: int, count: int, opens: bool
) -> None:
    assert is_open(pace(*[0] * 7, count, usual=usual), POLICY) is opens


def test_a_flood_that_straddles_two_minutes_is_seen() -> None:
    assert is_open(pace(0, 0, 20, 20, 20, 0), POLICY)


def test_it_closes_by_itself_after_a_quarter_of_an_hour_of_calm() -> None:
    assert is_open(pace(60, *[0] * REST), POLICY)
    assert not is_open(pace(60, *[0] * (REST + 7)), POLICY)


def test_no_flood_makes_itself_usual() -> None:
    """Sixty in a minute again and again, for as long as is looked at: what was usual before it still is."""
    flooded = pace(*([60, *[0] * (REST + 7)] * 8))
    assert bound(flooded, POLICY) == POLICY.per_minute


def test_a_flood_is_held_to_a_minutes_bound_in_a_quarter_of_an_hour() -> None:
    """Whoever writes without end gets a minute's answers, a rest, and as many again."""
    counts = [0] * PACE_SLOTS
    sent = 0
    for _ in range(6 * 60):
        counts = [*counts[1:], 0]
        while not is_open(tuple(counts), POLICY):
            counts[-1] += 1
            sent += 1
    assert sent <= 60 * 4


def test_an_operator_may_do_without_it() -> None:
    assert not is_open(pace(10_000), AckPolicy(breaker_times=0))
