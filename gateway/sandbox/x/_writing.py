"""What the gateway writes: posts and direct messages, under the rules that X enforces for programs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from gateway.sandbox._http import Answer
from gateway.sandbox.x._auth import user_of
from gateway.sandbox.x._errors import ProblemError, forbidden, invalid, not_found
from gateway.sandbox.x._fields import old_name
from gateway.sandbox.x._media import Media
from gateway.sandbox.x._router import Query, Routes, answered
from gateway.sandbox.x._site import Site
from gateway.sandbox.x._text import Json
from gateway.sandbox.x._weight import LINK, MOST, weight
from gateway.sandbox.x._world import conversation_of, moment

LONGEST_MESSAGE = 10_000
_ALIKE_FOR = timedelta(hours=24)
_CONVERSATION = re.compile("[0-9]{1,19}-[0-9]{1,19}|[0-9]{15,19}")
_POST_FIELDS = frozenset(
    {
        "card_uri", "community_id", "direct_message_deep_link", "edit_options", "for_super_followers_only", "geo",
        "made_with_ai", "media", "nullcast", "paid_partnership", "poll", "quote_tweet_id", "reply", "reply_settings",
        "share_with_followers", "text",
    }
)  # fmt: skip
_MESSAGE_FIELDS = frozenset({"text", "attachments"})
_NOT_SUMMONED = (
    "Reply to this conversation is not allowed because you have not been mentioned or otherwise engaged by the author "
    "of the post you are replying to."
)
_NOT_QUOTABLE = (
    "Quoting this post is not allowed because you have not been mentioned or are not part of the conversation thread "
    "of the post you are quoting."
)
_GONE = "You attempted to reply to a Tweet that is deleted or not visible to you."
_ALIKE = "You are not allowed to create a Tweet with duplicate content."
_TOO_LONG = (
    "Your Tweet text is too long. For more information on how Twitter determines text length see "
    "https://github.com/twitter/twitter-text."
)
_CLOSED = "You do not have permission to DM one or more participants."
_SUSPENDED = "Your account is suspended and is not permitted to access this feature."


@dataclass(frozen=True, slots=True)
class SentPost:
    """A post that the gateway wrote: `text` as it gave it, which post it answers, and what X made of it."""

    id: str
    text: str
    reply_to: str | None
    media_ids: tuple[str, ...]
    post: Json
    at: datetime


@dataclass(frozen=True, slots=True)
class SentMessage:
    """A direct message that the gateway wrote; `to` is empty in a group."""

    id: str
    text: str
    to: str
    conversation: str
    media_ids: tuple[str, ...]
    event: Json
    at: datetime


class Writing:
    """The calls that write, and what they wrote."""

    def __init__(self, site: Site, media: Media) -> None:
        self._site = site
        self._world = site.world
        self._media = media
        self.summoned_only = True
        """Whether replies need a summons, as for all but the largest customers."""
        self.one_reply = True
        """Whether a summons allows one reply alone."""
        self.posts: list[SentPost] = []
        self.messages: list[SentMessage] = []
        self._said: dict[tuple[str | None, str], str] = {}
        self._answered: set[str] = set()

    def routes(self) -> Routes:
        """Return the calls that this part answers."""
        return {
            ("POST", "/2/tweets"): self._post,
            ("DELETE", "/2/tweets/{id}"): self._delete,
            ("POST", "/2/dm_conversations/with/{participant_id}/messages"): self._message_to,
            ("POST", "/2/dm_conversations/{dm_conversation_id}/messages"): self._message_in,
        }

    # Posts

    async def _post(self, query: Query) -> Answer:
        self._writer(query, "tweet.write", "tweet.read", "users.read")
        body = _body(query, _POST_FIELDS)
        text = _text(body)
        media_ids = _ids(body.get("media"), "media_ids")
        if not text and not media_ids:
            raise invalid({"text": []}, "Either `text` or `media` is needed.")
        if weight(text) > MOST:
            raise ProblemError(400, "Bad Request", _TOO_LONG)
        if "quote_tweet_id" in body:
            raise forbidden(_NOT_QUOTABLE)
        target = self._target(body.get("reply"))
        media = self._media.spend(media_ids)
        whom = None if target is None else target["author_id"]
        self._refuse_alike(whom, text)
        excluded = (body.get("reply") or {}).get("exclude_reply_user_ids", [])
        if not isinstance(excluded, list) or not all(isinstance(each, str) and each.isdigit() for each in excluded):
            raise invalid({"reply.exclude_reply_user_ids": [str(excluded)]}, "These are no ids of accounts.")
        post = self._world.add_post(self._world.own, text, reply_to=target, media=media, excluded=excluded)
        link = LINK.search(text)
        self._site.bill.charge("link_post" if link else "post" if target is None else "summoned_reply")
        self._said[whom, text.strip()] = post["id"]
        reply_to = None
        if target is not None:
            reply_to = target["id"]
            self._answered.add(target["id"])
        self.posts.append(SentPost(post["id"], text, reply_to, media_ids, post, self._world.clock.now()))
        self._world.touch()
        history = "edit_history_post_ids"
        named = old_name(history) if query.spelling == "tweet" else history
        return answered({"data": {"id": post["id"], "text": post["text"], named: post[history]}}, 201)

    def _writer(self, query: Query, *scopes: str) -> None:
        if user_of(query, *scopes) in self._world.suspended:
            raise forbidden(_SUSPENDED)

    def _target(self, reply: Any) -> Json | None:
        """Return the post that is answered. Raises `ProblemError` 403 unless its author allows us to."""
        if reply is None:
            return None
        target_id = str(reply.get("in_reply_to_tweet_id") or "") if isinstance(reply, dict) else ""
        if not target_id.isdigit():
            raise invalid({"reply.in_reply_to_tweet_id": [target_id]}, "The post to answer is not named.")
        target = self._world.posts.get(target_id)
        if target is None or target_id in self._world.gone or not self._world.readable(target):
            raise forbidden(_GONE)
        if target["author_id"] == self._world.own["id"] or not self.summoned_only:
            return target
        if not self._summons(target) or (self.one_reply and target_id in self._answered):
            raise forbidden(_NOT_SUMMONED)
        return target

    def _summons(self, post: Json) -> bool:
        """Say whether its author names us himself, not by X's own marks of a reply, or quotes a post of ours."""
        own = self._world.own["id"]
        start = post["display_text_range"][0]
        marks = post.get("note_post", post).get("entities", {}).get("mentions", ())
        quoted = [each["id"] for each in post.get("referenced_posts", ()) if each["type"] == "quoted"]
        return any(mark["id"] == own and mark["start"] >= start for mark in marks) or any(
            self._world.posts[each]["author_id"] == own for each in quoted if each in self._world.posts
        )

    def _refuse_alike(self, whom: str | None, text: str) -> None:
        """Refuse what was said to the same account within a day and still stands."""
        before = self._said.get((whom, text.strip()))
        if before is None or not text or before in self._world.gone:
            return
        if moment(before) >= self._world.clock.now() - _ALIKE_FOR:
            raise forbidden(_ALIKE)

    async def _delete(self, query: Query) -> Answer:
        self._writer(query, "tweet.write", "tweet.read", "users.read")
        post = self._world.posts.get(query.path["id"])
        if post is None or post["id"] in self._world.gone:
            raise not_found()
        if post["author_id"] != self._world.own["id"]:
            raise forbidden("You are not authorized to delete this Tweet.")
        self._world.delete_post(post)
        return answered({"data": {"deleted": True}})

    # Direct messages

    async def _message_to(self, query: Query) -> Answer:
        self._writer(query, "dm.write", "tweet.read", "users.read")
        participant_id = query.path["participant_id"]
        if participant_id == self._world.own["id"]:
            raise invalid({"participant_id": [participant_id]}, "Nobody writes to himself.")
        return self._send(query, [participant_id], conversation_of(participant_id, self._world.own["id"]))

    async def _message_in(self, query: Query) -> Answer:
        self._writer(query, "dm.write", "tweet.read", "users.read")
        conversation = query.path["dm_conversation_id"]
        own = self._world.own["id"]
        if not _CONVERSATION.fullmatch(conversation):
            raise invalid({"dm_conversation_id": [conversation]}, "This is no conversation.")
        if "-" in conversation:
            others = [each for each in conversation.split("-") if each != own]
            if len(others) != 1:
                raise forbidden("You are not a participant of this conversation.")
            return self._send(query, others, conversation_of(others[0], own))
        if not any(each.get("dm_conversation_id") == conversation for each in self._world.events.values()):
            raise forbidden("You are not a participant of this conversation.")
        return self._send(query, [], conversation)

    def _send(self, query: Query, others: Sequence[str], conversation: str) -> Answer:
        body = _body(query, _MESSAGE_FIELDS)
        text = _text(body)
        media_ids = _attached(body)
        if not text and not media_ids:
            raise invalid({"text": []}, "Either `text` or `attachments` is needed.")
        if len(text) > LONGEST_MESSAGE:
            raise invalid({"text": []}, f"The text is longer than {LONGEST_MESSAGE} characters.")
        self._refuse_closed(others)
        media = self._media.spend(media_ids)
        event = self._world.add_event(self._world.own, text, conversation=conversation, media=media)
        self._site.bill.charge("message")
        to = others[0] if others else ""
        now = self._world.clock.now()
        self.messages.append(SentMessage(event["id"], text, to, conversation, media_ids, event, now))
        self._world.touch()
        return answered({"data": {"dm_conversation_id": conversation, "dm_event_id": event["id"]}}, 201)

    def _refuse_closed(self, others: Iterable[str]) -> None:
        """Refuse messages to accounts that are not there, or whose inbox is closed to us."""
        for each in others:
            person = self._world.people.get(each)
            if person is None:
                raise invalid({"participant_id": [each]}, f"There is no account [{each}].")
            if each in self._world.suspended or person.get("receives_your_dm") is False:
                raise forbidden(_CLOSED)


def _body(query: Query, known: frozenset[str]) -> Json:
    body = query.json()
    for name, value in body.items():
        if name not in known:
            raise invalid({name: [str(value)]}, f"[{name}] is not defined in the schema.")
    return body


def _text(body: Json) -> str:
    text = body.get("text", "")
    if not isinstance(text, str):
        raise invalid({"text": [str(text)]}, "The `text` is no string.")
    return text


def _ids(holder: Any, name: str) -> tuple[str, ...]:
    """Return the media that a post names: one to four."""
    if holder is None:
        return ()
    found = holder.get(name) if isinstance(holder, dict) else None
    if not isinstance(found, list) or not 1 <= len(found) <= 4:
        raise invalid({name: []}, f"[{name}] has not one to four ids.")
    return tuple(str(each) for each in found)


def _attached(body: Json) -> tuple[str, ...]:
    """Return the medium that a message names: one at most."""
    found = body.get("attachments", [])
    if not isinstance(found, list) or len(found) > 1 or not all(isinstance(each, dict) for each in found):
        raise invalid({"attachments": []}, "One attachment at most is allowed.")
    return tuple(str(each.get("media_id")) for each in found)
