"""The command /verify: whether an account, address or link is ours. Pure."""

from __future__ import annotations

from gateway.answers.asking import Told, Turn, stepping

STEP = "verify"


def verify(turn: Turn, args: str) -> Told:
    """Ask which account is meant."""
    return turn.says("?", dialogue=stepping(turn.asked.dialogue, STEP, (), turn.asked.now), note="verify: asked")


def answered(turn: Turn) -> Told | None:
    """Answer."""
    return None


def verify_publicly(turn: Turn, claim: str) -> Told:
    """Answer."""
    return verify(turn, claim)
