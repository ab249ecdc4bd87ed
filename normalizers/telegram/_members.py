"""Who came, left, was thrown out or asks to come, whether we may write somewhere, and what moved."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from gateway.case import Evidence, Message, Party, PartyKind, Recipient, RecipientRole, Thread, Visibility
from gateway.ports import Event, MemberSeen, Moved, Reachable, Unknown
from normalizers.telegram import _limits, _origins, _parties
from normalizers.telegram._parties import PLATFORM, Chat
from normalizers.telegram._reading import Reading

ASKS_TO_JOIN = "asks_to_join"
_IN = frozenset({"member", "administrator", "creator", "restricted"})
_OUT = frozenset({"left", "kicked"})
_SERVICE = {"new_chat_members": "member", "left_chat_member": "left"}
STRUCTURAL = frozenset({*_SERVICE, "migrate_to_chat_id", "migrate_from_chat_id"})
"""The fields of a service message that say who is in a group, or where it went on."""


def changed(kind: str, source: dict[str, Any], chat: Chat, reading: Reading) -> Event:
    """Return what became of a member, of us (`my_chat_member`), or of somebody who wants to become one."""
    if kind == "my_chat_member":
        return _reachable(kind, source, chat, reading)
    at = reading.instant(source, "date")
    if kind == "chat_join_request":
        return _asks(kind, source, chat, at, reading)
    new, old = reading.table(source, "new_chat_member"), reading.table(source, "old_chat_member")
    status = _origins.word(reading.text(new, "status"))
    party = _parties.user(reading.table(new, "user"), reading)
    if party is None or not status:
        return unreadable(kind, reading)
    evidence = [_parties.said("old_status", reading.text(old, "status"), reading)]
    evidence += (
        _parties.said(name, reading.text(new, key), reading)
        for key, name in (("tag", "sender_tag"), ("custom_title", "custom_title"))
        if key in new
    )
    by = _parties.user(reading.table(source, "from"), reading)
    if by is not None and by.id != party.id:
        evidence.append(_parties.said("changed_by", _parties.short(by), reading))
    return _seen(party, status, chat, at, tuple(evidence), reading)


def told(field: str, source: dict[str, Any], chat: Chat, reading: Reading) -> list[Event]:
    """Return what a service message with one of the fields in `STRUCTURAL` says."""
    if field in ("migrate_to_chat_id", "migrate_from_chat_id"):
        return [_moved(field, source, chat, reading)]
    if field == "new_chat_members":
        users = reading.tables(source, field, _limits.EVENTS)
    else:
        users = [reading.table(source, field)]
    at = reading.instant(source, "date")
    parties = [_parties.user(user, reading) for user in users]
    known = [party for party in parties if party is not None and party.id != reading.bot]
    if len(parties) == 0 or None in parties:
        return [*(_seen(party, _SERVICE[field], chat, at, (), reading) for party in known), unreadable(field, reading)]
    return [_seen(party, _SERVICE[field], chat, at, (), reading) for party in known] or [
        Unknown(kind=f"service:{field}", provenance=reading.provenance)
    ]


def unreadable(kind: str, reading: Reading) -> Unknown:
    """Return an update of a known kind that lacks what it is about."""
    return Unknown(kind=f"unreadable:{kind}", provenance=reading.provenance)


def _asks(kind: str, source: dict[str, Any], chat: Chat, at: datetime | None, reading: Reading) -> Event:
    address = reading.whole(source, "user_chat_id")
    party = _parties.user(reading.table(source, "from"), reading, "" if address is None else str(address))
    if party is None:
        return unreadable(kind, reading)
    bio = (_parties.said("bio", reading.text(source, "bio"), reading),) if "bio" in source else ()
    return _seen(party, ASKS_TO_JOIN, chat, at, bio, reading)


def _seen(
    party: Party, status: str, chat: Chat, at: datetime | None, evidence: tuple[Evidence, ...], reading: Reading
) -> MemberSeen:
    place = chat.party()
    seconds = "" if at is None else int(at.timestamp())
    ref = f"{PLATFORM}:seen:{chat.id}:{party.id}:{seconds}"
    message = Message(
        id=ref,
        content_key=ref,
        provenance=reading.provenance,
        platform=PLATFORM,
        visibility=Visibility.GROUP,
        addressed=False,
        sender=party,
        recipients=(Recipient(role=RecipientRole.TO, party=place),),
        sent_at=at,
        thread=Thread(group=str(chat.id)),
        evidence=(Evidence(name="status", value=status), *evidence),
        notes=reading.notes,
    )
    return MemberSeen(party=party, place=place, status=status, message=message, provenance=reading.provenance)


def _reachable(kind: str, source: dict[str, Any], chat: Chat, reading: Reading) -> Event:
    new = reading.table(source, "new_chat_member")
    status = _origins.word(reading.text(new, "status"))
    if status not in _IN | _OUT:
        return Unknown(kind=kind, provenance=reading.provenance) if status else unreadable(kind, reading)
    can_send = status in _IN
    if status == "restricted":
        can_send = new.get("can_send_messages") is True and new.get("is_member") is not False
    elif chat.kind is PartyKind.CHANNEL:
        can_send = status == "creator" or (status == "administrator" and new.get("can_post_messages") is True)
    return Reachable(place=chat.party(), can_send=can_send, status=status, provenance=reading.provenance)


def _moved(field: str, source: dict[str, Any], chat: Chat, reading: Reading) -> Event:
    number = reading.whole(source, field)
    if not number:
        return unreadable(field, reading)
    here, there = chat.party(), chat._replace(id=number, handle=None, conversation=str(number)).party()
    old, new = (here, there) if field == "migrate_to_chat_id" else (there, here)
    return Moved(old=old, new=new, provenance=reading.provenance)
