"""A text while its entities are looked for: folded without moving a place, its terms, and what is taken already."""

from __future__ import annotations

import re
from collections.abc import Iterable

from gateway.case import Entity, Evidence, Span
from gateway.triage.entities.vocabulary import Term, Vocabulary, is_letter

_FOLDED = re.compile(
    "[\u00a0\u0130\u0660-\u066c\u06f0-\u06f9\u0966-\u096f\u0e50-\u0e59\u2007\u2009-\u200b\u200e-\u2011\u202a-\u202f\u2060\u2066-\u2069\ufeff\u3000\uff01-\uff5e\uffe0-\uffe6]"
)
"""Whatever is read as an ASCII character, each as one."""
_ASCII = {
    **dict.fromkeys((0xA0, 0x2007, 0x2009, 0x200A, 0x200B, 0x200E, 0x200F, *range(0x202A, 0x2030)), " "),
    **dict.fromkeys((0x2060, *range(0x2066, 0x206A), 0x3000, 0xFEFF), " "), 0x130: "i",
    0x2010: "-", 0x2011: "-", 0x66A: "%", 0x66B: ".", 0x66C: ",", 0xFFE1: "£", 0xFFE5: "¥", 0xFFE6: "₩",
    **{0xFF01 + place: chr(0x21 + place) for place in range(94)},
    **{zero + digit: str(digit) for zero in (0x660, 0x6F0, 0x966, 0xE50) for digit in range(10)},
}  # fmt: skip
_ARABIC_PREFIXES = "وفبلك"
_ASSET = re.compile(r"\s?([a-z]{2,6}(?![a-z])|[$€£¥₽₺₩₫]|[^\W\d_a-z]{2,12})")

Hit = tuple[int, int, Term]
"""Where a term begins and ends, and what it is."""


class Page:
    """One text; places in it are places in all its foldings."""

    def __init__(self, text: str, words: Vocabulary) -> None:
        self.text = text
        self.words = words
        self.plain = text if text.isascii() or not _FOLDED.search(text) else text.translate(_ASCII)
        """Full-width characters, spaces of all kinds and digits of other writings as ASCII."""
        self.low = self.plain.lower()
        self.has_codes = False
        """Whether a hash or an address was found."""
        self._taken = bytearray(len(text))
        self._found: list[tuple[int, int, Entity]] = []

    def is_free(self, start: int, end: int) -> bool:
        """Whether nothing that was found stands there."""
        return self._taken.find(1, start, end) < 0

    def free_from(self, start: int, end: int) -> int:
        """Return the place after the last that is taken there."""
        return self._taken.rfind(1, start, end) + 1

    def take(self, start: int, end: int) -> None:
        """Let nothing else be found there."""
        self._taken[start:end] = b"\1" * (end - start)

    def add(self, kind: str, start: int, end: int, evidence: Iterable[tuple[str, str]] = ()) -> None:
        """Keep an entity, and its place for it alone."""
        self.take(start, end)
        self._found.append((start, -end, _entity(kind, self.text[start:end], start, end, evidence)))

    def entities(self) -> tuple[Entity, ...]:
        """Return what was found, in the order of the text."""
        return tuple(entity for _, _, entity in sorted(self._found, key=_place))

    def hits(self) -> list[Hit]:
        """Return the terms of the text by their place, without those that stand within a longer one."""
        hits: list[Hit] = []
        for last, meanings in self.words.terms.iter(self.low):
            for term in meanings:
                start, end = last + 1 - term.size, last + 1
                if self._stands_alone(start, end, term):
                    hits.append((start, end, term))
        hits.sort(key=lambda hit: (hit[0], -hit[1]))
        kept: list[Hit] = []
        reach = longest = 0
        for hit in hits:
            if hit[1] > reach or (hit[0], hit[1]) == (longest, reach):
                kept.append(hit)
                longest, reach = hit[0], hit[1]
        return kept

    def _stands_alone(self, start: int, end: int, term: Term) -> bool:
        low = self.low
        if term.is_word and start and is_letter(low[start - 1]) and not self._is_joined(start):
            return False
        return not (term.ends and end < len(low) and is_letter(low[end]))

    def _is_joined(self, start: int) -> bool:
        """Whether an Arabic word stands there with and, by, for or the like written to it."""
        low = self.low
        return low[start - 1] in _ARABIC_PREFIXES and (start < 2 or not is_letter(low[start - 2]))


def has_asset(page: Page, end: int) -> bool:
    """Whether the code or the sign of an asset stands right after a number."""
    match = _ASSET.match(page.low, end)
    return match is not None and match[1] in page.words.assets


def _place(found: tuple[int, int, Entity]) -> tuple[int, int]:
    return found[0], found[1]


def _entity(kind: str, value: str, start: int, end: int, evidence: Iterable[tuple[str, str]]) -> Entity:
    """Make an entity of values that need no check: ten times faster than to check them."""
    return Entity.model_construct(
        kind=kind,
        value=value,
        span=Span.model_construct(field="text", start=start, end=end),
        evidence=tuple(Evidence.model_construct(name=name, value=said) for name, said in evidence),
    )
