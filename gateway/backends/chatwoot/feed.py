"""What agents do in Chatwoot: conversations by their last activity, and in each the messages with new numbers.

Numbers are given before a message is committed, so some come to light after higher ones: the cursor's own number lags,
and the cursor names what was given out above it. Of a state Chatwoot tells neither when nor by whom it was set; what we
set stands in an attribute, and the cursor names the conversations that agents left in another.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from pydantic import Field

from gateway.backends._api import as_json
from gateway.backends._hooks import STREAM
from gateway.backends._places import cursor_of, place_in
from gateway.backends.chatwoot.api import INCOMING, OUTGOING, ChatwootApi, Conversation, Listed, Listing, Message
from gateway.backends.chatwoot.settings import RESOLVED, ChatwootSettings
from gateway.case import Frozen
from gateway.errors import GoneError
from gateway.ports import Clock, Cursor, Key, Page, Raw

MOST_ACTS = 100
"""Acts on one page, or a few more."""
LAG_SECS = 5
"""So long after its own time a message may first be seen."""
MOST_SEEN = 4000
MOST_TOLD = 1000
"""Conversations whose state an agent set that are remembered; the ones left longest alone are forgotten."""


class Place(Frozen):
    """All messages up to number `low` are done, and those in `seen`; conversations are looked at from `since` on.

    `page` and `top` belong to a look that takes several pages of conversations; `told` says in which state, by number
    of the conversation and what we had set, the feed last said an agent left it.
    """

    since: int
    low: int
    page: int = Field(default=1, ge=1)
    top: int = 0
    seen: tuple[int, ...] = ()
    told: dict[str, str] = Field(default_factory=dict)


@dataclass(slots=True)
class Look:
    """What one look finds."""

    acts: list[Raw] = field(default_factory=list)
    seen: list[int] = field(default_factory=list)
    told: dict[str, str] = field(default_factory=dict)
    settled: int = 0
    is_full: bool = False


class ChatwootFeed:
    """See `Feed`."""

    def __init__(self, source: str, settings: ChatwootSettings, api: ChatwootApi, clock: Clock) -> None:
        self._source = source
        self._settings = settings
        self._api = api
        self._clock = clock
        self._poll = timedelta(seconds=settings.poll_secs)

    async def fetch(self, after: Cursor | None) -> Page[Raw]:
        """See `Feed`; without a cursor the feed begins with what comes next."""
        if after is None:
            latest = (await self._listed(1)).payload
            since = max((each.last_activity_at for each in latest), default=0)
            low = max((each.last_id for each in latest), default=0)
            return Page((), _cursor(Place(since=since, low=low)), pause=self._poll)
        place = place_in(Place.model_validate_json, after, "Chatwoot's")
        listed = await self._listed(place.page)
        found = listed.payload
        top = place.top if place.page > 1 else max((each.last_activity_at for each in found), default=place.since)
        live = [each for each in found if each.last_activity_at >= place.since]
        look = await self._look(live, place, top)
        if look.is_full:
            # The same conversations are read again for the rest.
            next_ = place.model_copy(update={"seen": tuple(sorted(look.seen)), "told": look.told})
            return Page(tuple(look.acts), _cursor(next_), more=True)
        if found and len(live) == len(found) and not (place.page == 1 and len(found) >= listed.meta.all_count):
            more = {"page": place.page + 1, "top": top, "seen": tuple(sorted(look.seen)), "told": look.told}
            return Page(tuple(look.acts), _cursor(place.model_copy(update=more)), more=True)
        next_ = _ended(place, look, top)
        # Whatever was written while pages were read is before what was read last: it is looked for at once.
        again = place.page > 1 and next_.since > place.since
        cursor = None if next_ == place else _cursor(next_)
        return Page(tuple(look.acts), cursor, more=again, pause=None if again else self._poll)

    async def _listed(self, page: int) -> Listed:
        query: dict[str, str | int] = {
            "inbox_id": self._settings.inbox,
            "status": "all",
            "assignee_type": "all",
            "page": page,
        }
        return (await self._api.get("/conversations", query)).read(Listing).data

    async def _look(self, live: Sequence[Conversation], place: Place, top: int) -> Look:
        look = Look(seen=list(place.seen), told=dict(place.told))
        for conversation in live:
            if conversation.text(self._settings.key_attribute):
                await self._read(conversation, place, top, look)
            if look.is_full:
                break
        return look

    async def _read(self, conversation: Conversation, place: Place, top: int, look: Look) -> None:
        """Add what happened in one conversation: what was written, then how it was left."""
        own, users, last = await self._api.me(), 0, conversation.last_id
        try:
            async for message, data in self._api.messages(conversation.ref, place.low):
                users = max(users, message.id) if message.message_type == INCOMING else users
                last = max(last, message.id)
                if message.created_at <= top - LAG_SECS:
                    look.settled = max(look.settled, message.id)
                if message.id in place.seen or not _is_agents(message, own):
                    continue
                if len(look.acts) >= MOST_ACTS:
                    look.is_full = True
                    return
                kind = "noted" if message.private else "replied"
                body = {**self._of(conversation, kind, message.created_at), "message": data}
                look.acts.append(self._raw(conversation, f"{conversation.id}:{message.id}", body))
                look.seen.append(message.id)
        except GoneError:
            return
        self._left(conversation, last, users, place.low, look)

    def _left(self, conversation: Conversation, last: int, users: int, low: int, look: Look) -> None:
        """Add that an agent has left a conversation solved, or open again; a user opens one by writing."""
        number, is_solved = str(conversation.id), conversation.status == RESOLVED
        set_by_us = conversation.text(self._settings.state_attribute)
        intended = was_solved = set_by_us.startswith(RESOLVED)
        then = 0
        told = look.told.pop(number, "").split(" ")
        if len(told) == 3 and told[1] == _short(set_by_us):
            was_solved, then = told[0] == RESOLVED, int(told[2])
        if is_solved != was_solved:
            if is_solved or users <= then:
                kind = "solved" if is_solved else "reopened"
                body = self._of(conversation, kind, conversation.last_activity_at)
                look.acts.append(self._raw(conversation, f"{conversation.id}:{kind}:{last}", body))
            then = last
        if is_solved != intended or then > low:
            look.told[number] = f"{RESOLVED if is_solved else 'open'} {_short(set_by_us)} {then}"

    def _of(self, conversation: Conversation, kind: str, at: int) -> dict[str, Any]:
        key = conversation.text(self._settings.key_attribute)
        return {"kind": kind, "conversation": conversation.id, "key": key, "at": at}

    def _raw(self, conversation: Conversation, key: str, data: Mapping[str, Any]) -> Raw:
        body = as_json(data)
        now = self._clock.now()
        return Raw(self._source, STREAM, Key(key), conversation.ref, body, "application/json", now, len(body))


def _is_agents(message: Message, own: int) -> bool:
    """Whether a person among the agents wrote it: no bot, no rule, not we; and did not take it back."""
    sender = message.sender
    is_withdrawn = bool((message.content_attributes or {}).get("deleted"))
    is_person = sender is not None and sender.type == "user" and sender.id != own
    return message.message_type == OUTGOING and is_person and not is_withdrawn


def _ended(place: Place, look: Look, top: int) -> Place:
    """Return where the next look begins. After several pages the numbers stand still: something may lie between."""
    low = place.low if place.page > 1 else max(place.low, look.settled)
    seen = sorted(number for number in look.seen if number > low)[-MOST_SEEN:]
    told = dict(list(look.told.items())[-MOST_TOLD:])
    return Place(since=max(place.since, top - LAG_SECS), low=low, seen=tuple(seen), told=told)


def _short(set_by_us: str) -> str:
    return set_by_us[-16:][:8]


def _cursor(place: Place) -> Cursor:
    return cursor_of(place.model_dump(exclude_defaults=True))
