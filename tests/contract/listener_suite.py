"""The contract of a `Listener`, check by check, for whatever listener a harness opens, over a real store.

A check fails with an AssertionError on a listener that breaks its claim; `broken_listeners` shows that each can.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from dataclasses import dataclass, field
from typing import Protocol

from gateway.errors import ConfigError, TransientError
from gateway.journal import Store
from gateway.ports import Listener, Raw
from tests.conftest import ManualClock

SECS = 5.0
"""Longest wait of a check for anything."""


class Pusher(Protocol):
    """Somebody who pushes to the listener."""

    async def push(self, number: int) -> bool:
        """Push delivery `number`, byte for byte the same each time; return whether it was said to be taken."""
        ...

    async def half(self, number: int) -> None:
        """Begin to push, and end the line in the middle."""
        ...

    async def begin(self, number: int) -> None:
        """Push all of it, and wait for no answer."""
        ...

    async def said(self) -> bool:
        """Return the answer to what was begun; a line that ended is none."""
        ...


class ListenerHarness(Protocol):
    """What the suite must know of one kind of listener."""

    source: str

    def listener(self, clock: ManualClock) -> Listener:
        """Return a listener that is not listening; each at the same place."""
        ...

    def pusher(self) -> AbstractAsyncContextManager[Pusher]:
        """Connect to it."""
        ...


@dataclass
class Ground:
    """Where a check runs: a harness, a real store, and what the engine does with raws, as the check wants it."""

    harness: ListenerHarness
    store: Store
    clock: ManualClock
    broken: Callable[[Listener], Listener] = field(default=lambda listener: listener)
    script: list[Exception] = field(default_factory=list)
    open: asyncio.Event = field(default_factory=asyncio.Event)
    asked: asyncio.Event = field(default_factory=asyncio.Event)
    taken: list[Raw] = field(default_factory=list)
    end_secs: float = 10.0
    """Longest end of a listener."""

    def __post_init__(self) -> None:
        self.open.set()

    async def take(self, raws: Sequence[Raw]) -> None:
        self.asked.set()
        await self.open.wait()
        if self.script:
            raise self.script.pop(0)
        for raw in raws:
            await self.store.put_page(raw.source, raw.stream, [raw], None)
            self.taken.append(raw)

    def listening(self) -> AbstractAsyncContextManager[None]:
        return self.broken(self.harness.listener(self.clock)).listen(self.take)

    async def held(self) -> int:
        """Return how many raws are in the journal."""
        return sum(each.count for each in await self.store.backlog() if each.queue == "raws")


Check = Callable[[Ground], Awaitable[None]]
CHECKS: list[Check] = []


def check(function: Check) -> Check:
    CHECKS.append(function)
    return function


@check
async def what_is_said_to_be_taken_is_in_the_journal(ground: Ground) -> None:
    async with ground.listening(), ground.harness.pusher() as pusher:
        for number in range(3):
            assert await pusher.push(number)
            assert await ground.held() == number + 1
    for raw in ground.taken:
        assert raw.source == ground.harness.source
        assert raw.key
        assert raw.lane
        assert raw.body
        assert raw.received_at == ground.clock.now()


@check
async def success_waits_for_the_commit(ground: Ground) -> None:
    ground.open.clear()
    async with ground.listening(), ground.harness.pusher() as pusher:
        await pusher.begin(1)
        async with asyncio.timeout(SECS):
            await ground.asked.wait()
        answer = asyncio.ensure_future(pusher.said())
        async with ground.harness.pusher():
            assert not answer.done(), "an answer before the commit"
        ground.open.set()
        async with asyncio.timeout(SECS):
            assert await answer


@check
async def what_cannot_be_kept_is_not_said_to_be_taken_and_comes_again(ground: Ground) -> None:
    ground.script = [TransientError("the store is away"), RuntimeError("a fault")]
    async with ground.listening(), ground.harness.pusher() as pusher:
        assert not await pusher.push(1)
        assert not await pusher.push(1)
        assert await pusher.push(1)
    assert await ground.held() == 1


@check
async def what_comes_again_is_known_by_its_key(ground: Ground) -> None:
    for _ in range(2):
        async with ground.listening(), ground.harness.pusher() as pusher:
            assert await pusher.push(1)
            ground.clock.advance(3600)
    async with ground.listening(), ground.harness.pusher() as pusher:
        assert await pusher.push(2)
    assert await ground.held() == 2
    first, again, other = ((raw.lane, raw.key) for raw in ground.taken)
    assert first == again
    assert first[1] != other[1]


@check
async def half_of_it_is_nothing(ground: Ground) -> None:
    async with ground.listening():
        async with ground.harness.pusher() as pusher:
            await pusher.half(1)
        async with ground.harness.pusher() as pusher:
            assert await pusher.push(2)
    assert len(ground.taken) == 1


@check
async def a_line_that_ends_before_the_answer_harms_nobody(ground: Ground) -> None:
    ground.open.clear()
    async with ground.listening():
        async with ground.harness.pusher() as pusher:
            await pusher.begin(1)
            async with asyncio.timeout(SECS):
                await ground.asked.wait()
        ground.open.set()
        async with ground.harness.pusher() as pusher:
            assert await pusher.push(1)
    assert await ground.held() == 1


@check
async def the_end_lets_what_is_being_kept_be_answered(ground: Ground) -> None:
    ground.open.clear()
    ending = asyncio.Event()
    began = asyncio.Event()

    async def listen() -> None:
        async with ground.listening():
            began.set()
            await ending.wait()

    listening = asyncio.create_task(listen())
    await began.wait()
    async with ground.harness.pusher() as pusher:
        await pusher.begin(1)
        async with asyncio.timeout(SECS):
            await ground.asked.wait()
        ending.set()
        ground.open.set()
        async with asyncio.timeout(SECS):
            assert await pusher.said()
            await listening


@check
async def the_end_does_not_wait_for_ever(ground: Ground) -> None:
    ground.open.clear()
    async with AsyncExitStack() as stack:
        listening = ground.listening()
        await listening.__aenter__()
        pusher = await stack.enter_async_context(ground.harness.pusher())
        await pusher.begin(1)
        async with asyncio.timeout(SECS):
            await ground.asked.wait()
        async with asyncio.timeout(ground.end_secs):
            await listening.__aexit__(None, None, None)
        assert not await pusher.said()
    assert await ground.held() == 0


@check
async def it_listens_again_at_the_same_place_and_says_when_it_cannot(ground: Ground) -> None:
    async with ground.listening():
        try:
            async with ground.listening():
                raise AssertionError("two listen at one place")
        except ConfigError:
            pass
    async with ground.listening(), ground.harness.pusher() as pusher:
        assert await pusher.push(1)
