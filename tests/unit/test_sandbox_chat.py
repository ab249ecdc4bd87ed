"""The demo's chat finds every way in which what came back differs from the plan."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from gateway.case import CaseFile, CaseState, Evidence
from gateway.journal import EffectKind, State
from gateway.sandbox.chat import end_differences, line_differences
from gateway.sandbox.chat_scene import CASE, CHAT, Line
from gateway.views import CaseView, EffectView
from tests.builders import case

NUMBER = "GH-AAAAA-AAAAA"
LINES = len(CHAT)
TICKET = Evidence(name="embedded", value=NUMBER)
SETTLED = EffectView(1, "k", EffectKind.TICKET, "backend:embedded", NUMBER, State.SETTLED, 1, "", None, None)


def ended(*effects: EffectView, tickets: int = 1, **fields: Any) -> CaseView:
    head = case(NUMBER, **({"language": "zh-CN", "state": CaseState.WAITING} | fields))
    return CaseView(CaseFile(case=head, tickets=(TICKET,) * tickets), effects or (SETTLED,))


def test_what_came_back_as_planned_has_no_difference() -> None:
    assert line_differences(Line("hi", ("welcome", CASE)), f"welcome to {NUMBER}", NUMBER) == []
    assert end_differences(ended(), LINES, LINES) == []


@pytest.mark.parametrize(
    ("text", "case_id", "missing"),
    [("welcome", NUMBER, [NUMBER]), ("welcome", "", ["a case number"]), ("", "", ["welcome", "a case number"])],
)
def test_each_word_that_did_not_come_back_is_named(text: str, case_id: str, missing: list[str]) -> None:
    found = line_differences(Line("hi", ("welcome", CASE)), text, case_id)
    assert found == [f"after 'hi': expected {words!r} in the answer" for words in missing]


@pytest.mark.parametrize(
    ("view", "sent", "said"),
    [
        (None, LINES, "no case was opened"),
        (ended(tickets=0), LINES, "the ticket: expected one"),
        (ended(tickets=2), LINES, "the ticket: expected one"),
        (ended(language="en"), LINES, "the language: expected zh-CN"),
        (ended(state=CaseState.OPEN), LINES, "the case: expected to wait for the user"),
        (ended(replace(SETTLED, state=State.POSTPONED)), LINES, "an effect that did not end"),
        (ended(), LINES + 1, f"messages to the user: expected {LINES}, got {LINES + 1}"),
    ],
)
def test_each_other_end_is_told_apart(view: CaseView | None, sent: int, said: str) -> None:
    assert end_differences(view, sent, LINES) == [said]
