"""The sandbox's Telegram as a server: takes calls of the bot, answers by the Bot API's rules, and is scripted."""

from __future__ import annotations

import asyncio
import hmac
import json
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from gateway.clock import SystemClock
from gateway.ports import Clock
from gateway.sandbox._http import HOST, Answer, HttpServer, Request
from gateway.sandbox.telegram._errors import ApiError
from gateway.sandbox.telegram._faults import Fault, Faults
from gateway.sandbox.telegram._forms import params_of
from gateway.sandbox.telegram._limits import Limits, Meter
from gateway.sandbox.telegram._methods import Methods
from gateway.sandbox.telegram._people import People
from gateway.sandbox.telegram._polling import BY_WEBHOOK, Polling
from gateway.sandbox.telegram._sending import Sending
from gateway.sandbox.telegram._updates import UpdateQueue
from gateway.sandbox.telegram._webhook import Webhook
from gateway.sandbox.telegram._world import Json, World
from gateway.sandbox.telegram.page import Page

DOWNLOAD = "download"
_CALL = re.compile(r"/bot([^/]+)/(\w+)/?")
_FILE = re.compile(r"/file/bot([^/]+)/(.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Sent:
    """A message that the bot sent; an album is one for each of its parts."""

    method: str
    params: Json
    message: Json | None
    chat_id: int
    text: str
    at: datetime


@dataclass(slots=True)
class Call:
    """A call of the bot; `status` is None while it is under way, 0 when its line was cut."""

    method: str
    params: Json
    at: datetime
    status: int | None = None


class TelegramServer(People):
    """A running sandbox server; made by `TelegramServer.start`."""

    def __init__(self, token: str, world: World, limits: Limits | None, *, reads_all: bool) -> None:
        self._token = token
        self._clock = world.clock
        self._queue = UpdateQueue(world.clock, self._heard)
        super().__init__(world, self._queue, reads_all=reads_all)
        self._news: set[asyncio.Future[None]] = set()
        self._hook = Webhook(world.clock, self._queue, self._look)
        self._polling = Polling(world.clock, self._queue, lambda: self._hook.active, self._look)
        self._sending = Sending(world, Meter(limits, world.clock), self.connections, self._note)
        self._asking = Methods(self, reads_all=reads_all)
        self._http = HttpServer(self._answer)
        self._page: Page | None = None
        self.beside: dict[str, str] = {}
        """Other pages that this one leads to: their addresses by their names."""
        world.changed = self._look
        self._methods: dict[str, tuple[str, Callable[[Json], Any]]] = {
            name.lower(): (name, method) for name, method in (self._sending.methods | self._asking.methods).items()
        }
        self.faults = Faults()
        self.sent: list[Sent] = []
        self.calls: list[Call] = []
        self.url = ""

    @classmethod
    @asynccontextmanager
    async def start(
        cls,
        token: str = "123456:made-up",  # noqa: S107 - made up, as it says
        username: str = "examplex_support_bot",
        name: str = "Examplex Support",
        *,
        clock: Clock | None = None,
        limits: Limits | None = None,
        reads_all_group_messages: bool = False,
        port: int = 0,
        page: bool = False,
    ) -> AsyncIterator[Self]:
        """Serve on loopback until left, on a free port unless given; `page`: with a page to chat with the bot at /."""
        bot = {
            "id": int(token.partition(":")[0]),
            "is_bot": True,
            "first_name": name,
            "username": username,
        }
        server = cls(token, World(bot, clock or SystemClock()), limits, reads_all=reads_all_group_messages)
        if page:
            server._page = server._make_page()
        async with server._http.listen(port) as listening:
            server.url = f"http://{HOST}:{listening}"
            try:
                yield server
            finally:
                await server._hook.stop()

    # The script

    def push(self, update: Json) -> int:
        """Put any update as it is, whatever the bot asked for; returns its id, the next unless it has one.

        The server takes in the chats it speaks of, so that the bot can answer there.
        """
        query = update.get("callback_query")
        if isinstance(query, dict):
            self.callbacks.add(str(query.get("id")))
        for part in (query.get("message") if isinstance(query, dict) else None, *update.values()):
            if isinstance(part, dict):
                self.world.learn(part)
        return self._queue.push(update)

    def push_bytes(self, body: bytes) -> None:
        """Let the next getUpdates be answered by exactly these bytes."""
        self._polling.put_raw(body)

    @property
    def next_update_id(self) -> int:
        """The id of the next update; it may be set lower, as after a quiet week."""
        return self._queue.next_id

    @next_update_id.setter
    def next_update_id(self, value: int) -> None:
        self._queue.next_id = value

    @property
    def pending(self) -> int:
        """How many updates are not yet confirmed."""
        return len(self._queue)

    @property
    def webhook(self) -> Json:
        """The webhook's settings, empty when none is set."""
        return self._hook.settings

    @property
    def commands(self) -> dict[tuple[str, str], list[Json]]:
        """The commands that were set, per scope as JSON and language code."""
        return self._asking.commands

    @property
    def keyboards(self) -> dict[int, Json]:
        """The reply keyboard that is open in each chat."""
        return self._sending.keyboards

    @property
    def answers(self) -> dict[str, Json]:
        """What the bot answered to presses, by the id that `presses` gave."""
        return self._asking.answers

    @property
    def polled(self) -> bool:
        """Whether a long poll is waiting now."""
        return self._polling.waiting

    def black_hole(self, on: bool) -> None:
        """Take connections and requests, and answer none of them, while on; what fell in is never answered."""
        self._http.black_hole = on

    def drop_connections(self) -> None:
        """Cut every line without a word; new ones are taken."""
        self._http.cut_all()

    async def until(self, condition: Callable[[], bool]) -> None:
        """Return when the condition holds; it is looked at after each call, send, update and webhook attempt."""
        while not condition():
            news = asyncio.get_running_loop().create_future()
            self._news.add(news)
            try:
                await news
            finally:
                self._news.discard(news)

    def _look(self) -> None:
        for news in self._news:
            if not news.done():
                news.set_result(None)

    def _heard(self) -> None:
        self._polling.wake()
        self._hook.deliver()
        self._look()

    def _note(self, method: str, params: Json, message: Json) -> None:
        text = str(message.get("text", message.get("caption", "")))
        self.sent.append(Sent(method, params, message, message["chat"]["id"], text, self._clock.now()))

    # The calls

    def _make_page(self) -> Page:
        return Page(
            self,
            self.until,
            keyboards=self.keyboards,
            commands=self.commands,
            answers=self.answers,
            beside=self.beside,
        )

    async def _answer(self, request: Request) -> Answer:
        called = _CALL.fullmatch(request.path)
        if called is not None:
            return await self._called(called[1], called[2], request)
        fetched = _FILE.fullmatch(request.path)
        if fetched is not None:
            return await self._fetched(fetched[1], fetched[2])
        shown = None if self._page is None else await self._page.answer(request)
        return shown or _refused(ApiError(404, "Not Found"))

    def _is_token(self, token: str) -> bool:
        return hmac.compare_digest(token.encode(), self._token.encode())

    async def _called(self, token: str, name: str, request: Request) -> Answer:
        if not self._is_token(token):
            return _refused(ApiError(401, "Unauthorized"))
        known = self._methods.get(name.lower())
        method = known[0] if known is not None else _OWN_METHODS.get(name.lower(), name)
        try:
            call = Call(method, params_of(request), self._clock.now())
        except ApiError as error:
            return _refused(error)
        return await self._faulty(call, lambda: self._truth(call))

    async def _fetched(self, token: str, path: str) -> Answer:
        if not self._is_token(token):
            return _refused(ApiError(401, "Unauthorized"))

        async def truth() -> Answer:
            file = self.world.paths.get(path)
            if file is None:
                return _refused(ApiError(404, "Not Found"))
            body = file.content if isinstance(file.content, bytes) else file.content()
            return Answer(200, body, "application/octet-stream")

        return await self._faulty(Call(DOWNLOAD, {"file_path": path}, self._clock.now()), truth)

    async def _faulty(self, call: Call, truth: Callable[[], Any]) -> Answer:
        self.calls.append(call)
        self._look()
        fault = self.faults.due(call.method)
        answer: Answer | None = None
        if fault is None or fault.takes:
            answer = await truth()
        if fault is not None and fault.hang:
            self._look()
            await self.faults.hold(call.method)
            answer = answer or await truth()
        elif fault is not None:
            answer = fault.answer()
        assert answer is not None  # noqa: S101 - each way above has made one
        call.status = 0 if answer.cut else answer.status
        self._look()
        return answer

    async def _truth(self, call: Call) -> Answer:
        try:
            if call.method in _OWN_METHODS.values():
                return await self._own(call.method, call.params)
            known = self._methods.get(call.method.lower())
            if known is None:
                return _refused(ApiError(404, "Not Found: method not found"))
            return _ok(known[1](call.params))
        except ApiError as error:
            return _refused(error)

    async def _own(self, method: str, params: Json) -> Answer:
        if method == "getWebhookInfo":
            return _ok(self._hook.info())
        if method == "getUpdates":
            self._allow(params)
            offset, limit = params.get("offset", 0), params.get("limit", 100)
            return Answer(200, await self._polling.get_updates(offset, limit, params.get("timeout", 0)))
        if params.get("drop_pending_updates"):
            self._queue.clear()
        if method == "deleteWebhook":
            return _ok(True, self._hook.delete())
        self._allow(params)
        description = self._hook.set(params)
        if self._hook.active:
            self._polling.end(BY_WEBHOOK)
        return _ok(True, description)

    def _allow(self, params: Json) -> None:
        kinds = params.get("allowed_updates")
        if isinstance(kinds, list):
            self._queue.allow(kinds)


_OWN_METHODS = {name.lower(): name for name in ("getUpdates", "setWebhook", "deleteWebhook", "getWebhookInfo")}


def _ok(result: Any, description: str | None = None) -> Answer:
    body = {"ok": True, "result": result}
    if description is not None:
        body["description"] = description
    return Answer(200, json.dumps(body, separators=(",", ":")).encode())


def _refused(error: ApiError) -> Answer:
    headers = {"retry-after": str(error.parameters["retry_after"])} if "retry_after" in error.parameters else {}
    return Answer(error.status, json.dumps(error.body()).encode(), headers=headers)


__all__ = ["Call", "Fault", "Limits", "Sent", "TelegramServer"]
