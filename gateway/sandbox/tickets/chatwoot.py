"""Chatwoot on loopback: the API of one account with an inbox of the kind API, as far as the gateway uses it.

Source: https://developers.chatwoot.com/api-reference/ , and where that is silent, how Chatwoot's own source behaves.
Nothing of it leaves the machine, and nothing outlives the process.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

from typing_extensions import override

from gateway.ports import Clock
from gateway.sandbox._http import HOST, Answer, HttpServer, Request
from gateway.sandbox.tickets._base import Given, RefusedError, TicketServer, said
from gateway.sandbox.tickets._pushing import Pusher

ACCOUNT, INBOX, TEAM = 1, 7, 3
ME, BEA, BOT = 11, 12, 2
"""The gateway's own user, an agent who works, and a bot."""
INCOMING, OUTGOING, ACTIVITY = 0, 1, 2
PAGE = 25
MOST_AFTER, LATEST = 100, 20
MOST_FILES, MOST_UPLOAD, MOST_TEXT = 15, 40_000_000, 150_000
STATES = ("open", "resolved", "pending", "snoozed")
MINUTE = timedelta(minutes=1)
_BASE = f"/api/v1/accounts/{ACCOUNT}"


@dataclass(slots=True)
class Stored:
    """A file; it comes into its store at `there_at`."""

    id: int
    name: str
    media_type: str
    data: bytes
    there_at: datetime


@dataclass(slots=True)
class Said:
    """A message, a private note, or what Chatwoot tells of itself."""

    id: int
    kind: int
    content: str
    at: datetime
    private: bool = False
    sender: Mapping[str, Any] | None = None
    source_id: str | None = None
    attributes: dict[str, Any] = field(default_factory=dict)
    files: list[Stored] = field(default_factory=list)


@dataclass(slots=True)
class Conversation:
    """A conversation."""

    id: int
    contact_id: int
    inbox_id: int
    last_activity_at: datetime
    status: str = "open"
    source_id: str = ""
    attributes: dict[str, Any] = field(default_factory=dict)
    labels: list[str] = field(default_factory=list)
    priority: str | None = None
    team_id: int | None = None
    said: list[Said] = field(default_factory=list)


@dataclass(slots=True)
class Contact:
    """A contact."""

    id: int
    name: str
    identifier: str | None
    email: str | None
    description: str = ""


@dataclass(slots=True)
class Webhook:
    """Where events are pushed to."""

    id: int
    url: str
    subscriptions: list[str]
    secret: str


class ChatwootServer(TicketServer):
    """One account. `per_minute` calls are taken from one address, and `flood` messages of one conversation."""

    def __init__(self, clock: Clock, token: str, per_minute: int = 100_000, flood: int = 200) -> None:
        super().__init__(clock)
        self.token = token
        self.per_minute = per_minute
        self.flood = flood
        self.role = "administrator"
        self.channel = "Channel::Api"
        self.attribute_keys = ["gatehouse_key", "gatehouse_state"]
        self.label_titles: list[str] = []
        self.webhooks: list[Webhook] = []
        self.webhook_secret = "c2lnbnMgd2hhdCBDaGF0d29vdCBwdXNoZXM"  # noqa: S105 - of a server that is none
        self.contacts: dict[int, Contact] = {}
        self.conversations: dict[int, Conversation] = {}
        self.mails: list[str] = []
        """Addresses that Chatwoot would have mailed by itself."""
        self.strangers = 0
        """Calls without our credential."""
        self.leaks = 0
        """Calls for files that bore our credential."""
        self.store_secs = 0.0
        """So long after its message a file reaches its store."""
        self.merges = True
        """Whether attributes are merged when asked; older releases replace them all."""
        self.pusher = Pusher()
        self.store = HttpServer(self._give_out)
        self._store_port = 0
        self._window: list[datetime] = []
        self._last_id = 5_000
        self._last_number = 0
        self._deliveries = 0
        self._add_routes()

    @asynccontextmanager
    @override
    async def running(self, port: int = 0) -> AsyncIterator[int]:
        """Serve until left; gives the port. The file store stands at another."""
        async with AsyncExitStack() as stack:
            self._store_port = await stack.enter_async_context(self.store.listen())
            await stack.enter_async_context(self.pusher.open())
            yield await stack.enter_async_context(super().running(port))

    def reply(self, conversation: int, text: str, files: Sequence[tuple[str, bytes]] = (), sender: int = BEA) -> Said:
        """Let an agent answer; `sender` 0 is a rule, which writes in nobody's name."""
        found = self.conversations[conversation]
        one = self._say(found, OUTGOING, text, sender=_user(sender) if sender else None)
        one.files = [self._file(name, "application/octet-stream", data) for name, data in files]
        contact = self.contacts[found.contact_id]
        if contact.email:
            self.mails.append(contact.email)
        self._happened("message_created", self._event(found, one))
        return one

    def bot_says(self, conversation: int, text: str) -> Said:
        """Let a bot answer."""
        sender = {"id": BOT, "name": "Bot", "type": "agent_bot"}
        return self._say(self.conversations[conversation], OUTGOING, text, sender=sender)

    def note(self, conversation: int, text: str) -> Said:
        """Let an agent write a private note."""
        return self._say(self.conversations[conversation], OUTGOING, text, private=True, sender=_user(BEA))

    def withdraw(self, conversation: int, message: int) -> None:
        """Let an agent delete a message."""
        for one in self.conversations[conversation].said:
            if one.id == message:
                one.content, one.files, one.attributes = "This message was deleted", [], {"deleted": True}

    def set_status(self, conversation: int, status: str) -> None:
        """Let an agent set a status."""
        self._set_status(self.conversations[conversation], status, "Bea")

    def delete(self, conversation: int) -> None:
        """Let an administrator delete a conversation."""
        del self.conversations[conversation]

    @override
    def admit(self, request: Request) -> Answer | None:
        """Refuse a call without a credential, and calls above the limit."""
        now = self.clock.now()
        self._window = [at for at in self._window if at > now - MINUTE]
        if len(self._window) >= self.per_minute:
            wait = int((self._window[0] + MINUTE - now).total_seconds()) + 1
            return Answer(429, b"Retry later\n", "text/plain", {"retry-after": str(wait)})
        self._window.append(now)
        if request.path.startswith("/rails/"):
            self.leaks += "api_access_token" in request.headers
            return None
        if request.headers.get("api_access_token") != self.token:
            self.strangers += 1
            return said({"error": "Invalid Access Token"}, 401)
        return None

    def _add_routes(self) -> None:
        self.route("GET", "/api/v1/profile", self._profile)
        self.route("GET", f"{_BASE}/inboxes", self._inboxes)
        self.route("GET", f"{_BASE}/teams", lambda given: said([{"id": TEAM, "name": "support"}]))
        self.route("GET", f"{_BASE}/custom_attribute_definitions", self._definitions)
        self.route("POST", f"{_BASE}/custom_attribute_definitions", self._define)
        self.route("GET", f"{_BASE}/labels", self._list_labels)
        self.route("POST", f"{_BASE}/labels", self._add_label)
        self.route("GET", f"{_BASE}/webhooks", self._list_webhooks)
        self.route("POST", f"{_BASE}/webhooks", self._add_webhook)
        self.route("POST", f"{_BASE}/contacts/filter", self._filter_contacts)
        self.route("POST", f"{_BASE}/contacts", self._add_contact)
        self.route("POST", f"{_BASE}/conversations/filter", self._filter)
        self.route("GET", f"{_BASE}/conversations", self._list)
        self.route("POST", f"{_BASE}/conversations", self._create)
        self.route("GET", f"{_BASE}/conversations/{{id}}", lambda given: said(self._shown(self._one(given))))
        self.route("GET", f"{_BASE}/conversations/{{id}}/messages", self._list_messages)
        self.route("POST", f"{_BASE}/conversations/{{id}}/messages", self._add_message)
        self.route("POST", f"{_BASE}/conversations/{{id}}/toggle_status", self._toggle_status)
        self.route("POST", f"{_BASE}/conversations/{{id}}/toggle_priority", self._toggle_priority)
        self.route("POST", f"{_BASE}/conversations/{{id}}/labels", self._set_labels)
        self.route("POST", f"{_BASE}/conversations/{{id}}/custom_attributes", self._set_attributes)
        self.route("GET", "/rails/active_storage/blobs/redirect/{id}/{name}", self._redirect)

    def _profile(self, given: Given) -> Answer:
        accounts = [{"id": ACCOUNT, "name": "Desk", "role": self.role}]
        return said({"id": ME, "name": "Gatehouse", "role": self.role, "accounts": accounts})

    def _inboxes(self, given: Given) -> Answer:
        return said({"payload": [{"id": INBOX, "name": "Gatehouse", "channel_type": self.channel}]})

    def _definitions(self, given: Given) -> Answer:
        return said([{"id": 1, "attribute_key": key, "attribute_model": 0} for key in self.attribute_keys])

    def _define(self, given: Given) -> Answer:
        key = str(given.json().get("attribute_key"))
        if key in self.attribute_keys:
            raise _refused("Attribute key has already been taken")
        self.attribute_keys.append(key)
        return said({"id": len(self.attribute_keys), "attribute_key": key})

    def _list_labels(self, given: Given) -> Answer:
        return said({"payload": [{"id": number, "title": title} for number, title in enumerate(self.label_titles)]})

    def _add_label(self, given: Given) -> Answer:
        title = str(given.json().get("title"))
        if title in self.label_titles or not re.fullmatch(r"[\w-]+", title):
            raise _refused("Title is invalid")
        self.label_titles.append(title)
        return said({"id": len(self.label_titles), "title": title})

    def _list_webhooks(self, given: Given) -> Answer:
        return said({"payload": {"webhooks": [self._shown_webhook(each) for each in self.webhooks]}})

    def _add_webhook(self, given: Given) -> Answer:
        data = given.json()
        if any(each.url == data.get("url") for each in self.webhooks):
            raise _refused("Url has already been taken")
        self.webhooks.append(Webhook(self._next_id(), data["url"], list(data["subscriptions"]), self.webhook_secret))
        return said({"payload": {"webhook": self._shown_webhook(self.webhooks[-1])}})

    def _shown_webhook(self, each: Webhook) -> dict[str, Any]:
        return {"id": each.id, "url": each.url, "subscriptions": each.subscriptions, "account_id": ACCOUNT}

    def _filter_contacts(self, given: Given) -> Answer:
        name, value = _condition(given)
        if name != "identifier":
            raise _refused("Invalid attribute key")
        found = [each for each in self.contacts.values() if each.identifier == value]
        return said(
            {"meta": {"count": len(found), "current_page": 1}, "payload": [_shown_contact(each) for each in found]}
        )

    def _add_contact(self, given: Given) -> Answer:
        data = given.json()
        identifier = data.get("identifier")
        if any(each.identifier == identifier for each in self.contacts.values()):
            told = {"message": "Identifier has already been taken", "attributes": ["identifier"]}
            return said(told, 422)
        about = (data.get("additional_attributes") or {}).get("description", "")
        contact = Contact(self._next_id(), str(data.get("name")), identifier, data.get("email"), about)
        self.contacts[contact.id] = contact
        inbox = {"inbox": {"id": data.get("inbox_id")}, "source_id": f"random-{contact.id}"}
        return said({"payload": {"contact": _shown_contact(contact), "contact_inbox": inbox}})

    def _filter(self, given: Given) -> Answer:
        name, value = _condition(given)
        if name not in self.attribute_keys:
            raise _refused("Invalid attribute key")
        found = [each for each in self.conversations.values() if each.attributes.get(name) == value]
        return said({"meta": self._counts(found), "payload": [self._shown(each) for each in found[:PAGE]]})

    def _list(self, given: Given) -> Answer:
        inbox, status, page = given.one("inbox_id"), given.one("status", "open"), int(given.one("page", "1"))
        found = [
            each
            for each in self.conversations.values()
            if inbox in ("", str(each.inbox_id)) and status in ("all", each.status)
        ]
        found.sort(key=lambda each: each.last_activity_at, reverse=True)
        shown = [self._shown(each) for each in found[(page - 1) * PAGE : page * PAGE]]
        return said({"data": {"meta": self._counts(found), "payload": shown}})

    def _create(self, given: Given) -> Answer:
        data = given.json()
        if data.get("inbox_id") != INBOX or data.get("contact_id") not in self.contacts:
            raise RefusedError(404, {"error": "Resource could not be found"})
        source = str(data["source_id"])
        if any(
            each.source_id == source and each.contact_id != data["contact_id"] for each in self.conversations.values()
        ):
            raise _refused("source_id should be unique")
        unknown = set(data.get("custom_attributes") or {}) - set(self.attribute_keys)
        if data.get("status") not in STATES or unknown:
            raise _refused("Validation failed")
        self._last_number += 1
        number = self._last_number
        found = Conversation(number, data["contact_id"], INBOX, self.clock.now(), data["status"], source)
        found.attributes, found.team_id = dict(data.get("custom_attributes") or {}), data.get("team_id")
        self.conversations[number] = found
        return said(self._shown(found))

    def _list_messages(self, given: Given) -> Answer:
        every = self._one(given).said
        after = given.one("after")
        found = [one for one in every if one.id > int(after)][:MOST_AFTER] if after else every[-LATEST:]
        return said({"meta": {"labels": []}, "payload": [self._shown_message(self._one(given), one) for one in found]})

    def _add_message(self, given: Given) -> Answer:
        found = self._one(given)
        data, files = self._sent(given)
        recent = [one for one in found.said if one.at > self.clock.now() - MINUTE]
        if len(recent) >= self.flood:
            raise _refused("Validation failed: Too many messages")
        if len(str(data.get("content", ""))) > MOST_TEXT:
            raise _refused("Validation failed: Content is too long (maximum is 150000 characters)")
        if len(files) > MOST_FILES or any(len(file.data) > MOST_UPLOAD for file in files):
            raise _refused("Validation failed: Attachments exceeded maximum allowed")
        incoming = data.get("message_type") == "incoming"
        contact = self.contacts[found.contact_id]
        sender = {"id": contact.id, "name": contact.name, "type": "contact"} if incoming else _user(ME)
        kind, private = (INCOMING if incoming else OUTGOING), data.get("private") in (True, "true")
        one = self._say(found, kind, str(data.get("content", "")), private=private, sender=sender)
        one.source_id, one.files = data.get("source_id"), files
        one.attributes = _object(data.get("content_attributes"))
        if incoming and found.status in ("resolved", "snoozed"):
            self._set_status(found, "open", None)
        if not incoming and not private and contact.email:
            self.mails.append(contact.email)
        self._happened("message_created", self._event(found, one))
        return said(self._shown_message(found, one))

    def _toggle_status(self, given: Given) -> Answer:
        found, status = self._one(given), given.json().get("status")
        if status not in STATES:
            raise _refused(f"'{status}' is not a valid status")
        self._set_status(found, status, "Gatehouse")
        payload = {"success": True, "conversation_id": found.id, "current_status": found.status}
        return said({"meta": {}, "payload": payload})

    def _toggle_priority(self, given: Given) -> Answer:
        found, priority = self._one(given), given.json().get("priority")
        found.priority = None if priority == "none" else priority
        self._tell(found, f"Gatehouse set the priority to {priority}")
        return Answer(200)

    def _set_labels(self, given: Given) -> Answer:
        found = self._one(given)
        found.labels = [str(label) for label in given.json()["labels"]]
        self._tell(found, f"Gatehouse added {', '.join(found.labels)}")
        return said({"payload": found.labels})

    def _set_attributes(self, given: Given) -> Answer:
        found, data = self._one(given), given.json()
        attributes = dict(data["custom_attributes"])
        found.attributes = found.attributes | attributes if self.merges and data.get("merge") else attributes
        return said({"custom_attributes": found.attributes})

    def _redirect(self, given: Given) -> Answer:
        place = f"http://{HOST}:{self._store_port}/{given.path['id']}"
        return Answer(302, headers={"location": place})

    async def _give_out(self, request: Request) -> Answer:
        """Answer at the file store."""
        self.leaks += "api_access_token" in request.headers
        every = (file for each in self.conversations.values() for one in each.said for file in one.files)
        file = next((each for each in every if f"/{each.id}" == request.path), None)
        if file is None or self.clock.now() < file.there_at:
            return Answer(404)
        return Answer(200, file.data, content_type=file.media_type)

    def _sent(self, given: Given) -> tuple[dict[str, Any], list[Stored]]:
        if given.request.headers.get("content-type", "").startswith("application/json"):
            return dict(given.json()), []
        form = given.form()
        data = {each.name: each.data.decode("utf-8", "replace") for each in form if each.file_name is None}
        return data, [self._file(each.file_name, each.media_type, each.data) for each in form if each.file_name]

    def _one(self, given: Given) -> Conversation:
        number = given.path["id"]
        found = self.conversations.get(int(number)) if number.isdigit() else None
        if found is None:
            raise RefusedError(404, {"error": "Resource could not be found"})
        return found

    def _say(
        self,
        found: Conversation,
        kind: int,
        text: str,
        private: bool = False,
        sender: Mapping[str, Any] | None = None,
    ) -> Said:
        one = Said(self._next_id(), kind, text, self.clock.now(), private, sender)
        found.said.append(one)
        found.last_activity_at = one.at
        return one

    def _tell(self, found: Conversation, text: str) -> None:
        self._say(found, ACTIVITY, text)

    def _set_status(self, found: Conversation, status: str, name: str | None) -> None:
        before, found.status = found.status, status
        if before == status:
            return
        self._tell(found, f"Conversation was marked {status} by {name or 'the system, due to a new message'}")
        changed = [{"status": {"previous_value": before, "current_value": status}}]
        self._happened("conversation_status_changed", {**self._shown(found), "changed_attributes": changed})

    def _happened(self, event: str, data: Mapping[str, Any]) -> None:
        """Push an event to whoever subscribes to it, signed as Chatwoot signs."""
        for hook in self.webhooks:
            if event not in hook.subscriptions:
                continue
            body = json.dumps({"event": event, **data}).encode()
            stamp = str(int(self.clock.now().timestamp()))
            mac = hmac.digest(hook.secret.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hex()
            self._deliveries += 1
            headers = {
                "content-type": "application/json",
                "x-chatwoot-delivery": f"delivery-{self._deliveries}",
                "x-chatwoot-timestamp": stamp,
                "x-chatwoot-signature": f"sha256={mac}",
            }
            self.pusher.push(hook.url, headers, body)

    def _event(self, found: Conversation, one: Said) -> dict[str, Any]:
        kind = {INCOMING: "incoming", OUTGOING: "outgoing", ACTIVITY: "activity"}[one.kind]
        shown = {**self._shown_message(found, one), "message_type": kind}
        return {**shown, "conversation": self._shown(found), "account": {"id": ACCOUNT}}

    def _counts(self, found: Sequence[Conversation]) -> dict[str, int]:
        return {"mine_count": 0, "assigned_count": 0, "unassigned_count": len(found), "all_count": len(found)}

    def _shown(self, found: Conversation) -> dict[str, Any]:
        return {
            "id": found.id,
            "account_id": ACCOUNT,
            "inbox_id": found.inbox_id,
            "status": found.status,
            "priority": found.priority,
            "labels": list(found.labels),
            "custom_attributes": dict(found.attributes),
            "additional_attributes": {},
            "last_activity_at": int(found.last_activity_at.timestamp()),
            "timestamp": int(found.last_activity_at.timestamp()),
            "messages": [self._shown_message(found, one) for one in found.said[-1:]],
            "meta": {"sender": _shown_contact(self.contacts[found.contact_id]), "channel": self.channel},
        }

    def _shown_message(self, found: Conversation, one: Said) -> dict[str, Any]:
        shown: dict[str, Any] = {
            "id": one.id,
            "content": one.content,
            "inbox_id": found.inbox_id,
            "conversation_id": found.id,
            "message_type": one.kind,
            "content_type": "text",
            "status": "sent",
            "content_attributes": dict(one.attributes),
            "created_at": int(one.at.timestamp()),
            "private": one.private,
            "source_id": one.source_id,
        }
        if one.sender is not None:
            shown["sender"] = dict(one.sender)
        if one.files:
            shown["attachments"] = [self._shown_file(one, file) for file in one.files]
        return shown

    def _shown_file(self, one: Said, file: Stored) -> dict[str, Any]:
        place = f"{self.url}/rails/active_storage/blobs/redirect/{file.id}/{quote(file.name)}"
        return {
            "id": file.id,
            "message_id": one.id,
            "file_type": "file",
            "data_url": place,
            "file_size": len(file.data),
        }

    def _file(self, name: str, media_type: str, data: bytes) -> Stored:
        there_at = self.clock.now() + timedelta(seconds=self.store_secs)
        return Stored(self._next_id(), name, media_type, data, there_at)

    def _next_id(self) -> int:
        self._last_id += 1
        return self._last_id


def _user(number: int) -> dict[str, Any]:
    return {"id": number, "name": {ME: "Gatehouse", BEA: "Bea"}.get(number, "Somebody"), "type": "user"}


def _shown_contact(contact: Contact) -> dict[str, Any]:
    return {"id": contact.id, "name": contact.name, "identifier": contact.identifier, "email": contact.email}


def _condition(given: Given) -> tuple[str, str]:
    """Return the one condition that a filter may have here."""
    payload = given.json().get("payload")
    if not isinstance(payload, list) or len(payload) != 1 or payload[0].get("filter_operator") != "equal_to":
        raise _refused("Invalid operator")
    return str(payload[0]["attribute_key"]), str(payload[0]["values"][0])


def _object(told: Any) -> dict[str, Any]:
    """Return attributes, which stand in a form as JSON."""
    found = json.loads(told) if isinstance(told, str) else told
    return dict(found) if isinstance(found, dict) else {}


def _refused(why: str) -> RefusedError:
    return RefusedError(422, {"error": why, "message": why})
