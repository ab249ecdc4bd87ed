"""Names that differ from a brand's by one slip: a letter left out, doubled, put in, exchanged, replaced."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from rapidfuzz.distance import OSA

from gateway.trust.affixes import Affix, affix, is_denied, starts_office, trimmed
from gateway.trust.known import is_known_label, is_word
from gateway.trust.name_index import NameIndex, Strength, Watched
from gateway.trust.resemblance import Resemblance
from gateway.trust.spelling import SLIPS, are_neighbours, shortened, slip
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
_VOWELS = frozenset("aeiouy")
_EXCHANGES = frozenset({"neighbour", "replacement"})
EVIDENT = frozenset({"doubling", "transposition"})
"""Slips that hardly make an honest name out of another."""


def misspelt(written: Written, index: NameIndex, platform: str) -> Resemblance | None:
    """Tell which brand's name a name is but for one slip, alone or beside known words; the name itself is none."""
    for text, told in ((written.plain, Affix.NONE), *_trimmed(written)):
        for watched, found in _near(text, index):
            if _is_meant_beside(text, found, told, watched, written) if told else _is_meant(text, found, watched):
                others = _is_of_words(written) or is_denied(written.pieces, written.text)
                return None if others else _slip(watched, found, index, platform, told)
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
    near = [found for less in shortened(form) if (found := index.edits.get(less)) is not None]
    for watched in dict.fromkeys(chain.from_iterable(near)) if near else ():
        if OSA.distance(form, flat(watched.key), score_cutoff=1) == 1 and _is_recognisable(text, watched.key):
            yield watched, _technique(text, watched)


def _is_recognisable(text: str, key: str) -> bool:
    """Whether a name that differs by a slip and by letters that look alike is long enough to be known all the same."""
    return len(key) >= _LONG or OSA.distance(text, key, score_cutoff=1) == 1


def _is_meant(text: str, technique: str, watched: Watched) -> bool:
    """Whether a name is a slip of another rather than a name of its own."""
    if len(watched.key) < _LEAST or is_known_label(text):
        return False
    if watched.strength is not Strength.OWN:
        return bool(watched.handles) and technique in EVIDENT
    if watched.is_ordinary and len(watched.key) < _LONG:
        return technique in EVIDENT
    own = _own_part(text, watched)
    if own is None or own == watched.core:
        return True
    if is_word(own) or affix(own) or len(own) < _LEAST_OWN:
        return False
    return technique != "replacement" or len(own) >= _LONG or _is_near_miss(text, watched.key)


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


def _is_meant_beside(text: str, technique: str, told: Affix, watched: Watched, written: Written) -> bool:
    """The same beside known words: of office, unless it is long; a short name must stand apart from them."""
    if is_known_label(text) or watched.strength is Strength.COMMON:
        return False
    if not told & Affix.OFFICE:
        own = len(watched.core) >= _OWN_CORE and len(watched.key) >= _LONG
        return own and technique in EVIDENT and not watched.is_ordinary and _is_meant(text, technique, watched)
    if not _is_parted(text, written):
        return len(watched.core) >= _LEAST and not watched.is_ordinary and _is_meant(text, technique, watched)
    return len(watched.key) < _LEAST or _is_meant(text, technique, watched)


def _is_parted(text: str, written: Written) -> bool:
    """Whether a name's beginning or end stands as a word of its own."""
    plain, cuts = written.plain, written.cuts
    place = len(text) if plain.startswith(text) else len(plain) - len(text)
    return place in cuts


def _slip(watched: Watched, technique: str, index: NameIndex, platform: str, told: Affix) -> Resemblance:
    shown = index.shown(watched, platform, whole=not told)
    reason = f"it is {watched.key} with {SLIPS[technique]}"
    if told:
        return Resemblance(shown, technique, 0.8, f"{reason}, beside words that impostors use", ("affix",))
    return Resemblance(shown, technique, 0.8, reason)


def _technique(text: str, watched: Watched) -> str:
    """Name the slip that leads from a name to a text that is one away from it when what looks alike is merged."""
    form, key = flat(text), flat(watched.key)
    found = slip(form, key)
    if found not in _EXCHANGES:
        return found
    place = next(at for at, (one, other) in enumerate(zip(form, key, strict=True)) if one != other)
    return "neighbour" if are_neighbours(text[place], watched.key[place]) else "replacement"
