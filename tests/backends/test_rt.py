"""The Request Tracker backend, on a real RT 5, keeps the backend contract and what is promised of RT alone."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest

from gateway.testing.backends import CHECKS, Check
from tests.backends.rt_harness import TOKEN, RtHarness, rt_harness
from tests.backends.rt_server import RequestTracker, Template
from tests.conftest import ManualClock


@pytest.fixture(scope="session")
def template() -> Iterator[Template]:
    with Template.make() as made:
        yield made


@pytest.fixture(scope="session")
def server(template: Template) -> Iterator[RequestTracker]:
    """One server for the whole run; no test finds another's tickets."""
    started = RequestTracker.start(template, "shared")
    yield started
    started.stop()


@pytest.fixture
async def harness(
    server: RequestTracker, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[RtHarness]:
    monkeypatch.setenv(TOKEN, server.token("gateway"))
    async with rt_harness(server, clock) as opened:
        yield opened


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
async def test_contract(check: Check, harness: RtHarness) -> None:
    await check(harness)
