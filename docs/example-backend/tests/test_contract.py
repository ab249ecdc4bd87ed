"""The example keeps the contract of ticket backends."""

from __future__ import annotations

from pathlib import Path

import pytest
from minidesk_harness import minidesk_harness

from gateway.testing.backends import CHECKS, Check


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
async def test_contract(check: Check, tmp_path: Path) -> None:
    async with minidesk_harness(tmp_path) as harness:
        await check(harness)
