"""Finds the names of brands in a host that are misspelt, by one slip or, in long names, two."""

from __future__ import annotations

import re

from rapidfuzz.distance import OSA

from gateway.trust.compounds import MAX_COMPOUND, taken_apart
from gateway.trust.confusables import digits_read
from gateway.trust.host_index import END, FAR, LONG, NEAR, SHORT, Half, HostIndex, Name
from gateway.trust.host_names import Place
from gateway.trust.host_text import MOST_WORDS, HostText, Spot, is_baited, is_plain, sense
from gateway.trust.known import is_known_label, is_word
from gateway.trust.resemblance import Resemblance, squeezed
from gateway.trust.spelling import SLIPS, shortened, slip
from gateway.trust.words import BAITS, TRADE

_PARTS = re.compile(r"[.-]")
_PURE = frozenset({"doubling", "transposition"})
"""Slips by which no other word comes about."""
_ALIKE = ({"g", "q"}, {"c", "o"}, {"c", "e"}, {"u", "v"}, {"j", "l"}, {"b", "h"})
"""Letters that look much alike in small print; those that look the same are folded before."""


def misspelt(text: HostText, index: HostIndex, places: list[Place]) -> Resemblance | None:
    """Tell which name stands misspelt in a host: inside a word by one of its halves, or as a word of its own."""
    for half, start, end in places:
        found = _beside(text, half, start, end)
        if found is not None:
            return found
    best: Resemblance | None = None
    for word in _words(text):
        found = _alone(text, word, index)
        if found is not None and (best is None or found.confidence > best.confidence):
            best = found
    return best


def _words(text: HostText) -> list[str]:
    """Return the words of a host as they are compared, the last first, and its label without hyphens."""
    shape = text.shape
    if len(text.label) < len(text.before) and is_known_label(text.label):
        # What somebody well known calls its servers is no slip of another's name.
        shape = shape[-len(text.label) :]
    words = shape.split(".")[-MOST_WORDS:]
    if "-" in text.label:
        words.append(shape[-len(text.label) :].replace(".", ""))
    return [word for word in reversed(words) if NEAR - 1 <= len(word) <= MAX_COMPOUND]


def _beside(text: HostText, half: Half, start: int, end: int) -> Resemblance | None:
    """Find a long name with one slip beside other letters, by one half of it."""
    name, shape = half.name, text.shape
    size = len(name.shape)
    if name.shape in shape or size > len(shape) + 1:
        return None
    for length in (size, size - 1, size + 1):
        first, last = (start, start + length) if half.is_head else (end - length, end)
        if first < 0 or last > len(shape):
            continue
        form = shape[first:last]
        if "." in form or OSA.distance(form, name.shape, score_cutoff=1) != 1:
            continue
        spot = Spot.at(text, first, last)
        in_office = all(not side or any(sense(side)[:2]) for side in (spot.left, spot.right))
        if size < FAR and not (in_office and (spot.left or spot.right)):
            continue
        if (spot.left and form[0] != name.shape[0]) or (spot.right and form[-1] != name.shape[-1]):
            # Where the name would end is anybody's guess, so it is further away than one slip.
            continue
        if not in_office and _is_of_words(spot.word, form, name):
            continue
        if _is_meant(text, text.before[first:last] if in_office else spot.word, form, name, 1):
            return _slipped(form, name, 0.75)
    return None


def _is_of_words(word: str, form: str, name: Name) -> bool:
    """Whether a form stands in a word only because an everyday word there, or part of one, is like a name."""
    start = digits_read(word).find(form)
    place = 0
    for each in taken_apart(word)[1] if len(word) <= MAX_COMPOUND else ():
        shared = min(place + len(each), start + len(form)) - max(place, start)
        if len(each) > NEAR and shared >= SHORT and each not in name.text:
            return True
        place += len(each)
    return False


def _slipped(form: str, name: Name, confidence: float) -> Resemblance:
    technique = slip(form, name.shape)
    return Resemblance(
        name.guarded, technique, confidence, f"it is the name {name.guarded.written} with {SLIPS[technique]}"
    )


def _alone(text: HostText, word: str, index: HostIndex) -> Resemblance | None:
    """Find the name that a whole word of the host is a slip of."""
    size = len(word)
    if size <= FAR:
        table = index.shortened
        for form in [form for form in shortened(word) if form in table]:
            for name in table[form]:
                if OSA.distance(word, name.shape, score_cutoff=1) == 1 and _is_meant(
                    text, _own(text, word), word, name, 1
                ):
                    return _slipped(word, name, 0.8)
    if size < FAR - 2:
        return None
    for name in (*index.heads.get(word[:END], ()), *index.tails.get(word[-END:], ())):
        if -name.slips <= len(name.shape) - size <= name.slips:
            distance = OSA.distance(word, name.shape, score_cutoff=name.slips)
            if 1 <= distance <= name.slips and _is_meant(text, _own(text, word), word, name, distance):
                if distance == 1:
                    return _slipped(word, name, 0.8)
                reason = (
                    f"it is the name {name.guarded.written} with {'two' if distance == 2 else 'three'} letters changed"
                )
                return Resemblance(name.guarded, "replacement", 0.7, reason)
    return None


def _own(text: HostText, word: str) -> str:
    """Return a word of the host as a reader reads it."""
    pieces = (*_PARTS.split(text.before), squeezed(text.label))
    return next((piece for piece in pieces if digits_read(piece) == word), word)


def _is_meant(text: HostText, own: str, form: str, name: Name, distance: int) -> bool:
    """Whether a form near a name is a slip of it, rather than a word or a compound of its own.

    `own` is the word that holds the form, as a reader reads it.
    """
    size = len(name.shape)
    if distance > name.slips or (name.careful and size <= NEAR) or is_word(own):
        return False
    pure = distance == 1 and (slip(form, name.shape) in _PURE or _looks_alike(form, name.shape))
    if is_known_label(own) and not (pure and size > NEAR):
        return False
    if len(own) > len(form) + 1 and is_plain(own):
        return False
    if name.careful and pure and not is_plain(own):
        return True
    if name.careful or size <= NEAR or len(form) <= NEAR or (size < FAR and form[0] != name.shape[0]):
        return is_baited(text, own)
    if "-" in text.label and form not in text.shape and size <= FAR:
        return is_baited(text, own)
    if size <= FAR:
        return pure or not is_plain(own) or is_baited(text, own)
    return pure or (distance == 1 and size > LONG) or not _is_cousin(own, name)


def _looks_alike(form: str, shape: str) -> bool:
    """Whether the one letter that differs is drawn much like the right one."""
    pairs = [{one, other} for one, other in zip(form, shape, strict=False) if one != other]
    return len(form) == len(shape) and pairs[0] in _ALIKE


def _is_cousin(word: str, name: Name) -> bool:
    """Whether a word shares words of the trade with a name, and has an everyday word for the rest."""
    words = taken_apart(word)[1] if len(word) <= MAX_COMPOUND else ()
    rest = [each for each in words if each.removesuffix("s") not in name.text]
    shared = any(each in name.text and (each in TRADE or each in BAITS) for each in words)
    return (
        shared and len(rest) == 1 and len(words) <= 3 and rest[0] not in BAITS and len(rest[0]) > 3 and is_word(rest[0])
    )
