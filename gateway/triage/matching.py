"""Finds the terms of one file in a folded text, fast: all pieces in one pass, then what they make together. Pure.

Not here: how terms are written (`terms`), what they count together (`scoring`).
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

import ahocorasick

from gateway.triage.terms import Term, Unit

WINDOW, WINDOW_EAST = 150, 60
"""So near, in characters, stands what belongs together."""
STEPS, REACH, REACH_EAST = 8, 70, 24
"""After so many words and characters at most follows what is to follow."""
_MOST_PLACES = 6
"""Places of one piece that are looked at: who repeats a word a hundred times says it once."""
_END = re.compile(r"[.!?;]\s")
_END_EAST = re.compile(r"[。!?;]")
_FIRST_EASTERN = "\u1100"
"""Characters from here on have no bounds of words; the letters before do."""
_ARABIC = ("\u0600", "\u06ff")
_PREFIXES = frozenset(
    "و ف ب ل ك ال وال فال بال كال لل ولل فلل وب ول فب فل وبال س وس ه ت ي ن ا وت وي ون".split()  # noqa: SIM905
)
"""What Arabic writes together with the word behind it: and, so, with, for, as, the; will; I, you, he, she, we."""

Place = tuple[int, int]


Hit = tuple[str, float, int, tuple[str, ...]]
"""A term that was found: what it speaks for, its points, where it begins, and its pieces as the text has them."""
_Said = tuple[tuple[str, float], ...]


class _Compound(NamedTuple):
    """A term of several units, by their numbers."""

    table: str
    points: float
    chains: tuple[tuple[int, ...], ...]
    excluded: tuple[int, ...]
    others: tuple[int, ...]
    """The units of its chains beside the one that it is looked for by."""


_LEFT, _RIGHT, _BITS = 1, 2, 2
"""Of a way to be found: whether the word may have begun before, and may go on; above these bits stands the unit."""


class Lexicon:
    """The terms of one file, ready to be found; small, since a node may hold those of every language."""

    def __init__(self, terms: Iterable[Term], *, eastern: bool = False, arabic: bool = False) -> None:
        self._eastern = eastern
        self._window, self._reach = (WINDOW_EAST, REACH_EAST) if eastern else (WINDOW, REACH)
        self._arabic = arabic
        numbers: dict[Unit, int] = {}
        single: dict[int, _Said] = {}
        compound: dict[int, tuple[_Compound, ...]] = {}
        for term in terms:
            chains = tuple(tuple(numbers.setdefault(unit, len(numbers)) for unit in chain) for chain in term.chains)
            excluded = tuple(numbers.setdefault(unit, len(numbers)) for unit in term.excluded)
            # Looked for where its unit of the fewest pieces was found: of the many, some are in most messages.
            key = numbers[min((unit for chain in term.chains for unit in chain), key=len)]
            others = tuple({number for chain in chains for number in chain} - {key})
            if len(chains) == 1 and len(chains[0]) == 1 and not excluded:
                single[key] = (*single.get(key, ()), (term.table, term.points))
            else:
                made = _Compound(term.table, term.points, chains, excluded, others)
                compound[key] = (*compound.get(key, ()), made)
        # Few combinations are said of many words: each is kept once.
        kept: dict[_Said, _Said] = {}
        self._single = [kept.setdefault(each, each) for each in (single.get(n, ()) for n in range(len(numbers)))]
        self._compound = [compound.get(n, ()) for n in range(len(numbers))]
        self._lengths = array("L")
        self._ways: list[tuple[int, ...]] = []
        """Of each piece: the units that it belongs to, each with how the word may go on."""
        self._automaton = self._built(numbers)

    def _built(self, numbers: Mapping[Unit, int]) -> ahocorasick.Automaton | None:
        named: dict[str, list[int]] = {}
        for unit, number in numbers.items():
            for text, open_left, open_right in unit:
                left = _LEFT * (open_left or text[0] >= _FIRST_EASTERN)
                right = _RIGHT * (open_right or text[-1] >= _FIRST_EASTERN)
                named.setdefault(text, []).append(number << _BITS | left | right)
        automaton = ahocorasick.Automaton(ahocorasick.STORE_INTS)
        # The pieces of a set belong to the same units: these are kept once.
        kept: dict[tuple[int, ...], tuple[int, ...]] = {}
        for place, (text, ways) in enumerate(named.items()):
            automaton.add_word(text, place)
            self._lengths.append(len(text))
            self._ways.append(kept.setdefault(tuple(ways), tuple(ways)))
        if not len(automaton):
            return None
        automaton.make_automaton()
        return automaton

    def find(self, text: str) -> Iterator[Hit]:
        """Yield every term that a folded text holds, once each."""
        places = self._places(text)
        for number, where in places.items():
            for table, points in self._single[number]:
                start, end = where[0]
                yield table, points, start, (text[start:end],)
            for table, points, chains, excluded, others in self._compound[number]:
                for other in others:
                    if other not in places:
                        break
                else:
                    found = self._together(text, chains, places)
                    if found and not (excluded and self._near(found[0][0], excluded, places)):
                        yield table, points, found[0][0], tuple([text[start:end] for start, end in found])

    def _places(self, text: str) -> dict[int, list[Place]]:
        """Return where the pieces stand, by the number of their unit."""
        places: dict[int, list[Place]] = {}
        if self._automaton is None:
            return places
        lengths, ways = self._lengths, self._ways
        padded = f" {text} "
        for last, word in self._automaton.iter(text):
            end = last + 1
            start = end - lengths[word]
            # The character before a piece and the one behind it, in the padded text.
            before, behind = padded[start], padded[end + 1]
            begins = before >= _FIRST_EASTERN or not before.isalnum() or (self._arabic and _prefixed(text, start))
            closes = behind >= _FIRST_EASTERN or not behind.isalnum()
            bounds = (0 if begins else _LEFT) | (0 if closes else _RIGHT)
            for way in ways[word]:
                if not bounds & ~way:
                    where = places.get(way >> _BITS)
                    if where is None:
                        places[way >> _BITS] = [(start, end)]
                    elif len(where) < _MOST_PLACES:
                        where.append((start, end))
        return places

    def _together(
        self, text: str, chains: Sequence[Sequence[int]], places: dict[int, list[Place]]
    ) -> list[Place] | None:
        """Return where the pieces of all chains, all of which are there, stand near to one another; None if not."""
        if len(chains) == 1:
            return next(self._runs(text, chains[0], places), None)
        found: list[list[Place]] = [[]]
        for chain in chains:
            ways = list(self._runs(text, chain, places))
            found = [[*known, *way] for known in found for way in ways if self._is_near(known, way)][:_MOST_PLACES]
        return found[0] if found else None

    def _is_near(self, known: Sequence[Place], way: Sequence[Place]) -> bool:
        return not known or abs(known[0][0] - way[0][0]) <= self._window

    def _runs(self, text: str, chain: Sequence[int], places: dict[int, list[Place]]) -> Iterator[list[Place]]:
        """Yield where a chain stands: each piece soon after the one before."""
        reach = self._reach
        for first in places[chain[0]]:
            run = [first]
            for number in chain[1:]:
                end = run[-1][1]
                for after in places[number]:
                    if end <= after[0] <= end + reach and self._follows(text[end : after[0]]):
                        run.append(after)
                        break
                else:
                    break
            else:
                yield run

    def _follows(self, between: str) -> bool:
        if self._eastern:
            return _END_EAST.search(between) is None
        return between.count(" ") <= STEPS and _END.search(between) is None

    def _near(self, start: int, excluded: Sequence[int], places: dict[int, list[Place]]) -> bool:
        return any(abs(start - place[0]) <= self._window for number in excluded for place in places.get(number, ()))


def _prefixed(text: str, start: int) -> bool:
    """Whether nothing but prefixes stands between the beginning of an Arabic word and here."""
    begin = start
    while begin and start - begin <= 4 and _ARABIC[0] <= text[begin - 1] <= _ARABIC[1]:
        begin -= 1
    return text[begin:start] in _PREFIXES
