"""The page of the sandbox's X where a person writes as somebody made up: one document, and the JSON that feeds it.

It acts on the world as a script does, and shows what the gateway answered. It answers only to its own origin.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from gateway.sandbox._http import Answer, Request
from gateway.sandbox._page import HEADERS, is_local, linked, policy, same_origin
from gateway.sandbox.x._text import Json
from gateway.sandbox.x._world import World

_WAIT_SECS = 25.0
_LAST = 200
_MOST_POST = 4000
_MOST_MESSAGE = 10_000
_HTML = Path(__file__).with_name("page.html")


class _BadError(Exception):
    """What the page asked for cannot be done; the text says why."""


class Page:
    """The page's answers; `until` waits for the world to change, `beside` are other pages."""

    def __init__(
        self, world: World, until: Callable[[Callable[[], bool]], Awaitable[None]], beside: Mapping[str, str]
    ) -> None:
        self._world = world
        self._until = until
        self._beside = beside
        self._document = _HTML.read_bytes()
        self._headers = {**HEADERS, "content-security-policy": policy(self._document.decode())}
        self._deeds: dict[str, Callable[[Json], Json]] = {
            "person": self._make,
            "post": self._post,
            "message": self._message,
            "encrypted": self._encrypted,
        }

    async def answer(self, request: Request) -> Answer | None:
        """Return the answer, None for a path that is not the page's."""
        if request.path != "/" and not request.path.startswith("/_/"):
            return None
        if not is_local(request.headers.get("host", "")):
            return _told(403, "this page is for this machine alone")
        if request.path == "/":
            self._furnish()
            return Answer(200, linked(self._document, self._beside), "text/html; charset=utf-8", self._headers)
        name = request.path.removeprefix("/_/")
        try:
            if request.method == "POST":
                return self._do(name, request)
            return await self._show(name, dict(parse_qsl(request.query)))
        except _BadError as error:
            return _told(400, str(error))

    # What it shows

    async def _show(self, name: str, query: Mapping[str, str]) -> Answer:
        if name != "state":
            return _told(404, "there is no such thing")
        seen = query.get("seen", "")
        try:
            async with asyncio.timeout(_WAIT_SECS):
                await self._until(lambda: str(self._world.version) != seen)
        except TimeoutError:
            pass
        return _json(self._state(query.get("person", "")))

    def _state(self, person_id: str) -> Json:
        world = self._world
        ids = [str(each) for each in world.order[-_LAST:]]
        posts = [_shown(world.posts[each], "author_id") for each in ids if each not in world.gone | world.newer.keys()]
        events = [world.events[str(each)] for each in world.event_order]
        return {
            "version": world.version,
            "brand": world.own["id"],
            "people": [{name: person[name] for name in ("id", "username", "name")} for person in world.people.values()],
            "posts": posts,
            "messages": [
                _shown(each, "sender_id")
                for each in events
                if person_id in str(each.get("dm_conversation_id", "")).split("-") and "text" in each
            ][-_LAST:],
        }

    # What a person does on it

    def _do(self, name: str, request: Request) -> Answer:
        if not same_origin(request.headers):
            return _told(403, "this request came from elsewhere")
        deed = self._deeds.get(name)
        if deed is None:
            return _told(404, "there is no such thing")
        try:
            said = json.loads(request.body)
        except ValueError:
            said = None
        if not isinstance(said, dict):
            raise _BadError("an object is expected")
        return _json(deed(said))

    def _make(self, said: Json) -> Json:
        handle = str(said.get("handle") or "").strip().removeprefix("@")
        if not (handle.isascii() and handle.replace("_", "a").isalnum() and len(handle) <= 15):
            raise _BadError("a handle has 1 to 15 letters, digits and underscores")
        if self._world.find_person(handle) is not None:
            raise _BadError("somebody has this handle")
        person = self._world.add_person(handle, str(said.get("name") or handle)[:50])
        self._world.touch()
        return {"id": person["id"]}

    def _post(self, said: Json) -> Json:
        person, text = self._actor(said), _words(said, _MOST_POST)
        answered = self._world.posts.get(str(said.get("reply_to") or ""))
        post = self._world.add_post(person, text, reply_to=answered)
        return {"id": post["id"]}

    def _message(self, said: Json) -> Json:
        event = self._world.add_event(self._actor(said), _words(said, _MOST_MESSAGE))
        return {"id": event["id"]}

    def _encrypted(self, said: Json) -> Json:
        self._world.tell("encrypted", {"sender_id": self._actor(said)["id"]})
        return {}

    def _actor(self, said: Json) -> Json:
        person = self._world.people.get(str(said.get("person") or ""))
        if person is None or person["id"] == self._world.own["id"]:
            raise _BadError("choose a person first")
        return person

    def _furnish(self) -> None:
        """Put somebody into an empty world, so that one can begin."""
        if len(self._world.people) == 1:
            self._world.add_person("wangfang_t", "Wang Fang")
            self._world.add_person("alexdoe_t", "Alex Doe")
            self._world.add_person("examp1ex_help", "Examplex Supp0rt")
        self._world.touch()


def _shown(thing: Json, who: str) -> Json:
    """Return what the page shows of a post or direct message; a long one is shown whole."""
    references = thing.get("referenced_posts", ())
    return {
        "id": thing["id"],
        "who": thing.get(who, ""),
        "at": thing["created_at"],
        "text": thing.get("note_post", thing)["text"],
        "answers": next((each["id"] for each in references if each.get("type") == "replied_to"), ""),
    }


def _words(said: Json, most: int) -> str:
    text = str(said.get("text") or "").strip()
    if not text:
        raise _BadError("write something first")
    return text[:most]


def _told(status: int, reason: str) -> Answer:
    return Answer(status, json.dumps({"error": reason}).encode(), headers=HEADERS)


def _json(value: Any) -> Answer:
    return Answer(200, json.dumps(value).encode(), headers=HEADERS)
