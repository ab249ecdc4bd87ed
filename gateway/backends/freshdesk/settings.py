"""What the operator sets for Freshdesk."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from gateway.backends._settings import TicketSettings, WebAddress
from gateway.backends.signatures import long_enough
from gateway.case import CaseState, Priority
from gateway.ports import Secret

USUAL_STATES: Mapping[CaseState, str] = {CaseState.OPEN: "2", CaseState.WAITING: "3", CaseState.SOLVED: "4"}
USUAL_PRIORITIES: Mapping[Priority, str] = {
    Priority.LOW: "1",
    Priority.NORMAL: "2",
    Priority.HIGH: "3",
    Priority.URGENT: "4",
}
CLOSED = 5
_FIELD = r"^cf_[a-z0-9_]{1,80}$"


class FreshdeskSettings(TicketSettings):
    """One Freshdesk account, and the agent that the gateway is there."""

    url: WebAddress = Field(description="Address of the account.", examples=["https://acme.freshdesk.com"])
    api_key: Secret = Field(description="API key of the gateway's own agent: its profile settings show it.")
    group: str = Field(
        default="", pattern=r"^\d*$", description="Number of the group of tickets that no queue sends elsewhere."
    )
    ticket_type: str = Field(default="", max_length=100, description="Type of every ticket, where the desk uses types.")
    product: int | None = Field(default=None, ge=1, description="Number of the product of every ticket, if any.")
    source: int = Field(
        default=2, ge=1, le=9999, description="Source of every ticket: 2 is the portal; a source of one's own has more."
    )
    key_field: str = Field(
        default="cf_gatehouse_key",
        pattern=_FIELD,
        description="The ticket field (text) that holds the case's number; `gatehouse backends setup` makes it.",
    )
    state_field: str = Field(
        default="cf_gatehouse_state",
        pattern=_FIELD,
        description="The ticket field (text) that holds which state the gateway has set; `backends setup` makes it.",
    )
    upload_mb: int = Field(
        default=20, ge=1, le=100, description="Most that the plan takes in files of one call, in MB."
    )
    poll_secs: float = Field(
        default=30.0,
        ge=1,
        le=3600,
        description="Wait between two looks for what agents did; each takes two calls, and one a changed ticket.",
    )
    webhook_secret: Annotated[Secret, AfterValidator(long_enough)] | None = Field(
        default=None, description="What the automation rule sends in `X-Gatehouse-Secret`; without it nothing is taken."
    )

    @model_validator(mode="after")
    def _numbers(self) -> Self:
        for table in (self.states, self.priorities, self.queues):
            wrong = next((value for value in table.values() if not value.isdigit()), None)
            if wrong is not None:
                raise ValueError("states, priorities and queues are written as Freshdesk's numbers, such as 4")
        return self

    @property
    def solved(self) -> frozenset[int]:
        """The states in which nobody needs to do anything more."""
        return frozenset({int(self.states.get(CaseState.SOLVED, USUAL_STATES[CaseState.SOLVED])), 4, CLOSED})
