"""What goes wrong on purpose, call by call: every wrong answer that X has been seen to give."""

from __future__ import annotations

import asyncio
import json
from collections import defaultdict, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from email.utils import format_datetime

from gateway.sandbox._http import Answer
from gateway.sandbox.x._errors import MEDIA_TYPE, ProblemError, no_credits, problem_type, too_many, unauthorized
from gateway.sandbox.x._text import Json

ANY = "*"
HTML = "text/html; charset=utf-8"
OVERSIZE_BYTES = 9 << 20
"""More than the gateway's client takes of one answer."""


@dataclass(frozen=True, slots=True)
class Fault:
    """How calls of a route go wrong; `status` 200 with a `body` is a wrong answer, too.

    `body`: as it goes out. `problem`: the problem document instead. `change`: the true answer, with its JSON changed.
    `reset_secs`: the header `x-rate-limit-reset`, counted from now. `date_off_secs`: how far the header Date is off.
    `takes`: the call has its effect first. `hang`: no answer until `Faults.release`, then the true one. `cut`: the line
    drops. `times`: how many calls; `after`: how many pass first.
    """

    status: int = 503
    body: bytes = b""
    content_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)
    problem: ProblemError | None = None
    change: Callable[[Json], Json] | None = None
    reset_secs: float | None = None
    date_off_secs: float = 0
    takes: bool = False
    hang: bool = False
    cut: bool = False
    times: int = 1
    after: int = 0

    @property
    def needs_truth(self) -> bool:
        """Whether the true answer is made first."""
        return self.takes or self.change is not None

    def answer(self, truth: Answer | None, now: datetime, spelling: str) -> Answer:
        """Return what the client gets; `truth` is what it would have got, if that was made."""
        headers = dict(self.headers)
        if self.reset_secs is not None:
            headers["x-rate-limit-reset"] = str(int(now.timestamp() + self.reset_secs))
        if self.date_off_secs:
            headers["date"] = format_datetime(now + timedelta(seconds=self.date_off_secs), usegmt=True)
        if self.change is not None and truth is not None and isinstance(truth.body, bytes):
            body = json.dumps(self.change(json.loads(truth.body))).encode()
            return replace(truth, body=body, headers={**truth.headers, **headers})
        if self.problem is not None:
            body = json.dumps(self.problem.body(spelling)).encode()
            return Answer(self.problem.status, body, MEDIA_TYPE, headers, self.cut)
        return Answer(self.status, self.body, self.content_type, headers, self.cut)


def without(name: str, item: int = 0) -> Fault:
    """Return a true answer of which one item lacks a field."""

    def change(body: Json) -> Json:
        del body["data"][item][name]
        return body

    return Fault(change=change)


def changed(name: str, value: object, item: int = 0) -> Fault:
    """Return a true answer of which one item has another value in a field."""

    def change(body: Json) -> Json:
        body["data"][item][name] = value
        return body

    return Fault(change=change)


def errors_only(body: Json) -> Json:
    """Return an answer that has errors and nothing else."""
    told = {"value": "1", "resource_id": "1", "resource_type": "tweet", "parameter": "id", "title": "Not Found Error"}
    told |= {"detail": "Could not find tweet with id: [1].", "type": problem_type("resource-not-found", "tweet")}
    return {"errors": body.get("errors") or [told]}


def limited(reset_secs: float | None = 900) -> Fault:
    """Return the refusal of a call too many, with the seconds until the next may come, if it says so."""
    return Fault(problem=too_many(), reset_secs=reset_secs)


_CLOUDFLARE = b"<!DOCTYPE html><html><head><title>x.com | 503: Service unavailable</title></head></html>"
MATRIX: Mapping[str, Fault] = {
    "503 html": Fault(503, _CLOUDFLARE, HTML),
    "502 html": Fault(502, _CLOUDFLARE, HTML),
    "429 text": Fault(429, b"Rate limit exceeded\n", "text/plain; charset=utf-8"),
    "429 empty": Fault(429),
    "429 json": limited(),
    "429 no reset": limited(None),
    "429 past reset": limited(-50),
    "429 far reset": limited(10**9),
    "500 broken json": Fault(500, b'{"title":"Internal Server Err'),
    "500 json": Fault(problem=ProblemError(500, "Internal Server Error", kind="internal-error")),
    "400 array": Fault(400, b'[{"code":214,"message":"made up"}]'),
    "402 credits": Fault(problem=no_credits()),
    "401 json": Fault(problem=unauthorized()),
    "401 clock": Fault(problem=unauthorized(), date_off_secs=600),
    "200 broken json": Fault(200, b'{"data":[{"id":"1","te'),
    "200 html": Fault(200, _CLOUDFLARE, HTML),
    "200 array": Fault(200, b"[]"),
    "200 errors only": Fault(change=errors_only),
    "item without text": without("text"),
    "item without id": without("id"),
    "bad date": changed("created_at", "2026-13-40T99:00:00Z"),
    "date without milliseconds": changed("created_at", "2026-11-20T12:00:46Z"),
    "cut": Fault(cut=True),
    "taken, then cut": Fault(takes=True, cut=True),
    "black hole": Fault(hang=True),
    "oversize": Fault(200, b'{"data":[],"padding":"' + b"x" * OVERSIZE_BYTES + b'"}'),
}
"""Every row of what has been seen, by name; `dataclasses.replace` gives them other `times` and `after`."""


@dataclass(slots=True)
class _Planned:
    fault: Fault
    to_pass: int
    left: int


class Faults:
    """The faults of the calls to come, by route: `GET /2/dm_events`, a pattern for any method, or `*` for any call."""

    def __init__(self) -> None:
        self._planned: defaultdict[str, deque[_Planned]] = defaultdict(deque)
        self._always: dict[str, Fault] = {}
        self._hung: list[tuple[str, asyncio.Event]] = []

    def plan(self, route: str, *faults: Fault | str) -> None:
        """Let the next calls of a route go wrong, one fault after the other; names are those of `MATRIX`."""
        for each in faults:
            fault = _known(each)
            self._planned[route].append(_Planned(fault, fault.after, fault.times))

    def always(self, route: str, fault: Fault | str) -> None:
        """Let every call of a route go wrong until mended; what is planned comes first."""
        self._always[route] = _known(fault)

    def mend(self, route: str = ANY) -> None:
        """Forget the faults of a route, or all."""
        if route == ANY:
            self._planned.clear()
            self._always.clear()
        else:
            self._planned.pop(route, None)
            self._always.pop(route, None)

    def release(self, route: str = ANY) -> None:
        """Answer the calls that hang, as if nothing had been wrong."""
        for name, event in self._hung:
            if route in _names(name):
                event.set()

    @property
    def hanging(self) -> int:
        """How many calls hang now."""
        return len(self._hung)

    def due(self, route: str) -> Fault | None:
        """Return the fault that this call meets, and count it."""
        for name in _names(route):
            planned = self._planned.get(name)
            fault = _count(planned) if planned else None
            if fault is not None:
                return fault
        return next((self._always[name] for name in _names(route) if name in self._always), None)

    async def hold(self, route: str) -> None:
        """Wait until released."""
        entry = (route, asyncio.Event())
        self._hung.append(entry)
        try:
            await entry[1].wait()
        finally:
            self._hung.remove(entry)


def _known(fault: Fault | str) -> Fault:
    return MATRIX[fault] if isinstance(fault, str) else fault


def _names(route: str) -> tuple[str, str, str]:
    return route, route.partition(" ")[2], ANY


def _count(planned: deque[_Planned]) -> Fault | None:
    first = planned[0]
    if first.to_pass > 0:
        first.to_pass -= 1
        return None
    first.left -= 1
    if first.left <= 0:
        planned.popleft()
    return first.fault
