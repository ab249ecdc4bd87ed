"""The sandbox's X as a server: takes calls of the gateway, answers by the API's rules, and is scripted."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from email.utils import format_datetime
from typing import Any, Self

from gateway.clock import SystemClock
from gateway.ports import Clock
from gateway.sandbox._http import HOST, Answer, HttpServer, Request
from gateway.sandbox.x._activity import Activity, Stream
from gateway.sandbox.x._auth import Auth, Keys
from gateway.sandbox.x._bill import Bill
from gateway.sandbox.x._errors import ProblemError
from gateway.sandbox.x._events import Events
from gateway.sandbox.x._faults import Faults
from gateway.sandbox.x._limits import Limits
from gateway.sandbox.x._media import Media
from gateway.sandbox.x._oauth2 import Grants
from gateway.sandbox.x._params import Dialect, spelling_of
from gateway.sandbox.x._posts import Posts
from gateway.sandbox.x._router import Match, Query, Router, Spelling, params_of
from gateway.sandbox.x._site import Site
from gateway.sandbox.x._text import Json
from gateway.sandbox.x._usage import Usage
from gateway.sandbox.x._users import Users
from gateway.sandbox.x._webhooks import Webhooks
from gateway.sandbox.x._world import World
from gateway.sandbox.x._writing import SentMessage, SentPost, Writing
from gateway.sandbox.x.page import Page


@dataclass(slots=True)
class Call:
    """A call of the API; `status` is None while it is under way, 0 when its line was cut."""

    method: str
    path: str
    query: dict[str, str]
    at: datetime
    status: int | None = None
    route: str = ""


class XServer:
    """A running sandbox server; made by `XServer.start`."""

    def __init__(self, world: World, dialect: Dialect, *, limits: bool) -> None:
        self.world = world
        self.clock = world.clock
        self.router = Router()
        self.bill = Bill(world.clock)
        self.site = Site(world, self.bill, dialect)
        self.limits = Limits(world.clock, enforced=limits)
        self.faults = Faults()
        self.keys = Keys.made_up(world.own["id"])
        self.grants = Grants(world.clock, self.keys.client_id, self.keys.client_secret)
        self.auth = Auth(world.clock, self.keys, world.own["id"], self.grants)
        self.push = Webhooks(self.site, self.keys.consumer_secret)
        self.activity = Activity(self.site, self.push)
        self.media = Media(self.site)
        self.writing = Writing(self.site, self.media)
        reading = (Posts(self.site), Users(self.site), Events(self.site), Usage(self.site))
        for part in (*reading, self.grants, self.push, self.activity, self.media, self.writing):
            self.router.add(part.routes())
        self._http = HttpServer(self._answer)
        self._page: Page | None = None
        self.beside: dict[str, str] = {}
        """Other pages that this one leads to: their addresses by their names."""
        self._news: set[asyncio.Future[None]] = set()
        world.changed = self._look
        self.calls: list[Call] = []
        self.counts: Counter[str] = Counter()
        """How often each route was called, such as `GET /2/dm_events`."""
        self.url = ""

    @classmethod
    @asynccontextmanager
    async def start(
        cls,
        handle: str = "examplex",
        user_id: str = "1000",
        *,
        clock: Clock | None = None,
        spelling: Dialect = "both",
        limits: bool = True,
        port: int = 0,
        page: bool = False,
    ) -> AsyncIterator[Self]:
        """Serve on loopback until left, on a free port unless given; `page`: with a page to act as people at /."""
        server = cls(World(clock or SystemClock(), handle, user_id), spelling, limits=limits)
        if page:
            server._page = Page(server.world, server.until, server.beside)
        async with server._http.listen(port) as listening:
            server.url = server.world.base = f"http://{HOST}:{listening}"
            try:
                yield server
            finally:
                await server.push.stop()

    # The script

    @property
    def own(self) -> Json:
        """The brand's account."""
        return self.world.own

    def person(self, handle: str, name: str = "", id: str | None = None, **fields: Any) -> Json:  # noqa: A002
        """Let an account exist."""
        return self.world.add_person(handle, name or handle, id, **fields)

    def post(self, author: Json, text: str, **more: Any) -> Json:
        """Let somebody post; see `World.add_post`."""
        return self.world.add_post(author, text, **more)

    def edit(self, post: Json, text: str) -> Json:
        """Let the author edit a post; returns the new version."""
        return self.world.edit_post(post, text)

    def delete(self, post: Json) -> None:
        """Let the author delete a post."""
        self.world.delete_post(post)

    def late(self, post: Json, below: Json, secs: float = 1.0) -> Json:
        """Give a post an id that many seconds below another's, as one has that the index took in late."""
        return self.world.put_below(post, below, secs)

    def message(self, sender: Json, text: str = "", **more: Any) -> Json:
        """Let somebody write a direct message; see `World.add_event`."""
        return self.world.add_event(sender, text, **more)

    @property
    def spent(self) -> Decimal:
        """What X would have billed, in dollars; `bill` says more."""
        return self.bill.spent

    @property
    def credits(self) -> Decimal | None:
        """What is left to pay with, in dollars; None for no end. At nothing, calls are refused."""
        return self.bill.credits

    @credits.setter  # noqa: A003 - the word of the platform
    def credits(self, value: Decimal | None) -> None:
        self.bill.credits = value

    def encrypted(self, sender: Json) -> None:
        """Let somebody write what is encrypted from end to end: only the activity tells of it."""
        self.world.tell("encrypted", {"sender_id": sender["id"]})

    def rename(self, person: Json, **fields: Any) -> Json:
        """Let somebody change the profile, in X's own fields."""
        return self.world.change_person(person, **fields)

    @property
    def sent_posts(self) -> list[SentPost]:
        """What the gateway posted, oldest first."""
        return self.writing.posts

    @property
    def sent_messages(self) -> list[SentMessage]:
        """What the gateway sent as direct messages, oldest first."""
        return self.writing.messages

    @property
    def stream(self) -> Stream:
        """The activity stream, to be stalled, closed or disturbed."""
        return self.activity.stream

    def revoke(self) -> None:
        """Let the account's owner take all access back, by OAuth 1.0a and 2.0; the activity tells of it."""
        self.grants.revoke()
        self.auth.revoked = True
        self.world.tell("revoke", {})

    def black_hole(self, on: bool) -> None:
        """Take connections and requests, and answer none of them, while on; what fell in is never answered."""
        self._http.black_hole = on

    def drop_connections(self) -> None:
        """Cut every line without a word; new ones are taken."""
        self._http.cut_all()

    async def until(self, condition: Callable[[], bool]) -> None:
        """Return when the condition holds; it is looked at after each call and each change of the world."""
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

    # The calls

    async def _answer(self, request: Request) -> Answer:
        shown = None if self._page is None else await self._page.answer(request)
        return shown or await self._called(request)

    async def _called(self, request: Request) -> Answer:
        params = params_of(request)
        spelling = spelling_of(params, self.site.dialect)
        call = Call(request.method, request.path, params, self.clock.now())
        self.calls.append(call)
        try:
            match = self.router.find(request.method, request.path)
        except ProblemError as problem:
            answer = problem.answer(spelling)
        else:
            call.route = f"{request.method} {match.pattern}"
            self.counts[call.route] += 1
            self._look()
            query = Query(request, match.path, params, None, spelling)
            answer = await self._faulty(call.route, spelling, lambda: self._truth(query, match, call.route))
        call.status = 0 if answer.cut else answer.status
        self._look()
        return replace(answer, headers={"date": format_datetime(self.clock.now(), usegmt=True), **answer.headers})

    async def _faulty(self, route: str, spelling: Spelling, truth: Callable[[], Awaitable[Answer]]) -> Answer:
        fault = self.faults.due(route)
        if fault is None:
            return await truth()
        made = await truth() if fault.needs_truth else None
        if fault.hang:
            self._look()
            await self.faults.hold(route)
            return made or await truth()
        return fault.answer(made, self.clock.now(), spelling)

    async def _truth(self, query: Query, match: Match, route: str) -> Answer:
        headers: dict[str, str] = {}
        try:
            if match.needs_caller:
                caller = self.auth.caller(query.request)
                if isinstance(caller, Answer):
                    return caller
                query = replace(query, caller=caller)
                headers = self.limits.take(route, caller)
                self.bill.check()
            answer = await match.handler(query)
        except ProblemError as problem:
            answer = problem.answer(query.spelling)
        return replace(answer, headers={**headers, **answer.headers})
