"""The phrases of the lexicon, by concept, and the one automaton that finds them all in a folded text."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import chain
from operator import itemgetter
from typing import Final

import ahocorasick

from gateway.trust.texts.fold import plain

MAX_HITS: Final = 64
"""Hits of one concept that are kept: a text that says the same more often says nothing new."""
_GAP: Final = 36
_NARROW_GAP: Final = 12
_UNSPACED: Final = frozenset({"zh-CN", "zh-Hant", "ja", "ko", "ar"})
"""Languages whose words are written together or carry what others write before them: found inside words."""
_NUMBER: Final = re.compile(r"\d(?: ?\d){4,}")
_FIGURES: Final = re.compile(r"[\d$€£₽¥₹₩₺]")
_FIGURE: Final = re.compile(
    r"[\d%$€£₽¥₹₩₺](?:(?P<rate>(?<=\d) ?%|(?<=%) ?\d)|(?P<ticker>(?<=\$)[a-z]{2,10} )"
    r"|(?P<sum>(?<=[$€£₽¥₹₩₺]) ?\d[\d ]{0,12}"
    r"|(?<=\d)[\d ]{0,12}+[kк]? ?(?:[$€£₽¥₹₩₺]|(?:usd[tc]?|eur|euros?|eth|btc|sol|bnb|ton|руб\w*|р|к|тыс\w*"
    r"|доллар\w*|dollars?|bucks|pounds?|rs|元|万|萬|円|원)(?= ))))"
)
"""Sums of money, shares of a hundred, and the names that coins go by: the same in every language. What each begins
with is written first and once, so that the search leaps from one such sign to the next."""
_UNSPACED_RUN: Final = re.compile("[\u0600-\u06ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]+")
"""Letters of the scripts whose phrases are found inside words: Arabic, ideographs with kana, Hangul."""
_APOSTROPHE: Final = re.compile(r"['\u2019]")


Hit = tuple[int, int]
"""Where a concept starts and ends in the folded text. A bare tuple, because a text makes a hundred of them."""
Hits = dict[str, list[Hit]]


# These are bare tuples too, which are quicker to unpack than named ones.
Step = tuple[int, int, int, str]
"""What a found part leads to: the state that must have been reached before and the gap since then at most, what is
reached then, and the concept that is met."""
_Meaning = tuple[int, tuple[str, ...], tuple[Step, ...]]
"""What a part says: its length, the concepts of phrases that have no other part, and what else it leads to."""
_Part = tuple[int, _Meaning]
"""A part of a phrase as found: where it ends, and what it says."""


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
            step = (state, gap, 0 if met else reached, met)
            if step not in self.steps.setdefault(part, []):
                self.steps[part].append(step)
            state = reached


@dataclass(frozen=True)
class Lexicon:
    """Every phrase of every language, ready to be found: between spaces by an automaton, inside words by letters."""

    spaced: ahocorasick.Automaton
    inside: _Heads
    vocabulary: frozenset[str]

    def hits(self, folded: str) -> Hits:
        """Return where each concept stands in a folded text, in order, `MAX_HITS` of each at most."""
        found: Hits = {}
        reached: dict[int, Hit] = {}
        for last, (length, concepts, steps) in self._parts(folded):
            end = last + 1
            hit = (end - length, end)
            for concept in concepts:
                _keep(found, concept, hit)
            for after, gap, reaches, concept in steps:
                start = hit[0]
                if after:
                    before = reached.get(after)
                    if before is None or not -1 <= start - before[1] <= gap:
                        continue
                    start = before[0]
                if reaches:
                    reached[reaches] = (start, end)
                if concept:
                    _keep(found, concept, (start, end))
        if _FIGURES.search(folded):
            _keep_figures(found, folded)
        _sort(found)
        return found

    def _parts(self, folded: str) -> Iterable[_Part]:
        """Return the parts of phrases that stand in the text, in the order in which they end."""
        if folded.isascii() or not (inside := list(self.inside.iter(folded))):
            parts: Iterable[_Part] = self.spaced.iter(folded)
            return parts
        return sorted(chain(self.spaced.iter(folded), inside), key=itemgetter(0))


class _Heads:
    """Parts of phrases by their first two letters: quicker than an automaton where thousands of letters may lead."""

    def __init__(self, parts: dict[str, list[Step]]) -> None:
        self._by_letters: dict[str, dict[str, list[tuple[str, _Meaning]]]] = {}
        for part, steps in parts.items():
            seconds = self._by_letters.setdefault(part[0], {})
            seconds.setdefault(part[1:2], []).append((part, _meaning(part, steps)))

    def iter(self, folded: str) -> Iterator[_Part]:
        """Yield the parts that stand in the text: where each ends, and what it says."""
        by_letters = self._by_letters
        for run in _UNSPACED_RUN.finditer(folded):
            for place, letter in enumerate(run[0], run.start()):
                seconds = by_letters.get(letter)
                if seconds is None:
                    continue
                for part, found in seconds.get(folded[place + 1 : place + 2], ()):
                    if folded.startswith(part, place):
                        yield place + found[0] - 1, found
                for _, found in seconds.get("", ()):
                    yield place, found


def _sort(found: Hits) -> None:
    for listed in found.values():
        if len(listed) > 1:
            listed.sort()


def _keep(found: Hits, concept: str, hit: Hit) -> None:
    hits = found.get(concept)
    if hits is None:
        found[concept] = [hit]
    elif len(hits) < MAX_HITS:
        hits.append(hit)


def _keep_figures(found: Hits, folded: str) -> None:
    for number in _NUMBER.finditer(folded):
        for concept in _kinds_of_number(number[0]):
            _keep(found, concept, number.span())
    for figure in _FIGURE.finditer(folded):
        _keep(found, figure.lastgroup or "", figure.span())


def _kinds_of_number(number: str) -> Iterator[str]:
    """Say what a run of digits may be: a telephone number, one that is dear to call, a short code for texts."""
    digits = number.replace(" ", "")
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
        for spelling in dict.fromkeys((phrase, _APOSTROPHE.sub("", phrase), phrase.replace(" %", "%"))):
            _add(parts, language, concept, spelling)
            vocabulary.update(plain(spelling.replace("*", " ").replace("~", " ")).split())
    inside = {part: steps for part, steps in parts.steps.items() if _UNSPACED_RUN.match(part)}
    spaced = {part: steps for part, steps in parts.steps.items() if part not in inside}
    words = frozenset(word for word in vocabulary if len(word) > 2)
    return Lexicon(_automaton(spaced), _Heads(inside), words)


def _automaton(parts: dict[str, list[Step]]) -> ahocorasick.Automaton:
    automaton = ahocorasick.Automaton()
    for part, steps in parts.items():
        automaton.add_word(part, _meaning(part, steps))
    automaton.make_automaton()
    return automaton


def _meaning(part: str, steps: Sequence[Step]) -> _Meaning:
    whole = tuple(concept for after, _, _, concept in steps if concept and not after)
    return len(part), whole, tuple(step for step in steps if step[0] or not step[3])


def _add(parts: _Parts, language: str, concept: str, phrase: str) -> None:
    """Add one phrase, cut at its tildes and after its stars; where words run together, at its spaces too."""
    inside = language in _UNSPACED and not phrase.isascii()
    pieces = (phrase.replace(" ", "~") if inside else phrase.replace("* ", "*~")).split("~")
    parts.add(
        concept, [_part(piece.strip(), inside) for piece in pieces if piece.strip()], _NARROW_GAP if inside else _GAP
    )


def _part(piece: str, inside: bool) -> str:
    """Return the piece as the automaton looks for it: between spaces, but for a star, or where words run together."""
    bare = plain(piece.strip("*")).strip()
    if inside and not bare.isascii():
        return bare
    before = "" if piece.startswith(("*", "%")) else " "
    after = "" if piece.endswith("*") else " "
    return f"{before}{bare}{after}"


def phrases() -> Iterator[tuple[str, str, str]]:
    """Yield language, concept and phrase for every phrase of the data files."""
    for file in sorted(files("gateway.trust.texts").joinpath("data").iterdir(), key=lambda each: each.name):
        if file.name.endswith(".toml") and file.name != "rules.toml":
            language = file.name.removesuffix(".toml")
            for concept, listed in tomllib.loads(file.read_text(encoding="utf-8")).items():
                yield from ((language, concept, phrase.strip()) for phrase in listed.split("|") if phrase.strip())
