"""Folds a text into lower-case words with one space between, as a reader reads them; and finds the way back.

Folding changes, drops and adds no letter or digit beyond what each character stands for, so that the n-th sign of the
folded text tells where it came from: only spaces come and go.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Set as AbstractSet
from itertools import accumulate
from typing import Final

from gateway.trust.confusables import folded as reads_as

_SIGNS: Final = frozenset("@$%+£€₽¥₹₩₺")
"""Signs that say something: money, share, an account, a telephone number. All others part words."""
_PLAIN: Final = {"ة": "ه", "ى": "ي", "ı": "i", "đ": "d", "ł": "l", "ø": "o", "œ": "oe", "æ": "ae"}
_KEPT: Final = 20_000
_MOST_SIGNS: Final = 4
"""What one character stands for at most: one that is a whole formula or unit (U+FDFA is four Arabic words) parts words.

No phrase is written with those, and a text of nothing else would be many times as long when folded.
"""
_WHOLE_SYLLABLES: Final = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]")
_LOOSE: Final = re.compile(" (?<=[\u3040-\u30ff\u3400-\u9fff] )(?=[\u3040-\u30ff\u3400-\u9fff])")
_AFTER_LATIN: Final = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3](?<=[0-9a-z].)")
_BEFORE_LATIN: Final = re.compile("[\u3040-\u30ff\u3400-\u9fff](?=[0-9a-z])")
_SPELLED: Final = re.compile(r" [^\W\d_](?: [^\W\d_]){3,}(?= )")
_DISGUISED: Final = re.compile(r"[0134578@$!](?=[A-Za-z])(?:(?<=[A-Za-z].)|(?<=\$))")
_WORD: Final = re.compile(r"[\w@$!]+")
_LEET_SIGN: Final = re.compile(r"[0134578@$!]")
_LEET: Final = (str.maketrans("0134578@$!", "oieastbasi"), str.maketrans("0134578@$!", "oleastbasl"))
_MIXED: Final = re.compile("[\u0370-\u04ff](?:(?=[A-Za-z])|(?<=[A-Za-z].))")
"""What is rarest stands first in each of these, so that a search leaps to it."""
_AS_CYRILLIC: Final = str.maketrans("aceopxykmthbuirn", "асеорхукмтнвиигп")
_CYRILLIC_TWINS: Final = frozenset("aceopxykmthburn")
_CAPITAL: Final = re.compile(r"(?:SMALL CAPITAL|(?:NEGATIVE|SQUARED|CIRCLED).* LETTER) ([A-Z])$")


class _Table(dict[int, str]):
    """What each character stands for, worked out when it is first met."""

    def __missing__(self, code: int) -> str:
        meaning = _meaning(chr(code))
        if len(self) < _KEPT:
            self[code] = meaning
        return meaning


def _meaning(char: str) -> str:
    """Return the plain letters and digits that a character stands for; a space where it parts words."""
    if char in _SIGNS:
        return char
    category = unicodedata.category(char)
    if category in ("Cf", "Mn", "Me") or "\ufe00" <= char <= "\ufe0f":
        return ""
    capital = _CAPITAL.search(unicodedata.name(char, ""))
    if capital:
        return capital[1].lower()
    compatible = unicodedata.normalize("NFKC", char)
    if not _WHOLE_SYLLABLES.match(compatible):
        compatible = unicodedata.normalize("NFKD", compatible)
    plain = "".join(_PLAIN.get(c, c) for c in compatible.casefold() if unicodedata.category(c) != "Mn")
    return "".join(c if c.isalnum() or c in _SIGNS else " " for c in plain) if len(plain) <= _MOST_SIGNS else " "


_TABLE: Final = _Table()


class _Counts(dict[str, int]):
    """How many signs other than spaces each character stands for."""

    def __missing__(self, char: str) -> int:
        count = len(_TABLE[ord(char)].replace(" ", ""))
        if len(self) < _KEPT:
            self[char] = count
        return count


_COUNTS: Final = _Counts()


def plain(text: str) -> str:
    """Return the text folded letter by letter: how the phrases of the lexicon are read, which are not in disguise."""
    return _spaced(f" {' '.join(text.translate(_TABLE).split())} ")


def fold(clear: str) -> str:
    """Return the folded text, between two spaces, of one without disguise."""
    words = " ".join(clear.translate(_TABLE).split())
    return _joined(f" {words} ")


def _spaced(folded: str) -> str:
    """Take the spaces out between ideographs and kana, and part them from Latin letters and digits."""
    if not _WHOLE_SYLLABLES.search(folded):
        return folded
    return _BEFORE_LATIN.sub(r"\g<0> ", _AFTER_LATIN.sub(r" \g<0>", _LOOSE.sub("", folded)))


def _joined(folded: str) -> str:
    """Take the spaces out of words that were spelled letter by letter."""
    if not folded.isascii():
        folded = _spaced(folded)
    return _SPELLED.sub(lambda found: f" {found[0].replace(' ', '')}", folded)


def undisguised(text: str, vocabulary: AbstractSet[str]) -> str:
    """Return the text with as many characters, in which words of two scripts and of digits are letters of one.

    Digits and signs are read as letters where the vocabulary has the word.
    """
    if _DISGUISED.search(text):
        text = _without_digits(text, vocabulary)
    if not text.isascii() and _MIXED.search(text):
        text = _WORD.sub(lambda found: in_one_script(found[0]), text)
    return text


def _without_digits(text: str, vocabulary: AbstractSet[str]) -> str:
    kept: list[str] = []
    copied = 0
    for sign in _LEET_SIGN.finditer(text):
        if sign.start() < copied:
            continue
        before = _WORD.match(text[copied : sign.start()][::-1])
        start = sign.start() - (before.end() if before else 0)
        rest = _WORD.match(text, sign.start())
        end = rest.end() if rest else sign.end()
        kept += (text[copied:start], _read(text[start:end], vocabulary))
        copied = end
    return "".join([*kept, text[copied:]])


def _read(word: str, vocabulary: AbstractSet[str]) -> str:
    lowered = word.lower()
    if len(lowered) != len(word):
        return word
    return next((read for table in _LEET if (read := lowered.translate(table)) in vocabulary), word)


def in_one_script(word: str) -> str:
    """Return a word that mixes Latin letters with letters that look like them in one script; others as they are."""
    if word.isascii() or not _MIXED.search(word):
        return word
    lowered = word.lower()
    if len(lowered) != len(word):
        return word
    latin = "".join(reads_as(c) if not c.isascii() else c for c in lowered)
    if latin.isascii() and len(latin) == len(word) and not _reads_better_in_cyrillic(lowered):
        return latin
    if all(c in _CYRILLIC_TWINS for c in lowered if c.isascii() and c.isalpha()):
        return lowered.translate(_AS_CYRILLIC)
    return word


def _reads_better_in_cyrillic(word: str) -> bool:
    """Whether most letters are Cyrillic and the Latin ones all have a twin there."""
    ascii_letters = [c for c in word if c.isascii() and c.isalpha()]
    return len(ascii_letters) * 2 < len(word) and all(c in _CYRILLIC_TWINS for c in ascii_letters)


def is_disguised(text: str) -> bool:
    """Whether a word of the text mixes two scripts in letters that look alike, which no honest spelling needs."""
    if text.isascii() or not _MIXED.search(text):
        return False
    return any(in_one_script(word) != word for word in _WORD.findall(text))


def signs_up_to(clear: str) -> list[int]:
    """Return for each character how many letters, digits and signs of the folded text stand up to its end."""
    return list(accumulate(map(_COUNTS.__getitem__, clear)))


def source_of(number: int, counts: list[int]) -> int:
    """Return the place of the character that a sign of the folded text stands for; signs are numbered from 0."""
    return bisect_right(counts, number)


def place_of(clear: str, folded: str, place: int) -> tuple[int, int]:
    """Return where in the folded text the sign stands that comes before a place of the text."""
    signs = len(clear[:place].translate(_TABLE).replace(" ", ""))
    at = next((at for at, seen in enumerate(accumulate(map(" ".__ne__, folded))) if seen == signs), 0)
    return at, at + 1
