"""HTML to plain text and links, in one pass whose steps grow with the text alone, however broken the HTML is.

By hand rather than by `html.parser`, whose time grows with the square of some broken input (CVE-2025-6069).
"""

from __future__ import annotations

import html as entities
import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from urllib.parse import unquote, urljoin

from gateway.case import Link, Span
from normalizers.email import _clean, _hiding, _limits, _tags
from normalizers.email._attributes import HUGE_NUMBER, attribute
from normalizers.email._hiding import Hides
from normalizers.email._reading import Reading
from normalizers.email._tags import START, TEXT, VOID

_BLOCKS = frozenset({
    "address", "article", "aside", "blockquote", "center", "dd", "div", "dl", "dt", "fieldset", "figure", "footer",
    "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "nav", "ol", "p", "pre", "section",
    "table", "tr", "ul",
})  # fmt: skip
_APART = frozenset(("td", "th", "option", "textarea", "button", "text"))
"""Elements whose words stand apart from their neighbours' on the same line."""
_IN_LINE = _APART | {"br", "a", "img", "base"}
_MATTERS = _BLOCKS | _IN_LINE
"""Elements that change the text; of all others only what they hide does."""
_URL_JUNK = re.compile("[\x00-\x20\x7f-\x9f\u2028\u2029]+")
_SLASHES = re.compile("^/{2,}")
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
    writer = _Writer(reading, pictures, _hiding.Hiding(html) if hide else None)
    text, start, end = writer.text, writer.start, writer.end
    for kind, name, content in _tags.Scanner(html).tokens():
        if kind is TEXT:
            text(content)
            if writer.full:
                break
        elif kind is START:
            start(name, content)
        else:
            end(name)
    return writer


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
        self._base = ""
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
        if not attributes and name not in _MATTERS and not self._hidden and not self._unseen:
            return
        if self._hidden:
            self._deepen(name, 1)
            return
        if self._unseen:
            shows = _hiding.shows_again(attributes) or (name == "a" and self._unseen[2] is Hides.INK)
            self._unseen = None if shows else _counted(self._unseen, name, 1)
        if attributes and self._hiding and name not in VOID and (hides := self._hiding.how(attributes)):
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
        if name not in _MATTERS:
            return
        if name == "a":
            self._end_link()
        elif name == "blockquote":
            self._break(2)
            self._quote = max(0, self._quote - 1)
        elif name == "pre":
            self._pre = max(0, self._pre - 1)
            self._break(1)
        elif name in _APART:
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
        if name in _APART:
            self._space = True
        elif name == "br":
            self._break(1, add=True)
        elif name == "li":
            self._write("- ")
        elif name == "blockquote":
            self._quote += 1
        elif name == "pre":
            self._pre += 1
        elif name == "a":
            self._end_link()
            self._start_link(attribute(attributes, "href"))
        elif name == "img":
            self._picture(attributes)
        elif name == "base":
            self._base = self._base or attribute(attributes, "href")

    def _picture(self, attributes: str) -> None:
        """Write what stands for a picture: its own words, and of one that came with the mail that it is there."""
        words, source = attribute(attributes, "alt"), attribute(attributes, "src") if self._pictures else ""
        content_id = unquote(source[4:].strip()) if source[:4].lower() == "cid:" else ""
        if content_id in self._pictures:
            self._shown.add(content_id)
            name = " ".join(words.split()) or self._pictures[content_id]
            words = f"[picture: {name}]" if name else "[picture]"
        # Size and colour of the words around it hide no picture.
        unseen, self._unseen = self._unseen, None
        self.text(f" {words} " if words.strip() else words)
        self._unseen = unseen

    def _deepen(self, name: str, step: int) -> None:
        """Count elements of the hidden one's name; a hidden paragraph also ends where a block begins."""
        if self._hidden is None:
            return
        hidden, depth = self._hidden
        depth += step if name == hidden and name not in VOID else 0
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
        if self._breaks or not self.length:
            text = "\n" * self._breaks + "> " * min(self._quote, _QUOTE_DEPTH) + text
        elif self._space:
            text = " " + text
        self._breaks, self._space = 0, False
        self._pieces.append(text)
        self.length += len(text)

    def _start_link(self, href: str) -> None:
        url = self._whole(_URL_JUNK.sub("", href)[: _limits.URL_CHARS])
        if url and not url.startswith("#") and not url.lower().startswith("cid:"):
            self._anchor = (url, len(self._pieces), self.length)

    def _whole(self, url: str) -> str:
        """Return a target that the page names from its own place as it is reached from anywhere."""
        if not self._base or not url or url.startswith("#"):
            return url
        try:
            # Browsers take a backslash for a slash, and many for two: what looks like a path may be another host.
            path = _SLASHES.sub("//", url.replace("\\", "/"))
            return _URL_JUNK.sub("", urljoin(self._base[: _limits.URL_CHARS], path))[: _limits.URL_CHARS]
        except ValueError:
            return url

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
    depth += step if name == element and name not in VOID else 0
    return (element, depth, hides) if depth > 0 else None
