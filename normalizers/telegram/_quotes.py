"""What a message answers or quotes: its text, its links, and who wrote it when that was somebody else."""

from __future__ import annotations

from typing import Any, NamedTuple

from gateway.case import Evidence, ForwardOrigin, Link, Party
from normalizers.telegram import _clean, _content, _entities, _files, _limits, _origins, _parties
from normalizers.telegram._content import Content
from normalizers.telegram._reading import Reading


class Quote(NamedTuple):
    """What is quoted, and evidence of whom the user is talking about."""

    text: str = ""
    links: tuple[Link, ...] = ()
    origins: tuple[ForwardOrigin, ...] = ()
    evidence: tuple[Evidence, ...] = ()


NOTHING = Quote()


def read(source: dict[str, Any], replied: dict[str, Any], sender: Party, reading: Reading) -> Quote:
    """Return what a message quotes: a passage, the message replied to, or one of another chat."""
    outside = reading.table(source, "external_reply")
    other = outside or replied
    content = Content(user_id=sender.id or "")
    for kind in _content.kinds_of(other):
        _content.take(kind, other, content, reading)
    text, links = _passage(reading.table(source, "quote"), replied, reading)
    text = text or "\n".join((*content.lines, *(f"[{kind}]" for kind in other if kind in _files.WITHOUT_LINE)))
    origins = list(content.origins)
    if "forward_origin" in replied:
        origins.insert(0, _origins.forwarded(reading.table(replied, "forward_origin"), reading, text))
    if outside:
        origins.insert(0, _origins.forwarded(reading.table(outside, "origin"), reading, text))
    elif (author := _author(replied, reading)) is not None and author.id not in (reading.bot, sender.id):
        origins.insert(0, ForwardOrigin(party=author, kind="quote", text=text))
    return Quote(text, (*links, *content.links), tuple(origins), _chat_of(outside, reading))


def _passage(quote: dict[str, Any], replied: dict[str, Any], reading: Reading) -> tuple[str, list[Link]]:
    """Return the passage that was chosen, or else all of the message, with its links."""
    chosen = quote if quote.get("text") else replied
    key, marked = ("text", "entities") if "text" in chosen else ("caption", "caption_entities")
    text = _clean.block(reading.text(chosen, key), reading)
    entities = reading.tables(chosen, marked, _limits.ENTITIES)
    return text, _entities.read(text, entities, "quoted", reading).links if entities else []


def _author(replied: dict[str, Any], reading: Reading) -> Party | None:
    if "sender_chat" in replied:
        return _parties.any_chat(reading.table(replied, "sender_chat"), reading)
    return _parties.user(reading.table(replied, "from"), reading) if "from" in replied else None


def _chat_of(outside: dict[str, Any], reading: Reading) -> tuple[Evidence, ...]:
    """Return the other chat in which the quoted message stands."""
    party = _parties.any_chat(reading.table(outside, "chat"), reading) if "chat" in outside else None
    return () if party is None else (_parties.said("quoted_chat", _parties.short(party), reading),)
