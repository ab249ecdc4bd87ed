"""One text with the platform's escapes undone, and the places in it: offsets stay true whichever text they counted.

The platform escapes `&`, `<` and `>`, and counts code points. Where a mark does not stand where it should, it is looked
for, so that a platform that counts the text otherwise (escapes undone, UTF-16 units) is understood as well.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from itertools import accumulate

from normalizers.x import _clean, _limits
from normalizers.x._reading import Reading

_ESCAPED = re.compile("&(?:amp|lt|gt);")
_PLAIN = {"&amp;": "&", "&lt;": "<", "&gt;": ">"}


class Body:
    """A text as people read it."""

    __slots__ = ("_behind", "_ends", "_from", "_lost", "_misses", "text")

    def __init__(self, source: str, reading: Reading) -> None:
        if len(source) > _limits.TEXT_CHARS:
            reading.note("text_over_cap", f"Only the first {_limits.TEXT_CHARS} characters of the text were kept.")
            source = source[: _limits.TEXT_CHARS]
        found = list(_ESCAPED.finditer(source)) if "&" in source else []
        self._ends = [match.end() for match in found]
        self._lost = [0, *accumulate(len(match[0]) - 1 for match in found)]
        self._from = 0
        self._misses = 0
        self.text = _clean.block(_ESCAPED.sub(lambda match: _PLAIN[match[0]], source) if found else source, reading)

    def place(self, start: int | None, end: int | None, shown: str) -> tuple[int, int] | None:
        """Return start and end of what a mark covers, or None; `shown` is what must stand there, unless it is empty."""
        if start is not None and end is not None:
            for first, last in ((self._plain(start), self._plain(end)), (start, end)):
                if first < last <= len(self.text) and _same(
                    self.text[first : min(last, first + _limits.URL_CHARS)], shown
                ):
                    self._from = last
                    return first, last
        return self._search(shown)

    def plain_offset(self, offset: int) -> int:
        """Return where an offset into the escaped text lies in the text as people read it."""
        return min(self._plain(offset), len(self.text))

    def _plain(self, offset: int) -> int:
        return offset - self._lost[bisect_right(self._ends, offset)] if self._ends else offset

    def _search(self, shown: str) -> tuple[int, int] | None:
        if not shown or self._misses >= _limits.MISSES:
            return None
        at = self.text.find(shown, self._from)
        if at < 0:
            # Links are marked first, and accounts then: their order begins anew.
            at = self.text.find(shown)
        if at < 0:
            self._misses += 1
            return None
        self._from = at + len(shown)
        return at, self._from


def _same(text: str, shown: str) -> bool:
    return not shown or text.replace("\uff20", "@").lower() == shown.lower()
