"""What is marked in a text: links with their true targets, mentions, the command; offsets become code points.

The platform counts in UTF-16 units: https://core.telegram.org/api/entities#entity-length.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass, field
from typing import Any

from gateway.case import Link, Party, PartyKind, Recipient, RecipientRole, Span
from normalizers.telegram import _clean, _limits, _parties
from normalizers.telegram._reading import Reading

_ASTRAL = re.compile("[\U00010000-\U0010ffff]")
_MARKS = frozenset({"url", "text_link", "text_mention", "mention", "bot_command"})
_SPACE = re.compile(r"\s+")


@dataclass(slots=True)
class Marks:
    """What was found marked in one text. `command` is as written, when the text begins with it."""

    links: list[Link] = field(default_factory=list)
    mentions: list[Party] = field(default_factory=list)
    command: str = ""

    def recipients(self, bot: str, username: str) -> tuple[Recipient, ...]:
        """Return the mentioned accounts but ourselves, each once."""
        others = {
            (party.id, party.handle): party
            for party in self.mentions
            if party.id != bot and (party.handle or "").lower() != username.lower()
        }
        return tuple(Recipient(role=RecipientRole.MENTION, party=party) for party in others.values())

    def names_us(self, bot: str, username: str) -> bool:
        """Whether our own account is mentioned."""
        return any(
            party.id == bot if party.id else bool(username) and (party.handle or "").lower() == username.lower()
            for party in self.mentions
        )


class _Ruler:
    """Turns offsets in UTF-16 units into places in a text; half a character counts as the whole of it."""

    __slots__ = ("_starts", "_units")

    def __init__(self, text: str) -> None:
        found = () if text.isascii() else _ASTRAL.finditer(text)
        self._starts = [match.start() + count for count, match in enumerate(found)]
        self._units = len(text) + len(self._starts)

    def place(self, offset: int, length: int) -> tuple[int, int] | None:
        """Return start and end in code points, or None for what does not stand in the text."""
        end = offset + length
        if offset < 0 or length <= 0 or end > self._units:
            return None
        last = end - 1
        return offset - bisect_left(self._starts, offset), last - bisect_left(self._starts, last) + 1


def read(text: str, entities: list[dict[str, Any]], where: str, reading: Reading) -> Marks:
    """Return what is marked in a text that was cleaned in place; `where` is the field that it stands in."""
    marks = Marks()
    ruler = _Ruler(text)
    for entity in entities:
        kind = reading.text(entity, "type")
        if kind not in _MARKS:
            continue
        offset, length = reading.whole(entity, "offset"), reading.whole(entity, "length")
        place = None if offset is None or length is None else ruler.place(offset, length)
        if place is None:
            reading.note("entity_invalid", "Something is marked in the text at a place that it does not have.")
        span = Span(field=where, start=place[0], end=place[1]) if place else None
        # Marks may overlap: without a cap a few of them could copy a long text many times.
        shown = text[place[0] : min(place[1], place[0] + _limits.URL_CHARS)] if place else ""
        _take(kind, entity, shown, span, marks, reading)
    return marks


def link(url: str, text: str, span: Span | None, reading: Reading) -> Link | None:
    """Return a link without white space and controls in its target, or None when nothing is left of it."""
    target = _SPACE.sub("", _clean.line(url, _limits.URL_CHARS, reading))
    return Link(url=target, text=text, span=span) if target else None


def _take(kind: str, entity: dict[str, Any], shown: str, span: Span | None, marks: Marks, reading: Reading) -> None:
    if kind == "mention":
        if len(shown) > 1 and len(marks.mentions) < _limits.MENTIONS:
            name = _clean.line(shown[1:], _limits.HANDLE_CHARS, reading)
            marks.mentions.append(Party(platform=_parties.PLATFORM, handle=name, kind=PartyKind.UNKNOWN))
    elif kind == "bot_command":
        if span is not None and span.start == 0:
            marks.command = shown
    elif len(marks.links) >= _limits.LINKS:
        reading.note("items_over_cap", f"Only the first {_limits.LINKS} links were kept.")
    elif found := link(_target(kind, entity, shown, marks, reading), shown, span, reading):
        marks.links.append(found)


def _target(kind: str, entity: dict[str, Any], shown: str, marks: Marks, reading: Reading) -> str:
    if kind == "url":
        return shown
    if kind == "text_link":
        return reading.text(entity, "url")
    party = _parties.user(reading.table(entity, "user"), reading)
    if party is None:
        return ""
    if len(marks.mentions) < _limits.MENTIONS:
        marks.mentions.append(party)
    return f"tg://user?id={party.id}"
