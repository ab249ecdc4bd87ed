"""Where a watched name stands inside another name, and what stands around it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from gateway.trust.affixes import Affix, affixes
from gateway.trust.name_index import NameIndex, Watched
from gateway.trust.written import Written


@dataclass(frozen=True, slots=True)
class Spot:
    """A watched name inside another. `is_plain`: letter by letter, nothing disguised."""

    watched: Watched
    left: str
    right: str
    is_bounded: bool
    """Whether it begins and ends where words do."""
    is_plain: bool
    written: Written

    @property
    def told(self) -> Affix | None:
        """What stands around it tells, or None where part of it is no known affix."""
        left, right = affixes(self.left), affixes(self.right)
        return None if left is None or right is None else left | right

    @property
    def is_flanked(self) -> bool:
        """Whether nothing runs into it but words of office."""
        if self.is_bounded:
            return True
        left, right = affixes(self.left), affixes(self.right)
        return _is_office(left) and _is_office(right)

    @property
    def around(self) -> tuple[str, ...]:
        """The words around it, in small letters."""
        return _words(self.written, self.left, self.right)


def spots(written: Written, index: NameIndex) -> Iterator[Spot]:
    """Yield the watched names inside a name; work grows with the name, not with the number of brands."""
    if not index.whole:
        return
    plain, shape = written.plain, written.shape
    for end, (length, watched) in index.inside.iter(plain):
        if watched.key == plain[end + 1 - length : end + 1]:
            yield _spot(written, plain, end + 1 - length, end + 1, watched, is_plain=True)
    for end, (length, watched) in index.inside.iter(shape):
        start = end + 1 - length
        if len(plain) != len(shape) or plain[start : end + 1] != watched.key:
            yield _spot(written, shape, start, end + 1, watched, is_plain=False)


def _spot(written: Written, form: str, start: int, end: int, watched: Watched, *, is_plain: bool) -> Spot:
    cuts = written.cuts if is_plain else written.shape_cuts
    # Digits that a skeleton takes for letters are read as they are written, where both readings are of one length.
    source = written.plain if len(written.plain) == len(form) else form
    bounded = start in cuts and end in cuts
    return Spot(watched, source[:start], source[end:], bounded, is_plain, written)


def _is_office(kinds: Affix | None) -> bool:
    return kinds is not None and (not kinds or bool(kinds & Affix.OFFICE))


def _words(written: Written, left: str, right: str) -> tuple[str, ...]:
    rest = [left, right]
    place, found = 0, []
    for piece in written.pieces:
        if place + len(piece) <= len(rest[0]) or place >= len(written.plain) - len(rest[1]):
            found.append(piece)
        place += len(piece)
    return tuple(found) or tuple(word for word in rest if word)
