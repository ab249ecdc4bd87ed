"""Turns what Telegram sends into raws, the same whichever way it came; what cannot be read becomes a raw of its own."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from connectors.telegram._settings import CLOUD_FILE_BYTES
from connectors.telegram._strict import UnreadableError, decode, encode, split
from gateway.errors import TransientError
from gateway.ports import Key, Raw, StreamId

STREAM = StreamId("updates")
MEDIA_TYPE = "application/vnd.telegram.update+json"
UNREADABLE = "unreadable"
"""The lane of what cannot be read, and the middle of its key."""

ALLOWED = (
    "message",
    "edited_message",
    "channel_post",
    "edited_channel_post",
    "callback_query",
    "my_chat_member",
    "chat_member",
    "chat_join_request",
    "business_connection",
    "business_message",
    "edited_business_message",
    "deleted_business_messages",
)
"""The kinds of updates that are asked for, in every call: the platform keeps the last list, and drops the others."""

_LARGEST_ID = 2**53
_ID = re.compile(rb'"update_id"\s*+:\s*+([0-9]{1,15})(?![0-9.eE])')
_NO_PAGE = "Telegram, or a proxy before it, gave an answer that is no page of updates"


@dataclass(frozen=True, slots=True)
class Batch:
    """The raws of one answer in its order; `next` is the id after the last that could be read, None without any."""

    raws: tuple[Raw, ...]
    next: int | None


@dataclass(frozen=True, slots=True)
class Maker:
    """Makes the raws of one bot on one channel. `username` is what groups call it, `most_bytes` what it can fetch."""

    source: str
    bot_id: str
    username: str
    most_bytes: int = CLOUD_FILE_BYTES

    def page(self, body: bytes, at: datetime, *, whole: bool = True) -> Batch:
        """Return the raws of an answer to `getUpdates`; raises `TransientError` for what is none.

        With `whole` False the answer was cut: an item that was cut waits for the next call, unless it is the first.
        """
        updates = _quick(body) if whole else None
        if updates is not None:
            raws = tuple(self._update(each, at) for each in updates)
            return Batch(raws, updates[-1]["update_id"] + 1 if updates else None)
        found = split(body)
        if found is None:
            raise TransientError(_NO_PAGE)
        items, rest = found
        if not items and not whole:
            return Batch((self._unreadable(rest, at, whole=False),), _next(rest))
        if not items:
            raise TransientError(_NO_PAGE)
        pairs = [(self.one(item, at), _next(item)) for item in items]
        ids = [each for _, each in pairs if each is not None]
        return Batch(tuple(raw for raw, _ in pairs), ids[-1] if ids else None)

    def one(self, body: bytes, at: datetime) -> Raw:
        """Return the raw of one update's bytes, readable or not."""
        try:
            update = decode(body)
        except UnreadableError:
            update = None
        return self._update(update, at) if _is_update(update) else self._unreadable(body, at)

    def _update(self, update: Mapping[str, Any], at: datetime) -> Raw:
        body = encode(update)
        key = Key(f"{self.bot_id}:{update['update_id']}:{_date(update)}")
        return self._raw(key, _lane(update), body, at)

    def _unreadable(self, body: bytes, at: datetime, *, whole: bool = True) -> Raw:
        key = Key(f"{self.bot_id}:{UNREADABLE}:{hashlib.sha256(body).hexdigest()}")
        return self._raw(key, UNREADABLE, body, at, whole=whole)

    def _raw(self, key: Key, lane: str, body: bytes, at: datetime, *, whole: bool = True) -> Raw:
        return Raw(
            source=self.source,
            stream=STREAM,
            key=key,
            lane=lane,
            body=body,
            media_type=MEDIA_TYPE,
            received_at=at,
            size=len(body),
            complete=whole,
            notes=self._notes(),
        )

    def _notes(self) -> dict[str, str]:
        notes = {"bot": self.bot_id, "username": self.username}
        return notes if self.most_bytes == CLOUD_FILE_BYTES else {**notes, "files": str(self.most_bytes)}


def _quick(body: bytes) -> list[dict[str, Any]] | None:
    """Return the updates of an answer if all of it can be read, else None."""
    try:
        value = decode(body)
    except UnreadableError:
        return None
    if not isinstance(value, dict) or value.get("ok") is not True or not isinstance(value.get("result"), list):
        raise TransientError(_NO_PAGE)
    updates = value["result"]
    return updates if all(map(_is_update, updates)) else None


def _is_update(value: Any) -> bool:
    return isinstance(value, dict) and _is_id(value.get("update_id"))


def _is_id(value: Any) -> bool:
    return type(value) is int and 0 < value < _LARGEST_ID


def _next(item: bytes) -> int | None:
    """Return what follows the id of an item, as far as it can be seen; of two ids the lower: nothing is passed over."""
    try:
        update = decode(item)
    except UnreadableError:
        ids = [int(each[1]) for each in _ID.finditer(item)]
        return min(ids) + 1 if ids and _is_id(min(ids)) else None
    return update["update_id"] + 1 if _is_update(update) else None


def _lane(update: Mapping[str, Any]) -> str:
    """Return the chat that an update concerns, else its user."""
    for value in _parts(update):
        for name in ("chat", "from", "user"):
            party = value.get(name)
            if isinstance(party, dict) and type(party.get("id")) is int:
                return str(party["id"])
    return str(STREAM)


def _date(update: Mapping[str, Any]) -> str:
    """Return when the message inside was changed or written, in POSIX seconds; ids may come again after a week."""
    for value in _parts(update):
        for name in ("edit_date", "date"):
            if type(value.get(name)) is int:
                return str(value[name])
    return ""


def _parts(update: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield the message that a pressed button stands below, and what the update is about."""
    for value in update.values():
        if isinstance(value, dict):
            message = value.get("message")
            if isinstance(message, dict):
                yield message
            yield value
