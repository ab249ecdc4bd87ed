"""What the operator sets for Request Tracker."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints

from gateway.backends._settings import TicketSettings, WebAddress
from gateway.case import CaseState
from gateway.ports import Secret

USUAL_STATES = {CaseState.OPEN: "open", CaseState.WAITING: "stalled", CaseState.SOLVED: "resolved"}

_TOKEN = re.compile(r"[0-9]+-([0-9]+)-[0-9a-f]+")

Name = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[^'\"{}\\/]+$")]
"""A name that can stand in a TicketSQL query and in a path."""


def _known_token(token: Secret) -> Secret:
    """Refuse what is no token; an empty one was not read, by a command that calls nobody."""
    if token.get_secret_value() and not _TOKEN.fullmatch(token.get_secret_value()):
        raise ValueError("write the whole authentication token as RT shows it: 1-31-b2dd58...")
    return token


class RtSettings(TicketSettings):
    """One Request Tracker, and the user that the gateway is there."""

    url: WebAddress = Field(description="Address of Request Tracker.", examples=["https://rt.example.test"])
    token: Annotated[Secret, AfterValidator(_known_token)] = Field(
        description="Authentication token of the gateway's own user."
    )
    queue: Name = Field(description="Queue of tickets that no queue of a case sends elsewhere.")
    key_field: Name = Field(default="ExternalKey", description="The custom field that holds the case's number.")
    tags_field: str = Field(
        default="", description="The custom field of several values that takes tags; none: no tags."
    )
    closed: tuple[str, ...] = Field(
        default=("resolved", "rejected"), description="Statuses in which agents are done with a ticket."
    )
    double_status: str = Field(
        default="rejected", min_length=1, description="Status of a ticket that a broken line made a second of."
    )

    @property
    def own_id(self) -> int:
        """The gateway's own user, whom an RT token names; 0 where the token was not read."""
        found = _TOKEN.fullmatch(self.token.get_secret_value())
        return int(found[1]) if found is not None else 0

    @property
    def all_queues(self) -> tuple[str, ...]:
        """Every queue that tickets may go to."""
        return tuple(dict.fromkeys((self.queue, *self.queues.values())))
