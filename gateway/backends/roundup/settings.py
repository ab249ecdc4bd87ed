"""What the operator sets for Roundup."""

from __future__ import annotations

from types import MappingProxyType

from pydantic import Field

from gateway.backends._settings import TicketSettings, WebAddress
from gateway.case import CaseState, Priority
from gateway.ports import Secret

USUAL_STATES = MappingProxyType({CaseState.OPEN: "unread", CaseState.WAITING: "chatting", CaseState.SOLVED: "resolved"})
USUAL_PRIORITIES = MappingProxyType(
    {Priority.LOW: "wish", Priority.NORMAL: "bug", Priority.HIGH: "urgent", Priority.URGENT: "critical"}
)
"""Names of Roundup's classic tracker, whose forms insist on a priority."""


class RoundupSettings(TicketSettings):
    """One Roundup tracker, and the account that the gateway is there."""

    url: WebAddress = Field(
        description="Address of the tracker, as its `config.ini` has it under `[tracker] web`.",
        examples=["https://desk.example.test/intake"],
    )
    user: str = Field(min_length=1, max_length=100, description="User name of the gateway's own account.")
    password: Secret = Field(description="Password of that account.")
    also_solved: tuple[str, ...] = Field(
        default=("done-cbb",), description="Statuses that mean solved too, when an agent sets them."
    )
    queue_property: str = Field(
        default="",
        pattern=r"^[a-z][a-z0-9_]{0,48}$|^$",
        description="Property of issues that a case's queue is written into, by name; empty: none.",
    )
    make_keywords: bool = Field(
        default=True, description="Make a keyword for a tag that the tracker does not know; else the tag is left out."
    )

    def status(self, state: CaseState) -> str:
        """Return the tracker's name of a state."""
        return self.states.get(state) or USUAL_STATES[state]

    def priority(self, priority: Priority) -> str:
        """Return the tracker's name of a priority."""
        return self.priorities.get(priority) or USUAL_PRIORITIES[priority]

    @property
    def solved(self) -> frozenset[str]:
        """All statuses that mean solved."""
        return frozenset({self.status(CaseState.SOLVED), *self.also_solved})
