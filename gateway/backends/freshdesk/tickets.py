"""Tickets and notes of one Freshdesk account, a call or two each.

Users' messages are public notes in their requester's name, never replies: Freshdesk mails a reply. And a requester
bears no address that mail could reach, so that Freshdesk can mail nobody whatever its rules say.
"""

from __future__ import annotations

import hashlib
import html
import re
from collections.abc import AsyncIterator, Collection, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

from gateway.backends._bodies import multipart
from gateway.backends._parts import MARK, Part, mark_of, subject_of
from gateway.backends._pieces import MEGABYTE, pieces_of
from gateway.backends._settings import field_values, queue_name, shown_name, state_name, tags_of, user_id
from gateway.backends.freshdesk.api import PER_PAGE, Conversation, Found, FreshdeskApi, Ticket, written
from gateway.backends.freshdesk.checking import check
from gateway.backends.freshdesk.settings import CLOSED, USUAL_PRIORITIES, USUAL_STATES, FreshdeskSettings
from gateway.case import Case, CaseState, Party
from gateway.errors import GatewayError, OutcomeUnknownError
from gateway.ports import Clock, Key, Report, TicketFile, TicketRef, TicketWrite

MOST_FILES = 30
INDEXED_WITHIN = timedelta(minutes=30)
"""The search knows a ticket a few minutes after it was made; younger ones are looked for in the list."""
MOST_PAGES = 50
"""Of tickets made within that time; where there are more, nobody knows."""
MOST_TAG = 32
_LAST_MARK = re.compile(rf"({MARK.pattern})\s*\Z")


class FreshdeskTickets:
    """See `Tickets`."""

    def __init__(self, settings: FreshdeskSettings, api: FreshdeskApi, clock: Clock) -> None:
        self._settings = settings
        self._api = api
        self._clock = clock

    async def check(self) -> Report:
        """See `check` beside this."""
        return await check(self._settings, self._api)

    async def open(self, write: TicketWrite, part: Part) -> TicketRef:
        """Open a ticket with the case's number and the first words in one call; what does not fit follows as notes."""
        pieces = list(self._pieces(part))
        data = self._ticket(write)
        files: tuple[TicketFile, ...] = ()
        if part.for_agents:
            # A description is the user's to see; what is for agents alone follows as a private note.
            data["description"] = _body(f"Case {write.case.id}")
        else:
            first = pieces.pop(0)
            data["description"], files = _body(first.text, first.mark), first.files
        ticket = await self._post("/api/v2/tickets", data, files)
        await self._notes(ticket.ref, ticket.requester_id, pieces, began=True)
        return ticket.ref

    async def append(self, write: TicketWrite, ticket: TicketRef, part: Part) -> None:
        """Add notes to a ticket; one that waited, or was solved, is first opened for what a user writes."""
        found = await self._api.ticket(ticket)
        pieces = self._pieces(part)
        held = await self.marks(ticket) if len(pieces) > 1 else ()
        if not part.for_agents and write.case.state is CaseState.OPEN and found.status in self._shelved():
            await self.set_state(write, ticket, CaseState.OPEN)
        await self._notes(ticket, found.requester_id, [piece for piece in pieces if piece.mark not in held])

    async def set_state(self, write: TicketWrite, ticket: TicketRef, state: CaseState) -> None:
        """Set the status, and in the same call that it was we who did."""
        status = int(state_name(self._settings, USUAL_STATES, state))
        told = f"{status} {written(self._clock.now())} {mark_of(write.key)}"
        await self._put(ticket, {"status": status, "custom_fields": {self._settings.state_field: told}})

    async def by_key(self, external_key: str) -> Sequence[TicketRef]:
        """Return the tickets with that number: from the search, and of the youngest, which it lacks, from the list."""
        found = {ticket.id: ticket for ticket in await self._searched(external_key)}
        found |= {ticket.id: ticket async for ticket in self._young() if self._key(ticket) == external_key}
        return [found[number].ref for number in sorted(found)]

    async def marks(self, ticket: TicketRef) -> Collection[str]:
        """Return the marks at the ends of the description and of our own notes; nobody else's words count."""
        found = await self._api.ticket(ticket)
        ours = {(await self._api.me()).id, found.requester_id}
        texts = [found.description_text]
        async for each in self._api.conversations(ticket):
            said = Conversation.model_validate(each)
            if said.user_id in ours:
                texts.append(said.body_text)
        return {mark[1] for mark in map(_LAST_MARK.search, texts) if mark is not None}

    async def give_up(self, orphan: TicketRef, kept: TicketRef) -> None:
        """Close a double, say which ticket goes on, and take its number away last of all."""
        mark = mark_of(Key(f"double:{orphan}:{kept}"))
        found = await self._api.ticket(orphan)
        if mark not in await self.marks(orphan):
            told = Part(mark, f"A double of the ticket {kept}; go on there.", for_agents=True)
            await self._note(orphan, found.requester_id, told)
        fields = {self._settings.key_field: f"{self._key(found)} double of {kept}", self._settings.state_field: ""}
        await self._put(orphan, {"status": CLOSED, "custom_fields": fields})

    def _pieces(self, part: Part) -> tuple[Part, ...]:
        return pieces_of(part, MOST_FILES, self._settings.upload_mb * MEGABYTE)

    def _key(self, ticket: Ticket) -> str:
        return ticket.text(self._settings.key_field)

    def _shelved(self) -> set[int]:
        """Return the states in which agents do not look at a ticket."""
        waiting = int(state_name(self._settings, USUAL_STATES, CaseState.WAITING))
        opened = int(state_name(self._settings, USUAL_STATES, CaseState.OPEN))
        return {waiting, *self._settings.solved} - {opened}

    def _ticket(self, write: TicketWrite) -> dict[str, Any]:
        case = write.case
        data: dict[str, Any] = {
            "name": shown_name(case.requester),
            "email": address_of(self._settings, case.requester),
            "unique_external_id": user_id(case.requester),
            "subject": subject_of(write),
            "status": int(state_name(self._settings, USUAL_STATES, CaseState.OPEN)),
            "priority": int(self._settings.priorities.get(case.priority) or USUAL_PRIORITIES[case.priority]),
            "source": self._settings.source,
            "custom_fields": {
                **field_values(self._settings, case),
                self._settings.key_field: write.external_key,
            },
        }
        return data | self._optional(case)

    def _optional(self, case: Case) -> dict[str, Any]:
        tags = list(dict.fromkeys(tag[:MOST_TAG] for tag in tags_of(self._settings, case)))
        group = queue_name(self._settings, case, self._settings.group)
        optional = {
            "tags": tags,
            "group_id": int(group or 0),
            "type": self._settings.ticket_type,
            "product_id": self._settings.product,
        }
        return {name: value for name, value in optional.items() if value}

    async def _notes(self, ticket: TicketRef, requester: int, parts: Sequence[Part], began: bool = False) -> None:
        for part in parts:
            try:
                await self._note(ticket, requester, part)
            except GatewayError as error:
                # This one surely is not there, or nobody knows; what came before it is.
                raise (OutcomeUnknownError(f"written in part: {error}") if began else error) from error
            began = True

    async def _note(self, ticket: TicketRef, requester: int, part: Part) -> None:
        data: dict[str, Any] = {"body": _body(part.text, part.mark), "private": part.for_agents}
        if not part.for_agents:
            data |= {"incoming": True, "user_id": requester}
        path = f"/api/v2/tickets/{ticket}/notes"
        if part.files:
            body = multipart(list(_flat(data)), [("attachments[]", file) for file in part.files])
            answer = await self._api.http.call("POST", path, body=body, expected=(404, 405))
        else:
            answer = await self._api.http.call("POST", path, data=data, expected=(404, 405))
        self._api.alive(ticket, answer)

    async def _post(self, path: str, data: Mapping[str, Any], files: Sequence[TicketFile]) -> Ticket:
        if not files:
            return (await self._api.http.call("POST", path, data=data)).read(Ticket)
        body = multipart(list(_flat(data)), [("attachments[]", file) for file in files])
        return (await self._api.http.call("POST", path, body=body)).read(Ticket)

    async def _put(self, ticket: TicketRef, data: Mapping[str, Any]) -> None:
        answer = await self._api.http.call("PUT", f"/api/v2/tickets/{ticket}", data=data, expected=(404, 405))
        self._api.alive(ticket, answer)

    async def _searched(self, external_key: str) -> list[Ticket]:
        """Return what the search finds, each looked at itself: the index may be older than what became of it."""
        query = {"query": f"\"{self._settings.key_field}:'{external_key}'\""}
        answer = await self._api.http.call("GET", "/api/v2/search/tickets", query=query)
        tickets = []
        for each in answer.read(Found).results:
            one = await self._api.http.call("GET", f"/api/v2/tickets/{each.id}", expected=(404, 405))
            ticket = one.read(Ticket) if one.status == 200 else None
            if ticket is not None and not ticket.deleted and self._key(ticket) == external_key:
                tickets.append(ticket)
        return tickets

    async def _young(self) -> AsyncIterator[Ticket]:
        """Yield the tickets that were made a short time ago, youngest first."""
        since = self._clock.now() - INDEXED_WITHIN
        for page in range(1, MOST_PAGES + 1):
            query: dict[str, str | int] = {
                "updated_since": written(since),
                "order_by": "created_at",
                "order_type": "desc",
                "per_page": PER_PAGE,
                "page": page,
            }
            tickets = (await self._api.http.call("GET", "/api/v2/tickets", query=query)).read(list[Ticket])
            for ticket in tickets:
                yield ticket
            if len(tickets) < PER_PAGE or tickets[-1].created_at < since:
                return
        raise OutcomeUnknownError(f"{self._api.host} has too many new tickets to look through; its search knows soon")


def address_of(settings: FreshdeskSettings, party: Party) -> str:
    """Return an address that no mail reaches, another for every user: Freshdesk knows requesters by it."""
    name = user_id(party)
    plain = "".join(char if char.isascii() and char.isalnum() else "-" for char in name)
    digest = hashlib.sha256(name.encode("utf-8", "replace")).hexdigest()[:12]
    return f"{plain[:40].strip('-') or 'user'}-{digest}@{settings.requester_domain}".lower()


def _body(text: str, mark: str = "") -> str:
    """Return plain text as HTML that shows it to the character, with a mark on a last line of its own."""
    shown = html.escape(text, quote=False).replace("\n", "<br>")
    end = f"<div><small>{mark}</small></div>" if mark else ""
    return f'<div style="white-space: pre-wrap">{shown}</div>{end}'


def _flat(data: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Yield the fields of a form as Freshdesk reads them: `tags[]`, `custom_fields[cf_x]`."""
    for name, value in data.items():
        if isinstance(value, Mapping):
            yield from ((f"{name}[{key}]", "", str(each)) for key, each in value.items())
        elif isinstance(value, list):
            yield from ((f"{name}[]", "", str(each)) for each in value)
        else:
            yield name, "", str(value).lower() if isinstance(value, bool) else str(value)
