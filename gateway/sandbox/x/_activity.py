"""The X Activity API: subscriptions, what happens told as events, and the stream that stays open; it keeps no world."""

from __future__ import annotations

import asyncio
import itertools
import json
import re
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from gateway.ports import Clock
from gateway.sandbox._http import Answer
from gateway.sandbox.x._errors import ProblemError, forbidden, invalid, not_found
from gateway.sandbox.x._payloads import events_of
from gateway.sandbox.x._router import Query, Routes, Spelling, answered
from gateway.sandbox.x._site import Site
from gateway.sandbox.x._text import Json
from gateway.sandbox.x._webhooks import Webhooks
from gateway.sandbox.x._world import written_time

HEARTBEAT_SECS = 20
MOST_LINES = 2
MOST_SUBSCRIPTIONS = 1500
KINDS = (
    "profile.update.bio",
    "profile.update.profile_picture",
    "profile.update.banner_picture",
    "profile.update.screenname",
    "profile.update.geo",
    "profile.update.url",
    "profile.update.verified_badge",
    "profile.update.affiliate_badge",
    "profile.update.handle",
    "chat.received",
    "dm.received",
    "post.create",
    "post.delete",
    "post.mention.create",
    "post.reply.create",
    "post.quote.create",
)
"""What one can subscribe to here: those kinds of the platform's that the sandbox's people can cause."""
_PRIVATE = ("chat.", "dm.", "post.mention.", "post.reply.", "post.quote.")
_HEARTBEAT = b"\r\n"


@dataclass(frozen=True, slots=True)
class Subscription:
    """What is told, of whom, and where: on the stream, unless it names a webhook."""

    subscription_id: str
    event_type: str
    filter: Mapping[str, str]
    created_at: datetime
    updated_at: datetime
    tag: str = ""
    webhook_id: str = ""

    def shown(self) -> Json:
        """Return it as the API gives it."""
        shown: Json = {
            "subscription_id": self.subscription_id,
            "event_type": self.event_type,
            "filter": dict(self.filter),
            "created_at": written_time(self.created_at),
            "updated_at": written_time(self.updated_at),
        }
        return shown | {name: text for name in ("tag", "webhook_id") if (text := getattr(self, name))}


@dataclass(slots=True)
class _Line:
    chunks: asyncio.Queue[bytes | None] = field(default_factory=asyncio.Queue)
    stalled: bool = False

    def put(self, chunk: bytes | None) -> None:
        if not self.stalled:
            self.chunks.put_nowait(chunk)


class Stream:
    """All open lines of the stream, under the script's hand."""

    def __init__(self, clock: Clock, changed: Callable[[], None]) -> None:
        self._clock = clock
        self._changed = changed
        self._lines: list[_Line] = []
        self.connects: list[datetime] = []
        """When a client connected, those that were turned away included."""
        self.close_at_once = 0
        """This many of the next connects get a 200 and at once the end."""

    @property
    def lines(self) -> int:
        """How many lines are open."""
        return len(self._lines)

    def stall(self) -> None:
        """Let the open lines fall silent for ever, heartbeats too, without an end; later ones speak."""
        for line in self._lines:
            line.stalled = True

    def close(self) -> None:
        """End the open lines as the platform does when it deploys: properly."""
        for line in self._lines:
            line.put(None)

    def raw(self, data: bytes) -> None:
        """Put exactly these bytes on every open line."""
        for line in self._lines:
            line.put(data)

    def long_line(self, size: int = 600 * 1024) -> None:
        """Put a whole event of so many bytes on every open line."""
        head = b'{"data":{"event_uuid":"1","event_type":"post.create","payload":{"text":"'
        tail = b'"}}}\r\n'
        self.raw(head + b"x" * (size - len(head) - len(tail)) + tail)

    def send(self, event: Json) -> None:
        """Put an event on every open line."""
        self.raw(
            json.dumps(event, separators=(",", ":"), ensure_ascii=False).encode("utf-8", "surrogatepass") + b"\r\n"
        )

    def answer(self) -> Answer:
        """Return the answer to a client that connects."""
        self.connects.append(self._clock.now())
        if len(self._lines) >= MOST_LINES:
            detail = "This stream is currently at the maximum allowed connection limit."
            kind = "streaming-connection"
            raise ProblemError(429, "ConnectionException", detail, kind, connection_issue="TooManyConnections")
        if self.close_at_once:
            self.close_at_once -= 1
            return Answer(200, ())
        return Answer(200, self._chunks())

    async def _chunks(self) -> AsyncIterator[bytes]:
        line = _Line()
        beating = asyncio.create_task(self._beat(line))
        self._lines.append(line)
        self._changed()
        try:
            while (chunk := await line.chunks.get()) is not None:
                yield chunk
        finally:
            beating.cancel()
            self._lines.remove(line)
            self._changed()

    async def _beat(self, line: _Line) -> None:
        while True:
            await self._clock.sleep(HEARTBEAT_SECS)
            line.put(_HEARTBEAT)


class Activity:
    """What happens in the world, told to those who subscribed to it."""

    def __init__(self, site: Site, webhooks: Webhooks) -> None:
        world = site.world
        self._world = world
        self._bill = site.bill
        self._webhooks = webhooks
        self.stream = Stream(world.clock, world.touch)
        self.spelling: Spelling = "tweet"
        """How posts in events are spelled: the live stream has kept the old names."""
        self.subscriptions: dict[str, Subscription] = {}
        self.events: list[Json] = []
        """All that was told while anybody had subscribed to anything, oldest first."""
        self._numbers = itertools.count(1)
        world.listeners.append(self._heard)

    def routes(self) -> Routes:
        """Return the calls that this part answers."""
        return {
            ("GET", "/2/activity/stream"): self._connect,
            ("GET", "/2/activity/subscriptions"): self._list,
            ("POST", "/2/activity/subscriptions"): self._create,
            ("DELETE", "/2/activity/subscriptions"): self._delete_many,
            ("PUT", "/2/activity/subscriptions/{subscription_id}"): self._update,
            ("DELETE", "/2/activity/subscriptions/{subscription_id}"): self._delete,
        }

    # The script

    def subscribe(self, *kinds: str, user_id: str = "", webhook_id: str = "") -> None:
        """Subscribe as the app does, to everything about our account unless kinds and an account are named."""
        for kind in kinds or KINDS:
            self._add(kind, {"user_id": user_id or self._world.own["id"]}, "", webhook_id)

    def emit(self, kind: str, payload: Json, *, user_id: str = "", includes: Json | None = None) -> Json:
        """Tell an event to its subscribers, and one that needs no subscription to all; returns it as sent."""
        number = int(self._world.new_id()) + next(self._numbers)
        data: Json = {"event_uuid": str(number), "filter": {"user_id": user_id} if user_id else {}, "event_type": kind}
        data |= {"payload": payload} | ({"includes": includes} if includes else {})
        self.events.append({"data": data})
        if kind not in KINDS:
            self._tell({"data": data}, ["", *self._webhooks.ids])
            return {"data": data}
        for each in self.subscriptions.values():
            if each.event_type == kind and each.filter.get("user_id") == user_id:
                self._tell({"data": data | ({"tag": each.tag} if each.tag else {})}, [each.webhook_id])
        return {"data": data}

    def _tell(self, event: Json, places: list[str]) -> None:
        for place in places:
            if place:
                self._bill.charge("event")
                self._webhooks.send(place, event)
            elif self.stream.lines:
                self._bill.charge("event")
                self.stream.send(event)

    def _heard(self, kind: str, thing: Json) -> None:
        if not self.subscriptions and kind != "revoke":
            return
        for event in events_of(self._world, kind, thing, self.spelling):
            self.emit(event.kind, event.payload, user_id=event.user_id, includes=event.includes)

    # The calls

    async def _connect(self, query: Query) -> Answer:
        if query.caller is None or query.caller.kind != "app":
            raise ProblemError(
                403,
                "Unsupported Authentication",
                "Supported authentication types are [OAuth 2.0 Application-Only].",
                "unsupported-authentication",
            )
        if {"backfill_minutes", "start_time", "end_time"} & query.params.keys():
            raise forbidden("Recovery of missed events needs another access level.", "not-authorized-for-resource")
        return self.stream.answer()

    async def _list(self, query: Query) -> Answer:
        return answered({"data": [each.shown() for each in self.subscriptions.values()]})

    async def _create(self, query: Query) -> Answer:
        body = query.json()
        kind, chosen = body.get("event_type"), body.get("filter")
        if kind not in KINDS:
            raise invalid({"event_type": [str(kind)]}, "The `event_type` is not one of the supported values.")
        if not isinstance(chosen, dict) or not re.fullmatch("[0-9]{1,19}", str(chosen.get("user_id"))):
            raise invalid({"filter": [str(chosen)]}, "The `filter` names no `user_id`.")
        caller = query.caller
        if kind.startswith(_PRIVATE) and (caller is None or caller.user_id != chosen["user_id"]):
            raise forbidden("Private events need the authorization of the account that they are about.")
        webhook_id = str(body.get("webhook_id") or "")
        if webhook_id and webhook_id not in self._webhooks.ids:
            raise invalid({"webhook_id": [webhook_id]}, "There is no such webhook.")
        added = self._add(kind, chosen, str(body.get("tag") or ""), webhook_id)
        return answered({"data": {"subscription": added.shown()}})

    def _add(self, kind: str, chosen: Mapping[str, str], tag: str, webhook_id: str) -> Subscription:
        for known in self.subscriptions.values():
            if (known.event_type, known.filter, known.webhook_id) == (kind, chosen, webhook_id):
                raise ProblemError(409, "Conflict", "This subscription already exists.")
        if len(self.subscriptions) >= MOST_SUBSCRIPTIONS:
            raise forbidden("The app has as many subscriptions as it may have.")
        now = self._world.clock.now()
        added = Subscription(self._world.new_id(), kind, dict(chosen), now, now, tag, webhook_id)
        self.subscriptions[added.subscription_id] = added
        self._world.touch()
        return added

    def _find(self, query: Query) -> Subscription:
        found = self.subscriptions.get(query.path["subscription_id"])
        if found is None:
            raise not_found()
        return found

    async def _update(self, query: Query) -> Answer:
        body = query.json()
        known = self._find(query)
        tag, webhook_id = str(body.get("tag", known.tag)), str(body.get("webhook_id", known.webhook_id))
        found = replace(known, updated_at=self._world.clock.now(), tag=tag, webhook_id=webhook_id)
        self.subscriptions[found.subscription_id] = found
        data = {"subscription": found.shown(), "total_subscriptions": len(self.subscriptions)}
        return answered({"data": data})

    async def _delete(self, query: Query) -> Answer:
        del self.subscriptions[self._find(query).subscription_id]
        return answered({"data": {"deleted": True}})

    async def _delete_many(self, query: Query) -> Answer:
        ids = query.params.get("ids", "").split(",")
        gone = [self.subscriptions.pop(each) for each in ids if each in self.subscriptions]
        return answered({"data": {"deleted": bool(gone)}})
