"""What an answer must hold to prove, to an operator who checks, that it is the ticket system's own."""

from __future__ import annotations

from typing import TypeVar

from gateway.backends._api import Answer
from gateway.errors import GatewayError
from gateway.ports import Check, Report

M = TypeVar("M")


def proof(answer: Answer, model: type[M]) -> M | None:
    """Return the answer as that model, all of whose required fields it must hold; None when it does not."""
    try:
        return answer.read(model)
    except GatewayError:
        return None


def stranger(name: str, host: str, system: str) -> Report:
    """Return the report on a server that answers like none of that system's; nothing more is looked at there."""
    detail = f"{host} answers, but not as {system} does; is `url` right?"
    return Report((Check(name, ok=False, detail=detail),))
