"""The handles that would pass for an official account on its platform, the most plausible first. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from gateway.patrol.values import Alike
from gateway.patrol.variants import variants
from gateway.trust.directory import Directory
from gateway.trust.domains import ascii_lower
from gateway.trust.entries import Official
from gateway.trust.resemblance import squeezed

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|[^A-Za-z0-9]+")
_SHAPES = {
    "x": re.compile(r"[a-z0-9_]{4,15}"),
    # Neither two underscores in a row nor one at the end.
    "telegram": re.compile(r"(?=.{5,32}$)[a-z][a-z0-9]*(?:_[a-z0-9]+)*"),
}
_ANY_SHAPE = re.compile(r"[a-z0-9_.-]{3,30}")
_JOINTS = {"x": "_", "telegram": "_"}
_ANY_JOINTS = "_."
_SHORTEST = 3
"""Of a shorter name everything would be a variant."""
_BRAND = 0.97
"""A brand's name that is no official account's is varied too, a little later."""


class Candidate(NamedTuple):
    """A name to be looked up, and whom it would pass for; the best first when sorted by `key`."""

    value: str
    alike: Alike

    @property
    def key(self) -> tuple[float, str]:
        """Where it stands in the order of a search."""
        return -self.alike.plausibility, self.value


def handle_candidates(
    entries: Sequence[Official], platform: str, directory: Directory, years: Iterable[int] = ()
) -> Iterator[Candidate]:
    """Yield what passes for the official accounts of a platform, or for their brands there; in no order.

    A candidate is a name that somebody can have there, that is not official, and that is not on the list of scams.
    """
    years, joints = tuple(years), _JOINTS.get(platform, _ANY_JOINTS)
    own = [entry for entry in entries if entry.platform == platform and entry.value != entry.id]
    for brand in dict.fromkeys(entry.brand for entry in own):
        best: dict[str, Candidate] = {}
        for name, parts, of, weight in _bases([entry for entry in own if entry.brand == brand], directory):
            for each in variants(name, joints, parts, years):
                worth = round(each.plausibility * weight, 4)
                before = best.get(each.value)
                if is_possible(each.value, platform) and (before is None or before.alike.plausibility < worth):
                    best[each.value] = Candidate(each.value, Alike(brand, of, each.technique, worth))
        yield from (each for each in best.values() if not _is_known(each.value, platform, directory))


_Base = tuple[str, tuple[str, ...], str, float]
"""Name, its words, the official account as it is shown, a factor of plausibility."""


def _bases(entries: Sequence[Official], directory: Directory) -> Iterator[_Base]:
    """Yield the names of one brand that are varied: those of its accounts, and its own."""
    spelled = {ascii_lower(entry.value): (entry.value, entry.shown, 1.0) for entry in reversed(entries)}
    brand = directory.brands[entries[0].brand]
    spelled.setdefault(ascii_lower(squeezed(brand.name)), (brand.name, entries[0].shown, _BRAND))
    for name, (spelling, shown, weight) in spelled.items():
        if len(name) >= _SHORTEST and name.isascii():
            yield name, tuple(ascii_lower(part) for part in _CAMEL.split(spelling) if part), shown, weight


def is_possible(name: str, platform: str) -> bool:
    """Whether a platform gives out such a name."""
    return _SHAPES.get(platform, _ANY_SHAPE).fullmatch(name) is not None


def _is_known(name: str, platform: str, directory: Directory) -> bool:
    return (platform, name) in directory.accounts or directory.reported("handle", name, platform) is not None
