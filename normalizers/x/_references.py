"""What an item refers to: the post that it answers, quotes, repeats or shares, its words and who wrote them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from gateway.case import ForwardOrigin, Link
from normalizers.x import _entities, _limits, _media, _parties
from normalizers.x._includes import Includes
from normalizers.x._parties import PLATFORM
from normalizers.x._reading import Reading
from normalizers.x._text import Body

_KINDS = {"replied_to": "reply", "quoted": "quote", "retweeted": "repost", "reposted": "repost", "": "quote"}
"""A direct message says no more than that it refers to a post: it shows it."""


@dataclass(slots=True)
class Context:
    """What was found of the posts that an item refers to."""

    parent: str | None = None
    is_repost: bool = False
    quotes_us: bool = False
    answers_us: bool = False
    quoted: str = ""
    links: list[Link] = field(default_factory=list)
    origins: list[ForwardOrigin] = field(default_factory=list)


def version(source: dict[str, Any], number: str, reading: Reading) -> tuple[str, int, bool]:
    """Return the id that all versions of a post share, which of them this is, and whether there are several."""
    history = reading.identifiers(source, "edit_history_post_ids") if "edit_history_post_ids" in source else []
    if not history:
        return number, 1, False
    place = history.index(number) + 1 if number in history else len(history)
    return history[0], place, len(history) > 1


def text_of(source: dict[str, Any], reading: Reading) -> tuple[str, dict[str, Any], bool]:
    """Return the text of a post in full, its entities, and whether it is longer than the platform's short one."""
    note = reading.table(source, "note_post") if "note_post" in source else {}
    if text := reading.text(note, "text"):
        return text, reading.table(note, "entities"), True
    return reading.text(source, "text"), reading.table(source, "entities"), False


def read(source: dict[str, Any], sender: str, includes: Includes, reading: Reading) -> Context:
    """Return what a post or a direct message of that sender refers to."""
    context = Context()
    lines: list[str] = []
    length = 0
    for reference in reading.tables(source, "referenced_posts", _limits.REFERENCES):
        kind = _kind(reference, reading)
        number = reading.identifier(reference, "id")
        post = includes.get("posts", number) if number else {}
        _take(kind, number, post, context, reading)
        if not post:
            why = includes.why_not(number)
            reading.note("reference_unavailable", f"A post that this one refers to cannot be read: it {why}.")
            continue
        line = _quote(kind, post, sender, length, context, includes, reading)
        lines.append(line)
        length += len(line) + 1
    context.quoted = "\n".join(lines)
    return context


def _kind(reference: dict[str, Any], reading: Reading) -> str:
    said = reading.token(reference, "type")
    kind = _KINDS.get(said, "")
    if not kind:
        reading.note("reference_unknown", "The post refers to another in a way that this release does not know.")
    return kind or "reference"


def _take(kind: str, number: str, post: dict[str, Any], context: Context, reading: Reading) -> None:
    is_ours = reading.own != "" and post.get("author_id") == reading.own
    if kind == "reply" and number:
        context.parent = f"{PLATFORM}:{version(post, number, reading)[0]}"
        context.answers_us = context.answers_us or is_ours
    elif kind == "quote":
        context.quotes_us = context.quotes_us or is_ours
    elif kind == "repost":
        context.is_repost = True


def _quote(
    kind: str,
    post: dict[str, Any],
    sender: str,
    before: int,
    context: Context,
    includes: Includes,
    reading: Reading,
) -> str:
    """Return a post as a line of quotation; keep its author, and its links with their places there, unless ours."""
    text, entities, is_long = text_of(post, reading)
    author = reading.identifier(post, "author_id")
    party = _parties.account(author, includes, reading, handle=reading.text(post, "username"))
    body = Body(text, reading)
    intro = f"@{party.handle or party.id or 'unknown'}: "
    if not author or author != reading.own:
        short = _entities.unwound(reading.table(post, "entities"), reading) if is_long else {}
        found = _entities.links(entities, body, "quoted", short, reading)
        context.links.extend(_moved(link, before + len(intro)) for link in found)
    content = _media.read(post, includes, reading)
    others = [line for line in content.lines if line not in content.shown]
    if not author or author not in (reading.own, sender):
        origin = ForwardOrigin(party=party, kind=kind, sent_at=reading.instant(post, "created_at"), text=body.text)
        context.origins.append(origin)
    return intro + "\n".join(filter(None, (body.text, *content.shown, *others)))


def _moved(link: Link, by: int) -> Link:
    """Return a link that stands so much further on than in its own text."""
    if link.span is None:
        return link
    span = link.span.model_copy(update={"start": link.span.start + by, "end": link.span.end + by})
    return link.model_copy(update={"span": span})
