"""The composition root: the only module that knows everybody; it builds the engine from the settings and runs it."""

from __future__ import annotations

import asyncio
import random
import signal
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any

import structlog

from gateway.answers.locales import load_locales
from gateway.case import Assessment, Fact, Message
from gateway.casework import Policy
from gateway.clock import Bell, SystemClock
from gateway.control import Command, serve
from gateway.dispatch import Fates, ReplyDispatcher, TicketDispatcher
from gateway.enrich import gather
from gateway.enrich.mail_auth import MailAuthEnricher
from gateway.errors import GatewayError
from gateway.health import Health
from gateway.intake import Intake
from gateway.journal import Store
from gateway.pipeline import BatchSize, Pipeline, Stages
from gateway.ports import (
    Channel,
    Clock,
    Connector,
    Cursor,
    Feed,
    NormalizerPlugin,
    Opening,
    Page,
    Raw,
    Report,
    StreamId,
    TicketSystem,
)
from gateway.registry import normalizer
from gateway.settings import ChannelSettings, Settings
from gateway.store import SqlStore, open_store
from gateway.supervise import Supervisor
from gateway.triage import triage
from gateway.trust.assess import assess
from gateway.trust.directory import Directory

log = structlog.get_logger()

DESK_STREAM = StreamId("desk")
"""The one stream of a backend's feed."""
MAX_OFFICIAL = 8
"""How many of its own accounts a text to a user names."""
FEED = "feed"
"""The bell of the backend's feed."""
FACTS_SECS = 5.0
"""How long the checks of one message may take together."""


@asynccontextmanager
async def open_store_for(settings: Settings, clock: Clock | None = None) -> AsyncIterator[SqlStore]:
    """Open the store of a desk, for the engine or for an operator's command beside it."""
    kept = settings.store
    async with open_store(kept.path, kept.blobs, kept.sealer(), clock or SystemClock()) as store:
        yield store


async def run(settings: Settings, *, ready: asyncio.Event | None = None) -> None:
    """Run the engine until SIGTERM, SIGINT or cancellation; `ready` is set once every part has been started.

    Raises `ConfigError` when another engine runs on the same store, and what the store raised when it failed.
    """
    stop = asyncio.Event()
    clock = SystemClock()
    async with AsyncExitStack() as stack:
        store = await stack.enter_async_context(open_store_for(settings, clock))
        stack.enter_context(store.hold_engine())
        await store.recover()
        engine = await Engine.build(settings, store, clock, stack)
        await stack.enter_async_context(serve(settings.store.socket, engine.commands()))
        stack.enter_context(_stopped_by_signals(stop))
        log.info("engine.started", channels=[channel.name for channel in settings.channels])
        if ready is not None:
            ready.set()
        await engine.run(stop)
        log.info("engine.stopped")


async def check_live(settings: Settings) -> Mapping[str, Report | GatewayError]:
    """Open every channel and the backend and let each check itself; by name."""
    clock = SystemClock()
    found: dict[str, Report | GatewayError] = {}
    async with open_store_for(settings, clock) as store:
        for each in settings.channels:
            found[each.name] = await _check_channel(each, clock)
        try:
            opening = Opening(backend_name(settings), settings.backend.settings, clock, store.desk)
            async with settings.backend.plugin.open(opening) as system:
                found["backend"] = await system.backend.check()
        except GatewayError as error:
            found["backend"] = error
    return found


async def _check_channel(each: ChannelSettings, clock: Clock) -> Report | GatewayError:
    try:
        async with each.plugin.open(Opening(each.name, each.settings, clock)) as channel:
            return await channel.connector.check()
    except GatewayError as error:
        return error


@dataclass(frozen=True, slots=True)
class _Open:
    """A channel that could be opened."""

    settings: ChannelSettings
    channel: Channel
    streams: tuple[StreamId, ...]


class Engine:
    """All parts of one running gateway, wired."""

    def __init__(self, settings: Settings, store: Store, clock: Clock, rng: random.Random) -> None:
        self._settings = settings
        self._store = store
        self._clock = clock
        self._rng = rng
        self._retry = settings.engine.retry
        self.health = Health(clock)
        self._supervisor = Supervisor(clock, self._retry, rng, self.health, settings.engine.shutdown_secs)
        self._bells: dict[str, Bell] = {}

    @classmethod
    async def build(cls, settings: Settings, store: Store, clock: Clock, stack: AsyncExitStack) -> Engine:
        """Open every channel and the backend, and wire the parts; a channel that cannot be opened stops only itself."""
        engine = cls(settings, store, clock, random.Random())  # noqa: S311 - jitter, not secrecy
        opened = [found for each in settings.channels if (found := await engine._open(each, stack))]
        opening = Opening(backend_name(settings), settings.backend.settings, clock, store.desk)
        system = await stack.enter_async_context(settings.backend.plugin.open(opening))
        engine._wire_channels(opened)
        engine._wire_backend(system)
        engine._wire_pipeline(opened)
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
            connector = each.channel.connector
            for stream in each.streams:
                self._add_source(name, stream, connector, each.settings.plugin.pause)
            if each.channel.sender is not None:
                stale = timedelta(seconds=self._settings.engine.stale_reply_secs)
                sender = ReplyDispatcher(self._store, name, each.channel.sender, self._clock, self._fates(), stale)
                self._add_dispatcher(f"{name}:send", name, sender)

    def _add_source(self, name: str, stream: StreamId, connector: Connector, pause: timedelta) -> None:
        pipeline = self._bell("pipeline")
        intake = Intake(self._store, name, stream, connector.fetch, connector.confirm, pipeline.ring)
        least = timedelta(seconds=self._settings.engine.fetch_pause_secs)
        part = f"{name}:{stream}"
        self._supervisor.add_source(part, intake, max(pause, least), self._bell(part))

    def _wire_backend(self, system: TicketSystem) -> None:
        plugin = self._settings.backend.plugin
        name = backend_name(self._settings)
        tickets = TicketDispatcher(self._store, name, system.backend, plugin.batch, self._clock, self._fates())
        self._add_dispatcher(f"{name}:write", name, tickets)
        if system.feed is not None:
            feed = _FeedSource(system.feed)
            intake = Intake(self._store, name, DESK_STREAM, feed.fetch, None, self._bell("pipeline").ring)
            self._supervisor.add_source(f"{name}:read", intake, plugin.pause, self._bell(FEED))

    def _add_dispatcher(self, part: str, target: str, dispatcher: TicketDispatcher | ReplyDispatcher) -> None:
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
        )
        self._supervisor.add_worker("pipeline", pipeline.step, pipeline.next_due, self._bell("pipeline"))

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
        for name in (FEED, "pipeline"):
            self._bell(name).ring()
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


@contextmanager
def _stopped_by_signals(stop: asyncio.Event) -> Iterator[None]:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    try:
        yield
    finally:
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(number)
