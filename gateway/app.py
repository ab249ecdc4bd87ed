"""The composition root: the only module that knows everybody; it builds the engine from the settings and runs it."""

from __future__ import annotations

import asyncio
import signal
import socket
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager

import structlog

from gateway.clock import SystemClock
from gateway.control import serve
from gateway.engine import Engine, backend_name
from gateway.errors import GatewayError, TransientError
from gateway.ports import Clock, Opening, Report
from gateway.settings import ChannelSettings, Settings
from gateway.store import SqlStore, open_store
from gateway.wake import ENGINE

log = structlog.get_logger()


@asynccontextmanager
async def open_store_for(settings: Settings, clock: Clock | None = None) -> AsyncIterator[SqlStore]:
    """Open the store of a desk, for the engine or for an operator's command beside it."""
    kept = settings.store
    async with open_store(kept.place, kept.blobs, kept.sealer(), clock or SystemClock()) as store:
        yield store


async def run(settings: Settings, *, ready: asyncio.Event | None = None, clock: Clock | None = None) -> None:
    """Run the engine until SIGTERM, SIGINT or cancellation; `ready` is set once every part has been started.

    Raises `ConfigError` when another engine runs on the same store, and what the store raised when it failed.
    """
    stop = asyncio.Event()
    clock = clock or SystemClock()
    async with AsyncExitStack() as stack:
        store = await stack.enter_async_context(open_store_for(settings, clock))
        stack.enter_context(store.hold_engine())
        if settings.store.url is not None:
            await _take_place(settings, store)
            stack.push_async_callback(store.nodes.leave)
        await store.recover()
        engine = await Engine.build(settings, store, clock, stack)
        await stack.enter_async_context(serve(settings.store.socket, engine.commands()))
        stack.enter_context(_stopped_by_signals(stop))
        log.info("engine.started", channels=[channel.name for channel in settings.channels])
        if ready is not None:
            ready.set()
        await engine.run(stop)
        log.info("engine.stopped")


async def _take_place(settings: Settings, store: SqlStore) -> None:
    """Become the one engine on a shared database, fenced by epoch; raise `TransientError` while another lives there."""
    sources = {*(channel.name for channel in settings.channels), backend_name(settings), ENGINE}
    await store.nodes.join(socket.gethostname())
    if await store.nodes.own(sources) >= sources:
        return
    await store.nodes.leave()
    raise TransientError("another gateway runs on this database; start this one again to take over when it is gone")


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
