"""How direct messages are walked: the platform takes no `since_id`, so from the newest down to what is ours; pure.

The walk outlives restarts in its cursor, for a window of calls may end before it does.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from connectors.x._ids import OVERLAP, earlier, id_at, recent, remembered
from connectors.x._raws import id_of
from gateway.ports import Cursor

FAR = 15
"""A walk of more pages than one window of calls holds: operators are told."""


@dataclass(frozen=True, slots=True)
class Walk:
    """A walk under way, down to `floor`; `again` counts how often it had to begin anew."""

    floor: int
    newest: int = 0
    pages: int = 0
    token: str | None = None
    again: int = 0


@dataclass(frozen=True, slots=True)
class Place:
    """Where the stream stands. All up to `done` is ours; `seen` are the ids of the overlap."""

    done: int | None = None
    walk: Walk | None = None
    seen: tuple[int, ...] = ()

    @classmethod
    def of(cls, cursor: Cursor | None) -> Place:
        """Read a cursor; what is none of ours is the beginning."""
        try:
            value = json.loads(cursor or "")
            walk = value["walk"]
            return cls(value["done"], None if walk is None else Walk(*walk), tuple(value["seen"]))
        except (ValueError, TypeError, LookupError):
            return cls()

    @property
    def cursor(self) -> Cursor:
        """The place as a cursor."""
        walk = self.walk
        value = {
            "done": self.done,
            "walk": None if walk is None else [walk.floor, walk.newest, walk.pages, walk.token, walk.again],
            "seen": self.seen,
        }
        return Cursor(json.dumps(value, separators=(",", ":")))

    @property
    def token(self) -> str | None:
        """What the next page is asked for with; None for the newest."""
        return None if self.walk is None else self.walk.token

    def started(self, now: datetime, first: timedelta) -> Place:
        """Return the place with a walk under way."""
        if self.walk is not None:
            return self
        return replace(self, walk=Walk(id_at(now - first) if self.done is None else earlier(self.done, OVERLAP)))

    def fresh(self, items: Sequence[Any]) -> list[Any]:
        """Return the items of a page that are neither older than the walk goes, nor given out in the overlap before."""
        floor = 0 if self.walk is None else self.walk.floor
        return [item for item in items if (each := id_of(item)) is None or (each > floor and each not in self.seen)]

    def after(self, items: Sequence[Any], token: str | None) -> Place:
        """Return the place after a page of a walk."""
        was = self.walk or Walk(0)
        ids = [each for item in items if (each := id_of(item)) is not None]
        newest = max((was.newest, *ids))
        if token is not None and not (ids and min(ids) <= was.floor):
            walk = replace(was, newest=newest, pages=was.pages + 1, token=token)
            return replace(self, walk=walk, seen=remembered({*self.seen, *recent(ids, newest)}))
        done = max(newest, was.floor if self.done is None else self.done)
        return Place(done, None, remembered(recent({*self.seen, *ids}, done)))

    def anew(self) -> Place:
        """Return the place after a token was refused: nothing but the newest page can be asked for."""
        if self.walk is None:
            return self
        return replace(self, walk=replace(self.walk, token=None, pages=0, again=self.walk.again + 1))
