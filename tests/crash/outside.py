"""The world outside of the gateway, on loopback HTTP: a chat platform and a ticket system with memories of their own.

It lives in the test's process, so no kill of the gateway touches it. The platform forgets what was confirmed to it, so
that a loss is a loss; the ticket system files whatever it is given, so that a repetition is seen.
"""

from __future__ import annotations

import asyncio
import json
import random
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Self

PAGE = 20
FEED_PAGE = 50
LARGE_BYTES = 200_000
"""Large enough for a body to become a blob."""
FILE_EVERY = 4
"""Every so many messages have a file that is fetched apart."""

Json = Any


@dataclass(frozen=True)
class Posted:
    """One message of a user; `first` is the number of the first one of its conversation."""

    number: int
    user: str
    first: int
    large: bool = False
    poison: bool = False

    @property
    def file(self) -> str:
        """The name of its file; every so many have one."""
        return f"file{self.number}" if self.number % FILE_EVERY == 0 else ""

    @property
    def lane(self) -> str:
        return self.user


@dataclass(frozen=True)
class Act:
    """What a call meets: whether it takes effect, and what is said then.

    `lie` is said instead of the truth: nothing at all, a wrong ticket, an answer fewer than writes.
    """

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    takes: bool = True
    then: Literal["answer", "drop", "hang"] = "answer"
    lie: Literal["", "empty", "wrong_ticket", "fewer"] = ""


@dataclass
class Outside:
    """The platform, its users, the ticket system and its agents. `now` is the time that all share."""

    now: Callable[[], datetime]
    rng: random.Random = field(default_factory=lambda: random.Random(1))
    ahead: int = 10**9
    """So many messages beyond those that have a ticket are shown to the gateway: users write while it works."""
    lost_confirmations: float = 0.2
    answer_every: int = 3
    """An agent answers the users of every so many conversations."""
    posted: list[Posted] = field(default_factory=list)
    confirmed: int = 0
    """All up to this number are forgotten."""
    written: list[tuple[str, str, int]] = field(default_factory=list)
    """(key, case, message number) of every write that took effect, in order."""
    noted: list[tuple[str, str]] = field(default_factory=list)
    """(key, case) of every write that tells the agents something, such as that an answer may not have arrived."""
    sent: list[tuple[str, str, str]] = field(default_factory=list)
    """(key, kind, user) of every reply that a user has."""
    feed: list[dict[str, Json]] = field(default_factory=list)
    calls: Counter[str] = field(default_factory=Counter)
    asked: Counter[str] = field(default_factory=Counter)
    """How often each key was submitted or sent, whatever came of it."""
    asked_at: dict[str, list[datetime]] = field(default_factory=lambda: defaultdict(list))
    port: int = 0
    _tickets: dict[str, str] = field(default_factory=dict)
    _of_key: dict[str, str] = field(default_factory=dict)
    _taken: set[int] = field(default_factory=set)
    _plans: dict[str, deque[Act]] = field(default_factory=lambda: defaultdict(deque))
    _always: dict[str, Act] = field(default_factory=dict)
    _server: asyncio.Server | None = None
    _lines: set[asyncio.Task[None]] = field(default_factory=set)
    _news: asyncio.Condition = field(default_factory=asyncio.Condition)

    # What the test does

    def post(self, messages: int, users: int, *, large: int = 0, poison: int = 0) -> None:
        """Let users write: conversations side by side; the first so many are large, or stop their reader."""
        for _ in range(messages):
            number = len(self.posted) + 1
            # The first message of a user bears the user's number.
            user = f"u{number if number <= users else self.rng.randint(1, users)}"
            first = int(user[1:])
            self.posted.append(Posted(number, user, first, large=number <= large, poison=number <= poison))

    def plan(self, call: str, *acts: Act) -> None:
        """Let the next calls of that name meet these."""
        self._plans[call].extend(acts)

    def always(self, call: str, act: Act) -> None:
        """Let every call of that name meet this."""
        self._always[call] = act

    def mend(self) -> None:
        """Forget every plan."""
        self._plans.clear()
        self._always.clear()

    @property
    def tickets_taken(self) -> int:
        """How many messages have reached a ticket."""
        return len(self._taken)

    async def until(self, condition: Callable[[], bool], secs: float = 30) -> None:
        """Return when the condition holds; it is looked at after every call."""
        async with asyncio.timeout(secs), self._news:
            await self._news.wait_for(condition)

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *exc: object) -> None:
        if self._server is not None:
            self._server.close()
        for line in self._lines:
            line.cancel()
        await asyncio.gather(*self._lines, return_exceptions=True)
        if self._server is not None:
            await self._server.wait_closed()

    # What the gateway calls

    def _fetch(self, asked: Json) -> Json:
        """Give out what comes after a cursor; now and then also what was given out and not confirmed."""
        after = int(asked["after"] or 0)
        start = self.confirmed if self.rng.random() < 0.3 else max(after, self.confirmed)
        upto = min(max(after, start) + PAGE, self.tickets_taken + self.ahead, len(self.posted))
        page = [_shown(each) for each in self.posted[start:upto]]
        return {"items": page, "cursor": upto if page else None, "more": bool(page) and upto < len(self.posted)}

    def _confirm(self, asked: Json) -> Json:
        if self.rng.random() >= self.lost_confirmations:
            self.confirmed = max(self.confirmed, int(asked["upto"]))
        return {}

    def _send(self, asked: Json) -> Json:
        self.sent.append((asked["key"], asked["kind"], asked["to"]))
        return {"ref": f"sent:{asked['key']}"}

    def _submit(self, asked: Json) -> Json:
        return {"answers": [self._file(write) for write in asked["writes"]]}

    def _file(self, write: Json) -> Json:
        case, number = write["case"], int(write["message"])
        opened = case not in self._tickets
        ticket = self._tickets.setdefault(case, f"T-{len(self._tickets) + 1}")
        self._of_key[write["key"]] = ticket
        if number:
            self.written.append((write["key"], case, number))
            self._taken.add(number)
        else:
            self.noted.append((write["key"], case))
        if opened and len(self._tickets) % self.answer_every == 0:
            self.feed.append({"id": f"a{len(self.feed) + 1}", "case": case, "ticket": ticket, "user": write["user"]})
        return {"key": write["key"], "ticket": ticket}

    def _find(self, asked: Json) -> Json:
        return {"ticket": self._of_key.get(asked["key"])}

    def _download(self, asked: Json) -> Json:
        return {"content": content(asked["ref"]).hex()}

    def _feed(self, asked: Json) -> Json:
        after = int(asked["after"] or 0)
        page = self.feed[after : after + FEED_PAGE]
        return {"items": page, "cursor": after + len(page), "more": after + len(page) < len(self.feed)}

    # The server

    def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        line = asyncio.get_running_loop().create_task(self._serve(reader, writer))
        self._lines.add(line)
        line.add_done_callback(self._lines.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            with suppress(asyncio.IncompleteReadError, ConnectionError):
                while await self._one(reader, writer):
                    pass
        finally:
            writer.transport.abort()

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Answer one call; return whether the line stays open."""
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
        length = int(head.partition("content-length:")[2].partition("\r\n")[0] or 0)
        asked = json.loads(await reader.readexactly(length))
        call = head.split(" ", 2)[1].strip("/")
        act = self._plans[call].popleft() if self._plans[call] else self._always.get(call, Act())
        said = self._act(call, asked, act)
        async with self._news:
            self._news.notify_all()
        if act.then == "hang":
            await asyncio.Event().wait()
        if act.then == "drop":
            return False
        lines = [f"HTTP/1.1 {act.status} Scripted", f"content-length: {len(said)}"]
        lines += [f"{name}: {value}" for name, value in act.headers.items()]
        writer.write("\r\n".join([*lines, "", ""]).encode() + said)
        await writer.drain()
        return True

    def _act(self, call: str, asked: Json, act: Act) -> bytes:
        self.calls[call] += 1
        for key in [write["key"] for write in asked.get("writes", [asked] if call == "send" else [])]:
            # Who is asked to come again later gets the attempt back.
            self.asked[key] += act.status != 429
            self.asked_at[key].append(self.now())
        if not act.takes:
            return b"{}"
        said = getattr(self, f"_{call}")(asked)
        if act.lie == "empty":
            return b""
        if act.lie == "wrong_ticket":
            said["answers"] = [{**each, "ticket": "T-0"} for each in said["answers"]]
        if act.lie == "fewer":
            said["answers"] = said["answers"][1:]
        return json.dumps(said).encode()


def content(file: str) -> bytes:
    """Return the bytes of a file."""
    return f"The bytes of {file}. ".encode() * 500


def _shown(message: Posted) -> dict[str, Json]:
    return {
        "number": message.number,
        "user": message.user,
        "first": message.first,
        "files": [message.file] if message.file else [],
        "text": "poison" if message.poison else "x" * LARGE_BYTES if message.large else "Where is my deposit?",
    }
