"""Reads a text once for all detectors: its letters as terms are written, and the terms in it with their places."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib.resources import files

import ahocorasick

from gateway.trust.secrets.model import MARK

_SPACED = "_-\u00a0\u3000\u202f\t"
_CJK = "\u2e80"
VALUES = frozenset({"seed", "key", "api", "totp", "code", "password", "card", "cvv"})
"""The kinds of terms that tell of a secret; the others tell that a value is none."""
_MARKED = re.compile(r"[\u00c0-\u024f\u1e00-\u1eff\uff10-\uff19\uff21-\uff3a\uff41-\uff5aё_\-\u00a0\u3000\u202f\t]")


@dataclass(frozen=True, slots=True)
class Term:
    """A term in a text: its kind and its place."""

    kind: str
    start: int
    end: int


@dataclass(frozen=True)
class Page:
    """A text to be searched; marks of removed secrets are blanked, and nothing reaches across them."""

    text: str

    @cached_property
    def spelled(self) -> str:
        """The text as terms are written, letter by letter."""
        return spelled(self.text)

    @cached_property
    def told(self) -> bool:
        """Whether any term tells of a secret. Cheap: most texts have none."""
        return bool(self._telling)

    @cached_property
    def _telling(self) -> tuple[Term, ...]:
        return tuple(_terms(self.spelled, True))

    @cached_property
    def terms(self) -> tuple[Term, ...]:
        """All terms in order, without those inside a longer one."""
        found = [*self._telling, *_terms(self.spelled, False)]
        found.sort(key=lambda term: (term.start, -term.end))
        outer: list[Term] = []
        for term in found:
            last = outer[-1] if outer else None
            if last is None or term.end > last.end or (term.start, term.end) == (last.start, last.end):
                outer.append(term)
        return tuple(outer)

    @cached_property
    def kinds(self) -> frozenset[str]:
        """The kinds of all terms."""
        return frozenset(term.kind for term in self.terms)

    @cached_property
    def _ends(self) -> list[int]:
        return [term.end for term in self.terms]

    @cached_property
    def _starts(self) -> list[int]:
        return [term.start for term in self.terms]

    def of(self, *kinds: str) -> Iterator[Term]:
        """Yield the terms of some kinds, in order."""
        return (term for term in self.terms if term.kind in kinds)

    def before(self, place: int, reach: int, kinds: Collection[str]) -> Term | None:
        """Return the last term that ends at most `reach` characters before a place, on its side of every mark."""
        low = max(place - reach, self.text.rfind("\0", max(0, place - reach), place))
        for number in range(bisect_right(self._ends, place) - 1, -1, -1):
            term = self.terms[number]
            if term.end < low:
                break
            if term.kind in kinds:
                return term
        return None

    def after(self, place: int, reach: int, kinds: Collection[str]) -> Term | None:
        """Return the first term that starts at most `reach` characters after a place, on its side of every mark."""
        high = self.text.find("\0", place, place + reach)
        high = place + reach if high < 0 else high
        for number in range(bisect_left(self._starts, place), len(self.terms)):
            term = self.terms[number]
            if term.start > high:
                break
            if term.kind in kinds:
                return term
        return None


def read_page(text: str) -> Page:
    """Return a text to be searched."""
    if "[removed" in text:
        text = MARK.sub(lambda match: "\0" * len(match.group()), text)
    return Page(text)


def _terms(text: str, telling: bool) -> Iterator[Term]:
    for end, entries in _automaton(telling).iter(text):
        for length, kinds, shape in entries:
            start = end + 1 - length
            if _stands_alone(text, start, end + 1, shape):
                yield from (Term(kind, start, end + 1) for kind in kinds)


def _stands_alone(text: str, start: int, end: int, shape: tuple[bool, bool]) -> bool:
    """Whether a term is not part of a longer word, where its shape does not allow that at its start or its end."""
    return (shape[0] or _parts(text, start - 1, start)) and (shape[1] or _parts(text, end - 1, end))


def _parts(text: str, left: int, right: int) -> bool:
    """Whether a word may end between two neighbouring characters."""
    if left < 0 or right >= len(text):
        return True
    one, other = text[left], text[right]
    return not (one.isalnum() and other.isalnum()) or one >= _CJK or other >= _CJK or one.isdigit() != other.isdigit()


@lru_cache(maxsize=2)
def _automaton(telling: bool) -> ahocorasick.Automaton:
    """Return the search tree of the terms that tell of secrets, or of the others. Source: `data/terms.txt`."""
    entries: dict[str, dict[tuple[bool, bool], list[str]]] = {}
    for line in (files(__package__) / "data" / "terms.txt").read_text("utf-8").splitlines():
        if line.startswith("#"):
            continue
        kind, _, terms = line.partition(": ")
        if (kind in VALUES) is not telling:
            continue
        for term in terms.split(" | "):
            word = term.strip("*")
            shape = (term[0] == "*" or word[0] >= _CJK, term[-1] == "*" or word[-1] >= _CJK)
            kinds = entries.setdefault(spelled(word), {}).setdefault(shape, [])
            if kind not in kinds:
                kinds.append(kind)
    automaton = ahocorasick.Automaton()
    for word, shapes in entries.items():
        automaton.add_word(word, tuple((len(word), tuple(kinds), shape) for shape, kinds in shapes.items()))
    automaton.make_automaton()
    return automaton


def spelled(text: str) -> str:
    """Return text letter by letter as terms are written: small, bare Latin letters, one space for what parts words."""
    if text.isascii():
        return text.lower().replace("_", " ").replace("-", " ").replace("\t", " ")
    small = text.lower()
    if len(small) != len(text):
        small = "".join(letter.lower()[0] for letter in text)
    return small.translate(_BARE) if _MARKED.search(small) else small


class _Bare(dict[int, int]):
    """The bare letter of each letter; those of alphabets are kept once asked for."""

    def __missing__(self, code: int) -> int:
        letter = chr(code)
        bare = ord(unicodedata.normalize("NFKD", letter)[0].lower()[0]) if _MARKED.match(letter) else code
        if code < 0x2000:
            self[code] = bare
        return bare


_BARE = _Bare(
    {ord(one): ord(other) for one, other in zip("ёıßđøł", "еisdol", strict=True)} | dict.fromkeys(map(ord, _SPACED), 32)
)
