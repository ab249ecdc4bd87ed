"""The page of the sandbox's Telegram where a person chats with the bot: one document, and the JSON that feeds it.

It acts through `People` as a script does and decides nothing of what the bot hears. It answers only to its own origin.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import json
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from gateway.sandbox._http import Answer, Request
from gateway.sandbox._page import HEADERS, is_local, linked, policy, same_origin
from gateway.sandbox.telegram._people import People
from gateway.sandbox.telegram._world import Json

_WAIT_SECS = 25.0
_LAST_MESSAGES = 200
_NO_NAME = "Somebody"
_PICTURES = ((b"\x89PNG\r\n", "image/png"), (b"\xff\xd8\xff", "image/jpeg"), (b"GIF8", "image/gif"))
MADE_UP_PICTURE = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAgAAAAICAIAAABLbSncAAAAFklEQVR42mNsaGhgwAaYsIoOWwkAAIFoAZDpWgQyAAAAAElFTkSuQmCC"
)
_HTML = Path(__file__).with_name("page.html")


class _BadError(Exception):
    """What the page asked for cannot be done; the text says why."""


class Page:
    """The page's answers; `keyboards`, `commands` and `answers` are what the bot has set, `beside` other pages."""

    def __init__(
        self,
        people: People,
        until: Callable[[Callable[[], bool]], Awaitable[None]],
        *,
        keyboards: Mapping[int, Json],
        commands: Mapping[tuple[str, str], list[Json]],
        answers: Mapping[str, Json],
        beside: Mapping[str, str],
    ) -> None:
        self._people = people
        self._world = people.world
        self._until = until
        self._beside = beside
        self._keyboards, self._commands, self._answers = keyboards, commands, answers
        self._document = _HTML.read_bytes()
        self._headers = {**HEADERS, "content-security-policy": policy(self._document.decode())}
        self._deeds: dict[str, Callable[[Json], Json]] = {
            "person": self._make,
            "say": self._say,
            "forward": self._forward,
            "picture": self._picture,
            "press": self._press,
            "share": self._share,
        }

    async def answer(self, request: Request) -> Answer | None:
        """Return the answer, None for a path that is not the page's."""
        if request.path != "/" and not request.path.startswith("/_/"):
            return None
        if not is_local(request.headers.get("host", "")):
            return self._told(403, "this page is for this machine alone")
        if request.path == "/":
            self._furnish()
            return Answer(200, linked(self._document, self._beside), "text/html; charset=utf-8", self._headers)
        name = request.path.removeprefix("/_/")
        try:
            if request.method == "POST":
                return self._do(name, request)
            return await self._show(name, dict(parse_qsl(request.query)))
        except _BadError as error:
            return self._told(400, str(error))

    def _told(self, status: int, reason: str) -> Answer:
        return Answer(status, json.dumps({"error": reason}).encode(), headers=HEADERS)

    def _json(self, value: Any) -> Answer:
        return Answer(200, json.dumps(value).encode(), headers=HEADERS)

    # What it shows

    async def _show(self, name: str, query: Mapping[str, str]) -> Answer:
        if name == "file":
            return self._file(query.get("id", ""))
        if name != "state":
            return self._told(404, "there is no such thing")
        person = self._world.people.get(_number(query.get("person")))
        chat_id = _number(query.get("chat"))
        seen = query.get("seen", "")
        try:
            async with asyncio.timeout(_WAIT_SECS):
                await self._until(lambda: str(self._world.version) != seen)
        except TimeoutError:
            pass
        return self._json(self._state(person, chat_id))

    def _state(self, person: Json | None, chat_id: int) -> Json:
        messages = [message for (chat, _), message in sorted(self._world.messages.items()) if chat == chat_id]
        return {
            "version": self._world.version,
            "bot": self._world.bot,
            "people": list(self._world.people.values()),
            "groups": [chat for chat in self._world.chats.values() if chat["id"] not in self._world.migrated],
            "messages": messages[-_LAST_MESSAGES:],
            "keyboard": self._keyboards.get(chat_id),
            "commands": self._commands_for(person, private=chat_id > 0),
            "answers": {query_id: given.get("text", "") for query_id, given in list(self._answers.items())[-20:]},
        }

    def _commands_for(self, person: Json | None, *, private: bool) -> list[Json]:
        language = str((person or {}).get("language_code", "")).split("-")[0]
        scopes = ("all_private_chats" if private else "all_group_chats", "default")
        for scope in scopes:
            for code in (language, ""):
                found = self._commands.get((json.dumps({"type": scope}), code))
                if found:
                    return found
        return []

    def _file(self, file_id: str) -> Answer:
        file = self._world.files.get(file_id)
        if file is None or not isinstance(file.content, bytes):
            return self._told(404, "there is no such file")
        kinds = [kind for start, kind in _PICTURES if file.content.startswith(start)]
        return Answer(200, file.content, kinds[0] if kinds else "application/octet-stream", HEADERS)

    # What a person does on it

    def _do(self, name: str, request: Request) -> Answer:
        if not same_origin(request.headers):
            return self._told(403, "this request came from elsewhere")
        deed = self._deeds.get(name)
        if deed is None:
            return self._told(404, "there is no such thing")
        try:
            said = json.loads(request.body)
        except ValueError:
            said = None
        if not isinstance(said, dict):
            raise _BadError("an object is expected")
        return self._json(deed(said))

    def _make(self, said: Json) -> Json:
        names = [str(said.get(name) or "")[:64] for name in ("last_name", "username", "language_code")]
        person = self._people.person(str(said.get("first_name") or _NO_NAME)[:64], *names)
        self._world.touch()
        return person

    def _say(self, said: Json) -> Json:
        return self._people.says(self._actor(said), self._words(said), self._chat(said))

    def _forward(self, said: Json) -> Json:
        """Forward words of somebody made up, with their account or, as most people set it, without."""
        name = str(said.get("name") or _NO_NAME)[:64]
        origin: Json = {"type": "hidden_user", "date": self._world.unix(), "sender_user_name": name}
        if not said.get("hidden"):
            impostor = self._people.person(name, username=str(said.get("username") or "")[:32])
            origin = {"type": "user", "date": self._world.unix(), "sender_user": impostor}
        return self._people.says(self._actor(said), self._words(said), self._chat(said), forward_origin=origin)

    def _picture(self, said: Json) -> Json:
        try:
            content = base64.b64decode(str(said.get("content") or ""), validate=True) or MADE_UP_PICTURE
        except binascii.Error:
            raise _BadError("the picture cannot be read") from None
        caption = str(said.get("caption") or "")[:1024] or None
        return self._people.sends_file(self._actor(said), "photo", content, chat=self._chat(said), caption=caption)

    def _press(self, said: Json) -> Json:
        person = self._actor(said)
        chat = self._chat(said) or self._world.private_chat(person)
        message = self._world.messages.get((chat["id"], _number(said.get("message_id"))))
        data = str(said.get("data") or "")
        rows = (message or {}).get("reply_markup", {}).get("inline_keyboard", [])
        if message is None or data not in [button.get("callback_data") for row in rows for button in row]:
            raise _BadError("there is no such button")
        return {"id": self._people.presses(person, message, data)}

    def _share(self, said: Json) -> Json:
        person, request_id = self._actor(said), _number(said.get("request_id"))
        if said.get("contact"):
            return self._people.shares_contact(person)
        chosen = _number(said.get("chosen"))
        if chosen in self._world.people:
            return self._people.shares_user(person, request_id, self._world.people[chosen])
        if chosen in self._world.chats:
            return self._people.shares_chat(person, request_id, self._world.chats[chosen])
        raise _BadError("nobody was chosen")

    def _actor(self, said: Json) -> Json:
        person = self._world.people.get(_number(said.get("person")))
        if person is None:
            raise _BadError("choose a person first")
        return person

    def _chat(self, said: Json) -> Json | None:
        """Return the group that is meant, None for the private chat."""
        return self._world.chats.get(_number(said.get("chat")))

    def _words(self, said: Json) -> str:
        text = str(said.get("text") or "").strip()
        if not text:
            raise _BadError("write something first")
        return text[:4096]

    def _furnish(self) -> None:
        """Put somebody and a group into an empty world, so that one can begin."""
        if not self._world.people:
            self._people.person("Wang", "Fang", "wangfang_t", "zh-hans")
            self._people.person("Alex", "Doe", "alexdoe_t", "en")
            self._people.person("Examplex Supp0rt", username="examp1ex_support", language_code="en")
        if not self._world.chats:
            self._people.group("Examplex Community")
        self._world.touch()


def _number(value: Any) -> int:
    try:
        return int(value)
    except (TypeError, ValueError):
        return 0
