"""Finds Chinese seed phrases: their words are single letters, most of which every sentence is made of.

The lists are sorted by how common a letter is, so that a sentence shows by its letters: it is
made of the first few hundred, a phrase of all alike.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import accumulate
from math import log

from gateway.trust.secrets.checksums import PHRASE_SIZES, is_phrase
from gateway.trust.secrets.lists import CHINESE, word_lists
from gateway.trust.secrets.model import Secret
from gateway.trust.secrets.page import Page

_HAN = "\u3400-\u9fff\uf900-\ufaff"
_DENSE = re.compile(f"[{_HAN}]{{11,}}")
_PARTED = re.compile(f"(?<![{_HAN}])[{_HAN}](?:[^{_HAN}A-Za-z\0]{{1,24}}[{_HAN}](?![{_HAN}])){{5,}}")
_LETTER = re.compile(f"[{_HAN}]")
_LABEL = re.compile(
    r"(?:第|单词|單詞|词语|词|詞|字)[ \t]?[0-9]{1,2}[ \t]?(?:个|個|号|號)?(?:单词|單詞|词|詞|字)?"
    r"|(?<![^\W_])[^\W\d_\u2e80-\uffff]{1,10}[ \t]?[#.]?[0-9]{1,2}|(?<=[0-9])(?:st|nd|rd|th)"
)
"""What numbers a word: `第1个`, `word 1`, `1st`."""
_DIGIT = re.compile("[0-9]")
_COMMON = 20
_LISTED = 2048
_FEWEST = 11
_FEWEST_TOLD = 9
_FEWEST_OF_HALF, _RIGHT_BEFORE = 6, 12
"""A row of fewer letters counts at most this many characters after words that speak of a phrase."""
_MAX_GAP = 400
_LOWEST, _LOWEST_TOLD = -1.0, -6.0
"""What the weights of a phrase with a right checksum must come to, and where the text speaks of a phrase."""
_STRANGE = -2.0
"""The weight of a letter that no list has."""
_UNLIKELY = 0.15
"""How far above nought the mean weight of letters must be for a phrase with a wrong checksum."""


def find_chinese(page: Page) -> Iterator[Secret]:
    """Yield the Chinese seed phrases of a page."""
    text = page.text
    if text.isascii() or not _LETTER.search(text):
        return
    if _DIGIT.search(text):
        text = _LABEL.sub(lambda match: " " * len(match.group()), text)
    for match in _PARTED.finditer(text):
        yield from _parted(page, match)
    for match in _DENSE.finditer(text):
        yield from _dense(page, match)


@lru_cache(maxsize=1)
def _weights() -> dict[str, float]:
    """Return for each listed letter the log of how much likelier it is in a phrase than in a sentence."""
    lists = word_lists()
    names = {number for number, name in enumerate(lists.names) if name in CHINESE}
    common = log((_LISTED + _COMMON) / _COMMON)
    return {
        word: log((min(code & 0xFFF for code in codes) + _COMMON) * common / _LISTED)
        for word, codes in lists.codes.items()
        if any(code >> 12 in names for code in codes)
    }


def _parted(page: Page, match: re.Match[str]) -> Iterator[Secret]:
    """Yield a row of letters that stand apart, as no sentence is written."""
    places = [letter.start() + match.start() for letter in _LETTER.finditer(match.group())]
    letters = [page.text[place] for place in places]
    known = sum(letter in _weights() for letter in letters)
    fewest = _FEWEST_TOLD if _is_told(page, match.start(), match.end()) else _FEWEST
    if page.told and page.before(match.start(), _RIGHT_BEFORE, ("seed",)) is not None:
        fewest = _FEWEST_OF_HALF
    if known < fewest or known < len(letters) - 2:
        return
    sure = len(letters) in PHRASE_SIZES and _is_valid(letters)
    if not sure and sum(_weights().get(letter, 0.0) for letter in letters) <= 0:
        return
    yield Secret("seed_phrase", places[0], places[-1] + 1, 0.95 if sure else 0.75)


def _dense(page: Page, match: re.Match[str]) -> Iterator[Secret]:
    """Yield phrases written without spaces: all between two marks, or after words that speak of a phrase."""
    letters, start = match.group(), match.start()
    whole = len(letters)
    told = _is_told(page, start, match.end())
    if not told and whole not in PHRASE_SIZES:
        return
    table = _weights()
    sums = [0.0, *accumulate(table.get(letter, _STRANGE) for letter in letters)]
    if whole in PHRASE_SIZES and sums[-1] > (_LOWEST_TOLD if told else _LOWEST) and _is_valid(letters):
        yield Secret("seed_phrase", start, match.end(), 0.9)
        return
    if not told:
        return
    here = 0
    for low, high in _told_parts(letters, sums):
        if low >= here:
            here = high
            yield Secret("seed_phrase", start + low, start + high, 0.8)


def _told_parts(letters: str, sums: Sequence[float]) -> Iterator[tuple[int, int]]:
    """Yield the parts of a row of letters that are no sentence: by checksum, then by their letters alone."""
    rows = _rows(letters)
    found = False
    for size in PHRASE_SIZES:
        for low in range(len(letters) - size + 1):
            if sums[low + size] - sums[low] > _LOWEST and _is_any_phrase(rows, low, size):
                found = True
                yield low, low + size
    if not found:
        best = max(((_mean(sums, low, len(letters)), low) for low in range(len(letters) - _FEWEST + 1)), default=None)
        if best and best[0] > _UNLIKELY:
            yield best[1], len(letters)


def _mean(sums: Sequence[float], low: int, high: int) -> float:
    return (sums[high] - sums[low]) / (high - low)


def _is_told(page: Page, start: int, end: int) -> bool:
    if not page.told or "seed" not in page.kinds:
        return False
    return (
        page.before(start + _FEWEST, _MAX_GAP, ("seed",)) is not None
        or page.after(end, _MAX_GAP, ("seed",)) is not None
    )


def _rows(letters: Sequence[str]) -> list[list[int]]:
    """Return the places of letters in each of the two lists; -1 for those that one has not."""
    lists = word_lists()
    numbers = [number for number, name in enumerate(lists.names) if name in CHINESE]
    places = ((lists.place(letter, number) for letter in letters) for number in numbers)
    return [[-1 if place is None else place for place in row] for row in places]


def _is_any_phrase(rows: Sequence[Sequence[int]], low: int, size: int) -> bool:
    """Whether a part of a text is a phrase of one of the lists with a right checksum."""
    parts = (row[low : low + size] for row in rows)
    return any(-1 not in part and is_phrase(part) for part in parts)


def _is_valid(letters: Sequence[str]) -> bool:
    return _is_any_phrase(_rows(letters), 0, len(letters))
