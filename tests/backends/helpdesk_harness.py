"""The django-helpdesk backend on a real django-helpdesk, behind a proxy that makes calls go wrong."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import httpx

from gateway.backends import django_helpdesk
from gateway.backends._parts import mark_of
from gateway.backends.django_helpdesk import texts
from gateway.ports import Clock, Key, Opening, TicketSystem
from gateway.testing.backends import Fault, Held, Line
from tests.backends.fault_proxy import FaultProxy
from tests.backends.helpdesk_server import DjangoHelpdesk

OURS = {1: "open", 2: "open", 3: "solved", 4: "solved"}


class HelpdeskHarness:
    """A desk whose agents work over the same interface, as themselves."""

    plugin = django_helpdesk.PLUGIN
    faults = frozenset(Fault)
    acts = 104
    loses_tickets = True

    def __init__(self, server: DjangoHelpdesk, proxy: FaultProxy, clock: Clock, **settings: Any) -> None:
        self.server = server
        self.proxy = proxy
        self.clock = clock
        self.secrets: Sequence[str] = (server.token("gateway"),)
        self._settings = settings
        self.agent = self.person("agent")

    async def start(self) -> None:
        """Serve."""
        await self.proxy.start()
        await asyncio.to_thread(self.server.restart)

    async def close(self) -> None:
        """End all."""
        await self.agent.aclose()
        await self.kill()

    async def kill(self) -> None:
        """End the server at once."""
        await asyncio.to_thread(self.server.kill)

    async def restart(self) -> None:
        """Serve again, on the same data."""
        await asyncio.to_thread(self.server.restart)

    def person(self, name: str) -> httpx.AsyncClient:
        """Return a client that is this person, past the proxy."""
        return httpx.AsyncClient(
            base_url=f"http://127.0.0.1:{self.server.port}/api",
            headers={"authorization": f"Token {self.server.token(name)}"},
            trust_env=False,
            verify=False,  # noqa: S501 - it is on this machine
            timeout=20,
        )

    def settings(self) -> Mapping[str, Any]:
        return {
            "url": self.proxy.url,
            "token": {"env": "TEST_HELPDESK_TOKEN"},
            "queue": self.server.seeded["queue"],
            "extensions": [".txt", ".pdf", ".jpg", ".png", ".eml", ".bin"],
            **self._settings,
        }

    def config(self) -> str:
        """Return the lines of `[backend]` after `kind`."""
        return (
            f'url = "{self.proxy.url}"\ntoken = {{ env = "TEST_HELPDESK_TOKEN" }}\n'
            f"queue = {self.server.seeded['queue']}\npoll_secs = 1\n"
            'extensions = [".txt", ".pdf", ".jpg", ".png", ".eml", ".bin"]\n'
        )

    def open(self) -> AbstractAsyncContextManager[TicketSystem]:
        settings = self.plugin.settings.model_validate(self.settings())
        return self.plugin.open(Opening("desk", settings, self.clock))

    def ticket(self, case_id: str) -> int:
        """Return the number of a case's newest ticket."""
        rows = self.server.rows(
            "select max(v.ticket_id) from helpdesk_ticketcustomfieldvalue v join helpdesk_customfield f "
            "on f.id = v.field_id where f.name = 'external_key' and (v.value = ? or v.value like ? || '/%')",
            case_id,
            case_id,
        )
        return int(rows[0][0])

    async def held(self) -> Sequence[Held]:
        held = []
        rows = self.server.rows("select id, ticket_id, comment from helpdesk_followup order by id")
        gone = {ticket for _, ticket, said in rows if (ours := texts.read_mark(said)) and ours.mark == texts.GIVEN_UP}
        for number, ticket, said in rows:
            ours = texts.read_mark(said)
            if ours is None or ticket in gone:
                continue
            case_id = ours.key.partition("/")[0]
            name = f"state:{number}" if ours.mark == texts.STATE else keys_of(case_id).get(ours.mark)
            if name is not None:
                held.append(Held(name, str(ticket), case_id))
        return held

    async def lines(self, case_id: str) -> Sequence[Line]:
        rows = self.server.rows(
            "select comment, public from helpdesk_followup where ticket_id = ? order by id", self.ticket(case_id)
        )
        marks = [(texts.read_mark(said), said, public) for said, public in rows if said]
        return [
            Line(ours.text if ours else said, for_agents=not public)
            for ours, said, public in marks
            if ours is None or ours.mark != texts.STATE
        ]

    async def files(self, case_id: str) -> Sequence[tuple[str, bytes]]:
        rows = self.server.rows(
            "select a.filename, a.file from helpdesk_followupattachment a join helpdesk_followup f "
            "on f.id = a.followup_id where f.ticket_id = ?",
            self.ticket(case_id),
        )
        return [(name, (self.server.home / "media" / file).read_bytes()) for name, file in rows]

    async def lose(self, case_id: str) -> None:
        (await self.agent.delete(f"/tickets/{self.ticket(case_id)}/")).raise_for_status()

    async def state(self, case_id: str) -> str:
        status = self.server.rows("select status from helpdesk_ticket where id = ?", self.ticket(case_id))[0][0]
        return OURS.get(status, str(status))

    async def plan(self, fault: Fault, case_id: str | None) -> None:
        await self.proxy.plan(fault, case_id)

    async def mend(self) -> None:
        await self.proxy.mend()

    def sent(self) -> bytes:
        return self.proxy.sent()

    def forged(self) -> int:
        return sum(call.status in (401, 403) for call in self.proxy.calls)

    async def act(self, case_id: str, kind: str, text: str) -> None:
        said = {"ticket": self.ticket(case_id), "public": kind == "replied"}
        if kind in ("replied", "noted"):
            await self.follow_up({**said, "comment": text})
        else:
            await self.follow_up({**said, "new_status": 4 if kind == "solved" else 2})

    async def follow_up(self, said: Mapping[str, Any]) -> int:
        """Add a follow-up as the agent; return its number."""
        return int((await self.agent.post("/followups/", json=said)).raise_for_status().json()["id"])

    async def answer(self, case_id: str, text: str, files: Sequence[tuple[str, bytes]]) -> None:
        said = {"ticket": str(self.ticket(case_id)), "public": "true", "comment": text}
        form = [("attachments", (name, data, "application/octet-stream")) for name, data in files]
        if files:
            (await self.agent.post("/followups/", data=said, files=form)).raise_for_status()
        else:
            await self.act(case_id, "replied", text)


def keys_of(case_id: str) -> Mapping[str, str]:
    """Return the keys of a case's writes in the contract by the marks of their first parts."""
    keys = [f"support:m{int(case_id[-5:] or 0)}:ticket:{step}" for step in "abcd"]
    return {mark_of(Key(key)): key for key in keys}


@asynccontextmanager
async def helpdesk_harness(folder: Path, clock: Clock, **settings: Any) -> AsyncIterator[HelpdeskHarness]:
    """Start a django-helpdesk and the harness on it; the test puts its token into the environment."""
    proxy = FaultProxy(0)
    async with proxy.running():
        server = await asyncio.to_thread(DjangoHelpdesk, folder)
        proxy.target = server.port
        harness = HelpdeskHarness(server, proxy, clock, **settings)
        await harness.start()
        try:
            yield harness
        finally:
            await harness.close()
