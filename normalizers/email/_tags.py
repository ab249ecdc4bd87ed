"""Cuts HTML into text and tags, in steps that grow with it alone, however broken it is."""

from __future__ import annotations

import re
from collections.abc import Iterator

TEXT, START, END = "text", "start", "end"
VOID = frozenset(("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"))
"""Elements without content, which nothing ends."""
_RAW = frozenset({"script", "style", "title", "template", "xml"})
_NAME = r"<(/?)([a-zA-Z][a-zA-Z0-9:_-]{0,40})"
_TAG = re.compile(_NAME)
# Text and a tag whose quotes all close within it: what ends it is seen without a look at its attributes one by one.
_STEP = re.compile(r"([^<]*+)" + _NAME + r"""([^<>"'=]*+(?:=\s*+(?:"[^<>"]*"|'[^<>']*'|(?!["']))[^<>"'=]*+)*+)>""")
_EDGE = re.compile(r"""=\s*(["'])|[<>]""")
_BARE_EDGE = re.compile("[<>]")


class Scanner:
    """Cuts HTML into text and tags; every search that finds nothing is the last of its kind."""

    def __init__(self, html: str) -> None:
        self._html = html
        self._quotes = True
        self._comments = True

    def tokens(self) -> Iterator[tuple[str, str, str]]:
        """Yield (TEXT, "", text), (START, name, attributes) and (END, name, attributes)."""
        html, here, next_tag = self._html, 0, _STEP.match
        while True:
            if (step := next_tag(html, here)) is not None:
                text, slash, name, attributes = step.groups()
                here = step.end()
            elif (found := self._step(here)) is not None:
                text, slash, name, attributes, here = found
            else:
                break
            if text:
                yield TEXT, "", text
            if name:
                name = name.lower()
                yield (END if slash else START), name, attributes
                if not slash and name in _RAW:
                    here = self._past_raw(name, here)
        if here < len(html):
            yield TEXT, "", html[here:]

    def _step(self, here: int) -> tuple[str, str, str, str, int] | None:
        """Return text, the slash, name and attributes of a tag that is broken or odd, and where that ends."""
        html = self._html
        if (spot := html.find("<", here)) < 0:
            return None
        if (match := _TAG.match(html, spot)) is None:
            end = self._past_markup(spot)
            return html[here : spot + (end == spot + 1)], "", "", "", end
        close = self._tag_end(match.end())
        if close is None:
            return None
        attributes = html[match.end() : close]
        return html[here:spot], match[1], match[2], attributes, close + (html[close : close + 1] == ">")

    def _past_markup(self, spot: int) -> int:
        """Return where a comment or declaration ends; one further when there is none."""
        if self._comments and self._html.startswith("<!--", spot):
            end = self._html.find("-->", spot + 2)
            self._comments = end >= 0
            if end >= 0:
                return end + 3
        if self._html.startswith(("<!", "<?", "</"), spot):
            edge = _BARE_EDGE.search(self._html, spot + 1)
            if edge and edge[0] == ">":
                return edge.end()
        return spot + 1

    def _tag_end(self, here: int) -> int | None:
        """Return where a tag's attributes end; None when nothing ends them."""
        start = here
        while self._quotes and (edge := _EDGE.search(self._html, here)):
            if edge[1] is None:
                return edge.start()
            here = self._html.find(edge[1], edge.end()) + 1
            if here == 0:
                self._quotes = False
        self._quotes = False
        bare = _BARE_EDGE.search(self._html, start)
        return bare.start() if bare else None

    def _past_raw(self, name: str, here: int) -> int:
        """Return where the content of an element that is not text ends; at the end when it is never closed."""
        close = re.compile(f"</{name}", re.IGNORECASE).search(self._html, here)
        return close.start() if close else len(self._html)
