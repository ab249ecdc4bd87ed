"""Traces kept by OpenTelemetry and sent to a collector over OTLP. Needs the extra `otel`."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from contextvars import ContextVar
from dataclasses import fields
from datetime import UTC, datetime, timedelta

from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import SpanLimits, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter
from opentelemetry.sdk.trace.id_generator import IdGenerator, RandomIdGenerator
from opentelemetry.sdk.trace.sampling import TraceIdRatioBased
from opentelemetry.trace import NonRecordingSpan, SpanContext, Status, StatusCode, TraceFlags, set_span_in_context
from typing_extensions import override

from gateway.metrics import Stage
from gateway.settings.watching import TracingTable
from gateway.tracing import Facts, Name, Origin, Tracer, name

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_given: ContextVar[Name | None] = ContextVar("given", default=None)


class _Ids(IdGenerator):
    """Random ids, but those of a raw's first span while it is made."""

    def __init__(self) -> None:
        self._random = RandomIdGenerator()

    @override
    def generate_trace_id(self) -> int:
        given = _given.get()
        return given.trace if given is not None else self._random.generate_trace_id()

    @override
    def generate_span_id(self) -> int:
        given = _given.get()
        return given.span if given is not None else self._random.generate_span_id()


class OtelTracer(Tracer):
    """One trace a raw. `secret` names the traces; `share` of them are kept, the same on every node."""

    def __init__(self, exporter: SpanExporter, secret: bytes, share: float = 1.0) -> None:
        self._secret = secret
        self._provider = TracerProvider(
            sampler=TraceIdRatioBased(share),
            id_generator=_Ids(),
            resource=Resource({"service.name": "gatehouse"}),
            span_limits=SpanLimits(max_events=0, max_attribute_length=200),
            shutdown_on_exit=False,
        )
        self._provider.add_span_processor(BatchSpanProcessor(exporter))
        self._tracer = self._provider.get_tracer("gatehouse")

    @override
    def fetched(self, origin: Origin, began: datetime, ended: datetime, facts: Facts) -> None:
        token = _given.set(name(self._secret, origin))
        try:
            span = self._tracer.start_span(
                Stage.FETCH.value,
                context=Context(),
                attributes=_told(facts),
                start_time=_nanos(began),
            )
        finally:
            _given.reset(token)
        span.end(_nanos(ended))

    @override
    @contextmanager
    def span(self, stage: Stage, origin: Origin, facts: Facts | None = None) -> Iterator[None]:
        with self._tracer.start_as_current_span(
            stage.value,
            context=self._within(origin),
            attributes=_told(facts or Facts()),
            # What an error says may hold text of a user.
            record_exception=False,
            set_status_on_exception=False,
        ) as span:
            try:
                yield
            except BaseException as error:
                span.set_status(Status(StatusCode.ERROR, type(error).__name__))
                raise

    @override
    def took(self, stage: Stage, origin: Origin, began: datetime, ended: datetime, facts: Facts) -> None:
        span = self._tracer.start_span(
            stage.value, context=self._within(origin), attributes=_told(facts), start_time=_nanos(began)
        )
        span.end(_nanos(ended))

    def _within(self, origin: Origin) -> Context:
        ids = name(self._secret, origin)
        context = SpanContext(ids.trace, ids.span, is_remote=True, trace_flags=TraceFlags(TraceFlags.SAMPLED))
        return set_span_in_context(NonRecordingSpan(context), Context())

    def flush(self) -> None:
        """Send what is kept; waits for the collector."""
        self._provider.force_flush()

    def close(self) -> None:
        """Send what is kept, and end; waits for the collector up to its own limit."""
        self._provider.shutdown()


@asynccontextmanager
async def open_tracer(settings: TracingTable, secret: bytes) -> AsyncIterator[OtelTracer]:
    """Open a tracer that sends in the background; a collector that is away costs spans and nothing else."""
    tracer = OtelTracer(OTLPSpanExporter(settings.endpoint, timeout=2), secret, settings.share)
    try:
        yield tracer
    finally:
        await asyncio.to_thread(tracer.close)


def _told(facts: Facts) -> Mapping[str, str | int]:
    found = {f"gatehouse.{each.name}": getattr(facts, each.name) for each in fields(facts)}
    return {key: value for key, value in found.items() if value}


def _nanos(at: datetime) -> int:
    return (at - _EPOCH) // _MICROSECOND * 1000
