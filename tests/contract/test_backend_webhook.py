"""The webhook backend, on a receiver over real sockets, keeps the backend contract."""

from __future__ import annotations

import pytest

from gateway.testing.backends import CHECKS, Check
from tests.conftest import ManualClock
from tests.contract.backend_harness import SECRET, webhook_harness


@pytest.fixture(autouse=True)
def secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEST_WEBHOOK_SECRET", SECRET)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
async def test_contract(check: Check, clock: ManualClock) -> None:
    async with webhook_harness(clock) as harness:
        await check(harness)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
async def test_contract_with_a_receiver_that_cannot_be_sent_the_same_again(check: Check, clock: ManualClock) -> None:
    """With `receiver_is_idempotent = false` the same contract holds: what is not known is said not to be known."""
    async with webhook_harness(clock, receiver_is_idempotent=False) as harness:
        await check(harness)
