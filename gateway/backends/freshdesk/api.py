"""What Freshdesk's API v2 answers, as far as the gateway reads it, and calls that several parts make.

Source: https://developers.freshdesk.com/api/
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

from pydantic import AwareDatetime, Field

from gateway.backends._api import Answer, Api
from gateway.case import Frozen
from gateway.errors import GoneError
from gateway.ports import TicketRef

PER_PAGE = 100
MOST_CONVERSATIONS = 2000
"""Replies and notes of one ticket that are read."""
REPLY, NOTE = 0, 2
"""Sources of a conversation; the others went out another way, or were forwarded to strangers."""


class Stats(Frozen):
    """When what happened last to a ticket."""

    reopened_at: AwareDatetime | None = None
    resolved_at: AwareDatetime | None = None
    closed_at: AwareDatetime | None = None


class Ticket(Frozen):
    """A ticket."""

    id: int
    status: int
    requester_id: int
    created_at: AwareDatetime
    updated_at: AwareDatetime
    deleted: bool = False
    spam: bool = False
    description_text: str = ""
    custom_fields: dict[str, Any] = Field(default_factory=dict)
    stats: Stats = Stats()

    @property
    def ref(self) -> TicketRef:
        """What the gateway calls it."""
        return TicketRef(str(self.id))

    def text(self, field: str) -> str:
        """Return what stands in one of its own fields."""
        value = self.custom_fields.get(field)
        return value if isinstance(value, str) else ""


class Hit(Frozen):
    """One ticket that the search names."""

    id: int


class Found(Frozen):
    """What the search finds."""

    results: tuple[Hit, ...] = ()


class Attachment(Frozen):
    """A file; its address holds for a few minutes."""

    id: int
    name: str
    content_type: str | None = None
    size: int = 0
    attachment_url: str = ""


class Conversation(Frozen):
    """A reply or a note on a ticket."""

    id: int
    incoming: bool = False
    private: bool = False
    source: int = NOTE
    user_id: int
    body: str = ""
    body_text: str = ""
    from_email: str | None = None
    created_at: AwareDatetime
    attachments: tuple[Attachment, ...] = ()


class Agent(Frozen):
    """The account whose key we have. `ticket_scope` 1 is every ticket."""

    id: int
    ticket_scope: int = 1


class FreshdeskApi:
    """One account, and who we are there."""

    def __init__(self, api: Api) -> None:
        self.http = api
        self.host = api.host
        self._me: Agent | None = None

    async def me(self) -> Agent:
        """Return our own agent; asked once."""
        if self._me is None:
            self._me = (await self.http.call("GET", "/api/v2/agents/me")).read(Agent)
        return self._me

    async def ticket(self, ref: TicketRef) -> Ticket:
        """Return a ticket. Raises `GoneError` when it is deleted."""
        if not re.fullmatch(r"[0-9]{1,19}", ref):
            raise GoneError(f"{self.host} has no ticket of that name")
        answer = await self.http.call("GET", f"/api/v2/tickets/{ref}", expected=(404, 405))
        ticket = self.alive(ref, answer).read(Ticket)
        if ticket.deleted:
            raise GoneError(f"ticket {ref} of {self.host} was deleted")
        return ticket

    def alive(self, ref: TicketRef, answer: Answer) -> Answer:
        """Return an answer about a ticket. Raises `GoneError` when it says that there is none, or none to write to."""
        if answer.status in (404, 405):
            raise GoneError(f"{self.host} has ticket {ref} no more")
        return answer

    async def conversations(self, ref: TicketRef) -> AsyncIterator[Any]:
        """Yield what stands on a ticket, oldest first, as Freshdesk tells it."""
        for page in range(1, MOST_CONVERSATIONS // PER_PAGE + 1):
            query = {"page": page, "per_page": PER_PAGE}
            answer = await self.http.call("GET", f"/api/v2/tickets/{ref}/conversations", query=query, expected=(404,))
            found = self.alive(ref, answer).read(list[dict[str, Any]])
            for each in found:
                yield each
            if len(found) < PER_PAGE:
                return


def written(at: datetime) -> str:
    """Return a time as queries and fields take it."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def near(one: datetime, other: datetime, within: timedelta) -> bool:
    """Whether two times lie as close as that."""
    return abs(one - other) <= within
