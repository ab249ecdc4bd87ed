"""Reads words written together: what a label consists of, and whether a name in it is one of its words."""

from __future__ import annotations

from functools import cache, lru_cache

import ahocorasick

from gateway.trust.known import everyday_words
from gateway.trust.words import BAITS, TRADE

_KEPT = 4_096
MAX_COMPOUND = 40
"""Longer labels are not taken apart."""
_UNREAD = 2.2
"""What a letter costs that belongs to no word."""
_NAME, _PLURAL = 0.9, 1.0
_WORD = 1.1
_SHORT = {2: 1.6, 3: 1.7}
_OF_TRADE = 1.0


@cache
def _automaton() -> ahocorasick.Automaton:
    """Find every everyday word in a text in one pass."""
    automaton = ahocorasick.Automaton(ahocorasick.STORE_LENGTH)
    for word in (*everyday_words(), *BAITS, *TRADE):
        automaton.add_word(word)
    automaton.make_automaton()
    return automaton


@lru_cache(_KEPT)
def taken_apart(text: str, name: str = "") -> tuple[float, tuple[str, ...]]:
    """Return the cheapest reading of a text as words, and its price; with a name, one in which it may be a word.

    Letters that belong to no word stand alone in the reading, and are dear. Digits and signs cost next to nothing.
    """
    ending: dict[int, list[tuple[int, float]]] = {}
    for last, size in _automaton().iter(text):
        word = text[last + 1 - size : last + 1]
        price = _SHORT.get(size, _WORD) if size < 3 or (word not in BAITS and word not in TRADE) else _OF_TRADE
        ending.setdefault(last + 1, []).append((last + 1 - size, price))
    for form, price in ((name, _NAME), (name + "s", _PLURAL)) if name else ():
        start = text.find(form)
        while start >= 0:
            ending.setdefault(start + len(form), []).append((start, price))
            start = text.find(form, start + 1)
    best: list[tuple[float, int]] = [(0.0, 0)]
    for end in range(1, len(text) + 1):
        price, start = best[end - 1][0] + (_UNREAD if text[end - 1].isalpha() else 0.1), end - 1
        for begin, cost in ending.get(end, ()):
            if best[begin][0] + cost < price:
                price, start = best[begin][0] + cost, begin
        best.append((price, start))
    words: list[str] = []
    end = len(text)
    while end:
        start = best[end][1]
        words.append(text[start:end])
        end = start
    return best[-1][0], tuple(reversed(words))
