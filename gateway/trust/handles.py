"""Whether an account that is not listed looks like one of a brand's, by its handle and by its display name."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from gateway.trust.affixes import Affix, affix, affixes, is_denied, starts_office
from gateway.trust.domains import ascii_lower
from gateway.trust.known import is_known_label, is_word
from gateway.trust.name_index import NameIndex, Strength, Watched
from gateway.trust.names import poses_as
from gateway.trust.resemblance import Resemblance, confused
from gateway.trust.slips import misspelt
from gateway.trust.spots import Spot, spots
from gateway.trust.words import keeps_distance
from gateway.trust.written import FULL, Written

if TYPE_CHECKING:
    from gateway.trust.directory import Directory

__all__ = ["NameIndex", "resembles_account", "resembles_handle"]

_TELLING = 6
"""Letters of a name that is its brand's own even beside words that tell nothing."""
_ALONE = 0.6
"""How much a name weighs among words that tell nothing."""
_FEW = 3
_LONG = 9
"""Letters above which a name is seen even where nothing parts it from other letters."""


def resembles_account(handle: str, display_name: str, directory: Directory, platform: str = "") -> Resemblance | None:
    """Tell which brand's account one that is not listed looks like, by its handle and its display name together."""
    by_handle = resembles_handle(handle, directory, platform) if handle else None
    by_name = poses_as(display_name, directory, platform) if display_name else None
    if by_handle is None or by_name is None:
        if by_name is not None and handle and _keeps_distance(Written.of(handle)):
            return None
        return by_handle or by_name
    if by_handle.guarded.brand != by_name.guarded.brand:
        return max(by_handle, by_name, key=lambda found: found.confidence)
    return replace(
        by_handle,
        confidence=max(by_handle.confidence, by_name.confidence),
        also=(*by_handle.also, by_name.technique),
    )


def _keeps_distance(handle: Written) -> bool:
    return keeps_distance(handle.pieces) or is_denied(handle.pieces, handle.text)


def resembles_handle(handle: str, directory: Directory, platform: str = "") -> Resemblance | None:
    """Tell which brand's account a handle that is not listed looks like. `platform`: where it was seen."""
    index = directory.name_index
    written = Written.of(handle)
    whole = _whole(handle, written, index, directory, platform)
    if whole is not None:
        return whole
    judged = (_beside(spot, handle, index, platform) for spot in spots(written, index))
    best = max((each for each in judged if each is not None), key=lambda each: each.confidence, default=None)
    if best is not None and best.confidence > _ALONE:
        return best
    slip = misspelt(written, index, platform)
    if slip is None or best is None:
        return slip or best
    return replace(slip, technique=best.technique, also=(slip.technique, *slip.also))


def _whole(handle: str, written: Written, index: NameIndex, directory: Directory, platform: str) -> Resemblance | None:
    plain = written.plain
    watched = index.whole.get(plain)
    if watched is not None and watched.key == plain and handle.isascii():
        return _same(handle, watched, index, directory, platform)
    watched = watched or index.whole.get(written.shape) or index.whole.get(plain.replace("r1", "n"))
    if watched is not None and not _is_other_word(plain, watched):
        shown = index.shown(watched, platform, whole=True)
        return Resemblance(shown, "confusable", 0.95, confused(handle, watched.guarded))
    watched = index.turned.get(plain)
    if watched is None:
        return None
    shown = index.shown(watched, platform, whole=True)
    return Resemblance(shown, "transposition", 0.8, f"it is the name {shown.official} with its words in another order")


def _same(handle: str, watched: Watched, index: NameIndex, directory: Directory, platform: str) -> Resemblance | None:
    shown = index.shown(watched, platform, whole=True)
    if ascii_lower(handle) in directory.platforms or not watched.handles:
        if watched.strength is Strength.COMMON and not watched.handles:
            return None
        reason = f"it is the name of {shown.brand_name}, but no such account of its is listed there"
        return Resemblance(shown, "same_name_elsewhere", 0.6, reason)
    return Resemblance(shown, "separator", 0.85, f"it differs from {shown.official} only by separators")


def _is_other_word(plain: str, watched: Watched) -> bool:
    """Whether a name that has the shape of a common word is another word: `clay` is not `day` in disguise."""
    return plain.isalpha() and plain != watched.key and is_known_label(plain)


def _beside(spot: Spot, handle: str, index: NameIndex, platform: str) -> Resemblance | None:
    """Judge a name with other words around it: `examplex_support`, `ExamplexTR`, `examplex2024`."""
    if not spot.is_plain and _is_other_word(spot.shown, spot.watched):
        return None
    told = spot.told
    if told is None and len(handle) == FULL and starts_office(spot.right) and affixes(spot.left) is not None:
        told = Affix.OFFICE
    confidence = _by_words(spot, told) if told is not None else _by_name(spot)
    if not confidence or keeps_distance(spot.around) or is_denied(spot.around, spot.written.text):
        return None
    shown = index.shown(spot.watched, platform)
    reason = f"it holds the name {shown.brand_name}" + _reason(told)
    also = _techniques(told)
    if spot.is_plain:
        return Resemblance(shown, "embedded_brand", confidence, reason, also)
    reason += ", written with characters that look alike"
    return Resemblance(shown, "confusable", confidence, reason, ("embedded_brand", *also))


def _techniques(told: Affix | None) -> tuple[str, ...]:
    """Name what was put beside the name."""
    if not told:
        return ()
    if told & Affix.REGION and not told & Affix.OFFICE:
        return ("region",)
    return ("affix",) if told & (Affix.OFFICE | Affix.DRESS) else ("digits",)


def _reason(told: Affix | None) -> str:
    if not told:
        return ""
    return {"region": " and that of a country or language", "digits": " and a number"}.get(
        _techniques(told)[0], " beside words that impostors use"
    )


def _by_words(spot: Spot, told: Affix) -> float:
    """Weigh known words around a name: a common name needs a desk beside it, a short one an office, others nothing."""
    strength = spot.watched.strength
    if not (spot.is_plain or spot.is_bounded or told & Affix.OFFICE):
        return 0.0
    if told & Affix.DESK and (strength is Strength.OWN or spot.is_flanked):
        return 0.9
    if strength is Strength.COMMON:
        office = told & Affix.OFFICE and not told & Affix.EVENT and spot.is_bounded
        return 0.75 if office and not affix(spot.watched.key) else 0.0
    if not spot.is_bounded and (strength is Strength.SHORT or _may_be_word(spot)):
        return 0.0
    if told & Affix.OFFICE:
        return 0.85
    if strength is Strength.OWN:
        return 0.75
    return 0.65 if spot.watched.handles and spot.is_bounded and not told & Affix.DIGITS else 0.0


def _may_be_word(spot: Spot) -> bool:
    """Whether a name known elsewhere runs into what may well belong to it: few letters in front."""
    return 0 < len(spot.left) <= _FEW and bool(affix(spot.left) & Affix.OFFICE) and is_known_label(spot.watched.key)


def _is_of_words(key: str) -> bool:
    """Whether a name is two common words written together, which others may join as well."""
    return any(is_word(key[:cut]) and is_word(key[cut:]) for cut in range(3, len(key) - 2))


def _by_name(spot: Spot) -> float:
    """Weigh a name among words that tell nothing: it must be its brand's own, and stand as a word or be long."""
    key, office = spot.watched.key, any(affix(word) & Affix.OFFICE for word in spot.around)
    if spot.watched.strength is not Strength.OWN or not (spot.is_bounded or len(key) > _LONG):
        return 0.0
    if office and spot.is_bounded:
        return 0.8
    return _ALONE if len(key) >= _TELLING and not is_known_label(spot.watched.core) and not _is_of_words(key) else 0.0
