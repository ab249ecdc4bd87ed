"""Finds seed phrases and seed shares written in words: by their checksum, or as near misses by what stands around them.

Chinese phrases, whose words are single letters of ordinary sentences, are found by `chinese`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from itertools import pairwise

from gateway.trust.secrets.checksums import PHRASE_SIZES, SHARE_SIZES, is_phrase, is_share
from gateway.trust.secrets.fillers import Token, may_be_regular, regular, without_fillers
from gateway.trust.secrets.halves import FEWEST_OF_HALF, find_halves
from gateway.trust.secrets.lists import CHINESE, SHARE_LIST, WordLists, fold, listed_words, word_lists
from gateway.trust.secrets.model import Secret
from gateway.trust.secrets.page import Page, spelled
from gateway.trust.secrets.runs import Reader, Word, gap, runs

_LETTERS = re.compile(r"[^\W\d_]+")
_WORDS = re.compile(r"[^\W\d_\u2e80-\uffff]+|[^\W\d_\0-\u2e7f]+")
_TOKEN = re.compile(
    r"[^\W\d_\u2e80-\uffff]+(?:[\u0300-\u036f\ufffd]+[^\W\d_\u2e80-\uffff]*)*"
    r"|[^\W\d_\0-\u2e7f]+(?:[\u0300-\u036f\u3099\u309a\ufffd]+[^\W\d_\0-\u2e7f]*)*"
)
"""A word; letters of scripts written without spaces are none with those of other scripts."""
_NUMBERED = (
    "word words wort worter mot mots palabra palabras palavra palavras parola parole слово слова kelime kelimeler "
    "tu kata كلمه كلمة slovo slova 単語 단어 no nr num numero number n st nd rd th ый ая ое er eme"
)
_LABELS = frozenset(_NUMBERED.split())
"""What may stand beside the number of a word: `word 1: abandon`, `1st abandon`."""
_ASCII_LETTERS = re.compile(r"[a-z]+")
_COMPOSED = re.compile(r"[\u0300-\u036f\u1100-\u11ff\u3099\u309a\uff21-\uff5a\ufffd]")
_ROW = b"\1" * 5
"""Five listed words in a row start a search; ordinary sentences hardly ever have them."""
_LOOSE_ROW = re.compile(rb"(?:\x01+\x00?)+")
_FEWEST_TOLD = 9
_FEWEST = 11
_EXTRA = 4
_LONG = 96
"""More words than four phrases have: nothing tells where one begins, and checking all parts would take too long."""
_BLANK = re.compile(r"\n\s*\n")
_NUMBER = re.compile("[0-9]+")
_PLAIN = ("", " ")
_CONTEXT = 600
_MAX_FILLED_GAP = 64


def find_phrases(page: Page) -> Iterator[Secret]:
    """Yield the seed phrases and shares of a page that are written in words of letters."""
    told = "seed" in page.kinds if page.told else False
    row, even = (True, True) if told else _look(page)
    if not row and not even:
        return
    lists = word_lists()
    every = [(match.start(), match.end(), fold(match.group())) for match in _TOKEN.finditer(page.text)]
    tokens = [token for token in every if not _is_label(page.text, token)]
    found = False
    for number in _numbers(tokens, lists):
        for run in runs(page.text, tokens, Reader(lists, number), _FEWEST_TOLD - 1):
            for secret in _judged(page, run, _kind(lists, number)):
                found = True
                yield secret
    if even:
        yield from _regular(page, every, lists)
    if told:
        yield from find_halves(page, tokens, lists)
        if not found:
            yield from _brief(page, tokens, lists)


def _look(page: Page) -> tuple[bool, bool]:
    """Return whether listed words stand in a row, and whether words recur evenly. Cheap: most texts have neither."""
    if page.text.isascii():
        words = _ASCII_LETTERS.findall(page.spelled)
    else:
        words = _WORDS.findall(fold(page.text) if _COMPOSED.search(page.text) else page.spelled)
    flags = bytes(map(_known_words().__contains__, words))
    if flags.count(1) < _FEWEST_TOLD:
        return False, False
    row = _ROW in flags and any(_ROW in row and row.count(1) >= _FEWEST_TOLD for row in _LOOSE_ROW.findall(flags))
    return row, may_be_regular(words)


def _regular(page: Page, tokens: Sequence[Token], lists: WordLists) -> Iterator[Secret]:
    """Yield phrases between whose words something recurs."""
    told = page.told and "seed" in page.kinds
    least = FEWEST_OF_HALF if told else _FEWEST_TOLD - 1
    for kept in without_fillers(tokens, told):
        for number in _numbers(kept, lists, least):
            for whole in runs(page.text, kept, Reader(lists, number, reach=_MAX_FILLED_GAP), least):
                yield from _judged_by_gaps(page, whole, _kind(lists, number))


def _judged_by_gaps(page: Page, whole: Sequence[Word], kind: str) -> Iterator[Secret]:
    """Yield what of a run is secret where its gaps look alike."""
    found = regular([gap(page.text, one, other) for one, other in pairwise(whole)])
    if found is None:
        return
    run = whole[found[0] : found[1] + 1]
    confidence = (
        0.0 if _is_excerpt(run) or not _is_varied(run) else _sure_of_regular(page, run, kind, numbered=found[2])
    )
    if confidence:
        yield Secret(kind, run[0].start, run[-1].end, confidence)


def _sure_of_regular(page: Page, run: Sequence[Word], kind: str, numbered: bool) -> float:
    """Return how sure it is that words between which something recurs are a phrase."""
    known = sum(word.place is not None for word in run)
    if any(_valid_parts(run, *_CHECKS[kind])):
        return 0.9
    if known >= FEWEST_OF_HALF and _is_spoken_of(page, run):
        return 0.8 if known >= _FEWEST_TOLD - 1 else 0.6
    return 0.7 if numbered and known >= _FEWEST else 0.0


def _kind(lists: WordLists, number: int) -> str:
    return "seed_share" if lists.names[number] == SHARE_LIST else "seed_phrase"


_CHECKS: dict[str, tuple[Sequence[int], Callable[[Sequence[int]], bool]]] = {
    "seed_phrase": (PHRASE_SIZES, is_phrase),
    "seed_share": (SHARE_SIZES, is_share),
}
"""How many words each kind has, and its checksum."""


def _is_spoken_of(page: Page, run: Sequence[Word]) -> bool:
    """Whether words near a run speak of a phrase."""
    before = page.before(run[0].start, _CONTEXT, ("seed",))
    return before is not None or page.after(run[-1].end, _CONTEXT, ("seed",)) is not None


@lru_cache(maxsize=1)
def _known_words() -> frozenset[str]:
    """Return all listed words as they are folded and as they are spelled on a page, and what numbers them."""
    words = word_lists().codes
    return frozenset((*words, *map(spelled, listed_words()), *_LABELS))


def _is_label(text: str, token: Token) -> bool:
    start, end, word = token
    if word not in _LABELS:
        return False
    return text[end : end + 4].lstrip(" #.°_-")[:1].isdigit() or text[max(0, start - 1) : start].isdigit()


def _numbers(tokens: Sequence[Token], lists: WordLists, least: int = _FEWEST_TOLD - 1) -> list[int]:
    """Return the lists, Chinese ones apart, that several words of the text are in."""
    counts = [0] * len(lists.names)
    for _, _, word in tokens:
        for code in lists.codes.get(word, ()):
            counts[code >> 12] += 1
    return [number for number, count in enumerate(counts) if count >= least and lists.names[number] not in CHINESE]


def _judged(page: Page, run: Sequence[Word], kind: str) -> Iterator[Secret]:
    """Yield what of a run is secret: each part whose checksum is right, or all of it where that is told."""
    if len(run) < _FEWEST_TOLD or _is_excerpt(run):
        return
    if len(run) > _LONG:
        yield from _long(page, run, kind)
        return
    sizes, check = _CHECKS[kind]
    parts = list(_valid_parts(run, sizes, check))
    if parts != [(0, len(run))]:
        run = _one_paragraph(page.text, _untitled(page, run))
        parts = list(_valid_parts(run, sizes, check))
    if not parts:
        confidence = _told(page, run)
        if confidence:
            yield Secret(kind, run[0].start, run[-1].end, confidence)
        return
    low, high = _widened(page.text, run, parts)
    yield Secret(kind, run[low].start, run[high - 1].end, 0.95)


def _long(page: Page, run: Sequence[Word], kind: str) -> Iterator[Secret]:
    """Yield all of a run that is longer than any sentence; where it repeats few words, what is secret at its ends."""
    if len({word.place for word in run}) > _LONG // 4:
        yield Secret(kind, run[0].start, run[-1].end, 0.8)
        return
    yield from _judged(page, run[: _LONG // 2], kind)
    yield from _judged(page, run[-_LONG // 2 :], kind)


def _untitled(page: Page, run: Sequence[Word]) -> Sequence[Word]:
    """Return a run without the words that speak of it, for `seed` and `phrase` are listed words themselves."""
    first = page.before(run[2].start, run[2].start - run[0].start, ("seed",))
    if first is not None and first.start <= run[0].start:
        return [word for word in run if word.start >= first.end]
    return run


def _one_paragraph(text: str, run: Sequence[Word]) -> Sequence[Word]:
    """Return a run without the few words at its ends that a blank line parts from the rest."""
    blank = [number for number in range(1, len(run)) if _BLANK.search(gap(text, run[number - 1], run[number]))]
    if not blank or len(blank) > 2:
        return run
    low = max((number for number in blank if number < _EXTRA), default=0)
    high = min((number for number in blank if number > len(run) - _EXTRA), default=len(run))
    return run[low:high]


def _valid_parts(
    run: Sequence[Word], sizes: Sequence[int], check: Callable[[Sequence[int]], bool]
) -> Iterator[tuple[int, int]]:
    """Yield the parts of a run with a right checksum, the longest first; those of one size may overlap.

    Which of two that overlap is right by chance cannot be told, so that both are secret.
    """
    places = [-1 if word.place is None else word.place for word in run]
    taken = [False] * len(run)
    for size in (len(run), *sizes):
        if size not in sizes:
            continue
        found = [
            low
            for low in range(len(run) - size + 1)
            if not (taken[low] or taken[low + size - 1] or -1 in places[low : low + size])
            and check(places[low : low + size])
        ]
        for low in found:
            taken[low : low + size] = [True] * size
            yield low, low + size


def _widened(text: str, run: Sequence[Word], parts: Sequence[tuple[int, int]]) -> tuple[int, int]:
    """Return the parts with the rest of their run, where that is more than words of a sentence beside them.

    A phrase with a wrong checksum may hold a shorter one by chance: what is left of it is as secret.
    """
    ordered = sorted(parts)
    low, high = ordered[0][0], max(high for _, high in ordered)
    if low >= _EXTRA:
        low = 0
    if len(run) - high >= _EXTRA:
        high = len(run)
    own = {_kind_of_gap(text, one, other) for one, other in pairwise(run[low:high])} - set(_PLAIN)
    while low > 0 and _kind_of_gap(text, run[low - 1], run[low]) in own:
        low -= 1
    while high < len(run) and _kind_of_gap(text, run[high - 1], run[high]) in own:
        high += 1
    return low, high


def _kind_of_gap(text: str, one: Word, other: Word) -> str:
    return _NUMBER.sub("0", gap(text, one, other))


def _is_excerpt(run: Sequence[Word]) -> bool:
    """Whether the words stand in the order of their list, as where somebody quotes the list itself."""
    places = [word.place for word in run if word.place is not None]
    rising = sum(one < other for one, other in pairwise(places))
    return len(places) >= _FEWEST and rising >= len(places) - 2


def _is_varied(run: Sequence[Word]) -> bool:
    """Whether the words of a run are as different as chance would have them, and not those of a program or a table."""
    return len({word.place for word in run}) >= 0.75 * len(run)


def _told(page: Page, run: Sequence[Word]) -> float:
    """Return how sure it is that a run with a wrong checksum is a phrase: by what stands around it, or its layout."""
    known = sum(word.place is not None for word in run)
    gaps = [gap(page.text, one, other) for one, other in pairwise(run)]
    numbered = sum(any(letter.isdigit() for letter in each) for each in gaps) >= len(gaps) * 0.7
    listed = sum(each.strip(" ") != "" for each in gaps) >= len(gaps) * 0.7
    start, end = run[0].start, run[-1].end
    if _is_spoken_of(page, run) and (
        known >= _FEWEST or (known >= _FEWEST_TOLD - 1 and numbered) or (known >= _FEWEST - 1 and listed)
    ):
        return 0.8
    if known < _FEWEST - 1 or len(run) < _FEWEST:
        return 0.0
    if (numbered and _is_varied(run)) or is_alone(page.text, start, end):
        return 0.7
    return 0.0


def is_alone(text: str, start: int, end: int) -> bool:
    """Whether nothing else stands on the lines of a part of a text, but for what introduces it with a colon."""
    line = text[max(0, start - 200) : start].rpartition("\n")[2].rstrip(" \t\"'“「([*-•")
    rest = text[end : end + 200].partition("\n")[0]
    return (not _LETTERS.search(line) or line.endswith((":", "："))) and not _LETTERS.search(rest)


def _brief(page: Page, tokens: Sequence[Token], lists: WordLists) -> Iterator[Secret]:
    """Yield phrases written with the first four letters of each word; only where the text speaks of phrases."""
    for number, name in enumerate(lists.names):
        if name in CHINESE or name == SHARE_LIST:
            continue
        words = [word for _, _, word in tokens]
        if sum(lists.place(word, number, True) is not None for word in words) < _FEWEST:
            continue
        for run in runs(page.text, tokens, Reader(lists, number, True), _FEWEST):
            if len(run) < _FEWEST or _is_excerpt(run):
                continue
            if any(_valid_parts(run, PHRASE_SIZES, is_phrase)) or is_alone(page.text, run[0].start, run[-1].end):
                yield Secret("seed_phrase", run[0].start, run[-1].end, 0.75)
