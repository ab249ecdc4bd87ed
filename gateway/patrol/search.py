"""How a search goes round its candidates: so many a run, from where it stood, the likely ones more often. Pure.

Each search has two rounds that go on side by side, one over the likely candidates and one over the rest; each gets half
of the budget, and what one leaves over the other. A round that has come to its end begins anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from gateway.patrol.handles import Candidate
from gateway.patrol.values import BEGINNING, Place

LIKELY = 0.6
"""From this plausibility on a candidate belongs to the round of the likely ones."""
_ROUNDS = ("likely", "rest")


class Due(NamedTuple):
    """A candidate whose turn it is, of which round, and where that round stands once it was looked up."""

    candidate: Candidate
    round: str
    place: Place


class _Best:
    """The first few of many candidates in their order, each name once; the others are let go as they come."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: list[Candidate] = []
        self._last: tuple[float, str] | None = None
        """Where the last one stands that is kept at all, once there are enough."""

    def add(self, candidate: Candidate, stands: tuple[float, str]) -> None:
        if self._last is not None and stands > self._last:
            return
        self._kept.append(candidate)
        if len(self._kept) > 4 * self._most:
            self._kept = self.all()
            self._last = self._kept[-1].key if len(self._kept) == self._most else None

    def all(self) -> list[Candidate]:
        best: dict[str, Candidate] = {}
        for each in sorted(self._kept, key=lambda each: each.key):
            best.setdefault(each.value, each)
        return list(best.values())[: self._most]


class _Round:
    """One round: where it stands, what comes after that, and what comes first, should it have to begin anew."""

    def __init__(self, name: str, place: Place, budget: int) -> None:
        self._name = name
        self._stands = (-place.plausibility, place.value)
        self.turns = place.turns
        self._after, self._first = _Best(budget), _Best(budget)

    def add(self, candidate: Candidate) -> None:
        stands = candidate.key
        self._first.add(candidate, stands)
        if stands > self._stands:
            self._after.add(candidate, stands)

    def due(self, count: int) -> list[Due]:
        after = self._after.all()[:count]
        known = {each.value for each in after}
        again = [each for each in self._first.all() if each.value not in known][: count - len(after)]
        return [self._due(each, self.turns) for each in after] + [self._due(each, self.turns + 1) for each in again]

    def _due(self, candidate: Candidate, turns: int) -> Due:
        return Due(candidate, self._name, Place(candidate.alike.plausibility, candidate.value, turns))


def due(search: str, candidates: Iterable[Candidate], places: Mapping[str, Place], budget: int) -> list[Due]:
    """Return whose turn it is, at most `budget`; of the candidates, however many, only so many are kept."""
    if budget <= 0:
        return []
    names = rounds_of(search)
    likely, rest = (_Round(name, places.get(name, BEGINNING), budget) for name in names)
    for each in candidates:
        (likely if each.alike.plausibility >= LIKELY else rest).add(each)
    # Who is behind gets the odd one, so that with a budget of one neither waits for ever.
    half = (budget + (likely.turns <= rest.turns)) // 2
    found = likely.due(max(half, budget - len(rest.due(budget))))
    return found + rest.due(budget - len(found))


def rounds_of(search: str) -> tuple[str, str]:
    """Return the names under which the places of a search's rounds are kept."""
    first, second = _ROUNDS
    return f"{search}/{first}", f"{search}/{second}"
