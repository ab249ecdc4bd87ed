"""The Zendesk backend keeps the backend contract and Zendesk's document; on a Zendesk of the sandbox."""

from __future__ import annotations

import pytest

from gateway.testing.backends import CHECKS, Check
from tests.conftest import ManualClock
from tests.contract.zendesk_harness import SECRET, TOKEN, zendesk_harness


@pytest.fixture(autouse=True)
def secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEST_ZENDESK_TOKEN", TOKEN)
    monkeypatch.setenv("TEST_ZENDESK_SECRET", SECRET)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
async def test_contract(check: Check, clock: ManualClock) -> None:
    async with zendesk_harness(clock) as harness:
        await check(harness)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
async def test_every_call_of_the_contract_is_as_zendesk_describes_it(check: Check, clock: ManualClock) -> None:
    async with zendesk_harness(clock) as harness:
        await check(harness)
        assert harness.wrong_calls() == []
