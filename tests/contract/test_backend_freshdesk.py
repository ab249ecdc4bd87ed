"""The Freshdesk backend, on the sandbox's Freshdesk over real sockets, keeps the backend contract; every call of it is
one that a published description of the API knows."""

from __future__ import annotations

import pytest

from gateway.testing.backends import CHECKS, Check
from tests.conftest import ManualClock
from tests.contract.freshdesk_harness import ENVIRONMENT, FreshdeskHarness
from tests.openapi import OpenApi

EXCEPTIONS = {
    "GET /agents/{agent_id} {agentid}: no integer, but str": "the vendor documents `me` in place of an agent's number",
    "POST /api/v2/admin/ticket_fields: no such call": "the vendor documents it with the administrator's calls",
    "POST /tickets body.name: unknown": "documented by the vendor: the requester's name",
    "POST /tickets body.unique_external_id: unknown": "documented by the vendor: the requester's id elsewhere",
    "POST /tickets: takes no body of type multipart/form-data": "documented by the vendor for attachments",
    "POST /tickets/{ticket_id}/notes: takes no body of type multipart/form-data": "documented by the vendor, the same",
    "POST /tickets/{ticket_id}/notes body.user_id: unknown": "documented by the vendor: who writes the note",
}
"""What the description, which is not the vendor's own, says against our calls, and why they are right all the same."""


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
async def test_contract(check: Check, clock: ManualClock) -> None:
    async with FreshdeskHarness(clock) as harness:
        await check(harness)


async def test_every_call_is_one_that_the_api_knows(clock: ManualClock) -> None:
    api = OpenApi.load("freshdesk", "freshdesk-rest-api-openapi.yml")
    wrong: set[str] = set()
    for check in CHECKS:
        async with FreshdeskHarness(clock) as harness:
            await check(harness)
            wrong |= set(api.check_calls(harness.server.calls))
    async with FreshdeskHarness(clock) as harness:
        harness.server.field_names.remove("cf_gatehouse_key")
        await made(harness)
        wrong |= set(api.check_calls(harness.server.calls))
    assert wrong == set(EXCEPTIONS)


async def made(harness: FreshdeskHarness) -> None:
    """Make what is not there."""
    async with harness.open() as system:
        assert system.setup is not None
        for step in await system.setup.plan(""):
            if not step.done:
                await system.setup.make(step, "")
