"""What the operator sets for Redmine."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from gateway.backends._settings import TicketSettings, WebAddress
from gateway.ports import Secret


class RedmineSettings(TicketSettings):
    """Where Redmine is, as whom we call it, and which of its projects and fields are ours."""

    url: WebAddress = Field(
        description="Address of Redmine; http:// only on this machine.", examples=["https://desk.example.test"]
    )
    api_key: Secret = Field(description="API key of a user that is the gateway's alone.")
    project: str = Field(
        min_length=1,
        pattern=r"^[a-z0-9_-]+$",
        description="Identifier of the project that takes tickets, unless `queues` names another.",
    )
    tracker: str = Field(default="", description="Tracker of new tickets, by name; the project's first when empty.")
    key_field: int = Field(ge=1, description="Number of the custom field that holds the case's number.")
    mark_field: int = Field(
        ge=1, description="Number of the custom field that the gateway marks what it wrote with; hide it from agents."
    )
    requester_field: int | None = Field(
        default=None, ge=1, description="Number of the custom field that says who wrote; left out when not given."
    )
    tags_field: int | None = Field(
        default=None, ge=1, description="Number of the custom field for tags, with commas; left out when not given."
    )
    formatting: Literal["textile", "markdown", "none"] = Field(
        default="textile",
        description="Redmine's text formatting; users' words are fenced, so that none of it takes effect.",
    )
    orphan_status: str = Field(
        default="Rejected", description="Status of a second ticket that a race has made; else the first closed one."
    )

    @model_validator(mode="after")
    def _fields_are_numbers(self) -> Self:
        wrong = next((field for field in self.fields.values() if not (field.isascii() and field.isdigit())), None)
        if wrong is not None:
            raise ValueError(f'custom fields are named by their numbers, such as category = "7", not {wrong}')
        return self

    @property
    def projects(self) -> tuple[str, ...]:
        """Every project that tickets may go to."""
        return tuple(dict.fromkeys([self.project, *self.queues.values()]))
