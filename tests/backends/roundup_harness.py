"""The Roundup backend on a real Roundup tracker, behind a proxy that makes calls go wrong."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import httpx

from gateway.backends import roundup
from gateway.backends._parts import mark_of
from gateway.ports import Clock, Key, Opening, TicketSystem
from gateway.testing.backends import Fault, Held, Line
from tests.backends.fault_proxy import FaultProxy
from tests.backends.roundup_server import Roundup

PASSWORD = "gateway-secret"
OURS = {"unread": "open", "chatting": "waiting", "resolved": "solved"}


class RoundupHarness:
    """A tracker that agents work in over the same interface, as themselves."""

    plugin = roundup.PLUGIN
    faults = frozenset(Fault)
    secrets: Sequence[str] = (PASSWORD,)
    acts = 104
    loses_tickets = True

    def __init__(self, server: Roundup, proxy: FaultProxy, clock: Clock, **settings: Any) -> None:
        self.server = server
        self.proxy = proxy
        self.clock = clock
        self._settings = settings
        self._agent = self.person("agent")

    async def start(self) -> None:
        """Serve; the proxy keeps its port, which the tracker knows as its own address."""
        await self.proxy.start()
        await asyncio.to_thread(self.server.restart)

    async def close(self) -> None:
        """End all."""
        await self._agent.aclose()
        await self.kill()

    async def kill(self) -> None:
        """End the server at once."""
        await asyncio.to_thread(self.server.kill)

    async def restart(self) -> None:
        """Serve again, on the same data."""
        await asyncio.to_thread(self.server.restart)

    def settings(self) -> Mapping[str, Any]:
        return {
            "url": self.proxy.url,
            "user": "gateway",
            "password": {"env": "TEST_ROUNDUP_PASSWORD"},
            **self._settings,
        }

    def config(self) -> str:
        """Return the lines of `[backend]` after `kind`."""
        return (
            f'url = "{self.proxy.url}"\nuser = "gateway"\npassword = {{ env = "TEST_ROUNDUP_PASSWORD" }}\n'
            "poll_secs = 1\n"
        )

    def open(self) -> AbstractAsyncContextManager[TicketSystem]:
        settings = self.plugin.settings.model_validate(self.settings())
        return self.plugin.open(Opening("desk", settings, self.clock))

    def issue(self, case_id: str) -> int:
        """Return the number of a case's newest issue, retired or not."""
        rows = self.server.rows(
            "select max(id) from _issue where _external_key = ? or _external_key like ? || '/%'", case_id, case_id
        )
        return int(rows[0][0])

    async def held(self) -> Sequence[Held]:
        held = []
        for ticket, key in self.server.rows("select id, _external_key from _issue order by id"):
            case_id = str(key).partition("/")[0]
            if "~" in case_id:
                continue
            keys = keys_of(case_id)
            marks = [mark for _, mark, _ in self.messages(ticket)]
            names = [keys[mark] for mark in marks if mark in keys]
            query = "select id from _gatehouse_act where _issue = ? and _now is not null and _creator = 3"
            names += [f"state:{number}" for (number,) in self.server.rows(query, ticket)]
            held += [Held(name, str(ticket), case_id) for name in names]
        return held

    def messages(self, ticket: int) -> Sequence[tuple[int, str, bool]]:
        """Return number, mark and publicity of an issue's messages."""
        return [
            (number, str(mark), bool(public))
            for number, mark, public in self.server.rows(
                "select m.id, m._mark, m._public from issue_messages i join _msg m on m.id = i.linkid "
                "where i.nodeid = ? order by m.id",
                ticket,
            )
        ]

    async def lines(self, case_id: str) -> Sequence[Line]:
        return [
            Line(self.server.content("msg", number).decode(), for_agents=not public)
            for number, _, public in self.messages(self.issue(case_id))
        ]

    async def files(self, case_id: str) -> Sequence[tuple[str, bytes]]:
        rows = self.server.rows(
            "select f.id, f._name from issue_files i join _file f on f.id = i.linkid where i.nodeid = ?",
            self.issue(case_id),
        )
        return [(str(name), self.server.content("file", number)) for number, name in rows]

    async def lose(self, case_id: str) -> None:
        async with self.person("admin") as person:
            path, headers = await self._tagged(person, case_id)
            (await person.delete(path, headers=headers)).raise_for_status()

    async def state(self, case_id: str) -> str:
        query = "select s._name from _issue i join _status s on s.id = i._status where i.id = ?"
        name = str(self.server.rows(query, self.issue(case_id))[0][0])
        return OURS.get(name, name)

    async def plan(self, fault: Fault, case_id: str | None) -> None:
        await self.proxy.plan(fault, case_id)

    async def mend(self) -> None:
        await self.proxy.mend()

    def sent(self) -> bytes:
        return self.proxy.sent()

    def forged(self) -> int:
        return sum(call.status == 401 for call in self.proxy.calls)

    async def act(self, case_id: str, kind: str, text: str) -> None:
        if kind in ("replied", "noted"):
            await self._say(case_id, text, public=kind == "replied")
        else:
            await self.change(case_id, {"status": "resolved" if kind == "solved" else "chatting"})

    async def answer(self, case_id: str, text: str, files: Sequence[tuple[str, bytes]]) -> None:
        numbers = []
        for name, data in files:
            form = {"content": (name, data, "application/octet-stream")}
            about = {"name": name, "type": "application/octet-stream"}
            numbers.append(_id(await self._agent.post("/file", files=form, data=about)))
        await self._say(case_id, text, public=True, files=numbers)

    async def _say(self, case_id: str, text: str, *, public: bool, files: Sequence[str] = ()) -> None:
        """Do what the tracker's page does: a message, and both it and files onto the issue in one change."""
        message = {"content": text, "author": "agent", "date": ".", **({"public": True} if public else {})}
        number = _id(await self._agent.post("/msg", json=message))
        await self.change(case_id, {"@op": "add", "messages": [number], "files": list(files)})

    async def change(self, case_id: str, data: Mapping[str, Any]) -> None:
        """Change a case's issue as an agent, who looks again when somebody else was faster."""
        for _ in range(50):
            path, headers = await self._tagged(self._agent, case_id)
            answer = await self._agent.patch(path, json=data, headers=headers)
            if answer.status_code != 412:
                break
        answer.raise_for_status()

    async def _tagged(self, person: httpx.AsyncClient, case_id: str) -> tuple[str, Mapping[str, str]]:
        path = f"/issue/{self.issue(case_id)}"
        return path, {"if-match": (await person.get(path)).json()["data"]["@etag"]}

    def web(self, user: str) -> httpx.AsyncClient:
        """Return a browser that is this user, past the proxy."""
        return httpx.AsyncClient(
            base_url=f"http://127.0.0.1:{self.server.port}",
            auth=(user, f"{user}-secret"),
            headers={"host": self.proxy.url.removeprefix("http://"), "referer": f"{self.proxy.url}/"},
            trust_env=False,
            verify=False,  # noqa: S501 - it is on this machine
            timeout=20,
        )

    def person(self, user: str) -> httpx.AsyncClient:
        """Return a client that is this user, past the proxy."""
        return httpx.AsyncClient(
            base_url=f"http://127.0.0.1:{self.server.port}/rest/data",
            auth=(user, f"{user}-secret"),
            headers={
                "host": self.proxy.url.removeprefix("http://"),
                "x-requested-with": "rest",
                "referer": f"{self.proxy.url}/",
                "origin": self.proxy.url,
            },
            trust_env=False,
            verify=False,  # noqa: S501 - it is on this machine
            timeout=20,
        )


def _id(answer: httpx.Response) -> str:
    return str(answer.raise_for_status().json()["data"]["id"])


def keys_of(case_id: str) -> Mapping[str, str]:
    """Return the keys of a case's writes in the contract by the marks of their first parts."""
    keys = [f"support:m{int(case_id[-5:] or 0)}:ticket:{step}" for step in "abcd"]
    return {mark_of(Key(key)): key for key in keys}


@asynccontextmanager
async def roundup_harness(folder: Path, clock: Clock, **settings: Any) -> AsyncIterator[RoundupHarness]:
    """Start a tracker and the harness on it; needs TEST_ROUNDUP_PASSWORD in the environment."""
    proxy = FaultProxy(0)
    async with proxy.running():
        server = await asyncio.to_thread(Roundup, folder, proxy.url)
        proxy.target = server.port
        harness = RoundupHarness(server, proxy, clock, **settings)
        await harness.start()
        try:
            yield harness
        finally:
            await harness.close()
