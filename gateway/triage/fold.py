"""One spelling for what people spell in many ways: messages and terms are compared folded. Pure.

Case, width, accents, apostrophes, dashes and spaces between characters of the East tell nothing of what is meant.
"""

from __future__ import annotations

import re
import unicodedata

EAST = "\u1100-\u11ff\u2e80-\u312f\u3130-\u318f\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff"
"""Han, Kana, Hangul and their punctuation: writings in which a space, where there is one, is a matter of taste."""
_EASTERN = re.compile(f"[{EAST}]")
_IDLE_SPACE = re.compile(f" (?=[{EAST}])|(?<=[{EAST}]) ")

_APOSTROPHES = "’‘‛ʼʻ`´ʹ′"
_DASHES = "-‐‑‒–—−_"
_LETTERS = {
    "đ": "d", "ð": "d", "ł": "l", "ø": "o", "ı": "i", "æ": "ae", "œ": "oe", "ħ": "h", "ё": "е",
    "أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ى": "ي", "ئ": "ي", "ؤ": "و", "ة": "ه", "ک": "ك", "ی": "ي", "ۀ": "ه",
    "ھ": "ه", "گ": "ك", "ـ": "",
}  # fmt: skip
"""Letters that are no other with an accent; Arabic ones that are written as one likes, or as a keyboard has them."""
_PLAIN = _LETTERS | dict.fromkeys(_APOSTROPHES, "'") | dict.fromkeys(_DASHES, " ")


_KEPT = 8_192
"""So many characters are remembered; no desk's languages have more in use."""


class _Table(dict[int, str | int]):
    """What stands for each character; filled as characters come."""

    def __missing__(self, code: int) -> str | int:
        folded = _folded(chr(code))
        if len(self) < _KEPT:
            self[code] = folded
        return folded


def _folded(character: str) -> str | int:
    if (plain := _PLAIN.get(character)) is not None:
        return plain
    kind = unicodedata.category(character)
    if kind in {"Mn", "Cf", "Me"} or "\ufe00" <= character <= "\ufe0f":
        # Marks of vowels, accents apart from their letter, and what cannot be seen. Kana keep theirs: NFKC joins them.
        return ""
    if kind == "Nd":
        return str(unicodedata.digit(character))
    base = unicodedata.normalize("NFD", character)[0]
    return base if base.isascii() else ord(character)


_TABLE = _Table()
_ASCII_TABLE = {ord("`"): "'", ord("-"): " ", ord("_"): " "}


def fold(text: str) -> str:
    """Return a text as it is compared: one spelling, single spaces, none beside characters of the East."""
    if text.isascii():
        return " ".join(text.lower().translate(_ASCII_TABLE).split())
    plain = unicodedata.normalize("NFKC", text).casefold().translate(_TABLE)
    joined = " ".join(plain.split())
    return _IDLE_SPACE.sub("", joined) if _EASTERN.search(joined) else joined
