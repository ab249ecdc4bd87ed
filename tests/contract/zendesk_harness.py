"""The Zendesk backend on the sandbox's Zendesk."""

from __future__ import annotations

import base64
import re
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import replace
from typing import Any

from gateway.backends import zendesk
from gateway.backends._parts import mark_of
from gateway.ports import BackendPlugin, Clock, Key, Opening, TicketSystem
from gateway.sandbox.tickets import _base
from gateway.sandbox.tickets.zendesk import Push, ZendeskServer
from gateway.sandbox.tickets.zendesk._desk import Ticket
from gateway.testing.backends import Fault, Held, Line
from tests.conftest import ManualClock
from tests.openapi import OpenApi

TOKEN = "zendesk-token-of-the-gateway"
SECRET = "c2lnbmluZy1zZWNyZXQtb2YtYS13ZWJob29r"
OURS = {"pending": "waiting"}
FAULTS: Mapping[Fault, _base.Fault] = {
    Fault.REFUSED: _base.Fault(422, b'{"error":"RecordInvalid","details":{}}', changes_only=True),
    Fault.UNAUTHORIZED: _base.Fault(401, b'{"error":"Couldn\'t authenticate you"}'),
    Fault.MOVED: _base.Fault(301, headers={"location": "https://elsewhere.example.test/"}),
    Fault.BUSY: _base.Fault(429, headers={"retry-after": "30"}, changes_only=True),
    Fault.UNAVAILABLE: _base.Fault(503),
    Fault.FAILED: _base.Fault(500, changes_only=True),
    Fault.DROPPED: _base.Fault(takes=True, cut=True, changes_only=True),
}
UNDESCRIBED = ("POST /api/v2/uploads",)
"""Calls of whose bodies the document says nothing: an upload's is the file itself."""
ELSEWHERE = re.compile(r"/api/v2/webhooks(/.*)?|/attachments/.*")
"""Calls that the document does not know: webhooks have a document of their own, files are given out by address."""


class ZendeskHarness:
    """Zendesk that can be killed and comes back with its data, as far as a server in this process can."""

    faults = frozenset(Fault)
    secrets: Sequence[str] = (TOKEN, SECRET)
    acts = 130
    loses_tickets = True

    def __init__(
        self, clock: Clock, plugin: BackendPlugin = zendesk.PLUGIN, *, page: int = 100, **settings: Any
    ) -> None:
        self.plugin = plugin
        self.zendesk = ZendeskServer(clock, TOKEN, page=page)
        self.clock = clock
        self.woken: list[str] = []
        self._settings = settings
        self._stack = AsyncExitStack()

    async def start(self) -> None:
        """Serve."""
        await self._stack.enter_async_context(self.zendesk.running(self.zendesk.port))

    async def kill(self) -> None:
        """Cut every line and take no more."""
        self.zendesk.http.cut_all()
        await self._stack.aclose()

    async def restart(self) -> None:
        """Serve again at the same port."""
        self._stack = AsyncExitStack()
        await self.start()

    def settings(self) -> Mapping[str, Any]:
        return {
            "url": self.zendesk.url,
            "email": self.zendesk.desk.us.email,
            "token": {"env": "TEST_ZENDESK_TOKEN"},
            "webhook_secret": {"env": "TEST_ZENDESK_SECRET"},
            **self._settings,
        }

    def config(self) -> str:
        """Return the lines of `[backend]` after `kind`."""
        return (
            f'url = "{self.zendesk.url}"\nemail = "{self.zendesk.desk.us.email}"\n'
            'token = { env = "TEST_ZENDESK_TOKEN" }\nwebhook_secret = { env = "TEST_ZENDESK_SECRET" }\npoll_secs = 1\n'
        )

    def open(self) -> AbstractAsyncContextManager[TicketSystem]:
        settings = self.plugin.settings.model_validate(self.settings())
        return self.plugin.open(Opening("desk", settings, self.clock, wake=self.woken.append))

    def ticket(self, case_id: str) -> Ticket:
        """Return the latest ticket of a case."""
        return [each for each in self.zendesk.desk.tickets.values() if case_of(each) == case_id][-1]

    async def held(self) -> Sequence[Held]:
        return [
            Held(key, str(ticket.id), case_of(ticket))
            for ticket in self.zendesk.desk.tickets.values()
            for audit in ticket.audits
            if audit["author_id"] == self.zendesk.desk.us.id
            for key in _keys(audit, keys_of(case_of(ticket)))
        ]

    async def lines(self, case_id: str) -> Sequence[Line]:
        return [Line(each["body"], for_agents=not each["public"]) for each in comments(self.ticket(case_id))]

    async def files(self, case_id: str) -> Sequence[tuple[str, bytes]]:
        files = {file.id: file for file in self.zendesk.desk.files.values()}
        kept = [each["id"] for comment in comments(self.ticket(case_id)) for each in comment["attachments"]]
        return [(files[number].name, files[number].data) for number in kept]

    async def lose(self, case_id: str) -> None:
        self.zendesk.deletes(self.ticket(case_id).id)

    async def state(self, case_id: str) -> str:
        name = str(self.ticket(case_id).fields["status"])
        return OURS.get(name, name)

    async def plan(self, fault: Fault, case_id: str | None) -> None:
        if fault is Fault.DOWN:
            await self.kill()
            return
        self.zendesk.plan(replace(FAULTS[fault], of=case_id or ""))

    async def mend(self) -> None:
        self.zendesk.mend()
        await self.kill()
        await self.restart()

    def sent(self) -> bytes:
        return b"\n".join(_seen(call) for call in self.zendesk.calls)

    def forged(self) -> int:
        return sum(call.status == 401 for call in self.zendesk.calls)

    def _pass(self) -> None:
        """Let a second pass, since within one an act looks like our own; with a true clock it does by itself."""
        if isinstance(self.clock, ManualClock):
            self.clock.advance(1)

    async def act(self, case_id: str, kind: str, text: str) -> None:
        self._pass()
        if kind in ("replied", "noted"):
            change: dict[str, Any] = {"comment": {"html_body": _marked_up(text), "public": kind == "replied"}}
        else:
            change = {"status": "solved" if kind == "solved" else "open"}
        self.zendesk.acts(self.ticket(case_id).id, change)

    async def answer(self, case_id: str, text: str, files: Sequence[tuple[str, bytes]]) -> None:
        self._pass()
        change = {"comment": {"html_body": _marked_up(text), "public": True}}
        self.zendesk.acts(self.ticket(case_id).id, change, files=files)

    def wrong_calls(self) -> list[str]:
        """Return what of all calls is not as Zendesk's document says. Skips the test without the document."""
        api = OpenApi.load("zendesk", "openapi.fixed.json", undescribed=UNDESCRIBED)
        return api.check_calls(call for call in self.zendesk.calls if not ELSEWHERE.fullmatch(call.path))


def tick(desk: ZendeskHarness, seconds: float) -> None:
    """Let time pass on the test's clock."""
    assert isinstance(desk.clock, ManualClock)
    desk.clock.advance(seconds)


def comments(ticket: Ticket) -> list[dict[str, Any]]:
    """Return a ticket's comments in their order."""
    return [event for audit in ticket.audits for event in audit["events"] if event["type"] == "Comment"]


def case_of(ticket: Ticket) -> str:
    """Return the case that a ticket is of."""
    return str(ticket.fields.get("external_id") or "").partition("/")[0]


def keys_of(case_id: str) -> Mapping[str, str]:
    """Return the keys of the writes that the contract's checks make for a case, by their marks."""
    number = int(case_id.rpartition("-")[2]) if case_id else 0
    keys = [Key(f"support:m{number}:ticket:{step}") for step in "abcdefg"]
    return {mark_of(key): str(key) for key in keys}


def _keys(audit: Mapping[str, Any], keys: Mapping[str, str]) -> list[str]:
    mark = audit["metadata"]["custom"].get("gatehouse", "")
    if mark:
        return [keys[mark]] if mark in keys else []
    changed = [event for event in audit["events"] if event.get("field_name") == "status"]
    return [f"state:{audit['id']}"] if changed else []


def _seen(call: _base.Call) -> bytes:
    headers = {name: value for name, value in call.request.headers.items() if name != "authorization"}
    return f"{call.request.method} {call.path}?{call.request.query} {headers}".encode() + call.request.body


def _marked_up(text: str) -> str:
    return f'<div class="zd-comment"><p dir="auto">{text}</p></div>'


def push_headers(push: Push) -> dict[str, str]:
    """Return a webhook's headers as an ingress gets them."""
    return {name.lower(): value for name, value in push.headers.items()}


def basic(email: str, token: str) -> str:
    """Return what proves an API token."""
    return "Basic " + base64.b64encode(f"{email}/token:{token}".encode()).decode()


@asynccontextmanager
async def zendesk_harness(
    clock: Clock, plugin: BackendPlugin = zendesk.PLUGIN, **settings: Any
) -> AsyncIterator[ZendeskHarness]:
    """Start the sandbox's Zendesk and the harness on it; needs TEST_ZENDESK_TOKEN and TEST_ZENDESK_SECRET."""
    harness = ZendeskHarness(clock, plugin, **settings)
    await harness.start()
    try:
        yield harness
    finally:
        await harness.kill()
