"""The Redmine backend on a real Redmine, behind a proxy that makes calls go wrong."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import httpx

from gateway.backends._parts import mark_of
from gateway.backends.redmine import PLUGIN
from gateway.ports import BackendPlugin, Clock, Key, Opening, TicketSystem
from gateway.testing.backends import Fault, Held, Line, make_write
from tests.backends.fault_proxy import FaultProxy
from tests.backends.redmine_server import Redmine

KEY = "TEST_REDMINE_KEY"
OTHER_KEYS = {"limited": "TEST_REDMINE_LIMITED_KEY", "nobody": "TEST_REDMINE_NO_KEY"}
"""Of users who lack what our user needs."""
STATES = {"Feedback": "waiting", "Resolved": "solved", "Closed": "solved", "Rejected": "solved"}
IN_PROGRESS, RESOLVED, CLOSED = 2, 3, 5

_TICKETS = (
    "select i.id from issues i join custom_values v on v.customized_id = i.id and v.customized_type = 'Issue' "
    "where v.custom_field_id = ? and (v.value = ? or v.value like ? || '/%') order by i.id"
)


def secrets_in(environ: Any, redmine: Redmine) -> None:
    """Put what the settings name into the environment: a monkeypatch's `setenv`, or a mapping."""
    values = {KEY: redmine.seeded.key("gateway"), OTHER_KEYS["limited"]: redmine.seeded.key("limited")}
    for name, value in {**values, OTHER_KEYS["nobody"]: "0" * 40}.items():
        environ.setenv(name, value) if hasattr(environ, "setenv") else environ.__setitem__(name, value)


def unfenced(text: str) -> str:
    """Return a text as it was before the backend fenced it."""
    plain = text.replace("\r\n", "\n")
    if plain.startswith("<pre>\n") and plain.endswith("\n</pre>"):
        return plain.removeprefix("<pre>\n").removesuffix("\n</pre>").replace("<\u200b", "<")
    return plain


class RedmineHarness:
    """The backend, its Redmine, and an agent who works there by its own API."""

    faults = frozenset(Fault)
    acts = 60
    loses_tickets = True

    def __init__(
        self, redmine: Redmine, clock: Clock, plugin: BackendPlugin = PLUGIN, *, records: bool = True, **settings: Any
    ) -> None:
        self.plugin = plugin
        self.redmine = redmine
        self.proxy = FaultProxy(redmine.port, records=records)
        self.secrets: Sequence[str] = (redmine.seeded.key("gateway"),)
        self._clock = clock
        self._settings = settings

    def settings(self) -> Mapping[str, Any]:
        fields = self.redmine.seeded.fields
        return {
            "url": self.proxy.url,
            "api_key": {"env": KEY},
            "project": "intake",
            "key_field": fields["key"],
            "mark_field": fields["mark"],
            "requester_field": fields["requester"],
            **self._settings,
        }

    def config(self) -> str:
        """Return the lines of `[backend]` after `kind`."""
        fields = self.redmine.seeded.fields
        key = self.redmine.home / "gateway.key"
        key.touch(mode=0o600)
        key.write_text(self.redmine.seeded.key("gateway"))
        return (
            f'url = "{self.proxy.url}"\napi_key = {{ file = "{key}" }}\nproject = "intake"\n'
            f"key_field = {fields['key']}\nmark_field = {fields['mark']}\npoll_secs = 3\n"
        )

    def open(self) -> AbstractAsyncContextManager[TicketSystem]:
        settings = self.plugin.settings.model_validate(self.settings())
        return self.plugin.open(Opening("desk", settings, self._clock))

    async def start(self) -> None:
        """Listen before the server, which runs."""
        await self.proxy.start()

    async def kill(self) -> None:
        """End the server at once."""
        await asyncio.to_thread(self.redmine.kill)

    async def restart(self) -> None:
        """Let the server serve the same data on the same port."""
        await asyncio.to_thread(self.redmine.restart)

    def tickets(self, case_id: str) -> list[int]:
        """Return the issues of a case, oldest first."""
        return [row[0] for row in self.redmine.rows(_TICKETS, self.redmine.seeded.fields["key"], case_id, case_id)]

    async def held(self) -> Sequence[Held]:
        fields = self.redmine.seeded.fields
        query = (
            "select customized_id, value from custom_values "
            "where customized_type = 'Issue' and custom_field_id = ? and value <> '' order by customized_id"
        )
        found = []
        for issue, key in self.redmine.rows(query, fields["key"]):
            case_id = key.partition("/")[0]
            # What goes with a write for agents alone (mark 1) is not held apart from it.
            keys = [_KEYS.get(mark, mark) for mark in self._marks(issue) if not mark.endswith(".1")]
            found += [Held(each, str(issue), case_id) for each in (*keys, *self._states(issue))]
        return found

    def _marks(self, issue: int) -> list[str]:
        """Return the marks on an issue, each as often as it was written."""
        field = self.redmine.seeded.fields["mark"]
        details = self.redmine.rows(
            "select d.old_value, d.value from journal_details d join journals j on j.id = d.journal_id "
            "where j.journalized_id = ? and d.property = 'cf' and d.prop_key = ? order by d.id",
            issue,
            str(field),
        )
        if details:
            return [details[0][0], *(value for _, value in details)]
        query = (
            "select value from custom_values "
            "where customized_type = 'Issue' and customized_id = ? and custom_field_id = ?"
        )
        return [row[0] for row in self.redmine.rows(query, issue, field)]

    def _states(self, issue: int) -> list[str]:
        """Return a name for each time that the gateway has changed an issue's status."""
        changes = self.redmine.rows(
            "select d.id from journal_details d join journals j on j.id = d.journal_id "
            "where j.journalized_id = ? and j.user_id = ? and d.property = 'attr' and d.prop_key = 'status_id'",
            issue,
            self._us,
        )
        return [f"state {row[0]}" for row in changes]

    @property
    def _us(self) -> int:
        return int(self.redmine.seeded.users["gateway"]["id"])

    async def lines(self, case_id: str) -> Sequence[Line]:
        found = []
        for issue in self.tickets(case_id):
            ((text,),) = self.redmine.rows("select description from issues where id = ?", issue)
            notes = "select notes, private_notes from journals where journalized_id = ? and user_id = ? order by id"
            rows = [(text, 0), *self.redmine.rows(notes, issue, self._us)]
            found += [Line(unfenced(text), for_agents=bool(private)) for text, private in rows if text]
        return found

    async def files(self, case_id: str) -> Sequence[tuple[str, bytes]]:
        found = []
        for issue in self.tickets(case_id):
            rows = self.redmine.rows(
                "select filename, disk_directory, disk_filename from attachments "
                "where container_type = 'Issue' and container_id = ? and author_id = ? order by id",
                issue,
                self._us,
            )
            for name, folder, kept in rows:
                found.append((name, (self.redmine.home / "files" / folder / kept).read_bytes()))
        return found

    async def lose(self, case_id: str) -> None:
        async with self.agent() as agent:
            for issue in self.tickets(case_id):
                (await agent.delete(f"/issues/{issue}.json")).raise_for_status()

    async def state(self, case_id: str) -> str:
        query = "select s.name from issues i join issue_statuses s on s.id = i.status_id where i.id = ?"
        return STATES.get(self.redmine.rows(query, self.tickets(case_id)[-1])[0][0], "open")

    async def plan(self, fault: Fault, case_id: str | None) -> None:
        await self.proxy.plan(fault, case_id)

    async def mend(self) -> None:
        await self.proxy.mend()

    def sent(self) -> bytes:
        return self.proxy.sent(without=("x-redmine-api-key",))

    def forged(self) -> int:
        ours = self.redmine.seeded.key("gateway")
        return sum(call.headers.get("x-redmine-api-key") != ours for call in self.proxy.calls)

    @asynccontextmanager
    async def agent(self, user: str = "agent") -> AsyncIterator[httpx.AsyncClient]:
        """Open a client of Redmine's API for one of its users."""
        headers = {"x-redmine-api-key": self.redmine.seeded.key(user)}
        async with httpx.AsyncClient(base_url=self.redmine.url, headers=headers, trust_env=False, timeout=30) as client:
            yield client

    async def change(self, case_id: str, user: str = "agent", **change: Any) -> None:
        """Change a case's ticket as one of Redmine's users."""
        async with self.agent(user) as agent:
            answer = await agent.put(f"/issues/{self.tickets(case_id)[-1]}.json", json={"issue": change})
            assert answer.status_code == 204, answer.text

    async def act(self, case_id: str, kind: str, text: str) -> None:
        match kind:
            case "replied" | "noted":
                await self.change(case_id, notes=text, private_notes=kind == "noted")
            case "solved":
                await self.change(case_id, status_id=RESOLVED)
            case _:
                await self.change(case_id, status_id=IN_PROGRESS)

    async def answer(self, case_id: str, text: str, files: Sequence[tuple[str, bytes]] = ()) -> None:
        """Write an agent's public reply with files."""
        uploads = [await self.upload(name, data) for name, data in files]
        await self.change(case_id, notes=text, uploads=uploads)

    async def upload(self, name: str, data: bytes) -> dict[str, str]:
        """Upload a file as the agent; return what to name it by."""
        kind = {"content-type": "application/octet-stream"}
        async with self.agent() as agent:
            answer = await agent.post("/uploads.json", params={"filename": name}, content=data, headers=kind)
            answer.raise_for_status()
        return {"token": answer.json()["upload"]["token"], "filename": name}


_KEYS: Mapping[str, Key] = {
    mark_of(write.key, number): write.key
    for number in (0, 9)
    for write in (make_write(case, step) for case in range(1, 41) for step in "abcd")
}
"""The write that a mark stands for, among all that tests make."""


@asynccontextmanager
async def redmine_harness(
    redmine: Redmine, clock: Clock, plugin: BackendPlugin = PLUGIN, **settings: Any
) -> AsyncIterator[RedmineHarness]:
    """Empty a running Redmine and open the harness on it; needs its key in the environment."""
    redmine.empty()
    harness = RedmineHarness(redmine, clock, plugin, **settings)
    async with harness.proxy.running():
        yield harness
