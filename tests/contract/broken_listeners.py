"""Listeners with one planted fault each, and the check that has to find it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from dataclasses import replace
from itertools import count

from typing_extensions import override

from gateway.errors import TransientError
from gateway.ports import Key, Listener, Raw, Take


class _Over:
    """A listener over another; `taking` may change what becomes of raws."""

    def __init__(self, inner: Listener) -> None:
        self._inner = inner
        self._later: set[asyncio.Task[None]] = set()

    @asynccontextmanager
    async def listen(self, take: Take) -> AsyncIterator[None]:
        async def taking(raws: Sequence[Raw]) -> None:
            await self.taking(take, raws)

        async with self._inner.listen(taking):
            yield

    async def taking(self, take: Take, raws: Sequence[Raw]) -> None:
        await take(raws)


class PromisesFirst(_Over):
    """Says that it is taken, and stores it then."""

    @override
    async def taking(self, take: Take, raws: Sequence[Raw]) -> None:
        async def later() -> None:
            with suppress(Exception):
                await take(raws)

        task = asyncio.create_task(later())
        self._later.add(task)
        task.add_done_callback(self._later.discard)


class SwallowsErrors(_Over):
    """Says that it is taken although it could not be kept."""

    @override
    async def taking(self, take: Take, raws: Sequence[Raw]) -> None:
        with suppress(Exception):
            await take(raws)


class NewKeys(_Over):
    """Gives what comes again another key."""

    numbers = count()

    @override
    async def taking(self, take: Take, raws: Sequence[Raw]) -> None:
        await take([replace(raw, key=Key(f"{raw.key}:{next(self.numbers)}")) for raw in raws])


class OneKey(_Over):
    """Gives everything the same key."""

    @override
    async def taking(self, take: Take, raws: Sequence[Raw]) -> None:
        await take([replace(raw, key=Key("one")) for raw in raws])


class DropsSome(_Over):
    """Stores nothing, and says that it has."""

    @override
    async def taking(self, take: Take, raws: Sequence[Raw]) -> None:
        await take([])


class TakesHalf(_Over):
    """Makes something of what never came to its end."""

    @override
    @asynccontextmanager
    async def listen(self, take: Take) -> AsyncIterator[None]:
        async def taking(raws: Sequence[Raw]) -> None:
            await take([replace(raw, key=Key("half"), body=raw.body[:10]) for raw in raws])
            await take(raws)

        async with self._inner.listen(taking):
            yield


class DiesOfALine(_Over):
    """Takes nothing any more once a line has ended before its answer."""

    dead = False

    @override
    async def taking(self, take: Take, raws: Sequence[Raw]) -> None:
        if self.dead:
            raise TransientError("dead")
        try:
            await take(raws)
        except asyncio.CancelledError:
            self.dead = True
            raise


class EndsAtOnce(_Over):
    """Gives up what it keeps when it is to end."""

    @override
    @asynccontextmanager
    async def listen(self, take: Take) -> AsyncIterator[None]:
        under_way: set[asyncio.Future[None]] = set()

        async def taking(raws: Sequence[Raw]) -> None:
            task = asyncio.ensure_future(take(raws))
            under_way.add(task)
            try:
                await task
            except asyncio.CancelledError:
                raise TransientError("ending") from None

        async with self._inner.listen(taking):
            try:
                yield
            finally:
                for task in under_way:
                    task.cancel()


class WaitsForEver(_Over):
    """Does not end while something is being kept."""

    @override
    @asynccontextmanager
    async def listen(self, take: Take) -> AsyncIterator[None]:
        under_way: set[asyncio.Future[None]] = set()

        async def taking(raws: Sequence[Raw]) -> None:
            task = asyncio.ensure_future(take(raws))
            under_way.add(task)
            await asyncio.shield(task)

        async with self._inner.listen(taking):
            try:
                yield
            finally:
                await asyncio.wait([*under_way, asyncio.ensure_future(asyncio.sleep(0))])


class StaysThere(_Over):
    """Goes on listening after its end."""

    @override
    @asynccontextmanager
    async def listen(self, take: Take) -> AsyncIterator[None]:
        entered = self._inner.listen(take)
        await entered.__aenter__()
        LEFT.append(entered)
        yield


LEFT: list[AbstractAsyncContextManager[None]] = []
"""What a test has to end itself."""

BROKEN: Sequence[tuple[Callable[[Listener], Listener], str]] = (
    (PromisesFirst, "success_waits_for_the_commit"),
    (SwallowsErrors, "what_cannot_be_kept_is_not_said_to_be_taken_and_comes_again"),
    (NewKeys, "what_comes_again_is_known_by_its_key"),
    (OneKey, "what_is_said_to_be_taken_is_in_the_journal"),
    (OneKey, "what_comes_again_is_known_by_its_key"),
    (DropsSome, "what_is_said_to_be_taken_is_in_the_journal"),
    (TakesHalf, "half_of_it_is_nothing"),
    (DiesOfALine, "a_line_that_ends_before_the_answer_harms_nobody"),
    (EndsAtOnce, "the_end_lets_what_is_being_kept_be_answered"),
    (WaitsForEver, "the_end_does_not_wait_for_ever"),
    (StaysThere, "it_listens_again_at_the_same_place_and_says_when_it_cannot"),
)
"""Each fault, and the check that finds it."""
