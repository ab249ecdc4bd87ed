"""What the engine counts and measures: the families as data, and an object with one method an occasion.

Here nothing is kept: `Metrics` itself does nothing and needs no library; `gateway.web.prometheus` keeps and shows.
Labels are bounded: names of the configuration, and words of our own enumerations; never an address, a case or a key.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from time import perf_counter
from typing import Literal

from gateway.journal import EffectKind, State


class Stage(StrEnum):
    """A step on a message's way whose time is measured."""

    FETCH = "fetch"
    STORE = "store"
    NORMALIZE = "normalize"
    ENRICH = "enrich"
    ASSESS = "assess"
    TRIAGE = "triage"
    DECIDE = "decide"
    COMMIT = "commit"
    SUBMIT = "submit"
    SEND = "send"


@dataclass(frozen=True, slots=True)
class Family:
    """One metric: its name as Prometheus shows it, what it says, its labels, and for a histogram its bounds."""

    name: str
    kind: Literal["counter", "gauge", "histogram"]
    help: str
    labels: tuple[str, ...] = ()
    buckets: tuple[float, ...] = ()


_SECS = (0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
_COUNTS = (0.0, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1000.0)
_DELAYS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 15.0, 60.0, 300.0, 1800.0, 7200.0, 43200.0)

RAWS_STORED = Family("gateway_raws_stored_total", "counter", "Raws put into the journal.", ("source",))
RAWS_KNOWN = Family(
    "gateway_raws_known_total", "counter", "Raws delivered again and absorbed by their key.", ("source",)
)
PAGE_RAWS = Family("gateway_page_raws", "histogram", "Raws in a page that moved something.", ("source",), _COUNTS)
FETCHES_FAILED = Family(
    "gateway_fetches_failed_total", "counter", "Fetches that ended in an error, by its class.", ("source", "error")
)
RAWS_ENDED = Family(
    "gateway_raws_ended_total", "counter", "Attempts on a raw, by what became of it.", ("source", "outcome")
)
BATCH_RAWS = Family("gateway_batch_raws", "histogram", "Raws that the pipeline claimed at once.", (), _COUNTS)
STAGES = Family("gateway_stage_duration_seconds", "histogram", "How long a stage took.", ("stage",), _SECS)
EFFECTS_ATTEMPTED = Family(
    "gateway_effects_attempted_total", "counter", "Effects claimed for delivery.", ("target", "kind")
)
EFFECTS_ENDED = Family(
    "gateway_effects_ended_total",
    "counter",
    "Attempts on an effect, by what became of it.",
    ("target", "kind", "outcome"),
)
DELIVERY = Family(
    "gateway_delivery_delay_seconds",
    "histogram",
    "From the platform's receipt of a message to the acceptance of what follows from it.",
    ("target", "kind"),
    _DELAYS,
)
PUSHES = Family(
    "gateway_pushes_answered_total",
    "counter",
    "What was pushed, by status: 200 and 503 stand for what a listener took and put off, too.",
    ("channel", "status"),
)
PUSH_TIME = Family("gateway_push_duration_seconds", "histogram", "How long what was pushed took.", (), _SECS)
CALLS_REFUSED = Family(
    "gateway_calls_refused_total", "counter", "Calls put off before they were made, by the limit.", ("name", "limit")
)
CALLS_CHARGED = Family(
    "gateway_calls_charged_total", "counter", "Calls that a platform charges for, by what was bought.",
    ("channel", "what"),
)  # fmt: skip
COST = Family(
    "gateway_cost_total",
    "counter",
    "What calls cost by the prices in the configuration, in units of the account's currency.",
    ("channel", "what"),
)
ALERTS = Family("gateway_alerts_sent_total", "counter", "Alerts to operators, by outcome.", ("target", "outcome"))

PART_LAG = Family("gateway_part_lag_seconds", "gauge", "Since a part last did what it is there for.", ("part",))
POLL_AGE = Family(
    "gateway_poll_age_seconds", "gauge", "Since a source whose platform forgets was last fetched well.", ("source",)
)
PART_CONDITION = Family(
    "gateway_part_condition", "gauge", "1 for the condition that a part is in, 0 for the others.", ("part", "condition")
)
BACKLOG = Family(
    "gateway_backlog_items", "gauge", "What is not settled, by queue, source or target, and state.",
    ("queue", "name", "state"),
)  # fmt: skip
BACKLOG_AGE = Family(
    "gateway_backlog_age_seconds", "gauge", "Age of the oldest that still waits for its turn.", ("queue", "name")
)
DISK_FREE = Family("gateway_disk_free_bytes", "gauge", "Free bytes where the store is.")
STORE_READABLE = Family("gateway_store_readable", "gauge", "1 when the store answered this time.")
REPLIES_STOPPED = Family(
    "gateway_acknowledgements_stopped", "gauge", "1 while the breaker of automatic replies holds acknowledgements back."
)
OVERDUE = Family("gateway_cases_overdue", "gauge", "Cases for which an answer should have been given by now.")
ESCALATED = Family(
    "gateway_cases_escalated_total", "counter", "Deadlines of cases that came near, or passed.", ("step",)
)
RATED = Family("gateway_ratings_total", "counter", "Scores that users gave our help.", ("score",))
ASKED = Family("gateway_ratings_asked_total", "counter", "Users who were asked how our help was.")
BUILD = Family("gateway_build_info", "gauge", "Always 1; the release that runs.", ("version",))

FAMILIES: tuple[Family, ...] = (
    RAWS_STORED, RAWS_KNOWN, PAGE_RAWS, FETCHES_FAILED, RAWS_ENDED, BATCH_RAWS, STAGES, EFFECTS_ATTEMPTED,
    EFFECTS_ENDED, DELIVERY, PUSHES, PUSH_TIME, CALLS_REFUSED, CALLS_CHARGED, COST, ALERTS, PART_LAG, POLL_AGE,
    PART_CONDITION, BACKLOG, BACKLOG_AGE, DISK_FREE, STORE_READABLE, REPLIES_STOPPED, OVERDUE,
    ESCALATED, RATED, ASKED, BUILD,
)  # fmt: skip
"""Every metric there is."""


class Metrics:
    """What the engine calls; this one keeps nothing. Every method is quick and raises nothing."""

    def know(self, names: Iterable[str]) -> None:
        """These are sources or targets of the configuration too, from now on."""

    def page_stored(self, source: str, stored: int, known: int) -> None:
        """A page is in the journal: so many raws were new, so many known."""

    def fetch_failed(self, source: str, error: Exception) -> None:
        """A fetch or a confirmation ended in an error."""

    def batch_claimed(self, raws: int) -> None:
        """The pipeline claimed so many raws at once."""

    def raw_ended(self, source: str, outcome: State) -> None:
        """An attempt on a raw ended: SETTLED, POSTPONED or BURIED."""

    def effect_attempted(self, target: str, kind: EffectKind) -> None:
        """An effect was claimed to be delivered."""

    def effect_ended(self, target: str, kind: EffectKind, outcome: State, delay: timedelta | None = None) -> None:
        """An attempt on an effect ended; `delay` is the time since the platform took the message in, where known."""

    def escalated(self, step: str) -> None:
        """The deadline of a case is near, or has passed."""

    def rated(self, score: int | None) -> None:
        """A user gave our help a score; None: was asked for one."""

    def stage_took(self, stage: Stage, secs: float) -> None:
        """A stage took so long."""

    def call_refused(self, name: str, limit: str) -> None:
        """A call of a channel or backend was put off, because a limit that it declares is used up."""

    def spent(self, channel: str, what: str, calls: int, cost: float) -> None:
        """A channel spent on a kind of thing: calls, and money in units of its account's currency."""

    def push_answered(self, channel: str, status: int, secs: float) -> None:
        """What was pushed was answered; `channel` is empty when there is none of that name."""

    def alert_sent(self, target: str, outcome: Literal["sent", "failed"]) -> None:
        """An alert went out, or did not."""

    @contextmanager
    def timed(self, stage: Stage) -> Iterator[None]:
        """Measure a stage, also one that fails."""
        began = perf_counter()
        try:
            yield
        finally:
            self.stage_took(stage, perf_counter() - began)
