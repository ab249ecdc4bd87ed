"""The Zammad backend on the sandbox's Zammad."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import replace
from typing import Any

from gateway.backends import zammad
from gateway.backends._parts import mark_of
from gateway.ports import Clock, Key, Opening, TicketSystem
from gateway.sandbox.tickets import _base
from gateway.sandbox.tickets.zammad import AGENT, GATEWAY, STATES, Zammad
from gateway.testing.backends import Fault, Held, Line

TOKEN = "zammad-token-of-the-gateway"
SECRET = "what zammad signs with"
OURS = {"pending reminder": "waiting", "closed": "solved"}
FAULTS: Mapping[Fault, _base.Fault] = {
    Fault.REFUSED: _base.Fault(422, b'{"error":"Invalid value"}', changes_only=True),
    Fault.UNAUTHORIZED: _base.Fault(401),
    Fault.MOVED: _base.Fault(301, headers={"location": "https://elsewhere.example.test/"}),
    Fault.BUSY: _base.Fault(429, headers={"retry-after": "30"}, changes_only=True),
    Fault.UNAVAILABLE: _base.Fault(503),
    Fault.FAILED: _base.Fault(500, changes_only=True),
    Fault.DROPPED: _base.Fault(takes=True, cut=True, changes_only=True),
}


class ZammadHarness:
    """Zammad that can be killed and comes back with its data, as far as a server in this process can."""

    plugin = zammad.PLUGIN
    faults = frozenset(Fault)
    secrets: Sequence[str] = (TOKEN, SECRET)
    acts = 130
    loses_tickets = True

    def __init__(self, clock: Clock, **settings: Any) -> None:
        self.zammad = Zammad(clock, TOKEN)
        self.zammad.add_attribute("gatehouse_key")
        self.clock = clock
        self.woken: list[str] = []
        self._settings = settings
        self._stack = AsyncExitStack()

    async def start(self) -> None:
        """Serve."""
        await self._stack.enter_async_context(self.zammad.running(self.zammad.port))

    async def kill(self) -> None:
        """Cut every line and take no more."""
        self.zammad.http.cut_all()
        await self._stack.aclose()

    async def restart(self) -> None:
        """Serve again at the same port."""
        self._stack = AsyncExitStack()
        await self.start()

    def settings(self) -> Mapping[str, Any]:
        return {
            "url": self.zammad.url,
            "token": {"env": "TEST_ZAMMAD_TOKEN"},
            "webhook_secret": {"env": "TEST_ZAMMAD_SECRET"},
            "group": "Support",
            **self._settings,
        }

    def config(self) -> str:
        """Return the lines of `[backend]` after `kind`."""
        return (
            f'url = "{self.zammad.url}"\ntoken = {{ env = "TEST_ZAMMAD_TOKEN" }}\n'
            'webhook_secret = { env = "TEST_ZAMMAD_SECRET" }\ngroup = "Support"\npoll_secs = 1\n'
        )

    def open(self) -> AbstractAsyncContextManager[TicketSystem]:
        settings = self.plugin.settings.model_validate(self.settings())
        return self.plugin.open(Opening("desk", settings, self.clock, wake=self.woken.append))

    def _ticket(self, case_id: str) -> int:
        return int(self.zammad.by_key(case_id)["id"])

    async def held(self) -> Sequence[Held]:
        held = []
        for ticket in self.zammad.tickets.values():
            case_id = (ticket["gatehouse_key"] or "").partition("/")[0]
            keys = keys_of(case_id)
            marks = [str(each["message_id"]) for each in self.zammad.articles_of(ticket["id"])]
            set_ = [each for each in self.zammad.history if each["o_id"] == ticket["id"]]
            names = [keys[mark] for mark in marks if mark in keys]
            names += [f"state:{each['id']}" for each in set_ if each["created_by_id"] == GATEWAY]
            held += [Held(name, str(ticket["id"]), case_id) for name in names]
        return held

    async def lines(self, case_id: str) -> Sequence[Line]:
        articles = self.zammad.articles_of(self._ticket(case_id))
        return [Line(each["body"], for_agents=each["internal"]) for each in articles]

    async def files(self, case_id: str) -> Sequence[tuple[str, bytes]]:
        kept = [each for article in self.zammad.articles_of(self._ticket(case_id)) for each in article["attachments"]]
        return [(each["filename"], self.zammad.files[each["id"]]) for each in kept]

    async def lose(self, case_id: str) -> None:
        self.zammad.delete(self._ticket(case_id))

    async def state(self, case_id: str) -> str:
        name = STATES[self.zammad.by_key(case_id)["state_id"]]
        return OURS.get(name, name)

    async def plan(self, fault: Fault, case_id: str | None) -> None:
        if fault is Fault.DOWN:
            await self.kill()
            return
        self.zammad.plan(replace(FAULTS[fault], of=case_id or ""))

    async def mend(self) -> None:
        self.zammad.mend()
        await self.kill()
        await self.restart()

    def sent(self) -> bytes:
        return b"\n".join(seen(call) for call in self.zammad.calls)

    def forged(self) -> int:
        return sum(call.status == 401 for call in self.zammad.calls)

    async def act(self, case_id: str, kind: str, text: str) -> None:
        ticket = self._ticket(case_id)
        if kind in ("replied", "noted"):
            self.zammad.reply(ticket, text, internal=kind == "noted")
        else:
            self.zammad.set_state(ticket, "closed" if kind == "solved" else "open", AGENT)

    async def answer(self, case_id: str, text: str, files: Sequence[tuple[str, bytes]]) -> None:
        self.zammad.reply(self._ticket(case_id), text, files)


def keys_of(case_id: str) -> Mapping[str, str]:
    """Return the keys of a case's writes in the contract by the marks of their first parts."""
    keys = [f"support:m{int(case_id[-5:] or 0)}:ticket:{step}" for step in "abcd"]
    return {mark_of(Key(key)): key for key in keys}


def seen(call: _base.Call) -> bytes:
    """Return a call without the header that is its credential."""
    headers = {name: value for name, value in call.request.headers.items() if name != "authorization"}
    head = f"{call.request.method} {call.request.path}?{call.request.query} {json.dumps(headers)}"
    return head.encode() + call.request.body


@asynccontextmanager
async def zammad_harness(clock: Clock, **settings: Any) -> AsyncIterator[ZammadHarness]:
    """Start a Zammad and the harness on it; needs TEST_ZAMMAD_TOKEN and TEST_ZAMMAD_SECRET in the environment."""
    harness = ZammadHarness(clock, **settings)
    await harness.start()
    try:
        yield harness
    finally:
        await harness.kill()
