"""A channel that listens, in a running engine: taken as things stand, put off as they stand, shown and reloaded."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from gateway.app import open_store_for, watched
from gateway.engine import Engine
from gateway.front import Front
from gateway.health import Condition
from gateway.settings import load
from gateway.store import SqlStore
from gateway.watching.watch import Watch
from gateway.watching.wiring import open_instruments
from tests.conftest import ManualClock, free_port
from tests.gateway_process import GatewayProcess
from tests.servers.smtp_talk import codes, talking
from tests.unit.email_listening import MAIL

SUPPORT = "support@examplex.test"
BOUND = 10.0


@dataclass
class Running:
    """An engine that runs."""

    engine: Engine
    store: SqlStore
    watch: Watch

    async def stored(self) -> int:
        return sum(each.count for each in await self.store.backlog() if each.queue == "raws")

    def condition(self, part: str) -> Condition | None:
        return {each.part: each.condition for each in self.engine.health.parts()}.get(part)

    async def until(self, part: str, condition: Condition) -> None:
        async with asyncio.timeout(BOUND):
            while self.condition(part) is not condition:
                await asyncio.sleep(0)


@asynccontextmanager
async def running(folder: Path, clock: ManualClock, port: int, seat: int = 0, more: str = "") -> AsyncIterator[Running]:
    """Run the engine of a desk that listens on this port."""
    process = GatewayProcess(folder / "desk")
    process.configure_pushed(free_port(), f'listen = "127.0.0.1:{port}"\n{more}')
    settings = load(process.config)
    async with AsyncExitStack() as stack:
        store = await stack.enter_async_context(open_store_for(settings, clock))
        seen = await stack.enter_async_context(open_instruments(settings, ["support"]))
        front = Front(settings, clock)
        watch = await stack.enter_async_context(watched(settings, store, clock, seen, front))
        engine = await Engine.build(settings, store, clock, stack, seen, watch, front.reloader, seat)
        front.enter(engine)
        stop = asyncio.Event()
        task = asyncio.create_task(engine.run(stop))
        found = Running(engine, store, watch)
        try:
            await found.until("support:listen", Condition.RUNNING)
            yield found
        finally:
            stop.set()
            async with asyncio.timeout(BOUND):
                await task


async def test_a_mail_is_in_the_journal_when_it_is_said_to_be_kept(tmp_path: Path, clock: ManualClock) -> None:
    port = free_port()
    async with running(tmp_path, clock, port) as found:
        for _ in range(2):
            async with talking(port) as talk:
                await talk.begin(SUPPORT)
                assert codes(await talk.mail(MAIL)) == ["250"]
            assert await found.stored() == 1, "and once"
        state = {each.part: each for each in found.engine.health.parts()}["support:listen"]
        assert state.last_success_at == clock.now()
    assert found.condition("support:listen") is Condition.STOPPED


async def test_an_engine_that_has_no_room_puts_mail_off(
    tmp_path: Path, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same rule as for what is pushed over HTTP: too much that waits, or too little disk."""
    port = free_port()
    free: list[int | None] = [10**12]
    monkeypatch.setattr("gateway.watching.wiring.free_bytes", lambda folder: free[0])
    async with running(tmp_path, clock, port) as found, talking(port) as talk:
        free[0] = 1000
        await found.watch.step()
        await talk.begin(SUPPORT)
        assert codes(await talk.mail(MAIL)) == ["451"]
        assert await found.stored() == 0
        free[0] = 10**12
        await found.watch.step()
        await talk.address(SUPPORT)
        assert codes(await talk.mail(MAIL)) == ["250"]


async def test_a_further_engine_of_the_machine_listens_above_the_first(tmp_path: Path, clock: ManualClock) -> None:
    port = free_port()
    async with running(tmp_path, clock, port - 2, seat=2), talking(port):
        pass


async def test_a_changed_channel_listens_elsewhere(tmp_path: Path, clock: ManualClock) -> None:
    first, second = free_port(), free_port()
    async with running(tmp_path, clock, first) as found:
        process = GatewayProcess(tmp_path / "desk")
        process.configure_pushed(free_port(), f'listen = "127.0.0.1:{second}"')
        await found.engine.apply(load(process.config))
        await found.until("support:listen", Condition.RUNNING)
        async with talking(second):
            pass
        with pytest.raises(ConnectionError):
            async with talking(first):
                pass
