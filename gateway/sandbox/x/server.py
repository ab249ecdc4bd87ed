"""The sandbox's X as a server: takes calls of the gateway, answers by the API's rules, and is scripted."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Self

from gateway.clock import SystemClock
from gateway.ports import Clock
from gateway.sandbox._http import HOST, Answer, HttpServer, Request
from gateway.sandbox.x._bill import Bill
from gateway.sandbox.x._errors import ProblemError, unauthorized
from gateway.sandbox.x._events import Events
from gateway.sandbox.x._params import Dialect, spelling_of
from gateway.sandbox.x._posts import Posts
from gateway.sandbox.x._router import Caller, Match, Query, Router, Routes, Spelling, params_of
from gateway.sandbox.x._site import Site
from gateway.sandbox.x._text import Json
from gateway.sandbox.x._users import Users
from gateway.sandbox.x._world import World


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

    def __init__(self, world: World, dialect: Dialect) -> None:
        self.world = world
        self.clock = world.clock
        self.router = Router()
        self.bill = Bill(world.clock)
        self.site = Site(world, self.bill, dialect)
        for part in (Posts(self.site), Users(self.site), Events(self.site)):
            self.router.add(part.routes())
        self._http = HttpServer(self._answer)
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
        """Serve on loopback until left, on a free port unless given."""
        server = cls(World(clock or SystemClock(), handle, user_id), spelling)
        async with server._http.listen(port) as listening:
            server.url = server.world.base = f"http://{HOST}:{listening}"
            yield server

    def register(self, routes: Routes) -> None:
        """Take more routes in."""
        self.router.add(routes)

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
        params = params_of(request)
        spelling = spelling_of(params, self.site.dialect)
        call = Call(request.method, request.path, params, self.clock.now())
        self.calls.append(call)
        try:
            match = self.router.find(request.method, request.path)
            call.route = f"{request.method} {match.pattern}"
            self.counts[call.route] += 1
            self._look()
            answer = await self._called(request, match, params, spelling)
        except ProblemError as problem:
            answer = problem.answer(spelling)
        call.status = 0 if answer.cut else answer.status
        self._look()
        return answer

    async def _called(self, request: Request, match: Match, params: dict[str, str], spelling: Spelling) -> Answer:
        caller = self._caller(request) if match.needs_caller else None
        if match.needs_caller:
            self.bill.check()
        return await match.handler(Query(request, match.path, params, caller, spelling))

    def _caller(self, request: Request) -> Caller:
        if "authorization" not in request.headers:
            raise unauthorized()
        return Caller(self.world.own["id"])
