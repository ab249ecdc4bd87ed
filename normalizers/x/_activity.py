"""Tells what has happened to an account: an encrypted message becomes a message that says so, the rest is named."""

from __future__ import annotations

import re
from typing import Any

from gateway.case import Evidence, Message, Thread
from gateway.ports import Event, Unknown
from normalizers.x import _clean, _direct, _limits, _parties
from normalizers.x._includes import Includes
from normalizers.x._parties import PLATFORM
from normalizers.x._reading import Reading

ENCRYPTED = "[encrypted message: it cannot be read here]"
_RECEIVED = "chat.received"
_KIND = re.compile(r"[a-z0-9_]{1,40}(?:\.[a-z0-9_]{1,40}){0,5}")
_NUMBERS = ("message_id", "id", "event_id")


def read(item: dict[str, Any], reading: Reading) -> Event:
    """Return what an event is, whether it is wrapped as the stream sends it or bare."""
    event = reading.table(item, "data") if "data" in item else item
    said = reading.text(event, "event_type")
    kind = said if _KIND.fullmatch(said) else "unnamed"
    if kind != _RECEIVED:
        return Unknown(kind=kind, provenance=reading.provenance)
    includes = Includes(item if "includes" in item else event, reading)
    return _encrypted(event, includes, reading)


def _encrypted(event: dict[str, Any], includes: Includes, reading: Reading) -> Event:
    payload = reading.table(event, "payload")
    conversation = reading.token(payload, "conversation_id").replace(":", "-")
    sender = reading.identifier(payload, "sender_id") or _other(conversation, reading)
    if reading.own and sender == reading.own:
        return Unknown(kind="own:message", provenance=reading.provenance)
    number = next((found for key in _NUMBERS if (found := reading.token(payload, key))), "")
    name = number or reading.token(event, "event_uuid")
    if not name:
        reading.note("message_id_missing", "The message bears no id; another copy of it cannot be told to be one.")
    if not sender:
        reading.note("sender_missing", "The platform does not say who wrote it.")
    reading.note("encrypted", "The message is encrypted from end to end; it can be read in the account itself alone.")
    ref = f"{PLATFORM}:chat:{name or _clean.line(reading.provenance.key, _limits.TOKEN_CHARS, reading)}"
    sent_at = reading.instant(payload, "created_at") or (
        reading.instant_of(number) if number.isascii() and number.isdigit() else None
    )
    visibility, to = _direct.readers(conversation, reading)
    return Message(
        id=ref,
        content_key=ref,
        provenance=reading.provenance,
        platform=PLATFORM,
        visibility=visibility,
        sender=_parties.account(sender, includes, reading, *_direct.talk(conversation)),
        recipients=to,
        text=ENCRYPTED,
        sent_at=sent_at,
        thread=Thread(own_ref=ref, group=conversation or None),
        join_key=f"{conversation}:{sender}" if conversation and sender else None,
        evidence=(Evidence(name="encrypted", value="chat"),),
        notes=reading.notes,
    )


def _other(conversation: str, reading: Reading) -> str:
    """Return who has a conversation with us, where its name tells both."""
    first, _, second = conversation.partition("-")
    pair = {"id": second if first == reading.own else first if second == reading.own else None}
    return reading.identifier(pair, "id")
