"""One running gateway: every part, wired from the settings; with `gateway.app` the composition root."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from importlib.metadata import version
from typing import Any

import structlog

from gateway.answers.locales import load_locales
from gateway.backfill import Backfiller
from gateway.case import Assessment, Fact, Message
from gateway.casework import Policy
from gateway.clock import Bell
from gateway.control import Command
from gateway.dispatch import Fates, ReplyDispatcher, TicketDispatcher
from gateway.enrich import gather
from gateway.enrich.mail_auth import MailAuthEnricher
from gateway.errors import GatewayError
from gateway.health import Health
from gateway.intake import Intake
from gateway.metrics import Metrics
from gateway.pipeline import BatchSize, Pipeline, Stages
from gateway.ports import Channel, Clock, Cursor, Feed, NormalizerPlugin, Opening, Page, Raw, StreamId, TicketSystem
from gateway.registry import normalizer
from gateway.settings import ChannelSettings, Settings
from gateway.store import SqlStore
from gateway.supervise import Supervisor
from gateway.sweeping import Sweeper
from gateway.tracing import Tracer
from gateway.triage import triage
from gateway.trust.assess import assess
from gateway.trust.directory import Directory
from gateway.wake import ENGINE, WakeDispatcher
from gateway.wake import NORMALIZER as WAKES
from gateway.watching.wiring import Pushing, Seen, make_metrics, open_tracing, open_watch

log = structlog.get_logger()

DESK_STREAM = StreamId("desk")
"""The one stream of a backend's feed."""
MAX_OFFICIAL = 8
"""How many of its own accounts a text to a user names."""
FEED = "feed"
"""The bell of the backend's feed."""
PIPELINE = "pipeline"
FACTS_SECS = 5.0
"""How long the checks of one message may take together."""


@dataclass(frozen=True, slots=True)
class _Open:
    """A channel that could be opened."""

    settings: ChannelSettings
    channel: Channel
    streams: tuple[StreamId, ...]


class Engine:
    """All parts of one running gateway, wired."""

    def __init__(self, settings: Settings, store: SqlStore, clock: Clock, rng: random.Random) -> None:
        self._settings = settings
        self._store = store
        self._clock = clock
        self._rng = rng
        self._retry = settings.engine.retry
        self.health = Health(clock)
        self._supervisor = Supervisor(clock, self._retry, rng, self.health, settings.engine.shutdown_secs)
        self._metrics = Metrics()
        self._tracer = Tracer()
        self._bells: dict[str, Bell] = {}

    @classmethod
    async def build(cls, settings: Settings, store: SqlStore, clock: Clock, stack: AsyncExitStack) -> Engine:
        """Open every channel and the backend, and wire the parts; a channel that cannot be opened stops only itself."""
        engine = cls(settings, store, clock, random.Random())  # noqa: S311 - jitter, not secrecy
        names = [*(channel.name for channel in settings.channels), backend_name(settings)]
        engine._metrics = make_metrics(settings, names, version("gatehouse"))
        engine._tracer = await stack.enter_async_context(open_tracing(settings))
        opened = [found for each in settings.channels if (found := await engine._open(each, stack))]
        opening = Opening(backend_name(settings), settings.backend.settings, clock, store.desk)
        system = await stack.enter_async_context(settings.backend.plugin.open(opening))
        engine._wire_channels(opened)
        engine._wire_backend(system)
        engine._wire_pipeline(opened)
        engine._wire_upkeep(opened)
        await engine._wire_watch(opened, system, names, stack)
        return engine

    async def run(self, stop: asyncio.Event) -> None:
        """Run all parts until told to stop."""
        await self._supervisor.run(stop)

    def commands(self) -> Mapping[str, Command]:
        """Return what an operator may ask over the control socket."""
        return {"status": self._status, "poke": self._poke}

    async def _open(self, each: ChannelSettings, stack: AsyncExitStack) -> _Open | None:
        try:
            opening = Opening(each.name, each.settings, self._clock)
            channel = await stack.enter_async_context(each.plugin.open(opening))
            return _Open(each, channel, tuple(channel.connector.streams()))
        except Exception as error:  # noqa: BLE001 - one bad channel never stops another
            self.health.ill(each.name, error, None)
            reason = str(error) if isinstance(error, GatewayError) else type(error).__name__
            log.error("channel.refused", channel=each.name, reason=reason)
            return None

    def _bell(self, name: str) -> Bell:
        return self._bells.setdefault(name, Bell(self._clock))

    def _wire_channels(self, opened: Sequence[_Open]) -> None:
        for each in opened:
            name = each.settings.name
            for stream in each.streams:
                self._add_source(each, stream)
            if each.channel.sender is not None:
                stale = timedelta(seconds=self._settings.engine.stale_reply_secs)
                sender = ReplyDispatcher(
                    self._store, name, each.channel.sender, self._clock, self._fates(), stale, self._metrics
                )
                self._add_dispatcher(f"{name}:send", name, sender)

    def _add_source(self, each: _Open, stream: StreamId) -> None:
        name, connector = each.settings.name, each.channel.connector
        arrived = self._bell(PIPELINE).ring
        intake = Intake(
            self._store,
            name,
            stream,
            connector.fetch,
            connector.confirm,
            arrived,
            self._metrics,
            self._tracer,
            self._clock,
        )
        intake.watch_from(self._clock.now())
        least = timedelta(seconds=self._settings.engine.fetch_pause_secs)
        part = f"{name}:{stream}"
        self._supervisor.add_source(part, intake, max(each.settings.plugin.pause, least), self._bell(part))

    def _wire_backend(self, system: TicketSystem) -> None:
        plugin = self._settings.backend.plugin
        name = backend_name(self._settings)
        tickets = TicketDispatcher(
            self._store, name, system.backend, plugin.batch, self._clock, self._fates(), self._metrics, self._tracer
        )
        self._add_dispatcher(f"{name}:write", name, tickets)
        if system.feed is not None:
            feed = _FeedSource(system.feed)
            arrived = self._bell(PIPELINE).ring
            intake = Intake(
                self._store, name, DESK_STREAM, feed.fetch, None, arrived, self._metrics, self._tracer, self._clock
            )
            self._supervisor.add_source(f"{name}:read", intake, plugin.pause, self._bell(FEED))

    def _wire_upkeep(self, opened: Sequence[_Open]) -> None:
        """Timers, what operators asked to be read anew, and the retention policy."""
        arrived = self._bell(PIPELINE).ring
        self._add_dispatcher("engine:wake", ENGINE, WakeDispatcher(self._store, self._clock, arrived))
        for each in opened:
            name = each.settings.name
            backfiller = Backfiller(
                self._store.backfills, name, self._opener(each.settings), self._clock, self._retry, self._rng, arrived
            )
            part = f"{name}:backfill"
            self._supervisor.add_worker(part, backfiller.step, backfiller.next_due, self._bell(part))
        retention = self._settings.retention
        every = timedelta(seconds=retention.sweep_secs)
        sweeper = Sweeper(self._store.sweeps, retention.policy, every, self._clock)
        self._supervisor.add_worker("retention", sweeper.step, sweeper.next_due, self._bell("retention"))

    async def _wire_watch(
        self, opened: Sequence[_Open], system: TicketSystem, names: Sequence[str], stack: AsyncExitStack
    ) -> None:
        """Alerts, the HTTP server and what they look at."""
        name = backend_name(self._settings)
        doors = {each.settings.name: (each.settings.name, each.channel.ingress) for each in opened}
        doors["backend"] = (name, system.ingress)
        open_doors = {path: (source, ingress) for path, (source, ingress) in doors.items() if ingress is not None}
        senders = {each.settings.name: each.channel.sender for each in opened if each.channel.sender is not None}
        watch = await stack.enter_async_context(
            open_watch(
                self._settings,
                self._store,
                self._clock,
                self._metrics,
                Seen(self.health.parts, names, self._settings.store.socket.parent),
                senders,
                Pushing(open_doors, self._bell(PIPELINE).ring),
            )
        )
        self._supervisor.add_worker("watch", watch.step, watch.due, self._bell("watch"))

    def _opener(self, each: ChannelSettings) -> Callable[[], AbstractAsyncContextManager[Channel]]:
        """Return what opens a second connection to a channel."""
        return lambda: each.plugin.open(Opening(each.name, each.settings, self._clock))

    def _add_dispatcher(
        self, part: str, target: str, dispatcher: TicketDispatcher | ReplyDispatcher | WakeDispatcher
    ) -> None:
        async def due() -> datetime | None:
            return await self._store.next_due(target, self._clock.now())

        self._supervisor.add_dispatcher(part, dispatcher.step, due, self._bell(f"target:{target}"))

    def _wire_pipeline(self, opened: Sequence[_Open]) -> None:
        engine = self._settings.engine
        policy = self._policy(opened)
        pipeline = Pipeline(
            self._store,
            self._stages(opened),
            lambda: policy,
            self._clock,
            self._retry,
            self._rng,
            BatchSize(engine.batch, engine.batch_bytes),
            decided=lambda target: self._bell(f"target:{target}").ring(),
            metrics=self._metrics,
            tracer=self._tracer,
        )
        self._supervisor.add_worker(PIPELINE, pipeline.step, pipeline.next_due, self._bell(PIPELINE))

    def _stages(self, opened: Sequence[_Open]) -> Stages:
        directory = self._settings.directory
        receivers = {each.settings.name: each.settings.plugin.receivers(each.settings.settings) for each in opened}
        enrichers = [MailAuthEnricher(receivers)]

        async def facts(message: Message) -> tuple[Fact, ...]:
            return await gather(message, enrichers, FACTS_SECS)

        return Stages(normalizers=self._normalizers(), gather=facts, assess=_assessor(directory), triage=triage)

    def _normalizers(self) -> dict[str, NormalizerPlugin]:
        """Return the normalizer of every source."""
        found = {each.name: normalizer(each.plugin.normalizer) for each in self._settings.channels}
        found[ENGINE] = WAKES
        backend = self._settings.backend.plugin
        if backend.normalizer is not None:
            found[backend_name(self._settings)] = backend.normalizer
        return found

    def _policy(self, opened: Sequence[_Open]) -> Policy:
        addresses = (each.settings.plugin.addresses(each.settings.settings) for each in opened)
        return Policy(
            brand=self._settings.brand,
            official=official_accounts(self._settings.directory, self._settings.brand, self._clock.now().date()),
            locales=load_locales(),
            secret=self._settings.signing,
            backend=backend_name(self._settings),
            acknowledgement=self._settings.acknowledgement,
            own_addresses=frozenset(address.lower() for some in addresses for address in some),
            sending=frozenset(each.settings.name for each in opened if each.channel.sender is not None),
        )

    def _fates(self) -> Fates:
        return Fates(self._clock, self._retry, self._rng)

    async def _status(self, asked: Mapping[str, object]) -> dict[str, object]:
        return {"parts": [_plain(asdict(part)) for part in self.health.parts()]}

    async def _poke(self, asked: Mapping[str, object]) -> dict[str, object]:
        """Look at once for what an operator's command may have changed."""
        for bell in self._bells.values():
            bell.ring()
        return {"poked": True}


class _FeedSource:
    """A backend's feed as a source with one stream."""

    def __init__(self, feed: Feed) -> None:
        self._feed = feed

    async def fetch(self, stream: StreamId, after: Cursor | None) -> Page[Raw]:
        return await self._feed.fetch(after)


def backend_name(settings: Settings) -> str:
    """Return the backend's name as a source and a target; no channel's name holds a colon."""
    return f"backend:{settings.backend.plugin.name}"


def official_accounts(directory: Directory, brand: str, on: date) -> tuple[str, ...]:
    """Return the accounts that a text of this brand may name: its sites, its addresses, its social accounts."""
    tables = (directory.sites, directory.addresses, directory.accounts)
    listed = (entry for table in tables for entries in table.values() for entry in entries)
    own = [entry for entry in listed if entry.is_valid(on) and entry.brand_name.casefold() == brand.casefold()]
    return tuple(dict.fromkeys(entry.shown for entry in own))[:MAX_OFFICIAL]


def _assessor(directory: Directory) -> Callable[[Message, Sequence[Fact], datetime], Assessment]:
    def judge(message: Message, facts: Sequence[Fact], now: datetime) -> Assessment:
        return assess(message, facts, directory, now.date())

    return judge


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value.isoformat() if isinstance(value, datetime) else value for key, value in values.items()}
