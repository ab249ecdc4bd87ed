"""Names the slip of the pen that leads from one name to another."""

from __future__ import annotations

from itertools import pairwise

_ROWS = ("1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm")

SLIPS = {
    "transposition": "two letters exchanged",
    "neighbour": "one letter taken from the next key",
    "replacement": "one letter replaced",
    "doubling": "one letter doubled",
    "plural": "an s at its end",
    "insertion": "one letter put in",
    "omission": "one letter left out",
}
"""Technique → what was done to the name, as a reason tells it."""


def _neighbours() -> frozenset[str]:
    beside = {row[place : place + 2] for row in _ROWS for place in range(len(row) - 1)}
    beside |= {
        above[place] + below[near]
        for above, below in pairwise(_ROWS)
        for place in range(len(above))
        for near in (place - 1, place)
        if 0 <= near < len(below)
    }
    return frozenset(beside | {pair[::-1] for pair in beside})


_NEIGHBOURS = _neighbours()


def shortened(text: str) -> list[str]:
    """Return the text, and the text without each of its letters: two that share one are a slip or two apart."""
    return [text, *[text[:place] + text[place + 1 :] for place in range(len(text))]]


def slip(form: str, name: str) -> str:
    """Return the technique that makes the form of the name; of several, the one that changes its length."""
    place = next((at for at, (one, other) in enumerate(zip(form, name, strict=False)) if one != other), None)
    if len(form) > len(name):
        if place is None:
            return "doubling" if form[-1] == form[-2] else "plural" if form[-1] == "s" else "insertion"
        return "doubling" if place and form[place] == form[place - 1] else "insertion"
    if len(form) < len(name):
        return "omission"
    if place is None or sorted(form) == sorted(name):
        return "transposition"
    return "neighbour" if are_neighbours(form[place], name[place]) else "replacement"


def are_neighbours(one: str, other: str) -> bool:
    """Whether two letters are next to each other on an English keyboard."""
    return one + other in _NEIGHBOURS
