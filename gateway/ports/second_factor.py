"""The exchange's second factor: the port by which a customer is asked to confirm something in its own app."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from gateway.ports.incoming import Report
from gateway.ports.names import Key


class Confirmation(StrEnum):
    """How it stands with a challenge."""

    PENDING = "pending"
    CONFIRMED = "confirmed"
    REFUSED = "refused"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Challenge:
    """Ask this customer to confirm a purpose, shown with the case's number. After `lasts_secs` it is over."""

    account_id: str
    purpose: str
    """A word that the app has a text for, such as `talk_about_account`."""
    case_id: str
    lasts_secs: int


@dataclass(frozen=True, slots=True)
class ChallengeState:
    """Where a challenge stands. `job` names it at the exchange."""

    state: Confirmation
    job: str = ""


class SecondFactor(Protocol):
    """Whatever can challenge a customer: a push, a code of an authenticator, a text message."""

    async def ask(self, challenge: Challenge, key: Key) -> ChallengeState:
        """Challenge, once for each key however often it is called. Raises as `RiskSystem.freeze` does."""
        ...

    async def look(self, job: str) -> ChallengeState:
        """Return where a challenge stands. Raises likewise."""
        ...

    async def check(self) -> Report:
        """Call it without any effect and say how that went."""
        ...
