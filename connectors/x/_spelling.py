"""How parameters are spelled: written as tweepy and X did until August 2026, said as X's document does since; pure.

Some fields are no fields any more, but expansions; some expansions come by themselves with another.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

_NAMES = {"tweet.fields": "post.fields"}
_WORDS = (
    ("referenced_tweets.id", "referenced_posts"),
    ("referenced_tweets", "referenced_posts"),
    ("edit_history_tweet_ids", "edit_history_post_ids"),
    ("pinned_tweet_id", "pinned_post_id"),
    ("most_recent_tweet_id", "most_recent_post_id"),
    ("note_tweet", "note_post"),
    ("affiliation.user_id", "affiliation"),
)
_MOVED = {
    "post.fields": {"author_id", "in_reply_to_user_id", "referenced_posts", "edit_history_post_ids"},
    "user.fields": {"affiliation", "pinned_post_id", "most_recent_post_id"},
    "dm_event.fields": {"sender_id", "participant_ids", "referenced_posts"},
}
"""What was asked for as a field, and is an expansion now."""
_DROPPED = {
    "referenced_tweets.id.author_id",
    "referenced_tweets.id.attachments.media_keys",
    "entities.note.mentions.username",
}
"""Expansions that are no more: what they gave comes with the others."""
_USERS = re.compile(r"/2/users(?:/by(?:/username/[^/]+)?|/me|/\d+)?")
_EVENTS = re.compile(r"/2/dm_.*")


def spelled(route: str, params: Mapping[str, Any] | None, spelling: str) -> dict[str, str]:
    """Return parameters as text, in one spelling; None is left out. They may be given in either."""
    told = {name: _text(value) for name, value in (params or {}).items() if value is not None}
    return _renamed(route, told) if spelling == "post" else told


def _renamed(route: str, params: Mapping[str, str]) -> dict[str, str]:
    found: dict[str, str] = {}
    expansions = _words(params.get("expansions", "").split(","))
    for given, value in params.items():
        name = _NAMES.get(given, given)
        if name not in _MOVED:
            found[name] = value
            continue
        words = _words(value.split(","))
        moved = [word for word in words if word in _MOVED[name]]
        if _is_asked_for(name, route):
            expansions += moved
        if kept := [word for word in words if word not in moved]:
            found[name] = ",".join(kept)
    found.pop("expansions", None)
    if expansions:
        found["expansions"] = ",".join(dict.fromkeys(expansions))
    return found


def _is_asked_for(name: str, route: str) -> bool:
    """Whether a route gives the things of a parameter themselves, rather than along with others.

    Only there can their expansions be; along with others they come without.
    """
    if name == "dm_event.fields":
        return True
    if name == "user.fields":
        return bool(_USERS.fullmatch(route))
    return not (_USERS.fullmatch(route) or _EVENTS.fullmatch(route))


def _words(words: Iterable[str]) -> list[str]:
    renamed = dict(_WORDS)
    return [renamed.get(word, word) for word in words if word and word not in _DROPPED]


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return ",".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)
