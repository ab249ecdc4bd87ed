"""Whom a display name claims to speak for: a brand, an official account, a member of staff."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from gateway.trust.affixes import Affix, affix, is_denied
from gateway.trust.confusables import name_forms
from gateway.trust.domains import read_host
from gateway.trust.name_index import NameIndex, Strength, Watched
from gateway.trust.resemblance import MAX_NAME, Guarded, Resemblance, squeezed
from gateway.trust.slips import EVIDENT, misspelt
from gateway.trust.spots import Spot, spots
from gateway.trust.words import GLUE, ROLES, has_role_sign, keeps_distance
from gateway.trust.written import Written, shape_of

if TYPE_CHECKING:
    from gateway.trust.directory import Directory

_MARKS = re.compile("[\u2705\u2611\u2714\u2713\U0001f535\U0001f539\U0001f537\U0001f3c5\U0001f6e1\u00ae\u2122\u24c7]")
"""Signs drawn after a name that look like a platform's mark of a verified account."""
_PARTED = re.compile(r"[\s!-/:-@\[-`{-~]+")


_LEAST_MISSPELT = 6


def poses_as(name: str, directory: Directory, platform: str = "") -> Resemblance | None:
    """Tell which brand a display name claims to speak for: the brand's own name, or the name and a role."""
    index = directory.name_index
    written = Written.of(name)
    signs = (
        _whole(name, written, index, platform),
        _with_role(written, index, platform),
        _site(name, directory, platform),
    )
    found = max((sign for sign in signs if sign is not None), key=lambda sign: sign.confidence, default=None)
    if found is None and len(written.plain) >= _LEAST_MISSPELT:
        found = _misspelt(written, index, platform)
    if found is not None and _MARKS.search(name):
        return replace(found, also=(*found.also, "drawn_mark"))
    return found


def _site(name: str, directory: Directory, platform: str) -> Resemblance | None:
    """`examplex.test`, `support@examplex.test`: one of our own sites or addresses as somebody's name."""
    text = name[:MAX_NAME].strip().rpartition("@")[2]
    host = read_host(text) if "." in text and " " not in text else None
    if host is None:
        return None
    owners = directory.site_of(host.ascii) or directory.mail_domains.get(host.ascii, ())
    guarded = directory.guarded(owners[0].value) if owners else None
    if guarded is None:
        return None
    shown = replace(guarded, official=directory.name_index.accounts.get((guarded.brand, platform), guarded.official))
    return Resemblance(shown, "display_name", 0.9, f"the display name is {guarded.official}")


def _misspelt(written: Written, index: NameIndex, platform: str) -> Resemblance | None:
    """A name may be anybody's, so that the slip must lie in a long part that is the brand's own, or in plain sight."""
    slip = misspelt(written, index, platform)
    if slip is None:
        return None
    key, core = slip.guarded.written, index.whole[slip.guarded.written].core
    if len(core) <= _LEAST_MISSPELT and not (slip.also or (slip.technique in EVIDENT and len(key) > _LEAST_MISSPELT)):
        return None
    return replace(slip, technique="display_name", also=(slip.technique, *slip.also))


def _whole(name: str, written: Written, index: NameIndex, platform: str) -> Resemblance | None:
    watched = index.whole.get(written.plain) or index.turned.get(written.plain)
    disguised = watched is None or not _is_written(name, watched)
    watched = watched or index.whole.get(written.shape)
    if watched is None:
        return None
    if watched.strength is Strength.COMMON and not (disguised or written.is_spaced or _MARKS.search(name)):
        return None
    shown = index.shown(watched, platform)
    told = f"the display name is that of {shown.brand_name}"
    if disguised:
        return Resemblance(shown, "display_name", 0.9, f"{told}, in characters that look alike", ("confusable",))
    return Resemblance(shown, "display_name", 0.8, told)


def _is_written(name: str, watched: Watched) -> bool:
    """Whether a name holds another letter by letter, nothing disguised, nothing hidden."""
    return watched.key in _PARTED.sub("", name.casefold())


def _with_role(written: Written, index: NameIndex, platform: str) -> Resemblance | None:
    """Of several names the longest is meant."""
    return next((found for spot in spots(written, index) if (found := _role(spot, index, platform)) is not None), None)


def _role(spot: Spot, index: NameIndex, platform: str) -> Resemblance | None:
    """`Examplex Support`, `Examplex News`; a name that is short or a common word must stand alone with an office."""
    around = spot.around
    beside = _own_beside(spot, around) if spot.watched.strength is Strength.OWN else _common_beside(spot, around)
    if not beside or keeps_distance(around) or is_denied(around, spot.written.text):
        return None
    shown = index.shown(spot.watched, platform)
    what = "a word of office" if beside is Affix.OFFICE else "what its own accounts are called by"
    reason = f"the display name joins {shown.brand_name} with {what}"
    confidence = 0.9 if beside is Affix.OFFICE else 0.7
    return Resemblance(shown, "display_name", confidence, reason, () if spot.is_plain else ("confusable",))


def _own_beside(spot: Spot, around: tuple[str, ...]) -> Affix:
    """Tell what stands beside a name that is its brand's own: an office anywhere, or known words and nothing else."""
    told = spot.told
    if (told is not None and told & Affix.OFFICE) or (spot.is_bounded and any(map(_is_role, around))):
        return Affix.OFFICE
    return Affix.DRESS if spot.is_bounded and told else Affix.NONE


def _common_beside(spot: Spot, around: tuple[str, ...]) -> Affix:
    told = spot.told or Affix.NONE
    if spot.written.is_spaced:
        return told & Affix.OFFICE
    if not spot.is_flanked:
        return Affix.NONE
    is_office = told & Affix.DESK or _is_of_office(around, ordinary=affix(spot.watched.key) > 0)
    return Affix.OFFICE if is_office else Affix.NONE


def _is_of_office(words: tuple[str, ...], *, ordinary: bool) -> bool:
    """Whether words beside a short or common name are all of office; beside an ordinary word, of a desk."""
    kinds = [_kind(word) for word in words]
    if not all(_kind(word) or word in GLUE or _is_role(word) for word in words):
        return False
    if any(kind & (Affix.DESK if ordinary else Affix.OFFICE) and not kind & Affix.EVENT for kind in kinds):
        return True
    return not ordinary and any(word in ROLES or has_role_sign(word) for word in words)


def _kind(word: str) -> Affix:
    return affix(word) or affix(shape_of(word))


def _is_role(word: str) -> bool:
    return bool(_kind(word) & Affix.OFFICE) or word in ROLES or has_role_sign(word)


def namesake(name: str, directory: Directory, on: date | None) -> Resemblance | None:
    """Tell whose display name an account bears that is not listed: of a member of staff, of an official account."""
    shown = name[:MAX_NAME]
    listed = (entry for form in sorted(name_forms(shown)) for entry in directory.people.get(form, ()))
    entry = next((entry for entry in listed if entry.is_valid(on)), None)
    if entry is None:
        return None
    guarded = Guarded(entry.brand, entry.brand_name, entry.name, entry.shown)
    told = f"the display name is that of {entry.shown}"
    if squeezed(shown.casefold()) != squeezed(entry.name.casefold()):
        return Resemblance(guarded, "listed_name", 0.95, f"{told}, written with characters that look alike")
    # Two people may bear one name by chance, but hardly with the brand's beside it.
    beside = bool(spots(Written.of(shown), directory.name_index))
    return Resemblance(guarded, "listed_name", 0.9 if beside else 0.7, told)
