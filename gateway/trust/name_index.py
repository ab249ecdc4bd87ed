"""The names of all brands made ready to be looked up: whole, misspelt, inside other names, in any number."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from enum import IntEnum
from typing import TYPE_CHECKING

import ahocorasick

from gateway.trust.affixes import Affix, affix, affixes, is_currency, is_ordinary, trimmed
from gateway.trust.confusables import folded
from gateway.trust.domains import split_host
from gateway.trust.entries import STAFF, platform_title
from gateway.trust.known import is_word
from gateway.trust.resemblance import Guarded, squeezed
from gateway.trust.spelling import shortened
from gateway.trust.written import Written, flat, shape_of

if TYPE_CHECKING:
    from gateway.trust.directory import Directory
    from gateway.trust.schema import Brand

_SHORT = 4
"""Letters of a name that is too short to be its brand's alone."""
_LEAST, _LEAST_BEYOND_ASCII = 3, 2
_MOST_EDITED = 40
_OF_NAMES = 4
_LEAST_DERIVED = 5


class Strength(IntEnum):
    """How surely a name is meant where it is read."""

    COMMON = 0
    """A word, a currency, a kind of channel: anybody's name may hold it."""
    SHORT = 1
    """It occurs in other words by chance."""
    OWN = 2
    """Nobody but its brand has reason to use it."""


@dataclass(frozen=True, slots=True)
class Watched:
    """A name that accounts are compared with, in small letters without separators."""

    key: str
    guarded: Guarded
    strength: Strength
    core: str
    """The key without the ordinary words at its ends: `examplex` of `examplexofficial`."""
    shape: str
    """The skeleton of the key."""
    handles: tuple[tuple[str, str], ...] = ()
    """(platform, account) of the official accounts that bear it as their handle."""

    @property
    def is_ordinary(self) -> bool:
        """Whether nothing of it is its brand's own: `cryptochat`."""
        return affixes(self.key) is not None

    @property
    def can_be_misspelt(self) -> bool:
        """Whether a name near to it is looked at: words have many honest neighbours, handles of two words few."""
        if self.strength is Strength.COMMON:
            return bool(self.handles)
        return True


@dataclass(frozen=True, eq=False)
class NameIndex:
    """What handles and display names are compared with."""

    whole: dict[str, Watched] = field(default_factory=dict)
    """Plain reading, or skeleton → name."""
    turned: dict[str, Watched] = field(default_factory=dict)
    """A name of several words in another order → name."""
    edits: dict[str, tuple[Watched, ...]] = field(default_factory=dict)
    """A name, and all that is left of it when one letter is taken out → names; with what looks alike merged."""
    accounts: dict[tuple[str, str], str] = field(default_factory=dict)
    """(brand, platform) → the account of the brand to be shown there."""
    inside: ahocorasick.Automaton = field(default_factory=ahocorasick.Automaton)
    """Finds all names inside a text, as (length, name)."""

    @classmethod
    def of(cls, directory: Directory) -> NameIndex:
        """Index a directory."""
        made = cls()
        brands = tuple(directory.brands.values())
        names: dict[str, Watched] = {}
        for brand in brands:
            _watch_handles(made, names, brand)
        for brand in brands:
            _watch_names(names, brand, directory.site_for(brand.id))
        for form, watched in _forms(names):
            made.whole.setdefault(form, watched)
        for brand in brands:
            for name in _texts(brand):
                _turn(made, Written.of(name))
        _link(made)
        return made

    def shown(self, watched: Watched, platform: str, *, whole: bool = False) -> Guarded:
        """Return whose name it is, with the account to be shown as the true one; `whole`: it is the name, no more."""
        return replace(watched.guarded, official=self._official(watched, platform, whole))

    def _official(self, watched: Watched, platform: str, whole: bool) -> str:
        """Return the account that is the true one: of that platform first."""
        on_it = next((shown for name, shown in watched.handles if name == platform), "")
        first = watched.handles[0][1] if whole and watched.handles else ""
        return on_it or self.accounts.get((watched.guarded.brand, platform), "") or first or watched.guarded.official


def _texts(brand: Brand) -> Iterator[str]:
    yield from (account.handle for account in brand.accounts if account.handle)
    yield from (brand.name, *brand.names, *brand.tokens)


def _forms(names: dict[str, Watched]) -> Iterator[tuple[str, Watched]]:
    yield from names.items()
    yield from ((watched.shape, watched) for watched in names.values())


def _watch_handles(made: NameIndex, names: dict[str, Watched], brand: Brand) -> None:
    for account in brand.accounts:
        if account.handle:
            shown = f"@{account.handle} on {platform_title(account.platform)}"
            if account.role != STAFF:
                made.accounts.setdefault((brand.id, account.platform), shown)
            _watch(names, brand, Written.of(account.handle).plain, shown, platform=account.platform)


def _watch_names(names: dict[str, Watched], brand: Brand, site: str) -> None:
    domains = [entry.domain for entry in brand.web if entry.domain]
    domains += [entry.domain for entry in brand.mail if entry.domain]
    labels = {squeezed(folded(split_host(name).label)): name for name in reversed(domains)}
    for name in (brand.name, *brand.names, *brand.tokens):
        plain = Written.of(name).plain
        _watch(names, brand, plain, labels.get(plain, site))
    for label, name in labels.items():
        # The label of a domain may be any common word; only a name that the brand goes by stands for it alone.
        if len(label) > _SHORT:
            _watch(names, brand, label, name, most=Strength.SHORT)
    for account in brand.accounts:
        core = _own_part(Written.of(account.handle)) if account.handle else ""
        if len(core) > _LEAST_DERIVED and core not in names and strength_of(core) is Strength.OWN:
            _watch(names, brand, core, site)


def _watch(
    names: dict[str, Watched],
    brand: Brand,
    key: str,
    official: str,
    *,
    platform: str = "",
    most: Strength = Strength.OWN,
) -> None:
    handles = ((platform, official),) if platform else ()
    known = names.get(key)
    if known is not None and known.guarded.brand == brand.id:
        guarded = known.guarded if platform else replace(known.guarded, official=official or known.guarded.official)
        names[key] = replace(known, guarded=guarded, handles=known.handles + handles)
    elif known is None and len(key) >= (_LEAST if key.isascii() else _LEAST_BEYOND_ASCII):
        strength = Strength.COMMON if brand.generic else min(most, strength_of(key))
        guarded = Guarded(brand.id, brand.name, key, official)
        names[key] = Watched(key, guarded, strength, _core(key), shape_of(key), handles)


def _turn(made: NameIndex, written: Written) -> None:
    """Note a name of several words with its first word last, and its last word first."""
    watched = made.whole.get(written.plain)
    if watched is None or len(written.pieces) < 2 or watched.strength is Strength.COMMON:
        return
    first, last = written.pieces[0], written.pieces[-1]
    made.turned.setdefault("".join((*written.pieces[1:], first)), watched)
    made.turned.setdefault("".join((last, *written.pieces[:-1])), watched)


def strength_of(key: str) -> Strength:
    """Judge a name in small letters without separators: `ledger` is a word, `okx` short, `examplex` its own."""
    if not key.isascii():
        return Strength.OWN if len(key) >= _LEAST else Strength.SHORT
    if key.isdigit() or is_word(key) or is_currency(key) or is_ordinary(key):
        return Strength.COMMON
    return Strength.SHORT if len(key) <= _SHORT else Strength.OWN


def _own_part(handle: Written) -> str:
    """Return a handle without the ordinary words that its writing parts, or that are long, at its ends."""
    pieces = list(handle.pieces)
    while len(pieces) > 1 and affix(pieces[-1]):
        pieces.pop()
    while len(pieces) > 1 and affix(pieces[0]):
        pieces.pop(0)
    key = "".join(pieces)
    rests = [key[:-cut] for cut in range(_OF_NAMES, len(key) - _SHORT) if affix(key[-cut:])]
    return min(rests, key=len) if rests else key


def _core(key: str) -> str:
    """Take ordinary words off both ends of a name, as long as two letters are left."""
    for _ in range(3):
        rests = [rest for rest, kind in trimmed(key) if kind & (Affix.OFFICE | Affix.DRESS) and len(rest) > 1]
        if not rests:
            break
        key = min(rests, key=len)
    return key


def _link(made: NameIndex) -> None:
    """Make ready what is found inside names, and what one slip of the finger makes of a name."""
    edits: dict[str, list[Watched]] = {}
    for form, watched in made.whole.items():
        made.inside.add_word(form, (len(form), watched))
    for watched in dict.fromkeys(made.whole.values()):
        form = flat(watched.key)
        if watched.can_be_misspelt and len(form) <= _MOST_EDITED:
            for less in set(shortened(form)):
                edits.setdefault(less, []).append(watched)
    if made.whole:
        made.inside.make_automaton()
    made.edits.update((form, tuple(found)) for form, found in edits.items())
