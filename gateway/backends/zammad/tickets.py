"""Tickets and articles of one Zammad, a call or two each.

By the public API (https://docs.zammad.org/en/latest/api/intro.html). What it leaves open was read in Zammad's own
source: a search by condition asks the database, one by query an index that lags; an article keeps the `message_id` that
it is made with.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from typing import Any

from gateway.backends._api import Api
from gateway.backends._bodies import InBase64, json_with_files
from gateway.backends._parts import MARK, Part, subject_of
from gateway.backends._settings import field_values, mail_of, queue_name, shown_name, state_name, tags_of
from gateway.backends.zammad.checking import check
from gateway.backends.zammad.settings import USUAL_STATES, ZammadSettings
from gateway.case import Case, CaseState
from gateway.errors import ConfigError, GoneError, OutcomeUnknownError
from gateway.ports import Clock, Report, TicketFile, TicketRef, TicketWrite

MERGED = "merged"
GIVEN_UP = "gatehouse-double"
KNOWN_USERS = 5000
"""How many users' mail addresses are remembered, so that each is made known to Zammad once a start."""


class ZammadTickets:
    """See `Tickets`."""

    def __init__(self, settings: ZammadSettings, api: Api, clock: Clock) -> None:
        self._settings = settings
        self._api = api
        self._clock = clock
        self._known: OrderedDict[str, None] = OrderedDict()

    async def check(self) -> Report:
        """See `check` beside this."""
        return await check(self._settings, self._api)

    async def open(self, write: TicketWrite, part: Part) -> TicketRef:
        """Open a ticket with the case's number and the part in one call: all of it or nothing."""
        case = write.case
        await self._introduce(case)
        data: dict[str, Any] = {
            **field_values(self._settings, case),
            "title": subject_of(write),
            "group": queue_name(self._settings, case, self._settings.group),
            "customer_id": f"guess:{mail_of(self._settings, case.requester)}",
            self._settings.key_attribute: write.external_key,
            "article": self._article(part),
        }
        if case.priority in self._settings.priorities:
            data["priority"] = self._settings.priorities[case.priority]
        tags = tags_of(self._settings, case)
        if tags:
            data["tags"] = ",".join(tag.replace(",", " ") for tag in tags)
        answer = await self._api.call("POST", "/api/v1/tickets", body=json_with_files(data))
        return TicketRef(str(answer.read(dict[str, Any]).get("id") or _fail(answer.unreadable())))

    async def append(self, write: TicketWrite, ticket: TicketRef, part: Part) -> None:
        """Add an article, unless the ticket is gone."""
        await self._alive(ticket)
        data = {"ticket_id": int(ticket), **self._article(part)}
        answer = await self._api.call("POST", "/api/v1/ticket_articles", body=json_with_files(data), expected=(404,))
        if answer.status == 404:
            raise GoneError(f"{self._api.host} has ticket {ticket} no more")

    async def set_state(self, write: TicketWrite, ticket: TicketRef, state: CaseState) -> None:
        """Set the state; one that is pending needs a time, too."""
        await self._alive(ticket)
        name = state_name(self._settings, USUAL_STATES, state)
        data = {"state": name}
        if name.startswith("pending"):
            until = self._clock.now() + timedelta(days=self._settings.reminder_days)
            data["pending_time"] = until.isoformat(timespec="seconds")
        await self._api.call("PUT", f"/api/v1/tickets/{ticket}", data=data)

    async def by_key(self, external_key: str) -> Sequence[TicketRef]:
        """Return the tickets with that number, from the database: what was just made is found."""
        attribute = self._settings.key_attribute
        query: dict[str, str | int] = {
            f"condition[ticket.{attribute}][operator]": "is",
            f"condition[ticket.{attribute}][value]": external_key,
            "expand": "true",
            "per_page": 100,
            "sort_by": "created_at",
            "order_by": "asc",
        }
        found = (await self._api.call("GET", "/api/v1/tickets/search", query=query)).read(list[dict[str, Any]])
        if any(attribute not in each for each in found):
            raise ConfigError(f"tickets at {self._api.host} have no attribute {attribute}; make it, or name another")
        if any(each[attribute] != external_key for each in found):
            raise OutcomeUnknownError(f"{self._api.host} does not search by conditions, so it cannot be asked")
        ours = [each for each in found if each.get("state") != MERGED]
        return [TicketRef(str(each["id"])) for each in sorted(ours, key=lambda each: int(each["id"]))]

    async def marks(self, ticket: TicketRef) -> Collection[str]:
        """Return the marks in the message ids of a ticket's articles."""
        path = f"/api/v1/ticket_articles/by_ticket/{ticket}"
        answer = await self._api.call("GET", path, expected=(404,))
        if answer.status == 404:
            raise GoneError(f"{self._api.host} has ticket {ticket} no more")
        ids = [str(each.get("message_id") or "") for each in answer.read(list[dict[str, Any]])]
        return {found[0] for found in map(MARK.search, ids) if found is not None}

    async def give_up(self, orphan: TicketRef, kept: TicketRef) -> None:
        """Close a double and take its number away; whoever opens it reads why."""
        note = Part(GIVEN_UP, f"A double of the ticket with id {kept}; go on there.", for_agents=True)
        data = {
            "state": state_name(self._settings, USUAL_STATES, CaseState.SOLVED),
            self._settings.key_attribute: "",
            "article": self._article(note),
        }
        await self._api.call("PUT", f"/api/v1/tickets/{orphan}", body=json_with_files(data), expected=(404,))

    async def _alive(self, ticket: TicketRef) -> None:
        if not ticket.isdigit():
            raise GoneError(f"{self._api.host} has no ticket of that name")
        path = f"/api/v1/tickets/{ticket}"
        answer = await self._api.call("GET", path, query={"expand": "true"}, expected=(404,))
        if answer.status == 404:
            raise GoneError(f"{self._api.host} has ticket {ticket} no more")
        if answer.read(dict[str, Any]).get("state") == MERGED:
            raise GoneError(f"ticket {ticket} at {self._api.host} was merged into another")

    def _article(self, part: Part) -> dict[str, Any]:
        """Return an article. Never of type email: Zammad would send it."""
        article: dict[str, Any] = {
            "body": part.text,
            "content_type": "text/plain",
            "type": "note" if part.for_agents else self._settings.article_type,
            "sender": "Agent" if part.for_agents else "Customer",
            "internal": part.for_agents,
            "message_id": part.mark,
        }
        if part.files:
            article["attachments"] = [_attachment(file) for file in part.files]
        return article

    async def _introduce(self, case: Case) -> None:
        """Make the user known by name; one who is there, or whom we may not make, is found by mail all the same."""
        mail = mail_of(self._settings, case.requester)
        if mail in self._known:
            return
        user = {"firstname": shown_name(case.requester), "email": mail, "roles": ["Customer"]}
        await self._api.call("POST", "/api/v1/users", data=user, expected=(403, 422))
        self._known[mail] = None
        if len(self._known) > KNOWN_USERS:
            self._known.popitem(last=False)


def _attachment(file: TicketFile) -> Mapping[str, Any]:
    return {"filename": file.name, "mime-type": file.media_type, "data": InBase64(file)}


def _fail(error: Exception) -> str:
    raise error
