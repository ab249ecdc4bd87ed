"""The backend contract suite can fail: each planted fault is caught, and each check catches one."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.testing.backends import CHECKS
from tests.conftest import ManualClock
from tests.contract.backend_harness import SECRET, embedded_harness, webhook_harness
from tests.contract.broken_backends import BROKEN_DESKS, BROKEN_MINIDESKS, BROKEN_WEBHOOKS
from tests.contract.example_backend import minidesk_harness

BY_NAME = {check.__name__: check for check in CHECKS}
CAUGHT = (AssertionError, pytest.fail.Exception)


@pytest.mark.parametrize("name", BROKEN_WEBHOOKS)
async def test_a_broken_webhook_is_caught(name: str, clock: ManualClock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEST_WEBHOOK_SECRET", SECRET)
    broken = BROKEN_WEBHOOKS[name]
    for check in sorted(broken.caught_by):
        async with webhook_harness(clock, broken.plugin) as harness:
            with pytest.raises(CAUGHT):
                await BY_NAME[check](harness)


@pytest.mark.parametrize("name", BROKEN_DESKS)
async def test_a_broken_desk_is_caught(name: str, clock: ManualClock, tmp_path: Path) -> None:
    broken = BROKEN_DESKS[name]
    for number, check in enumerate(sorted(broken.caught_by)):
        folder = tmp_path / str(number)
        folder.mkdir()
        async with embedded_harness(folder, clock, broken.plugin) as harness:
            with pytest.raises(CAUGHT):
                await BY_NAME[check](harness)


@pytest.mark.parametrize("name", BROKEN_MINIDESKS)
async def test_a_broken_minidesk_is_caught(name: str, tmp_path: Path) -> None:
    broken = BROKEN_MINIDESKS[name]
    for number, check in enumerate(sorted(broken.caught_by)):
        folder = tmp_path / str(number)
        folder.mkdir()
        async with minidesk_harness(folder, broken.plugin) as harness:
            with pytest.raises(CAUGHT):
                await BY_NAME[check](harness)


def test_every_check_has_caught_something() -> None:
    planted = (*BROKEN_WEBHOOKS.values(), *BROKEN_DESKS.values(), *BROKEN_MINIDESKS.values())
    caught = {check for broken in planted for check in broken.caught_by}
    assert caught == set(BY_NAME)
