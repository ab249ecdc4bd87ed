"""The Chatwoot backend, on the sandbox's Chatwoot over real sockets, keeps the backend contract; every call of it is
one that a published description of the API knows."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gateway.testing.backends import CHECKS, Check, done, make_write
from tests.conftest import ManualClock
from tests.contract.chatwoot_harness import ENVIRONMENT, ChatwootHarness
from tests.openapi import OpenApi

_ACCOUNT = "/api/v1/accounts/{account_id}"
_MESSAGES = f"{_ACCOUNT}/conversations/{{conversation_id}}/messages"
EXCEPTIONS = {
    f"GET {_MESSAGES}?after: unknown": "in the vendor's later description: messages with higher numbers",
    f"POST {_MESSAGES} body.source_id: unknown": "taken by the vendor's later source; marks stand elsewhere, too",
    f"POST {_MESSAGES}: takes no body of type multipart/form-data": "documented by the vendor in a guide, for files",
    f"POST {_ACCOUNT}/conversations/{{conversation_id}}/custom_attributes body.merge: unknown": "in the vendor's later "
    "source; other releases ignore it, and get all attributes",
    "GET /api/v1/accounts/1/labels: no such call": "left out of the description; the vendor's own pages call it",
    "POST /api/v1/accounts/1/labels: no such call": "the same",
}
"""What the description says against our calls, and why they are right all the same."""
ADDRESS = "https://gateway.example.test/in/backend"


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
async def test_contract(check: Check, clock: ManualClock) -> None:
    async with ChatwootHarness(clock) as harness:
        await check(harness)


async def test_every_call_is_one_that_the_api_knows(clock: ManualClock) -> None:
    api = OpenApi.load("chatwoot", "swagger.json")
    wrong: set[str] = set()
    for check in CHECKS:
        async with ChatwootHarness(clock) as harness:
            await check(harness)
            wrong |= set(api.check_calls(harness.server.calls))
    async with ChatwootHarness(clock, tags={"spam": "Junk mail"}, team="3", priorities={"normal": "medium"}) as harness:
        harness.server.attribute_keys.remove("gatehouse_key")
        await made(harness)
        await classified(harness)
        wrong |= set(api.check_calls(harness.server.calls))
    # Files are fetched from links that stand in messages; they are no calls of the API.
    assert {each for each in wrong if not each.startswith("GET /rails/")} == set(EXCEPTIONS)


async def made(harness: ChatwootHarness) -> None:
    """Make what is not there."""
    async with harness.open() as system:
        assert system.setup is not None
        for step in await system.setup.plan(ADDRESS):
            if not step.done:
                await system.setup.make(step, ADDRESS)


async def classified(harness: ChatwootHarness) -> None:
    """Open a conversation with tags and a priority, and look at all that the settings name."""
    write = make_write()
    async with harness.open() as system:
        case = write.case.model_copy(update={"tags": ("spam",)})
        await done(system.backend, replace(write, case=case))
        assert (await system.backend.check()).ok
