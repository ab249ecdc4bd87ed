"""What of a thing is given, and how it is spelled: the fields and expansions that were asked for, and no others.

In the new spelling no expansion is documented for the authors and media of referenced posts: `author_id` and
`attachments.media_keys` reach them there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from gateway.sandbox.x._errors import problem_type
from gateway.sandbox.x._fields import old_name
from gateway.sandbox.x._params import Asked
from gateway.sandbox.x._text import Json
from gateway.sandbox.x._world import World

_DEFAULTS = {
    "post": ("id", "text", "edit_history_post_ids"),
    "user": ("id", "name", "username"),
    "dm_event": ("id", "event_type", "text"),
    "media": ("media_key", "type"),
    "poll": ("id", "options"),
    "place": ("id", "full_name"),
}
_FIELDS_OF_EXPANSIONS = {
    "attachments.media_keys": "attachments",
    "attachments.poll_ids": "attachments",
    "entities.mentions.username": "entities",
    "geo.place_id": "geo",
}
_RESOURCES = {"post": {"tweet": "tweet", "post": "post"}, "user": {"tweet": "user", "post": "user"}}


class Page:
    """One answer in the making: `data`, what it refers to, and what could not be given."""

    def __init__(self, world: World, asked: Asked, kind: str) -> None:
        self._world = world
        self._asked = asked
        self._kind = kind
        self._included: dict[str, dict[str, Json]] = {"user": {}, "post": {}, "media": {}, "poll": {}, "place": {}}
        self._errors: list[Json] = []
        self._primary: set[str] = set()

    def body(self, things: Sequence[Json] | Json | None, meta: Mapping[str, Any] | None = None) -> Json:
        """Return the whole document; without any thing there is no `data`."""
        many = things if isinstance(things, Sequence) else [] if things is None else [things]
        self._primary = {each["id"] for each in many}
        for each in many:
            self._expand(each)
        body: Json = {}
        if things:
            data = [self.rendered(each, self._kind) for each in many]
            body["data"] = data if isinstance(things, Sequence) else data[0]
        includes = {
            self._place(kind): [self.rendered(each, kind) for each in found.values()]
            for kind, found in self._included.items()
            if found
        }
        body |= {"includes": includes} if includes else {}
        body |= {"errors": self._errors} if self._errors else {}
        return body if meta is None else {**body, "meta": dict(meta)}

    @property
    def included(self) -> Mapping[str, Mapping[str, Json]]:
        """What is included, by kind and id."""
        return self._included

    def missing(self, kind: str, value: str, parameter: str, *, hidden: bool = False, section: str = "data") -> None:
        """Note that something that was asked for is not there, or is not ours to see."""
        spelling = self._asked.spelling
        resource = _RESOURCES[kind][spelling]
        named = f"{parameter}: [{value}]"
        error: Json = {"value": value, "resource_id": value, "resource_type": resource, "parameter": parameter}
        if hidden:
            error |= {
                "title": "Authorization Error",
                "detail": f"Sorry, you are not authorized to see the {resource.capitalize()} with {named}.",
                "section": section,
                "type": problem_type("not-authorized-for-resource", spelling),
            }
        else:
            error |= {
                "title": "Not Found Error",
                "detail": f"Could not find {resource} with {named}.",
                "type": problem_type("resource-not-found", spelling),
            }
        if error not in self._errors:
            self._errors.append(error)

    def suspended(self, value: str, parameter: str) -> None:
        """Note that an account that was asked for is suspended."""
        self._errors.append(
            {
                "title": "Forbidden",
                "detail": f"User has been suspended: [{value}].",
                "value": value,
                "resource_id": value,
                "resource_type": "user",
                "parameter": parameter,
                "type": problem_type("resource-not-found", self._asked.spelling),
            }
        )

    def rendered(self, thing: Json, kind: str) -> Json:
        """Return what of a thing was asked for, as the answer spells it."""
        wanted = {*_DEFAULTS[kind], *self._asked.fields.get(kind, ())}
        if kind in ("post", "dm_event", "user"):
            wanted |= {_FIELDS_OF_EXPANSIONS.get(each, each) for each in self._asked.expansions}
        given = {name: value for name, value in thing.items() if name in wanted}
        return _old(given, kind) if self._asked.spelling == "tweet" else given

    def _place(self, kind: str) -> str:
        if kind == "post":
            return "tweets" if self._asked.spelling == "tweet" else "posts"
        return kind if kind == "media" else f"{kind}s"

    def _expand(self, thing: Json) -> None:
        expanders: dict[str, Callable[[Json], None]] = {
            "author_id": lambda each: self._user(each.get("author_id")),
            "in_reply_to_user_id": lambda each: self._user(each.get("in_reply_to_user_id")),
            "sender_id": lambda each: self._user(each.get("sender_id")),
            "participant_ids": lambda each: self._users(each.get("participant_ids", ())),
            "affiliation": lambda each: self._users(each.get("affiliation", {}).get("user_id", ())),
            "entities.mentions.username": self._mentioned,
            "attachments.media_keys": self._media,
            "attachments.poll_ids": self._polls,
            "geo.place_id": self._places,
            "referenced_posts": self._referenced,
            "edit_history_post_ids": lambda each: self._posts(each.get("edit_history_post_ids", ()), each),
            "pinned_post_id": lambda each: self._posts(
                [each[name] for name in ("pinned_post_id",) if name in each], each
            ),
            "most_recent_post_id": lambda each: self._posts(
                [each[name] for name in ("most_recent_post_id",) if name in each], each
            ),
        }
        for name, expand in expanders.items():
            if name in self._asked.expansions:
                expand(thing)

    def _user(self, user_id: str | None) -> None:
        if user_id is not None and user_id in self._world.people:
            self._included["user"][user_id] = self._world.people[user_id]

    def _users(self, ids: Iterable[str]) -> None:
        for each in ids:
            self._user(each)

    def _mentioned(self, post: Json) -> None:
        self._users(mark["id"] for mark in post.get("entities", {}).get("mentions", ()))

    def _media(self, thing: Json) -> None:
        for key in thing.get("attachments", {}).get("media_keys", ()):
            self._included["media"][key] = self._world.media[key]

    def _polls(self, post: Json) -> None:
        for poll_id in post.get("attachments", {}).get("poll_ids", ()):
            self._included["poll"][poll_id] = self._world.polls[poll_id]

    def _places(self, post: Json) -> None:
        place_id = post.get("geo", {}).get("place_id")
        if place_id is not None:
            self._included["place"][place_id] = self._world.places[place_id]

    def _posts(self, ids: Iterable[str], thing: Json) -> None:
        for each in ids:
            if each != thing["id"] and each in self._world.posts and each not in self._world.gone:
                self._included["post"][each] = self._world.posts[each]

    def _referenced(self, thing: Json) -> None:
        old = self._asked.spelling == "tweet"
        for reference in thing.get("referenced_posts", ()):
            post_id = reference["id"]
            post = self._world.posts.get(post_id)
            if post is None or post_id in self._world.gone:
                self.missing("post", post_id, "referenced_tweets.id" if old else "referenced_posts")
                continue
            if not self._world.readable(post):
                parameter = "referenced_tweets.id" if old else "referenced_posts"
                self.missing("post", post_id, parameter, hidden=True, section="includes")
                continue
            self._included["post"][post_id] = post
            deeper = "referenced_posts." if old else ""
            if f"{deeper}author_id" in self._asked.expansions:
                self._user(post["author_id"])
            if f"{deeper}attachments.media_keys" in self._asked.expansions:
                self._media(post)


def _old(thing: Json, kind: str) -> Json:
    """Return a thing in the old spelling."""
    spelled = {old_name(name): value for name, value in thing.items()}
    if "public_metrics" in spelled:
        metrics = {old_name(name): value for name, value in spelled["public_metrics"].items()}
        metrics.pop("media_count", None)
        spelled["public_metrics"] = metrics
    if spelled.get("withheld", {}).get("scope") == "post":
        spelled["withheld"] = {**spelled["withheld"], "scope": "tweet"}
    if kind == "dm_event" and "entities" in spelled:
        spelled |= spelled.pop("entities")
    return spelled
