"""The django-helpdesk backend keeps the backend contract on a real django-helpdesk, and what is special to it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from gateway.testing.backends import CHECKS, Check
from tests.backends.helpdesk_harness import HelpdeskHarness, helpdesk_harness
from tests.conftest import ManualClock


@pytest.fixture
async def harness(
    tmp_path: Path, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[HelpdeskHarness]:
    async with helpdesk_harness(tmp_path, clock) as made:
        monkeypatch.setenv("TEST_HELPDESK_TOKEN", made.server.token("gateway"))
        yield made


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
async def test_contract(check: Check, harness: HelpdeskHarness) -> None:
    await check(harness)
