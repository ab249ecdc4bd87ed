"""A feed over a list that grows at its end and is read page by page: a log of acts, a list of all follow-ups.

The page before the last is read again each time, and the cursor remembers the newest ids, so that what is committed
late, or moves up because something was deleted, is neither missed nor given out twice.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Protocol

from pydantic import Field

from gateway.backends._api import as_json
from gateway.backends._hooks import STREAM
from gateway.backends._places import cursor_of, place_in
from gateway.case import Frozen
from gateway.ports import Clock, Cursor, Key, Page, Raw

SIZE = 100
"""Items on one page of the list."""
WINDOW = 64
"""How many of the newest ids a cursor remembers: so late may one be committed after others."""


@dataclass(frozen=True, slots=True)
class Item:
    """One item of the list."""

    id: int
    data: Mapping[str, Any] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Act:
    """What somebody else did on a ticket of ours; `key` stays, `body` is what the normalizer reads."""

    ticket: str
    key: str
    body: Mapping[str, Any] = field(repr=False)


class Growing(Protocol):
    """What one ticket system tells, in the order in which it came."""

    async def count(self) -> int:
        """Return how long the list is, or a little more."""
        ...

    async def page(self, number: int) -> Sequence[Item]:
        """Return a page of `SIZE` items, counted from 1; nothing beyond the end."""
        ...

    async def acts(self, items: Sequence[Item]) -> Sequence[Act]:
        """Return which of these items are acts of others on tickets of ours, in the same order."""
        ...


class _Place(Frozen):
    page: int = Field(ge=1)
    seen: tuple[int, ...] = ()


class PagedFeed:
    """A `Feed` on a list that grows; the first fetch goes to its end."""

    def __init__(self, source: str, list_: Growing, clock: Clock, poll: timedelta) -> None:
        self._source = source
        self._list = list_
        self._clock = clock
        self._poll = poll

    async def fetch(self, after: Cursor | None) -> Page[Raw]:
        """See `Feed`; without a cursor the feed begins now."""
        if after is None:
            return Page((), cursor_of(await self._end()), pause=self._poll)
        place = place_in(_Place.model_validate_json, after)
        number, items, more = await self._around(place)
        floor = min(place.seen) if len(place.seen) >= WINDOW else 0
        new = [item for item in items if item.id > floor and item.id not in place.seen]
        acts = await self._list.acts(new)
        next_ = _after(place, number, items)
        cursor = None if next_ == place else cursor_of(next_)
        return Page(tuple(map(self._raw, acts)), cursor, more=more, pause=None if more else self._poll)

    async def _end(self) -> _Place:
        """Return the place behind all that there is."""
        place, more = _Place(page=await self._list.count() // SIZE + 1), True
        while more:
            number, items, more = await self._around(place)
            place = _after(place, number, items)
        return place

    async def _around(self, place: _Place) -> tuple[int, list[Item], bool]:
        """Return where to go on, what stands there and on the page before, and whether there may be more."""
        number, step = place.page, 1
        known = max(place.seen) if place.seen else None
        before, here = await self._pair(number)
        # Where nothing known stands, so much was deleted that news may have moved to pages before these.
        while number > 1 and (not before or (known is not None and before[0].id > known)):
            number, step = max(1, number - step), step * 2
            before, here = await self._pair(number)
        is_full = len(here) >= SIZE
        return number + is_full, [*before, *here], is_full

    async def _pair(self, number: int) -> tuple[Sequence[Item], Sequence[Item]]:
        before = await self._list.page(number - 1) if number > 1 else ()
        return before, await self._list.page(number)

    def _raw(self, act: Act) -> Raw:
        body = as_json(act.body)
        now = self._clock.now()
        return Raw(self._source, STREAM, Key(act.key), act.ticket, body, "application/json", now, len(body))


def _after(place: _Place, number: int, items: Sequence[Item]) -> _Place:
    seen = sorted({*place.seen, *(item.id for item in items)})[-WINDOW:]
    return _Place(page=number, seen=tuple(seen))
