"""A danger that is told of behind a command: it opens a case and is answered with what to do, from raws to replies."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from gateway.store import Sealer, open_store
from tests.conftest import ManualClock
from tests.integration.three_desk import ANN, GROUP, ThreeDesk

HACKED = "my account was hacked and my coins were stolen"


@pytest.fixture
async def desk(tmp_path: Path, clock: ManualClock) -> AsyncIterator[ThreeDesk]:
    sealer = Sealer({"test": b"k" * 32}, "test")
    async with open_store(tmp_path / "gatehouse.db", tmp_path / "blobs", sealer, clock) as store:
        yield ThreeDesk(store, clock)


@pytest.mark.parametrize(
    "name",
    ["close", "cancel", "status", "reopen", "language", "freeze", "cases", "help", "start", "link", "verify", "kyc"],
)
async def test_a_danger_behind_a_command_opens_a_case(desk: ThreeDesk, name: str) -> None:
    replies = await desk.chat(ANN, f"/{name} {HACKED}")
    (case,) = await desk.cases()
    assert case.danger == "account_stolen"
    assert any("password" in each.text.casefold() for each in replies)


@pytest.mark.parametrize("name", ["close", "status", "reopen"])
async def test_a_danger_behind_a_command_goes_on_with_the_case(desk: ThreeDesk, name: str) -> None:
    await desk.chat(ANN, "My deposit has not arrived")
    (case,) = await desk.cases()
    await desk.chat(ANN, f"/{name} {case.id} {HACKED}")
    after = await desk.case(case.id)
    assert (after.danger, after.message_count) == ("account_stolen", 2)


async def test_a_danger_behind_a_command_in_a_group_opens_a_case(desk: ThreeDesk) -> None:
    await desk.chat(ANN, f"/close@examplex_support_bot {HACKED}", chat=GROUP)
    assert [case.danger for case in await desk.cases()] == ["account_stolen"]


async def test_a_number_behind_a_command_is_its_argument(desk: ThreeDesk) -> None:
    await desk.chat(ANN, f"Help, {HACKED}")
    (case,) = await desk.cases()
    replies = await desk.chat(ANN, f"/status {case.id}")
    assert case.id in replies[0].text
    assert (await desk.case(case.id)).message_count == 1
