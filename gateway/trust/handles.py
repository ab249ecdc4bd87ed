"""Whether a handle that is not listed looks like the account of a brand, and how. Finding nothing proves nothing."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gateway.trust.confusables import skeletons
from gateway.trust.domains import ascii_lower
from gateway.trust.hosts import combination
from gateway.trust.resemblance import MAX_NAME, Hit, Resemblance, confused, hits, squeezed, words
from gateway.trust.words import keeps_distance

if TYPE_CHECKING:
    from gateway.trust.directory import Directory

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


@dataclass(frozen=True, slots=True)
class NameIndex:
    """What handles and display names are compared with: the brands' names, ready to be looked up."""

    brands: tuple[str, ...]

    @classmethod
    def of(cls, directory: Directory) -> NameIndex:
        """Index a directory."""
        return cls(tuple(directory.brands))


def resembles_handle(handle: str, directory: Directory) -> Resemblance | None:
    """Tell which brand's account a handle that is not listed looks like."""
    whole = _whole_handle(handle, directory)
    if whole is not None:
        return whole
    found = list(hits(_CAMEL.sub("_", handle[:MAX_NAME]), directory))
    if any(hit.plain and keeps_distance(words(hit.left) + words(hit.right)) for hit in found):
        return None
    # A capital in the middle may part words, or stand for another letter.
    found += (hit for hit in hits(handle[:MAX_NAME], directory) if _is_disguised(hit, handle))
    return next((shown for hit in found if (shown := combination(hit, directory_wide=False)) is not None), None)


def _is_disguised(hit: Hit, text: str) -> bool:
    """Whether a name is there for a reader alone: the text, letter by letter, does not hold it."""
    return not hit.plain and hit.guarded.written not in ascii_lower(text)


def _whole_handle(handle: str, directory: Directory) -> Resemblance | None:
    plain = ascii_lower(handle)
    for form in (plain, *sorted(skeletons(handle[:MAX_NAME]))):
        key = squeezed(form)
        guarded = directory.handles.get(key) or directory.names.get(key)
        if guarded is None:
            continue
        if plain in directory.platforms or (plain == guarded.written and directory.names.get(plain) is guarded):
            reason = f"it is the name of {guarded.brand_name}, but no such account of its is listed there"
            return Resemblance(guarded, "same_name_elsewhere", 0.6, reason)
        if squeezed(plain) == guarded.written:
            return Resemblance(guarded, "separator", 0.85, f"it differs from {guarded.official} only by separators")
        return Resemblance(guarded, "confusable", 0.95, confused(handle, guarded))
    return None
