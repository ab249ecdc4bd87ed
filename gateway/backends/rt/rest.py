"""The calls of RT's REST2 that several parts of this backend need."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from email.parser import HeaderParser

from gateway.backends._api import Api
from gateway.backends.rt.shapes import Attachment, Listing, Ticket
from gateway.errors import GoneError
from gateway.ports import TicketRef

PAGE = 100
"""The most that RT gives at a time."""
DELETED = "deleted"
MARK_PARAMETER = "gatehouse-mark"
KEY_PARAMETER = "gatehouse-case"
"""Parameters of a text's Content-Type, which RT keeps with it and shows to nobody."""

_PARSER = HeaderParser()


class Rest:
    """One RT's REST2."""

    def __init__(self, api: Api) -> None:
        self.api = api

    async def ticket(self, ref: TicketRef) -> tuple[Ticket, str]:
        """Return a ticket, or the one it was merged into, and its ETag. Raises `GoneError`."""
        if not (ref.isascii() and ref.isdigit()):
            raise GoneError(f"{self.api.host} has no ticket of that name")
        answer = await self.api.call("GET", f"/ticket/{ref}", expected=(404,))
        ticket = None if answer.status == 404 else answer.read(Ticket)
        if ticket is None or ticket.status == DELETED:
            raise GoneError(f"ticket {ref} at {self.api.host} was deleted")
        return ticket, answer.headers.get("etag", "")

    async def search(self, query: str, fields: str = "Status,EffectiveId,CustomFields") -> Sequence[Ticket]:
        """Return the newest tickets that a TicketSQL query finds, at most a page; never deleted ones."""
        asked: Mapping[str, str | int] = {
            "query": query,
            "fields": fields,
            "orderby": "id",
            "order": "DESC",
            "per_page": PAGE,
        }
        return (await self.api.call("GET", "/tickets", query=asked)).read(Listing[Ticket]).items

    async def attachments(
        self, path: str, fields: str, conditions: Sequence[Mapping[str, str]]
    ) -> AsyncIterator[Attachment]:
        """Give out attachments page by page, without their content.

        RT leaves out what we may not see after it has cut the page: only an empty page is the end.
        """
        query = json.dumps(conditions)
        seen: set[int] = set()
        number = 0
        while True:
            number += 1
            asked: Mapping[str, str | int] = {
                "query": query,
                "fields": fields,
                "orderby": "id",
                "per_page": PAGE,
                "page": number,
            }
            found = (await self.api.call("GET", path, query=asked)).read(Listing[Attachment]).items
            new = [each for each in found if each.id not in seen]
            if not new:
                return
            seen |= {each.id for each in new}
            for each in new:
                yield each

    async def parameters(self, ticket: TicketRef, name: str) -> Collection[str]:
        """Return what our parameter of that name says on the texts of a ticket."""
        conditions = [{"field": "Headers", "operator": "LIKE", "value": name}]
        path = f"/ticket/{ticket}/attachments"
        found = {
            _parameter(each.headers or "", name)
            async for each in self.attachments(path, "Headers,Filename,TransactionId", conditions)
            # A file's headers hold its name, which its sender chose.
            if not each.filename
        }
        return found - {""}


def _parameter(headers: str, name: str) -> str:
    """Return a parameter of the Content-Type; any other line, such as a subject, is the user's."""
    value = _PARSER.parsestr(headers).get_param(name, "")
    return value if isinstance(value, str) else ""
