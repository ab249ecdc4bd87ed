"""Metrics kept by prometheus-client, in a registry of their own."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Literal

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from typing_extensions import override

from gateway import errors, metrics
from gateway.health import Condition
from gateway.journal import EffectKind, State
from gateway.metrics import Family, Metrics, Stage
from gateway.watching.observation import Observation

OTHER = "other"
"""Stands for every name that is not of the configuration, so that nobody outside makes a series."""
MEDIA_TYPE = CONTENT_TYPE_LATEST


class PrometheusMetrics(Metrics):
    """Counts for Prometheus. `names` are the sources and targets of the configuration: no other becomes a label."""

    def __init__(self, names: Iterable[str], version: str = "") -> None:
        self._names = frozenset(names)
        self._registry = CollectorRegistry()
        self._counters: dict[Family, Counter] = {}
        self._gauges: dict[Family, Gauge] = {}
        self._histograms: dict[Family, Histogram] = {}
        for family in metrics.FAMILIES:
            self._make(family)
        self._gauges[metrics.BUILD].labels(version).set(1)

    @override
    def know(self, names: Iterable[str]) -> None:
        self._names |= frozenset(names)

    def _make(self, family: Family) -> None:
        match family.kind:
            case "counter":
                self._counters[family] = Counter(family.name, family.help, family.labels, registry=self._registry)
            case "gauge":
                self._gauges[family] = Gauge(family.name, family.help, family.labels, registry=self._registry)
            case "histogram":
                self._histograms[family] = Histogram(
                    family.name, family.help, family.labels, registry=self._registry, buckets=family.buckets
                )

    def _known(self, name: str) -> str:
        return name if name in self._names else OTHER

    @override
    def page_stored(self, source: str, stored: int, known: int) -> None:
        name = self._known(source)
        self._counters[metrics.RAWS_STORED].labels(name).inc(stored)
        self._counters[metrics.RAWS_KNOWN].labels(name).inc(known)
        self._histograms[metrics.PAGE_RAWS].labels(name).observe(stored + known)

    @override
    def fetch_failed(self, source: str, error: Exception) -> None:
        self._counters[metrics.FETCHES_FAILED].labels(self._known(source), error_class(error)).inc()

    @override
    def batch_claimed(self, raws: int) -> None:
        self._histograms[metrics.BATCH_RAWS].observe(raws)

    @override
    def raw_ended(self, source: str, outcome: State) -> None:
        self._counters[metrics.RAWS_ENDED].labels(self._known(source), outcome.value).inc()

    @override
    def effect_attempted(self, target: str, kind: EffectKind) -> None:
        self._counters[metrics.EFFECTS_ATTEMPTED].labels(self._known(target), kind.value).inc()

    @override
    def effect_ended(self, target: str, kind: EffectKind, outcome: State, delay: timedelta | None = None) -> None:
        name = self._known(target)
        self._counters[metrics.EFFECTS_ENDED].labels(name, kind.value, outcome.value).inc()
        if delay is not None and outcome is State.SETTLED:
            self._histograms[metrics.DELIVERY].labels(name, kind.value).observe(delay.total_seconds())

    @override
    def escalated(self, step: str) -> None:
        self._counters[metrics.ESCALATED].labels(step).inc()

    @override
    def rated(self, score: int | None) -> None:
        if score is None:
            self._counters[metrics.ASKED].inc()
        else:
            self._counters[metrics.RATED].labels(str(score)).inc()

    @override
    def stage_took(self, stage: Stage, secs: float) -> None:
        self._histograms[metrics.STAGES].labels(stage.value).observe(secs)

    @override
    def call_refused(self, name: str, limit: str) -> None:
        self._counters[metrics.CALLS_REFUSED].labels(self._known(name), limit).inc()

    @override
    def spent(self, channel: str, what: str, calls: int, cost: float) -> None:
        name = self._known(channel)
        self._counters[metrics.CALLS_CHARGED].labels(name, what).inc(calls)
        self._counters[metrics.COST].labels(name, what).inc(cost)

    @override
    def push_answered(self, channel: str, status: int, secs: float) -> None:
        self._counters[metrics.PUSHES].labels(self._known(channel), str(status)).inc()
        self._histograms[metrics.PUSH_TIME].observe(secs)

    @override
    def alert_sent(self, target: str, outcome: Literal["sent", "failed"]) -> None:
        self._counters[metrics.ALERTS].labels(target, outcome).inc()

    def observe(self, seen: Observation) -> None:
        """Show how all stands now; what is no longer there is no longer shown."""
        self._show_parts(seen)
        self._gauges[metrics.STORE_READABLE].set(not seen.store_error)
        if seen.free_bytes is not None:
            self._gauges[metrics.DISK_FREE].set(seen.free_bytes)
        if not seen.store_error:
            self._gauges[metrics.REPLIES_STOPPED].set(seen.flooded)
            self._gauges[metrics.OVERDUE].set(seen.overdue)
            self._show_backlog(seen)
            self._show_polls(seen)

    def _show_parts(self, seen: Observation) -> None:
        lag, condition = self._gauges[metrics.PART_LAG], self._gauges[metrics.PART_CONDITION]
        lag.clear()
        condition.clear()
        for part in seen.parts:
            lag.labels(part.part).set(seen.lag(part).total_seconds())
            for each in Condition:
                condition.labels(part.part, each.value).set(each is part.condition)

    def _show_polls(self, seen: Observation) -> None:
        ages = self._gauges[metrics.POLL_AGE]
        ages.clear()
        for source, age in seen.poll_ages().items():
            ages.labels(self._known(source)).set(max(age.total_seconds(), 0.0))

    def _show_backlog(self, seen: Observation) -> None:
        items, age = self._gauges[metrics.BACKLOG], self._gauges[metrics.BACKLOG_AGE]
        items.clear()
        age.clear()
        for each in seen.backlog:
            items.labels(each.queue, self._known(each.name), each.state.value).inc(each.count)
        for (queue, name), (_, oldest) in seen.waiting().items():
            shown = age.labels(queue, self._known(name))
            shown.set(max((seen.at - oldest).total_seconds(), 0.0))

    def render(self) -> bytes:
        """Return all as Prometheus text."""
        return generate_latest(self._registry)


_CLASSES = frozenset(
    name for name, kind in vars(errors).items() if isinstance(kind, type) and issubclass(kind, errors.GatewayError)
)


def error_class(error: Exception) -> str:
    """Return the name of one of our own classes of errors; `fault` for all that is none of them."""
    return next((kind.__name__ for kind in type(error).__mro__ if kind.__name__ in _CLASSES), "fault")
