"""The tickets, users, audits and files of the emulated Zendesk, and what may be done to them."""

from __future__ import annotations

import html
import itertools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from gateway.ports import Clock
from gateway.sandbox.tickets._base import RefusedError
from gateway.sandbox.tickets.zendesk._limits import stamp

STATUSES = frozenset({"new", "open", "pending", "hold", "solved", "closed"})
PRIORITIES = frozenset({"urgent", "high", "normal", "low", None})
PLAIN = ("subject", "status", "priority", "external_id", "group_id", "assignee_id", "custom_status_id")
"""Fields of a ticket that are set as they come, each a change in its audit."""


@dataclass(slots=True)
class User:
    """A person: an end user, an agent or an admin."""

    id: int
    name: str
    email: str
    role: str = "end-user"


@dataclass(slots=True)
class Ticket:
    """A ticket; `fields` are what the API calls them."""

    id: int
    requester_id: int
    created_at: datetime
    updated_at: datetime
    fields: dict[str, Any] = field(default_factory=dict)
    tags: list[str] = field(default_factory=list)
    custom: dict[int, Any] = field(default_factory=dict)
    audits: list[dict[str, Any]] = field(default_factory=list)
    is_deleted: bool = False


@dataclass(frozen=True, slots=True)
class File:
    """A file that was uploaded."""

    id: int
    name: str
    media_type: str
    data: bytes = field(repr=False)


class Desk:
    """All that the emulated Zendesk holds. `address` is where its files are fetched."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._ids = itertools.count(1000)
        self.address = ""
        self.users: dict[int, User] = {}
        self.tickets: dict[int, Ticket] = {}
        self.audits: list[dict[str, Any]] = []
        self.files: dict[str, File] = {}
        self.groups: dict[int, str] = {}
        self.us = self.add_user("Gatehouse", "gatehouse@examplex.test", "admin")

    def next_id(self) -> int:
        """Return an id that nothing else has."""
        return next(self._ids)

    def add_user(self, name: str, email: str, role: str = "end-user") -> User:
        """Add a person."""
        user = User(self.next_id(), name, email, role)
        self.users[user.id] = user
        return user

    def upload(self, name: str, media_type: str, data: bytes) -> str:
        """Keep a file; return its token."""
        file = File(self.next_id(), name, media_type, data)
        token = f"up{file.id}"
        self.files[token] = file
        return token

    def live(self, number: int) -> Ticket:
        """Return a ticket that is there. Raises `RefusedError` with 404."""
        ticket = self.tickets.get(number)
        if ticket is None or ticket.is_deleted:
            raise RefusedError(404, {"error": "RecordNotFound", "description": "Not found"})
        return ticket

    def create(self, data: Mapping[str, Any], actor: User) -> Ticket:
        """Open a ticket. Raises `RefusedError` with 422."""
        comment = data.get("comment") or {}
        if not str(comment.get("body") or comment.get("html_body") or "").strip():
            raise invalid("description", "Description: cannot be blank")
        self._examine(data, comment)
        requester = self._requester(data, actor)
        now = self._clock.now()
        ticket = Ticket(self.next_id(), requester.id, now, now, {"status": "new"})
        self.tickets[ticket.id] = ticket
        self._apply(ticket, data, actor, "Create")
        return ticket

    def update(
        self, ticket: Ticket, data: Mapping[str, Any], actor: User, via: Mapping[str, Any] | None = None
    ) -> None:
        """Change a ticket. Raises `RefusedError` with 409 or 422."""
        if ticket.fields["status"] == "closed":
            raise invalid("status", "Status: closed prevents ticket update")
        if data.get("safe_update") and data.get("updated_stamp") != stamp(ticket.updated_at):
            raise RefusedError(409, {"error": "UpdateConflict", "description": "Safe Update prevented the update"})
        self._examine(data, data.get("comment") or {})
        self._apply(ticket, data, actor, "Change", via)

    def delete(self, ticket: Ticket, actor: User) -> None:
        """Delete a ticket: nothing finds it any more, but its last audit says so."""
        self._audit(ticket, actor, [self._changed("status", ticket.fields["status"], "deleted", "Change")], {}, None)
        ticket.is_deleted = True

    def _examine(self, data: Mapping[str, Any], comment: Mapping[str, Any]) -> None:
        if data.get("status", "open") not in STATUSES:
            raise invalid("status", "Status: is invalid")
        if data.get("priority") not in PRIORITIES:
            raise invalid("priority", "Priority: is invalid")
        if data.get("group_id") not in {None, *self.groups}:
            raise invalid("group", "Group: is invalid")
        missing = [token for token in comment.get("uploads", ()) if token not in self.files]
        if missing:
            raise invalid("uploads", "Upload token: is invalid or has expired")

    def _requester(self, data: Mapping[str, Any], actor: User) -> User:
        given = data.get("requester")
        if not isinstance(given, Mapping):
            return self.users.get(data.get("requester_id", actor.id), actor)
        found = [user for user in self.users.values() if user.email == str(given.get("email", "")).lower()]
        if found:
            return found[0]
        if not str(given.get("name", "")).strip():
            raise invalid("requester", "Requester: Name: is too short")
        return self.add_user(str(given["name"]), str(given["email"]).lower())

    def _apply(
        self, ticket: Ticket, data: Mapping[str, Any], actor: User, kind: str, via: Mapping[str, Any] | None = None
    ) -> None:
        events = []
        for name in PLAIN:
            before = ticket.fields.get(name)
            if name in data and (data[name] != before or kind == "Create"):
                ticket.fields[name] = data[name]
                events.append(self._changed(name, before, data[name], kind))
        if "tags" in data:
            events.append(self._changed("tags", list(ticket.tags), list(data["tags"]), kind))
            ticket.tags = list(data["tags"])
        for each in data.get("custom_fields", ()):
            ticket.custom[each["id"]] = each["value"]
            events.append(self._changed(str(each["id"]), None, each["value"], kind))
        comment = data.get("comment")
        if comment:
            events.insert(0, self._comment(comment, data, actor, via))
        if events:
            self._audit(ticket, actor, events, data.get("metadata") or {}, via)

    def _comment(
        self, comment: Mapping[str, Any], data: Mapping[str, Any], actor: User, via: Mapping[str, Any] | None
    ) -> dict[str, Any]:
        marked_up = comment.get("html_body")
        body = _words(str(marked_up)) if marked_up else str(comment["body"])
        return {
            "id": self.next_id(),
            "type": "Comment",
            "author_id": comment.get("author_id") or data.get("submitter_id") or actor.id,
            "body": body,
            "html_body": marked_up or f'<div class="zd-comment"><p dir="auto">{html.escape(body)}</p></div>',
            "plain_body": body,
            "public": comment.get("public", True),
            "attachments": [self.attachment(token) for token in comment.get("uploads", ())],
            "via": via or {"channel": "api", "source": {"from": {}, "to": {}, "rel": None}},
        }

    def _changed(self, name: str, before: Any, after: Any, kind: str) -> dict[str, Any]:
        event = {"id": self.next_id(), "type": kind, "field_name": name, "value": after}
        return event if kind == "Create" else {**event, "previous_value": before}

    def _audit(
        self,
        ticket: Ticket,
        actor: User,
        events: Sequence[dict[str, Any]],
        custom: Mapping[str, Any],
        via: Mapping[str, Any] | None,
    ) -> None:
        number = self.next_id()
        ticket.updated_at = self._clock.now()
        audit = {
            "id": number,
            "ticket_id": ticket.id,
            "created_at": stamp(ticket.updated_at),
            "author_id": actor.id,
            "via": via or {"channel": "api", "source": {"from": {}, "to": {}, "rel": None}},
            "metadata": {"system": {"client": "sandbox"}, "custom": dict(custom)},
            "events": [{**event, "audit_id": number} if event["type"] == "Comment" else event for event in events],
        }
        ticket.audits.append(audit)
        self.audits.append(audit)

    def attachment(self, token: str) -> dict[str, Any]:
        """Return what the API says of a file."""
        file = self.files[token]
        return {
            "id": file.id,
            "file_name": file.name,
            "content_type": file.media_type,
            "size": len(file.data),
            "url": f"{self.address}/api/v2/attachments/{file.id}",
            "content_url": f"{self.address}/attachments/token/{token}/",
            "inline": False,
        }

    def shown(self, ticket: Ticket) -> dict[str, Any]:
        """Return a ticket as the API shows it."""
        return {
            "id": ticket.id,
            "url": f"{self.address}/api/v2/tickets/{ticket.id}",
            "requester_id": ticket.requester_id,
            "subject": None,
            "priority": None,
            "external_id": None,
            "group_id": None,
            **ticket.fields,
            "tags": ticket.tags,
            "custom_fields": [{"id": number, "value": value} for number, value in ticket.custom.items()],
            "created_at": stamp(ticket.created_at),
            "updated_at": stamp(ticket.updated_at),
            "via": {"channel": "api", "source": {"from": {}, "to": {}, "rel": None}},
        }


def _words(marked_up: str) -> str:
    """Return what HTML says, by the few tags that are needed here."""
    lines = re.sub(r"<br ?/?>|</p>\s*<p[^>]*>", "\n", marked_up)
    return html.unescape(re.sub(r"<[^>]+>", "", lines)).replace("\xa0", " ")


def invalid(name: str, text: str) -> RefusedError:
    """Return the refusal of a record that is not valid."""
    told = {
        "error": "RecordInvalid",
        "description": "Record validation errors",
        "details": {name: [{"description": text}]},
    }
    return RefusedError(422, told)
