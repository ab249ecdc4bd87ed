"""The Jira backend, on the sandbox's Jira over real sockets, keeps the backend contract."""

from __future__ import annotations

from datetime import timedelta

import pytest

from gateway.testing.backends import CHECKS, Check
from tests.conftest import ManualClock
from tests.contract.jira_harness import SECRET, TOKEN, jira_harness

WRITING = [check for check in CHECKS if not {"feed", "answer"} & set(check.__name__.split("_"))]
"""Checks without a feed, which can tell only what Jira's index knows."""


@pytest.fixture(autouse=True)
def secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEST_JIRA_TOKEN", TOKEN)
    monkeypatch.setenv("TEST_JIRA_SECRET", SECRET)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
async def test_contract(check: Check, clock: ManualClock) -> None:
    async with jira_harness(clock) as harness:
        await check(harness)


@pytest.mark.parametrize("check", WRITING, ids=lambda check: check.__name__)
async def test_contract_while_the_index_knows_nothing(check: Check, clock: ManualClock) -> None:
    """The same holds when the search has learnt of none of it yet."""
    async with jira_harness(clock) as harness:
        harness.jira.index_lag = timedelta(minutes=2)
        await check(harness)
