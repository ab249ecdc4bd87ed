"""Metrics: every occasion is counted, no label comes from outside, and what is shown names only what exists."""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from gateway.errors import AuthError, RateLimitedError, TransientError
from gateway.health import Condition, PartState
from gateway.journal import EffectKind, State
from gateway.metrics import FAMILIES, Family, Metrics, Stage
from gateway.store import SqlStore
from gateway.views import Backlog
from gateway.watching.observation import Observation, Observer, Watermark, free_bytes
from gateway.watching.polls import Poll
from gateway.web.prometheus import PrometheusMetrics, error_class
from tests.conftest import ManualClock

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
DEPLOY = Path(__file__).parents[2] / "deploy"
OPERATIONS = Path(__file__).parents[2] / "docs" / "operations.md"


def made() -> PrometheusMetrics:
    return PrometheusMetrics(["support", "backend:webhook"], "1.2.3")


def lines(metrics: PrometheusMetrics) -> list[str]:
    return [line for line in metrics.render().decode().splitlines() if not line.startswith("#")]


def value(metrics: PrometheusMetrics, series: str) -> float:
    (line,) = [line for line in lines(metrics) if line.startswith(series + " ")]
    return float(line.rpartition(" ")[2])


def test_each_occasion_is_counted_under_its_labels() -> None:
    metrics = made()
    metrics.page_stored("support", 3, 1)
    metrics.page_stored("support", 2, 0)
    metrics.fetch_failed("support", AuthError("no"))
    metrics.batch_claimed(7)
    metrics.raw_ended("support", State.BURIED)
    metrics.effect_attempted("backend:webhook", EffectKind.TICKET)
    metrics.effect_ended("backend:webhook", EffectKind.TICKET, State.SETTLED, timedelta(seconds=2))
    metrics.effect_ended("support", EffectKind.ANSWER, State.MAYBE_SENT, timedelta(seconds=2))
    metrics.push_answered("support", 503, 0.2)
    metrics.alert_sent("mail", "sent")
    metrics.spent("support", "post_read", 3, 0.015)
    metrics.spent("support", "post_read", 0, 0.1)
    with metrics.timed(Stage.COMMIT):
        pass
    assert value(metrics, 'gateway_raws_stored_total{source="support"}') == 5
    assert value(metrics, 'gateway_raws_known_total{source="support"}') == 1
    assert value(metrics, 'gateway_page_raws_sum{source="support"}') == 6
    assert value(metrics, 'gateway_fetches_failed_total{error="AuthError",source="support"}') == 1
    assert value(metrics, "gateway_batch_raws_sum") == 7
    assert value(metrics, 'gateway_raws_ended_total{outcome="buried",source="support"}') == 1
    assert value(metrics, 'gateway_effects_attempted_total{kind="ticket",target="backend:webhook"}') == 1
    ended = 'gateway_effects_ended_total{kind="answer",outcome="maybe_sent",target="support"}'
    assert value(metrics, ended) == 1
    assert value(metrics, 'gateway_delivery_delay_seconds_sum{kind="ticket",target="backend:webhook"}') == 2
    assert not [line for line in lines(metrics) if line.startswith("gateway_delivery") and 'kind="answer"' in line]
    assert value(metrics, 'gateway_calls_charged_total{channel="support",what="post_read"}') == 3
    assert value(metrics, 'gateway_cost_total{channel="support",what="post_read"}') == pytest.approx(0.115)
    assert value(metrics, 'gateway_pushes_answered_total{channel="support",status="503"}') == 1
    assert value(metrics, 'gateway_alerts_sent_total{outcome="sent",target="mail"}') == 1
    assert value(metrics, 'gateway_stage_duration_seconds_count{stage="commit"}') == 1
    assert value(metrics, 'gateway_build_info{version="1.2.3"}') == 1


def test_a_stage_that_fails_is_measured_too() -> None:
    metrics = made()
    with pytest.raises(ValueError, match="x"), metrics.timed(Stage.SEND):
        raise ValueError("x")
    assert value(metrics, 'gateway_stage_duration_seconds_count{stage="send"}') == 1


def test_no_name_from_outside_becomes_a_label() -> None:
    """However many names are pushed at it, the number of series stays the same."""
    metrics = made()
    metrics.push_answered("a", 404, 0.1)
    metrics.raw_ended("a", State.SETTLED)
    before = len(lines(metrics))
    for number in range(50):
        metrics.push_answered(f"ana{number}@example.test", 404, 0.1)
        metrics.raw_ended(f"ana{number}@example.test", State.SETTLED)
    assert len(lines(metrics)) == before
    assert "example.test" not in metrics.render().decode()


def test_an_error_is_counted_by_our_own_class_or_as_a_fault() -> None:
    class OwnError(TransientError):
        pass

    assert error_class(OwnError("x")) == "TransientError"
    assert error_class(RateLimitedError("x", timedelta(1))) == "RateLimitedError"
    assert error_class(ValueError("user text")) == "fault"


def seen(**changes: Any) -> Observation:
    parts = (
        PartState("support:INBOX", Condition.RETRYING, NOW - timedelta(minutes=5), NOW - timedelta(minutes=9)),
        PartState("pipeline", Condition.RUNNING, NOW - timedelta(minutes=1)),
    )
    backlog = (
        Backlog("raws", "support", State.NEW, 4, NOW - timedelta(seconds=90)),
        Backlog("raws", "support", State.POSTPONED, 1, NOW - timedelta(seconds=200)),
        Backlog("raws", "support", State.BURIED, 2, NOW - timedelta(days=9)),
        Backlog("effects", "support", State.MAYBE_SENT, 1, NOW - timedelta(days=9)),
    )
    return Observation(**{"at": NOW, "parts": parts, "backlog": backlog, "free_bytes": 7, **changes})


def test_an_observation_is_shown_and_replaced_by_the_next() -> None:
    metrics = made()
    metrics.observe(seen())
    assert value(metrics, 'gateway_part_lag_seconds{part="support:INBOX"}') == 540
    assert value(metrics, 'gateway_part_lag_seconds{part="pipeline"}') == 60
    assert value(metrics, 'gateway_part_condition{condition="retrying",part="support:INBOX"}') == 1
    assert value(metrics, 'gateway_part_condition{condition="running",part="support:INBOX"}') == 0
    assert value(metrics, 'gateway_backlog_items{name="support",queue="raws",state="new"}') == 4
    assert value(metrics, 'gateway_backlog_age_seconds{name="support",queue="raws"}') == 200
    assert value(metrics, "gateway_disk_free_bytes") == 7
    assert value(metrics, "gateway_store_readable") == 1
    assert value(metrics, "gateway_acknowledgements_stopped") == 0
    metrics.observe(seen(overdue=3))
    assert value(metrics, "gateway_cases_overdue") == 3
    for score in (None, None, 5, 5, 2):
        metrics.rated(score)
    assert value(metrics, "gateway_ratings_asked_total") == 2
    assert value(metrics, 'gateway_ratings_total{score="5"}') == 2
    metrics.escalated("near")
    assert value(metrics, 'gateway_cases_escalated_total{step="near"}') == 1
    metrics.observe(seen(flooded=True))
    assert value(metrics, "gateway_acknowledgements_stopped") == 1
    metrics.observe(seen(polls=(Poll("support:updates", NOW - timedelta(minutes=7), timedelta(hours=24)),)))
    assert value(metrics, 'gateway_poll_age_seconds{source="support"}') == 420
    metrics.observe(seen(parts=(), backlog=()))
    gone = ("gateway_poll_age", "gateway_part_lag", "gateway_part_condition", "gateway_backlog")
    assert not [line for line in lines(metrics) if line.startswith(gone)]


def test_queues_that_could_not_be_read_are_not_shown_as_empty() -> None:
    metrics = made()
    metrics.observe(seen())
    metrics.observe(seen(backlog=(), store_error="locked"))
    assert value(metrics, "gateway_store_readable") == 0
    assert value(metrics, 'gateway_backlog_items{name="support",queue="raws",state="new"}') == 4


def test_the_engines_own_object_keeps_nothing_and_has_every_method() -> None:
    """The null object and the one for Prometheus have the same methods with the same parameters."""
    names = [name for name, _ in inspect.getmembers(Metrics, inspect.isfunction) if not name.startswith("_")]
    for name in names:
        own, real = getattr(Metrics, name), getattr(PrometheusMetrics, name)
        assert inspect.signature(own).parameters.keys() == inspect.signature(real).parameters.keys()
    assert set(names) - {"timed"} <= set(vars(PrometheusMetrics))
    null = Metrics()
    null.page_stored("support", 1, 1)
    with null.timed(Stage.FETCH):
        pass
    assert vars(null) == {}


def test_names_follow_the_rule() -> None:
    for family in FAMILIES:
        assert re.fullmatch(r"gateway_[a-z_]+", family.name)
        assert family.name.endswith("_total") == (family.kind == "counter")
        assert bool(family.buckets) == (family.kind == "histogram")


async def test_the_observer_sees_parts_queues_and_disk(store: SqlStore, clock: ManualClock, tmp_path: Path) -> None:
    parts = [PartState("support:INBOX", Condition.RUNNING, NOW)]
    found = await Observer(store, lambda: parts, clock, lambda: free_bytes(tmp_path)).look()
    assert (found.parts, found.backlog, found.store_error) == (tuple(parts), (), "")
    assert found.free_bytes is not None
    assert found.free_bytes > 0
    assert free_bytes(tmp_path / "nowhere") is None


async def test_ready_means_writable_and_no_channel_misconfigured(store: SqlStore, clock: ManualClock) -> None:
    parts = [PartState("support", Condition.MISCONFIGURED, NOW), PartState("vip:INBOX", Condition.RETRYING, NOW)]
    observer = Observer(store, lambda: parts, clock, lambda: None)
    assert await observer.unready(["support", "vip"]) == ("support",)
    assert "probe" in await store.marks("")


@pytest.mark.parametrize(
    ("what", "shut"),
    [
        ({}, False),
        ({"free_bytes": 999}, True),
        ({"free_bytes": None}, False),
        ({"store_error": "locked"}, True),
        ({"backlog": (Backlog("raws", "support", State.NEW, 101, NOW),)}, True),
        ({"backlog": (Backlog("raws", "support", State.BURIED, 101, NOW),)}, False),
        ({"backlog": (Backlog("effects", "support", State.NEW, 101, NOW),)}, False),
    ],
)
def test_pushes_are_put_off_when_too_much_waits_or_the_disk_is_full(what: dict[str, Any], shut: bool) -> None:
    mark = Watermark(100, 1000, timedelta(seconds=30))
    mark.note(Observation(**{"at": NOW, "free_bytes": 5000, **what}))
    assert mark() == (timedelta(seconds=30) if shut else None)


def test_the_mark_does_not_flutter() -> None:
    mark = Watermark(100, 1000)

    def waits(count: int, free: int = 5000) -> bool:
        mark.note(Observation(NOW, backlog=(Backlog("raws", "support", State.NEW, count, NOW),), free_bytes=free))
        return mark() is not None

    assert [waits(count) for count in (100, 101, 95, 91, 90, 100)] == [False, True, True, True, False, False]
    assert [waits(0, free) for free in (1000, 999, 1000, 1100, 1112, 1000)] == [False, True, True, True, False, False]


# What is deployed


def expressions() -> Iterator[tuple[str, str]]:
    """Yield every expression of the dashboard and of the rules, with where it stands."""
    for path in sorted((DEPLOY / "grafana").glob("*.json")):
        for panel in json.loads(path.read_text(encoding="utf-8"))["panels"]:
            for target in panel.get("targets", ()):
                yield f"{path.name}: {panel['title']}", target["expr"]
    for path in sorted((DEPLOY / "prometheus").glob("*.yml")):
        for group in yaml.safe_load(path.read_text(encoding="utf-8")).get("groups", ()):
            for rule in group["rules"]:
                yield f"{path.name}: {rule.get('alert') or rule.get('record')}", rule["expr"]


def series(family: Family) -> set[str]:
    if family.kind != "histogram":
        return {family.name}
    return {f"{family.name}_{suffix}" for suffix in ("bucket", "sum", "count")}


KNOWN = {name: family for family in FAMILIES for name in series(family)}


@pytest.mark.parametrize(("place", "expr"), list(expressions()), ids=lambda each: each[:60])
def test_what_is_deployed_names_only_metrics_and_labels_that_exist(place: str, expr: str) -> None:
    assert re.findall(r"\b[a-z]+_[a-z_]+\b", expr)
    for name, selector in re.findall(r"\b(gateway_[a-z_]+)(?:\{([^}]*)\})?", expr):
        assert name in KNOWN, f"{place} names {name}"
        labels = set(re.findall(r"(\w+)\s*(?:=~|!~|!=|=)", selector))
        assert labels <= {*KNOWN[name].labels, "le"}, f"{place} selects {name} by {labels}"
    named = re.findall(r"\b(gateway_[a-z_]+)", expr)
    allowed = {"le", "job", "instance"}.union(*(KNOWN[name].labels for name in named))
    for group in re.findall(r"\b(?:by|without)\s*\(([^)]*)\)", expr):
        assert {label.strip() for label in group.split(",")} <= allowed, f"{place} groups by {group}"


def test_every_metric_is_used_or_at_least_explained() -> None:
    """Each family stands in the manual, and the manual names none that is not there."""
    page = OPERATIONS.read_text(encoding="utf-8")
    assert {family.name for family in FAMILIES} == set(re.findall(r"^\| `(gateway_\w+)`", page, re.MULTILINE))
    for family in FAMILIES:
        labels = ", ".join(f"`{label}`" for label in family.labels)
        assert f"| `{family.name}` | {family.kind} | {labels} | {family.help} |" in page


def test_every_alert_rule_says_what_to_do() -> None:
    rules = [
        rule
        for path in (DEPLOY / "prometheus").glob("*.yml")
        for group in yaml.safe_load(path.read_text(encoding="utf-8")).get("groups", ())
        for rule in group["rules"]
    ]
    assert len(rules) >= 6
    for rule in rules:
        assert {"summary", "action"} <= set(rule["annotations"])
        assert rule["labels"]["severity"] in ("warning", "critical")
