"""Whom a display name claims to speak for: a brand, an official account, a member of staff."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from gateway.trust.confusables import folded, name_forms, skeletons
from gateway.trust.resemblance import MAX_NAME, Guarded, Hit, Resemblance, hits, parts_words, squeezed, words
from gateway.trust.words import GLUE, ROLES, has_role_sign

if TYPE_CHECKING:
    from gateway.trust.directory import Directory


def poses_as(name: str, directory: Directory) -> Resemblance | None:
    """Tell which brand a display name claims to speak for: the brand's own name, or the name and a role."""
    shown = name[:MAX_NAME]
    for form in (folded(shown), *sorted(skeletons(shown))):
        guarded = directory.names.get(squeezed(form))
        if guarded is not None:
            return Resemblance(guarded, "display_name", 0.8, f"the display name is that of {guarded.brand_name}")
    return next((found for hit in hits(shown, directory) if (found := _role(hit, shown)) is not None), None)


def namesake(name: str, directory: Directory, on: date | None) -> Resemblance | None:
    """Tell whose display name an account bears that is not listed: of a member of staff, of an official account."""
    shown = name[:MAX_NAME]
    listed = (entry for form in sorted(name_forms(shown)) for entry in directory.people.get(form, ()))
    entry = next((entry for entry in listed if entry.is_valid(on)), None)
    if entry is None:
        return None
    guarded = Guarded(entry.brand, entry.brand_name, entry.name, entry.shown, careful=False)
    told = f"the display name is that of {entry.shown}"
    if squeezed(shown.casefold()) != squeezed(entry.name.casefold()):
        return Resemblance(guarded, "listed_name", 0.95, f"{told}, written with characters that look alike")
    # Two people may bear one name by chance, but hardly with the brand's beside it.
    return Resemblance(guarded, "listed_name", 0.9 if any(hits(shown, directory)) else 0.7, told)


def _role(hit: Hit, name: str) -> Resemblance | None:
    """`Examplex Support`: needs a word of office; a name that is a common word must stand alone with it."""
    around = [word.casefold() for word in words(hit.left) + words(hit.right)]
    if not _touches(hit) or not any(map(_is_role, (*around, *words(name.casefold())))):
        return None
    if hit.guarded.careful and not all(_is_role(word) or word in GLUE for word in around):
        return None
    reason = f"the display name joins {hit.guarded.brand_name} with a word of office"
    return Resemblance(hit.guarded, "display_name", 0.9, reason)


def _is_role(word: str) -> bool:
    return word in ROLES or has_role_sign(word)


def _touches(hit: Hit) -> bool:
    """Whether the name stands as a word of its own, or runs into a word of office."""
    left, right = hit.left, hit.right
    free_left = not left or parts_words(left[-1]) or words(left)[-1] in ROLES
    return free_left and (not right or parts_words(right[0]) or words(right)[0] in ROLES)
