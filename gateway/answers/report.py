"""The command /report."""

from __future__ import annotations

from gateway.answers.asking import Told, Turn
from gateway.dialogue import Dialogue


def begin(turn: Turn, args: str) -> Told:
    """Begin."""
    return turn.says("?", note="report")


def is_under_way(dialogue: Dialogue) -> bool:
    """Whether the dialogue is in a step of a report."""
    return dialogue.step.startswith("report")


def answered(turn: Turn) -> Told | None:
    """Go on."""
    return None


def pressed(turn: Turn, action: str, arg: str) -> Told | None:
    """Go on."""
    return None


def passed_on(turn: Turn, told: Told) -> Told:
    """Pass on."""
    return told
