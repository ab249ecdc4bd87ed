"""Knows the words of seed phrases: which lists a word is in, and its place there."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

SHARE_LIST = "slip39"
CHINESE = frozenset({"chinese_simplified", "chinese_traditional"})
_SHIFT = 12
_MARKS = re.compile("[\u0300-\u036f]")
_LOST = ("сно\ufffd\ufffdа", "снова")
"""A word as the Russian list of the package `mnemonic` 0.21 has it, with a letter lost: such phrases are about."""
_BRIEF = 4
"""Phrases may be written with the first four letters of each word, which BIP-39 makes unique."""


@dataclass(frozen=True, slots=True)
class WordLists:
    """All lists. A code is a list's number times 4,096 plus the word's place in it; a word has one for each list."""

    names: tuple[str, ...]
    codes: dict[str, tuple[int, ...]]

    def place(self, word: str, number: int, brief: bool = False) -> int | None:
        """Return the place of a folded word in a list; None if it is not there."""
        for code in (_briefs() if brief else self.codes).get(word, ()):
            if code >> _SHIFT == number:
                return code & ((1 << _SHIFT) - 1)
        return None


def fold(text: str) -> str:
    """Return text as words are compared: without case, marks of Latin and Cyrillic letters, and compatibility forms."""
    if text.isascii():
        return text.lower()
    bare = _MARKS.sub("", unicodedata.normalize("NFKD", text.casefold()))
    return unicodedata.normalize("NFC", bare).replace("ı", "i")


def listed_words() -> Iterator[str]:
    """Yield all words of all lists as they are written there."""
    for line in _lines():
        yield from line.split(" ")[1:]


def _lines() -> list[str]:
    return (files(__package__) / "data" / "seed_words.txt").read_text("utf-8").splitlines()


@lru_cache(maxsize=1)
def word_lists() -> WordLists:
    """Return the lists, read once. Source: `data/seed_words.txt`."""
    names: list[str] = []
    codes: dict[str, tuple[int, ...]] = {}
    for number, line in enumerate(_lines()):
        name, *words = line.split(" ")
        names.append(name)
        for place, word in enumerate(map(fold, words)):
            code = number << _SHIFT | place
            codes[word] = (*codes.get(word, ()), code)
    codes[_LOST[0]] = codes[_LOST[1]]
    return WordLists(tuple(names), codes)


@lru_cache(maxsize=32)
def words_of(number: int, brief: bool = False) -> frozenset[str]:
    """Return the folded words of a list, or their first four letters."""
    table = _briefs() if brief else word_lists().codes
    return frozenset(word for word, codes in table.items() if any(code >> _SHIFT == number for code in codes))


def is_edit_away(word: str, number: int) -> bool:
    """Whether a folded word becomes a word of a list by one letter more, less or other, or by two that change places.

    One letter less makes both of them equal, in all four cases: that is what is looked up.
    """
    known, shorter = words_of(number), _shorter(number)
    if word in shorter:
        return True
    less = _less_one(word)
    return any(one in known for one in less) or any(
        _is_like(word, other) for one in less for other in shorter.get(one, ())
    )


@lru_cache(maxsize=32)
def _shorter(number: int) -> dict[str, list[str]]:
    """Return the words of a list by what each becomes with a letter less."""
    found: dict[str, list[str]] = {}
    for word in words_of(number):
        for one in _less_one(word):
            found.setdefault(one, []).append(word)
    return found


def _less_one(word: str) -> set[str]:
    return {word[:place] + word[place + 1 :] for place in range(len(word))}


def _is_like(word: str, other: str) -> bool:
    """Whether two words of one length differ in one letter, or in two that have changed places."""
    places = [place for place, (one, two) in enumerate(zip(word, other, strict=True)) if one != two]
    if len(places) != 2:
        return len(places) == 1
    first, second = places
    return second == first + 1 and word[first] == other[second] and word[second] == other[first]


@lru_cache(maxsize=1)
def _briefs() -> dict[str, tuple[int, ...]]:
    """Return the codes of the beginnings of words, made only for texts that speak of phrases."""
    briefs: dict[str, tuple[int, ...]] = {}
    for word, codes in word_lists().codes.items():
        if len(word) >= _BRIEF - 1:
            briefs[word[:_BRIEF]] = (*briefs.get(word[:_BRIEF], ()), *codes)
    return briefs
