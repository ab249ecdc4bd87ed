"""Finds the first part of a phrase, whose rest comes in the next message: listed words right after `my phrase is`."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence

from gateway.trust.secrets.fillers import Token
from gateway.trust.secrets.introductions import LINKING
from gateway.trust.secrets.lists import CHINESE, SHARE_LIST, WordLists
from gateway.trust.secrets.model import Secret
from gateway.trust.secrets.page import Page

FEWEST_OF_HALF = 6
_MOST_BETWEEN = 6
_REACH = 60
_MAX_TERMS = 50
_MAX_WORDS = 40
_GAP = 24
_LEADING = (
    "first half part words word second rest other one two next parts halves primera mitad parte palabras primeira "
    "metade palavras первая половина часть слова ilk yarisi kelimeler nua dau bagian pertama kata moitie mots halfte "
    "worter erste 前半 单词 單詞 단어 첫 절반 are son sind sont sao adalah"
)
_OF_PARTS = frozenset(_LEADING.split())
"""What else may stand between a label and a part of its phrase."""
_OF_SENTENCES = (
    "about above across again all also always any arrive ask become before begin behind believe below between bring "
    "can come during either end enough few find first give good have help into just keep know later learn leave like "
    "make mean more much must need never next nothing now off often once only open other over own place possible put "
    "ready same say since small soon speak start still such sure talk tell than that then there they thing this time "
    "today together tomorrow try turn under unknown until use very wait want way what when where will wish work write "
    "wrong you problem please issue hello thank"
)
_GLUE = frozenset(_OF_SENTENCES.split())
"""Words of the English list that sentences are made of; the other lists have hardly any."""


def find_halves(page: Page, tokens: Sequence[Token], lists: WordLists) -> Iterator[Secret]:
    """Yield rows of listed words, too few for a phrase, that a term introduces."""
    starts = [start for start, _, _ in tokens]
    for number, term in enumerate(page.of("seed")):
        if number >= _MAX_TERMS:
            return
        first = _first(page, tokens, bisect_left(starts, term.end), term.end)
        count, share = max((_row(page, tokens, first, lists, each), each == SHARE_LIST) for each in lists.names)
        row = tokens[first : first + count]
        glue = sum(word in _GLUE for _, _, word in row)
        if count >= FEWEST_OF_HALF and glue * 3 <= count and len({word for _, _, word in row}) * 2 > count:
            yield Secret("seed_share" if share else "seed_phrase", row[0][0], row[-1][1], 0.6)


def _first(page: Page, tokens: Sequence[Token], first: int, end: int) -> int:
    """Return the number of the first word after a term that does more than lead to what follows; -1 if none does."""
    for number in range(first, min(len(tokens), first + _MOST_BETWEEN + 1)):
        start, _, word = tokens[number]
        between = page.text[end:start]
        if start - end > _REACH or "\0" in between or "?" in between:
            break
        if word not in LINKING and word not in _OF_PARTS:
            return number
    return len(tokens)


def _row(page: Page, tokens: Sequence[Token], first: int, lists: WordLists, name: str) -> int:
    """Return how many words of a list stand in a row from a place on."""
    if name in CHINESE:
        return 0
    number = lists.names.index(name)
    count = 0
    for start, _, word in tokens[first : first + _MAX_WORDS]:
        last = tokens[first + count - 1][1] if count else start
        near = start - last <= _GAP and "\0" not in page.text[last:start]
        if not near or lists.place(word, number) is None:
            break
        count += 1
    return count
