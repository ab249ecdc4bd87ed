"""What a resemblance is, and where a guarded name stands inside a text: shared by all that look for look-alikes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gateway.trust.confusables import folded, skeleton, visible
from gateway.trust.domains import ascii_lower
from gateway.trust.words import is_lure

if TYPE_CHECKING:
    from gateway.trust.directory import Directory

_WORD = re.compile(r"[^\W\d_]+")
_SEPARATORS = re.compile(r"[\W_]+")
"""All but letters and digits."""
_LAST_LETTER = "\u2e80"
"""From here on scripts put no space between words, so a name beside them stands on a boundary."""
MAX_NAME = 200


@dataclass(frozen=True, slots=True)
class Guarded:
    """A name that impostors imitate. `careful` names are short or common words: they need more than themselves."""

    brand: str
    brand_name: str
    written: str
    official: str
    careful: bool


@dataclass(frozen=True, slots=True)
class Resemblance:
    """What something looks like. `confidence` is our judgement of how strong the sign is, not a probability."""

    guarded: Guarded
    technique: str
    confidence: float
    reason: str
    also: tuple[str, ...] = ()
    """Further techniques that were used."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A guarded name inside a text, with what stands on either side. `plain`: letter by letter, nothing disguised."""

    guarded: Guarded
    left: str
    right: str
    plain: bool

    @property
    def is_whole(self) -> bool:
        return not squeezed(self.left) and not squeezed(self.right)

    @property
    def is_bounded(self) -> bool:
        return _ends_word(self.left) and _starts_word(self.right)


def squeezed(text: str) -> str:
    """Leave letters and digits alone: separators, dots and spaces hide nothing."""
    return text if text.isalnum() else _SEPARATORS.sub("", text)


def dotted(text: str) -> str:
    """Write hyphens as dots: `examplex-test` and `examplex.test` read alike inside a host."""
    return text.replace("-", ".")


def parts_words(char: str) -> bool:
    """Whether a character ends a word: no letter, or one of a script that writes no spaces."""
    return not char.isalpha() or char >= _LAST_LETTER


def _ends_word(left: str) -> bool:
    return not left or parts_words(left[-1]) or is_lure(words(left)[-1])


def _starts_word(right: str) -> bool:
    return not right or parts_words(right[0]) or is_lure(words(right)[0])


def words(text: str) -> list[str]:
    """Return the runs of letters in a text."""
    return _WORD.findall(text)


def hits(text: str, directory: Directory) -> Iterator[Hit]:
    """Yield the guarded names in a text, longest first; work grows with the text, not with the directory."""
    if not directory.lengths:
        return
    shortest = directory.lengths[-1]
    plain = ascii_lower(text)
    for form in dict.fromkeys((plain, folded(text), skeleton(text))):
        ends = range(shortest, len(form) + 1)
        starts = [end - shortest for end in ends if form[end - shortest : end] in directory.openings]
        for length in directory.lengths if starts else ():
            for start in starts:
                # Near the end the slice is shorter, and then it is another name's turn.
                guarded = directory.names.get(form[start : start + length])
                if guarded is not None and start + length <= len(form):
                    honest = form is plain and form[start : start + length] == guarded.written
                    yield Hit(guarded, form[:start], form[start + length :], honest)


def has_lure(*texts: str) -> bool:
    """Whether a word that impostors use stands in one of the texts."""
    return any(is_lure(word) for text in texts for word in words(text))


def confused(text: str, guarded: Guarded) -> str:
    """Return the reason for a name that reads as a guarded one in other characters."""
    kind = "characters of another script" if not text.isascii() else "characters that look alike"
    return f'"{visible(text)}" reads as "{guarded.written}", but is written with {kind}'
