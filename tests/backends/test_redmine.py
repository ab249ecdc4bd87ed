"""The Redmine backend, on a real Redmine 5, keeps the backend contract and what is promised of Redmine alone."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest

from gateway.testing.backends import CHECKS, Check
from tests.backends.redmine_harness import RedmineHarness, redmine_harness, secrets_in
from tests.backends.redmine_server import Redmine, Template
from tests.conftest import ManualClock


@pytest.fixture(scope="session")
def redmine() -> Iterator[Redmine]:
    """One server for the whole run; each test begins without issues."""
    with Template.make() as template:
        server = Redmine.start(template, "shared")
        yield server
        server.stop()


@pytest.fixture
async def harness(
    redmine: Redmine, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[RedmineHarness]:
    secrets_in(monkeypatch, redmine)
    async with redmine_harness(redmine, clock) as opened:
        yield opened


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
async def test_contract(check: Check, harness: RedmineHarness) -> None:
    await check(harness)
