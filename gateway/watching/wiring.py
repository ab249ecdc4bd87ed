"""Wires what lets the gateway be seen, for the composition root: metrics, traces, alerts, the HTTP server.

Libraries of extras are imported only when their table stands in the configuration; a missing one is a `ConfigError`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from gateway.answers.ack_policy import AckPolicy
from gateway.errors import ConfigError
from gateway.health import PartState
from gateway.journal import Store
from gateway.metrics import Metrics
from gateway.ports import Clock, Ingress, Raw, Sender
from gateway.pushes import Pushes
from gateway.settings import Settings
from gateway.settings.watching import WebTable
from gateway.tracing import Tracer
from gateway.trust.directory import Directory
from gateway.watching.alerter import Alerter
from gateway.watching.observation import Observation, Observer, Watermark, free_bytes
from gateway.watching.polls import Polls
from gateway.watching.telling import open_targets
from gateway.watching.watch import Use, Watch

LOOK_SECS = 15.0
"""How often is looked where no alerts are configured."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What there is to be seen: the parts, the channels, the disk; and whether it is here that operators are told.

    `keeps` tells, by the part that fetches it, how long a platform keeps what nobody fetches; absent is for good.
    `seat` is this engine's number among those of this machine, each of which listens on a port of its own.
    `directory` gives the official accounts as they are listed now, `replies` the rules of automatic replies.
    """

    parts: Callable[[], Sequence[PartState]]
    channels: Callable[[], Sequence[str]]
    disk: Path | None = None
    leads: Callable[[], bool] = lambda: True
    seat: int = 0
    keeps: Callable[[], Mapping[str, timedelta]] = dict
    directory: Callable[[], Directory] | None = None
    replies: Callable[[], AckPolicy] | None = None


@dataclass(frozen=True, slots=True)
class Instruments:
    """What counts and traces; they outlive an engine that the store's trouble ended."""

    metrics: Metrics
    tracer: Tracer


WithFiles = Callable[[str, Sequence[Raw]], Awaitable[Sequence[Raw]]]
"""(source, raws) → the raws, with a note of the files that are kept for them. Raises `TransientError`."""


@dataclass(frozen=True, slots=True)
class Pushing:
    """The doors of channels and backend, and the bell behind them."""

    door: Callable[[str], tuple[str, Ingress] | None] = lambda name: None
    """The source and the ingress behind a name in a path; asked at each request, so that channels may come and go."""
    arrived: Callable[[], None] = lambda: None
    """Rings when new raws are in the journal."""
    with_files: WithFiles | None = None
    """Keeps the files that a push names, before it is stored."""


def make_metrics(settings: Settings, names: Sequence[str], version: str = "") -> Metrics:
    """Return metrics that are kept when there is a server to show them, else those that are not."""
    if settings.web is None:
        return Metrics()
    with _extra("web"):
        from gateway.web.prometheus import PrometheusMetrics

        return PrometheusMetrics(names, version)


@asynccontextmanager
async def open_tracing(settings: Settings) -> AsyncIterator[Tracer]:
    """Open traces where they are configured; else a tracer that keeps nothing."""
    if settings.tracing is None:
        yield Tracer()
        return
    with _extra("otel"):
        from gateway.watching.otel import open_tracer
    async with open_tracer(settings.tracing, settings.signing) as tracer:
        yield tracer


@asynccontextmanager
async def open_instruments(settings: Settings, names: Sequence[str], version: str = "") -> AsyncIterator[Instruments]:
    """Open what counts and traces, each where it is configured; `names` are the sources and targets."""
    async with open_tracing(settings) as tracer:
        yield Instruments(make_metrics(settings, names, version), tracer)


@asynccontextmanager
async def open_watch(
    settings: Settings,
    store: Store,
    clock: Clock,
    metrics: Metrics,
    seen: Seen,
    sender: Callable[[str], Sender | None],
    pushing: Pushing,
) -> AsyncIterator[Watch]:
    """Open alerts and the HTTP server, each where it is configured; the watch that is given must be run.

    Raises `ConfigError` when one of them cannot work, such as over an address that is taken.
    """
    disk = seen.disk
    polls = Polls(store, seen.keeps, seen.channels)
    free = (lambda: free_bytes(disk)) if disk is not None else (lambda: None)
    observer = Observer(store, seen.parts, clock, free, polls, seen.replies)
    mark = _watermark(settings)

    async def note(found: Observation) -> None:
        mark.note(found)

    uses: list[Use] = [note]
    every = LOOK_SECS
    async with AsyncExitStack() as stack:
        if settings.alerts is not None:
            every = settings.alerts.every_secs
            with _extra("webhook"):
                platforms = {each.name: each.plugin.platform for each in settings.channels}
                targets = await stack.enter_async_context(open_targets(settings.alerts, sender, clock, platforms))
            uses.append(_by_one(Alerter(store, settings.alerts, targets, metrics).note, seen.leads))
        if settings.web is not None:
            await _open_server(settings, store, clock, metrics, observer, seen, pushing, mark, stack)
        yield Watch(observer, clock, timedelta(seconds=every), uses, mark)


async def _open_server(
    settings: Settings,
    store: Store,
    clock: Clock,
    metrics: Metrics,
    observer: Observer,
    seen: Seen,
    pushing: Pushing,
    mark: Watermark,
    stack: AsyncExitStack,
) -> None:
    with _extra("web"):
        from gateway.web.door import Door
        from gateway.web.downloads import FilesApi
        from gateway.web.prometheus import PrometheusMetrics
        from gateway.web.server import Probes, serve
        from gateway.web.verifying import VerifyApi
    if settings.web is None or not isinstance(metrics, PrometheusMetrics):
        raise LookupError("a server without its table or its metrics")

    async def unready() -> Sequence[str]:
        return await observer.unready(seen.channels())

    async def exposition() -> bytes:
        metrics.observe(await observer.look())
        return metrics.render()

    def door(name: str) -> Door | None:
        found = pushing.door(name)
        return None if found is None else Door(*found)

    pushes = Pushes(store, metrics, pushing.arrived)

    async def put(source: str, raws: Sequence[Raw]) -> None:
        whole = raws if pushing.with_files is None else await pushing.with_files(source, raws)
        await pushes.put(source, whole)

    asked = seen.directory if settings.web.verify else None
    server = serve(
        settings.web.at(seen.seat),
        door,
        put,
        Probes(unready, exposition),
        clock,
        pressure=mark,
        metrics=metrics,
        verify=VerifyApi(asked, settings.brand, clock) if asked is not None else None,
        files=FilesApi(store, settings.signing, clock) if settings.web.public_url else None,
    )
    await stack.enter_async_context(server)


def _watermark(settings: Settings) -> Watermark:
    """Return the mark for all that is pushed, over HTTP or not; without a server for the former its defaults hold."""
    table = settings.web or WebTable()
    return Watermark(table.max_waiting, table.least_free_bytes)


def _by_one(use: Use, leads: Callable[[], bool]) -> Use:
    """Let an observation be used only by the one of several engines that tells operators."""

    async def told(seen: Observation) -> None:
        if leads():
            await use(seen)

    return told


@contextmanager
def _extra(name: str) -> Iterator[None]:
    try:
        yield
    except ModuleNotFoundError as error:
        raise ConfigError(
            f"the library {error.name} is needed and not installed: pip install 'gatehouse[{name}]'"
        ) from None
