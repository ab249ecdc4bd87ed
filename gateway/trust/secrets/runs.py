"""Reads runs of listed words in a text, with the misspelt ones between them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gateway.trust.secrets.checksums import PHRASE_SIZES, SHARE_SIZES
from gateway.trust.secrets.fillers import Token
from gateway.trust.secrets.lists import WordLists, is_edit_away, words_of

_MAX_GAP = 40
_ONE_SHORT = frozenset(size - 1 for size in (*PHRASE_SIZES, *SHARE_SIZES))
_MAX_HOLES = 3
_MAX_LOOKS = 24
_AROUND = 6
_ENDLESS = 400
"""A row of more words is no sentence: it is one run, whatever stands between."""
_DENSE = re.compile(rb"\x01(?:\x01|\x00(?=\x01))*")
"""Listed words with no two others in a row between them."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a text; its place in a list is None where it is not in it, but nearly."""

    start: int
    end: int
    place: int | None


class Reader:
    """Reads words by one list, and takes words that are misspelt by one letter for holes in a phrase.

    `reach` is how far apart two words of a phrase stand at most, in characters.
    """

    def __init__(self, lists: WordLists, number: int, brief: bool = False, reach: int = _MAX_GAP) -> None:
        self.reach = reach
        self._lists = lists
        self._number = number
        self._brief = brief
        self._looks = _MAX_LOOKS

    def place(self, word: str) -> int | None:
        return self._lists.place(word, self._number, self._brief)

    def words(self) -> frozenset[str]:
        """Return the words that are read, folded."""
        return words_of(self._number, self._brief)

    def is_near(self, word: str) -> bool:
        """Whether a word is an edit of one letter away from a listed one. Looks at few words of a text."""
        if self._brief or not 2 <= len(word) <= 12 or self._looks <= 0:
            return False
        self._looks -= 1
        return is_edit_away(word, self._number)


def runs(text: str, tokens: Sequence[Token], reader: Reader, least: int) -> Iterator[list[Word]]:
    """Yield the runs of at least so many listed words, or a little less, with the misspelt ones between them.

    At an end of a run stands a misspelt word too where one is missing.
    """
    known = reader.words()
    flags = bytes([word in known for _, _, word in tokens])
    for match in _DENSE.finditer(flags):
        if len(match.group()) > _ENDLESS:
            row = (Word(start, end, reader.place(word)) for start, end, word in tokens[match.start() : match.end()])
            yield [word for word in row if word.place is not None]
        elif match.group().count(1) >= least:
            yield from _runs_in(text, tokens[max(0, match.start() - _AROUND) : match.end() + _AROUND], reader)


def _runs_in(text: str, tokens: Sequence[Token], reader: Reader) -> Iterator[list[Word]]:
    words = [Word(start, end, reader.place(word)) for start, end, word in tokens]
    first = number = 0
    while number < len(words):
        first = number
        while number < len(words) and (
            number == first or _is_near_by(text, words[number - 1], words[number], reader.reach)
        ):
            known = words[number].place is not None
            if not known and not (_is_hole(words, first, number) and reader.is_near(tokens[number][2])):
                break
            number += 1
        if number - first in _ONE_SHORT:
            first, number = _completed(text, words, tokens, reader, first, number)
        yield words[first:number]
        number = max(number, first + 1)


def _completed(
    text: str, words: Sequence[Word], tokens: Sequence[Token], reader: Reader, first: int, after: int
) -> tuple[int, int]:
    """Return a run with the misspelt word before it or after it."""
    if (
        first > 0
        and _is_near_by(text, words[first - 1], words[first], reader.reach)
        and reader.is_near(tokens[first - 1][2])
    ):
        return first - 1, after
    if (
        after < len(words)
        and _is_near_by(text, words[after - 1], words[after], reader.reach)
        and reader.is_near(tokens[after][2])
    ):
        return first, after + 1
    return first, after


def _is_near_by(text: str, one: Word, other: Word, reach: int) -> bool:
    return other.start - one.end <= reach and "\0" not in text[one.end : other.start]


def _is_hole(words: Sequence[Word], first: int, number: int) -> bool:
    """Whether a word that is not listed stands alone among listed ones, of which there are enough for a phrase."""
    if (
        number == first
        or words[number - 1].place is None
        or any(w.place is None for w in words[number + 1 : number + 2])
    ):
        return False
    holes = sum(word.place is None for word in words[max(first, number - 12) : number])
    around = words[max(0, number - 5) : number + 6]
    return holes < _MAX_HOLES and sum(word.place is not None for word in around) >= min(7, len(words) - 3)


def gap(text: str, one: Word, other: Word) -> str:
    return text[one.end : other.start]
