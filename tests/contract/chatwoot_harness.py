"""The Chatwoot backend on the sandbox's Chatwoot."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from typing_extensions import override

from gateway.backends import chatwoot
from gateway.case import CaseState
from gateway.ports import Clock
from gateway.sandbox.tickets.chatwoot import ACCOUNT, BEA, INBOX, ChatwootServer, Conversation
from gateway.testing.backends import Held, Line
from tests.contract.emulated_harness import EmulatedHarness, keys_in

TOKEN = "vT3nW8qL5zR1xK7mC4pH9sD2"
WEBHOOK_SECRET = "c2lnbnMgd2hhdCBDaGF0d29vdCBwdXNoZXM"
_STATES = {"open": CaseState.OPEN, "pending": CaseState.WAITING, "resolved": CaseState.SOLVED}


class ChatwootHarness(EmulatedHarness[ChatwootServer]):
    """Needs TEST_CHATWOOT_TOKEN and TEST_CHATWOOT_SECRET in the environment, see `ENVIRONMENT`."""

    secrets = (TOKEN, WEBHOOK_SECRET)

    def __init__(self, clock: Clock, **more: Any) -> None:
        super().__init__(ChatwootServer(clock, TOKEN), clock, chatwoot.PLUGIN, **more)

    @override
    def settings(self) -> Mapping[str, Any]:
        return {
            "url": self.server.url,
            "token": {"env": "TEST_CHATWOOT_TOKEN"},
            "account": ACCOUNT,
            "inbox": INBOX,
            "webhook_secret": {"env": "TEST_CHATWOOT_SECRET"},
            **self.more,
        }

    def config(self) -> str:
        lines = [f"url = {json.dumps(self.server.url)}", 'token = { env = "TEST_CHATWOOT_TOKEN" }']
        return "\n".join([*lines, f"account = {ACCOUNT}", f"inbox = {INBOX}", "poll_secs = 1"])

    def tickets(self, case_id: str) -> list[Conversation]:
        """Return a case's conversations, oldest first."""
        found = self.server.conversations.values()
        return [each for each in found if _case_of(each) == case_id and " double of " not in _key_of(each)]

    async def held(self) -> Sequence[Held]:
        held = []
        for found in self.server.conversations.values():
            marks = [one.source_id or "" for one in found.said]
            marks.append(str(found.attributes.get("gatehouse_state") or ""))
            held += [Held(key, str(found.id), _case_of(found)) for text in marks for key in keys_in(text)]
        return held

    async def lines(self, case_id: str) -> Sequence[Line]:
        every = [one for found in self.tickets(case_id) for one in found.said]
        return [Line(one.content, for_agents=one.private) for one in every if (one.source_id or "").startswith("gh:")]

    async def files(self, case_id: str) -> Sequence[tuple[str, bytes]]:
        every = [one for found in self.tickets(case_id) for one in found.said]
        return [(file.name, file.data) for one in every for file in one.files]

    async def lose(self, case_id: str) -> None:
        for found in self.tickets(case_id):
            self.server.delete(found.id)

    async def state(self, case_id: str) -> str:
        return _STATES[self.tickets(case_id)[-1].status]

    def forged(self) -> int:
        return self.server.strangers + self.server.leaks

    async def act(self, case_id: str, kind: str, text: str) -> None:
        found = self.tickets(case_id)[-1].id
        if kind == "replied":
            self.server.reply(found, text)
        elif kind == "noted":
            self.server.note(found, text)
        else:
            self.server.set_status(found, "resolved" if kind == "solved" else "open")

    async def answer(self, case_id: str, text: str, files: Sequence[tuple[str, bytes]]) -> None:
        self.server.reply(self.tickets(case_id)[-1].id, text, files, BEA)


ENVIRONMENT = {"TEST_CHATWOOT_TOKEN": TOKEN, "TEST_CHATWOOT_SECRET": WEBHOOK_SECRET}


def _key_of(found: Conversation) -> str:
    return str(found.attributes.get("gatehouse_key") or "")


def _case_of(found: Conversation) -> str:
    return re.split(r"[/ ]", _key_of(found))[0]
