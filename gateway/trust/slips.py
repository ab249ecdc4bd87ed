"""Names that differ from a brand's by one slip: a letter left out, doubled, put in, exchanged, replaced."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import chain, pairwise

from rapidfuzz.distance import OSA

from gateway.trust.affixes import Affix, affix, is_denied, starts_office, trimmed
from gateway.trust.known import is_known_label, is_word
from gateway.trust.name_index import NameIndex, Strength, Watched, shortened
from gateway.trust.resemblance import Resemblance
from gateway.trust.written import FULL, Written, flat

_LEAST = 5
"""Letters of a name that one slip leaves recognisable."""
_LEAST_IN_OFFICE = 3
"""The same beside a word of office."""
_LONG = 9
"""The same beside words that anybody uses."""
_OWN_CORE = 6
"""Letters of a name, ordinary words left out, in which any other letter is a slip; else it is near on the keyboard."""
_LEAST_OWN = 3
_MOST = 40
_ROWS = ("1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm")
_REASONS = {
    "transposition": "two letters exchanged",
    "neighbour": "one letter taken from the next key",
    "replacement": "one letter replaced",
    "doubling": "one letter doubled",
    "plural": "an s at its end",
    "insertion": "one letter put in",
    "omission": "one letter left out",
}


_VOWELS = frozenset("aeiouy")
EVIDENT = frozenset({"doubling", "transposition"})
"""Slips that hardly make an honest name out of another."""


def _neighbours() -> frozenset[str]:
    pairs = {row[place : place + 2] for row in _ROWS for place in range(len(row) - 1)}
    pairs |= {
        above[place] + below[near]
        for above, below in pairwise(_ROWS)
        for place in range(len(above))
        for near in (place - 1, place)
        if 0 <= near < len(below)
    }
    return frozenset(pairs | {pair[::-1] for pair in pairs})


_NEIGHBOURS = _neighbours()


def misspelt(written: Written, index: NameIndex, platform: str) -> Resemblance | None:
    """Tell which brand's name a name is but for one slip, alone or beside known words; the name itself is none."""
    for text, told in ((written.plain, Affix.NONE), *_trimmed(written)):
        for watched, slip in _near(text, index):
            if _is_meant_beside(text, slip, told, watched, written) if told else _is_meant(text, slip, watched):
                others = _is_of_words(written) or is_denied(written.pieces, written.text)
                return None if others else _slip(watched, slip, index, platform, told)
    return None


def _is_of_words(written: Written) -> bool:
    """Whether each of several parts of a name is a word in itself: it then means these."""
    return len(written.pieces) > 1 and all(affix(piece) or is_word(piece) for piece in written.pieces)


def _trimmed(written: Written) -> Iterator[tuple[str, Affix]]:
    yield from trimmed(written.plain)
    if len(written.text) == FULL and len(written.pieces) > 1 and starts_office(written.pieces[-1]):
        yield written.plain[: -len(written.pieces[-1])], Affix.OFFICE


def _near(text: str, index: NameIndex) -> Iterator[tuple[Watched, str]]:
    """Yield the names that are one slip away, and the slip; the work does not depend on their number."""
    if not _LEAST_IN_OFFICE <= len(text) <= _MOST:
        return
    form = flat(text)
    near = [found for less in (form, *shortened(form)) if (found := index.edits.get(less)) is not None]
    for watched in dict.fromkeys(chain.from_iterable(near)) if near else ():
        if OSA.distance(form, flat(watched.key), score_cutoff=1) == 1 and _is_recognisable(text, watched.key):
            yield watched, _technique(text, watched)


def _is_recognisable(text: str, key: str) -> bool:
    """Whether a name that differs by a slip and by letters that look alike is long enough to be known all the same."""
    return len(key) >= _LONG or OSA.distance(text, key, score_cutoff=1) == 1


def _is_meant(text: str, slip: str, watched: Watched) -> bool:
    """Whether a name is a slip of another rather than a name of its own."""
    if len(watched.key) < _LEAST or is_known_label(text):
        return False
    if watched.strength is not Strength.OWN:
        return bool(watched.handles) and slip in EVIDENT
    if watched.is_ordinary and len(watched.key) < _LONG:
        return slip in EVIDENT
    own = _own_part(text, watched)
    if own is None or own == watched.core:
        return True
    if is_word(own) or affix(own) or len(own) < _LEAST_OWN:
        return False
    return slip != "replacement" or len(own) >= _LONG or _is_near_miss(text, watched.key)


def _own_part(form: str, watched: Watched) -> str | None:
    """Return what stands in a name where another has its own part, or None where their ordinary words differ too."""
    head, _, tail = watched.key.partition(watched.core)
    if not (form.startswith(head) and form.endswith(tail)):
        return None
    return form[len(head) : len(form) - len(tail)]


def _is_near_miss(text: str, key: str) -> bool:
    """Whether the letter that was replaced is a vowel for a vowel, or one bit away."""
    pairs = [(one, other) for one, other in zip(text, key, strict=True) if one != other]
    return all({one, other} <= _VOWELS or (ord(one) ^ ord(other)).bit_count() == 1 for one, other in pairs)


def _is_meant_beside(text: str, slip: str, told: Affix, watched: Watched, written: Written) -> bool:
    """The same beside known words: of office, unless it is long; a short name must stand apart from them."""
    if is_known_label(text) or watched.strength is Strength.COMMON:
        return False
    if not told & Affix.OFFICE:
        own = len(watched.core) >= _OWN_CORE and len(watched.key) >= _LONG
        return own and slip in EVIDENT and not watched.is_ordinary and _is_meant(text, slip, watched)
    if not _is_parted(text, written):
        return len(watched.core) >= _LEAST and not watched.is_ordinary and _is_meant(text, slip, watched)
    return len(watched.key) < _LEAST or _is_meant(text, slip, watched)


def _is_parted(text: str, written: Written) -> bool:
    """Whether a name's beginning or end stands as a word of its own."""
    plain, cuts = written.plain, written.cuts
    place = len(text) if plain.startswith(text) else len(plain) - len(text)
    return place in cuts


def _slip(watched: Watched, slip: str, index: NameIndex, platform: str, told: Affix) -> Resemblance:
    shown = replace(watched.guarded, official=index.official(watched, platform, whole=not told))
    reason = f"it is {watched.key} with {_REASONS[slip]}"
    if told:
        return Resemblance(shown, slip, 0.8, f"{reason}, beside words that impostors use", ("affix",))
    return Resemblance(shown, slip, 0.8, reason)


def _technique(text: str, watched: Watched) -> str:
    """Name the slip that leads from a name to a text that is one away from it when what looks alike is merged."""
    form, key = flat(text), flat(watched.key)
    if len(form) > len(key):
        place = next((at for at, (one, other) in enumerate(zip(form, key, strict=False)) if one != other), len(key))
        if place and form[place] == form[place - 1]:
            return "doubling"
        return "plural" if place == len(key) and form[-1] == "s" else "insertion"
    if len(form) < len(key):
        return "omission"
    if sorted(form) == sorted(key):
        return "transposition"
    place = next(at for at, (one, other) in enumerate(zip(form, key, strict=True)) if one != other)
    return "neighbour" if text[place] + watched.key[place] in _NEIGHBOURS else "replacement"
