"""Where a watched name stands inside another name, and what stands around it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from gateway.trust.affixes import Affix, affixes
from gateway.trust.name_index import NameIndex, Watched
from gateway.trust.written import Written, shape_of

_MOST = 12


@dataclass(frozen=True)
class Spot:
    """A watched name inside another. `is_plain`: letter by letter, nothing disguised."""

    watched: Watched
    written: Written
    start: int
    end: int
    is_plain: bool

    @property
    def _form(self) -> str:
        return self.written.plain if self.is_plain else self.written.shape

    @property
    def left(self) -> str:
        """The letters before it."""
        return self._source[: self.start]

    @property
    def right(self) -> str:
        """The letters after it."""
        return self._source[self.end :]

    @property
    def _source(self) -> str:
        """Digits that a skeleton takes for letters are read as they are written, where both are of one length."""
        form = self._form
        return self.written.plain if len(self.written.plain) == len(form) else form

    @property
    def shown(self) -> str:
        """The letters that stand there."""
        return self._source[self.start : self.end]

    @property
    def is_bounded(self) -> bool:
        """Whether it begins and ends where words do."""
        cuts = self.written.cuts if self.is_plain else self.written.shape_cuts
        return self.start in cuts and self.end in cuts

    @property
    def told(self) -> Affix | None:
        """What stands around it tells, or None where part of it is no known affix."""
        left, right = _kinds(self.left), _kinds(self.right)
        return None if left is None or right is None else left | right

    @property
    def is_flanked(self) -> bool:
        """Whether nothing runs into it but words of office."""
        return self.is_bounded or (_is_office(_kinds(self.left)) and _is_office(_kinds(self.right)))

    @cached_property
    def around(self) -> tuple[str, ...]:
        """The words around it, in small letters."""
        place, found = 0, []
        # Digits part words, but where they stand for letters.
        for word in self.written.pieces if self.is_plain else self.written.words:
            length = len(word if self.is_plain else shape_of(word))
            if place + length <= self.start or place >= self.end:
                found.append(word)
            place += length
        return tuple(found) or tuple(word for word in (self.left, self.right) if word)


def _kinds(text: str) -> Affix | None:
    """Tell what letters beside a name mean, as they stand or as they look."""
    kinds = affixes(text)
    return affixes(shape_of(text)) if kinds is None else kinds


def _is_office(kinds: Affix | None) -> bool:
    return kinds is not None and (not kinds or bool(kinds & Affix.OFFICE))


def spots(written: Written, index: NameIndex) -> list[Spot]:
    """Return the watched names inside a name, longest first; work grows with the name, not with the number of brands.

    Of very many only the longest are returned: a name that holds them all means none.
    """
    found = sorted(_spots(written, index), key=lambda spot: spot.start - spot.end) if index.whole else []
    return found[:_MOST]


def _spots(written: Written, index: NameIndex) -> Iterator[Spot]:
    plain, seen = written.plain, set()
    for end, (length, watched) in index.inside.iter(plain):
        if watched.key == plain[end + 1 - length : end + 1]:
            seen.add(watched.key)
            yield Spot(watched, written, end + 1 - length, end + 1, is_plain=True)
    for end, (length, watched) in index.inside.iter(written.shape):
        if watched.key not in seen:
            yield Spot(watched, written, end + 1 - length, end + 1, is_plain=False)
