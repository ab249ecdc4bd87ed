"""What the operator sets for Jira Service Management."""

from __future__ import annotations

from pydantic import Field

from gateway.backends._settings import TicketSettings, WebAddress
from gateway.case import CaseState
from gateway.ports import Secret

USUAL_STATES = {
    CaseState.OPEN: "Waiting for support",
    CaseState.WAITING: "Waiting for customer",
    CaseState.SOLVED: "Resolved",
}


class JiraSettings(TicketSettings):
    """One service project in Jira Cloud, and the agent account that the gateway is there."""

    url: WebAddress = Field(description="Address of the site.", examples=["https://example.atlassian.net"])
    mail: str = Field(pattern=r"^[^\s:@]+@[^\s:@]+$", description="Mail address of the gateway's own agent account.")
    token: Secret = Field(description="API token of that account.")
    project: str = Field(pattern=r"^[A-Z][A-Z0-9_]{1,30}$", description="Key of the service project, such as `DESK`.")
    service_desk: str = Field(pattern=r"^\d{1,12}$", description="Id of the project's service desk.")
    request_type: str = Field(
        pattern=r"^\d{1,12}$", description="Id of the request type that no queue makes another. `queues` name others."
    )
    components: dict[str, str] = Field(default_factory=dict, description="Component for each queue of a case.")
    resolution: str = Field(
        default="", max_length=100, description="Resolution to give with the solved state, if its transition wants one."
    )
    makes_customers: bool = Field(
        default=True, description="Make users known as customers; needs the global right to administer Jira."
    )
    index_lag_secs: float = Field(
        default=300.0, ge=0, le=3600, description="How late Jira's search may learn of a change, at most."
    )
    webhook_secret: Secret | None = Field(
        default=None, description="Signs what Jira pushes to us; without it only the polling looks."
    )
