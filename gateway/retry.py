"""What to do after a failure, as a value: again at some time, bury, or look first. Pure."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, timedelta

from gateway.errors import (
    AuthError,
    ConfigError,
    CreditsError,
    DeferredError,
    GatewayError,
    OutcomeUnknownError,
    RateLimitedError,
    RejectedError,
    TransientError,
    fault_name,
)

DEFERRALS = (timedelta(minutes=5), timedelta(minutes=15), timedelta(minutes=30), timedelta(minutes=60))
"""The waits of what was deferred, the last of them over and over: greylisting forgives after minutes, or an hour."""
DEFERRED_FOR = timedelta(hours=48)
"""What was deferred for so long is given up; RFC 5321, section 4.5.4.1, has senders try for days."""


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How long to wait and when to give up; durations in seconds.

    Waits grow from `base_secs` by doubling up to `cap_secs`, each drawn between nothing and the whole ("full jitter").
    `attempts` bounds calls that failed for a while, `bug_attempts` those that failed by a fault of ours. A refused
    credential, a faulty configuration and an account without credits are no fault of the item: it waits `probe_secs`
    and is never buried for them.
    """

    base_secs: float = 1.0
    cap_secs: float = 3600.0
    attempts: int = 100
    bug_attempts: int = 5
    probe_secs: float = 300.0


@dataclass(frozen=True, slots=True)
class Again:
    """Try again, not before `at`; with `charged` False this attempt does not count, for the item was not at fault."""

    at: datetime
    charged: bool = True


@dataclass(frozen=True, slots=True)
class Bury:
    """Never again by itself."""

    reason: str


@dataclass(frozen=True, slots=True)
class LookFirst:
    """It may have taken effect: look, not before `at`."""

    at: datetime


Verdict = Again | Bury | LookFirst


def backoff_secs(attempt: int, policy: RetryPolicy, rng: random.Random) -> float:
    """Return the wait after that many attempts: capped exponential, full jitter."""
    ceiling = min(policy.cap_secs, policy.base_secs * 2 ** min(attempt - 1, 40))
    return rng.uniform(0, ceiling)


def decide(error: Exception, attempt: int, policy: RetryPolicy, rng: random.Random, now: datetime) -> Verdict:
    """Decide on an item whose `attempt`-th call ended in `error`."""
    wait = timedelta(seconds=backoff_secs(attempt, policy, rng))
    match error:
        case RateLimitedError():
            # Where the whole account waits, its writes go on together: apart, they would fill no batch.
            apart = timedelta(seconds=rng.uniform(0, 1)) if error.item else timedelta(0)
            return Again(now + error.retry_after + apart, charged=False)
        case DeferredError():
            return _deferred(error, attempt, rng, now)
        case AuthError() | ConfigError() | CreditsError():
            return Again(now + timedelta(seconds=policy.probe_secs), charged=False)
        case OutcomeUnknownError() if attempt < policy.attempts:
            return LookFirst(now + wait)
        case TransientError() if attempt < policy.attempts:
            return Again(now + wait)
        case RejectedError():
            return Bury(str(error))
        case GatewayError():
            return Bury(f"given up after {attempt} attempts: {error}")
        case _ if attempt < policy.bug_attempts:
            return Again(now + wait)
        case _:
            return Bury(f"a fault of the gateway, {attempt} times: {fault_name(error)}")


def _deferred(error: DeferredError, attempt: int, rng: random.Random, now: datetime) -> Verdict:
    """Wait longer after each attempt, and never much shorter than that: whoever comes too soon begins anew."""
    over = max(attempt - 1 - len(DEFERRALS), 0)
    waited = sum(DEFERRALS[: attempt - 1], timedelta(0)) + over * DEFERRALS[-1]
    wait = DEFERRALS[min(attempt, len(DEFERRALS)) - 1]
    if waited + wait > DEFERRED_FOR:
        return Bury(f"given up after {DEFERRED_FOR // timedelta(hours=1)} hours: {error}")
    return Again(now + wait + timedelta(seconds=rng.uniform(0, 60)))
