"""One running gateway: every part, wired from the settings; part of the composition, as are app, front and channels."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from gateway import classifying
from gateway.announcing import Announcer, KnownIncidents
from gateway.backfill import Backfiller
from gateway.blocks import BlockWatch
from gateway.casework import Policy
from gateway.chains import asking, open_chains
from gateway.challenging import ChallengeDispatcher
from gateway.channels import Channels, OpenChannel, part_of
from gateway.clock import Bell
from gateway.dispatch import Fates, Means, ReplyDispatcher, Report
from gateway.feedback import NORMALIZER as OWN_RAWS
from gateway.fetching import FileDispatcher
from gateway.freezing import LONGEST_WAIT_SECS, FreezeDispatcher, patience
from gateway.health import Health
from gateway.hooks import Hooks, open_hooks
from gateway.intake import Intake
from gateway.journal import files_of
from gateway.judging import Judging
from gateway.keeping import Keeper
from gateway.limits import Gate, Limiter
from gateway.membership import Place
from gateway.observe import strike_out
from gateway.patrol import running as patrol
from gateway.pipeline import BatchSize, Pipeline
from gateway.ports import Clock, Ingress, Listener, Raw, Sender, StreamId
from gateway.pushes import Pushes, Reception
from gateway.reading import Apart
from gateway.reload import PART as CONFIGURATION
from gateway.reload import Reloader
from gateway.rulings import Rulings
from gateway.settings import Settings
from gateway.settings.model import BackendSettings
from gateway.stages import Making
from gateway.store import SqlStore
from gateway.supervise import Supervisor
from gateway.sweeping import Sweeper
from gateway.systems import DESK_STREAM, OpenSystem, Systems
from gateway.trust.directory import Directory
from gateway.wake import ENGINE, WakeDispatcher
from gateway.watching.observation import Room
from gateway.watching.watch import Watch
from gateway.watching.wiring import Instruments

log = structlog.get_logger()

PIPELINE = "pipeline"
TARGET = "target:"
"""What the bell of a target's queue begins with."""
NEED_RESTART = (
    "store", "signing", "backend", "others", "engine", "log", "retention", "web", "alerts", "tracing",
    "customers", "risk", "second_factor", "chains", "classifier",
)  # fmt: skip
"""What of the settings takes effect only when the gateway starts."""


class Dispatcher(Protocol):
    """Delivers what waits for one target."""

    async def step(self, report: Report) -> int:
        """Deliver some of it; return how much."""
        ...


class Engine:
    """All parts of one running gateway, wired."""

    def __init__(
        self,
        settings: Settings,
        store: SqlStore,
        clock: Clock,
        rng: random.Random,
        seen: Instruments,
        seat: int = 0,
        pressure: Callable[[], timedelta | None] = lambda: None,
    ) -> None:
        self.settings = settings
        self._store = store
        self._clock = clock
        self._rng = rng
        self._retry = settings.engine.retry
        self._metrics = seen.metrics
        self._tracer = seen.tracer
        self._limiter = Limiter(store.budgets, clock, settings.signing, self._metrics)
        self._bells: dict[str, Bell] = {}
        self.health = Health(clock)
        self._room = Room(settings.store.socket.parent, settings.engine.least_free_bytes)
        self._pressure = pressure
        self._supervisor = Supervisor(
            clock, self._retry, rng, self.health, settings.engine.shutdown_secs, pressed=self._room.lack
        )
        self._pushes = Pushes(store, self._metrics, self.arrived)
        keeper = Keeper(store.spending, store.vault, clock, self._metrics, seat)
        kept = (store.files, store.originals)
        self._channels = Channels(keeper, self.health, self._wire_channel, *kept, self._supervisor.wake)
        self._rulings = Rulings(store.reports, lambda: self.settings.directory, self._ruled, clock)
        self._incidents = KnownIncidents(store.incidents, self._ruled, clock)
        self._blocks = BlockWatch(store.blocks, self._ruled, clock)
        self._making = Making(
            lambda: self.settings,
            lambda: self._rulings.directory,
            self._channels,
            clock,
            lambda: self._incidents.now,
            lambda: self._blocks.now,
        )
        self._systems = Systems(store, clock, self._making.apart, self._supervisor.wake)
        self._place: Place | None = None
        self._policy: Policy
        """Made once the channels are open, and anew when the settings change."""

    @classmethod
    async def build(
        cls,
        settings: Settings,
        store: SqlStore,
        clock: Clock,
        stack: AsyncExitStack,
        seen: Instruments,
        watch: Watch,
        reloader: Reloader,
        seat: int = 0,
    ) -> Engine:
        """Open every channel and the backend, and wire the parts; a channel that cannot be opened stops only itself."""
        rng = random.Random()  # noqa: S311 - jitter, not secrecy
        engine = cls(settings, store, clock, rng, seen, seat, watch.pressure)
        stack.push_async_callback(engine._making.close)
        stack.push_async_callback(engine._channels.close_all)
        hooks = await stack.enter_async_context(open_hooks(settings, clock))
        engine._making.customers = hooks.enricher(settings.customers, clock, engine.health, store)
        chains = await stack.enter_async_context(open_chains(settings.chains))
        engine._making.transactions = asking(chains, clock, engine.health)
        opened = await stack.enter_async_context(
            classifying.open_classifier(settings.classifier, classifying.categories_of(settings))
        )
        engine._making.classifier = classifying.asking(
            opened, settings.classifier, clock, engine.health, engine._making.shown
        )
        await engine._systems.open_all(settings, stack, engine._means_of)
        for each in settings.channels:
            await engine._channels.open(each)
        await engine._incidents.step()
        await engine._blocks.step()
        engine._policy = engine._making.policy()
        for system in engine._systems:
            engine._wire_system(system)
        apart = Apart(engine._making.setup)
        stack.push_async_callback(apart.close)
        if engine._making.setup().normalizers:
            apart.warm()
        engine._wire_pipeline(apart)
        engine._wire_upkeep(reloader)
        engine._wire_hooks(hooks)
        await engine._wire_patrol()
        if store.is_shared:
            engine._wire_place()
        engine._supervisor.add_worker("watch", watch.step, watch.due, engine._bell("watch"))
        return engine

    async def run(self, stop: asyncio.Event) -> None:
        """Run all parts until told to stop."""
        await self._supervisor.run(stop)

    def poke(self) -> None:
        """Look at once for what an operator's command may have changed."""
        for bell in self._bells.values():
            bell.ring()

    def arrived(self) -> None:
        """Look at once for what was put into the journal."""
        self._bell(PIPELINE).ring()

    def leads(self) -> bool:
        """Whether it is this engine that tells the operators: one of all that share the store."""
        return self._place is None or self._place.owns(ENGINE)

    def door(self, name: str) -> tuple[str, Ingress] | None:
        """Return the source and the ingress that stand behind a name in a path now."""
        return self._channels.roles.doors.get(name)

    async def with_files(self, source: str, raws: Sequence[Raw]) -> Sequence[Raw]:
        """Return what was pushed with the files that it names kept. Raises `TransientError`."""
        return await self._systems.with_files(source, raws)

    def sender(self, name: str) -> Sender | None:
        """Return the sender that a channel has now."""
        return self._channels.roles.senders.get(name)

    def keeps(self) -> Mapping[str, timedelta]:
        """Return, by the part that fetches it, how long a platform keeps what nobody fetches, unless for good."""
        kept = [(each, each.settings.plugin.keeps) for each in self._channels]
        return {part_of(each.name, stream): lasts for each, lasts in kept if lasts for stream in each.streams}

    def look_at_configuration(self) -> None:
        """Look at once whether configuration and directory are to be read anew."""
        self._bell(CONFIGURATION).ring()

    def directory(self) -> Directory:
        """Return the directory as it is now, with what operators have confirmed."""
        return self._rulings.directory

    def _ruled(self) -> None:
        self._policy = self._making.policy()

    def note_configuration(self, error: Exception | None) -> None:
        """The configuration was read anew: well, or why not all of it holds."""
        if error is None:
            self.health.well(CONFIGURATION)
        else:
            self.health.ill(CONFIGURATION, error, None)

    async def apply(self, new: Settings) -> Sequence[str]:
        """Change what the new settings change: channels one by one, directory and texts for all from now on.

        Returns what of them waits for a restart.
        """
        late = [name for name in NEED_RESTART if getattr(new, name) != getattr(self.settings, name)]
        kept = {name: getattr(self.settings, name) for name in NEED_RESTART}
        rested = self.settings.patrol is None
        self.settings = replace(new, **kept)
        strike_out(self.settings.secrets())
        ended, started = self._channels.changes(new.channels)
        for name in ended:
            await self._supervisor.remove(name)
            await self._channels.close(name)
            # A ring that ended the old parts must not end the first wait of the new ones.
            self._bells = {key: bell for key, bell in self._bells.items() if not _belongs(key, name)}
        self._metrics.know(each.name for each in started)
        for each in started:
            await self._channels.open(each)
        self._channels.forget(set(ended) - {each.name for each in started})
        self._policy = self._making.policy()
        if (self.settings.patrol is None) != rested:
            await self._wire_patrol()
        self._bell(patrol.PART).ring()
        log.info("configuration.taken", ended=ended, started=[each.name for each in started])
        if self._place is not None:
            await self._place.step()
        return late

    def _bell(self, name: str) -> Bell:
        return self._bells.setdefault(name, Bell(self._clock))

    def _wire_channel(self, each: OpenChannel) -> None:
        name, arrived = each.name, self._bell(PIPELINE).ring
        for stream in each.streams:
            self._add_source(each, stream)
        if each.channel.listener is not None:
            self._add_listener(name, each.channel.listener)
        means = self._means(self._gate(each))
        if each.channel.sender is not None:
            stale = timedelta(seconds=self.settings.engine.stale_reply_secs)
            sender = ReplyDispatcher(self._store, name, each.channel.sender, stale, means, arrived)
            self._add_dispatcher(f"{name}:send", name, sender, group=name)
        if each.channel.downloader is not None:
            most = self.settings.engine.max_file_bytes
            look = self._making.pictures.fact_of
            files = FileDispatcher(self._store, name, each.channel.downloader, most, means, arrived, look)
            self._add_dispatcher(f"{name}:files", files.target, files, group=name)
        again = self._channels.opener(each.settings)
        backfiller = Backfiller(
            self._store.backfills, name, again, self._clock, self._retry, self._rng, arrived, means.gate
        )
        part = f"{name}:backfill"
        self._supervisor.add_worker(
            part, backfiller.step, backfiller.next_due, self._bell(part), group=name, source=name
        )

    def _add_source(self, each: OpenChannel, stream: StreamId) -> None:
        name, connector = each.name, each.channel.connector
        least = timedelta(seconds=self.settings.engine.fetch_pause_secs)
        intake = Intake(
            self._store,
            name,
            stream,
            connector.fetch,
            connector.confirm,
            self._bell(PIPELINE).ring,
            self._metrics,
            self._tracer,
            self._clock,
            self._gate(each),
            least,
        )
        intake.watch_from(self._clock.now())
        pause = max(each.settings.plugin.pause, least)
        part = part_of(name, stream)
        self._supervisor.add_source(part, intake, pause, self._bell(part), group=name, source=name)

    def _add_listener(self, name: str, listener: Listener) -> None:
        part = f"{name}:listen"
        put, took = self._pushes.put, lambda: self.health.well(part)
        reception = Reception(name, put, self._lack, self._metrics, took)
        self._supervisor.add_listener(part, lambda: listener.listen(reception.take), self._bell(part), group=name)

    def _lack(self) -> str | None:
        """Return why nothing that is pushed can be taken now, if so."""
        if self._pressure() is not None:
            return "too much waits in the journal, or the store or its disk is not well"
        return self._room.lack()

    def _wire_system(self, each: OpenSystem) -> None:
        name = each.target
        self._add_dispatcher(f"{name}:write", name, each.dispatcher)
        self.health.show_circuit(f"{name}:write", lambda: each.dispatcher.circuit.state.value)
        if each.fetch is not None:
            arrived, gate = self._bell(PIPELINE).ring, self._means_of(each.settings).gate
            seen = (self._metrics, self._tracer, self._clock)
            intake = Intake(self._store, name, DESK_STREAM, each.fetch, None, arrived, *seen, gate)
            pause = each.settings.plugin.pause
            self._supervisor.add_source(each.reader, intake, pause, self._bell(each.reader), source=name)
        if each.ingress is not None:
            self._channels.roles.doors[each.settings.door] = (name, each.ingress)

    def _means_of(self, each: BackendSettings) -> Means:
        return self._means(self._limiter.gate(each.limits, "backend", each.target))

    def _wire_upkeep(self, reloader: Reloader) -> None:
        """Timers, the configuration's changes, and the retention policy."""
        wakes = WakeDispatcher(self._store, self._clock, self._bell(PIPELINE).ring)
        self._add_dispatcher("engine:wake", ENGINE, wakes)
        retention = self.settings.retention
        every = timedelta(seconds=retention.sweep_secs)
        sweeper = Sweeper(self._store.sweeps, retention.policy, every, self._clock)
        self._supervisor.add_worker("retention", sweeper.step, sweeper.next_due, self._bell("retention"), source=ENGINE)
        self._supervisor.add_worker("reports", self._rulings.step, self._rulings.due, self._bell("reports"))
        known, announcer = self._incidents, Announcer(self._store, self._clock, self.arrived)
        self._supervisor.add_worker("incidents", known.step, known.due, self._bell("incidents"))
        self._supervisor.add_worker("blocks", self._blocks.step, self._blocks.due, self._bell("blocks"))
        self._supervisor.add_worker(
            "announcements", announcer.step, announcer.due, self._bell("announcements"), source=ENGINE
        )
        self._supervisor.add_worker(CONFIGURATION, reloader.step, reloader.due, self._bell(CONFIGURATION))

    def _wire_hooks(self, hooks: Hooks) -> None:
        """What the exchange's own systems are told; what they are asked belongs to the stages."""
        means = replace(self._means(None), fates=Fates(self._clock, patience(self._retry), self._rng))
        told = (means, self._bell(PIPELINE).ring)
        if hooks.risk is not None:
            freezes = FreezeDispatcher(self._store, hooks.risk, *told)
            part = f"{freezes.target}:freeze"
            self._add_dispatcher(part, freezes.target, freezes, most_secs=LONGEST_WAIT_SECS)
            self.health.show_circuit(part, lambda: freezes.circuit.state.value)
        if hooks.second_factor is not None and self.settings.second_factor is not None:
            poll = timedelta(seconds=self.settings.second_factor.poll_secs)
            challenges = ChallengeDispatcher(self._store, hooks.second_factor, poll, *told)
            self._add_dispatcher(f"{challenges.target}:ask", challenges.target, challenges, most_secs=LONGEST_WAIT_SECS)

    async def _wire_patrol(self) -> None:
        """The patrol where there is one now; it asks for the settings whenever it looks."""
        await self._supervisor.remove(patrol.GROUP)
        if self.settings.patrol is None:
            return
        bell = self._bell(patrol.PART)
        part = patrol.Patrolling(
            self._store,
            lambda: self.settings.patrol,
            lambda: self.settings.directory,
            lambda: self._channels.lookers(self._gate_of),
            self._clock,
            bell.ring,
            self.arrived,
        )
        self._supervisor.add_worker(
            patrol.PART, part.step, part.due, bell, group=patrol.GROUP, source=ENGINE, finish=part.finish
        )

    def _wire_place(self) -> None:
        """This engine's place among the nodes; until it has one, it fetches nothing."""
        self._supervisor.own(())
        self._place = Place(
            self._store.nodes, self._sources, self._supervisor.own, self.arrived, self._ring_queues, self._clock
        )
        self._supervisor.add_worker("place", self._place.step, self._place.due, self._bell("place"))
        self._supervisor.add_worker("news", self._place.listen, self._place.due, self._bell("news"))

    def _sources(self) -> Collection[str]:
        """What this node could fetch: a channel that could not be opened here is left to the others."""
        feeds = (each.target for each in self._systems if each.fetch is not None)
        return (*(each.name for each in self._channels), *feeds, ENGINE)

    def _add_dispatcher(
        self,
        part: str,
        target: str,
        dispatcher: Dispatcher,
        group: str = "",
        most_secs: float = float("inf"),
    ) -> None:
        async def due() -> datetime | None:
            return await self._store.next_due(target, self._clock.now())

        bell = self._bell(f"{TARGET}{target}")
        self._supervisor.add_dispatcher(part, dispatcher.step, due, bell, group=group, most_secs=most_secs)

    def _wire_pipeline(self, apart: Apart) -> None:
        engine = self.settings.engine
        pipeline = Pipeline(
            self._store,
            self._judging(apart),
            self._policy_now,
            self._clock,
            self._retry,
            self._rng,
            BatchSize(engine.batch, engine.batch_bytes),
            decided=lambda target: self._bell(f"{TARGET}{target}").ring(),
            metrics=self._metrics,
            tracer=self._tracer,
        )
        self._supervisor.add_worker(
            PIPELINE, pipeline.step, pipeline.next_due, self._bell(PIPELINE), finish=pipeline.finish
        )

    def _policy_now(self) -> Policy:
        """Return what casework knows now; which ticket systems are away changes without anybody's doing."""
        away = self._systems.away()
        return self._policy if self._policy.away == away else replace(self._policy, away=away)

    def _judging(self, apart: Apart) -> Judging:
        roles = self._channels.roles
        roles.normalizers[ENGINE] = OWN_RAWS
        for each in self._systems:
            if each.normalizer is not None:
                roles.normalizers[each.target] = each.normalizer
        stages = self._making.stages(self._gate_of)
        return Judging(stages, self._clock, self._metrics, self._tracer, apart)

    def _gate_of(self, name: str) -> Gate | None:
        each = self._channels.get(name)
        return None if each is None else self._gate(each)

    def _gate(self, each: OpenChannel) -> Gate | None:
        """Return what reserves a channel's calls."""
        kind = f"channel:{each.settings.plugin.name}"
        return self._limiter.gate(each.settings.limits, kind, each.name, each.account)

    def _means(self, gate: Gate | None) -> Means:
        fates = Fates(self._clock, self._retry, self._rng)
        is_member = self._store.nodes.still_ours if self._store.is_shared else lambda: True
        return Means(self._clock, fates, self._metrics, self._tracer, gate, is_member)

    def _ring_queues(self) -> None:
        """Look at once for what another node may have left in a queue."""
        for name, bell in self._bells.items():
            if name == PIPELINE or name.startswith(TARGET):
                bell.ring()


def _belongs(bell: str, channel: str) -> bool:
    return bell in (f"{TARGET}{channel}", f"{TARGET}{files_of(channel)}") or bell.startswith(f"{channel}:")
