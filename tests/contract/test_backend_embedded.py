"""The embedded backend on the real store keeps the backend contract."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.testing.backends import CHECKS, Check
from tests.conftest import ManualClock
from tests.contract.backend_harness import embedded_harness


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
async def test_contract(check: Check, tmp_path: Path, clock: ManualClock) -> None:
    async with embedded_harness(tmp_path, clock) as harness:
        await check(harness)
