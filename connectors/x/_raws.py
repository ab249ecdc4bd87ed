"""Turns pages of X into raws, item by item: what cannot be read becomes a raw of its own, and its neighbours go on."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from connectors.x._ids import number, time_of
from connectors.x._settings import XSettings
from gateway.ports import Key, Raw, StreamId

MENTIONS = StreamId("mentions")
MESSAGES = StreamId("messages")
CONVERSATIONS = StreamId("conversations")
ACTIVITY = StreamId("activity")

POST_TYPE = "application/vnd.x.post+json"
MESSAGE_TYPE = "application/vnd.x.message+json"
ACTIVITY_TYPE = "application/vnd.x.activity+json"

UNREADABLE = "unreadable"
"""The lane of what cannot be read, and the beginning of its key."""

MENTION = "mention"
SEARCH = "search"
CONVERSATION = "conversation"

HINTS: Mapping[str, StreamId] = {
    "dm.received": MESSAGES,
    "post.mention.create": MENTIONS,
    "post.reply.create": MENTIONS,
    "post.quote.create": MENTIONS,
}
"""Kinds of activity that only say where there is news."""

_OLDER: Mapping[str, StreamId] = {"direct_message_events": MESSAGES, "tweet_create_events": MENTIONS}
"""What the older Account Activity API says, which tells whose news there are and nothing of its kind."""
_UUID = re.compile(r"-?[0-9]{1,20}|[0-9A-Za-z][0-9A-Za-z-]{15,63}")
"""X writes numbers, negative ones, too, and UUIDs."""

_REFERENCES = ("referenced_posts", "referenced_tweets")
_HISTORIES = ("edit_history_post_ids", "edit_history_tweet_ids")
_NAMES = ("id", "media_key")
_CONCERNS = ("value", "resource_id")


@dataclass(frozen=True, slots=True)
class Activity:
    """What an event of the activity stream or webhook comes to: a raw to keep, a stream that has news, or nothing."""

    raw: Raw | None = None
    hint: StreamId | None = None


@dataclass(frozen=True, slots=True)
class Maker:
    """Makes the raws of one account on one channel; `own` is the account's number, `handle` its name."""

    source: str
    own: str
    handle: str

    @classmethod
    def of(cls, source: str, settings: XSettings) -> Maker:
        """Return the maker of a channel."""
        return cls(source, settings.user_id, settings.handle)

    def posts(self, page: Mapping[str, Any], items: Sequence[Any], found: str, at: datetime) -> tuple[Raw, ...]:
        """Return the raws of some posts of a page, oldest first as the page is newest first; none for our own."""
        around = _Around.of(page)
        stream = CONVERSATIONS if found == CONVERSATION else MENTIONS
        prefix = "reply" if found == CONVERSATION else "post"
        raws: list[Raw] = []
        for item in reversed(items):
            author = author_of(item)
            if author == self.own:
                continue
            notes = {**self._notes(), "found": found}
            if author is None or number(item["id"]) is None:
                raws.append(self._unreadable(stream, _name_of(item), around.body(item), POST_TYPE, at, notes))
            else:
                key = Key(f"{prefix}:{item['id']}")
                raws.append(self._raw(stream, key, author, around.body(item), POST_TYPE, _made(item, at), notes))
        return tuple(raws)

    def messages(self, page: Mapping[str, Any], items: Sequence[Any], at: datetime) -> tuple[Raw, ...]:
        """Return the raws of some events of direct messages of a page, oldest first; none for our own."""
        around = _Around.of(page)
        raws: list[Raw] = []
        for item in reversed(items):
            sender = sender_of(item)
            if sender == self.own:
                continue
            body = around.body(item)
            if sender is None or number(item["id"]) is None:
                raws.append(self._unreadable(MESSAGES, _name_of(item), body, MESSAGE_TYPE, at, self._notes()))
            else:
                key = Key(f"message:{item['id']}")
                raws.append(self._raw(MESSAGES, key, sender, body, MESSAGE_TYPE, _made(item, at), self._notes()))
        return tuple(raws)

    def activity(self, event: Any, at: datetime) -> Activity:
        """Return what an event is that could be read as JSON; nothing for what concerns another account of the app."""
        if isinstance(event, dict) and (older := next((kind for kind in _OLDER if kind in event), None)):
            return Activity(hint=_OLDER[older])
        data = event.get("data") if isinstance(event, dict) else None
        kind = data.get("event_type") if isinstance(data, dict) else None
        if not isinstance(data, dict) or not isinstance(kind, str):
            return Activity(self.garbage(_encoded(event), at))
        if number(about := _dict(data.get("filter")).get("user_id")) is not None and about != self.own:
            return Activity()
        if kind in HINTS:
            return Activity(hint=HINTS[kind])
        sender = self._activity_sender(_dict(data.get("payload")))
        if sender == self.own:
            return Activity()
        body = _encoded(event)
        uuid = str(data.get("event_uuid"))
        key = Key(f"activity:{uuid if _UUID.fullmatch(uuid) else _digest(body)}")
        raw = self._raw(ACTIVITY, key, sender or str(ACTIVITY), body, ACTIVITY_TYPE, at, self._notes())
        return Activity(raw)

    def _activity_sender(self, payload: Mapping[str, Any]) -> str | None:
        """Return whose doing an event is, where it can be told cheaply: in a chat of two, the other's than us."""
        for name in ("sender_id", "author_id"):
            if number(payload.get(name)) is not None:
                return str(payload[name])
        # The stream writes "7:1000" where the API writes "7-1000".
        others = set(re.split("[:-]", str(payload.get("conversation_id")))) - {self.own}
        return next((each for each in others if len(others) == 1 and number(each) is not None), None)

    def garbage(self, body: bytes, at: datetime) -> Raw:
        """Return the raw of an event that is no JSON, or not of any form that events have."""
        return self._unreadable(ACTIVITY, _digest(body), body, ACTIVITY_TYPE, at, self._notes())

    def _unreadable(
        self, stream: StreamId, name: str, body: bytes, media: str, at: datetime, notes: Mapping[str, str]
    ) -> Raw:
        return self._raw(stream, Key(f"{UNREADABLE}:{name}"), UNREADABLE, body, media, at, notes)

    def _raw(
        self, stream: StreamId, key: Key, lane: str, body: bytes, media: str, at: datetime, notes: Mapping[str, str]
    ) -> Raw:
        return Raw(
            source=self.source,
            stream=stream,
            key=key,
            lane=lane,
            body=body,
            media_type=media,
            received_at=at,
            size=len(body),
            notes=notes,
        )

    def _notes(self) -> dict[str, str]:
        return {"own": self.own, "handle": self.handle}


def items_of(page: Mapping[str, Any]) -> list[Any]:
    """Return the items of a page, newest first; none where it has only errors."""
    data = page.get("data")
    return data if isinstance(data, list) else []


def token_of(page: Mapping[str, Any]) -> str | None:
    """Return what the next, older page is asked for with; None at the end."""
    meta = page.get("meta")
    token = meta.get("next_token") if isinstance(meta, dict) else None
    return token if isinstance(token, str) and token else None


def id_of(item: Any) -> int | None:
    """Return the id of an item as a number, if it has one; also of one that is written as a number, as none should."""
    found = item.get("id") if isinstance(item, dict) else None
    return number(str(found) if type(found) is int else found)


def author_of(item: Any) -> str | None:
    """Return who wrote a post, if it says."""
    author = item.get("author_id") if isinstance(item, dict) and isinstance(item.get("id"), str) else None
    return author if number(author) is not None else None


def sender_of(item: Any) -> str | None:
    """Return whose an event of direct messages is: its sender, or who joined or left."""
    if not isinstance(item, dict) or not isinstance(item.get("id"), str):
        return None
    if number(item.get("sender_id")) is not None:
        return str(item["sender_id"])
    if item.get("event_type") == "MessageCreate":
        return None
    who = item.get("participant_ids")
    first = who[0] if isinstance(who, list) and who else None
    return str(first) if number(first) is not None else None


def unconcerned(page: Mapping[str, Any]) -> int:
    """Return how many of a page's errors concern none of its items, so that no raw holds them."""
    items = [item for item in items_of(page) if isinstance(item, dict)]
    around = _Around.of(page)
    told = [each for item in items for each in around.errors_of(_reach(item, around.posts))]
    return sum(each not in told for each in around.errors)


@dataclass(frozen=True, slots=True)
class _Around:
    """What a page brings beside its items: `includes` by kind and id, and errors."""

    includes: Mapping[str, Mapping[str, Any]]
    posts: Mapping[str, Any]
    errors: Sequence[Any]

    @classmethod
    def of(cls, page: Mapping[str, Any]) -> _Around:
        given, errors = page.get("includes"), page.get("errors")
        includes = {
            kind: {name: each for each in values if (name := _name(each))}
            for kind, values in (given.items() if isinstance(given, dict) else ())
            if isinstance(values, list)
        }
        posts = {**includes.get("tweets", {}), **includes.get("posts", {})}
        return cls(includes, posts, errors if isinstance(errors, list) else [])

    def body(self, item: Any) -> bytes:
        """Return an item with what it refers to, itself or by the posts that it refers to, as compact JSON."""
        reach = _reach(item, self.posts) if isinstance(item, dict) else set()
        includes = {
            kind: found
            for kind, values in self.includes.items()
            if (found := [each for name, each in values.items() if name in reach])
        }
        return _encoded({"data": item, "includes": includes, "errors": self.errors_of(reach)})

    def errors_of(self, reach: set[str]) -> list[Any]:
        return [
            each for each in self.errors if isinstance(each, dict) and any(str(each.get(n)) in reach for n in _CONCERNS)
        ]


def _reach(item: Mapping[str, Any], posts: Mapping[str, Any]) -> set[str]:
    """Return the ids of all that an item refers to, itself or by the posts that it refers to."""
    near = set(_referred(item))
    # Its own id is reached, too: an error may name it, and its edits may stand beside it.
    far = {each for name in near if isinstance(posts.get(name), dict) for each in _referred(posts[name])}
    return near | far | {str(item.get("id"))}


def _referred(item: Mapping[str, Any]) -> Iterator[str]:
    for value in (item.get("author_id"), item.get("sender_id"), item.get("in_reply_to_user_id")):
        yield from _strings([value])
    for name in _HISTORIES:
        yield from _strings(item.get(name))
    yield from _strings(item.get("participant_ids"))
    for name in _REFERENCES:
        yield from _strings(_each(item.get(name), "id"))
    attachments, geo, article = _dict(item.get("attachments")), _dict(item.get("geo")), _dict(item.get("article"))
    for value in (attachments.get("media_keys"), attachments.get("poll_ids"), article.get("media_entities")):
        yield from _strings(value)
    yield from _strings([geo.get("place_id"), article.get("cover_media")])
    for said in (item, _dict(item.get("note_post")), _dict(item.get("note_tweet"))):
        yield from _strings(_each(_dict(said.get("entities")).get("mentions"), "id"))


def _made(item: Mapping[str, Any], at: datetime) -> datetime:
    """Return when an item was made, in UTC; by its id where it does not say."""
    try:
        said = datetime.fromisoformat(item["created_at"])
        return said.astimezone(UTC) if said.tzinfo else said.replace(tzinfo=UTC)
    except (LookupError, TypeError, ValueError, OverflowError):
        pass
    try:
        return time_of(id_of(item) or 0)
    except OverflowError:
        return at


def _name_of(item: Any) -> str:
    """Return what an item that cannot be read is called, the same each time that it is read: by its id if it has one.

    Else by what it says; not by how often it was liked, nor by what stands around it.
    """
    if (found := id_of(item)) is not None:
        return str(found)
    said = item.items() if isinstance(item, dict) else ()
    bare = {name: value for name, value in said if not name.endswith("_metrics")}
    return _digest(_encoded(bare or item))


def _name(value: Any) -> str | None:
    found = next((value[name] for name in _NAMES if name in value), None) if isinstance(value, dict) else None
    return found if isinstance(found, str) else None


def _strings(value: Any) -> Iterator[str]:
    yield from (each for each in (value if isinstance(value, list) else []) if isinstance(each, str))


def _each(value: Any, name: str) -> list[Any]:
    return [each.get(name) for each in (value if isinstance(value, list) else []) if isinstance(each, dict)]


def _dict(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _encoded(value: Any) -> bytes:
    """Return the one compact form, in ASCII: lone surrogates stay escapes."""
    return json.dumps(value, separators=(",", ":")).encode("ascii")


def _digest(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()
