"""Tells what sort of update a raw holds, and has it read; whatever is not known becomes `Unknown`, never nothing."""

from __future__ import annotations

import json
from datetime import UTC
from typing import Any

from gateway.case import PartyKind, Provenance, Visibility
from gateway.errors import MalformedError
from gateway.ports import Deleted, Edited, Event, Pressed, Raw, Unknown
from normalizers.telegram import _clean, _content, _limits, _members, _message, _origins, _parties
from normalizers.telegram._members import unreadable
from normalizers.telegram._parties import Chat
from normalizers.telegram._reading import Reading

NAME = "telegram"
VERSION = 1
_BY = f"{NAME}/{VERSION}"
_UNREADABLE = "unreadable"
"""The lane in which the connector puts what it could not read: what is said there is in no order with its chat."""
_POSTS = frozenset({"channel_post", "edited_channel_post"})
_MESSAGES = frozenset({"message", "edited_message", "business_message", "edited_business_message"})
_CHANGES = frozenset({"chat_member", "my_chat_member", "chat_join_request"})
_SERVICE = frozenset(
    {"new_chat_members", "left_chat_member", "chat_owner_left", "chat_owner_changed", "new_chat_title",
     "new_chat_photo", "delete_chat_photo", "group_chat_created", "supergroup_chat_created", "channel_chat_created",
     "message_auto_delete_timer_changed", "migrate_to_chat_id", "migrate_from_chat_id", "pinned_message",
     "successful_payment", "refunded_payment", "gift_upgrade_sent", "connected_website", "write_access_allowed",
     "passport_data", "proximity_alert_triggered", "boost_added", "chat_background_set", "checklist_tasks_done",
     "checklist_tasks_added", "direct_message_price_changed", "forum_topic_created", "forum_topic_edited",
     "forum_topic_closed", "forum_topic_reopened", "general_forum_topic_hidden", "general_forum_topic_unhidden",
     "giveaway_created", "giveaway_completed", "managed_bot_created", "paid_message_price_changed",
     "poll_option_added", "poll_option_deleted", "suggested_post_approved", "suggested_post_approval_failed",
     "suggested_post_declined", "suggested_post_paid", "suggested_post_refunded", "video_chat_scheduled",
     "video_chat_started", "video_chat_ended", "video_chat_participants_invited"}
)  # fmt: skip
"""The fields of a message that the platform, not a user, has written."""


def normalize(raw: Raw) -> tuple[Event, ...]:
    """Return the events of one update; raises `MalformedError` for what is no update at all."""
    if raw.lane == _UNREADABLE:
        raise MalformedError("the update could not be read when it was fetched")
    update = _decode(raw.body)
    number = update.get("update_id")
    if type(number) is not int:
        raise MalformedError("the update bears no number")
    reading = Reading(raw.notes.get("bot", ""), raw.notes.get("username", ""), _provenance(raw), _file_bytes(raw))
    kinds = [kind for kind in update if kind != "update_id"]
    events = [event for kind in kinds[: _limits.ITEMS] for event in _read(kind, update, number, reading)]
    return tuple(events) or (Unknown(kind="empty", provenance=reading.provenance),)


def _decode(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body, object_pairs_hook=_object, parse_constant=_constant)
    except (ValueError, RecursionError) as error:
        raise MalformedError(f"the update cannot be read as JSON: {type(error).__name__}") from None
    if type(found) is not dict:
        raise MalformedError("the update is no JSON object")
    return found


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError
    return found


def _constant(name: str) -> float:
    raise ValueError(name)


def _file_bytes(raw: Raw) -> int:
    """Return how large a file the channel can fetch, as its connector says where that is not what the platform says."""
    said = raw.notes.get("files", "")
    return int(said) if said.isascii() and said.isdigit() and len(said) <= _limits.DIGITS else _limits.FILE_BYTES


def _provenance(raw: Raw) -> Provenance:
    return Provenance(
        source=raw.source,
        stream=raw.stream,
        key=raw.key,
        lane=raw.lane,
        received_at=raw.received_at.astimezone(UTC),
        normalizer=_BY,
        size=raw.size,
        complete=raw.complete,
    )


def _read(kind: str, update: dict[str, Any], number: int, reading: Reading) -> list[Event]:
    value = update[kind]
    if kind in _MESSAGES and type(value) is dict:
        return _read_message(kind, value, number, reading)
    if kind in _POSTS:
        return [Unknown(kind=kind, provenance=reading.provenance)]
    if kind in _CHANGES and type(value) is dict:
        chat = _parties.chat(reading.table(value, "chat"), reading)
        return [_members.changed(kind, value, chat, reading) if chat else unreadable(kind, reading)]
    if kind == "callback_query" and type(value) is dict:
        return [_pressed(value, reading)]
    if kind == "deleted_business_messages" and type(value) is dict:
        return _deleted(value, reading)
    if kind in _MESSAGES | _CHANGES or kind in ("callback_query", "deleted_business_messages"):
        return [unreadable(kind, reading)]
    return [Unknown(kind=_origins.word(kind) or "unnamed", provenance=reading.provenance)]


def _read_message(kind: str, source: dict[str, Any], number: int, reading: Reading) -> list[Event]:
    chat = _parties.chat_of(source, reading)
    if chat is None:
        return [unreadable(kind, reading)]
    service = [field for field in source if field in _SERVICE]
    if service and not ("text" in source or "caption" in source or _content.kinds_of(source)):
        return _told(service, source, chat, reading)
    if reason := _message.own(source, chat, reading, business="business" in kind):
        return [Unknown(kind=reason, provenance=reading.provenance)]
    if kind.startswith("edited_"):
        message = _message.read(source, chat, number, reading, version=2)
        return [Edited(message=message)]
    return [_message.read(source, chat, number, reading)]


def _told(service: list[str], source: dict[str, Any], chat: Chat, reading: Reading) -> list[Event]:
    known = (field for field in service if field in _members.STRUCTURAL)
    events = [event for field in known for event in _members.told(field, source, chat, reading)]
    return events or [Unknown(kind=f"service:{service[0]}", provenance=reading.provenance)]


def _deleted(source: dict[str, Any], reading: Reading) -> list[Event]:
    chat = _parties.chat_of(source, reading)
    numbers = source.get("message_ids")
    if chat is None or type(numbers) is not list:
        return [unreadable("deleted_business_messages", reading)]
    known = [each for each in numbers[: _limits.EVENTS] if type(each) is int and abs(each) < _limits.INTEGER]
    events: list[Event] = [
        Deleted(message_id=chat.message_ref(reading, each), provenance=reading.provenance) for each in known
    ]
    return (
        events if known and len(known) == len(numbers) else [*events, unreadable("deleted_business_messages", reading)]
    )


def _pressed(source: dict[str, Any], reading: Reading) -> Event:
    message = reading.table(source, "message")
    chat = _parties.chat_of(message, reading) if message else None
    is_private = chat is None or chat.kind is PartyKind.PERSON
    address = str(chat.id) if chat is not None and is_private else ""
    sender = _parties.user(reading.table(source, "from"), reading, address, *(chat.route if chat else ()))
    data = source.get("data")
    if "data" not in source:
        return Unknown(kind="callback_query", provenance=reading.provenance)
    if sender is None or type(data) is not str:
        return unreadable("callback_query", reading)
    number = reading.whole(message, "message_id")
    topic = reading.whole(message, "message_thread_id") if message.get("is_topic_message") is True else None
    return Pressed(
        sender=sender,
        place=_message.place(message, chat, topic, reading) if chat else None,
        visibility=chat.visibility if chat else Visibility.PRIVATE,
        data=_clean.line(data, _limits.DATA_CHARS, reading),
        press_id=_clean.line(reading.text(source, "id"), _limits.FILE_ID_CHARS, reading),
        message_id=chat.message_ref(reading, number) if chat and number is not None else None,
        provenance=reading.provenance,
    )
