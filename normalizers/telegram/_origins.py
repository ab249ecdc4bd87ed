"""Whom a message is about: who first wrote what was forwarded or quoted, and whom the user pointed out."""

from __future__ import annotations

import re
from typing import Any

from gateway.case import Evidence, ForwardOrigin, Party, PartyKind
from normalizers.telegram import _clean, _limits, _parties
from normalizers.telegram._reading import Reading

_TYPES = frozenset({"user", "hidden_user", "chat", "channel"})
_WORD = re.compile("[a-z0-9_]{1,40}")


def forwarded(source: dict[str, Any], reading: Reading, text: str = "") -> ForwardOrigin:
    """Return an origin of any type, also of one that came after this was written."""
    kind = word(reading.text(source, "type"))
    if kind not in _TYPES:
        reading.note("origin_unknown", "The platform names an origin of a sort that this release does not know.")
    return ForwardOrigin(
        party=_origin(source, reading) or _hidden(source, reading),
        kind=kind or "unknown",
        sent_at=reading.instant(source, "date"),
        text=text,
    )


def word(text: str) -> str:
    """Return a word of the platform's own vocabulary, or nothing when it is none."""
    return text if _WORD.fullmatch(text) else ""


def _origin(source: dict[str, Any], reading: Reading) -> Party | None:
    if "sender_user" in source:
        return _parties.user(reading.table(source, "sender_user"), reading)
    for key in ("sender_chat", "chat"):
        if key in source:
            return _parties.any_chat(reading.table(source, key), reading, *_post(source, reading))
    return None


def _post(source: dict[str, Any], reading: Reading) -> tuple[Evidence, ...]:
    """Return which post it was, and under whose name."""
    found = []
    if (signature := reading.text(source, "author_signature")) != "":
        found.append(_parties.said("author_signature", signature, reading))
    if (number := reading.whole(source, "message_id")) is not None:
        found.append(Evidence(name="message", value=str(number)))
    return tuple(found)


def _hidden(source: dict[str, Any], reading: Reading) -> Party:
    name = _clean.line(reading.text(source, "sender_user_name"), _limits.NAME_CHARS, reading)
    kind = PartyKind.PERSON if name else PartyKind.UNKNOWN
    return Party(platform=_parties.PLATFORM, name=name, kind=kind)


def shared_user(source: dict[str, Any], id_key: str, reading: Reading, *evidence: Evidence) -> ForwardOrigin:
    """Return an account that the user pointed out: with the picker, or as a contact."""
    number = reading.whole(source, id_key)
    party = Party(
        platform=_parties.PLATFORM,
        address="" if number is None else str(number),
        id=None if number is None else str(number),
        handle=_parties.handle(source, reading),
        name=_parties.full_name(source, reading),
        kind=PartyKind.PERSON,
        evidence=evidence,
    )
    return ForwardOrigin(party=party, kind="shared")


def shared_chat(source: dict[str, Any], reading: Reading, *evidence: Evidence) -> ForwardOrigin:
    """Return a group or channel that the user pointed out; the platform does not say which of both it is."""
    number = reading.whole(source, "chat_id")
    party = Party(
        platform=_parties.PLATFORM,
        address="" if number is None else str(number),
        id=None if number is None else str(number),
        handle=_parties.handle(source, reading),
        name=_parties.title(source, reading),
        kind=PartyKind.UNKNOWN,
        evidence=evidence,
    )
    return ForwardOrigin(party=party, kind="shared")


def named(party: Party) -> str:
    """Return how a line in brackets names somebody."""
    names = (party.name, f"@{party.handle}" if party.handle else "", f"id {party.id}" if party.id else "")
    return " ".join(filter(None, names)) or "unknown"
