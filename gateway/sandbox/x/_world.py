"""Who and what exists in the sandbox's X: accounts, posts, direct messages and media; it renders and decides nothing.

Everything is kept in the new spelling (`edit_history_post_ids`, `referenced_posts`, `note_post`).
"""

from __future__ import annotations

import itertools
from bisect import insort
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from gateway.ports import Clock
from gateway.sandbox.x._people import People
from gateway.sandbox.x._text import SHORT, Composed, Composer, Json, shortened

EPOCH_MS = 1_288_834_974_657
"""When X's snowflakes begin, in milliseconds of Unix time."""
EDIT_FOR = timedelta(minutes=30)
MAX_EDITS = 5
_SERIAL_BITS = 22
_SERIAL = (1 << _SERIAL_BITS) - 1
_KINDS = {"photo": ("3", ".jpg", "image/jpeg"), "video": ("7", ".mp4", "video/mp4")}
_KINDS["animated_gif"] = ("16", ".mp4", "video/mp4")


@dataclass(frozen=True, slots=True)
class StoredFile:
    """The bytes behind a medium's URL."""

    content: bytes
    content_type: str


def moment(snowflake: str | int) -> datetime:
    """Return when an id was made."""
    ms = (int(snowflake) >> _SERIAL_BITS) + EPOCH_MS
    return datetime.fromtimestamp(ms // 1000, UTC) + timedelta(milliseconds=ms % 1000)


def first_id(at: datetime) -> int:
    """Return the lowest id that a thing made at that time can have."""
    ms = (at - datetime.fromtimestamp(0, UTC)) // timedelta(milliseconds=1)
    return max(ms - EPOCH_MS, 0) << _SERIAL_BITS


def written_time(at: datetime) -> str:
    """Return a time as the API writes it: UTC, with milliseconds."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}Z"


class World(People):
    """The state that people and the brand's account change."""

    def __init__(self, clock: Clock, handle: str, user_id: str) -> None:
        super().__init__(clock)
        self.base = ""
        """The server's own address, at which media lie."""
        self.posts: dict[str, Json] = {}
        """All versions of all posts, also those that are not to be seen any more."""
        self.order: list[int] = []
        self.gone: set[str] = set()
        """Deleted posts, all versions."""
        self.newer: dict[str, str] = {}
        """The newest version of each post that was edited."""
        self.events: dict[str, Json] = {}
        """Events of direct messages."""
        self.event_order: list[int] = []
        self.media: dict[str, Json] = {}
        self.files: dict[str, StoredFile] = {}
        """Files by the path of their URL."""
        self.polls: dict[str, Json] = {}
        self.places: dict[str, Json] = {}
        self._named: defaultdict[str, list[int]] = defaultdict(list)
        self._serial = itertools.count(1)
        self._links = itertools.count(1)
        self.composer = Composer(self.find_person, self.mint_link)
        self.own = self.add_person(handle, "Examplex Support", user_id)

    def new_id(self, at: datetime | None = None) -> str:
        """Return the next id of a thing made at that time, now unless given."""
        return str(first_id(at or self.clock.now()) | (next(self._serial) & _SERIAL))

    def mint_link(self) -> str:
        """Return the next short link."""
        return f"https://t.co/Sbx{next(self._links):07d}"

    # Posts

    def add_post(
        self,
        author: Json,
        text: str,
        *,
        reply_to: Json | None = None,
        quote: Json | None = None,
        at: datetime | None = None,
        media: Iterable[Json] = (),
        long: bool = False,
        unwound: Mapping[str, str] | None = None,
        excluded: Collection[str] = (),
        **fields: Any,
    ) -> Json:
        """Take a post in, made now unless `at` says when; `fields` replace what the API says of it.

        A reply names no account before its text that is `excluded`, by its id.
        """
        at = at or self.clock.now()
        post_id = self.new_id(at)
        media = [self.attached(each) for each in media]
        links = [_media_link(author, post_id, each) for each in media] + ([] if quote is None else [_link(quote, self)])
        composed = self.composer.compose(
            text, implied=self._implied(author, reply_to, excluded), links=links, unwound=unwound
        )
        post: Json = {
            "id": post_id,
            "author_id": author["id"],
            "created_at": written_time(at),
            "conversation_id": post_id if reply_to is None else reply_to["conversation_id"],
            "lang": "en",
            "reply_settings": "everyone",
            "possibly_sensitive": False,
            "edit_history_post_ids": [post_id],
            "edit_controls": {
                "editable_until": written_time(at + EDIT_FOR),
                "edits_remaining": MAX_EDITS,
                "is_edit_eligible": reply_to is None,
            },
            "public_metrics": _post_metrics(),
            **self._written(composed, long=long),
            **_references(reply_to, quote),
            **({"attachments": {"media_keys": [each["media_key"] for each in media]}} if media else {}),
            **fields,
        }
        self._keep(post)
        self.tell("post", post)
        return post

    def edit_post(self, post: Json, text: str, *, at: datetime | None = None) -> Json:
        """Let the author edit: a version with an id of its own takes the place of the old one."""
        at = at or self.clock.now()
        post_id = self.new_id(at)
        reply_to = next((each["id"] for each in post.get("referenced_posts", ()) if each["type"] == "replied_to"), "")
        author = self.people[post["author_id"]]
        composed = self.composer.compose(text, implied=self._implied(author, self.posts.get(reply_to)))
        history = post["edit_history_post_ids"]
        controls = {**post["edit_controls"], "edits_remaining": MAX_EDITS - len(history)}
        kept = {name: value for name, value in post.items() if name not in ("note_post", "entities")}
        changed = {
            **kept,
            "id": post_id,
            "created_at": written_time(at),
            "edit_controls": controls,
            **self._written(composed),
        }
        history.append(post_id)
        for version in history[:-1]:
            self.newer[version] = post_id
        self._keep(changed)
        self.tell("edit", changed)
        return changed

    def delete_post(self, post: Json) -> None:
        """Take a post away with all its versions."""
        self.gone.update(post["edit_history_post_ids"])
        self.tell("delete", post)

    def put_below(self, post: Json, below: Json, secs: float = 1.0) -> Json:
        """Give a post an id that many seconds below another's, as one has that the index took in late."""
        old = post["id"]
        at = moment(below["id"]) - timedelta(seconds=secs)
        new = self.new_id(at)
        del self.posts[old]
        self.order.remove(int(old))
        for named in self._named.values():
            if int(old) in named:
                named.remove(int(old))
        post.update(id=new, created_at=written_time(at), edit_history_post_ids=[new])
        if post["conversation_id"] == old:
            post["conversation_id"] = new
        self._keep(post)
        self.touch()
        return post

    def visible(self, post_id: str) -> bool:
        """Whether timelines and searches show this version to us."""
        return post_id not in self.gone and post_id not in self.newer and self.readable(self.posts[post_id])

    def readable(self, post: Json) -> bool:
        """Whether its author shows a post to us: neither protected nor suspended, unless it is our own."""
        author = self.people[post["author_id"]]
        hidden = author["protected"] or author["id"] in self.suspended
        return author["id"] == self.own["id"] or not hidden

    def mentions_of(self, user_id: str) -> list[int]:
        """Return the ids of the posts that name an account, oldest first, whether visible or not."""
        return self._named[user_id]

    def _implied(self, author: Json, reply_to: Json | None, excluded: Collection[str] = ()) -> list[str]:
        """Return the handles that X puts before a reply: whom it answers, and whom that one names, if not excluded."""
        if reply_to is None:
            return []
        ids = [reply_to["author_id"], *(mark["id"] for mark in _marks(reply_to, "mentions"))]
        left_out = {author["id"], *(each for each in excluded if each != reply_to["author_id"])}
        return [self.people[each]["username"] for each in dict.fromkeys(ids) if each not in left_out]

    def _written(self, composed: Composed, *, long: bool = False) -> Json:
        """Return text, marks and, of a long one, the whole of it."""
        written: Json = {}
        if long or len(composed.text) - composed.start > SHORT:
            note: Json = {"text": composed.text}
            marks = {name: [_note_mark(each) for each in found] for name, found in composed.entities.items()}
            written["note_post"] = {**note, "entities": marks} if marks else note
            composed = shortened(composed, self.mint_link())
        written["text"] = composed.text
        written["display_text_range"] = [composed.start, len(composed.text)]
        return {**written, "entities": composed.entities} if composed.entities else written

    def _keep(self, post: Json) -> None:
        self.posts[post["id"]] = post
        number = int(post["id"])
        insort(self.order, number)
        named = {mark["id"] for mark in (*_marks(post, "mentions"), *_marks(post.get("note_post", {}), "mentions"))}
        for user_id in named:
            insort(self._named[user_id], number)

    # Media

    def add_media(
        self, kind: str = "photo", content: bytes = b"made up", alt_text: str | None = None, **fields: Any
    ) -> Json:
        """Take a photo, video or animated_gif in; returns what the API says of it."""
        number, suffix, content_type = _KINDS[kind]
        media_id = self.new_id()
        path = f"/media/{media_id}{suffix}"
        self.files[path] = StoredFile(content, content_type)
        medium: Json = {"media_key": f"{number}_{media_id}", "type": kind, "width": 640, "height": 480}
        if kind == "photo":
            medium["url"] = self.base + path
        else:
            still = f"/media/{media_id}.jpg"
            self.files[still] = StoredFile(b"made up", "image/jpeg")
            medium["preview_image_url"] = self.base + still
            medium["variants"] = [{"bit_rate": 832_000, "content_type": content_type, "url": self.base + path}]
        if kind == "video":
            medium["duration_ms"] = 1000
            medium["variants"].append({"content_type": "application/x-mpegURL", "url": f"{self.base}{path}.m3u8"})
        if alt_text is not None:
            medium["alt_text"] = alt_text
        medium |= fields
        self.media[medium["media_key"]] = medium
        return medium

    def attached(self, medium: Json | str | bytes) -> Json:
        """Return a medium that is given as such, by its kind, or as a photo's bytes."""
        if isinstance(medium, bytes):
            return self.add_media(content=medium)
        return self.add_media(medium) if isinstance(medium, str) else medium

    # Direct messages

    def add_event(
        self,
        sender: Json,
        text: str = "",
        *,
        to: Json | None = None,
        at: datetime | None = None,
        media: Iterable[Json] = (),
        conversation: str | None = None,
        refers_to: Json | None = None,
        **fields: Any,
    ) -> Json:
        """Take a direct message in, to the brand's account unless `to` or a group's `conversation` says otherwise."""
        at = at or self.clock.now()
        other = to or self.own
        event_id = self.new_id(at)
        media = [self._sealed(self.attached(each), event_id) for each in media]
        links = [{"expanded_url": each["url"], "display_url": "pic.x.com/made_up"} for each in media if "url" in each]
        links += [] if refers_to is None else [_link(refers_to, self)]
        composed = self.composer.compose(text, links=links)
        event: Json = {
            "id": event_id,
            "event_type": "MessageCreate",
            "text": composed.text,
            "sender_id": sender["id"],
            "created_at": written_time(at),
            "dm_conversation_id": conversation or conversation_of(sender["id"], other["id"]),
        }
        entities = {name: [_note_mark(each) for each in marks] for name, marks in composed.entities.items()}
        event |= {"entities": entities} if entities else {}
        event |= {"attachments": {"media_keys": [each["media_key"] for each in media]}} if media else {}
        event |= {"referenced_posts": [{"id": refers_to["id"]}]} if refers_to is not None else {}
        event |= fields
        return self.keep_event(event)

    def keep_event(self, event: Json) -> Json:
        """Take an event of direct messages in as it is."""
        self.events[event["id"]] = event
        insort(self.event_order, int(event["id"]))
        self.tell("message", event)
        return event

    def _sealed(self, medium: Json, event_id: str) -> Json:
        """Return the medium of a direct message: all its files are private, a video's variants too."""
        media_id = medium["media_key"].partition("_")[2]
        place = f"/2/dm_conversations/media/{event_id}/{media_id}/"
        sealed = dict(medium)
        for name in ("url", "preview_image_url"):
            if name in medium:
                sealed[name] = self._moved(medium[name], place)
        if "variants" in medium:
            sealed["variants"] = [{**each, "url": self._moved(each["url"], place)} for each in medium["variants"]]
        self.media[sealed["media_key"]] = sealed
        return sealed

    def _moved(self, url: str, place: str) -> str:
        """Move the file behind a URL, if there is one, to where only who may read direct messages gets it."""
        path = place + url.rpartition("/")[2]
        file = self.files.pop(url.removeprefix(self.base), None)
        if file is not None:
            self.files[path] = file
        return self.base + path


def conversation_of(one: str, other: str) -> str:
    """Return the conversation of two accounts: both numbers, the smaller first."""
    low, high = sorted((one, other), key=int)
    return f"{low}-{high}"


def _marks(post: Mapping[str, Any], kind: str) -> list[Json]:
    found: list[Json] = post.get("entities", {}).get(kind, [])
    return found


def _note_mark(mark: Json) -> Json:
    """Return a mark as notes and direct messages have it: of a link, only what it leads to at once."""
    return {name: value for name, value in mark.items() if name not in ("status", "unwound_url", "title", "media_key")}


def _post_metrics() -> Json:
    names = ("repost_count", "reply_count", "like_count", "quote_count", "bookmark_count", "impression_count")
    return dict.fromkeys(names, 0)


def _references(reply_to: Json | None, quote: Json | None) -> Json:
    referenced = [] if reply_to is None else [{"type": "replied_to", "id": reply_to["id"]}]
    referenced += [] if quote is None else [{"type": "quoted", "id": quote["id"]}]
    found: Json = {"referenced_posts": referenced} if referenced else {}
    return found if reply_to is None else {**found, "in_reply_to_user_id": reply_to["author_id"]}


def _link(post: Json, world: World) -> Json:
    path = f"x.com/{world.people[post['author_id']]['username']}/status/{post['id']}"
    return {"expanded_url": f"https://{path}", "display_url": f"{path[:26]}…"}


def _media_link(author: Json, post_id: str, medium: Json) -> Json:
    url = f"https://x.com/{author['username']}/status/{post_id}/{medium['type']}/1"
    return {"expanded_url": url, "display_url": "pic.x.com/made_up", "media_key": medium["media_key"]}
