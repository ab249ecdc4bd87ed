"""Freshdesk on loopback: its API v2 as far as the gateway uses it, with its limits, its late search and its mails.

Source: https://developers.freshdesk.com/api/ . Nothing of it leaves the machine, and nothing outlives the process.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

from typing_extensions import override

from gateway.ports import Clock
from gateway.sandbox._http import HOST, Answer, HttpServer, Request
from gateway.sandbox.tickets._base import Field, Given, RefusedError, TicketServer, said
from gateway.sandbox.tickets._pushing import Pusher

ME, BEA = 1001, 1002
"""The gateway's own agent, and one who works."""
GROUP = 501
OPEN, PENDING, RESOLVED, CLOSED = 2, 3, 4, 5
REPLY, NOTE, FORWARD = 0, 2, 8
MOST_PER_PAGE = 100
MOST_UPLOAD = 20_000_000
LISTED = timedelta(days=30)
"""Older tickets are listed only with `updated_since`."""
LINK_HOLDS = timedelta(minutes=5)
MINUTE = 60
_STATS = (
    "agent_responded_at",
    "requester_responded_at",
    "status_updated_at",
    "reopened_at",
    "resolved_at",
    "closed_at",
)


@dataclass(slots=True)
class Stored:
    """A file."""

    id: int
    name: str
    media_type: str
    data: bytes
    made_at: datetime


@dataclass(slots=True)
class Said:
    """A reply or a note."""

    id: int
    user_id: int
    body: str
    at: datetime
    private: bool = False
    incoming: bool = False
    source: int = NOTE
    files: list[Stored] = field(default_factory=list)


@dataclass(slots=True)
class Ticket:
    """A ticket."""

    id: int
    requester_id: int
    subject: str
    description: str
    created_at: datetime
    updated_at: datetime
    status: int = OPEN
    priority: int = 1
    source: int = 2
    kind: str | None = None
    group_id: int | None = None
    product_id: int | None = None
    tags: list[str] = field(default_factory=list)
    fields: dict[str, Any] = field(default_factory=dict)
    files: list[Stored] = field(default_factory=list)
    said: list[Said] = field(default_factory=list)
    stats: dict[str, datetime | None] = field(default_factory=dict)
    deleted: bool = False
    spam: bool = False


@dataclass(slots=True)
class Contact:
    """A requester."""

    id: int
    name: str
    email: str
    external_id: str


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail that Freshdesk would have sent by itself."""

    to: str
    why: str


class FreshdeskServer(TicketServer):
    """One account. `per_minute` calls are taken, of which the refused count too; the search lags by `index_secs`."""

    def __init__(self, clock: Clock, api_key: str, per_minute: int = 100_000, index_secs: float = 180) -> None:
        super().__init__(clock)
        self.api_key = api_key
        self.per_minute = per_minute
        self.index_secs = index_secs
        self.scope = 1
        self.groups = {GROUP: "Support"}
        self.field_names = ["subject", "status", "priority", "cf_gatehouse_key", "cf_gatehouse_state"]
        self.tickets: dict[int, Ticket] = {}
        self.contacts: dict[int, Contact] = {}
        self.mails: list[Mail] = []
        self.strangers = 0
        """Calls without our credential."""
        self.leaks = 0
        """Calls to the file store that bore a credential."""
        self.hook: tuple[str, str] | None = None
        """Address and secret of the automation rule that pushes."""
        self.pusher = Pusher()
        self.store = HttpServer(self._give_out)
        self._store_port = 0
        self._index: list[tuple[datetime, int, dict[str, Any]]] = []
        self._window: list[datetime] = []
        self._used = 1
        self._last_id = 10_000
        self._add_routes()

    @asynccontextmanager
    @override
    async def running(self, port: int = 0) -> AsyncIterator[int]:
        """Serve until left; gives the port. The file store stands at another."""
        async with AsyncExitStack() as stack:
            self._store_port = await stack.enter_async_context(self.store.listen())
            await stack.enter_async_context(self.pusher.open())
            yield await stack.enter_async_context(super().running(port))

    def reply(self, ticket: int, text: str, files: Sequence[tuple[str, bytes]] = (), source: int = REPLY) -> Said:
        """Let an agent answer: Freshdesk mails it, and quotes what was said before."""
        quote = '<div class="freshdesk_quote"><blockquote class="freshdesk_quote">what was before</blockquote></div>'
        words = "".join(f"<div>{_escaped(line) or '<br>'}</div>" for line in text.split("\n"))
        one = self._say(self.tickets[ticket], BEA, words + quote, source=source)
        one.files = [self._file(name, "application/octet-stream", data) for name, data in files]
        self.tickets[ticket].stats["agent_responded_at"] = self._now()
        self._mail(self.tickets[ticket], "agent replied")
        return one

    def note(self, ticket: int, text: str, private: bool = True) -> Said:
        """Let an agent write a note."""
        one = self._say(self.tickets[ticket], BEA, f"<div>{_escaped(text)}</div>", private=private)
        if not private:
            self._mail(self.tickets[ticket], "agent commented")
        return one

    def set_status(self, ticket: int, status: int) -> None:
        """Let an agent set a status."""
        self._set_status(self.tickets[ticket], status)
        self._touch(self.tickets[ticket])

    def delete(self, ticket: int) -> None:
        """Let an agent delete a ticket."""
        self.tickets[ticket].deleted = True
        self._touch(self.tickets[ticket])

    @override
    def admit(self, request: Request) -> Answer | None:
        """Count the call, and refuse it without a credential or above the limit."""
        now = self.clock.now()
        self._used = 2 if "include=" in request.query else 1
        self._window = [at for at in self._window if at > now - timedelta(seconds=MINUTE)]
        if len(self._window) + self._used > self.per_minute:
            wait = int((self._window[0] + timedelta(seconds=MINUTE) - now).total_seconds()) + 1
            told = {"message": "You have exceeded the limit of requests per minute"}
            return said(told, 429, {"retry-after": str(wait), **self.headers()})
        self._window += [now] * self._used
        expected = "Basic " + base64.b64encode(f"{self.api_key}:X".encode()).decode()
        if request.headers.get("authorization") != expected:
            self.strangers += 1
            told = {"code": "invalid_credentials", "message": "You have to be logged in to perform this action."}
            return said(told, 401, self.headers())
        return None

    @override
    def headers(self) -> Mapping[str, str]:
        """Return what is left of the limit, and the server's time."""
        return {
            "x-ratelimit-total": str(self.per_minute),
            "x-ratelimit-remaining": str(max(0, self.per_minute - len(self._window))),
            "x-ratelimit-used-currentrequest": str(self._used),
            "date": format_datetime(self.clock.now().astimezone(UTC), usegmt=True),
        }

    def _add_routes(self) -> None:
        self.route("GET", "/api/v2/agents/me", self._get_me)
        self.route("GET", "/api/v2/groups", self._get_groups)
        self.route("GET", "/api/v2/ticket_fields", self._get_fields)
        self.route("POST", "/api/v2/admin/ticket_fields", self._make_field)
        self.route("GET", "/api/v2/search/tickets", self._search)
        self.route("GET", "/api/v2/tickets", self._list)
        self.route("POST", "/api/v2/tickets", self._create)
        self.route("GET", "/api/v2/tickets/{id}", self._get)
        self.route("PUT", "/api/v2/tickets/{id}", self._update)
        self.route("GET", "/api/v2/tickets/{id}/conversations", self._list_said)
        self.route("POST", "/api/v2/tickets/{id}/notes", self._add_note)

    def _get_me(self, given: Given) -> Answer:
        contact = {"name": "Gatehouse", "email": "gatehouse@desk.example.test", "active": True}
        return said({"id": ME, "ticket_scope": self.scope, "type": "support_agent", "contact": contact})

    def _get_groups(self, given: Given) -> Answer:
        return said([{"id": number, "name": name} for number, name in self.groups.items()])

    def _get_fields(self, given: Given) -> Answer:
        return said([{"id": 70 + number, "name": name} for number, name in enumerate(self.field_names)])

    def _make_field(self, given: Given) -> Answer:
        label = str(given.json().get("label", ""))
        name = "cf_" + re.sub(r"\W+", "_", label.lower())
        if not label or name in self.field_names:
            raise _invalid("label", "It should be a unique, non-blank value", "duplicate_value", 409)
        self.field_names.append(name)
        return said({"id": 70 + len(self.field_names), "name": name, "label": label, "type": "custom_text"}, 201)

    def _list(self, given: Given) -> Answer:
        since = given.one("updated_since")
        begin = datetime.fromisoformat(since) if since else None
        wanted = given.one("filter")
        tickets = [
            ticket
            for ticket in self.tickets.values()
            if ticket.deleted == (wanted == "deleted")
            and ticket.spam == (wanted == "spam")
            and (ticket.updated_at >= begin if begin is not None else ticket.created_at >= self._now() - LISTED)
        ]
        order = given.one("order_by", "created_at")
        tickets.sort(key=lambda ticket: (getattr(ticket, order), ticket.id), reverse=given.one("order_type") != "asc")
        with_stats = given.one("include") == "stats"
        return said([self._shown(ticket, with_stats=with_stats) for ticket in _page(given, tickets)])

    def _search(self, given: Given) -> Answer:
        """Find by one field, among tickets as they were when the index saw them last."""
        found = re.fullmatch(r"\"(cf_\w+):'([^']*)'\"", given.one("query"))
        if found is None:
            raise _invalid("query", "the query is not understood", "invalid_value")
        until = self.clock.now() - timedelta(seconds=self.index_secs)
        indexed = {number: shown for at, number, shown in self._index if at <= until}
        hits = [shown for shown in indexed.values() if shown["custom_fields"].get(found[1]) == found[2]]
        return said({"total": len(hits), "results": hits[:30]})

    def _create(self, given: Given) -> Answer:
        data, files = self._sent(given)
        fields = data.get("custom_fields") or {}
        self._check_fields(fields)
        self._check_choice("status", data, OPEN)
        if int(data.get("priority", 1)) not in (1, 2, 3, 4):
            raise _invalid("priority", "It should be one of these values: '1,2,3,4'", "invalid_value")
        if not data.get("subject") or not data.get("description"):
            raise _invalid("description", "It should be a/an String", "missing_field")
        if any(len(tag) > 32 for tag in data.get("tags", ())):
            raise _invalid("tags", "Has more than 32 characters", "invalid_value")
        group = int(data.get("group_id") or 0)
        if group and group not in self.groups:
            raise _invalid("group_id", "There is no group matching the given group_id", "invalid_value")
        contact = self._contact(data)
        now = self._now()
        ticket = Ticket(self._next_id(), contact.id, str(data["subject"]), str(data["description"]), now, now)
        ticket.status, ticket.priority = int(data.get("status", OPEN)), int(data.get("priority", 1))
        ticket.source, ticket.kind = int(data.get("source", 2)), data.get("type")
        ticket.group_id, ticket.tags = group or None, [str(tag) for tag in data.get("tags", ())]
        ticket.product_id, ticket.fields, ticket.files = data.get("product_id"), dict(fields), files
        self.tickets[ticket.id] = ticket
        self._mail(ticket, "new ticket")
        self._touch(ticket, by_agent=False)
        return said(self._shown(ticket, whole=True), 201)

    def _get(self, given: Given) -> Answer:
        ticket = self.tickets.get(_number(given))
        if ticket is None:
            raise RefusedError(404)
        return said(self._shown(ticket, whole=True, with_stats=given.one("include") == "stats"))

    def _update(self, given: Given) -> Answer:
        ticket, data = self._alive(given), given.json()
        self._check_choice("status", data, ticket.status)
        self._check_fields(data.get("custom_fields") or {})
        ticket.fields |= data.get("custom_fields") or {}
        self._set_status(ticket, int(data.get("status", ticket.status)))
        self._touch(ticket, by_agent=False)
        return said(self._shown(ticket, whole=True))

    def _list_said(self, given: Given) -> Answer:
        ticket = self._alive(given)
        return said([self._shown_said(ticket, each) for each in _page(given, ticket.said)])

    def _add_note(self, given: Given) -> Answer:
        ticket = self._alive(given)
        data, files = self._sent(given)
        user, private = int(data.get("user_id") or ME), _truth(data.get("private", True))
        if user not in (ME, BEA) and user not in self.contacts:
            raise _invalid("user_id", "There is no user matching the given user_id", "invalid_value")
        if not data.get("body"):
            raise _invalid("body", "It should be a/an String", "missing_field")
        one = self._say(ticket, user, str(data["body"]), private=private, incoming=_truth(data.get("incoming", False)))
        one.files = files
        if user in (ME, BEA) and not private:
            self._mail(ticket, "agent commented")
        if one.incoming:
            ticket.stats["requester_responded_at"] = self._now()
        return said(self._shown_said(ticket, one), 201)

    def _sent(self, given: Given) -> tuple[dict[str, Any], list[Stored]]:
        """Read a body in JSON, or a form with files."""
        if given.request.headers.get("content-type", "").startswith("application/json"):
            return dict(given.json()), []
        data: dict[str, Any] = {}
        files = []
        for each in given.form():
            if each.file_name is not None:
                files.append(self._file(each.file_name, each.media_type, each.data))
            else:
                _put(data, each)
        if sum(len(file.data) for file in files) > MOST_UPLOAD:
            raise _invalid("attachments", "The total size of all attachments is more than 20 MB", "invalid_size")
        return data, files

    def _check_fields(self, fields: Mapping[str, Any]) -> None:
        unknown = next((name for name in fields if name not in self.field_names), None)
        if unknown is not None:
            raise _invalid(f"custom_fields.{unknown}", "Unexpected/invalid field in request", "invalid_field")

    def _check_choice(self, name: str, data: Mapping[str, Any], otherwise: int) -> None:
        if int(data.get(name, otherwise)) not in range(OPEN, 20):
            raise _invalid(name, "It should be one of these values: '2,3,4,5'", "invalid_value")

    def _contact(self, data: Mapping[str, Any]) -> Contact:
        email, name = str(data.get("email", "")).lower(), str(data.get("name") or data.get("email"))
        if not re.fullmatch(r"[^@\s]{1,64}@[^@\s]+\.[a-z]+", email):
            raise _invalid("email", "It should be in the 'valid email address' format", "invalid_value")
        for contact in self.contacts.values():
            if contact.email == email:
                return contact
        contact = Contact(self._next_id(), name, email, str(data.get("unique_external_id", "")))
        self.contacts[contact.id] = contact
        return contact

    def _alive(self, given: Given) -> Ticket:
        ticket = self.tickets.get(_number(given))
        if ticket is None or ticket.deleted:
            raise RefusedError(404)
        return ticket

    def _say(
        self, ticket: Ticket, user: int, body: str, private: bool = False, incoming: bool = False, source: int = NOTE
    ) -> Said:
        one = Said(self._next_id(), user, body, self._now(), private, incoming, source)
        ticket.said.append(one)
        self._touch(ticket, by_agent=user == BEA)
        return one

    def _set_status(self, ticket: Ticket, status: int) -> None:
        before, ticket.status = ticket.status, status
        if before == status:
            return
        ended = (RESOLVED, CLOSED)
        ticket.stats["status_updated_at"] = self._now()
        if status in ended:
            ticket.stats["resolved_at" if status == RESOLVED else "closed_at"] = self._now()
        elif before in ended:
            ticket.stats |= {"reopened_at": self._now(), "resolved_at": None, "closed_at": None}

    def _touch(self, ticket: Ticket, by_agent: bool = True) -> None:
        ticket.updated_at = self._now()
        self._index.append((self.clock.now(), ticket.id, self._shown(ticket)))
        if self.hook is not None and by_agent:
            body = json.dumps({"ticket_id": ticket.id}).encode()
            headers = {"content-type": "application/json", "x-gatehouse-secret": self.hook[1]}
            self.pusher.push(self.hook[0], headers, body)

    def _mail(self, ticket: Ticket, why: str) -> None:
        self.mails.append(Mail(self.contacts[ticket.requester_id].email, why))

    def _file(self, name: str, media_type: str, data: bytes) -> Stored:
        return Stored(self._next_id(), name, media_type, data, self._now())

    def _shown(self, ticket: Ticket, *, whole: bool = False, with_stats: bool = False) -> dict[str, Any]:
        shown: dict[str, Any] = {
            "id": ticket.id,
            "subject": ticket.subject,
            "status": ticket.status,
            "priority": ticket.priority,
            "source": ticket.source,
            "type": ticket.kind,
            "requester_id": ticket.requester_id,
            "group_id": ticket.group_id,
            "product_id": ticket.product_id,
            "tags": list(ticket.tags),
            "spam": ticket.spam,
            "custom_fields": {name: ticket.fields.get(name) for name in self.field_names if name.startswith("cf_")},
            "created_at": _written(ticket.created_at),
            "updated_at": _written(ticket.updated_at),
        }
        if ticket.deleted:
            shown["deleted"] = True
        if whole:
            shown |= {"description": ticket.description, "description_text": _text(ticket.description)}
            shown["attachments"] = [self._shown_file(file) for file in ticket.files]
        if with_stats:
            stats = {name: ticket.stats.get(name) for name in _STATS}
            shown["stats"] = {name: None if at is None else _written(at) for name, at in stats.items()}
        return shown

    def _shown_said(self, ticket: Ticket, one: Said) -> dict[str, Any]:
        return {
            "id": one.id,
            "ticket_id": ticket.id,
            "user_id": one.user_id,
            "body": one.body,
            "body_text": _text(one.body),
            "incoming": one.incoming,
            "private": one.private,
            "source": one.source,
            "support_email": None,
            "created_at": _written(one.at),
            "updated_at": _written(one.at),
            "attachments": [self._shown_file(file) for file in one.files],
        }

    def _shown_file(self, file: Stored) -> dict[str, Any]:
        until = int((self.clock.now() + LINK_HOLDS).timestamp())
        return {
            "id": file.id,
            "name": file.name,
            "content_type": file.media_type,
            "size": len(file.data),
            "created_at": _written(file.made_at),
            "updated_at": _written(file.made_at),
            "attachment_url": f"http://{HOST}:{self._store_port}/data/{file.id}?expires={until}",
        }

    async def _give_out(self, request: Request) -> Answer:
        """Answer at the file store: a link is proof enough, for a while."""
        if "authorization" in request.headers:
            self.leaks += 1
        until = int(request.query.removeprefix("expires=") or 0)
        number = int(request.path.rsplit("/", 1)[1])
        every = (file for ticket in self.tickets.values() for file in _files_of(ticket))
        file = next((each for each in every if each.id == number), None)
        if file is None or self.clock.now().timestamp() > until:
            return Answer(403, b"<Error/>", content_type="application/xml")
        return Answer(200, file.data, content_type=file.media_type)

    def _now(self) -> datetime:
        return self.clock.now().replace(microsecond=0)

    def _next_id(self) -> int:
        self._last_id += 1
        return self._last_id


def _number(given: Given) -> int:
    number = given.path["id"]
    return int(number) if number.isdigit() else 0


def _page(given: Given, items: Sequence[Any]) -> Sequence[Any]:
    size, page = int(given.one("per_page", "30")), int(given.one("page", "1"))
    if not 1 <= size <= MOST_PER_PAGE or page < 1:
        raise _invalid("per_page", "It should be a Positive Integer less than or equal to 100", "invalid_value")
    return items[(page - 1) * size : page * size]


def _put(data: dict[str, Any], each: Field) -> None:
    """Add one field of a form: `tags[]` to a list, `custom_fields[cf_x]` to an object."""
    text = each.data.decode("utf-8", "replace")
    found = re.fullmatch(r"(\w+)\[(\w*)\]", each.name)
    if found is None:
        data[each.name] = text
    elif found[2]:
        data.setdefault(found[1], {})[found[2]] = text
    else:
        data.setdefault(found[1], []).append(text)


def _truth(value: Any) -> bool:
    return value in (True, "true")


def _invalid(name: str, message: str, code: str, status: int = 400) -> RefusedError:
    errors = [{"field": name, "message": message, "code": code}]
    return RefusedError(status, {"description": "Validation failed", "errors": errors})


def _files_of(ticket: Ticket) -> list[Stored]:
    return [*ticket.files, *(file for one in ticket.said for file in one.files)]


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _text(html: str) -> str:
    """Return what Freshdesk shows of HTML as text; it keeps no line."""
    plain = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html)).strip()
    return plain.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _written(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
