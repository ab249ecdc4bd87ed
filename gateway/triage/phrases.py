"""Which of many phrases stand in a text, as words of their own, however they are written. Pure.

A text is read once, however many phrases there are.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

import ahocorasick

from gateway.triage.fold import EAST, fold

LOOKED_AT = 20_000
"""So many characters of a text are looked at, the first."""
_UNSPACED = f"{EAST}\u0e00-\u0e7f"
"""Writings whose words stand beside each other without spaces, or do so once they are folded; and Thai."""
_WORD = re.compile(rf"(?:(?=[^\W_])[{_UNSPACED}])+|[^\W_{_UNSPACED}]+")
_IS_UNSPACED = re.compile(f"[{_UNSPACED}]")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Phrases(Generic[T]):
    """Phrases with what each stands for."""

    known: tuple[tuple[str, T], ...] = ()
    _places: ahocorasick.Automaton | None = field(default=None, compare=False, repr=False)
    """Finds phrases as they are compared, as the places that they have in `known`."""

    @classmethod
    def of(cls, phrases: Iterable[tuple[str, T]]) -> Phrases[T]:
        """Return these phrases; those without a letter or digit stand nowhere."""
        known = tuple(phrases)
        places: dict[str, list[int]] = {}
        for place, (phrase, _) in enumerate(known):
            if sought := _sought(phrase):
                places.setdefault(sought, []).append(place)
        if not places:
            return cls(known)
        automaton = ahocorasick.Automaton()
        for sought, all_of_it in places.items():
            automaton.add_word(sought, tuple(all_of_it))
        automaton.make_automaton()
        return cls(known, automaton)

    def __len__(self) -> int:
        return len(self.known)

    def found(self, text: str) -> tuple[T, ...]:
        """Return what the phrases that stand in the beginning of a text stand for, in the order they were given."""
        if self._places is None:
            return ()
        met: set[int] = set()
        for _, places in self._places.iter(_read(text[:LOOKED_AT])):
            met.update(places)
        return tuple(self.known[place][1] for place in sorted(met))


def letters_in(phrase: str) -> int:
    """Return how many letters and digits of a phrase are looked for."""
    return sum(map(len, _WORD.findall(fold(phrase))))


def _read(text: str) -> str:
    """Return the words of a text as they are compared, a space around each; what is unspaced stands by itself."""
    return f" {' '.join(_WORD.findall(fold(text)))} "


def _sought(phrase: str) -> str:
    """Return what is looked for: ends of words are ends, but in writings where nothing shows them."""
    read = _read(phrase)
    if not (bare := read.strip()):
        return ""
    start = "" if _IS_UNSPACED.match(bare[0]) else " "
    return f"{start}{bare}{'' if _IS_UNSPACED.match(bare[-1]) else ' '}"
