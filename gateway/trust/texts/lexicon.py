"""The phrases of the lexicon, by concept, and the one automaton that finds them all in a folded text."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final, NamedTuple

import ahocorasick

from gateway.trust.texts.fold import plain

MAX_HITS: Final = 64
"""Hits of one concept that are kept: a text that says the same more often says nothing new."""
_GAP: Final = 36
_NARROW_GAP: Final = 12
_UNSPACED: Final = frozenset({"zh-CN", "zh-Hant", "ja", "ko", "ar"})
"""Languages whose words are written together or carry what others write before them: found inside words."""
_NUMBER: Final = re.compile(r"\+?\d(?: ?\d){4,}")
_APOSTROPHE: Final = re.compile(r"['\u2019]")


class Hit(NamedTuple):
    """Where a concept stands in the folded text."""

    start: int
    end: int


Hits = dict[str, list[Hit]]


@dataclass(frozen=True, slots=True)
class Step:
    """What a found part leads to: the state that must have been reached before, and what is reached then."""

    after: int
    reaches: int
    gap: int
    concept: str


class _Parts:
    """Collects the parts of phrases, and the states that lie between them."""

    def __init__(self) -> None:
        self.steps: dict[str, list[Step]] = {}
        self._states: dict[tuple[int, str], int] = {}

    def add(self, concept: str, parts: list[str], gap: int) -> None:
        """Add a phrase; its concept is met once its last part follows the others in their order."""
        state = 0
        for place, part in enumerate(parts):
            reached = self._states.setdefault((state, part), len(self._states) + 1)
            met = concept if place == len(parts) - 1 else ""
            step = Step(state, reached, gap, met)
            if step not in self.steps.setdefault(part, []):
                self.steps[part].append(step)
            state = reached


@dataclass(frozen=True)
class Lexicon:
    """Every phrase of every language, ready to be found."""

    automaton: ahocorasick.Automaton
    vocabulary: frozenset[str]

    def hits(self, folded: str) -> Hits:
        """Return where each concept stands in a folded text, in order, `MAX_HITS` of each at most."""
        found: Hits = {}
        reached: dict[int, Hit] = {}
        for last, (length, steps) in self.automaton.iter(folded):
            end = last + 1
            start = end - length
            for step in steps:
                begin = start
                if step.after:
                    before = reached.get(step.after)
                    if before is None or not -1 <= start - before.end <= step.gap:
                        continue
                    begin = before.start
                hit = Hit(begin, end)
                reached[step.reaches] = hit
                if step.concept:
                    _keep(found, step.concept, hit)
        for number in _NUMBER.finditer(folded):
            for concept in _kinds_of_number(number[0]):
                _keep(found, concept, Hit(number.start(), number.end()))
        for listed in found.values():
            listed.sort()
        return found


def _keep(found: Hits, concept: str, hit: Hit) -> None:
    hits = found.setdefault(concept, [])
    if len(hits) < MAX_HITS:
        hits.append(hit)


def _kinds_of_number(number: str) -> Iterator[str]:
    """Say what a run of digits may be: a telephone number, one that is dear to call, a short code for texts."""
    digits = number.replace(" ", "").lstrip("+")
    if len(digits) == 5 and " " not in number and digits[0] in "35678":
        yield "short_code"
    if 7 <= len(digits) <= 15:
        yield "phone"
    if 10 <= len(digits) <= 12 and digits.startswith(("09", "070", "0870", "0871", "1900", "900", "449")):
        yield "premium_number"
    elif 10 <= len(digits) <= 12 and digits.startswith(("08", "1800", "1888", "844", "800")):
        yield "service_number"


@cache
def lexicon() -> Lexicon:
    """Return the lexicon of the package's own phrases, read once."""
    parts = _Parts()
    vocabulary: set[str] = set()
    for language, concept, phrase in phrases():
        for spelling in {phrase, _APOSTROPHE.sub("", phrase)}:
            _add(parts, language, concept, spelling)
            vocabulary.update(plain(spelling.replace("*", " ").replace("~", " ")).split())
    automaton = ahocorasick.Automaton()
    for part, steps in parts.steps.items():
        automaton.add_word(part, (len(part), tuple(steps)))
    automaton.make_automaton()
    return Lexicon(automaton, frozenset(word for word in vocabulary if len(word) > 2))


def _add(parts: _Parts, language: str, concept: str, phrase: str) -> None:
    """Add one phrase, cut at its tildes; where words take endings or run together, at its spaces too."""
    inside = language in _UNSPACED and not phrase.isascii()
    pieces = (phrase.replace(" ", "~") if inside else phrase).split("~")
    parts.add(
        concept, [_part(piece.strip(), inside) for piece in pieces if piece.strip()], _NARROW_GAP if inside else _GAP
    )


def _part(piece: str, inside: bool) -> str:
    """Return the piece as the automaton looks for it: between spaces, but for a star, or where words run together."""
    bare = plain(piece.strip("*")).strip()
    if inside and not bare.isascii():
        return bare
    before = "" if piece.startswith("*") else " "
    after = "" if piece.endswith("*") else " "
    return f"{before}{bare}{after}"


def phrases() -> Iterator[tuple[str, str, str]]:
    """Yield language, concept and phrase for every phrase of the data files."""
    for file in sorted(files("gateway.trust.texts").joinpath("data").iterdir(), key=lambda each: each.name):
        if file.name.endswith(".toml") and file.name != "rules.toml":
            language = file.name.removesuffix(".toml")
            for concept, listed in tomllib.loads(file.read_text(encoding="utf-8")).items():
                yield from ((language, concept, phrase.strip()) for phrase in listed.split("|") if phrase.strip())
