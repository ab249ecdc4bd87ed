"""What the operator sets for Zammad."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from gateway.backends._settings import TicketSettings, WebAddress
from gateway.case import CaseState
from gateway.ports import Secret

USUAL_STATES = {CaseState.OPEN: "open", CaseState.WAITING: "pending reminder", CaseState.SOLVED: "closed"}


class ZammadSettings(TicketSettings):
    """One Zammad, and the agent account that the gateway is there."""

    url: WebAddress = Field(description="Address of Zammad.", examples=["https://desk.example.test"])
    token: Secret = Field(description="Access token of the gateway's own agent account, with `ticket.agent`.")
    group: str = Field(min_length=1, max_length=150, description="Group of tickets that no queue sends elsewhere.")
    key_attribute: str = Field(
        default="gatehouse_key",
        pattern=r"^[a-z][a-z0-9_]{1,48}$",
        description="The ticket attribute that holds the case's number; `gatehouse backends setup` makes it.",
    )
    article_type: Literal["note", "web"] = Field(
        default="note",
        description="What users' messages are in Zammad. `web` counts for its SLAs, and for its automatic replies.",
    )
    reminder_days: int = Field(
        default=7, ge=1, le=365, description="After how many days a ticket that waits for the user is shown again."
    )
    webhook_secret: Secret | None = Field(
        default=None, description="Signs what Zammad pushes to us; without it only the polling looks."
    )
