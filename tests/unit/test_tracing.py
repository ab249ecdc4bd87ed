"""Traces: one a message, from fetch to ticket, across restarts; and nothing of a user in them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from gateway.case import Provenance
from gateway.metrics import Stage
from gateway.ports import Key, Raw, StreamId
from gateway.settings.watching import TracingTable
from gateway.tracing import Facts, Origin, Tracer, name
from gateway.watching.otel import OtelTracer, open_tracer
from tests.servers.http_sink import HttpSink

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
SECRET = b"a made-up secret"
ORIGIN = Origin("support", "ana@example.test", "INBOX:7:42")
PLANTED = "ana@example.test my seed phrase"


class Kept:
    """A tracer and what it kept."""

    def __init__(self, share: float = 1.0) -> None:
        self.exporter = InMemorySpanExporter()
        self.tracer = OtelTracer(self.exporter, SECRET, share)

    def spans(self) -> list[ReadableSpan]:
        self.tracer.flush()
        return list(self.exporter.get_finished_spans())


@pytest.fixture
def kept() -> Iterator[Kept]:
    made = Kept()
    yield made
    made.tracer.close()


def ids(span: ReadableSpan) -> tuple[int, int, int | None]:
    context = span.get_span_context()
    assert context is not None
    return context.trace_id, context.span_id, span.parent.span_id if span.parent else None


def test_all_stages_of_a_message_are_one_trace_though_nothing_passes_between_them() -> None:
    """A first process fetches, a second normalizes, a third sends: each alone knows only the raw."""
    first, second, third = Kept(), Kept(), Kept()
    first.tracer.fetched(ORIGIN, NOW, NOW + timedelta(seconds=1), Facts(source="support"))
    with second.tracer.span(Stage.NORMALIZE, ORIGIN):
        pass
    third.tracer.took(Stage.SUBMIT, ORIGIN, NOW, NOW + timedelta(seconds=2), Facts(target="backend:webhook"))
    spans = [span for each in (first, second, third) for span in each.spans()]
    for each in (first, second, third):
        each.tracer.close()
    (root, inner, last) = [ids(span) for span in spans]
    assert root[0] == inner[0] == last[0] == name(SECRET, ORIGIN).trace
    assert root[2] is None
    assert inner[2] == last[2] == root[1]
    assert [span.name for span in spans] == ["fetch", "normalize", "submit"]
    assert (spans[2].end_time or 0) - (spans[2].start_time or 0) == 2 * 10**9


def test_two_messages_are_two_traces(kept: Kept) -> None:
    for number in range(3):
        kept.tracer.fetched(Origin("support", "ana@example.test", str(number)), NOW, NOW, Facts())
    assert len({ids(span)[0] for span in kept.spans()}) == 3


TEXT = st.text(max_size=8)


@given(st.tuples(TEXT, TEXT, TEXT), st.tuples(TEXT, TEXT, TEXT))
def test_names_are_equal_only_for_equal_origins(one: tuple[str, str, str], other: tuple[str, str, str]) -> None:
    """However the parts are cut, and whatever characters they hold."""
    assert (name(SECRET, Origin(*one)) == name(SECRET, Origin(*other))) == (one == other)


def test_a_name_cannot_be_tried_without_the_secret() -> None:
    assert name(SECRET, ORIGIN) != name(b"another", ORIGIN)
    assert name(SECRET, ORIGIN).trace != 0


def test_a_raw_and_the_message_made_of_it_have_one_origin() -> None:
    raw = Raw("support", StreamId("INBOX"), Key("k"), "lane", b"x", "message/rfc822", NOW, 1)
    told = Provenance(
        source="support", stream="INBOX", key="k", lane="lane", received_at=NOW, normalizer="email/1", size=1
    )
    assert Origin.of(raw) == Origin.of(told) == Origin("support", "lane", "k")


def test_no_text_of_a_user_and_no_key_is_in_a_span(kept: Kept) -> None:
    """What an error says, the lane and the key stay out; the error's class is told."""
    origin = Origin("support", PLANTED, PLANTED)
    with pytest.raises(ValueError, match="seed"), kept.tracer.span(Stage.DECIDE, origin, Facts(source="support")):
        raise ValueError(PLANTED)
    kept.tracer.fetched(origin, NOW, NOW, Facts(source="support", size=7))
    spans = kept.spans()
    shown = "".join(span.to_json() for span in spans)
    assert not [word for word in PLANTED.split() if word in shown]
    assert spans[0].status.description == "ValueError"
    assert dict(spans[1].attributes or {}) == {"gatehouse.source": "support", "gatehouse.size": 7}


def test_a_share_keeps_whole_traces_and_the_same_ones_everywhere() -> None:
    one, other = Kept(0.5), Kept(0.5)
    origins = [Origin("support", "lane", str(number)) for number in range(200)]
    for origin in origins:
        one.tracer.fetched(origin, NOW, NOW, Facts())
        with other.tracer.span(Stage.COMMIT, origin):
            pass
    found = [{ids(span)[0] for span in each.spans()} for each in (one, other)]
    for each in (one, other):
        each.tracer.close()
    assert found[0] == found[1]
    assert 60 < len(found[0]) < 140


def test_a_span_within_a_span_of_another_message_stays_apart(kept: Kept) -> None:
    inner = Origin("support", "lane", "other")
    with kept.tracer.span(Stage.COMMIT, ORIGIN), kept.tracer.span(Stage.DECIDE, inner):
        pass
    assert {ids(span)[0] for span in kept.spans()} == {name(SECRET, ORIGIN).trace, name(SECRET, inner).trace}


def test_without_configuration_nothing_is_kept_and_nothing_is_changed() -> None:
    null = Tracer()
    null.fetched(ORIGIN, NOW, NOW, Facts())
    null.took(Stage.SEND, ORIGIN, NOW, NOW, Facts())
    with pytest.raises(ValueError, match="x"), null.span(Stage.SEND, ORIGIN):
        raise ValueError("x")
    assert vars(null) == {}


async def test_a_collector_gets_the_spans_over_http() -> None:
    """What goes over the line is OTLP, and is sent at the latest when the gateway ends."""
    async with HttpSink(SECRET) as sink:
        table = TracingTable(endpoint=f"http://127.0.0.1:{sink.port}/v1/traces")
        async with open_tracer(table, SECRET) as tracer:
            tracer.fetched(ORIGIN, NOW, NOW, Facts(source="support"))
        sent = ExportTraceServiceRequest.FromString(sink.requests[0].body)
    spans: list[Any] = [span for each in sent.resource_spans for scope in each.scope_spans for span in scope.spans]
    assert [span.name for span in spans] == ["fetch"]
    assert int.from_bytes(spans[0].trace_id, "big") == name(SECRET, ORIGIN).trace


async def test_a_collector_that_is_away_stops_nothing(free: int) -> None:
    async with asyncio.timeout(30), open_tracer(TracingTable(endpoint=f"http://127.0.0.1:{free}/"), SECRET) as tracer:
        tracer.fetched(ORIGIN, NOW, NOW, Facts())


@pytest.fixture
def free() -> int:
    from tests.conftest import free_port

    return free_port()
