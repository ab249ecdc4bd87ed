"""Puts one post together: text, files, context, and whether its author himself has called on us."""

from __future__ import annotations

import re
from typing import Any

from gateway.case import Evidence, Message, Thread, Visibility
from gateway.errors import MalformedError
from gateway.ports import Edited, Event, Unknown
from normalizers.x import _entities, _limits, _media, _parties, _references
from normalizers.x._entities import Marks
from normalizers.x._includes import Includes
from normalizers.x._parties import PLATFORM
from normalizers.x._reading import Reading
from normalizers.x._references import Context
from normalizers.x._text import Body

_WORDS = (("lang", "lang"), ("reply_settings", "reply_settings"), ("community_id", "community"))
_GAP = re.compile(r"\s*")


def read(item: dict[str, Any], reading: Reading) -> Event:
    """Return what a post is; raises `MalformedError` without an id."""
    source = reading.table(item, "data")
    number = reading.identifier(source, "id")
    if not number:
        raise MalformedError("the post bears no id")
    author = reading.identifier(source, "author_id")
    if reading.own and author == reading.own:
        return Unknown(kind="own:post", provenance=reading.provenance)
    includes = Includes(item, reading)
    context = _references.read(source, author, includes, reading) if "referenced_posts" in source else Context()
    if context.is_repost:
        return Unknown(kind="repost", provenance=reading.provenance)
    message = _message(source, number, author, context, includes, reading)
    return Edited(message=message) if message.edited_at is not None else message


def _message(
    source: dict[str, Any], number: str, author: str, context: Context, includes: Includes, reading: Reading
) -> Message:
    first, place, is_edited = _references.version(source, number, reading)
    text, entities, is_long = _references.text_of(source, reading)
    body = Body(text, reading)
    short = _entities.unwound(reading.table(source, "entities"), reading) if is_long else {}
    marks = _entities.read(entities, body, short, includes, reading)
    content = _media.read(source, includes, reading)
    if not (body.text or content.lines or content.files):
        reading.note("content_unsupported", "The post holds nothing that this release can read.")
        content.lines.append(_media.UNSUPPORTED)
    if not author:
        reading.note("sender_missing", "The platform does not say who wrote it.")
    told = reading.instant(source, "created_at")
    made_at = reading.instant_of(number) or told
    ref = f"{PLATFORM}:{first}"
    summons = _summons(source, body, is_long, marks, context, reading)
    is_addressed = reading.found != "conversation"
    return Message(
        id=ref,
        content_key=ref,
        provenance=reading.provenance,
        platform=PLATFORM,
        visibility=Visibility.PUBLIC,
        addressed=is_addressed,
        sender=_parties.account(author, includes, reading, handle=reading.text(source, "username")),
        recipients=(*(_parties.ourselves(reading) if is_addressed else ()), *marks.recipients(reading.ours)),
        text="\n".join(filter(None, (body.text, *content.lines))),
        quoted=context.quoted,
        sent_at=(reading.instant_of(first) if is_edited else None) or told or reading.instant_of(first),
        edited_at=(made_at or reading.provenance.received_at) if is_edited else None,
        version=place,
        attachments=tuple(content.files.values()),
        links=tuple((*marks.links, *context.links)[: _limits.LINKS]),
        forwarded=tuple(context.origins),
        thread=_thread(source, ref, context, reading),
        evidence=(*summons, *_evidence(source, number, reading), *content.evidence, *marks.tags),
        notes=reading.notes,
    )


def _thread(source: dict[str, Any], ref: str, context: Context, reading: Reading) -> Thread:
    conversation = reading.identifier(source, "conversation_id")
    root = f"{PLATFORM}:{conversation}"
    return Thread(
        own_ref=ref,
        parent=context.parent,
        ancestors=(root,) if conversation and root not in (ref, context.parent) else (),
        group=conversation or None,
    )


def _summons(
    source: dict[str, Any], body: Body, is_long: bool, marks: Marks, context: Context, reading: Reading
) -> tuple[Evidence, ...]:
    """Return how the author called on us: the platform lets nobody answer whom did not.

    An answer begins with the accounts that the platform itself put there, whoever wrote to whom: naming us among those
    is no call.
    """
    ours = [start for key, start, _ in marks.starts if key in reading.ours]
    if ours:
        own_part = _own_part(source, body, is_long, marks, reading) if context.parent else 0
        if any(start is not None and start >= own_part for start in ours) or not context.parent:
            return (Evidence(name="summoned", value="mention"),)
    return (Evidence(name="summoned", value="quote"),) if context.quotes_us else ()


def _own_part(source: dict[str, Any], body: Body, is_long: bool, marks: Marks, reading: Reading) -> int:
    """Return where in the text of an answer its author's own words begin."""
    shown = source.get("display_text_range")
    if type(shown) is list and len(shown) == 2 and type(shown[0]) is int and shown[0] >= 0:
        if not is_long:
            return body.plain_offset(shown[0])
        # The range is that of the short text; the long one may begin with the same accounts, or without any.
        prefix = Body(reading.text(source, "text")[: shown[0]], reading).text
        return len(prefix) if body.text.startswith(prefix) else 0
    if shown is not None:
        reading.invalid("display_text_range")
    return _leading_run(body, marks)


def _leading_run(body: Body, marks: Marks) -> int:
    end = 0
    for start, last in sorted((start, last) for _, start, last in marks.starts if start is not None):
        gap = _GAP.match(body.text, end)
        if gap is None or gap.end() != start:
            break
        end = last
    return end


def _evidence(source: dict[str, Any], number: str, reading: Reading) -> tuple[Evidence, ...]:
    """Return what else the platform said of the post."""
    found = [Evidence(name="post_id", value=number)]
    if conversation := reading.identifier(source, "conversation_id"):
        found.append(Evidence(name="conversation", value=conversation))
    if answered := reading.identifier(source, "in_reply_to_user_id"):
        found.append(Evidence(name="in_reply_to_user", value=answered))
    found.extend(Evidence(name=name, value=word) for key, name in _WORDS if (word := reading.token(source, key)))
    if program := reading.text(source, "source"):
        found.append(_parties.said("source", program, reading))
    flags = ("possibly_sensitive", "paid_partnership")
    found.extend(Evidence(name=key, value="true") for key in flags if reading.flag(source, key))
    if reading.found:
        found.append(_parties.said("found", reading.found, reading))
    return (*found, *_parties.withheld(source, reading))
