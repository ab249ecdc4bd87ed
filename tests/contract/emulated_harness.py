"""What harnesses of backends on the sandbox's ticket systems share: starting, killing, faults, and looking at marks."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from typing import Any, Generic, TypeVar

from gateway.backends._parts import MARK, mark_of
from gateway.ports import BackendPlugin, Clock, Key, Opening, StreamId, TicketSystem
from gateway.sandbox.tickets import _base
from gateway.testing.backends import Fault

FAULTS: Mapping[Fault, _base.Fault] = {
    Fault.REFUSED: _base.Fault(422, changes_only=True),
    Fault.UNAUTHORIZED: _base.Fault(401),
    Fault.MOVED: _base.Fault(308, headers={"location": "https://elsewhere.example.test/in"}),
    Fault.BUSY: _base.Fault(429, headers={"retry-after": "30"}, changes_only=True),
    Fault.UNAVAILABLE: _base.Fault(503),
    Fault.FAILED: _base.Fault(500, changes_only=True),
    Fault.DROPPED: _base.Fault(takes=True, cut=True, changes_only=True),
}
KEYS = {
    mark_of(key): key
    for key in (Key(f"support:m{number}:ticket:{step}") for number in range(1, 41) for step in "abcdef")
}
"""What the contract suite's writes are known by."""

S = TypeVar("S", bound=_base.TicketServer)


class EmulatedHarness(Generic[S]):
    """A backend on a ticket system of the sandbox, which lives and dies as a test says."""

    faults = frozenset(Fault)
    secrets: Sequence[str] = ()
    acts = 230
    loses_tickets = True

    def __init__(self, server: S, clock: Clock, plugin: BackendPlugin, **more: Any) -> None:
        self.plugin = plugin
        self.server = server
        self.clock = clock
        self.more = more
        self.woken: list[StreamId] = []
        self._life = AsyncExitStack()
        self._port = 0

    def settings(self) -> Mapping[str, Any]:
        raise NotImplementedError

    def open(self) -> AbstractAsyncContextManager[TicketSystem]:
        settings = self.plugin.settings.model_validate(self.settings())
        return self.plugin.open(Opening("desk", settings, self.clock, wake=self.woken.append))

    async def start(self) -> None:
        self._life = AsyncExitStack()
        self._port = await self._life.enter_async_context(self.server.running(self._port))

    async def kill(self) -> None:
        """Cut every line and answer no more; what was written stays."""
        self.server.http.cut_all()
        await self._life.aclose()

    async def restart(self) -> None:
        await self.kill()
        await self.start()

    async def __aenter__(self) -> Any:
        await self.start()
        return self

    async def __aexit__(self, *error: object) -> None:
        await self.kill()

    async def plan(self, fault: Fault, case_id: str | None) -> None:
        if fault is Fault.DOWN:
            await self.kill()
            return
        planned = FAULTS[fault]
        shape = {name: getattr(planned, name) for name in ("status", "headers", "takes", "cut", "changes_only")}
        self.server.plan(_base.Fault(**shape, of=case_id or ""))

    async def mend(self) -> None:
        self.server.mend()
        await self.restart()

    def sent(self) -> bytes:
        """All heads and bodies, without the headers that are the credential."""
        hidden = ("authorization", "api_access_token")
        pieces = []
        for call in self.server.calls:
            head = {name: value for name, value in call.request.headers.items() if name not in hidden}
            pieces.append(f"{call.request.path}?{call.request.query} {head}".encode() + call.request.body)
        return b"\n".join(pieces)


def keys_in(text: str) -> Iterator[str]:
    """Yield the writes whose marks stand there; what goes with a write has a mark with a dot."""
    for mark in re.findall(MARK.pattern, text):
        if mark in KEYS:
            yield KEYS[mark]
