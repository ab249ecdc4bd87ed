"""Finds the terms of one file in a folded text, fast: all pieces in one pass, then what they make together. Pure.

Not here: how terms are written (`terms`), what they count together (`scoring`).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import ahocorasick

from gateway.triage.fold import EAST
from gateway.triage.terms import Atom, Term, Unit

WINDOW, WINDOW_EAST = 150, 60
"""So near, in characters, stands what belongs together."""
STEPS, REACH, REACH_EAST = 8, 70, 20
"""After so many words and characters at most follows what is to follow."""
_MOST_PLACES = 6
"""Places of one piece that are looked at: who repeats a word a hundred times says it once."""
_END = re.compile(r"[.!?;]\s")
_END_EAST = re.compile(r"[。!?;]")
_EASTERN = re.compile(f"[{EAST}]")
_FIRST_EASTERN = "\u1100"
"""Characters from here on have no bounds of words; the letters before do."""
_ARABIC = ("\u0600", "\u06ff")
_PREFIXES = frozenset(
    "و ف ب ل ك ال وال فال بال كال لل ولل فلل وب ول فب فل وبال س وس ه ت ي ن ا وت وي ون".split()  # noqa: SIM905
)
"""What Arabic writes together with the word behind it: and, so, with, for, as, the; will; I, you, he, she, we."""

Place = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Hit:
    """A term that was found: where it begins, and the pieces of it as the text has them."""

    term: Term
    start: int
    pieces: tuple[str, ...]


class Lexicon:
    """The terms of one file, ready to be found."""

    def __init__(self, terms: Iterable[Term], *, eastern: bool = False, arabic: bool = False) -> None:
        self._window = WINDOW_EAST if eastern else WINDOW
        self._arabic = arabic
        self._units: dict[Unit, int] = {}
        self._single: dict[int, list[Term]] = defaultdict(list)
        self._compound: dict[int, list[tuple[Term, tuple[tuple[int, ...], ...], tuple[int, ...]]]] = defaultdict(list)
        for term in terms:
            chains = tuple(tuple(self._unit(unit) for unit in chain) for chain in term.chains)
            excluded = tuple(self._unit(unit) for unit in term.excluded)
            if len(chains) == 1 and len(chains[0]) == 1 and not excluded:
                self._single[chains[0][0]].append(term)
            else:
                # Its last piece says what happened, and is met less often than the noun before it.
                self._compound[chains[-1][-1]].append((term, chains, excluded))
        self._automaton = self._built()

    def _unit(self, unit: Unit) -> int:
        return self._units.setdefault(unit, len(self._units))

    def _built(self) -> ahocorasick.Automaton | None:
        named: dict[str, dict[Atom, list[int]]] = defaultdict(lambda: defaultdict(list))
        for unit, number in self._units.items():
            for atom in unit:
                named[atom.text][atom].append(number)
        automaton = ahocorasick.Automaton()
        for text, atoms in named.items():
            ways = tuple(
                (
                    atom.open_left or text[0] >= _FIRST_EASTERN,
                    atom.open_right or text[-1] >= _FIRST_EASTERN,
                    tuple(numbers),
                )
                for atom, numbers in atoms.items()
            )
            automaton.add_word(text, (len(text), ways))
        if not len(automaton):
            return None
        automaton.make_automaton()
        return automaton

    def find(self, text: str) -> list[Hit]:
        """Return every term that a folded text holds, once each."""
        places = self._places(text)
        hits = [
            Hit(term, where[0][0], (text[slice(*where[0])],))
            for number, where in places.items()
            for term in self._single.get(number, ())
        ]
        for number in places.keys() & self._compound.keys():
            for term, chains, excluded in self._compound[number]:
                found = self._together(text, chains, places)
                if found and not self._near(found[0][0], excluded, places):
                    hits.append(Hit(term, found[0][0], tuple(text[start:end] for start, end in found)))
        return hits

    def _places(self, text: str) -> dict[int, list[Place]]:
        """Return where the pieces stand, by the number of their unit."""
        places: dict[int, list[Place]] = {}
        if self._automaton is None:
            return places
        size = len(text)
        for last, (length, ways) in self._automaton.iter(text):
            end = last + 1
            start = end - length
            begins = start == 0 or not _joins(text[start - 1]) or (self._arabic and _prefixed(text, start))
            ends = end == size or not _joins(text[end])
            for open_left, open_right, numbers in ways:
                if (begins or open_left) and (ends or open_right):
                    for number in numbers:
                        where = places.setdefault(number, [])
                        if len(where) < _MOST_PLACES:
                            where.append((start, end))
        return places

    def _together(
        self, text: str, chains: Sequence[Sequence[int]], places: dict[int, list[Place]]
    ) -> list[Place] | None:
        """Return where the pieces of all chains stand, near to one another; None when they do not."""
        if any(number not in places for chain in chains for number in chain):
            return None
        found: list[list[Place]] = [[]]
        for chain in chains:
            ways = list(self._runs(text, chain, places))
            found = [[*known, *way] for known in found for way in ways if self._is_near(known, way)][:_MOST_PLACES]
        return found[0] if found else None

    def _is_near(self, known: Sequence[Place], way: Sequence[Place]) -> bool:
        return not known or abs(known[0][0] - way[0][0]) <= self._window

    def _runs(self, text: str, chain: Sequence[int], places: dict[int, list[Place]]) -> Iterator[list[Place]]:
        """Yield where a chain stands: each piece soon after the one before."""
        for first in places[chain[0]]:
            run = [first]
            for number in chain[1:]:
                end = run[-1][1]
                after = next((each for each in places[number] if each[0] >= end and _follows(text, end, each[0])), None)
                if after is None:
                    break
                run.append(after)
            else:
                yield run

    def _near(self, start: int, excluded: Sequence[int], places: dict[int, list[Place]]) -> bool:
        return any(abs(start - place[0]) <= self._window for number in excluded for place in places.get(number, ()))


def _joins(character: str) -> bool:
    """Whether a word goes on over this character."""
    return character < _FIRST_EASTERN and character.isalnum()


def _prefixed(text: str, start: int) -> bool:
    """Whether nothing but prefixes stands between the beginning of an Arabic word and here."""
    begin = start
    while begin and start - begin <= 4 and _ARABIC[0] <= text[begin - 1] <= _ARABIC[1]:
        begin -= 1
    return text[begin:start] in _PREFIXES


def _follows(text: str, end: int, start: int) -> bool:
    if start - end > REACH:
        return False
    between = text[end:start]
    if _EASTERN.search(between):
        return len(between) <= REACH_EAST and _END_EAST.search(between) is None
    return between.count(" ") <= STEPS and _END.search(between) is None
