"""How a name of an account is read: its letters and digits alone, its disguises undone, and where its words begin."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property

from gateway.trust.confusables import folded, is_unseen, skeleton

MAX_WRITTEN = 200
"""Characters that are read of a name."""

_SIGNS = re.compile(r"[\W_]+")
_LONE_SIGN = re.compile(r"(?<![^\W_])[|!@$€£]+|[|!@$€£]+(?![^\W_])")
"""Signs that are letters only between letters: `L!n`, but not `Examplex | Official`."""
_PIECE = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|[0-9]+|[^\W_A-Za-z0-9]+")
_OVERRIDE = re.compile("\u202e([^\u202c\u202d\u202a\u202b]*)[\u202c\u202d\u202a\u202b]?")
_PICTURED = {
    base + place: chr(ord("a") + place) for base in (0x1F110, 0x1F130, 0x1F150, 0x1F170, 0x1F1E6) for place in range(26)
}
"""Letters in boxes, circles and brackets, and regional indicators: no decomposition tells all their letters."""


def shape_of(text: str) -> str:
    """Return the skeleton of a text, letters alone; beyond what skeletons merge, `r1` is read as `n`."""
    return squeezed(skeleton(text.replace("r1", "n") if "r1" in text else text))


def squeezed(text: str) -> str:
    """Leave letters and digits alone: separators, dots and spaces hide nothing."""
    return text if text.isalnum() else _SIGNS.sub("", text)


@dataclass(frozen=True)
class Written:
    """A name as it was written. `text` holds no sign that shows nothing."""

    text: str

    @classmethod
    def of(cls, name: str) -> Written:
        """Read a name; never raises."""
        text = name[:MAX_WRITTEN]
        return cls(text if text.isascii() else _undone(text))

    @cached_property
    def plain(self) -> str:
        """What a reader reads, letters and digits alone."""
        text = self.text
        if text.isalnum() and text.isascii():
            return text.lower()
        return squeezed(folded(_LONE_SIGN.sub(" ", text)))

    @cached_property
    def shape(self) -> str:
        """The skeleton of the same, letters alone."""
        text = self.text
        return shape_of(text if text.isalnum() else _LONE_SIGN.sub(" ", text))

    @cached_property
    def pieces(self) -> tuple[str, ...]:
        """Its words in small letters: parted by signs, by capitals and by digits."""
        text = self.text if self.text.isascii() else unicodedata.normalize("NFKC", self.text)
        return tuple(squeezed(folded(piece)) for piece in _PIECE.findall(_LONE_SIGN.sub(" ", text)))

    @cached_property
    def words(self) -> tuple[str, ...]:
        """Its words in small letters, parted by signs alone."""
        text = _LONE_SIGN.sub(" ", self.text)
        return tuple(word for part in _SIGNS.split(text) if (word := squeezed(folded(part))))

    @cached_property
    def is_spaced(self) -> bool:
        """Whether letters stand apart, as in `E x a m p l e x`: then spaces part no words."""
        return len(self.words) > 3 and sum(len(word) == 1 for word in self.words) * 2 > len(self.words)

    @cached_property
    def cuts(self) -> frozenset[int]:
        """Where in `plain` a word may begin or end."""
        return _cuts(self.pieces, self.plain)

    @cached_property
    def shape_cuts(self) -> frozenset[int]:
        """Where in `shape` a word may begin or end."""
        return _cuts(tuple(shape_of(piece) for piece in self.pieces), self.shape)


def _cuts(pieces: tuple[str, ...], whole: str) -> frozenset[int]:
    places = [0]
    for piece in pieces:
        places.append(places[-1] + len(piece))
    return frozenset(places) if places[-1] == len(whole) else frozenset((0, len(whole)))


def _undone(text: str) -> str:
    """Undo what normalisation leaves: text shown backwards, letters drawn in boxes, hidden signs."""
    if "\u202e" in text:
        text = _OVERRIDE.sub(lambda found: found[1][::-1], text)
    text = text.translate(_PICTURED)
    return "".join(char for char in text if char == "\u00ad" or not is_unseen(char) or unicodedata.combining(char))
