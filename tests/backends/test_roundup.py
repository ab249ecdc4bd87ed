"""The Roundup backend keeps the backend contract on a real Roundup, and what is special to it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from gateway.testing.backends import CHECKS, Check
from tests.backends.roundup_harness import PASSWORD, RoundupHarness, roundup_harness
from tests.conftest import ManualClock


@pytest.fixture(autouse=True)
def secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEST_ROUNDUP_PASSWORD", PASSWORD)


@pytest.fixture
async def harness(tmp_path: Path, clock: ManualClock) -> AsyncIterator[RoundupHarness]:
    async with roundup_harness(tmp_path, clock) as made:
        yield made


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
async def test_contract(check: Check, harness: RoundupHarness) -> None:
    await check(harness)
