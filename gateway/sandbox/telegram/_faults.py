"""What goes wrong on purpose, call by call."""

from __future__ import annotations

import asyncio
import json
from collections import defaultdict, deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from gateway.sandbox._http import Answer
from gateway.sandbox.telegram._errors import ApiError

_DESCRIPTIONS = {
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden: bot was blocked by the user",
    404: "Not Found",
    409: "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
    429: "Too Many Requests",
    500: "Internal Server Error",
    502: "Bad Gateway",
}
ANY = "*"


@dataclass(frozen=True, slots=True)
class Fault:
    """How calls of a method go wrong; `status` 200 with a `body` is a wrong answer, too.

    `body`: a dict is JSON, text is HTML, bytes go out as they are; without one, the usual error of that status, with
    `retry_after` seconds in its parameters. `takes`: the call has its effect first. `hang`: no answer until
    `Faults.release`, then the true one. `cut`: the line drops. `times`: how many calls; `after`: how many pass first.
    """

    status: int = 429
    body: Mapping[str, Any] | str | bytes | None = None
    retry_after: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    hang: bool = False
    takes: bool = False
    cut: bool = False
    times: int = 1
    after: int | None = None

    def answer(self) -> Answer:
        """Return what the client gets instead of the truth."""
        if isinstance(self.body, str):
            return Answer(self.status, self.body.encode(), "text/html", self.headers, self.cut)
        if isinstance(self.body, bytes):
            return Answer(self.status, self.body, headers=self.headers, cut=self.cut)
        body = self._usual() if self.body is None else self.body
        return Answer(self.status, json.dumps(body).encode(), headers=self.headers, cut=self.cut)

    def _usual(self) -> dict[str, Any]:
        text = _DESCRIPTIONS.get(self.status, "Internal Server Error")
        if self.retry_after is None:
            return ApiError(self.status, text).body()
        return ApiError(self.status, f"{text}: retry after {self.retry_after}", retry_after=self.retry_after).body()


@dataclass(slots=True)
class _Planned:
    fault: Fault
    to_pass: int
    left: int


class Faults:
    """The faults of the calls to come; `download` is the name of a file's download, `*` stands for any call."""

    def __init__(self) -> None:
        self._planned: defaultdict[str, deque[_Planned]] = defaultdict(deque)
        self._always: dict[str, Fault] = {}
        self._hung: list[tuple[str, asyncio.Event]] = []

    def plan(self, method: str, *faults: Fault) -> None:
        """Let the next calls of a method go wrong, one fault after the other."""
        self._planned[method.lower()].extend(_Planned(each, each.after or 0, each.times) for each in faults)

    def always(self, method: str, fault: Fault) -> None:
        """Let every call of a method go wrong until mended; what is planned comes first."""
        self._always[method.lower()] = fault

    def mend(self, method: str = ANY) -> None:
        """Forget the faults of a method, or all."""
        if method == ANY:
            self._planned.clear()
            self._always.clear()
        else:
            self._planned.pop(method.lower(), None)
            self._always.pop(method.lower(), None)

    def release(self, method: str = ANY) -> None:
        """Answer the calls that hang, as if nothing had been wrong."""
        for name, event in self._hung:
            if method in (ANY, name):
                event.set()

    @property
    def hanging(self) -> int:
        """How many calls hang now."""
        return len(self._hung)

    def due(self, method: str) -> Fault | None:
        """Return the fault that this call meets, and count it."""
        for name in (method.lower(), ANY):
            planned = self._planned.get(name)
            if planned:
                fault = self._count(planned)
                if fault is not None:
                    return fault
        return self._always.get(method.lower()) or self._always.get(ANY)

    def _count(self, planned: deque[_Planned]) -> Fault | None:
        first = planned[0]
        if first.to_pass > 0:
            first.to_pass -= 1
            return None
        first.left -= 1
        if first.left <= 0:
            planned.popleft()
        return first.fault

    async def hold(self, method: str) -> None:
        """Wait until released."""
        entry = (method, asyncio.Event())
        self._hung.append(entry)
        try:
            await entry[1].wait()
        finally:
            self._hung.remove(entry)
