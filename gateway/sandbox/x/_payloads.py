"""What the X Activity API tells of something that happened: kinds and payloads as the live stream gives them; pure."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from gateway.sandbox.x._fields import FIELDS, new_name
from gateway.sandbox.x._params import Asked
from gateway.sandbox.x._router import Spelling
from gateway.sandbox.x._shapes import Page
from gateway.sandbox.x._text import Json
from gateway.sandbox.x._world import World, conversation_of, moment

APP_ID = "29000001"
_PROFILE = {
    "username": "handle",
    "name": "screenname",
    "description": "bio",
    "profile_image_url": "profile_picture",
    "profile_banner_url": "banner_picture",
    "location": "geo",
    "url": "url",
    "verified": "verified_badge",
    "verified_type": "verified_badge",
    "affiliation": "affiliate_badge",
}


_WHOLE = {
    kind: frozenset(new_name(name) for spelling in FIELDS.values() for name in spelling[kind])
    for kind in ("post", "user")
}
"""Events give every field that there is."""


@dataclass(frozen=True, slots=True)
class Happening:
    """An event before it has subscribers: its kind, the account that it is about, and what it says."""

    kind: str
    user_id: str
    payload: Json
    includes: Json | None = None


def events_of(world: World, kind: str, thing: Json, spelling: Spelling) -> Iterator[Happening]:
    """Give the events that a thing of the world's listeners makes."""
    told = _TOLD.get(kind)
    if told is not None:
        yield from told(world, thing, spelling)


def _posted(world: World, post: Json, spelling: Spelling) -> Iterator[Happening]:
    """A post tells its author's followers, and whom it names itself, answers or quotes; a protected one nobody."""
    author = world.people[post["author_id"]]
    if author["protected"]:
        return
    page = Page(world, Asked(spelling, fields=_WHOLE), "post")
    payload = page.rendered(post, "post")
    about = [author, *(world.people[each] for each in _named(post) if each != author["id"])]
    includes = {"users": [page.rendered(each, "user") for each in about]}
    yield Happening("post.create", author["id"], payload, includes)
    for user_id in _named(post):
        if user_id != author["id"]:
            yield Happening("post.mention.create", user_id, payload, includes)
    kinds = {"replied_to": "post.reply.create", "quoted": "post.quote.create"}
    for reference in post.get("referenced_posts", ()):
        other = world.posts[reference["id"]]["author_id"]
        if other != author["id"]:
            yield Happening(kinds[reference["type"]], other, payload, includes)


def _named(post: Json) -> list[str]:
    """Return whom the author names: marks before the part that he wrote are X's own."""
    start = post["display_text_range"][0]
    whole = post.get("note_post", post)
    marks = whole.get("entities", {}).get("mentions", ())
    return list(dict.fromkeys(mark["id"] for mark in marks if mark["start"] >= start))


def _deleted(world: World, post: Json, spelling: Spelling) -> Iterator[Happening]:
    yield Happening("post.delete", post["author_id"], {"id": post["id"], "author_id": post["author_id"]})


def _messaged(world: World, event: Json, spelling: Spelling) -> Iterator[Happening]:
    """A direct message is told in the form of the older API, which names no conversation."""
    own = world.own["id"]
    sender = event.get("sender_id")
    if sender == own or sender not in world.people or event.get("event_type") != "MessageCreate":
        return
    marks = {"hashtags": [], "symbols": [], "user_mentions": [], "urls": event.get("entities", {}).get("urls", [])}
    message = {
        "type": "message_create",
        "id": event["id"],
        "created_timestamp": _millis(event["id"]),
        "message_create": {
            "target": {"recipient_id": own},
            "sender_id": sender,
            "message_data": {"text": event["text"], "entities": marks},
        },
    }
    page = Page(world, Asked(spelling, fields=_WHOLE), "dm_event")
    users = {each: {"data": page.rendered(world.people[each], "user")} for each in (sender, own)}
    yield Happening("dm.received", own, {"direct_message_events": [message], "users": users})


def _encrypted(world: World, thing: Json, spelling: Spelling) -> Iterator[Happening]:
    """A message that is encrypted from end to end: what is made up here is noise, as it is to us on X."""
    own, number = world.own["id"], world.new_id()
    noise = hashlib.sha512(number.encode()).digest()
    payload = {
        "conversation_token": f"made-up.{number}",
        "id": number,
        "created_at_msec": _millis(number),
        "sender_id": thing["sender_id"],
        "conversation_id": conversation_of(thing["sender_id"], own).replace("-", ":"),
        "conversation_key_version": "1768236281331",
        "encoded_event": base64.b64encode(noise).decode(),
        "message_event_signature": {
            "public_key_version": "1765382634817",
            "signature": base64.b64encode(noise[:32]).decode(),
            "signature_version": "7",
        },
    }
    yield Happening("chat.received", own, payload)


def _changed(world: World, thing: Json, spelling: Spelling) -> Iterator[Happening]:
    kind = _PROFILE.get(thing["field"])
    if kind is not None:
        payload = {"before": _text(thing["before"]), "after": _text(thing["after"])}
        yield Happening(f"profile.update.{kind}", thing["user_id"], payload)


def _revoked(world: World, thing: Json, spelling: Spelling) -> Iterator[Happening]:
    """Told to all, without a subscription."""
    now = world.clock.now().isoformat(timespec="seconds")
    yield Happening("oauth.revoke", "", {"date_time": now, "user_id": world.own["id"], "app_id": APP_ID})


def _millis(snowflake: str) -> str:
    return str(int(moment(snowflake).timestamp() * 1000))


def _text(value: object) -> str:
    return value if isinstance(value, str) else "" if value is None else str(value)


_TOLD: dict[str, Callable[[World, Json, Spelling], Iterator[Happening]]] = {
    "post": _posted,
    "delete": _deleted,
    "message": _messaged,
    "encrypted": _encrypted,
    "profile": _changed,
    "revoke": _revoked,
}
