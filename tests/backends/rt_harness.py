"""The Request Tracker backend on a real RT 5, behind a proxy that makes calls go wrong."""

from __future__ import annotations

import asyncio
import base64
import json
import quopri
import re
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import httpx

from gateway.backends._parts import mark_of
from gateway.backends.rt import PLUGIN
from gateway.ports import BackendPlugin, Clock, Key, Opening, TicketSystem
from gateway.testing.backends import Fault, Held, Line, make_write
from tests.backends.fault_proxy import FaultProxy
from tests.backends.rt_server import RequestTracker

TOKEN = "TEST_RT_TOKEN"
STATES = {"stalled": "waiting", "resolved": "solved", "rejected": "solved"}

_MARK = re.compile(r'gatehouse-mark="(gh:[0-9a-f]{16}(?:\.[0-9])?)"')
_TICKETS = (
    "select t.id, t.EffectiveId, t.Status, v.Content from Tickets t "
    "join ObjectCustomFieldValues v on v.ObjectType = 'RT::Ticket' and v.ObjectId = t.id and v.Disabled = 0 "
    "join CustomFields f on f.id = v.CustomField where f.Name = ? and v.Content not like 'retired-%' order by t.id"
)
_PARTS = (
    "select a.Headers, a.Filename, a.Content, a.ContentEncoding, a.ContentType, x.Type from Attachments a "
    "join Transactions x on x.id = a.TransactionId where x.ObjectType = 'RT::Ticket' and x.ObjectId = ? "
    "and x.Creator = ? order by a.id"
)


def bytes_of(content: Any, encoding: str) -> bytes:
    """Return an attachment's bytes as RT keeps them."""
    raw = content.encode() if isinstance(content, str) else bytes(content or b"")
    match encoding:
        case "base64":
            return base64.b64decode(raw)
        case "quoted-printable":
            return quopri.decodestring(raw)
        case _:
            return raw


class RtHarness:
    """The backend, its RT, and an agent who works there by REST2."""

    faults = frozenset(Fault)
    acts = 30
    loses_tickets = True

    def __init__(self, server: RequestTracker, clock: Clock, plugin: BackendPlugin = PLUGIN, **settings: Any) -> None:
        self.plugin = plugin
        self.server = server
        self.proxy = FaultProxy(server.port)
        self.secrets: Sequence[str] = (server.token("gateway"),)
        self._clock = clock
        self._settings = settings

    def settings(self) -> Mapping[str, Any]:
        return {"url": self.proxy.url, "token": {"env": TOKEN}, "queue": "Intake", **self._settings}

    def config(self) -> str:
        """Return the lines of `[backend]` after `kind`."""
        return f'url = "{self.proxy.url}"\ntoken = {{ env = "{TOKEN}" }}\nqueue = "Intake"\npoll_secs = 1\n'

    def open(self) -> AbstractAsyncContextManager[TicketSystem]:
        settings = self.plugin.settings.model_validate(self.settings())
        return self.plugin.open(Opening("desk", settings, self._clock))

    async def start(self) -> None:
        """Listen before the server, which runs."""
        await self.proxy.start()

    async def kill(self) -> None:
        """End the server at once."""
        await asyncio.to_thread(self.server.kill)

    async def restart(self) -> None:
        """Let the server serve the same data on the same port."""
        await asyncio.to_thread(self.server.restart)

    def _rows(self) -> list[tuple[Any, ...]]:
        return self.server.rows(_TICKETS, self._settings.get("key_field", "ExternalKey"))

    def tickets(self, case_id: str) -> list[int]:
        """Return the tickets of a case, oldest first; deleted ones, too."""
        return [row[0] for row in self._rows() if row[3].partition("/")[0] == case_id]

    def _parts(self, ticket: int) -> list[tuple[Any, ...]]:
        return self.server.rows(_PARTS, ticket, self.server.id_of("gateway"))

    async def held(self) -> Sequence[Held]:
        found = []
        for ticket, effective, _, key in self._rows():
            marks = [mark for part in self._parts(ticket) if not part[1] for mark in _MARK.findall(part[0] or "")]
            turns = self.server.rows(
                "select id from Transactions where ObjectType = 'RT::Ticket' and ObjectId = ? and Type = 'Status' "
                "and Creator = ?",
                ticket,
                self.server.id_of("gateway"),
            )
            keys = [_KEYS.get(mark, mark) for mark in marks] + [f"state {row[0]}" for row in turns]
            found += [Held(each, str(effective), key.partition("/")[0]) for each in keys]
        return found

    async def lines(self, case_id: str) -> Sequence[Line]:
        found = []
        for ticket in self.tickets(case_id):
            for _, name, content, encoding, kind, act in self._parts(ticket):
                if not name and kind == "text/plain":
                    text = bytes_of(content, encoding).decode()
                    found.append(Line(text, for_agents=act == "Comment"))
        return found

    async def files(self, case_id: str) -> Sequence[tuple[str, bytes]]:
        parts = [part for ticket in self.tickets(case_id) for part in self._parts(ticket)]
        return [(name, bytes_of(content, encoding)) for _, name, content, encoding, _, _ in parts if name]

    async def lose(self, case_id: str) -> None:
        async with self.agent() as agent:
            (await agent.delete(f"/ticket/{self.tickets(case_id)[-1]}")).raise_for_status()

    async def state(self, case_id: str) -> str:
        return STATES.get(self.status(self.tickets(case_id)[-1]), "open")

    def status(self, ticket: int) -> str:
        """Return a ticket's status in RT's own words."""
        return str(self.server.rows("select Status from Tickets where id = ?", ticket)[0][0])

    async def plan(self, fault: Fault, case_id: str | None) -> None:
        await self.proxy.plan(fault, case_id)

    async def mend(self) -> None:
        await self.proxy.mend()

    def sent(self) -> bytes:
        return self.proxy.sent()

    def forged(self) -> int:
        proof = f"token {self.server.token('gateway')}"
        return sum(call.headers.get("authorization") != proof for call in self.proxy.calls)

    @asynccontextmanager
    async def agent(self, user: str = "agent") -> AsyncIterator[httpx.AsyncClient]:
        """Open a client of REST2 for one of RT's users."""
        headers = {"authorization": f"token {self.server.token(user)}"}
        base = f"{self.server.url}/REST/2.0"
        async with httpx.AsyncClient(base_url=base, headers=headers, trust_env=False, timeout=30) as client:
            yield client

    async def say(
        self,
        ticket: int,
        text: str,
        files: Sequence[tuple[str, bytes]] = (),
        *,
        act: str = "correspond",
        user: str = "agent",
        kind: str = "text/plain",
    ) -> None:
        """Reply to or comment on a ticket as one of RT's users."""
        # As JSON, RT fails on a file's name that is not ASCII.
        told = json.dumps({"Content": text, "ContentType": kind})
        form: list[Any] = [("JSON", (None, told, "application/json"))]
        form += [("Attachments", (name, data, "application/octet-stream")) for name, data in files]
        async with self.agent(user) as agent:
            answer = await agent.post(f"/ticket/{ticket}/{act}", files=form)
            assert answer.status_code == 201, answer.text

    async def change(self, ticket: int, **change: Any) -> None:
        """Change a ticket as the agent."""
        async with self.agent() as agent:
            (await agent.put(f"/ticket/{ticket}", json=change)).raise_for_status()

    async def act(self, case_id: str, kind: str, text: str) -> None:
        ticket = self.tickets(case_id)[-1]
        match kind:
            case "replied":
                await self.say(ticket, text)
            case "noted":
                await self.say(ticket, text, act="comment")
            case "solved":
                await self.change(ticket, Status="resolved")
            case _:
                await self.change(ticket, Status="open")

    async def answer(self, case_id: str, text: str, files: Sequence[tuple[str, bytes]] = ()) -> None:
        """Write an agent's public reply with files."""
        await self.say(self.tickets(case_id)[-1], text, files)


_KEYS: Mapping[str, Key] = {
    mark_of(write.key, number): write.key
    for number in (0, 9)
    for write in (make_write(case, step) for case in range(1, 41) for step in "abcd")
}
"""The write that a mark stands for, among all that tests make."""


@asynccontextmanager
async def rt_harness(
    server: RequestTracker, clock: Clock, plugin: BackendPlugin = PLUGIN, **settings: Any
) -> AsyncIterator[RtHarness]:
    """Open the harness on a running RT whose tickets are nobody's any more; needs the token in the environment."""
    server.retire()
    harness = RtHarness(server, clock, plugin, **settings)
    async with harness.proxy.running():
        yield harness
