"""Looks look-alikes up within a budget: first those that are known, then the candidates whose turn it is.

After what could not be told, something that is known to be there is asked for: when that is told, the platform or the
DNS merely tells nothing of such names, and the search goes on; else it stops, and those names keep their turn.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from gateway.patrol.handles import Candidate
from gateway.patrol.ports import Failed
from gateway.patrol.search import Due, due, rounds_of
from gateway.patrol.values import ABSENT, THERE, Coverage, Kind, Memory, Place, Seen, Subject, Unseen

CHUNK = 50
"""So many names are looked up before anything else is thought of."""

Facts = Mapping[str, str]
Found = Facts | Failed
"""What there is of a name (its `state` tells whether it is there at all), or why that is not known."""


@dataclass(frozen=True, slots=True)
class Search:
    """One search: over the handles of a platform, or over domains.

    `look` returns what there is of each candidate; `alive` whether something that is known to be there is told now.
    """

    name: str
    kind: Kind
    platform: str
    budget: int
    candidates: Callable[[], Iterable[Candidate]]
    look: Callable[[Sequence[Candidate]], Awaitable[Mapping[str, Found]]]
    alive: Callable[[], Awaitable[bool]]

    def subject(self, value: str) -> Subject:
        """Return what a candidate is remembered as."""
        return Subject(self.kind, value, self.platform)


@dataclass(slots=True)
class Swept:
    """What a search found, and how far it came."""

    seen: dict[Subject, Seen] = field(default_factory=dict)
    places: dict[str, Place] = field(default_factory=dict)
    looked_up: int = 0
    untold: int = 0
    unseen: list[Unseen] = field(default_factory=list)


async def sweep(search: Search, memory: Memory, now: datetime) -> tuple[Swept, Coverage]:
    """Look up as many names as the budget allows."""
    swept = Swept()
    known = _known(search, memory)[: max(search.budget // 2, 1) if search.budget else 0]
    going = await _go(search, known, swept, memory, now)
    budget = search.budget - len(known) if going else 0
    # Thinking of them takes a moment, in which the rest of the process has to go on.
    dues = await asyncio.to_thread(_unknown, search, memory, budget)
    for start in range(0, len(dues), CHUNK):
        chunk = dues[start : start + CHUNK]
        if not await _go(search, [each.candidate for each in chunk], swept, memory, now):
            break
        swept.places.update({each.round: each.place for each in chunk})
    found = sum(each.facts.get("state") == THERE for each in swept.seen.values())
    places = {**memory.places, **swept.places}
    turns = min(places[name].turns if name in places else 0 for name in rounds_of(search.name))
    return swept, Coverage(search.name, swept.looked_up, found, swept.untold, turns)


def _known(search: Search, memory: Memory) -> list[Candidate]:
    """Return the look-alikes that are known, those first that were not looked at for longest."""
    own = [
        each
        for subject, each in memory.seen.items()
        if (subject.kind, subject.platform) == (search.kind, search.platform)
    ]
    return [
        Candidate(each.subject.value, each.alike)
        for each in sorted(own, key=lambda each: each.at)
        if each.alike is not None
    ]


def _unknown(search: Search, memory: Memory, budget: int) -> list[Due]:
    fresh = (each for each in search.candidates() if search.subject(each.value) not in memory.seen)
    return due(search.name, fresh, memory.places, budget)


async def _go(search: Search, candidates: Sequence[Candidate], swept: Swept, memory: Memory, now: datetime) -> bool:
    """Look up some names; return False when the search has to stop, because nothing is told at all."""
    if not candidates:
        return True
    told = await search.look(candidates)
    failed = [each for each in told.values() if isinstance(each, Failed)]
    going = not failed or await search.alive()
    for each in candidates:
        subject, facts = search.subject(each.value), told[each.value]
        is_known = subject in memory.seen
        if isinstance(facts, Failed):
            swept.untold += going
            # Without a fact it stays as it was, but it has had its turn.
            facts = {}
        else:
            swept.looked_up += 1
        if is_known or facts.get("state", ABSENT) != ABSENT:
            swept.seen[subject] = Seen(subject, each.alike.brand, facts, now, now, each.alike)
    if not going:
        swept.unseen.append(Unseen(search.name, failed[0].reason))
    return going
