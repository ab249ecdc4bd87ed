"""A feed over a ticket system that tells only which tickets changed since a time, and what happened on each.

Times are the server's own. Each look begins some way before the last change seen, since what is committed or indexed
late bears an earlier time; the cursor names what was given out of that stretch, so that nothing comes twice.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from pydantic import AwareDatetime, Field

from gateway.backends._api import as_json
from gateway.backends._hooks import STREAM
from gateway.backends._places import cursor_of, place_in
from gateway.case import Frozen
from gateway.ports import Clock, Cursor, Key, Page, Raw

MOST_ACTS = 100
"""Acts on one page."""
MOST_SEEN = 4000
"""What a cursor remembers of the overlap; above that the engine absorbs repetitions by their keys alone."""


@dataclass(frozen=True, slots=True)
class Changed:
    """A ticket of ours that changed. `stamp` is another after each change."""

    ticket: str
    at: datetime
    stamp: str
    data: Mapping[str, Any] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Act:
    """What somebody else did on a ticket; `key` stays, `body` is the vendor's JSON and what the normalizer needs."""

    key: str
    at: datetime
    body: Mapping[str, Any] = field(repr=False)


class Changes(Protocol):
    """What one ticket system tells of changes."""

    async def now(self) -> datetime:
        """Return the server's present time, or that of its last change."""
        ...

    async def changed(self, since: datetime, place: str) -> tuple[Sequence[Changed], datetime | None, str]:
        """Return a page of tickets of ours that changed at that time or later, its last change, and the next place.

        `place` is empty for the first page, and what the page before named for others; no next place: that was all.
        """
        ...

    async def acts(self, changed: Changed, since: datetime) -> Sequence[Act]:
        """Return what others than we did on a ticket at that time or later, oldest first."""
        ...


class _Place(Frozen):
    since: AwareDatetime
    high: AwareDatetime
    page: str = ""
    seen: dict[str, int] = Field(default_factory=dict)


class OverlapFeed:
    """A `Feed` on `Changes`. `overlap` is longer than anything is committed or indexed late, plus a poll."""

    def __init__(self, source: str, changes: Changes, clock: Clock, overlap: timedelta, poll: timedelta) -> None:
        self._source = source
        self._changes = changes
        self._clock = clock
        self._overlap = overlap
        self._poll = poll

    async def fetch(self, after: Cursor | None) -> Page[Raw]:
        """See `Feed`; without a cursor the feed begins now."""
        if after is None:
            now = await self._changes.now()
            return Page((), cursor_of(_Place(since=now, high=now)), pause=self._poll)
        place = place_in(_Place.model_validate_json, after)
        begin = place.since - self._overlap
        tickets, last, following = await self._changes.changed(begin, place.page)
        new = [each for each in tickets if _digest(f"{each.ticket}@{each.stamp}") not in place.seen]
        acts = await self._acts(new, begin, place)
        if len(acts) > MOST_ACTS:
            # The same tickets are read again for the rest, so they do not count as seen yet.
            acts = acts[:MOST_ACTS]
            next_ = place.model_copy(update={"seen": place.seen | _seen(acts)})
        else:
            high = max(place.high, last) if last is not None else place.high
            seen = place.seen | _seen(acts) | {_digest(f"{each.ticket}@{each.stamp}"): _secs(each.at) for each in new}
            next_ = self._next(place, high, following, seen)
            if not following:
                return Page(self._raws(acts), None if next_ == place else cursor_of(next_), pause=self._poll)
        return Page(self._raws(acts), cursor_of(next_), more=True)

    async def _acts(self, tickets: Sequence[Changed], begin: datetime, place: _Place) -> list[tuple[str, Act]]:
        each = await asyncio.gather(*(self._changes.acts(changed, begin) for changed in tickets))
        pairs = [(changed.ticket, act) for changed, acts in zip(tickets, each, strict=True) for act in acts]
        fresh = [pair for pair in pairs if pair[1].at >= begin and _digest(pair[1].key) not in place.seen]
        return sorted(fresh, key=lambda pair: pair[1].at)

    def _next(self, place: _Place, high: datetime, following: str, seen: Mapping[str, int]) -> _Place:
        if following:
            return _Place(since=place.since, high=high, page=following, seen=dict(seen))
        kept = sorted(seen.items(), key=lambda item: item[1])[-MOST_SEEN:]
        oldest = _secs(high - self._overlap)
        return _Place(since=high, high=high, seen={digest: at for digest, at in kept if at >= oldest})

    def _raws(self, acts: Iterable[tuple[str, Act]]) -> tuple[Raw, ...]:
        return tuple(self._raw(ticket, act) for ticket, act in acts)

    def _raw(self, ticket: str, act: Act) -> Raw:
        body = as_json(act.body)
        now = self._clock.now()
        return Raw(self._source, STREAM, Key(act.key), ticket, body, "application/json", now, len(body))


def _seen(acts: Iterable[tuple[str, Act]]) -> dict[str, int]:
    return {_digest(act.key): _secs(act.at) for _, act in acts}


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:12]


def _secs(at: datetime) -> int:
    return int(at.astimezone(UTC).timestamp())
