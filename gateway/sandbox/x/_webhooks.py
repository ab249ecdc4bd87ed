"""Webhooks: registration with the challenge that proves them, signed deliveries, and what goes wrong on their way."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote, urlsplit

import h11

from gateway.ports import Clock
from gateway.sandbox._call import call
from gateway.sandbox._http import HOST, Answer
from gateway.sandbox.x._errors import invalid, not_found
from gateway.sandbox.x._router import Query, Routes, answered
from gateway.sandbox.x._site import Site
from gateway.sandbox.x._text import Json
from gateway.sandbox.x._world import written_time

SIGNATURE = "x-twitter-webhooks-signature"
NEWER_SIGNATURE = "x-twitter-webhooks-signature-oauth2"
ANSWER_SECS = 10
_LOCAL = (HOST, "localhost")


@dataclass(slots=True)
class Webhook:
    """Where events are pushed to."""

    id: str
    url: str
    created_at: datetime
    valid: bool = True

    def shown(self) -> Json:
        """Return it as the API gives it."""
        return {"id": self.id, "url": self.url, "valid": self.valid, "created_at": written_time(self.created_at)}


@dataclass(frozen=True, slots=True)
class Delivery:
    """One attempt to push an event; `status` is 0 when nobody answered, None when it was lost on purpose."""

    event: Json
    at: datetime
    status: int | None


class Webhooks:
    """All webhooks of the app; each event is pushed once, whatever comes of it, as the platform does."""

    def __init__(self, site: Site, consumer_secret: str) -> None:
        self._world = site.world
        self._clock: Clock = site.world.clock
        self._secret = consumer_secret.encode()
        self._webhooks: dict[str, Webhook] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._dice = random.Random(0)  # noqa: S311 - a script's dice, the same each time
        self._sent: list[tuple[str, Json, datetime]] = []
        self.drop = 0.0
        """Which share of the events is lost on its way: 0 to 1."""
        self.copies = 1
        """How often each event is delivered."""
        self.flips = 0
        """This many of the next deliveries have a bit of their body turned over after they were signed."""
        self.client_secret = ""
        """With it, deliveries bear a second signature, as those of apps that have an OAuth 2.0 secret, too."""
        self.deliveries: list[Delivery] = []

    def routes(self) -> Routes:
        """Return the calls that this part answers."""
        return {
            ("GET", "/2/webhooks"): self._list,
            ("POST", "/2/webhooks"): self._create,
            ("PUT", "/2/webhooks/{webhook_id}"): self._validate,
            ("DELETE", "/2/webhooks/{webhook_id}"): self._delete,
            ("POST", "/2/webhooks/replay"): self._replay,
        }

    @property
    def ids(self) -> tuple[str, ...]:
        """The webhooks that exist."""
        return tuple(self._webhooks)

    @property
    def under_way(self) -> int:
        """How many deliveries are not answered yet."""
        return len(self._tasks)

    # The script

    def add(self, url: str) -> str:
        """Register a webhook without asking it for its proof; returns its id."""
        webhook = Webhook(self._world.new_id(), url, self._clock.now())
        self._webhooks[webhook.id] = webhook
        self._world.touch()
        return webhook.id

    async def check(self, webhook_id: str) -> bool:
        """Ask a webhook for its proof, as the platform does now and then; returns whether it is valid from now on."""
        webhook = self._webhooks[webhook_id]
        token = base64.urlsafe_b64encode(self._dice.randbytes(24)).decode()
        sign = "&" if urlsplit(webhook.url).query else "?"
        status, body = await _called("GET", f"{webhook.url}{sign}crc_token={quote(token)}&nonce=made-up")
        try:
            said = json.loads(body)
        except ValueError:
            said = None
        given = said.get("response_token") if isinstance(said, dict) else None
        # An app that has a client secret answers by that one.
        proof = _signed(self.client_secret.encode() or self._secret, token.encode())
        webhook.valid = status == 200 and given in (proof, self.signature(token.encode()))
        self._world.touch()
        return webhook.valid

    def signature(self, body: bytes) -> str:
        """Return what proves that the platform sent these bytes."""
        return _signed(self._secret, body)

    def send(self, webhook_id: str, event: Json) -> None:
        """Push an event, unless the script loses it; replays know it all the same."""
        webhook = self._webhooks.get(webhook_id)
        if webhook is None:
            return
        self._sent.append((webhook_id, event, self._clock.now()))
        if not webhook.valid or self._dice.random() < self.drop:
            self.deliveries.append(Delivery(event, self._clock.now(), None))
            return
        for _ in range(self.copies):
            self._start(webhook.url, event)

    async def stop(self) -> None:
        """End all deliveries."""
        tasks = tuple(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _start(self, url: str, event: Json) -> None:
        body = json.dumps(event, separators=(",", ":"), ensure_ascii=False).encode("utf-8", "surrogatepass")
        headers = {"content-type": "application/json", SIGNATURE: self.signature(body)}
        if self.client_secret:
            headers[NEWER_SIGNATURE] = _signed(self.client_secret.encode(), body)
        if self.flips:
            self.flips -= 1
            body = bytes([body[0] ^ 1]) + body[1:]
        task = asyncio.create_task(self._push(url, headers, body, event))
        self._tasks.add(task)
        task.add_done_callback(self._done)

    async def _push(self, url: str, headers: Mapping[str, str], body: bytes, event: Json) -> None:
        status, _ = await _called("POST", url, headers, body)
        self.deliveries.append(Delivery(event, self._clock.now(), status))

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        self._world.touch()

    # The calls

    async def _list(self, query: Query) -> Answer:
        shown = [each.shown() for each in self._webhooks.values()]
        return answered({"data": shown, "meta": {"result_count": len(shown)}})

    async def _create(self, query: Query) -> Answer:
        url = str(query.json().get("url") or "")
        if not _is_fit(url):
            raise invalid({"url": [url]}, "The `url` must begin with https:// and name no port.")
        if any(each.url == url for each in self._webhooks.values()):
            raise invalid({"url": [url]}, "This webhook already exists.")
        webhook_id = self.add(url)
        if not await self.check(webhook_id):
            del self._webhooks[webhook_id]
            raise invalid({"url": [url]}, "The challenge (CRC) was not answered as it must be.")
        return answered({"data": self._webhooks[webhook_id].shown()})

    async def _validate(self, query: Query) -> Answer:
        return answered({"data": {"valid": await self.check(self._find(query))}})

    async def _delete(self, query: Query) -> Answer:
        del self._webhooks[self._find(query)]
        self._world.touch()
        return answered({"data": {"deleted": True}})

    async def _replay(self, query: Query) -> Answer:
        body = query.json()
        webhook_id, first, last = (str(body.get(name)) for name in ("webhook_id", "from_date", "to_date"))
        webhook = self._webhooks.get(webhook_id)
        if webhook is None:
            raise not_found()
        for sent_to, event, at in tuple(self._sent):
            if sent_to == webhook_id and first <= at.strftime("%Y%m%d%H%M") < last:
                self._start(webhook.url, event)
        return answered({"data": {"job_id": self._world.new_id(), "created_at": written_time(self._clock.now())}})

    def _find(self, query: Query) -> str:
        webhook_id = query.path["webhook_id"]
        if webhook_id not in self._webhooks:
            raise not_found()
        return webhook_id


def _signed(secret: bytes, body: bytes) -> str:
    return "sha256=" + base64.b64encode(hmac.new(secret, body, hashlib.sha256).digest()).decode()


def _is_fit(url: str) -> bool:
    """Say whether the platform would call this address; this machine's own is let through, for it is the sandbox."""
    try:
        split = urlsplit(url)
        port = split.port
    except ValueError:
        return False
    return split.hostname in _LOCAL or (split.scheme == "https" and bool(split.hostname) and port is None)


async def _called(
    method: str, url: str, headers: Mapping[str, str] | None = None, body: bytes = b""
) -> tuple[int, bytes]:
    """Make one call over a line of its own; returns status and body, 0 when nobody answered in time."""
    try:
        async with asyncio.timeout(ANSWER_SECS):
            reply = await call(method, url, headers, body)
            return reply.status, reply.body
    except (OSError, TimeoutError, h11.RemoteProtocolError):
        return 0, b""
