"""The NATS backend, on real servers: the contract on one, and none lost or doubled on three whose leader is killed."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.testing.backends import CHECKS, Check
from tests.backends.nats_harness import nats_harness, secrets_in
from tests.conftest import ManualClock


@pytest.fixture(autouse=True)
def secret(monkeypatch: pytest.MonkeyPatch) -> None:
    secrets_in(monkeypatch)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
async def test_contract(check: Check, clock: ManualClock, tmp_path: Path) -> None:
    async with nats_harness(tmp_path, clock) as harness:
        await check(harness)
