"""Agents' answers in HTML as the plain text that a user's channel can carry. Pure."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from typing_extensions import override

_SILENT = frozenset({"script", "style", "head", "title", "template"})
_PARAGRAPHS = frozenset({"p", "ul", "ol", "table", "blockquote", "pre", "h1", "h2", "h3", "h4", "h5", "h6"})
_LINES = frozenset({"div", "li", "tr", "br", "hr", "section", "article", "header", "footer", "address"})
_SPACES = re.compile(r"[ \t\r\n\f]+")


def plain_text(html: str) -> str:
    """Return what a reader sees of HTML: lines and paragraphs kept, a link's address after its words."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.text()


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._pieces: list[str] = []
        self._silent = 0
        self._preformatted = 0
        self._link: tuple[str, int] | None = None

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _SILENT:
            self._silent += 1
        elif tag == "body":
            # A head need not be closed (HTML, section 13.1.2.4), and what is never closed would silence the answer.
            self._silent = 0
        elif tag in _PARAGRAPHS:
            self._pieces.append("\n\n")
        elif tag in _LINES:
            self._pieces.append("\n")
        if tag == "li":
            self._pieces.append("- ")
        elif tag == "pre":
            self._preformatted += 1
        elif tag in ("td", "th"):
            self._pieces.append(" ")
        elif tag == "a":
            self._close_link()
            self._link = dict(attrs).get("href") or "", len(self._pieces)

    @override
    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT:
            self._silent = max(0, self._silent - 1)
        elif tag == "pre":
            self._preformatted = max(0, self._preformatted - 1)
        elif tag == "a":
            self._close_link()
        if tag in _PARAGRAPHS:
            self._pieces.append("\n\n")
        elif tag in _LINES and tag not in ("br", "hr"):
            self._pieces.append("\n")

    @override
    def handle_data(self, data: str) -> None:
        if not self._silent:
            self._pieces.append(data if self._preformatted else _SPACES.sub(" ", data))

    def _close_link(self) -> None:
        """End the link that is open, as the next one does too: nested ones would be read over and over."""
        if self._link is None:
            return
        (address, begin), self._link = self._link, None
        shown = "".join(self._pieces[begin:]).strip()
        target = address.removeprefix("mailto:")
        if address.startswith(("http://", "https://", "mailto:")) and target not in shown:
            self._pieces.append(f" ({target})" if shown else target)

    def text(self) -> str:
        lines = "".join(self._pieces).replace("\xa0", " ").split("\n")
        return re.sub(r"\n{3,}", "\n\n", "\n".join(line.strip(" \t") for line in lines)).strip()
