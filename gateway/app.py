"""The composition root: opens what outlives an engine, and runs engines one after the other.

Trouble of the store ends the engine loudly, and another is built on the same store once that answers again: what was
under way is then in the store or of unknown outcome, as after any other end.
"""

from __future__ import annotations

import asyncio
import random
import signal
import socket
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from importlib.metadata import version
from secrets import token_hex

import structlog
from pydantic import BaseModel

from gateway.answers.tokens import new_case_id, sign_tag, sign_token
from gateway.chains import check_chains
from gateway.classifying import check_classifier
from gateway.clock import SystemClock, pause
from gateway.control import serve, take_seat
from gateway.engine import Engine
from gateway.errors import GatewayError, TransientError
from gateway.front import Front
from gateway.hooks import check_hooks
from gateway.keeping import Keeper
from gateway.memory import settle
from gateway.ports import Clock, Opening, Report
from gateway.retry import RetryPolicy, backoff_secs
from gateway.settings import ChannelSettings, Settings
from gateway.settings.model import BackendSettings
from gateway.store import SqlStore, open_store
from gateway.watching.watch import Watch
from gateway.watching.wiring import Instruments, Pushing, Seen, open_instruments, open_watch

log = structlog.get_logger()

RESUME = RetryPolicy(base_secs=1.0, cap_secs=10.0)
"""How long a store that failed is left alone before the engine is built anew."""


LEAST_WAIT_SECS = 1.0
"""Not less, whatever the jitter: what was fetched and not stored is asked for again, and platforms mind the haste."""


@asynccontextmanager
async def open_store_for(settings: Settings, clock: Clock | None = None) -> AsyncIterator[SqlStore]:
    """Open the store of a desk, for the engine or for an operator's command beside it."""
    kept = settings.store
    async with open_store(kept.place, kept.blobs, kept.sealer(), clock or SystemClock()) as store:
        yield store


async def run(settings: Settings, *, ready: asyncio.Event | None = None, clock: Clock | None = None) -> None:
    """Run the gateway until SIGTERM, SIGINT or cancellation; `ready` is set once every part has been started.

    SIGHUP has the configuration read anew. A store that does not answer is waited for. Raises `ConfigError` when
    another engine runs on a store that bears only one.
    """
    stop = asyncio.Event()
    clock = clock or SystemClock()
    front = Front(settings, clock)
    async with AsyncExitStack() as stack:
        stack.enter_context(_obeying_signals(stop, front.reload))
        seat = stack.enter_context(take_seat(settings.store.socket))
        await stack.enter_async_context(serve(seat.path, front.commands()))
        store = await _awaited(stack, settings, clock, front, stop)
        if store is None:
            return
        stack.enter_context(store.hold_engine())
        names = [*(each.name for each in settings.channels), *(each.target for each in settings.backends)]
        seen = await stack.enter_async_context(open_instruments(settings, names, version("gatehouse")))
        watch = await stack.enter_async_context(watched(settings, store, clock, seen, front, seat.number))
        name = f"{socket.gethostname()}/{seat.number}"
        await _Gateway(settings, store, clock, name, seen, watch, front, seat.number).run(stop, ready)


async def _awaited(
    stack: AsyncExitStack, settings: Settings, clock: Clock, front: Front, stop: asyncio.Event
) -> SqlStore | None:
    """Open the store, once it answers; None when told to stop before."""
    waits = _Waits()
    while not stop.is_set():
        try:
            return await stack.enter_async_context(open_store_for(settings, clock))
        except TransientError as error:
            secs = waits.next()
            front.interrupted(error, clock.now() + timedelta(seconds=secs))
            log.error("store.awaited", reason=str(error), again_in_secs=round(secs, 1))
            await pause(clock, secs, stop)
    return None


class _Waits:
    """How long a store that failed is left alone: longer after each failure in a row."""

    def __init__(self) -> None:
        self._failures = 0
        self._rng = random.Random()  # noqa: S311 - jitter, not secrecy

    def well(self) -> None:
        """It worked for a while."""
        self._failures = 0

    def next(self) -> float:
        """Return the seconds after one more failure."""
        self._failures += 1
        return max(backoff_secs(self._failures, RESUME, self._rng), LEAST_WAIT_SECS)


def watched(
    settings: Settings, store: SqlStore, clock: Clock, seen: Instruments, front: Front, seat: int = 0
) -> AbstractAsyncContextManager[Watch]:
    """Open alerts and the HTTP server."""
    disk = settings.store.socket.parent
    looked = Seen(front.parts, front.channels, disk, front.leads, seat, front.keeps, front.directory, front.replies)
    pushing = Pushing(front.door, front.arrived, front.with_files)
    return open_watch(settings, store, clock, seen.metrics, looked, front.sender, pushing)


@dataclass(slots=True)
class _Gateway:
    """Runs engines one after the other; what outlives them is given to each."""

    settings: Settings
    store: SqlStore
    clock: Clock
    name: str
    seen: Instruments
    watch: Watch
    front: Front
    seat: int = 0
    is_first: bool = True
    """Whether what is under way in the store may be a dead process's: no engine of this one has recovered it."""

    async def run(self, stop: asyncio.Event, ready: asyncio.Event | None) -> None:
        """Run engines until told to stop."""
        waits = _Waits()
        while not stop.is_set():
            began = self.clock.now()
            try:
                await self._live(stop, ready)
            except TransientError as error:
                if (self.clock.now() - began).total_seconds() > RESUME.cap_secs:
                    waits.well()
                secs = waits.next()
                self.front.interrupted(error, self.clock.now() + timedelta(seconds=secs))
                log.error("engine.interrupted", reason=str(error), again_in_secs=round(secs, 1))
                await pause(self.clock, secs, stop)

    async def _live(self, stop: asyncio.Event, ready: asyncio.Event | None) -> None:
        """Run one engine until it is told to stop or the store fails it."""
        async with AsyncExitStack() as stack:
            if self.store.is_shared:
                await self.store.nodes.join(self.name)
                stack.push_async_callback(self.store.nodes.leave)
            else:
                stack.push_async_callback(self._let_go)
            await self.store.recover(counted=self.is_first)
            self.is_first = False
            engine = await Engine.build(
                self.settings, self.store, self.clock, stack, self.seen, self.watch, self.front.reloader, self.seat
            )
            settle()
            log.info("engine.started", channels=[channel.name for channel in self.settings.channels])
            if ready is not None:
                ready.set()
            self.front.enter(engine)
            try:
                await engine.run(stop)
            finally:
                self.front.leave()
                self.settings = engine.settings
            log.info("engine.stopped")

    async def _let_go(self) -> None:
        """Leave nothing under way, once the one engine has recovered what a dead process left: it did not die."""
        if not self.is_first:
            with suppress(TransientError):
                await self.store.recover(counted=False)


async def check_live(settings: Settings, *, probes: bool = False) -> Mapping[str, Report | GatewayError]:
    """Open every channel and the backend and let each check itself; by name.

    With `probes`, a channel that is well and can do so also sends itself a message and reads it back.
    """
    clock = SystemClock()
    found: dict[str, Report | GatewayError] = {}
    async with open_store_for(settings, clock) as store:
        for each in settings.channels:
            signed = _probe_signed(settings, clock) if probes else None
            found[each.name] = await _check_channel(each, Keeper(store.spending, store.vault, clock), signed)
        for backend in settings.backends:
            opening: Opening[BaseModel] = Opening(backend.target, backend.settings, clock, store.desk)
            found[backend.shown] = await _check_backend(backend, opening)
    found.update(await check_hooks(settings, clock))
    found.update(await check_chains(settings.chains))
    found.update(await check_classifier(settings))
    return found


async def _check_backend(each: BackendSettings, opening: Opening[BaseModel]) -> Report | GatewayError:
    try:
        async with each.plugin.open(opening) as system:
            return await system.backend.check()
    except GatewayError as error:
        return error


async def _check_channel(
    each: ChannelSettings, keeper: Keeper, signed: tuple[str, str] | None
) -> Report | GatewayError:
    try:
        async with each.plugin.open(keeper.opening(each.name, each.plugin, each.settings)) as channel:
            report = await channel.connector.check()
            if signed is not None and report.ok and channel.probe is not None:
                report = Report((*report.checks, *await channel.probe.probe(*signed)))
            return report
    except GatewayError as error:
        return error


def _probe_signed(settings: Settings, clock: Clock) -> tuple[str, str]:
    """Return reference and tag of a case that there is not: what bears the one is known for ours."""
    nonce = token_hex(16)
    case = new_case_id(settings.signing, nonce, 0, clock.now())
    return sign_token(settings.signing, case, nonce), sign_tag(settings.signing, case)


@contextmanager
def _obeying_signals(stop: asyncio.Event, reload: Callable[[], None]) -> Iterator[None]:
    loop = asyncio.get_running_loop()
    obeyed = {signal.SIGTERM: stop.set, signal.SIGINT: stop.set, signal.SIGHUP: reload}
    for number, obey in obeyed.items():
        loop.add_signal_handler(number, obey)
    try:
        yield
    finally:
        for number in obeyed:
            loop.remove_signal_handler(number)
