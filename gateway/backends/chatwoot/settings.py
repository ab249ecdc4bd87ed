"""What the operator sets for Chatwoot."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from gateway.backends._settings import TicketSettings, WebAddress
from gateway.backends.signatures import long_enough
from gateway.case import CaseState, Priority
from gateway.ports import Secret

RESOLVED = "resolved"
STATES = ("open", "pending", RESOLVED, "snoozed")
PRIORITIES = ("low", "medium", "high", "urgent", "none")
USUAL_STATES: Mapping[CaseState, str] = {
    CaseState.OPEN: "open",
    CaseState.WAITING: "open",
    CaseState.SOLVED: RESOLVED,
}
USUAL_PRIORITIES: Mapping[Priority, str] = {Priority.HIGH: "high", Priority.URGENT: "urgent"}
_ATTRIBUTE = r"^[a-z][a-z0-9_]{1,60}$"


class ChatwootSettings(TicketSettings):
    """One inbox of one Chatwoot account, and the user that the gateway is there."""

    url: WebAddress = Field(description="Address of Chatwoot.", examples=["https://app.chatwoot.com"])
    token: Secret = Field(description="Access token of the gateway's own user: its profile settings show it.")
    account: int = Field(ge=1, description="Number of the account: it stands in the address of every page.")
    inbox: int = Field(ge=1, description="Number of an inbox of the kind API, for the gateway alone.")
    team: str = Field(
        default="", pattern=r"^\d*$", description="Number of the team of conversations that no queue sends elsewhere."
    )
    key_attribute: str = Field(
        default="gatehouse_key",
        pattern=_ATTRIBUTE,
        description="The conversations' attribute that holds the case's number; `gatehouse backends setup` makes it.",
    )
    state_attribute: str = Field(
        default="gatehouse_state",
        pattern=_ATTRIBUTE,
        description="The conversations' attribute that holds which state the gateway has set; `setup` makes it.",
    )
    upload_mb: int = Field(default=40, ge=1, le=1000, description="Most that a file of a message may have, in MB.")
    webhook_secret: Annotated[Secret, AfterValidator(long_enough)] | None = Field(
        default=None, description="Secret of the webhook, as Chatwoot shows it; without it nothing pushed is taken."
    )

    @model_validator(mode="after")
    def _names(self) -> Self:
        if not set(self.states.values()) <= set(STATES):
            raise ValueError(f"states are named: {', '.join(STATES)}")
        if not set(self.priorities.values()) <= set(PRIORITIES):
            raise ValueError(f"priorities are named: {', '.join(PRIORITIES)}")
        if not all(team.isdigit() for team in self.queues.values()):
            raise ValueError("queues are written as numbers of Chatwoot's teams, such as 3")
        return self
