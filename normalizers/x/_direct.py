"""Puts one direct message together; who came or went, and what is our own, is told apart from it."""

from __future__ import annotations

import re
from typing import Any

from gateway.case import Evidence, Message, Party, PartyKind, Recipient, RecipientRole, Thread, Visibility
from gateway.errors import MalformedError
from gateway.ports import Event, Unknown
from normalizers.x import _entities, _limits, _media, _parties, _references
from normalizers.x._includes import Includes
from normalizers.x._parties import PLATFORM
from normalizers.x._reading import Reading
from normalizers.x._references import Context
from normalizers.x._text import Body

_CAPITAL = re.compile("(?<=[a-z])(?=[A-Z])")
_WORD = re.compile("[a-z0-9_]{1,60}")
_MESSAGE = ("MessageCreate", "")
"""Without a kind it is taken for a message: to file one too many is better than to lose one."""


def read(item: dict[str, Any], reading: Reading) -> Event:
    """Return what an event of direct messages is; raises `MalformedError` without an id."""
    source = reading.table(item, "data")
    number = reading.identifier(source, "id")
    if not number:
        raise MalformedError("the direct message bears no id")
    kind = reading.token(source, "event_type")
    if kind not in _MESSAGE:
        word = _CAPITAL.sub("_", kind).lower()
        return Unknown(kind=word if _WORD.fullmatch(word) else "unnamed", provenance=reading.provenance)
    sender = reading.identifier(source, "sender_id")
    if reading.own and sender == reading.own:
        return Unknown(kind="own:message", provenance=reading.provenance)
    return _message(source, number, sender, Includes(item, reading), reading)


def _message(source: dict[str, Any], number: str, sender: str, includes: Includes, reading: Reading) -> Message:
    body = Body(reading.text(source, "text"), reading)
    entities = reading.table(source, "entities") if "entities" in source else source
    marks = _entities.read(entities, body, {}, includes, reading)
    content = _media.read(source, includes, reading)
    context = _references.read(source, sender, includes, reading) if "referenced_posts" in source else Context()
    if not (body.text or content.lines or content.files or context.quoted):
        reading.note("content_unsupported", "The message holds nothing that this release can read.")
        content.lines.append(_media.UNSUPPORTED)
    if not sender:
        reading.note("sender_missing", "The platform does not say who wrote it.")
    conversation = reading.token(source, "dm_conversation_id")
    ref = f"{PLATFORM}:dm:{number}"
    visibility, to = readers(conversation, reading)
    people = reading.identifiers(source, "participant_ids") if "participant_ids" in source else []
    told = (Evidence(name="participant", value=each) for each in dict.fromkeys(people))
    return Message(
        id=ref,
        content_key=ref,
        provenance=reading.provenance,
        platform=PLATFORM,
        visibility=visibility,
        sender=_parties.account(sender, includes, reading, *talk(conversation)),
        recipients=(*to, *marks.recipients(reading.ours)),
        text="\n".join(filter(None, (body.text, *content.lines))),
        quoted=context.quoted,
        sent_at=reading.instant(source, "created_at") or reading.instant_of(number),
        attachments=tuple(content.files.values()),
        links=tuple((*marks.links, *context.links)[: _limits.LINKS]),
        forwarded=tuple(context.origins),
        thread=Thread(own_ref=ref, group=conversation or None),
        join_key=f"{conversation}:{sender}" if conversation and sender else None,
        evidence=(Evidence(name="event_id", value=number), *told, *content.evidence, *marks.tags),
        notes=reading.notes,
    )


def talk(conversation: str) -> tuple[Evidence, ...]:
    """Return the conversation as evidence of its sender."""
    return (Evidence(name="dm_conversation", value=conversation),) if conversation else ()


def readers(conversation: str, reading: Reading) -> tuple[Visibility, tuple[Recipient, ...]]:
    """Return whether others read along, and whom a message was written to: first the group, where there is one."""
    ours = _parties.ourselves(reading)
    if not conversation or "-" in conversation:
        return Visibility.PRIVATE, ours
    reading.note("group_conversation", "Several people read along: what is answered there is read by all of them.")
    there = (Evidence(name="conversation", value=conversation),)
    group = Party(platform=PLATFORM, address=conversation, id=conversation, kind=PartyKind.GROUP, evidence=there)
    return Visibility.GROUP, (Recipient(role=RecipientRole.TO, party=group), *ours)
