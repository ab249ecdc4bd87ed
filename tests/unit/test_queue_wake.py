"""A wake outlives kill -9 and comes to casework once, whatever moment the process is killed at."""

from __future__ import annotations

import asyncio
import multiprocessing
import signal
from datetime import datetime, timedelta
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from gateway.errors import MalformedError
from gateway.journal import Decision, Effect, EffectKind, State
from gateway.ports import Wake
from gateway.queues import Wanted
from gateway.store import Sealer, SqlStore, open_store
from gateway.wake import ENGINE, STREAM, WakeDispatcher, normalize
from tests.builders import raw
from tests.conftest import ManualClock
from tests.contract import store_suite as suite

SEALER = Sealer({"k1": b"1" * 32}, "k1")
AFTER = timedelta(hours=3)


def wake_effect(at: datetime, key: str = "m1:wake:escalate") -> Effect:
    wake = Wake(at=at, lane="ann", reason="escalate")
    return Effect(key=key, kind=EffectKind.WAKE, target=ENGINE, not_before=at, wake=wake)


async def set_wakes(store: SqlStore, clock: ManualClock, *effects: Effect) -> None:
    await store.put_page("support", suite.INBOX, [raw("1")], None)
    (claimed,) = await store.claim_raws(1, 10**9, clock.now())
    await store.commit([Decision(claimed.seq, effects=effects)])


async def wakes_in(store: SqlStore) -> list[str]:
    return [item.key for item in await store.queues.raws(Wanted(place=ENGINE))]


async def test_a_wake_becomes_an_event_when_it_is_due_and_not_before(store: SqlStore, clock: ManualClock) -> None:
    at = clock.now() + AFTER
    await set_wakes(store, clock, wake_effect(at), wake_effect(at, "m2:wake:ask"))
    rung: list[int] = []
    dispatcher = WakeDispatcher(store, clock, lambda: rung.append(1))
    assert await dispatcher.step() == 0
    assert await store.next_due(ENGINE, clock.now()) == at
    clock.advance(AFTER.total_seconds())
    assert await dispatcher.step() == 2
    assert await dispatcher.step() == 0
    assert rung == [1]
    (first, *_) = await store.claim_raws(10, 10**9, clock.now())
    assert (first.raw.source, first.raw.stream, first.raw.lane) == (ENGINE, STREAM, "ann")
    assert normalize(first.raw) == (Wake(at=at, lane="ann", reason="escalate"),)
    done = await store.queues.effects(Wanted(states=(State.SETTLED,), place=ENGINE))
    assert len(done) == 2


async def test_an_effect_without_a_wake_is_buried(store: SqlStore, clock: ManualClock) -> None:
    await set_wakes(store, clock, wake_effect(clock.now()).model_copy(update={"wake": None}))
    assert await WakeDispatcher(store, clock, int).step() == 1
    (item,) = await store.queues.effects(Wanted(place=ENGINE))
    assert item.view.state is State.BURIED
    assert await wakes_in(store) == []


def test_what_is_no_wake_cannot_be_read() -> None:
    with pytest.raises(MalformedError):
        normalize(raw("1", body=b'{"at": 7}'))


def _start(folder: Path, stop_before: str, told: Connection) -> None:
    asyncio.run(_dispatch(folder, stop_before, told))


async def _dispatch(folder: Path, stop_before: str, told: Connection) -> None:
    clock = ManualClock()
    async with open_store(folder / "gatehouse.db", folder / "blobs", SEALER, clock) as store:
        await store.recover()
        await set_wakes(store, clock, wake_effect(clock.now() + AFTER))
        clock.advance(AFTER.total_seconds())

        async def stop(*_: object, **__: object) -> None:
            told.send_bytes(b".")
            await asyncio.sleep(60)

        setattr(store, stop_before, stop)
        await WakeDispatcher(store, clock, int).step()


@pytest.mark.parametrize("stop_before", ["claim_effects", "put_page", "release_effects"])
async def test_a_wake_comes_once_when_the_process_is_killed_before(stop_before: str, tmp_path: Path) -> None:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])
    heard, told = context.Pipe(duplex=False)
    child = context.Process(target=_start, args=(tmp_path, stop_before, told))
    child.start()
    told.close()
    assert await asyncio.to_thread(heard.poll, 20)
    child.kill()
    await asyncio.to_thread(child.join, 20)
    assert child.exitcode == -signal.SIGKILL

    clock = ManualClock()
    clock.advance(AFTER.total_seconds())
    async with open_store(tmp_path / "gatehouse.db", tmp_path / "blobs", SEALER, clock) as store:
        await store.recover()
        dispatcher = WakeDispatcher(store, clock, int)
        while await dispatcher.step():
            pass
        assert await wakes_in(store) == ["m1:wake:escalate"]
        (effect,) = await store.queues.effects(Wanted(place=ENGINE))
        assert effect.view.state is State.SETTLED
