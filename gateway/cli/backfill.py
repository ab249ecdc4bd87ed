"""`gatehouse backfill`: read a channel anew, by the running engine or, when none runs, by this command itself."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from gateway.backfill import Backfiller
from gateway.cli._beside import is_told, operator, with_store
from gateway.cli._common import DEFAULT_CONFIG, ConfigPath, complain, fail, harmless, operator_settings, say
from gateway.cli._items import instant
from gateway.cli._progress import Advance, progress
from gateway.clock import SystemClock
from gateway.journal import Store
from gateway.ports import Opening
from gateway.queues import Act, Backfill
from gateway.settings import ChannelSettings, Settings, load

LOOK_SECS = 0.5
"""How often the engine's progress is looked at."""


def backfill(
    channel: Annotated[str, typer.Argument(metavar="CHANNEL", help="The channel's name.")],
    since: Annotated[
        str, typer.Option("--since", help="Only what was received since: 2026-11-20, or 3d; else everything.")
    ] = "",
    ack: Annotated[
        bool, typer.Option("--ack/--no-ack", help="Whether a machine may answer what is found; --no-ack if not said.")
    ] = False,
    wait: Annotated[bool, typer.Option("--wait/--no-wait", help="Whether to wait for the running engine.")] = True,
    cancel: Annotated[bool, typer.Option("--cancel", help="End a backfill; what it took in stays.")] = False,
    config: ConfigPath = DEFAULT_CONFIG,
) -> None:
    """Read a channel anew from its beginning or from a date. What is known already is not taken in again."""
    settings = operator_settings(config)
    found = _channel(settings, channel)
    act = Act(operator(), datetime.now(UTC))
    if cancel:
        ended = with_store(settings, lambda store: store.backfills.cancel(found.name, act))
        say(f"{found.name}: {ended} ended." if ended else f"{found.name}: no backfill is under way.")
        return
    start = instant(since) if since else None
    asked = with_store(settings, lambda store: _ask(store, found.name, start, ack, act))
    if not asked:
        fail(f"{found.name} has taken nothing in yet: its first start reads everything that is there")
    for request in asked:
        if request.asked_at != act.at:
            complain(f"{request.stream}: {request.asked_by} asked for this on {request.asked_at:%Y-%m-%d %H:%M} UTC")
    ids = [request.id for request in asked]
    if not is_told(settings):
        say("No gateway is running on this store: this command reads the channel itself.")
        _read_here(config, found.name, ids)
    elif wait:
        with progress("reading") as advance:
            with_store(settings, lambda store: _follow(store, ids, advance))
    _report(with_store(settings, lambda store: store.backfills.list(ids=ids)))


async def _ask(store: Store, source: str, since: datetime | None, ack: bool, act: Act) -> Sequence[Backfill]:
    streams = [view.stream for view in await store.streams() if view.source == source and view.cursor is not None]
    return await store.backfills.ask(source, streams, since, ack=ack, act=act) if streams else ()


async def _follow(store: Store, ids: Sequence[int], advance: Advance) -> None:
    """Return when the engine is done; whoever breaks this off leaves the engine to it."""
    seen = 0
    while True:
        found = await store.backfills.list(ids=ids)
        looked = sum(each.taken + each.known + each.skipped for each in found)
        advance(looked - seen)
        seen = looked
        if all(each.done_at is not None for each in found):
            return
        if failing := [each for each in found if each.reason and each.done_at is None]:
            complain(f"{failing[0].stream}: {harmless(failing[0].reason, one_line=True)}; the gateway goes on trying")
            return
        await asyncio.sleep(LOOK_SECS)


def _read_here(config: Path, name: str, ids: Sequence[int]) -> None:
    # Only now are the credentials needed: the engine has its own.
    settings = load(config)
    channel = _channel(settings, name)
    with progress("reading") as advance:
        with_store(settings, lambda store: _read(store, settings, channel, ids, advance))


async def _read(
    store: Store, settings: Settings, channel: ChannelSettings, ids: Sequence[int], advance: Advance
) -> None:
    clock = SystemClock()
    filler = Backfiller(
        store.backfills,
        channel.name,
        lambda: channel.plugin.open(Opening(channel.name, channel.settings, clock)),
        clock,
        settings.engine.retry,
        random.Random(),  # noqa: S311 - jitter, not secrecy
    )
    while await filler.step():
        advance(1)
        found = await store.backfills.list(ids=ids)
        if failing := [each for each in found if each.reason and each.done_at is None]:
            fail(f"{failing[0].stream}: {failing[0].reason}; run this again, or let the gateway go on with it")


def _channel(settings: Settings, name: str) -> ChannelSettings:
    found = next((each for each in settings.channels if each.name == name), None)
    if found is None:
        known = ", ".join(each.name for each in settings.channels) or "none"
        fail(f"no channel that is enabled is named {name}; there are: {known}", 2)
    return found


def _report(found: Sequence[Backfill]) -> None:
    for each in found:
        state = "done" if each.done_at else "under way"
        say(f"{each.stream}: {state}; {each.taken} new, {each.known} known, {each.skipped} older.")
