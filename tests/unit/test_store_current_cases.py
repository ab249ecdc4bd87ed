"""Which of a conversation's cases are read: for an ordinary message just those it may go on with."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.casework import ask
from gateway.dialogue import Joining
from gateway.past import Query
from gateway.store import Sealer, open_store
from tests.conftest import ManualClock
from tests.contract import dialogue_suite as talks
from tests.contract import store_suite as suite
from tests.unit import test_casework_chat as chats

SEALER = Sealer({"k1": b"1" * 32}, "k1")
JOINING = Joining(
    case_id=suite.THREE,
    message_id="m",
    key="e",
    join_key="j",
    sent_at=suite.START,
    first_at=suite.START,
    until=suite.START,
)


@pytest.mark.parametrize(
    ("step", "current_only", "found"),
    [
        ("", True, {suite.TWO, suite.THREE}),
        ("", False, {suite.ONE, suite.TWO, suite.THREE}),
        ("report:who", True, {suite.ONE, suite.TWO, suite.THREE}),
    ],
    ids=["ordinary", "command", "step"],
)
async def test_only_a_command_reads_all_cases_of_a_conversation(
    tmp_path: Path, step: str, current_only: bool, found: set[str]
) -> None:
    clock = ManualClock()
    mine = talks.dialogue(case_id=suite.TWO, cases=(suite.TWO, suite.ONE), joining=JOINING, step=step)
    async with open_store(tmp_path / "db", tmp_path / "blobs", SEALER, clock) as store:
        ground = suite.Ground(lambda: open_store(tmp_path / "db", tmp_path / "blobs", SEALER, clock), clock)
        cases = tuple(map(suite.case, (suite.ONE, suite.TWO, suite.THREE)))
        await suite.decide(store, ground, cases=cases, dialogues=(mine,))
        (past,) = await store.look_up([Query(place=talks.ANN, current_only=current_only)])
    assert {each.id for each in past.cases} == found


@pytest.mark.parametrize(
    ("text", "current_only"),
    [("Where is my deposit?", True), ("/status", False), (" /close", False), ("\uff0fhelp", False)],
)
def test_what_may_be_a_command_asks_for_all_cases(text: str, current_only: bool) -> None:
    assert ask(chats.said(text=text), chats.POLICY, chats.NOW).current_only is current_only
