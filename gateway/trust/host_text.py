"""A host as it is searched for names: its words, what stands around a place in it, and how much it tempts."""

from __future__ import annotations

import re
from typing import NamedTuple

from gateway.trust.compounds import MAX_COMPOUND, taken_apart
from gateway.trust.confusables import digits_read, folded
from gateway.trust.domains import Host, Parts
from gateway.trust.known import is_known_label, is_word
from gateway.trust.words import BAITS, FREE_SUFFIXES, HOME_SUFFIXES, OLD_SUFFIXES, OPEN_SUFFIXES, TRADE

_LETTERS = re.compile(r"[^\W\d_]+")
_DIGITS = "0123456789"
_RARE = 2.0
MOST_WORDS = 12
"""How many words of a host are looked at; the last ones count."""


class HostText(NamedTuple):
    """A host as it is searched."""

    host: Host
    before: str
    """What stands before the public suffix, as a reader reads it."""
    shape: str
    """`before` with digits as letters and hyphens as dots; as long as it."""
    label: str
    """The registered label, as a reader reads it."""
    suffix: str

    @classmethod
    def of(cls, host: Host, parts: Parts) -> HostText:
        """Read a host that was cut."""
        before = f"{parts.sub}.{parts.label}" if parts.sub else parts.label
        label = parts.label
        if not before.isascii():
            before, label = folded(before), folded(label)
        return cls(host, before, digits_read(before).replace("-", "."), label, parts.suffix)

    def words_beside(self, name: str) -> list[str]:
        """Return the runs of letters beside a name."""
        return _LETTERS.findall(self.before.replace(name, " "))[-MOST_WORDS:]


class Spot(NamedTuple):
    """A place in a host: the word that holds it, and what stands left and right of it in the word."""

    word: str
    left: str
    right: str
    in_label: bool
    """Whether it stands in the registered label, not in one before it."""
    is_label: bool
    """Whether it is the whole registered label."""

    @property
    def is_bounded(self) -> bool:
        """Whether no letter touches it."""
        return not self.left.strip(_DIGITS) and not self.right.strip(_DIGITS)

    @classmethod
    def at(cls, text: HostText, start: int, end: int) -> Spot:
        """Look around a place."""
        before, shape = text.before, text.shape
        first = shape.rfind(".", 0, start) + 1
        last = shape.find(".", end)
        last = len(shape) if last < 0 else last
        label = len(before) - len(text.label)
        return cls(
            before[first:last],
            before[first:start],
            before[end:last],
            start >= label,
            start == label and end == len(before),
        )


class Sense(NamedTuple):
    """What a word beside a name says."""

    bait: bool
    """It offers, or asks for, what impostors do."""
    trade: bool
    """It is of the brands' trade."""
    plain: bool
    """It is some other common word."""


def sense(word: str) -> Sense:
    """Tell what a word, or words written together, say beside a name."""
    if _is_of(word, BAITS):
        return Sense(bait=True, trade=False, plain=False)
    if _is_of(word, TRADE):
        return Sense(bait=False, trade=True, plain=False)
    if not 1 < len(word) <= MAX_COMPOUND:
        # `e-` stands before the names of shops everywhere.
        return Sense(bait=False, trade=False, plain=word == "e")
    price, words = taken_apart(word)
    bait = any(_is_of(each, BAITS) for each in words)
    trade = any(len(each) > 2 and _is_of(each, TRADE) for each in words)
    everyday = len(words) == 1 and price < _RARE
    return Sense(bait, trade, plain=(everyday or is_word(word)) and not bait and not trade)


def _is_of(word: str, words: frozenset[str]) -> bool:
    """Whether a word, in the singular or the plural, is one of some."""
    return word in words or word.removesuffix("s") in words


def is_plain(word: str) -> bool:
    """Whether a word is known, or a compound of few everyday ones."""
    if is_known_label(word):
        return True
    if len(word) > MAX_COMPOUND:
        return False
    price, words = taken_apart(word)
    return len(words) <= 3 and price <= 1.2 * (len(words) + 1) and all(len(each) > 1 for each in words)


def suffix_points(suffix: str) -> float:
    """Return how much a public suffix adds: for a day's use impostors take what is free, cheap, or a platform's."""
    last = suffix.rpartition(".")[2]
    if suffix in OLD_SUFFIXES or last in HOME_SUFFIXES:
        return 0.0
    if suffix in FREE_SUFFIXES or (last != suffix and len(last) > 2):
        return 1.5
    return 0.5 if len(last) == 2 or suffix in OPEN_SUFFIXES else 1.0


def is_baited(text: HostText, own: str = "") -> bool:
    """Whether a host tempts: by a word beside its own one, or by a suffix that costs next to nothing."""
    return suffix_points(text.suffix) >= 1 or any(sense(word).bait for word in text.words_beside(own or "."))
