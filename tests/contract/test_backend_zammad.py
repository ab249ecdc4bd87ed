"""The Zammad backend, on the sandbox's Zammad over real sockets, keeps the backend contract."""

from __future__ import annotations

import pytest

from gateway.testing.backends import CHECKS, Check
from tests.conftest import ManualClock
from tests.contract.zammad_harness import SECRET, TOKEN, zammad_harness


@pytest.fixture(autouse=True)
def secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEST_ZAMMAD_TOKEN", TOKEN)
    monkeypatch.setenv("TEST_ZAMMAD_SECRET", SECRET)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
async def test_contract(check: Check, clock: ManualClock) -> None:
    async with zammad_harness(clock) as harness:
        await check(harness)
