"""How a name of an account is read: its letters and digits alone, its disguises undone, and where its words begin."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate

from gateway.trust.confusables import folded, is_unseen
from gateway.trust.resemblance import MAX_NAME, squeezed

FULL = 15
"""Characters of the longest handle on X: there the last word may have been cut off."""
_SIGNS = re.compile(r"[\W_]+")
_LONE_SIGN = re.compile(r"(?<![^\W_])[|!@$€£]+|[|!@$€£]+(?![^\W_])")
"""Signs that are letters only between letters: `L!n`, but not `Examplex | Official`."""
_PIECE = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|[0-9]+|[^\W_A-Za-z0-9]+")
_ALIKE = str.maketrans("01i5347962" + "8qv", "ollseatggz" + "bgu")
_PAIRS = (("rn", "m"), ("uu", "w"), ("cl", "d"))
_MIXED = re.compile(r"(?=[^\W_]*[A-Za-z])[^\W_]*[^\W_A-Za-z0-9][^\W_]*")
"""Words of Latin letters and others."""
_OVERRIDE = re.compile("\u202e([^\u202c\u202d\u202a\u202b]*)[\u202c\u202d\u202a\u202b]?")
_TRADE = re.compile("[®™©℠]")
_PICTURED = {
    base + place: chr(ord("a") + place) for base in (0x1F110, 0x1F130, 0x1F150, 0x1F170, 0x1F1E6) for place in range(26)
}
"""Letters in boxes, circles and brackets, and regional indicators: no decomposition tells all their letters."""
_PICTURED |= {ord(char): read for char, read in zip("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "ABEZHIKMNOPTYX", strict=True)}
_PICTURED |= {ord(char): read for char, read in zip("ꜰғꞯǫꜱ", "ffqqs", strict=True)}


def flat(plain: str) -> str:
    """Merge the letters and digits that look alike, one by one; for letters and digits in small writing alone."""
    return plain.translate(_ALIKE)


def shape_of(plain: str) -> str:
    """Return what letters and digits look like: the same with pairs of letters that look like one."""
    shape = flat(plain)
    for pair, single in _PAIRS:
        if pair in shape:
            shape = shape.replace(pair, single)
    return shape


@dataclass(frozen=True)
class Written:
    """A name as it was written. `text` holds no sign that shows nothing."""

    text: str
    plain: str
    """What a reader reads, letters and digits alone."""
    shape: str
    """What that looks like at a glance."""

    @classmethod
    def of(cls, name: str) -> Written:
        """Read a name; never raises."""
        text = name[:MAX_NAME]
        if not text.isascii():
            text = _undone(text)
        plain = text.lower() if text.isascii() and text.isalnum() else squeezed(folded(_LONE_SIGN.sub(" ", text)))
        return cls(text, plain, shape_of(plain))

    @cached_property
    def pieces(self) -> tuple[str, ...]:
        """Its words in small letters: parted by signs, by capitals and by digits."""
        text = _LONE_SIGN.sub(" ", self.text)
        if not text.isascii():
            text = _MIXED.sub(lambda word: "".join(map(_as_latin, word[0])), text)
        return tuple(squeezed(folded(piece)) for piece in _PIECE.findall(text))

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
        return _cuts(tuple(map(shape_of, self.pieces)), self.shape)


def _as_latin(char: str) -> str:
    """Return a letter that stands among Latin ones as they read it, a capital as a capital."""
    read = char if char.isascii() else folded(char)
    return read.upper() if char.isupper() and read.isascii() else read if read.isascii() else char


def _cuts(pieces: tuple[str, ...], whole: str) -> frozenset[int]:
    places = frozenset(accumulate(map(len, pieces), initial=0))
    return places if max(places) == len(whole) else frozenset((0, len(whole)))


def _undone(text: str) -> str:
    """Undo what normalisation leaves: text shown backwards, letters drawn in boxes, hidden signs."""
    if "\u202e" in text:
        text = _OVERRIDE.sub(lambda found: found[1][::-1], text)
    # UTS #39 reads a bold m as r and n: what Unicode calls another form of a letter is undone before that.
    text = unicodedata.normalize("NFKC", _TRADE.sub(" ", text).translate(_PICTURED))
    return "".join(char for char in text if not is_unseen(char))
