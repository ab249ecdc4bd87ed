"""Chooses what of a mail is its text, makes it plain text, and splits quoted history and forwarded mails off."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gateway.case import Evidence, ForwardOrigin, Link, Party, Span
from normalizers.email import (
    _addresses,
    _calendar,
    _charsets,
    _clean,
    _files,
    _flowed,
    _forwards,
    _headers,
    _html,
    _identity,
    _limits,
    _links,
    _parts,
    _quotes,
    _secured,
    _signature,
)
from normalizers.email._calendar import Invitation
from normalizers.email._html import Rendered
from normalizers.email._parts import Holds, Part
from normalizers.email._quotes import History
from normalizers.email._reading import Reading

_HTML_BYTES = 1_000_000
_STUB_CHARS = 300
Piece = tuple[int, int, str]
"""Where a piece of the text begins and ends, and the field of the message that it becomes."""


@dataclass(frozen=True, slots=True)
class Body:
    """What a mail says."""

    text: str
    signature: str
    quoted: str
    links: tuple[Link, ...]
    forwarded: tuple[ForwardOrigin, ...]
    evidence: tuple[Evidence, ...]
    shown: frozenset[str]
    """The names (Content-ID) of the pictures that its HTML shows."""


def read(top: Part, subject: str, reading: Reading) -> Body:
    """Return the text of a whole mail, its signature and history, its links and what it forwards."""
    reader = _Reader(top, reading)
    rendered = reader.whole()
    pieces, history = _pieces(rendered.text)
    inline = _forwards.inline(rendered.text, history, subject, reading) if history else ()
    events = reader.events()
    said = {field: rendered.text[start:end].rstrip() for start, end, field in pieces}
    secured = _secured.collect(top, said["text"], reading)
    return Body(
        text=_together(said["text"], secured, events),
        signature=said.get("signature", ""),
        quoted=said.get("quoted", ""),
        links=_all_links(rendered, pieces, reader.links_elsewhere(events)),
        forwarded=(*(reader.forward(part) for part in top.leaves() if part.is_message and part.children), *inline),
        evidence=(*secured, *(Evidence(name=_calendar.EVIDENCE, value=each.line[1:-1]) for each in events)),
        shown=reader.shown(),
    )


def _pieces(text: str) -> tuple[list[Piece], History | None]:
    """Return where the writer's own words, his signature and the history stand, and the history.

    The signature may stand above the history or below it.
    """
    end = len(text)
    history = _quotes.find(text)
    below = _signature.begins(text) if history is None else None
    if below is not None:
        end, history = below, _quotes.find(text[:below])
    own_end = history.start if history and text[: history.start].strip() else end
    above = _signature.begins(text[:own_end].rstrip()) if below is None else None
    text_end = own_end if above is None else above
    pieces = [(0, text_end, "text"), (text_end, own_end, "signature"), (own_end, end, "quoted")]
    pieces.append((end, len(text), "signature"))
    return [piece for piece in pieces if piece[0] < piece[1] or piece[2] == "text"], history


def _together(text: str, secured: tuple[Evidence, ...], events: Sequence[Invitation]) -> str:
    """Return the text with a line for what is not text: that nobody can read it, and invitations."""
    unread = any(item.name == _secured.ENCRYPTED for item in secured) and _secured.is_unread(text)
    lines = [_secured.TEXT] if unread else []
    return "\n\n".join(filter(None, (text, "\n".join([*lines, *(each.line for each in events)]))))


class _Reader:
    """Makes text of the parts of one mail; each HTML part once."""

    def __init__(self, top: Part, reading: Reading) -> None:
        self._top = top
        self._reading = reading
        self._leaves = list(top.leaves())
        self._html: dict[str, Rendered] = {}
        self._texts: dict[str, Rendered] = {}
        self._pictures: dict[str, str] | None = None

    def whole(self) -> Rendered:
        """Return the text of the mail; only where it says nothing itself, that of a `winmail.dat` beside it."""
        rendered = self.of_part(self._top)
        if not rendered.text.strip():
            copies = (leaf for leaf in self._leaves if leaf.holds is Holds.BODY)
            rendered = next((text for each in copies if (text := self._of_children(each)).text.strip()), rendered)
        if rendered.text.strip():
            return rendered
        found = _parts.salvage(self._top.source, self._top.start, self._reading)
        return rendered if found is None else self.plain(found)

    def of_part(self, part: Part) -> Rendered:
        """Return the text of a part and of all that is read with it."""
        if (part.is_message and part.path) or part.holds is Holds.BODY:
            return Rendered("")
        if part.children:
            return self._of_children(part)
        if part.type == "text/html" and _files.is_text(part, self._reading):
            return self._of_html(part)
        if part.path == "" and part.type.startswith("multipart/"):
            return self.plain(_parts.salvage(part.source, part.start, self._reading) or part)
        if _files.is_text(part, self._reading):
            return self.plain(part)
        return Rendered("")

    def plain(self, part: Part) -> Rendered:
        """Return a part taken as plain text."""
        text = self._text_of(part, _limits.TEXT_BYTES)
        if _flowed.is_flowed(part.params):
            text = _flowed.rejoined(text, part.params)
        return Rendered(_cut(text, self._reading).strip("\n"))

    def forward(self, part: Part) -> ForwardOrigin:
        """Return the origin of a mail that is attached."""
        headers = part.children[0].headers
        senders = _addresses.parties(headers.every("from"), self._reading, limit=1)
        date = headers.first("date")
        return ForwardOrigin(
            party=senders[0] if senders else Party(platform=_addresses.PLATFORM),
            kind="mail",
            subject=_headers.subject(headers, self._reading),
            sent_at=_identity.read_date(date.decode("latin-1")) if date else None,
            text=self._of_forwarded(part).text,
        )

    def events(self) -> list[Invitation]:
        """Return the invitations in the mail itself, each once."""
        found: dict[str, Invitation] = {}
        for part in self._leaves:
            if part.type == _calendar.TYPE and len(found) < _limits.CALENDARS:
                event = _calendar.read(self._text_of(part, _limits.TEXT_BYTES), self._reading)
                if event is not None:
                    found.setdefault(event.line, event)
        return list(found.values())

    def links_elsewhere(self, events: Sequence[Invitation]) -> tuple[Link, ...]:
        """Return the links of all HTML in the mail, shown or not, and of the mails and invitations in it."""
        found: list[Link] = [link for event in events for link in _links.in_text(event.words)]
        for part in self._leaves:
            if len(found) >= _limits.LINKS:
                break
            if part.type == "text/html" and _files.is_text(part, self._reading):
                found += self._of_html(part).links
            elif part.is_message and part.children:
                inner = self._of_forwarded(part)
                found += _links.in_text(inner.text, inner.links)
        return tuple(found)

    def shown(self) -> frozenset[str]:
        """Return the names of the pictures that are shown in any of its HTML."""
        return frozenset().union(*(rendered.shown for rendered in self._html.values()))

    def _of_forwarded(self, part: Part) -> Rendered:
        if part.path not in self._texts:
            self._texts[part.path] = self.of_part(part.children[0])
        return self._texts[part.path]

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
            text = self._text_of(part, _HTML_BYTES)
            pictures = self._named_pictures() if "cid:" in text else _html.NO_PICTURES
            self._html[part.path] = _html.render(text, self._reading, pictures)
        return self._html[part.path]

    def _named_pictures(self) -> dict[str, str]:
        """Return the files that HTML may show, by their Content-ID."""
        if self._pictures is None:
            named = ((_files.content_id(part, self._reading), part) for part in self._leaves)
            self._pictures = {name: _files.name(part, self._reading) for name, part in named if name}
        return self._pictures

    def _text_of(self, part: Part, limit: int) -> str:
        if part.end - part.start > limit:
            self._reading.note("text_over_cap", f"Of a part's text only the first {limit} encoded bytes were read.")
        found = _parts.decoded(part, self._reading, limit)
        charset = part.params.get("charset", "")
        if not charset and part.type == "text/html":
            charset = _charsets.in_html(found)
        text = _charsets.decode(found, charset, self._reading)
        return _clean.block(text, self._reading)


def _all_links(rendered: Rendered, pieces: Sequence[Piece], elsewhere: tuple[Link, ...]) -> tuple[Link, ...]:
    """Return the links in the order of the text, and behind them those of parts not shown there."""
    shown = [*rendered.links, *_links.in_text(rendered.text, rendered.links)]
    if rendered.links:
        shown.sort(key=lambda link: link.span.start if link.span else 0)
    links = [_placed(link, pieces) for link in shown]
    if elsewhere:
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


def _placed(link: Link, pieces: Sequence[Piece]) -> Link:
    """Return a link with its place in the piece of the text that it stands in."""
    if link.span is None or len(pieces) == 1:
        return link
    start, end = link.span.start, link.span.end
    begin, _, field = next((piece for piece in pieces if start < piece[1]), pieces[-1])
    return link.model_copy(update={"span": Span(field=field, start=start - begin, end=end - begin)}) if begin else link


def _cut(text: str, reading: Reading) -> str:
    if len(text) > _limits.TEXT_CHARS:
        reading.note("text_over_cap", f"Of the text only the first {_limits.TEXT_CHARS} characters were kept.")
    return text[: _limits.TEXT_CHARS]
