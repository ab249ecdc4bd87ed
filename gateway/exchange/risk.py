"""The exchange's risk system behind HTTP: one signed call a freeze, safe to repeat by its key; docs/exchange.md."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from pydantic import AwareDatetime, Field

from gateway.case import Frozen
from gateway.errors import GatewayError
from gateway.exchange.calls import Answer, Calls
from gateway.ports import Key, Report
from gateway.ports.risk import FreezeOrder, FreezeResult, RiskAnswer

ALREADY, REFUSED = 409, 422
"""Statuses that are answers: it is frozen already; it will not be."""
_MOST_CHARS = 300


class _About(Frozen):
    """What an answer says besides what was done."""

    reference: str = Field(default="", max_length=200)
    until: AwareDatetime | None = None
    reason: str = Field(default="", max_length=4_000)


class _Told(_About):
    outcome: RiskAnswer


class HttpRisk:
    """Tells it by POST."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    async def freeze(self, order: FreezeOrder, key: Key) -> FreezeResult:
        """Call once; see `RiskSystem`."""
        answer = await self._calls.post(_shown(order, key), key, (ALREADY, REFUSED))
        if answer.status == ALREADY:
            return _result("already", _about(answer))
        if answer.status == REFUSED:
            return _result("refused", _about(answer))
        told = answer.read(_Told)
        return _result(told.outcome, told)

    async def check(self) -> Report:
        """Send a signed ping: nobody is frozen by it."""
        return await self._calls.check("risk system")


def _shown(order: FreezeOrder, key: Key) -> dict[str, Any]:
    return {
        "type": "freeze",
        "key": key,
        "case_id": order.case_id,
        "reason": order.reason,
        "account_id": order.account_id or None,
        "claimed_account_id": order.claimed_account_id or None,
        "requester": {"platform": order.platform, "id": order.requester, "proven": order.proven},
        "entities": [{"kind": kind, "value": value} for kind, value in order.entities],
        "at": order.at.isoformat(),
    }


def _about(answer: Answer) -> _About:
    """Return what is said besides; the status has said what matters."""
    with suppress(GatewayError):
        return answer.read(_About)
    return _About()


def _result(outcome: RiskAnswer, about: _About) -> FreezeResult:
    return FreezeResult(outcome, _line(about.reference), about.until, _line(about.reason))


def _line(text: str) -> str:
    """Return a text as one line that an agent can read."""
    plain = "".join(char if char.isprintable() else " " for char in text)
    return " ".join(plain.split())[:_MOST_CHARS]
