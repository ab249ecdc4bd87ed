"""Zammad on loopback: tickets, articles, history, merges, the search's two sides, triggers, and signed webhooks.

Made from Zammad's documentation and from its public source; what is said here of its behaviour was never compared with
a running one.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from typing_extensions import override

from gateway.ports import Clock
from gateway.sandbox._http import Answer, Request
from gateway.sandbox.tickets._base import Given, RefusedError, TicketServer, said

STATES = {1: "new", 2: "open", 3: "pending reminder", 4: "closed", 5: "merged", 7: "pending close"}
STATE_TYPES = {"pending close": "pending action"}
PRIORITIES = {1: "1 low", 2: "2 normal", 3: "3 high"}
TYPES = {1: "email", 5: "phone", 10: "note", 11: "web"}
RIGHTS = frozenset({"ticket.agent", "admin.object", "admin.trigger", "admin.webhook"})
SYSTEM, GATEWAY, AGENT = 1, 3, 4
MOST_A_PAGE = 200
DEFAULT_TRIGGER: Mapping[str, Any] = {
    "id": 1,
    "name": "auto reply (on new tickets)",
    "active": True,
    "condition": {
        "ticket.action": {"operator": "is", "value": "create"},
        "article.type_id": {"operator": "is", "value": ["1", "5", "11"]},
        "article.sender_id": {"operator": "is", "value": 2},
    },
    "perform": {"notification.email": {"recipient": "article_last_sender", "subject": "Thanks", "body": "..."}},
}
"""The one that a new Zammad mails users with."""


@dataclass
class Delivery:
    """A webhook's call as Zammad makes it."""

    url: str
    headers: Mapping[str, str]
    body: bytes = field(repr=False)


class Zammad(TicketServer):
    """One Zammad with a group, the gateway's account and an agent. `index_lag`: how late its index learns of things."""

    def __init__(self, clock: Clock, token: str, group: str = "Support") -> None:
        super().__init__(clock)
        self.token = token
        self.rights = set(RIGHTS)
        self.index_lag = timedelta(seconds=30)
        self.groups: list[dict[str, Any]] = [{"id": 1, "name": group, "active": True, "email_address_id": None}]
        self.access: dict[str, list[str]] = {group: ["full"]}
        self.users: dict[int, dict[str, Any]] = {}
        self.tickets: dict[int, dict[str, Any]] = {}
        self.articles: dict[int, dict[str, Any]] = {}
        self.files: dict[int, bytes] = {}
        self.history: list[dict[str, Any]] = []
        self.links: list[tuple[int, int]] = []
        self.tags: dict[int, list[str]] = {}
        self.attributes: list[dict[str, Any]] = []
        self.webhooks: list[dict[str, Any]] = []
        self.triggers: list[dict[str, Any]] = [dict(DEFAULT_TRIGGER)]
        self.mailed: list[str] = []
        """Whom Zammad has mailed by itself."""
        self.deliveries: list[Delivery] = []
        self.heeds_conditions = True
        self._ids = 10
        self._last = datetime(2000, 1, 1, tzinfo=UTC)
        for number, login, name in ((SYSTEM, "-", "-"), (GATEWAY, "gatehouse", "Gatehouse"), (AGENT, "bea", "Bea")):
            mail = f"{login}@desk.example.test" if number != SYSTEM else ""
            self.users[number] = {"id": number, "login": login, "email": mail, "firstname": name, "lastname": "Agent"}
        self._add_routes()

    def _add_routes(self) -> None:
        for method, path, handler in (
            ("GET", "/users/me", self._me),
            ("POST", "/users", self._make_user),
            ("GET", "/ticket_states", lambda given: said([self._state(number) for number in STATES])),
            ("GET", "/ticket_priorities", lambda given: said([{"id": i, "name": n} for i, n in PRIORITIES.items()])),
            ("GET", "/tickets/search", self._search),
            ("GET", "/tickets", self._list),
            ("POST", "/tickets", self._open),
            ("GET", "/tickets/{id}", lambda given: said(self._shown(self._ticket(given.path["id"])))),
            ("PUT", "/tickets/{id}", self._change),
            ("POST", "/ticket_articles", self._append),
            ("GET", "/ticket_articles/by_ticket/{id}", self._articles_of),
            ("GET", "/ticket_history/{id}", self._history_of),
            ("GET", "/ticket_attachment/{ticket}/{article}/{id}", self._file),
            ("GET", "/object_manager_attributes", self._attributes),
            ("POST", "/object_manager_attributes", self._make_attribute),
            ("POST", "/object_manager_attributes_execute_migrations", self._migrate),
            ("GET", "/webhooks", self._listed("webhooks", "admin.webhook")),
            ("POST", "/webhooks", self._made("webhooks", "admin.webhook")),
            ("GET", "/triggers", self._listed("triggers", "admin.trigger")),
            ("POST", "/triggers", self._made("triggers", "admin.trigger")),
        ):
            self.route(method, f"/api/v1{path}", handler)

    @override
    def admit(self, request: Request) -> Answer | None:
        """Refuse a call without the token."""
        if request.headers.get("authorization") == f"Token token={self.token}":
            return None
        return said({"error": "Invalid token!"}, 401)

    def now(self) -> datetime:
        """Return a time in milliseconds that no other change bears."""
        self._last = max(self.clock.now().astimezone(UTC), self._last + timedelta(milliseconds=1))
        self._last = self._last.replace(microsecond=self._last.microsecond // 1000 * 1000)
        return self._last

    def by_key(self, key: str) -> dict[str, Any]:
        """Return the newest ticket with that case number that is not merged away."""
        found = [ticket for ticket in self.tickets.values() if key in (ticket.get("gatehouse_key") or "")]
        return found[-1]

    def articles_of(self, ticket: int) -> list[dict[str, Any]]:
        """Return a ticket's articles, oldest first."""
        return [article for article in self.articles.values() if article["ticket_id"] == ticket]

    # What agents do.

    def reply(
        self,
        ticket: int,
        text: str,
        files: Sequence[tuple[str, bytes]] = (),
        *,
        internal: bool = False,
        kind: str = "note",
        html: bool = True,
        by: int = AGENT,
    ) -> int:
        """Write an article as an agent does in the browser, in HTML."""
        escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace("\n", "<br>")
        data = {
            "body": f"<div>{escaped}</div>" if html else text,
            "content_type": "text/html" if html else "text/plain",
            "type": kind,
            "sender": "Agent" if by != self.tickets[ticket]["customer_id"] else "Customer",
            "internal": internal,
            "attachments": [
                {"filename": name, "data": base64.b64encode(data).decode(), "mime-type": "application/octet-stream"}
                for name, data in files
            ],
        }
        article = self._article(self.tickets[ticket], data, by)
        self._fire(self.tickets[ticket], "update", article)
        return int(article["id"])

    def set_state(self, ticket: int, state: str, by: int = AGENT) -> None:
        """Set a ticket's state."""
        self._update(self.tickets[ticket], {"state": state}, by)
        self._fire(self.tickets[ticket], "update", None)

    def merge(self, source: int, target: int, by: int = AGENT) -> None:
        """Merge: articles move, the source keeps one that says so, and its history's entry bears an old time."""
        ticket = self.tickets[source]
        for article in self.articles_of(source):
            article["ticket_id"] = target
        self._log(ticket, by, "merged_into", id_from=source, id_to=target, created_at=ticket["updated_at"])
        note = {"body": "merged", "content_type": "text/plain", "type": "note", "sender": "Agent", "internal": False}
        self._article(ticket, note, by)
        self.links.append((target, source))
        self._update(ticket, {"state": "merged"}, by)
        self.tickets[target]["updated_at"] = _text(self.now())

    def delete(self, ticket: int) -> None:
        """Delete a ticket with all that belongs to it; nothing tells of it afterwards."""
        del self.tickets[ticket]
        self.articles = {number: each for number, each in self.articles.items() if each["ticket_id"] != ticket}
        self.history = [entry for entry in self.history if entry["o_id"] != ticket]

    # Calls.

    def _me(self, given: Given) -> Answer:
        me = dict(self.users[GATEWAY])
        if given.one("expand") == "true":
            me["groups"] = self.access
        return said(me)

    def _make_user(self, given: Given) -> Answer:
        data = given.json()
        mail = str(data.get("email", "")).lower()
        if "@" not in mail:
            raise RefusedError(422, {"error": "Invalid email"})
        if self._user(mail) is not None:
            raise RefusedError(422, {"error": f"Email address '{mail}' is already used for another user."})
        user = {"id": self._id(), "login": mail, "email": mail, "firstname": data.get("firstname", ""), "lastname": ""}
        self.users[user["id"]] = user
        return said(user, 201)

    def _open(self, given: Given) -> Answer:
        data = given.json()
        group = next((each for each in self.groups if each["name"] == data.get("group")), None)
        if group is None:
            raise RefusedError(422, {"error": "No lookup value found for 'group'"})
        if "full" not in self.access.get(group["name"], ()):
            raise RefusedError(403, {"error": "Not authorized"})
        number, at = self._id(), _text(self.now())
        ticket = {
            "id": number,
            "number": str(10_000 + number),
            "title": data["title"],
            "group_id": group["id"],
            "group": group["name"],
            "state_id": 1,
            "priority_id": 2,
            "customer_id": self._customer(data),
            "created_by_id": GATEWAY,
            "created_at": at,
            "updated_at": at,
            "custom": self.clock.now(),
            **{name: None for name in self._columns()},
        }
        self.tickets[number] = ticket
        try:
            self._set(ticket, data)
            article = self._article(ticket, data["article"], GATEWAY)
        except RefusedError:
            del self.tickets[number]
            raise
        self.tags[number] = [tag for tag in str(data.get("tags", "")).split(",") if tag]
        self._fire(ticket, "create", article)
        return said(self._shown(ticket, expand=False), 201)

    def _change(self, given: Given) -> Answer:
        ticket, data = self._ticket(given.path["id"]), given.json()
        self._update(ticket, data, GATEWAY)
        article = self._article(ticket, data["article"], GATEWAY) if data.get("article") else None
        self._fire(ticket, "update", article)
        return said(self._shown(ticket, expand=False))

    def _append(self, given: Given) -> Answer:
        data = given.json()
        ticket = self._ticket(str(data.get("ticket_id")))
        article = self._article(ticket, data, GATEWAY)
        self._fire(ticket, "update", article)
        return said(article, 201)

    def _list(self, given: Given) -> Answer:
        most = min(int(given.one("per_page", "100")), 100)
        return said([self._shown(ticket, expand=False) for ticket in list(self.tickets.values())[:most]])

    def _search(self, given: Given) -> Answer:
        """By query from the index, which lags; by condition alone from the database."""
        found = list(self.tickets.values())
        query = given.one("query")
        if query:
            name, _, value = query.partition(":")
            known = self.clock.now() - self.index_lag
            found = [each for each in found if each["custom"] <= known and str(each.get(name)) == value.strip('"')]
        elif self.heeds_conditions:
            found = [each for each in found if all(self._holds(each, *item) for item in _conditions(given.query))]
        by = given.one("sort_by", "updated_at")
        found.sort(key=lambda each: (each[by], each["id"]), reverse=given.one("order_by", "desc") == "desc")
        size = min(int(given.one("per_page", "50")), MOST_A_PAGE)
        begin = (int(given.one("page", "1")) - 1) * size
        expand = given.one("expand") == "true"
        return said([self._shown(ticket, expand=expand) for ticket in found[begin : begin + size]])

    def _holds(self, ticket: Mapping[str, Any], name: str, operator: str, value: str) -> bool:
        attribute = name.removeprefix("ticket.")
        if attribute not in ticket:
            raise RefusedError(422, {"error": f"Invalid condition for {name}"})
        has = ticket[attribute]
        if operator == "after (absolute)":
            return datetime.fromisoformat(has) >= datetime.fromisoformat(value)
        return value.lower() in str(has or "").lower() if operator == "contains" else str(has or "") == value

    def _articles_of(self, given: Given) -> Answer:
        return said(self.articles_of(self._ticket(given.path["id"])["id"]))

    def _history_of(self, given: Given) -> Answer:
        number = self._ticket(given.path["id"])["id"]
        entries = [entry for entry in self.history if entry["o_id"] == number]
        users = {str(entry["created_by_id"]): self.users[entry["created_by_id"]] for entry in entries}
        return said({"history": entries, "assets": {"User": users}})

    def _file(self, given: Given) -> Answer:
        article = self.articles.get(int(given.path["article"]))
        number = int(given.path["id"])
        if article is None or number not in self.files:
            raise RefusedError(404, {"error": "Couldn't find Store"})
        if number not in [each["id"] for each in article["attachments"]]:
            raise RefusedError(403, {"error": "The file does not belong to the specified article."})
        return Answer(200, self.files[number], "application/octet-stream")

    def _attributes(self, given: Given) -> Answer:
        self._need("admin.object")
        return said(self.attributes)

    def _make_attribute(self, given: Given) -> Answer:
        self._need("admin.object")
        data = given.json()
        if any(each["name"] == data["name"] for each in self.attributes):
            raise RefusedError(422, {"error": "already exists"})
        made = {**data, "id": self._id(), "to_create": True}
        self.attributes.append(made)
        return said(made, 201)

    def _migrate(self, given: Given) -> Answer:
        self._need("admin.object")
        for each in self.attributes:
            each["to_create"] = False
            for ticket in self.tickets.values():
                ticket.setdefault(each["name"], None)
        return said({})

    def _listed(self, what: str, right: str) -> Any:
        def handler(given: Given) -> Answer:
            self._need(right)
            return said(getattr(self, what))

        return handler

    def _made(self, what: str, right: str) -> Any:
        def handler(given: Given) -> Answer:
            self._need(right)
            made = {**given.json(), "id": self._id()}
            getattr(self, what).append(made)
            return said(made, 201)

        return handler

    # What happens inside.

    def add_attribute(self, name: str) -> None:
        """Have an attribute, as if the setup had been run."""
        self.attributes.append({"id": self._id(), "name": name, "object": "Ticket", "to_create": False})

    def _need(self, right: str) -> None:
        if right not in self.rights:
            raise RefusedError(403, {"error": "Not authorized"})

    def _columns(self) -> list[str]:
        return [each["name"] for each in self.attributes if not each["to_create"]]

    def _id(self) -> int:
        self._ids += 1
        return self._ids

    def _user(self, mail: str) -> dict[str, Any] | None:
        return next((user for user in self.users.values() if user["email"] == mail.lower()), None)

    def _customer(self, data: Mapping[str, Any]) -> int:
        found = re.fullmatch(r"guess:(\S+@\S+)", str(data.get("customer_id", "")))
        if found is None:
            raise RefusedError(422, {"error": "Invalid email of customer"})
        user = self._user(found[1])
        if user is None:
            user = {"id": self._id(), "login": found[1], "email": found[1].lower(), "firstname": "", "lastname": ""}
            self.users[user["id"]] = user
        return int(user["id"])

    def _ticket(self, number: str) -> dict[str, Any]:
        found = self.tickets.get(int(number)) if number.isdigit() else None
        if found is None:
            raise RefusedError(404, {"error": f"Couldn't find Ticket with 'id'={number}"})
        return found

    def _state(self, number: int) -> dict[str, Any]:
        name = STATES[number]
        return {"id": number, "name": name, "active": True, "state_type": STATE_TYPES.get(name, name)}

    def _shown(self, ticket: Mapping[str, Any], *, expand: bool = True) -> dict[str, Any]:
        shown = {name: value for name, value in ticket.items() if name not in ("custom", "group")}
        if expand:
            shown |= {"state": STATES[ticket["state_id"]], "group": ticket["group"]}
            shown |= {"priority": PRIORITIES[ticket["priority_id"]]}
        return shown

    def _set(self, ticket: dict[str, Any], data: Mapping[str, Any]) -> None:
        for name, table in (("state", STATES), ("priority", PRIORITIES)):
            if name in data:
                number = next((number for number, text in table.items() if text == data[name]), None)
                if number is None:
                    raise RefusedError(422, {"error": f"No lookup value found for '{name}': {data[name]!r}"})
                ticket[f"{name}_id"] = number
        if str(data.get("state", "")).startswith("pending") and not data.get("pending_time"):
            raise RefusedError(422, {"error": "Missing required value for field 'pending_time'!"})
        ticket |= {name: data[name] for name in self._columns() if name in data}

    def _update(self, ticket: dict[str, Any], data: Mapping[str, Any], by: int) -> None:
        before = STATES[ticket["state_id"]]
        self._set(ticket, data)
        after = STATES[ticket["state_id"]]
        at = _text(self.now())
        ticket["updated_at"] = at
        if before != after:
            self._log(ticket, by, "updated", attribute="state", value_from=before, value_to=after, created_at=at)

    def _log(self, ticket: Mapping[str, Any], by: int, kind: str, **more: Any) -> None:
        entry = {"id": self._id(), "o_id": ticket["id"], "object": "Ticket", "type": kind, "created_by_id": by}
        self.history.append(entry | more)

    def _article(self, ticket: dict[str, Any], data: Mapping[str, Any], by: int) -> dict[str, Any]:
        if not data.get("body"):
            raise RefusedError(422, {"error": 'Need at least article: { body: "some text" }'})
        if data.get("type", "note") not in TYPES.values():
            raise RefusedError(422, {"error": "No lookup value found for 'type'"})
        kept = [self._keep(each, index) for index, each in enumerate(data.get("attachments", ()))]
        at = _text(self.now())
        user = self.users[by]
        article = {
            "id": self._id(),
            "ticket_id": ticket["id"],
            "from": f"{user['firstname']} {user['lastname']}".strip(),
            "subject": None,
            "body": data["body"],
            "content_type": data.get("content_type", "text/plain"),
            "type": data.get("type", "note"),
            "sender": data.get("sender", "Agent"),
            "internal": bool(data.get("internal", False)),
            "message_id": data.get("message_id"),
            "attachments": kept,
            "created_by_id": by,
            "created_by": user["login"],
            "created_at": at,
            "updated_at": at,
        }
        self.articles[article["id"]] = article
        ticket["updated_at"] = at
        if article["type"] == "email" and article["sender"] == "Agent":
            self.mailed.append(str(self.users[ticket["customer_id"]]["email"]))
        return article

    def _keep(self, attachment: Mapping[str, Any], index: int) -> dict[str, Any]:
        for name in ("mime-type", "filename", "data"):
            if not attachment.get(name):
                raise RefusedError(422, {"error": f"Attachment needs '{name}' param for attachment {index}"})
        try:
            data = base64.b64decode(attachment["data"], validate=True)
        except binascii.Error:
            raise RefusedError(422, {"error": f"Invalid base64 for attachment with index '{index}'"}) from None
        number = self._id()
        self.files[number] = data
        preferences = {"Mime-Type": attachment["mime-type"]}
        return {"id": number, "filename": attachment["filename"], "size": str(len(data)), "preferences": preferences}

    def _fire(self, ticket: Mapping[str, Any], action: str, article: Mapping[str, Any] | None) -> None:
        """Run the triggers: mails to users are noted, webhooks are signed and laid out for delivery."""
        for trigger in self.triggers:
            if trigger.get("active") and self._meets(trigger.get("condition", {}), ticket, action, article):
                if "notification.email" in trigger["perform"]:
                    self.mailed.append(str(self.users[ticket["customer_id"]]["email"]))
                hook = trigger["perform"].get("notification.webhook", {}).get("webhook_id")
                for webhook in self.webhooks:
                    if webhook["id"] == hook:
                        self.deliveries.append(self._delivery(trigger, webhook, ticket, article))

    def _meets(
        self, condition: Mapping[str, Any], ticket: Mapping[str, Any], action: str, article: Mapping[str, Any] | None
    ) -> bool:
        for name, each in condition.items():
            value = each.get("value")
            if name == "ticket.action" and value != action:
                return False
            if name == "article.type_id" and (article is None or article["type"] not in [TYPES[int(v)] for v in value]):
                return False
            if name == "article.sender_id" and (article is None or article["sender"] != "Customer"):
                return False
            if name.removeprefix("ticket.") in self._columns() and value not in (ticket[name[7:]] or ""):
                return False
        return True

    def _delivery(
        self,
        trigger: Mapping[str, Any],
        webhook: Mapping[str, Any],
        ticket: Mapping[str, Any],
        article: Mapping[str, Any] | None,
    ) -> Delivery:
        body = json.dumps({"ticket": self._shown(ticket), "article": article or {}}, ensure_ascii=False).encode()
        digest = hmac.new(str(webhook["signature_token"]).encode(), body, hashlib.sha1).hexdigest()
        headers = {
            "content-type": "application/json; charset=utf-8",
            "user-agent": "Zammad User Agent",
            "x-zammad-trigger": trigger["name"],
            "x-zammad-delivery": f"00000000-0000-4000-8000-{self._id():012d}",
            "x-hub-signature": f"sha1={digest}",
        }
        return Delivery(webhook["endpoint"], headers, body)


def _text(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _conditions(query: Mapping[str, list[str]]) -> list[tuple[str, str, str]]:
    parts: dict[str, dict[str, str]] = {}
    for name, values in query.items():
        found = re.fullmatch(r"condition\[([^\]]+)\]\[(operator|value)\]", name)
        if found is not None:
            parts.setdefault(found[1], {})[found[2]] = values[0]
    return [(name, each.get("operator", ""), each.get("value", "")) for name, each in parts.items()]
