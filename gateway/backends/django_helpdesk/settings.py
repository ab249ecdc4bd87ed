"""What the operator sets for django-helpdesk."""

from __future__ import annotations

from types import MappingProxyType

from pydantic import Field, field_validator

from gateway.backends._settings import TicketSettings, WebAddress
from gateway.case import CaseState, Priority
from gateway.ports import Secret

OPEN, REOPENED, RESOLVED, CLOSED, DUPLICATE = range(1, 6)
"""Numbers of django-helpdesk's statuses, unless its own settings give others."""
USUAL_STATES = MappingProxyType({CaseState.OPEN: str(OPEN), CaseState.WAITING: "", CaseState.SOLVED: str(RESOLVED)})
"""It knows no status of its own for a ticket that waits for the user."""
USUAL_PRIORITIES = MappingProxyType({Priority.URGENT: "1", Priority.HIGH: "2", Priority.NORMAL: "3", Priority.LOW: "4"})
USUAL_EXTENSIONS = (".txt", ".asc", ".pdf", ".doc", ".docx", ".odt", ".jpg", ".png", ".eml")


class HelpdeskSettings(TicketSettings):
    """One django-helpdesk, and the staff account that the gateway is there."""

    url: WebAddress = Field(
        description="Address below which django-helpdesk has its `api/`.", examples=["https://desk.example.test"]
    )
    token: Secret = Field(description="Token (Django REST framework) of the gateway's own staff account.")
    user: int | None = Field(
        default=None,
        ge=1,
        description="Number of that account among the users; learnt from the first follow-up it writes when not given.",
    )
    queue: int = Field(ge=1, description="Number of the queue for tickets that `queues` sends nowhere else.")
    key_field: str = Field(
        default="external_key",
        pattern=r"^[a-z0-9_-]{1,50}$",
        description="Name of the custom field that holds the case's number.",
    )
    requester_field: str = Field(
        default="requester",
        pattern=r"^[a-z0-9_-]{0,50}$",
        description="Name of the custom field that tells who wrote, and where; empty: none.",
    )
    extensions: tuple[str, ...] = Field(
        default=USUAL_EXTENSIONS,
        description="What `HELPDESK_VALID_EXTENSIONS` allows there; other files are named in the text, and stay here.",
    )
    solved_statuses: tuple[int, ...] = Field(
        default=(RESOLVED, CLOSED), description="Numbers of the statuses that mean solved."
    )
    shared: bool = Field(
        default=True,
        description="The gateway's account can see tickets that are not its own. To tell them apart is slow on a desk "
        "with thousands of tickets; false when it can see no others.",
    )
    agents: tuple[int, ...] = Field(
        default=(), description="Numbers of the users whose follow-ups count as agents'; empty: every user's."
    )

    @field_validator("states", "priorities", "queues")
    @classmethod
    def _are_numbers(cls, named: dict[str, str]) -> dict[str, str]:
        if not all(value.isascii() and value.isdigit() for value in named.values()):
            raise ValueError("django-helpdesk knows these by numbers: write them as text, such as 3 in quotes")
        return named

    def status(self, state: CaseState) -> int | None:
        """Return the number of a state's status; None where there is none."""
        number = self.states.get(state) or USUAL_STATES[state]
        return int(number) if number else None

    def priority(self, priority: Priority) -> int:
        """Return the number of a priority."""
        return int(self.priorities.get(priority) or USUAL_PRIORITIES[priority])

    def takes(self, name: str) -> bool:
        """Whether django-helpdesk takes a file of that name; one without an extension it always takes."""
        dot = name.rpartition("/")[2].rfind(".")
        return dot <= 0 or name[dot:].lower() in self.extensions
