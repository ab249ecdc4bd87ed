"""What is marked in a text: links with their true targets, accounts that are named, tags; nothing is guessed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from gateway.case import Evidence, Link, Party, Recipient, RecipientRole, Span
from normalizers.x import _clean, _limits, _parties
from normalizers.x._includes import Includes
from normalizers.x._reading import Reading
from normalizers.x._text import Body

_OF_FILES = ("pic.x.com/", "pic.twitter.com/")
"""How the platform shows the link that it writes itself for the files of a post."""
_TAGS = (("hashtags", "hashtag"), ("cashtags", "cashtag"))


@dataclass(slots=True)
class Marks:
    """What was found marked in one text. `starts` has where each account is named, if that is known."""

    links: list[Link] = field(default_factory=list)
    mentions: dict[str, Party] = field(default_factory=dict)
    starts: list[tuple[str, int | None, int]] = field(default_factory=list)
    tags: list[Evidence] = field(default_factory=list)

    def recipients(self, ours: frozenset[str]) -> tuple[Recipient, ...]:
        """Return the named accounts but ourselves, each once."""
        others = (party for key, party in self.mentions.items() if key not in ours)
        return tuple(Recipient(role=RecipientRole.MENTION, party=party) for party in others)


def links(source: dict[str, Any], body: Body, where: str, unwound: dict[str, str], reading: Reading) -> list[Link]:
    """Return the links of a text, which stands in the field `where`; `unwound` has where short ones lead."""
    found: list[Link] = []
    for entity in reading.tables(source, "urls", _limits.ENTITIES) if "urls" in source else ():
        if len(found) >= _limits.LINKS:
            reading.note("items_over_cap", f"Only the first {_limits.LINKS} links were kept.")
            break
        shown = reading.text(entity, "display_url")
        short = reading.text(entity, "url")[: _limits.URL_CHARS]
        place = _place(entity, short, body, reading)
        if "media_key" in entity or shown.startswith(_OF_FILES):
            continue
        told = reading.text(entity, "unwound_url") or unwound.get(short, "")
        target = _clean.target(told or reading.text(entity, "expanded_url") or short, reading)
        text = _clean.line(shown, _limits.URL_CHARS, reading) or (body.text[slice(*place)] if place else "")
        span = Span(field=where, start=place[0], end=place[1]) if place else None
        if target:
            found.append(Link(url=target, text=text[: _limits.URL_CHARS], span=span))
    return found


def unwound(source: dict[str, Any], reading: Reading) -> dict[str, str]:
    """Return where the short links of a post lead in the end: the entities of a long text do not tell it."""
    found = {}
    for entity in reading.tables(source, "urls", _limits.ENTITIES) if "urls" in source else ():
        if told := reading.text(entity, "unwound_url"):
            found[reading.text(entity, "url")[: _limits.URL_CHARS]] = told
    return found


def read(source: dict[str, Any], body: Body, short: dict[str, str], includes: Includes, reading: Reading) -> Marks:
    """Return what is marked in the text of an item, by its entities; `short` has where short links lead."""
    marks = Marks(links=links(source, body, "text", short, reading))
    for entity in reading.tables(source, "mentions", _limits.ENTITIES) if "mentions" in source else ():
        _mention(entity, body, marks, includes, reading)
    for key, name in _TAGS:
        tags = reading.tables(source, key, _limits.TAGS) if key in source else ()
        marks.tags.extend(_parties.said(name, tag, reading) for each in tags if (tag := reading.text(each, "tag")))
    return marks


def _mention(entity: dict[str, Any], body: Body, marks: Marks, includes: Includes, reading: Reading) -> None:
    handle = reading.text(entity, "username")[: _limits.HANDLE_CHARS]
    number = reading.identifier(entity, "id")
    if not (handle or number):
        return
    place = _place(entity, f"@{handle}" if handle else "", body, reading)
    key = number or f"@{handle.lower()}"
    marks.starts.append((key, *(place or (None, 0))))
    if key in marks.mentions:
        return
    if len(marks.mentions) >= _limits.MENTIONS:
        reading.note("items_over_cap", f"Only the first {_limits.MENTIONS} mentioned accounts were kept.")
        return
    marks.mentions[key] = _parties.account(number, includes, reading, handle=handle)


def _place(entity: dict[str, Any], shown: str, body: Body, reading: Reading) -> tuple[int, int] | None:
    found = body.place(reading.whole(entity, "start"), reading.whole(entity, "end"), shown)
    if found is None:
        reading.note("entity_invalid", "Something is marked in the text at a place that it does not have.")
    return found
