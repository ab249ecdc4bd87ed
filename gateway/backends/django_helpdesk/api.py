"""Calls to django-helpdesk's REST interface, and what its refusals mean.

Source: https://django-helpdesk.readthedocs.io/en/stable/api.html; what it leaves open was read and seen on 2.6.1.
"""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from pydantic import AwareDatetime

from gateway.backends._api import Answer, Api
from gateway.backends._bodies import multipart
from gateway.backends._paged import SIZE
from gateway.backends.django_helpdesk import texts
from gateway.case import Frozen
from gateway.errors import ConfigError, GatewayError, GoneError, RejectedError
from gateway.http import server_time
from gateway.ports import TicketFile


class Attachment(Frozen):
    """A file on a follow-up."""

    id: int
    file: str | None = None
    filename: str = ""
    mime_type: str = ""
    size: int | None = None


class FollowUp(Frozen):
    """One entry on a ticket."""

    id: int
    ticket: int
    user: int | None = None
    comment: str | None = None
    public: bool = False
    new_status: int | None = None
    message_id: str | None = None
    date: AwareDatetime
    followupattachment_set: tuple[Attachment, ...] = ()


class _Listing(Frozen):
    count: int
    results: tuple[FollowUp, ...]


class _Made(Frozen):
    id: int


class Helpdesk:
    """One django-helpdesk, for one account. `user` is the account's number, if known: its interface tells it nowhere.

    Where it is not, it is learnt from the answer to the first follow-up that is written.
    """

    def __init__(self, api: Api, user: int | None = None) -> None:
        self.api = api
        self._user = user

    def marked(self, follow_up: FollowUp) -> texts.Marked | None:
        """Return what we wrote; None for what somebody else did, a mark of ours at its end or not."""
        if self._user is not None and follow_up.user != self._user:
            return None
        return texts.read_mark(follow_up.comment or "")

    async def fields(self) -> frozenset[str]:
        """Return the fields that a new ticket may have; custom ones as `custom_NAME`."""
        told = (await self._call("OPTIONS", "/api/tickets/")).json()
        actions = told.get("actions") if isinstance(told, dict) else None
        posted = actions.get("POST") if isinstance(actions, dict) else None
        if not isinstance(posted, dict):
            raise ConfigError(f"{self.api.host} lets the gateway's account make no tickets; make it staff")
        return frozenset(posted)

    async def open(self, data: Mapping[str, Any]) -> int:
        """Make a ticket; return its number."""
        return (await self._call("POST", "/api/tickets/", data=data)).read(_Made).id

    async def follow_up(self, fields: Mapping[str, str], files: Sequence[TicketFile] = ()) -> None:
        """Add a follow-up with files. Raises `GoneError` when its ticket is."""
        body = multipart(
            [(name, "", value) for name, value in fields.items()], [("attachments", file) for file in files]
        )
        answer = await self.api.call("POST", "/api/followups/", body=body, expected={400})
        if answer.status == 400:
            raise _refusal(answer)
        if self._user is None and isinstance(user := _said(answer).get("user"), int):
            self._user = user

    async def ticket(self, number: int) -> Mapping[str, Any]:
        """Return a ticket with its custom fields as `custom_NAME`. Raises `GoneError`.

        To answer, django-helpdesk reads every ticket that the account can see, with a query each.
        """
        answer = await self.api.call("GET", f"/api/tickets/{number}/", expected={404})
        if answer.status == 404:
            raise _refusal(answer)
        return answer.read(dict[str, Any])

    async def count(self) -> int:
        """Return how many follow-ups there are."""
        return (await self._call("GET", "/api/followups/", query={"page_size": 1})).read(_Listing).count

    async def page(self, number: int) -> Sequence[FollowUp]:
        """Return a page of all follow-ups, oldest first; nothing beyond the end."""
        query = {"page": number, "page_size": SIZE}
        answer = await self.api.call("GET", "/api/followups/", query=query, expected={404})
        if answer.status == 404:
            if _said(answer):
                return ()
            raise _refusal(answer)
        return answer.read(_Listing).results

    async def backwards(self) -> AsyncGenerator[tuple[Sequence[FollowUp], datetime], None]:
        """Yield pages of follow-ups from the newest on, each with the server's time at the beginning."""
        page, number, now = await self._last()
        while page:
            yield page, now
            number -= 1
            page = await self.page(number) if number else ()

    async def _last(self) -> tuple[Sequence[FollowUp], int, datetime]:
        """Return the last page, its number, and the server's present time."""
        answer = await self._call("GET", "/api/followups/", query={"page": "last", "page_size": SIZE})
        listing = answer.read(_Listing)
        newest = listing.results[-1].date if listing.results else datetime.max.replace(tzinfo=UTC)
        return listing.results, -(-listing.count // SIZE), server_time(answer.headers, newest)

    async def attachment(self, number: str) -> Attachment:
        """Return where a file is now."""
        answer = await self.api.call("GET", f"/api/followups-attachments/{number}/", expected={404})
        if answer.status == 404:
            raise RejectedError(f"{self.api.host} has that file no more")
        return answer.read(Attachment)

    async def _call(self, method: str, path: str, **about: Any) -> Answer:
        return await self.api.call(method, path, **about)


def _said(answer: Answer) -> Mapping[str, Any]:
    """Return what the interface says of a refusal; nothing where something else answered."""
    try:
        said = json.loads(answer.body)
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}


def _refusal(answer: Answer) -> GatewayError:
    said = _said(answer)
    if (answer.status == 404 and "detail" in said) or "ticket" in said:
        return GoneError(f"{answer.host} has that ticket no more")
    if answer.status == 404:
        return ConfigError(f"{answer.host} answered 404: nothing takes these calls at that address")
    return RejectedError(f"{answer.host} answered {answer.status}: it refuses this item")
