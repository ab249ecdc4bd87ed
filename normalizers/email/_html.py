"""HTML to plain text and links, in one pass whose steps grow with the text alone, however broken the HTML is.

By hand rather than by `html.parser`, whose time grows with the square of some broken input (CVE-2025-6069).
"""

from __future__ import annotations

import html as entities
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from urllib.parse import unquote

from gateway.case import Link, Span
from normalizers.email import _clean, _hiding, _limits
from normalizers.email._attributes import HUGE_NUMBER, attributes_of
from normalizers.email._hiding import Hides
from normalizers.email._reading import Reading

_BLOCKS = frozenset({
    "address", "article", "aside", "blockquote", "center", "dd", "div", "dl", "dt", "fieldset", "figure", "footer",
    "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "nav", "ol", "p", "pre", "section",
    "table", "tr", "ul",
})  # fmt: skip
_VOID = frozenset(
    ("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr")
)
_RAW = frozenset({"script", "style", "title", "template", "xml"})
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9:_-]{0,40})")
_EDGE = re.compile(r"""=\s*(["'])|[<>]""")
_BARE_EDGE = re.compile("[<>]")
# A tag whose quotes all close within it: what ends it is seen without looking at its attributes one by one.
_WHOLE_TAG = re.compile(
    r"""<(/?)([a-zA-Z][a-zA-Z0-9:_-]{0,40})"""
    r"""([^<>"'=]*(?:=\s*(?:"[^<>"]*"|'[^<>']*'|(?!["'\s]))[^<>"'=]*)*)>"""
)
_IN_LINE = frozenset(("br", "a", "img", "td", "th"))
_MATTERS = _BLOCKS | _IN_LINE
"""Elements that change the text; of all others only what they hide does."""
_URL_JUNK = re.compile("[\x00-\x20\x7f-\x9f]+")
_QUOTE_DEPTH = 5
NO_PICTURES: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Rendered:
    """Plain text, and the links whose places in it are known."""

    text: str
    links: tuple[Link, ...] = ()
    shown: frozenset[str] = frozenset()
    """The names (Content-ID) of the pictures in the text."""


def render(html: str, reading: Reading, pictures: Mapping[str, str] = NO_PICTURES) -> Rendered:
    """Return what a reader of the HTML sees; script, style and hidden elements are left out.

    `pictures` are the files that it may show in the text: names by Content-ID.

    Where nothing is left then, what is hidden is shown: broken HTML hides by accident what its author meant to show.
    """
    writer = _written(html, reading, pictures, hide=True)
    if writer.hid and not writer.length:
        reading.note("hidden_text_shown", "All text of the HTML is hidden from the reader; it was kept.")
        writer = _written(html, reading, pictures, hide=False)
    elif writer.hid:
        reading.note("hidden_text_removed", "Text that the HTML hides from the reader was left out.")
    if writer.full:
        reading.note("text_over_cap", f"Of the text only the first {_limits.TEXT_CHARS} characters were kept.")
    return writer.finished()


def _written(html: str, reading: Reading, pictures: Mapping[str, str], *, hide: bool) -> _Writer:
    html = _clean.block(html, reading)
    scanner = _Scanner(html)
    writer = _Writer(reading, pictures, _hiding.Hiding(html) if hide else None)
    for kind, name, content in scanner.tokens():
        if writer.full:
            break
        if kind == "text":
            writer.text(content)
        elif kind == "start":
            writer.start(name, content)
        else:
            writer.end(name)
    return writer


class _Scanner:
    """Cuts HTML into text and tags; every search that finds nothing is the last of its kind."""

    def __init__(self, html: str) -> None:
        self._html = html
        self._quotes = True
        self._comments = True

    def tokens(self) -> Iterator[tuple[str, str, str]]:
        """Yield (`text`, "", text), (`start`, name, attributes) and (`end`, name, "")."""
        here = 0
        while (spot := self._html.find("<", here)) >= 0:
            if spot > here:
                yield "text", "", self._html[here:spot]
            if (whole := _WHOLE_TAG.match(self._html, spot)) is not None:
                slash, name, attributes = whole.groups()
                name, here = name.lower(), whole.end()
                yield ("end" if slash else "start"), name, attributes
                if name in _RAW and not slash:
                    here = self._past_raw(name, here)
                continue
            match = _TAG.match(self._html, spot)
            if match is None:
                here = self._past_markup(spot)
                if here == spot + 1:
                    yield "text", "", "<"
                continue
            end = self._tag_end(match.end())
            if end is None:
                here = spot
                break
            name = match[2].lower()
            yield ("end" if match[1] else "start"), name, self._html[match.end() : end]
            here = end + (self._html[end : end + 1] == ">")
            if name in _RAW and not match[1]:
                here = self._past_raw(name, here)
        if here < len(self._html):
            yield "text", "", self._html[here:]

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


class _Writer:
    """Writes text as a reader sees it, and knows where each link stands in it."""

    def __init__(self, reading: Reading, pictures: Mapping[str, str], hiding: _hiding.Hiding | None) -> None:
        self.hid = False
        self.length = 0
        self._hiding = hiding
        self._reading = reading
        self._pictures = pictures
        self._shown: set[str] = set()
        self._pieces: list[str] = []
        self._breaks = 0
        self._space = False
        self._quote = 0
        self._pre = 0
        self._links: list[Link] = []
        self._anchor: tuple[str, int, int] | None = None
        self._hidden: tuple[str, int] | None = None
        self._unseen: tuple[str, int, Hides] | None = None

    @property
    def full(self) -> bool:
        return self.length > _limits.TEXT_CHARS

    def text(self, content: str) -> None:
        """Write text; white space outside `pre` shrinks to one space."""
        if self._hidden or self._unseen:
            self.hid = self.hid or not content.isspace()
            # Words of no size leave no gap, words of no colour do.
            if self._unseen and self._unseen[2] is Hides.INK:
                self._space = self._space or content[:1].isspace() or content[-1:].isspace()
            return
        if "&" in content:
            content = _clean.block(entities.unescape(HUGE_NUMBER.sub("\ufffd", content)), self._reading)
        if self._pre:
            first, *rest = content.split("\n")
            self._write(first)
            for line in rest:
                self._break(1, add=True)
                self._write(line)
            return
        words = content.split()
        if not words:
            self._space = self._space or bool(content)
            return
        self._space = self._space or content[0].isspace()
        self._write(" ".join(words))
        self._space = content[-1].isspace()

    def start(self, name: str, attributes: str) -> None:
        """Take a start tag."""
        if self._hidden:
            self._deepen(name, 1)
            return
        if self._unseen:
            shows = _hiding.shows_again(attributes) or (name == "a" and self._unseen[2] is Hides.INK)
            self._unseen = None if shows else _counted(self._unseen, name, 1)
        if attributes and self._hiding and name not in _VOID and (hides := self._hiding.how(attributes)):
            if hides is Hides.ALL:
                self._hidden = (name, 1)
                return
            self._unseen = self._unseen or (name, 1, hides)
        if name in _MATTERS:
            self._open(name, attributes)

    def end(self, name: str) -> None:
        """Take an end tag."""
        if self._hidden:
            self._deepen(name, -1)
            return
        if self._unseen:
            self._unseen = _counted(self._unseen, name, -1)
        if name == "a":
            self._end_link()
        elif name == "blockquote":
            self._break(2)
            self._quote = max(0, self._quote - 1)
        elif name == "pre":
            self._pre = max(0, self._pre - 1)
            self._break(1)
        elif name in ("td", "th"):
            self._space = True
        elif name in _BLOCKS:
            self._break(2 if name == "p" else 1)

    def finished(self) -> Rendered:
        """Return the text and the links in the order of their places."""
        self._end_link()
        text = "".join(self._pieces)[: _limits.TEXT_CHARS]
        return Rendered(text, tuple(self._links), frozenset(self._shown))

    def _open(self, name: str, attributes: str) -> None:
        if name in _BLOCKS:
            self._break(2 if name in ("p", "blockquote") else 1)
        if name == "br":
            self._break(1, add=True)
        elif name == "li":
            self._write("- ")
        elif name == "blockquote":
            self._quote += 1
        elif name == "pre":
            self._pre += 1
        elif name == "a":
            self._end_link()
            self._start_link(attributes_of(attributes).get("href", ""))
        elif name == "img":
            self._picture(attributes_of(attributes))

    def _picture(self, found: dict[str, str]) -> None:
        """Write what stands for a picture: its own words, and of one that came with the mail that it is there."""
        source, words = found.get("src", ""), found.get("alt", "")
        content_id = unquote(source[4:].strip()) if source[:4].lower() == "cid:" else ""
        if content_id in self._pictures:
            self._shown.add(content_id)
            name = " ".join(words.split()) or self._pictures[content_id]
            words = f"[picture: {name}]" if name else "[picture]"
        # Size and colour of the words around it hide no picture.
        unseen, self._unseen = self._unseen, None
        self.text(words)
        self._unseen = unseen

    def _deepen(self, name: str, step: int) -> None:
        """Count elements of the hidden one's name; a hidden paragraph also ends where a block begins."""
        if self._hidden is None:
            return
        hidden, depth = self._hidden
        depth += step if name == hidden and name not in _VOID else 0
        if depth <= 0 or (hidden == "p" and step > 0 and name in _BLOCKS):
            self._hidden = None
            if name in _BLOCKS:
                self._break(1)
        else:
            self._hidden = (hidden, depth)

    def _break(self, count: int, *, add: bool = False) -> None:
        self._space = False
        if self.length:
            self._breaks = min(2, self._breaks + count) if add else max(self._breaks, count)

    def _write(self, text: str) -> None:
        if not text:
            return
        mark = "> " * min(self._quote, _QUOTE_DEPTH)
        if self._breaks:
            self._put("\n" * (self._breaks - 1) + "\n" + mark)
        elif not self.length:
            self._put(mark)
        elif self._space:
            self._put(" ")
        self._breaks, self._space = 0, False
        self._put(text)

    def _put(self, piece: str) -> None:
        self._pieces.append(piece)
        self.length += len(piece)

    def _start_link(self, href: str) -> None:
        url = _URL_JUNK.sub("", href)[: _limits.URL_CHARS]
        if url and not url.startswith("#") and not url.lower().startswith("cid:"):
            self._anchor = (url, len(self._pieces), self.length)

    def _end_link(self) -> None:
        """Write the target behind what is shown, unless that is what is shown; remember both."""
        if self._anchor is None:
            return
        url, piece, start = self._anchor
        self._anchor = None
        written = "".join(self._pieces[piece:])
        shown = written.lstrip("\n >")
        start += len(written) - len(shown)
        if shown.strip() not in (
            url,
            url.rstrip("/"),
            url.removeprefix("mailto:"),
            url.partition("://")[2].rstrip("/"),
        ):
            self._space = bool(self.length)
            if not shown:
                start = self.length + (1 if self.length and not self._breaks else self._breaks)
            self._write(f"<{url}>")
        if len(self._links) < _limits.LINKS and self.length <= _limits.TEXT_CHARS:
            span = Span(field="text", start=start, end=self.length)
            self._links.append(Link(url=url, text=shown.strip()[:500], span=span))


def _counted(unseen: tuple[str, int, Hides], name: str, step: int) -> tuple[str, int, Hides] | None:
    """Return an element whose words are not seen with one more or less of its name open; None when it ends."""
    element, depth, hides = unseen
    depth += step if name == element and name not in _VOID else 0
    return (element, depth, hides) if depth > 0 else None
