"""Skeletons: texts that look alike to a reader get the same one (UTS #39, with what real impostors use beyond it).

A skeleton is only for comparing; it is never shown, and equality of skeletons never makes anything official.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from importlib.resources import files

_READS_AS = {
    # Small letters that look like small capitals (UTS #39 folds them onto those, not onto ASCII).
    "в": "b", "к": "k", "м": "m", "н": "h", "т": "t", "п": "n", "и": "u", "ш": "w", "г": "r", "я": "r", "ь": "b",
    "ʙ": "b", "ᴄ": "c", "ᴅ": "d", "ᴇ": "e", "ɢ": "g", "ʜ": "h", "ɪ": "i", "ᴊ": "j", "ᴋ": "k", "ʟ": "l", "ᴍ": "m",
    "ɴ": "n", "ᴏ": "o", "ᴘ": "p", "ʀ": "r", "ᴛ": "t", "ᴜ": "u", "ᴠ": "v", "ᴡ": "w", "ʏ": "y", "ᴢ": "z", "ᴀ": "a",
    # Letters with a bar, a hook or a tail that no decomposition takes off.
    "đ": "d", "ħ": "h", "ŧ": "t", "ł": "l", "ø": "o", "ƒ": "f", "ŋ": "n", "ß": "b", "þ": "p", "ð": "d", "ı": "i",
    "ε": "e", "є": "e", "э": "e", "з": "3", "κ": "k", "ν": "v", "ω": "w", "υ": "u", "χ": "x", "τ": "t", "η": "n",
    "μ": "u", "β": "b", "α": "a", "ρ": "p", "ι": "i", "γ": "y", "σ": "o", "ӏ": "l", "Ӏ": "l", "қ": "k", "ң": "h",
    "ҳ": "x", "ә": "e", "ӡ": "3", "ҡ": "k", "ҟ": "k", "ҝ": "k", "ɡ": "g", "ɑ": "a", "ɩ": "i", "ɫ": "l", "ɓ": "b",
    "ɗ": "d", "ɛ": "e", "ɠ": "g", "ɨ": "i", "ɱ": "m", "ɲ": "n", "ɵ": "o", "ʂ": "s", "ʈ": "t", "ʉ": "u", "ʋ": "v",
    "ʐ": "z", "ƙ": "k", "ƥ": "p", "ƈ": "c", "ƴ": "y", "ƶ": "z", "ȿ": "s", "ꭓ": "x", "ҁ": "c",
    # Signs in the place of letters.
    "|": "l", "!": "l", "@": "a", "$": "s", "€": "e", "£": "l",
}  # fmt: skip
_DIGITS = str.maketrans({"0": "o", "1": "l", "i": "l", "5": "s", "3": "e", "4": "a", "7": "t"})
_LIGATURES = (("rn", "m"), ("vv", "w"), ("cl", "d"))
_UNSEEN = frozenset({"Mn", "Me", "Cf", "Cc"})
_JOINERS = frozenset("\u200c\u200d")
_KEPT = 2_048
"""Readings remembered: one message names the same account several times, and many messages the same hosts."""
_SIGNS = re.compile(r"[\W_]+")
_FILLERS = frozenset("\u115f\u1160\u3164\uffa0\u034f\u17b4\u17b5")


@cache
def _table() -> dict[int, str]:
    """Return code point → what it reads as: the Unicode data under our own additions."""
    table: dict[int, str] = {}
    text = (files("gateway.trust") / "data" / "confusables.txt").read_text(encoding="utf-8")
    for line in text.splitlines():
        if line and not line.startswith("#"):
            code, _, reads_as = line.partition(" ; ")
            table[int(code, 16)] = reads_as
    return table | {ord(char): reads_as for char, reads_as in _READS_AS.items()}


def is_filler(char: str) -> bool:
    """Whether a character that counts as a letter or a mark shows nothing."""
    return char in _FILLERS


def is_unseen(char: str) -> bool:
    """Whether a reader sees nothing there: zero-width, bidi control, soft hyphen, combining mark, control."""
    return unicodedata.category(char) in _UNSEEN or char in _FILLERS


def is_hidden(char: str, text: str) -> bool:
    """Whether a character in a text stays unseen where it has no business; some scripts join and part with two."""
    if char in _JOINERS:
        return any(letter.isascii() and letter.isalpha() for letter in text)
    return char in _FILLERS or unicodedata.category(char) in ("Cf", "Cc", "Cs")


def mixes_scripts(text: str) -> bool:
    """Whether one word of the text holds Latin letters and letters of a script that is taken for Latin."""
    return any(len({script for char in word if (script := _script(char))}) > 1 for word in text.split())


def _script(char: str) -> str:
    name = unicodedata.name(char, "").partition(" ")[0]
    return name if name in ("LATIN", "CYRILLIC", "GREEK") and char.isalpha() else ""


def visible(text: str) -> str:
    """Return the text without control, zero-width and bidi characters, for showing it; marks stay."""
    if text.isprintable() and (text.isascii() or _FILLERS.isdisjoint(text)):
        return text
    return "".join(c for c in text if unicodedata.category(c) not in ("Cf", "Cc", "Cs") and c not in _FILLERS)


def _reading(text: str) -> str:
    """Fold compatibility forms and marks away, then read each character as the ASCII that it looks like."""
    if not text.isascii():
        folded = unicodedata.normalize("NFKD", text.translate(_table()))
        text = "".join(c for c in folded if not is_unseen(c))
    return text.translate(_table()).casefold()


def digits_read(text: str) -> str:
    """Merge digits with the letters that they look like, and i with l; as long as the text."""
    return text.translate(_DIGITS)


def pairs_read(text: str) -> str:
    """Merge pairs of letters with the one that they look like."""
    for pair, single in _LIGATURES:
        if pair in text:
            text = text.replace(pair, single)
    return text


def blurred(text: str) -> str:
    """Merge digits with letters, and pairs of letters with the one that they look like."""
    return pairs_read(text.translate(_DIGITS))


@lru_cache(_KEPT)
def folded(text: str) -> str:
    """Return what a reader reads: lower-case ASCII where the text looks like it, digits kept apart from letters."""
    return _reading(text.casefold())


@lru_cache(_KEPT)
def skeleton(text: str) -> str:
    """Return the skeleton of the text in lower case: the way names are compared and indexed."""
    return blurred(_reading(text.casefold()))


def skeletons(text: str) -> frozenset[str]:
    """Return the skeletons of the text as it stands and in lower case: a capital may look like another."""
    lower = skeleton(text)
    return frozenset({lower}) if text.isascii() else frozenset({lower, blurred(_reading(text))})


def name_forms(name: str) -> frozenset[str]:
    """Return what a display name reads as, letters and digits alone: with signs that may be letters, and without."""
    texts = (name, _SIGNS.sub("", name))
    return frozenset(form for text in texts for each in skeletons(text) if (form := _SIGNS.sub("", each)))
