"""Chooses what of a mail is its text, makes it plain text, and splits quoted history and forwarded mails off."""

from __future__ import annotations

import re
from dataclasses import dataclass

from gateway.case import ForwardOrigin, Link, Party, Span
from normalizers.email import _addresses, _charsets, _clean, _files, _html, _identity, _limits, _links, _parts, _quotes
from normalizers.email._html import Rendered
from normalizers.email._parts import Part
from normalizers.email._reading import Reading

_HTML_BYTES = 1_000_000
_STUB_CHARS = 300
_SAID_FORWARDED = re.compile(r"(?i)\s*(?:fw|fwd|wg|tr|转发|轉寄|转)\s?[:：]")
_FIELD = re.compile(r"(?i)[>\s*]{0,20}([a-z-]{2,12}|[\u4e00-\u9fff]{2,5})\s?\*?\s?[:：]\s?\*?\s?(.{0,500})")
_FROM = frozenset({"from", "发件人", "寄件者", "寄件人", "差出人"})
_DATE = frozenset({"date", "sent", "日期", "发送时间", "发送日期"})
_HEADER_LINES = 15


@dataclass(frozen=True, slots=True)
class Body:
    """What a mail says."""

    text: str
    quoted: str
    links: tuple[Link, ...]
    forwarded: tuple[ForwardOrigin, ...]


def read(top: Part, data: bytes, subject: str, reading: Reading) -> Body:
    """Return the text of a whole mail, its history, its links and what it forwards."""
    reader = _Reader(data, reading)
    rendered = reader.of_part(top)
    if not rendered.text.strip() and (found := _parts.salvage(data, top.start, reading)) is not None:
        rendered = reader.plain(found)
    history = _quotes.find(rendered.text)
    inline = _inline_forward(rendered.text, history, subject, reading) if history else ()
    own_end = history.start if history and rendered.text[: history.start].strip() else len(rendered.text)
    return Body(
        text=rendered.text[:own_end].rstrip(),
        quoted=rendered.text[own_end:].rstrip(),
        links=_all_links(rendered, own_end, reader.links_elsewhere(top)),
        forwarded=(*(reader.forward(part) for part in top.leaves() if part.is_message and part.children), *inline),
    )


class _Reader:
    """Makes text of the parts of one mail; each HTML part once."""

    def __init__(self, data: bytes, reading: Reading) -> None:
        self._data = data
        self._reading = reading
        self._html: dict[str, Rendered] = {}

    def of_part(self, part: Part) -> Rendered:
        """Return the text of a part and of all that is read with it."""
        if part.is_message and part.path:
            return Rendered("")
        if part.children:
            return self._of_children(part)
        if part.type == "text/html" and _files.is_text(part, self._reading):
            return self._of_html(part)
        if _files.is_text(part, self._reading) or (part.path == "" and part.type.startswith("multipart/")):
            return self.plain(part)
        return Rendered("")

    def plain(self, part: Part) -> Rendered:
        """Return a part taken as plain text."""
        return Rendered(_cut(self._text_of(part, _limits.TEXT_BYTES), self._reading).strip("\n"))

    def forward(self, part: Part) -> ForwardOrigin:
        """Return the origin of a mail that is attached."""
        inner = part.children[0]
        senders = _addresses.parties(inner.headers.every("from"), self._reading, limit=1)
        date = inner.headers.first("date")
        return ForwardOrigin(
            party=senders[0] if senders else Party(platform=_addresses.PLATFORM),
            kind="mail",
            sent_at=_identity.read_date(date.decode("latin-1")) if date else None,
            text=self.of_part(inner).text,
        )

    def links_elsewhere(self, top: Part) -> tuple[Link, ...]:
        """Return the links of all HTML in the mail, shown or not, and of the mails that it forwards."""
        found: list[Link] = []
        for part in top.leaves():
            if len(found) >= _limits.LINKS:
                break
            if part.type == "text/html" and _files.is_text(part, self._reading):
                found += self._of_html(part).links
            elif part.is_message and part.children:
                inner = self.of_part(part.children[0])
                found += _links.in_text(inner.text, inner.links)
        return tuple(found)

    def _of_children(self, part: Part) -> Rendered:
        if part.type == "multipart/alternative":
            return self._best(part)
        children = part.children[:1] if part.type == "multipart/related" else part.children
        return _joined([self.of_part(child) for child in children], self._reading)

    def _best(self, part: Part) -> Rendered:
        """Return the plain alternative, unless it is empty or a mere stub of the HTML; else the last one with text."""
        plain = next((child for child in part.children if child.type == "text/plain"), None)
        found = self.of_part(plain) if plain else Rendered("")
        if len(found.text) > _STUB_CHARS:
            return found
        others = [self.of_part(child) for child in part.children if child is not plain]
        richest = next((other for other in reversed(others) if other.text.strip()), Rendered(""))
        if found.text.strip() and len(richest.text) < 4 * len(found.text):
            return found
        if found.text.strip():
            self._reading.note("plain_text_stub", "The plain text says far less than the HTML; the HTML was taken.")
        return richest if richest.text.strip() else found

    def _of_html(self, part: Part) -> Rendered:
        if part.path not in self._html:
            self._html[part.path] = _html.render(self._text_of(part, _HTML_BYTES), self._reading)
        return self._html[part.path]

    def _text_of(self, part: Part, limit: int) -> str:
        if part.end - part.start > limit:
            self._reading.note("text_over_cap", f"Of a part's text only the first {limit} encoded bytes were read.")
        found = _parts.decoded(part, self._data, self._reading, limit)
        text = _charsets.decode(found, part.params.get("charset", ""), self._reading)
        return _clean.block(text, self._reading)


def _all_links(rendered: Rendered, own_end: int, elsewhere: tuple[Link, ...]) -> tuple[Link, ...]:
    """Return the links in the order of the text, and behind them those of parts not shown there."""
    shown = (*rendered.links, *_links.in_text(rendered.text, rendered.links))
    links = [_placed(link, own_end) for link in sorted(shown, key=lambda link: link.span.start if link.span else 0)]
    known = {(link.url, link.text) for link in links}
    links += [link.model_copy(update={"span": None}) for link in elsewhere if (link.url, link.text) not in known]
    return _links.capped(tuple(links))


def _joined(found: list[Rendered], reading: Reading) -> Rendered:
    text, links = "", []
    for rendered in found:
        if not rendered.text.strip():
            continue
        gap = "\n\n" if text else ""
        shift = len(text) + len(gap)
        text += gap + rendered.text.rstrip()
        links += [_shifted(link, shift) for link in rendered.links]
        if len(text) > _limits.TEXT_CHARS:
            text = _cut(text, reading)
            break
    return Rendered(text, tuple(link for link in links if link.span and link.span.end <= len(text)))


def _shifted(link: Link, by: int) -> Link:
    if by == 0 or link.span is None:
        return link
    span = Span(field=link.span.field, start=link.span.start + by, end=link.span.end + by)
    return link.model_copy(update={"span": span})


def _placed(link: Link, own_end: int) -> Link:
    """Return a link with its place in `text` or, behind the cut, in `quoted`."""
    if link.span is None or link.span.start < own_end:
        return link
    span = Span(field="quoted", start=link.span.start - own_end, end=link.span.end - own_end)
    return link.model_copy(update={"span": span})


def _cut(text: str, reading: Reading) -> str:
    if len(text) > _limits.TEXT_CHARS:
        reading.note("text_over_cap", f"Of the text only the first {_limits.TEXT_CHARS} characters were kept.")
    return text[: _limits.TEXT_CHARS]


def _inline_forward(text: str, history: _quotes.History, subject: str, reading: Reading) -> tuple[ForwardOrigin, ...]:
    """Return the origin that a forwarded block in the text names."""
    if not history.forwarded and not _SAID_FORWARDED.match(subject):
        return ()
    party: Party | None = None
    sent_at = None
    here = history.header
    for line in text[here : here + 20_000].split("\n")[:_HEADER_LINES]:
        match = _FIELD.match(line)
        if match is None and line.strip(" >|") and party:
            break
        name = match[1].lower() if match else ""
        if match and name in _FROM and party is None:
            party = next(iter(_addresses.parties([match[2].encode("utf-8")], reading, limit=1)), None)
        elif match and name in _DATE:
            sent_at = _identity.read_date(match[2])
        here += len(line) + 1
        if not line.strip(" >|") and party:
            break
    if party is None:
        return ()
    return (ForwardOrigin(party=party, kind="mail", sent_at=sent_at, text=text[here:].strip("\n")),)
