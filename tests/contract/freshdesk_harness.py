"""The Freshdesk backend on the sandbox's Freshdesk."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from typing_extensions import override

from gateway.backends import freshdesk
from gateway.case import CaseState
from gateway.ports import Clock
from gateway.sandbox.tickets.freshdesk import CLOSED, ME, OPEN, PENDING, RESOLVED, FreshdeskServer, Ticket
from gateway.testing.backends import Held, Line
from tests.contract.emulated_harness import EmulatedHarness, keys_in

API_KEY = "pK8mQ2vX6sT4wZ0nJ3rL"
WEBHOOK_SECRET = "d2hhdCB0aGUgcnVsZSBzZW5kcyB3aXRoIGl0"
_BODY = re.compile(r'<div style="white-space: pre-wrap">(.*)</div>(?:<div><small>(gh:[0-9a-f.]+)</small></div>)', re.S)
_STATES = {OPEN: CaseState.OPEN, PENDING: CaseState.WAITING, RESOLVED: CaseState.SOLVED, CLOSED: CaseState.SOLVED}


class FreshdeskHarness(EmulatedHarness[FreshdeskServer]):
    """Needs TEST_FRESHDESK_KEY and TEST_FRESHDESK_SECRET in the environment, see `ENVIRONMENT`."""

    secrets = (API_KEY, WEBHOOK_SECRET)

    def __init__(self, clock: Clock, **more: Any) -> None:
        super().__init__(FreshdeskServer(clock, API_KEY), clock, freshdesk.PLUGIN, **more)

    @override
    def settings(self) -> Mapping[str, Any]:
        return {
            "url": self.server.url,
            "api_key": {"env": "TEST_FRESHDESK_KEY"},
            "webhook_secret": {"env": "TEST_FRESHDESK_SECRET"},
            **self.more,
        }

    def config(self) -> str:
        lines = [f"url = {json.dumps(self.server.url)}", 'api_key = { env = "TEST_FRESHDESK_KEY" }', "poll_secs = 1"]
        return "\n".join(lines)

    def tickets(self, case_id: str) -> list[Ticket]:
        """Return a case's tickets that are there, oldest first."""
        return [
            ticket
            for ticket in self.server.tickets.values()
            if _case_of(ticket) == case_id and not ticket.deleted and " double of " not in _key_of(ticket)
        ]

    async def held(self) -> Sequence[Held]:
        held = []
        for ticket in self.server.tickets.values():
            texts = [ticket.description, *(one.body for one in ticket.said if self._is_ours(ticket, one.user_id))]
            texts.append(str(ticket.fields.get("cf_gatehouse_state") or ""))
            held += [Held(key, str(ticket.id), _case_of(ticket)) for text in texts for key in keys_in(text)]
        return held

    async def lines(self, case_id: str) -> Sequence[Line]:
        lines = []
        for ticket in self.tickets(case_id):
            bodies = [(ticket.description, False)]
            bodies += [(one.body, one.private) for one in ticket.said if self._is_ours(ticket, one.user_id)]
            found = [(_BODY.fullmatch(body), private) for body, private in bodies]
            lines += [Line(_plain(body[1]), for_agents=private) for body, private in found if body is not None]
        return lines

    async def files(self, case_id: str) -> Sequence[tuple[str, bytes]]:
        tickets = self.tickets(case_id)
        first = [(file.name, file.data) for ticket in tickets for file in ticket.files]
        return first + [(f.name, f.data) for ticket in tickets for one in ticket.said for f in one.files]

    async def lose(self, case_id: str) -> None:
        for ticket in self.tickets(case_id):
            self.server.delete(ticket.id)

    async def state(self, case_id: str) -> str:
        return _STATES[self.tickets(case_id)[-1].status]

    def forged(self) -> int:
        return self.server.strangers + self.server.leaks

    async def act(self, case_id: str, kind: str, text: str) -> None:
        ticket = self.tickets(case_id)[-1].id
        if kind == "replied":
            self.server.reply(ticket, text)
        elif kind == "noted":
            self.server.note(ticket, text)
        else:
            self.server.set_status(ticket, RESOLVED if kind == "solved" else OPEN)

    async def answer(self, case_id: str, text: str, files: Sequence[tuple[str, bytes]]) -> None:
        self.server.reply(self.tickets(case_id)[-1].id, text, files)

    def _is_ours(self, ticket: Ticket, user: int) -> bool:
        return user in (ME, ticket.requester_id)


ENVIRONMENT = {"TEST_FRESHDESK_KEY": API_KEY, "TEST_FRESHDESK_SECRET": WEBHOOK_SECRET}


def _key_of(ticket: Ticket) -> str:
    return str(ticket.fields.get("cf_gatehouse_key") or "")


def _case_of(ticket: Ticket) -> str:
    return re.split(r"[/ ]", _key_of(ticket))[0]


def _plain(shown: str) -> str:
    return html.unescape(shown.replace("<br>", "\n"))
