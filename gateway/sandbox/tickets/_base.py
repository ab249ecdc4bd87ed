"""What every ticket system of the sandbox stands on: a server with routes, calls on record, and faults on purpose."""

from __future__ import annotations

import json
import re
from collections import Counter, deque
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl

from gateway.ports import Clock
from gateway.sandbox._http import HOST, Answer, HttpServer, Request

CHANGES = frozenset({"POST", "PUT", "PATCH", "DELETE"})
"""Methods of calls that change something."""


@dataclass(frozen=True, slots=True)
class Fault:
    """How calls go wrong: an answer of this status and body, `takes` after the call has had its effect.

    `cut`: the line drops instead. `changes_only`: calls that only read are spared. `of`: only calls whose body or path
    holds this. `times`: how many calls; None for all.
    """

    status: int = 503
    body: bytes = b"{}"
    headers: Mapping[str, str] = field(default_factory=dict)
    takes: bool = False
    cut: bool = False
    changes_only: bool = False
    of: str = ""
    times: int | None = None


@dataclass(slots=True)
class Call:
    """A call on record, with what it was answered (0: the line was cut)."""

    request: Request
    at: datetime
    status: int = 0
    answer: bytes = b""

    @property
    def path(self) -> str:
        """The path without its query."""
        return self.request.path


@dataclass(frozen=True, slots=True)
class Given:
    """A call as a route's handler gets it: the parts of the path, the query, the JSON or the form in the body."""

    request: Request
    path: Mapping[str, str]
    query: Mapping[str, list[str]]

    def one(self, name: str, default: str = "") -> str:
        """Return the first value of a name in the query."""
        return self.query.get(name, [default])[0]

    def json(self) -> Any:
        """Return the body's JSON. Raises `RefusedError` with 400."""
        try:
            return json.loads(self.request.body)
        except ValueError:
            raise RefusedError(400, {"error": "the body is no JSON"}) from None

    def form(self) -> list[Field]:
        """Return the fields of a multipart form in their order."""
        found = re.search(r'boundary="?([^";]+)', self.request.headers.get("content-type", ""))
        if found is None:
            raise RefusedError(400, {"error": "the body is no form"})
        pieces = (b"\r\n" + self.request.body).split(b"\r\n--" + found[1].encode())
        return [_field(piece) for piece in pieces[1:-1]]


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a form; `file_name` is None for what is no file."""

    name: str
    file_name: str | None
    media_type: str
    data: bytes


class RefusedError(Exception):
    """What a handler ends a call with: a status, a body, headers."""

    def __init__(self, status: int, told: Any = None, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(status)
        self.answer = said(told, status, headers)


def said(told: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Answer:
    """Return an answer in JSON; None is an empty one."""
    body = b"" if told is None else json.dumps(told, ensure_ascii=False).encode()
    return Answer(status, body, headers=dict(headers or {}))


Handler = Callable[[Given], Awaitable[Answer] | Answer]


class TicketServer:
    """A ticket system's HTTP side. A subclass adds its routes, says who may call (`admit`), and keeps the tickets."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.calls: list[Call] = []
        self.counts: Counter[str] = Counter()
        """Calls by method and route."""
        self.http = HttpServer(self._answer)
        self.port = 0
        self._faults: deque[list[Any]] = deque()
        self._routes: list[tuple[str, re.Pattern[str], str, Handler]] = []

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http://{HOST}:{self.port}"

    @asynccontextmanager
    async def running(self, port: int = 0) -> AsyncIterator[int]:
        """Serve until left; gives the port."""
        async with self.http.listen(port) as self.port:
            yield self.port

    def route(self, method: str, path: str, handler: Handler) -> None:
        """Add a route; `{name}` stands for one part of the path. The first that fits is taken."""
        pattern = re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^/]+)", re.escape(path))
        self._routes.append((method, re.compile(pattern), path, handler))

    def plan(self, *faults: Fault) -> None:
        """Let calls go wrong from now on, the first fault that fits and has calls left."""
        self._faults.extend([fault, fault.times] for fault in faults)

    def mend(self) -> None:
        """End every fault."""
        self._faults.clear()

    def admit(self, request: Request) -> Answer | None:
        """Return how a call is refused before it is looked at: a wrong credential, a limit; None when it is not."""
        return None

    def headers(self) -> Mapping[str, str]:
        """Return what every answer bears, such as what is left of a limit."""
        return {}

    async def _answer(self, request: Request) -> Answer:
        call = Call(request, self.clock.now())
        self.calls.append(call)
        fault = self._fault_for(request)
        if fault is not None and not fault.takes:
            answer = Answer(fault.status, fault.body, headers=fault.headers, cut=fault.cut)
        else:
            answer = await self._true_answer(request)
            if fault is not None:
                answer = Answer(fault.status, fault.body, headers=fault.headers, cut=fault.cut)
        call.status = 0 if answer.cut else answer.status
        call.answer = answer.body if isinstance(answer.body, bytes) else b""
        return answer

    def _fault_for(self, request: Request) -> Fault | None:
        for planned in self._faults:
            fault: Fault = planned[0]
            if fault.changes_only and request.method not in CHANGES:
                continue
            if fault.of and fault.of.encode() not in request.body and fault.of not in f"{request.path}?{request.query}":
                continue
            if planned[1] is not None:
                if planned[1] <= 0:
                    continue
                planned[1] -= 1
            return fault
        return None

    async def _true_answer(self, request: Request) -> Answer:
        refused = self.admit(request)
        if refused is not None:
            return refused
        try:
            answer = await self._routed(request)
        except RefusedError as error:
            answer = error.answer
        merged = {**self.headers(), **answer.headers}
        return Answer(answer.status, answer.body, answer.content_type, merged, answer.cut)

    async def _routed(self, request: Request) -> Answer:
        for method, pattern, path, handler in self._routes:
            found = pattern.fullmatch(request.path) if method == request.method else None
            if found is None:
                continue
            self.counts[f"{method} {path}"] += 1
            query: dict[str, list[str]] = {}
            for name, value in parse_qsl(request.query, keep_blank_values=True):
                query.setdefault(name, []).append(value)
            answer = handler(Given(request, found.groupdict(), query))
            return answer if isinstance(answer, Answer) else await answer
        return said({"error": "no such call"}, 404)


def _field(piece: bytes) -> Field:
    """Read one part of a form; RFC 7578 has file names in UTF-8 as they are."""
    head, _, data = piece.removeprefix(b"\r\n").partition(b"\r\n\r\n")
    text = head.decode("utf-8", "replace")
    name = re.search(r'\bname="([^"]*)"', text)
    file_name = re.search(r'\bfilename="([^"]*)"', text)
    kind = re.search(r"(?im)^content-type:\s*([^\r\n;]+)", text)
    shown = file_name[1].replace("%22", '"').replace("%0D", "\r").replace("%0A", "\n") if file_name else None
    return Field(name[1] if name else "", shown, kind[1].strip() if kind else "text/plain", data)
