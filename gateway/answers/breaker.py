"""Whether so many automatic replies go out that something must be wrong: a loop, or forged senders. Pure.

The ledger alone tells, so all nodes that share it agree and a restart forgets nothing. What is counted is what went
out: after a rest the breaker closes by itself, and opens again as soon as the flood goes on.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from itertools import accumulate
from statistics import median

from gateway.answers.ack_policy import AckPolicy
from gateway.past import PACE_SLOT

_MINUTE = timedelta(minutes=1) // PACE_SLOT
_WINDOW = _MINUTE + 1
"""Slots that surely hold every minute that ends in the last of them."""


def bound(pace: Sequence[int], policy: AckPolicy) -> float:
    """Return how many in a minute are too many, from the counts of each slot, newest last: never less than its budget.

    What is usual is the median over the minutes before those that must have been calm, so that no flood makes itself
    usual.
    """
    before = pace[: max(len(pace) - _rest(policy), 0)]
    minutes = [sum(before[start : start + _MINUTE]) for start in range(0, len(before), _MINUTE)]
    return max(policy.per_minute, policy.breaker_times * (median(minutes) if minutes else 0))


def is_open(pace: Sequence[int], policy: AckPolicy) -> bool:
    """Whether there were too many within any minute since which all must have been calm."""
    recent = pace[-(_rest(policy) + _WINDOW) :]
    if not policy.breaker_times or sum(recent) < policy.per_minute:
        return False
    sums = [0, *accumulate(recent)]
    busiest = max(sums[end] - sums[max(end - _WINDOW, 0)] for end in range(1, len(sums)))
    return busiest >= policy.per_minute and busiest >= bound(pace, policy)


def _rest(policy: AckPolicy) -> int:
    return policy.breaker_rest_secs // (PACE_SLOT // timedelta(seconds=1))
