"""The exchange's risk system: the port by which it is told to freeze an account, and its answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from gateway.ports.incoming import Report
from gateway.ports.names import Key

RiskAnswer = Literal["frozen", "already", "refused"]


@dataclass(frozen=True, slots=True)
class FreezeOrder:
    """Freeze the account of whoever is in danger.

    `account_id` is the exchange's own word on who wrote. `claimed_account_id` merely stands in the text: whoever wrote
    may have no part in it. `requester` is his immutable id on the platform, for mail his address; only when `proven` is
    it sure that it was he.
    """

    case_id: str
    reason: str
    """`account_stolen`, `secret_shared` or `scam_under_way`."""
    platform: str
    requester: str
    proven: bool
    at: datetime
    account_id: str = ""
    claimed_account_id: str = ""
    entities: tuple[tuple[str, str], ...] = ()
    """(kind, value) of hashes, addresses and numbers of withdrawals that the user named."""


@dataclass(frozen=True, slots=True)
class FreezeResult:
    """What the risk system did. `reference` is its own; `reason` why it refused, for agents."""

    outcome: RiskAnswer
    reference: str = ""
    until: datetime | None = None
    reason: str = ""


class RiskSystem(Protocol):
    """Whatever can freeze an account."""

    async def freeze(self, order: FreezeOrder, key: Key) -> FreezeResult:
        """Freeze, once for each key however often it is called.

        Raises `TransientError`, `OutcomeUnknownError` (the engine calls again with the same key), `AuthError`,
        `ConfigError`, or `RejectedError` when the order itself cannot be read.
        """
        ...

    async def check(self) -> Report:
        """Call it without any effect and say how that went."""
        ...
