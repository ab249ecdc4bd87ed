"""Reads words written together: what a label consists of, and whether a name in it is one of its words."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache, lru_cache

import ahocorasick

from gateway.trust.known import everyday_words
from gateway.trust.words import BAITS, TRADE

_KEPT = 4_096
MAX_COMPOUND = 40
"""Longer labels are not taken apart."""
_UNREAD, _SIGN = 2.2, 0.1
"""What a letter costs that belongs to no word, and what anything else costs."""
_NAME, _PLURAL = 0.9, 1.0
_WORD = 1.1
_SHORT = {2: 1.6, 3: 1.7}
_OF_TRADE = 1.0


@cache
def _automaton() -> ahocorasick.Automaton:
    """Find every everyday word in a text in one pass: its length, and its price."""
    automaton = ahocorasick.Automaton()
    everyday = {size: (size, _SHORT.get(size, _WORD)) for size in range(64)}
    of_trade = {size: (size, _OF_TRADE if size > 2 else _SHORT[2]) for size in range(64)}
    for word in everyday_words():
        automaton.add_word(word, everyday[len(word)])
    for word in (*BAITS, *TRADE):
        automaton.add_word(word, of_trade[len(word)])
    automaton.make_automaton()
    return automaton


@lru_cache(_KEPT)
def taken_apart(text: str, name: str = "") -> tuple[float, tuple[str, ...]]:
    """Return the cheapest reading of a text as words, and its price; with a name, one in which it may be a word.

    Letters that belong to no word stand alone in the reading, and are dear. Digits and signs cost next to nothing.
    """
    found = [(last + 1, size, price) for last, (size, price) in _automaton().iter(text)]
    if name:
        found += _places(text, name, _NAME)
        found += _places(text, name + "s", _PLURAL)
        found.sort()
    prices, starts = [0.0], [0]
    for end, size, cost in found:
        if end >= len(prices):
            _read_on(text, prices, starts, end)
        price = prices[end - size] + cost
        if price < prices[end]:
            prices[end], starts[end] = price, end - size
    _read_on(text, prices, starts, len(text))
    words: list[str] = []
    end = len(text)
    while end:
        words.append(text[starts[end] : end])
        end = starts[end]
    return prices[-1], tuple(reversed(words))


def _read_on(text: str, prices: list[float], starts: list[int], end: int) -> None:
    """Read the letters up to a place as such, until a word is found that ends there."""
    place = len(prices) - 1
    price = prices[place]
    for char in text[place:end]:
        price += _UNREAD if char.isalpha() else _SIGN
        prices.append(price)
        starts.append(place)
        place += 1


def _places(text: str, name: str, price: float) -> Iterator[tuple[int, int, float]]:
    start = text.find(name)
    while start >= 0:
        yield start + len(name), len(name), price
        start = text.find(name, start + 1)
