"""The exchange's second factor behind HTTP: a challenge by one signed call, its state by others; docs/exchange.md."""

from __future__ import annotations

from pydantic import Field

from gateway.case import Frozen
from gateway.exchange.calls import Calls
from gateway.ports import Key, Report
from gateway.ports.second_factor import Challenge, ChallengeState, Confirmation


class _Told(Frozen):
    state: Confirmation
    challenge: str = Field(default="", max_length=200, pattern=r"^[!-~]*$")


class HttpSecondFactor:
    """Asks by POST."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    async def ask(self, challenge: Challenge, key: Key) -> ChallengeState:
        """Call once; see `SecondFactor`."""
        told = {
            "type": "challenge",
            "key": key,
            "account_id": challenge.account_id,
            "purpose": challenge.purpose,
            "case_id": challenge.case_id,
            "lasts_secs": challenge.lasts_secs,
        }
        return _state((await self._calls.post(told, key)).read(_Told))

    async def look(self, job: str) -> ChallengeState:
        """Ask where it stands."""
        return _state((await self._calls.post({"type": "challenge_state", "challenge": job})).read(_Told))

    async def check(self) -> Report:
        """Send a signed ping: nobody is challenged by it."""
        return await self._calls.check("second factor")


def _state(told: _Told) -> ChallengeState:
    return ChallengeState(told.state, told.challenge)
