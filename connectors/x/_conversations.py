"""Which public conversations are looked at for what others than the asker write into them, and when; pure.

The conversations come from the cursor of the mentions; many are asked for in one search.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from connectors.x._ids import OVERLAP, earlier, id_at, number, time_of
from connectors.x._mentions import SEARCHED, Thread
from connectors.x._raws import author_of
from gateway.ports import Cursor

LONGEST_QUERY = 512
"""Characters of a query that every access to search takes."""


@dataclass(frozen=True, slots=True)
class Walk:
    """A look at some conversations that takes several pages; `began` is the id of its time."""

    ids: tuple[int, ...]
    since: int
    began: int
    token: str | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where the stream stands: up to which id each conversation was looked at."""

    looked: Mapping[int, int] = field(default_factory=dict)
    walk: Walk | None = None

    @classmethod
    def of(cls, cursor: Cursor | None) -> Place:
        """Read a cursor; what is none of ours is the beginning."""
        try:
            value = json.loads(cursor or "")
            walk = value["walk"]
            looked = {int(each): int(upto) for each, upto in value["looked"].items()}
            return cls(looked, None if walk is None else Walk(tuple(walk[0]), *walk[1:]))
        except (ValueError, TypeError, LookupError, AttributeError):
            return cls()

    @property
    def cursor(self) -> Cursor:
        """The place as a cursor."""
        walk = None if self.walk is None else astuple(self.walk)
        return Cursor(json.dumps({"looked": self.looked, "walk": walk}, separators=(",", ":")))

    def begun(self, threads: Sequence[Thread], now: datetime, every: timedelta, handle: str) -> Place:
        """Return the place with a look under way, if one is due; without conversations that are over."""
        if self.walk is not None:
            return self
        looked = {
            each.conversation: self.looked[each.conversation] for each in threads if each.conversation in self.looked
        }
        place = replace(self, looked=looked)
        due = sorted(
            (since, each.conversation) for each in threads if (since := place._due(each, now, every)) is not None
        )
        ids: list[int] = []
        for _, conversation in due:
            if len(query([*ids, conversation], handle)) > LONGEST_QUERY:
                break
            ids.append(conversation)
        if not ids:
            return place
        since = max(due[0][0], id_at(now - SEARCHED))
        return replace(place, walk=Walk(tuple(ids), since, id_at(now)))

    def _due(self, thread: Thread, now: datetime, every: timedelta) -> int | None:
        """Return after which id a conversation is to be looked at now; None when it need not be yet."""
        looked = self.looked.get(thread.conversation)
        if looked is None:
            return thread.post
        return looked if time_of(looked) + OVERLAP + every <= now else None

    def pause(self, now: datetime, every: timedelta) -> timedelta:
        """Return how long nothing is due."""
        nexts = [time_of(looked) + OVERLAP + every - now for looked in self.looked.values()]
        return min(max(min(nexts, default=every), timedelta(0)), every)

    def after(self, token: str | None) -> Place:
        """Return the place after a page of a look."""
        walk = self.walk
        if walk is None or token is not None:
            return replace(self, walk=None if walk is None else replace(walk, token=token))
        # What is younger than the overlap is looked at again: the index may be late.
        upto = earlier(walk.began, OVERLAP)
        return Place({**self.looked, **{each: max(upto, self.looked.get(each, 0)) for each in walk.ids}}, None)

    def without_token(self) -> Place:
        """Return the place after a token was refused: the look begins anew."""
        return replace(self, walk=None)


def query(conversations: Sequence[int], handle: str) -> str:
    """Return the search for all that others than us write into these conversations."""
    terms = " OR ".join(f"conversation_id:{each}" for each in conversations)
    return f"({terms}) -from:{handle}"


def others(items: Sequence[Any], threads: Sequence[Thread], own: str) -> list[Any]:
    """Return what neither the asker wrote nor speaks to us: that comes with the mentions."""
    askers = {each.conversation: each.asker for each in threads}
    return [item for item in items if not _is_askers(item, askers) and not _mentions(item, own)]


def _is_askers(item: Any, askers: Mapping[int, str]) -> bool:
    if not isinstance(item, dict):
        return False
    conversation = number(item.get("conversation_id"))
    return conversation is not None and askers.get(conversation, "") == author_of(item)


def _mentions(item: Any, own: str) -> bool:
    entities = item.get("entities") if isinstance(item, dict) else None
    named = entities.get("mentions") if isinstance(entities, dict) else None
    return isinstance(named, list) and any(isinstance(each, dict) and each.get("id") == own for each in named)
