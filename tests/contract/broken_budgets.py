"""Stores whose buckets have one planted fault each, and the check of the suite that must catch it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from gateway.journal import Store
from gateway.limits import Bucket, Taken, back_at, draw, room_at
from tests.contract import budgets_suite as suite
from tests.contract.store_suite import Check

Room = Sequence[datetime | None]


class _Budgets:
    """A store that passes everything on but its buckets; a fault overrides `reserve`."""

    def __init__(self, store: Any) -> None:
        self._store = store
        self.inner = store.budgets

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    @property
    def budgets(self) -> Any:
        return self

    async def reserve(self, buckets: Sequence[Bucket], now: datetime) -> Room:
        return list(await self.inner.reserve(buckets, now))


class OneByOne(_Budgets):
    """Takes from each bucket by itself."""

    async def reserve(self, buckets: Sequence[Bucket], now: datetime) -> Room:
        return [(await super(OneByOne, self).reserve([bucket], now))[0] for bucket in buckets]


class OneMore(_Budgets):
    """Lets one call too many through."""

    async def reserve(self, buckets: Sequence[Bucket], now: datetime) -> Room:
        more = [Bucket(key, replace(limit, count=limit.count + 1)) for key, limit in buckets]
        return await super().reserve(more, now)


class Unlimited(_Budgets):
    """Reserves nothing."""

    async def reserve(self, buckets: Sequence[Bucket], now: datetime) -> Room:
        return [None] * len(buckets)


class OneForAll(_Budgets):
    """Keeps all under one key."""

    async def reserve(self, buckets: Sequence[Bucket], now: datetime) -> Room:
        return await super().reserve([Bucket("x", limit) for _, limit in buckets], now)


class CostsOne(_Budgets):
    """Takes one, whatever a call costs."""

    async def reserve(self, buckets: Sequence[Bucket], now: datetime) -> Room:
        return await super().reserve([Bucket(key, replace(limit, cost=1)) for key, limit in buckets], now)


class NeverBack(_Budgets):
    """Counts in windows ten times as long."""

    async def reserve(self, buckets: Sequence[Bucket], now: datetime) -> Room:
        long = [Bucket(key, replace(limit, window="rolling", per=limit.per * 10)) for key, limit in buckets]
        return await super().reserve(long, now)


class BackTooEarly(_Budgets):
    """Counts in windows half as long."""

    async def reserve(self, buckets: Sequence[Bucket], now: datetime) -> Room:
        short = [Bucket(key, replace(limit, window="rolling", per=limit.per / 2)) for key, limit in buckets]
        return await super().reserve(short, now)


class RefusesDearly(_Budgets):
    """Says that whatever stands beside a full bucket is full, too."""

    async def reserve(self, buckets: Sequence[Bucket], now: datetime) -> Room:
        room = await super().reserve(buckets, now)
        return [max(at for at in room if at is not None)] * len(room) if any(room) else room


class _Memory(_Budgets):
    """Buckets in this process, as a fast path would keep them."""

    def __init__(self, store: Any) -> None:
        super().__init__(store)
        self.taken: dict[str, tuple[Taken, ...]] = {}

    async def reserve(self, buckets: Sequence[Bucket], now: datetime) -> Room:
        after, room = draw(buckets, self.taken, now)
        self.taken.update(after)
        return room


class InMemory(_Memory):
    """Forgets with the process."""


class ReadThenWritten(_Memory):
    """Lets others in between reading and writing: an update is lost."""

    async def reserve(self, buckets: Sequence[Bucket], now: datetime) -> Room:
        after, room = draw(buckets, self.taken, now)
        await self._store.tally()
        self.taken.update(after)
        return room


class ForgetsInParts(_Memory):
    """Keeps the last parts of a bucket alone."""

    async def reserve(self, buckets: Sequence[Bucket], now: datetime) -> Room:
        room = await super().reserve(buckets, now)
        self.taken = {key: parts[-5:] for key, parts in self.taken.items()}
        return room


class BelievesTheClock(_Memory):
    """Waits for what was taken while the clock was ahead."""

    async def reserve(self, buckets: Sequence[Bucket], now: datetime) -> Room:
        room = [room_at(limit, self.taken.get(key, ()), now) for key, limit in buckets]
        if not any(room):
            for key, limit in buckets:
                self.taken[key] = (*self.taken.get(key, ()), Taken(back_at(limit, now), limit.cost))
        return room


class WaitsAnew(_Memory):
    """Moves the end of the wait with every refusal after the clock has gone back."""

    async def reserve(self, buckets: Sequence[Bucket], now: datetime) -> Room:
        after, room = draw(buckets, self.taken, now)
        if not any(room):
            self.taken.update(after)
        return room


class DayByTheHour(_Budgets):
    """Ends a day after 24 hours instead of at midnight."""

    async def reserve(self, buckets: Sequence[Bucket], now: datetime) -> Room:
        return await super().reserve([Bucket(key, replace(limit, window="rolling")) for key, limit in buckets], now)


class Early(_Budgets):
    """Says that there is room a second before there is."""

    async def reserve(self, buckets: Sequence[Bucket], now: datetime) -> Room:
        room = await super().reserve(buckets, now)
        return [None if at is None else at - timedelta(seconds=1) for at in room]


Broken = Callable[[Store], Any]

BROKEN: list[tuple[Broken, Check]] = [
    (Unlimited, suite.a_bucket_gives_what_its_limit_says_and_then_when_it_has_room),
    (OneMore, suite.a_bucket_gives_what_its_limit_says_and_then_when_it_has_room),
    (NeverBack, suite.a_bucket_gives_what_its_limit_says_and_then_when_it_has_room),
    (BackTooEarly, suite.a_bucket_gives_what_its_limit_says_and_then_when_it_has_room),
    (Early, suite.a_bucket_gives_what_its_limit_says_and_then_when_it_has_room),
    (OneForAll, suite.a_bucket_stands_for_itself),
    (OneByOne, suite.a_call_that_one_bucket_refuses_costs_the_others_nothing),
    (RefusesDearly, suite.a_call_that_one_bucket_refuses_costs_the_others_nothing),
    (InMemory, suite.what_was_taken_is_taken_after_a_restart),
    (ReadThenWritten, suite.calls_at_the_same_time_get_no_more_than_there_is),
    (OneByOne, suite.calls_at_the_same_time_get_no_more_than_there_is),
    (CostsOne, suite.a_call_takes_its_cost),
    (DayByTheHour, suite.a_day_begins_at_midnight),
    (BelievesTheClock, suite.a_clock_that_was_ahead_stops_nobody_for_longer_than_a_window),
    (WaitsAnew, suite.a_clock_that_was_ahead_stops_nobody_for_longer_than_a_window),
    (ForgetsInParts, suite.a_bucket_of_any_count_is_taken_to_its_end),
]
