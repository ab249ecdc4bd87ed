"""Names that differ from a brand's by one slip: a letter left out, doubled, put in, exchanged, replaced."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

from rapidfuzz.distance import OSA

from gateway.trust.affixes import Affix, affix, trimmed
from gateway.trust.known import is_known_label, is_word
from gateway.trust.name_index import NameIndex, Strength, Watched, shortened
from gateway.trust.resemblance import Resemblance
from gateway.trust.written import Written

_LEAST = 5
"""Letters of a name that one slip leaves recognisable."""
_LEAST_IN_OFFICE = 3
"""The same beside a word of office."""
_LONG = 9
"""The same beside words that anybody uses."""
_OWN_CORE = 6
"""Letters of a name, ordinary words left out, in which any other letter is a slip; else it is near on the keyboard."""
_LEAST_CORE = 4
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


_EVIDENT = frozenset({"doubling", "transposition"})
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
    if len(written.pieces) > 1 and all(affix(piece) or is_word(piece) for piece in written.pieces):
        return None
    forms = _forms(written)
    for form, shaped in forms:
        for watched, key in _near(form, index, shaped=shaped):
            if _is_meant(form, key, watched):
                return _slip(form, key, watched, index, platform, Affix.NONE)
    for form, shaped in forms:
        for rest, told in trimmed(form):
            for watched, key in _near(rest, index, shaped=shaped):
                if _is_meant_beside(rest, key, told, watched, written):
                    return _slip(rest, key, watched, index, platform, told)
    return None


def _forms(written: Written) -> tuple[tuple[str, bool], ...]:
    """Return what is compared, and whether it is a skeleton; one that reads two letters as one is a slip too far."""
    plain, shape = written.plain, written.shape
    return ((plain, False), (shape, True)) if len(shape) == len(plain) else ((plain, False),)


def _near(form: str, index: NameIndex, *, shaped: bool) -> Iterator[tuple[Watched, str]]:
    """Yield the names that are one slip away, each as it is compared; the work does not depend on their number."""
    if not _LEAST_IN_OFFICE <= len(form) <= _MOST:
        return
    edits = index.edits
    for watched in dict.fromkeys(each for less in (form, *shortened(form)) for each in edits.get(less, ())):
        key = watched.shape if shaped else watched.key
        if OSA.distance(form, key, score_cutoff=1) == 1:
            yield watched, key


def _is_meant(form: str, key: str, watched: Watched) -> bool:
    """Whether a name is a slip of another rather than a name of its own."""
    if len(watched.key) < _LEAST or watched.strength is Strength.SHORT or is_known_label(form):
        return False
    technique = _technique(form, key)
    if watched.is_ordinary:
        return technique in _EVIDENT
    if len(watched.core) < _LEAST_CORE:
        return technique in _EVIDENT
    if _is_other_core(form, watched):
        return False
    return len(watched.core) >= _OWN_CORE or technique != "replacement"


def _is_other_core(form: str, watched: Watched) -> bool:
    """Whether a name has ordinary words in common with another, and beside them a word or a short name of its own."""
    head, _, tail = watched.key.partition(watched.core)
    if not (head or tail) or not (form.startswith(head) and form.endswith(tail)):
        return False
    own = form[len(head) : len(form) - len(tail)]
    return is_word(own)


def _is_meant_beside(rest: str, key: str, told: Affix, watched: Watched, written: Written) -> bool:
    """The same beside known words: of office, unless it is long; a short name must stand apart from them."""
    if is_known_label(rest) or watched.strength is Strength.COMMON:
        return False
    if not told & Affix.OFFICE:
        return len(watched.key) >= _LONG and _is_meant(rest, key, watched)
    return (len(watched.core) >= _LEAST and _is_meant(rest, key, watched)) or rest in written.pieces


def _slip(form: str, key: str, watched: Watched, index: NameIndex, platform: str, told: Affix) -> Resemblance:
    shown = replace(watched.guarded, official=index.official(watched, platform, whole=not told))
    technique = _technique(form, key)
    reason = f"it is {watched.key} with {_REASONS[technique]}"
    if told:
        return Resemblance(shown, technique, 0.8, f"{reason}, beside words that impostors use", ("affix",))
    return Resemblance(shown, technique, 0.8, reason)


def _technique(form: str, key: str) -> str:
    """Name the slip that leads from a key to a form one away from it."""
    if len(form) > len(key):
        place = next((at for at, (one, other) in enumerate(zip(form, key, strict=False)) if one != other), len(key))
        if place and form[place] == form[place - 1]:
            return "doubling"
        return "plural" if place == len(key) and form[-1] == "s" else "insertion"
    if len(form) < len(key):
        return "omission"
    if sorted(form) == sorted(key):
        return "transposition"
    differing = next((one + other for one, other in zip(form, key, strict=True) if one != other), "")
    return "neighbour" if differing in _NEIGHBOURS else "replacement"
