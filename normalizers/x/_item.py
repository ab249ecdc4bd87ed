"""Tells what sort of item a raw holds, in which spelling, and has it read; what is not known becomes `Unknown`."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC
from typing import Any

from gateway.case import Provenance
from gateway.errors import MalformedError
from gateway.ports import Event, Raw
from normalizers.x import _activity, _direct, _post
from normalizers.x._reading import Reading

NAME = "x"
VERSION = 1
_BY = f"{NAME}/{VERSION}"
_UNREADABLE = "unreadable"
"""The lane in which the connector puts what it could not read: what is said there is in no order with its author's."""
_READERS: dict[str, Callable[[dict[str, Any], Reading], Event]] = {
    "application/vnd.x.post+json": _post.read,
    "application/vnd.x.message+json": _direct.read,
    "application/vnd.x.activity+json": _activity.read,
}
_RENAMED = {
    "note_tweet": "note_post",
    "edit_history_tweet_ids": "edit_history_post_ids",
    "referenced_tweets": "referenced_posts",
    "tweets": "posts",
    "tweet_count": "post_count",
}
"""The spelling before August 2026 and the one since: both are in use, sometimes in one answer."""


def normalize(raw: Raw) -> tuple[Event, ...]:
    """Return the event of one item; raises `MalformedError` for what is none at all."""
    if raw.lane == _UNREADABLE:
        raise MalformedError("the item could not be read when it was fetched")
    reader = _READERS.get(raw.media_type)
    if reader is None:
        raise MalformedError("the raw is of a sort that the platform does not have")
    notes = raw.notes
    reading = Reading(notes.get("own", ""), notes.get("handle", ""), notes.get("found", ""), _provenance(raw))
    return (reader(_decode(raw.body), reading),)


def _decode(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body, object_pairs_hook=_object, parse_constant=_constant)
    except (ValueError, RecursionError) as error:
        raise MalformedError(f"the item cannot be read as JSON: {type(error).__name__}") from None
    if type(found) is not dict:
        raise MalformedError("the item is no JSON object")
    return found


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError
    for old in _RENAMED.keys() & found.keys():
        found.setdefault(_RENAMED[old], found.pop(old))
    return found


def _constant(name: str) -> float:
    raise ValueError(name)


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
