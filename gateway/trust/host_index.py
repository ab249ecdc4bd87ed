"""What hosts are compared with: the names of brands as automaton and tables, so that no look-up asks every brand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import ahocorasick

from gateway.trust.compounds import taken_apart
from gateway.trust.confusables import digits_read, folded, pairs_read
from gateway.trust.domains import split_host
from gateway.trust.known import is_word
from gateway.trust.resemblance import Guarded, dotted, squeezed
from gateway.trust.schema import is_guardable
from gateway.trust.spelling import shortened
from gateway.trust.words import BAITS, TRADE

if TYPE_CHECKING:
    from gateway.trust.directory import Directory
    from gateway.trust.schema import Brand

SHORT = 4
"""Names of up to so many characters stand in other words by chance."""
FAR = 8
"""Names of so many characters bear two slips, and one slip beside other letters."""
NEAR = 5
"""Names of so many characters bear one slip."""
END = 3
"""By so many letters at its beginning or its end a long name with slips is found."""
LONG = 11
"""Longer names no compound comes near by chance."""
_MANY = 4
"""A name of so many words is shortened."""
_LEADING = ("my", "the", "get", "try", "use", "go")
"""Words before a name that people leave out."""


class Name(NamedTuple):
    """A name that impostors imitate: what a reader reads of it, without separators."""

    guarded: Guarded
    text: str
    shape: str
    """The text with digits as letters."""
    careful: bool
    """Short, or a common word: it needs more than itself."""
    borrowed: bool
    """A word that a site bears, or one of the trade: not the brand's own, so it needs bait beside it."""
    slips: int
    """How many slips leave it recognisable."""
    is_site: bool
    """Whether it is an official domain, its hyphens as dots."""


class Half(NamedTuple):
    """One half of a long name, by which it is found beside other letters although it is misspelt."""

    name: Name
    is_head: bool


Found = tuple[int, tuple[Name, ...], tuple[Half, ...]]


@dataclass(frozen=True, slots=True)
class HostIndex:
    """The names of all brands, ready to be looked up."""

    automaton: ahocorasick.Automaton | None
    """The shape of a name, of a site or of half a name → what it stands for; None without any name."""
    shortened: dict[str, tuple[Name, ...]]
    """A name's shape, and that without one of its letters → the names of five to seven letters."""
    heads: dict[str, tuple[Name, ...]]
    """How long names begin → those names."""
    tails: dict[str, tuple[Name, ...]]
    """How long names end → those names."""

    def find(self, shape: str) -> Iterator[tuple[int, Found]]:
        """Yield (its last place, its length, the names, the halves of names) for everything found in a shape."""
        return iter(()) if self.automaton is None else self.automaton.iter(shape)

    @classmethod
    def of(cls, directory: Directory) -> HostIndex:
        """Index a directory."""
        names: dict[str, Name] = {}
        for brand in directory.brands.values():
            for name in _names(brand, directory):
                held = names.get(name.shape)
                if held is None or (held.careful and not name.careful):
                    names[name.shape] = name
        found = tuple(names.values())
        return cls(_automaton(found), _shortened(found), _ends(found, head=True), _ends(found, head=False))


def _names(brand: Brand, directory: Directory) -> Iterator[Name]:
    sites = [entry.domain for entry in brand.web if entry.domain] + [item.domain for item in brand.mail if item.domain]
    cuts = [(split_host(site), site) for site in sites]
    main = directory.site_for(brand.id)
    own_names = {squeezed(folded(word)) for word in (brand.name, *brand.names, *brand.tokens)}
    for own in sorted(own_names):
        site = next((site for parts, site in cuts if squeezed(folded(parts.label)) == own), main)
        yield from _of_word(brand, own, site, borrowed=own in TRADE)
    for parts, site in cuts:
        label = squeezed(folded(parts.label))
        yield from _of_word(brand, label, site, borrowed=label not in own_names and (is_word(label) or label in TRADE))
        whole = squeezed(folded(parts.registrable))
        if label and len(whole) > SHORT and (len(label) <= SHORT or is_word(label)):
            # Where the label alone is any word, the name that people use has the suffix in it: Examplex.io.
            yield _named(brand, whole, site, careful=is_word(whole))
        dots = dotted(folded(site))
        if "." in dots:
            yield _named(brand, dots, site, written=folded(site), of_site=True)


def _of_word(brand: Brand, text: str, site: str, *, borrowed: bool) -> Iterator[Name]:
    if not is_guardable(text):
        return
    careful = brand.generic or len(text) <= SHORT or is_word(text) or _own_letters(text) == 1
    yield _named(brand, text, site, careful=careful, borrowed=borrowed and careful, slips=_slips(text))
    for short in _shortenings(text):
        yield _named(brand, short, site, careful=brand.generic, slips=_slips(short))
    words = taken_apart(text)[1]
    if len(words) >= _MANY and all(len(word) > 2 for word in words):
        # People call a long name by its first letters.
        yield _named(brand, "".join(word[0] for word in words), site, careful=True)


def _shortenings(text: str) -> Iterator[str]:
    """Yield what people make of a long name: without `my`, in the singular, its first two words of many."""
    forms = [text.removeprefix(leading) for leading in _LEADING]
    if text.endswith("s") and not text.endswith("ss"):
        forms.append(text[:-1])
    words = taken_apart(text)[1]
    if len(words) >= _MANY:
        forms.append("".join(words[:2]))
    for form in forms:
        if form != text and len(form) >= FAR and not is_word(form):
            yield form


def _named(
    brand: Brand,
    text: str,
    site: str,
    *,
    written: str = "",
    careful: bool = False,
    borrowed: bool = False,
    slips: int = 0,
    of_site: bool = False,
) -> Name:
    guarded = Guarded(brand.id, brand.name, written or text, site)
    return Name(guarded, text, digits_read(text), careful, borrowed, slips, of_site)


def _own_letters(text: str) -> int:
    """Return how many letters of a name belong to no word of the trade: by these it is told from others."""
    words = taken_apart(text)[1]
    return sum(len(word) for word in words if len(word) < SHORT or (word not in TRADE and word not in BAITS))


def _slips(text: str) -> int:
    """Return how many slips leave a name recognisable."""
    size, own = len(text), _own_letters(text)
    long_trade = any(len(word) > NEAR and word in TRADE for word in taken_apart(text)[1])
    if size < NEAR or (long_trade and own < SHORT and size <= (LONG if own else FAR)):
        return 0
    telling = own if own > SHORT else size if size > LONG else NEAR
    return max(1, min(3, (telling - 1) // 4))


def _automaton(names: tuple[Name, ...]) -> ahocorasick.Automaton | None:
    whole: dict[str, list[Name]] = {}
    halves: dict[str, list[Half]] = {}
    for name in names:
        for form in sorted({name.shape, pairs_read(name.shape)}):
            whole.setdefault(form, []).append(name)
        size = len(name.shape)
        if name.careful or not name.slips or size < FAR - 1:
            continue
        # A slip between two letters touches both, so each half leaves one out.
        half = (size - 1) // 2
        halves.setdefault(name.shape[:half], []).append(Half(name, is_head=True))
        halves.setdefault(name.shape[-half:], []).append(Half(name, is_head=False))
    if not whole:
        return None
    automaton = ahocorasick.Automaton()
    for pattern in whole.keys() | halves.keys():
        meaning = (len(pattern), tuple(whole.get(pattern, ())), tuple(halves.get(pattern, ())))
        automaton.add_word(pattern, meaning)
    automaton.make_automaton()
    return automaton


def _shortened(names: tuple[Name, ...]) -> dict[str, tuple[Name, ...]]:
    table: dict[str, tuple[Name, ...]] = {}
    for name in names:
        if not name.slips or len(name.shape) >= FAR:
            continue
        for form in set(shortened(name.shape)):
            table[form] = (*table.get(form, ()), name)
    return table


def _ends(names: tuple[Name, ...], *, head: bool) -> dict[str, tuple[Name, ...]]:
    table: dict[str, tuple[Name, ...]] = {}
    for name in names:
        if name.slips and len(name.shape) >= FAR:
            end = name.shape[:END] if head else name.shape[-END:]
            table[end] = (*table.get(end, ()), name)
    return table
