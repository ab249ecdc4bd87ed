"""How mentions are walked: which page comes next after a stored cursor, and the cursor after it; pure.

The platform gives newest first, so older pages come after newer ones; within a page all is oldest first. `since` moves
only with the last page of a walk. The timeline shows at each request the newest 800 mentions alone: what it may
not have reached is a gap, in the cursor until search filled it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from connectors.x._ids import OVERLAP, earlier, id_at, number, recent, remembered, time_of
from connectors.x._raws import author_of, id_of
from gateway.ports import Cursor

SEARCHED = timedelta(days=7) - timedelta(minutes=10)
"""Search reaches a week back; it refuses what is older, by its own clock."""
REFUSED = timedelta(days=7) - timedelta(minutes=2)
"""What was within reach is asked for again until it is this old: so a gap is cut once in a while, not on every page."""
FILLS = 8
"""After so many pages of a gap news are looked for again."""
MOST_THREADS = 200


@dataclass(frozen=True, slots=True)
class Ask:
    """One page to be asked for: `since` and `until` are exclusive; by search, or of the timeline."""

    since: int
    until: int | None = None
    token: str | None = None
    search: bool = False


@dataclass(frozen=True, slots=True)
class Walk:
    """A walk under way, from the newest (or from `until`, where a token was refused) down to `since`."""

    since: int
    newest: int = 0
    oldest: int | None = None
    pages: int = 0
    token: str | None = None
    until: int | None = None


@dataclass(frozen=True, slots=True)
class Gap:
    """What the timeline may not have reached, between two posts; search has filled what is above `oldest`."""

    since: int
    until: int
    oldest: int
    token: str | None = None


@dataclass(frozen=True, slots=True)
class Thread:
    """A public conversation that mentions us: when last, and whose post was the first to do so."""

    conversation: int
    at: int
    asker: str
    post: int


@dataclass(frozen=True, slots=True)
class Place:
    """Where the stream stands. All up to `since` is ours, but for the gaps; `seen` are the ids of the overlap.

    `fills` pages of gaps are read before the next look for news.
    """

    since: int | None = None
    walk: Walk | None = None
    gaps: tuple[Gap, ...] = ()
    fills: int = 0
    seen: tuple[int, ...] = ()
    threads: tuple[Thread, ...] = ()

    @classmethod
    def of(cls, cursor: Cursor | None) -> Place:
        """Read a cursor; what is none of ours is the beginning."""
        try:
            value = json.loads(cursor or "")
            walk = value["walk"]
            return cls(
                since=value["since"],
                walk=None if walk is None else Walk(*walk),
                gaps=tuple(Gap(*each) for each in value["gaps"]),
                fills=value["fills"],
                seen=tuple(value["seen"]),
                threads=tuple(Thread(*each) for each in value["threads"]),
            )
        except (ValueError, TypeError, LookupError):
            return cls()

    @property
    def cursor(self) -> Cursor:
        """The place as a cursor."""
        walk = self.walk
        value = {
            "since": self.since,
            "walk": None if walk is None else list(astuple(walk)),
            "gaps": [list(astuple(each)) for each in self.gaps],
            "fills": self.fills,
            "seen": self.seen,
            "threads": [list(astuple(each)) for each in self.threads],
        }
        return Cursor(json.dumps(value, separators=(",", ":")))

    @property
    def more(self) -> bool:
        """Whether there is more to be fetched at once."""
        return self.walk is not None or bool(self.gaps)

    def within_search(self, now: datetime) -> tuple[Place, tuple[Gap, ...]]:
        """Return the place without what search does not reach any more, and what of its gaps is lost by that."""
        floor, refused = id_at(now - SEARCHED), id_at(now - REFUSED)
        cut = tuple(each for each in self.gaps if each.since < refused)
        lost = tuple(replace(each, until=min(each.oldest, floor + 1), token=None) for each in cut)
        left = tuple(
            Gap(floor, each.oldest, each.oldest) if each in cut else each
            for each in self.gaps
            if each not in cut or each.oldest > floor + 1
        )
        return replace(self, gaps=left), lost

    def ask(self, now: datetime, first: timedelta) -> Ask:
        """Return what to ask for next; polls and gaps take turns, so that no gap keeps news waiting."""
        if self.walk is not None:
            return Ask(self.walk.since, self.walk.until, self.walk.token)
        if self.gaps and self.fills:
            gap = self.gaps[0]
            return Ask(gap.since, gap.until, gap.token, search=True)
        return Ask(id_at(now - first) if self.since is None else earlier(self.since, OVERLAP))

    def without_token(self) -> Place:
        """Return the place after a token was refused: it goes on by ids, below what it had."""
        if self.walk is None:
            return replace(self, gaps=tuple(Gap(each.since, each.oldest, each.oldest) for each in self.gaps))
        return replace(self, walk=replace(self.walk, token=None, until=self.walk.oldest))

    def fresh(self, items: Sequence[Any]) -> list[Any]:
        """Return the items of a page that were not given out in the overlap before."""
        return [item for item in items if id_of(item) not in self.seen]

    def after(self, ask: Ask, items: Sequence[Any], token: str | None) -> Place:
        """Return the place after a page."""
        ids = [each for item in items if (each := id_of(item)) is not None]
        return self._filled(ask, ids, token) if ask.search else self._walked(ask, ids, token)

    def _walked(self, ask: Ask, ids: Sequence[int], token: str | None) -> Place:
        was = self.walk or Walk(ask.since)
        oldest = min(ids, default=was.oldest)
        walk = replace(was, newest=max((was.newest, *ids)), oldest=oldest, pages=was.pages + 1, token=token)
        if token is not None:
            return replace(self, walk=walk, seen=remembered({*self.seen, *recent(ids, walk.newest)}))
        since = max(walk.newest, ask.since if self.since is None else self.since)
        gaps = self.gaps
        reached = walk.since if self.since is None else self.since
        if walk.pages > 1 and walk.oldest is not None and walk.oldest > reached:
            # Perhaps it ended where the timeline does, not where we were: what came between two pages pushes older ones
            # out of reach, however few were read. (A first page shows all, or names a next one.) Search tells, and
            # one that finds nothing costs nothing.
            gaps = (*gaps, Gap(walk.since, walk.oldest, walk.oldest))
        seen = remembered(recent({*self.seen, *ids}, since))
        return replace(self, since=since, walk=None, gaps=gaps, fills=FILLS if gaps else 0, seen=seen)

    def _filled(self, ask: Ask, ids: Sequence[int], token: str | None) -> Place:
        gap, rest = self.gaps[0], self.gaps[1:]
        if token is None:
            return replace(self, gaps=rest, fills=self.fills - 1)
        filled = replace(gap, oldest=min((gap.oldest, *ids)), token=token)
        return replace(self, gaps=(filled, *rest), fills=self.fills - 1)

    def with_threads(self, items: Sequence[Any], own: str, oldest: datetime) -> Place:
        """Return the place with the conversations of these posts; those last mentioning us before `oldest` leave."""
        threads = {each.conversation: each for each in self.threads}
        for item in items:
            if (found := _thread(item, own)) is None:
                continue
            was = threads.get(found.conversation, found)
            first = min(was, found, key=lambda each: each.post)
            threads[found.conversation] = replace(first, at=max(was.at, found.at))
        kept = sorted((each for each in threads.values() if each.at >= oldest.timestamp()), key=lambda each: -each.at)
        return replace(self, threads=tuple(kept[:MOST_THREADS]))


def _thread(item: Any, own: str) -> Thread | None:
    """Return the conversation of somebody's post; a post that speaks of none is one of its own."""
    author, post = author_of(item), id_of(item)
    if author is None or author == own or post is None or not isinstance(item, Mapping):
        return None
    conversation = number(item.get("conversation_id")) or post
    try:
        return Thread(conversation, int(time_of(post).timestamp()), author, post)
    except OverflowError:
        return None
