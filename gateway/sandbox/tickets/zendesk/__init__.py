"""Zendesk Support as far as a gateway needs it: tickets, jobs, files, events, webhooks, and the limits of its plans.

After its OpenAPI document and its developer pages; all time is the shared clock's.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from typing_extensions import override

from gateway.ports import Clock
from gateway.sandbox._http import Answer, Request
from gateway.sandbox.tickets._base import Given, RefusedError, TicketServer, said
from gateway.sandbox.tickets.zendesk import _events, _jobs
from gateway.sandbox.tickets.zendesk._desk import Desk, Ticket, User, invalid
from gateway.sandbox.tickets.zendesk._hooks import Push, fires, signed
from gateway.sandbox.tickets.zendesk._limits import TICKET_UPDATES, TICKET_WINDOW, Windows, stamp

KEY_LIFE = timedelta(hours=2)
"""How long an Idempotency-Key is remembered."""
MOST_IN_A_JOB = 100


class ZendeskServer(TicketServer):
    """One Zendesk account. `plan`: calls a minute; `updates`, `exports`: of those that have limits of their own.

    A job takes `job_secs`; an export's page holds `page` events. `on_push` gets each webhook's call; `pushes` keeps
    them. What `refuse` gives a text for is not taken as a ticket.
    """

    def __init__(
        self,
        clock: Clock,
        token: str,
        *,
        plan: int = 700,
        updates: int = 100,
        exports: int = 10,
        job_secs: float = 4.0,
        page: int = 1000,
        on_push: Callable[[Push], None] = lambda push: None,
    ) -> None:
        super().__init__(clock)
        self.desk = Desk(clock)
        self.jobs = _jobs.Jobs(clock, job_secs)
        self.plan_limit, self.updates, self.exports = plan, updates, exports
        self.page = page
        self.pushes: list[Push] = []
        self.refuse: Callable[[Mapping[str, Any]], str | None] = lambda ticket: None
        self.limited = 0
        """How many calls were answered 429."""
        self.used: dict[int, int] = {}
        """Calls that were within the account's limit, by minute since 1970."""
        self.triggers: dict[int, dict[str, Any]] = {}
        self.ticket_fields: dict[int, dict[str, Any]] = {}
        self.webhooks: dict[str, dict[str, Any]] = {}
        self.foreign = ""
        """Where files are redirected to, as Zendesk does; empty: they are given out here."""
        self._token = token
        self._windows = Windows(clock)
        self._keys: dict[str, tuple[Any, str, int]] = {}
        self._on_push = on_push
        self._add_routes()

    def _add_routes(self) -> None:
        routes: Iterable[tuple[str, str, Callable[[Given], Answer]]] = (
            ("POST", "/api/v2/tickets", self._create),
            ("GET", "/api/v2/tickets", self._list),
            ("POST", "/api/v2/tickets/create_many", self._create_many),
            ("GET", "/api/v2/tickets/show_many", self._show_many),
            ("GET", "/api/v2/tickets/{id}", self._show),
            ("PUT", "/api/v2/tickets/{id}", self._update),
            ("GET", "/api/v2/tickets/{id}/audits", self._audits),
            ("GET", "/api/v2/incremental/ticket_events", self._ticket_events),
            ("GET", "/api/v2/job_statuses", self._job_list),
            ("GET", "/api/v2/job_statuses/show_many", self._job_list),
            ("GET", "/api/v2/job_statuses/{id}", self._job),
            ("POST", "/api/v2/uploads", self._upload),
            ("GET", "/attachments/token/{token}/", self._file),
            ("GET", "/api/v2/users/me", self._me),
            ("GET", "/api/v2/users/show_many", self._users),
            ("GET", "/api/v2/groups/{id}", self._group),
            ("GET", "/api/v2/ticket_fields", self._field_list),
            ("POST", "/api/v2/ticket_fields", self._add_field),
            ("GET", "/api/v2/ticket_fields/{id}", self._field),
            ("GET", "/api/v2/triggers", self._trigger_list),
            ("POST", "/api/v2/triggers", self._add_trigger),
            ("GET", "/api/v2/webhooks", self._hook_list),
            ("POST", "/api/v2/webhooks", self._add_hook),
            ("GET", "/api/v2/webhooks/{id}/signing_secret", self._signing_secret),
        )
        for method, path, handler in routes:
            self.route(method, path, handler)

    @override
    def admit(self, request: Request) -> Answer | None:
        """Ask for the credential, then count the call."""
        self.desk.address = self.url
        self.jobs.work()
        if request.path.startswith("/attachments/"):
            return None
        if not self._knows(request):
            return said({"error": "Couldn't authenticate you"}, 401)
        wait = self._windows.take("account", self.plan_limit)
        if wait is not None:
            self.limited += 1
            return said({"error": "TooManyRequests"}, 429, {**self.headers(), "retry-after": str(wait)})
        minute = int(self.clock.now().timestamp() // 60)
        self.used[minute] = self.used.get(minute, 0) + 1
        return None

    @override
    def headers(self) -> Mapping[str, str]:
        """Tell what is left of the account's limit, and the time."""
        left = self._windows.left("account", self.plan_limit)
        return {
            "x-rate-limit": str(self.plan_limit),
            "ratelimit-limit": str(self.plan_limit),
            "x-rate-limit-remaining": str(left),
            "ratelimit-remaining": str(left),
            "ratelimit-reset": str(self._windows.resets()),
            "date": self.clock.now().strftime("%a, %d %b %Y %H:%M:%S GMT"),
        }

    def _knows(self, request: Request) -> bool:
        given = request.headers.get("authorization", "")
        basic = base64.b64encode(f"{self.desk.us.email}/token:{self._token}".encode()).decode()
        return given in (f"Basic {basic}", f"Bearer {self._token}")

    def _limit(self, name: str, allowed: int, per: float = 60.0) -> None:
        wait = self._windows.take(name, allowed, per)
        if wait is not None:
            self.limited += 1
            raise RefusedError(429, {"error": "TooManyRequests"}, {"retry-after": str(wait)})

    # Tickets

    def _create(self, given: Given) -> Answer:
        data = given.json()["ticket"]
        key = given.request.headers.get("idempotency-key", "")
        digest = hashlib.sha256(given.request.body).hexdigest()
        kept = self._keys.get(key) if key else None
        if kept is not None and kept[0] > self.clock.now():
            if kept[1] != digest:
                told = "Request parameters are different from those that were first used with this idempotency key"
                raise RefusedError(400, {"error": "IdempotentRequestError", "description": told})
            shown = self.desk.shown(self.desk.tickets[kept[2]])
            return said({"ticket": shown}, 201, {"x-idempotency-lookup": "hit"})
        ticket = self._open(data)
        self._keys[key] = (self.clock.now() + KEY_LIFE, digest, ticket.id)
        return said({"ticket": self.desk.shown(ticket)}, 201, {"x-idempotency-lookup": "miss"} if key else {})

    def _open(self, data: Mapping[str, Any]) -> Ticket:
        why = self.refuse(data)
        if why is not None:
            raise invalid("base", why)
        ticket = self.desk.create(data, self.desk.us)
        self._tell(ticket, self.desk.us)
        return ticket

    def _create_many(self, given: Given) -> Answer:
        tickets = given.json()["tickets"]
        if not 0 < len(tickets) <= MOST_IN_A_JOB:
            raise RefusedError(400, {"error": "TooManyTickets", "description": "at most 100 at once"})
        name = f"V3-{self.desk.next_id():032x}"
        job = self.jobs.queue(name, "Bulk Create Ticket", tickets, lambda data: self._open(data).id)
        return said({"job_status": _jobs.shown(job, self.url)})

    def _update(self, given: Given) -> Answer:
        number = _number(given)
        self._limit("tickets-update", self.updates)
        self._limit(f"ticket:{number}", TICKET_UPDATES, TICKET_WINDOW)
        ticket = self.desk.live(number)
        self.desk.update(ticket, given.json()["ticket"], self.desk.us)
        self._tell(ticket, self.desk.us)
        audit = ticket.audits[-1] if ticket.audits else {}
        return said({"ticket": self.desk.shown(ticket), "audit": audit})

    def _show(self, given: Given) -> Answer:
        return said({"ticket": self.desk.shown(self.desk.live(_number(given)))})

    def _list(self, given: Given) -> Answer:
        found = [ticket for ticket in self.desk.tickets.values() if not ticket.is_deleted]
        wanted = given.one("external_id")
        if wanted:
            found = [ticket for ticket in found if ticket.fields.get("external_id") == wanted]
        if given.one("sort_by") == "updated_at":
            found.sort(key=lambda ticket: (ticket.updated_at, ticket.id))
        if given.one("sort_order") == "desc":
            found.reverse()
        most = int(given.one("per_page", "100"))
        first = (int(given.one("page", "1")) - 1) * most
        return said({"tickets": [self.desk.shown(ticket) for ticket in found[first : first + most]]})

    def _show_many(self, given: Given) -> Answer:
        found = [self.desk.tickets.get(number) for number in _numbers(given)]
        shown = [self.desk.shown(ticket) for ticket in found if ticket is not None and not ticket.is_deleted]
        return said({"tickets": shown, "count": len(shown)})

    def _audits(self, given: Given) -> Answer:
        audits = list(self.desk.live(_number(given)).audits)
        if given.one("sort").startswith("-"):
            audits.reverse()
        most, first = int(given.one("page[size]", "100")), int(given.one("page[after]", "0"))
        end = first + most
        meta = {"has_more": end < len(audits), "after_cursor": str(end)}
        return said({"audits": audits[first:end], "meta": meta})

    def _ticket_events(self, given: Given) -> Answer:
        if self.desk.us.role != "admin":
            raise RefusedError(403, {"error": "Forbidden", "description": "You do not have access to this page"})
        self._limit("exports", self.exports)
        start, now = int(given.one("start_time")), int(self.clock.now().timestamp())
        if start > now - _events.LATE_SECS:
            raise RefusedError(422, {"error": "StartTimeTooRecent", "description": "Too recent start_time"})
        comments = "comment_events" in given.one("include").split(",")
        return said(_events.page(self.desk.audits, start, now, self.page, comments=comments))

    # Jobs, files, people

    def _job_list(self, given: Given) -> Answer:
        names = given.one("ids").split(",") if "ids" in given.query else list(self.jobs.all)
        found = [self.jobs.all[name] for name in names if name in self.jobs.all]
        return said({"job_statuses": [_jobs.shown(job, self.url) for job in found]})

    def _job(self, given: Given) -> Answer:
        job = self.jobs.all.get(given.path["id"])
        if job is None:
            raise RefusedError(404, {"error": "RecordNotFound", "description": "Not found"})
        return said({"job_status": _jobs.shown(job, self.url)})

    def _upload(self, given: Given) -> Answer:
        kind = given.request.headers.get("content-type", "application/octet-stream")
        token = self.desk.upload(given.one("filename"), kind, given.request.body)
        shown = self.desk.attachment(token)
        return said({"upload": {"token": token, "attachment": shown, "attachments": [shown]}}, 201)

    def _file(self, given: Given) -> Answer:
        file = self.desk.files.get(given.path["token"])
        if file is None:
            raise RefusedError(404, None)
        if self.foreign:
            return Answer(302, b"", headers={"location": f"{self.foreign}{given.request.path}"})
        return Answer(200, file.data, file.media_type)

    def _me(self, given: Given) -> Answer:
        return said({"user": _person(self.desk.us)})

    def _users(self, given: Given) -> Answer:
        found = [self.desk.users[number] for number in _numbers(given) if number in self.desk.users]
        return said({"users": [_person(user) for user in found], "count": len(found)})

    def _group(self, given: Given) -> Answer:
        number = _number(given)
        if number not in self.desk.groups:
            raise RefusedError(404, {"error": "RecordNotFound", "description": "Not found"})
        return said({"group": {"id": number, "name": self.desk.groups[number], "deleted": False}})

    # Fields, triggers, webhooks

    def _field_list(self, given: Given) -> Answer:
        return said({"ticket_fields": list(self.ticket_fields.values()), "meta": {"has_more": False}})

    def _add_field(self, given: Given) -> Answer:
        number = self.desk.next_id()
        self.ticket_fields[number] = {**given.json()["ticket_field"], "id": number, "active": True}
        return said({"ticket_field": self.ticket_fields[number]}, 201)

    def _field(self, given: Given) -> Answer:
        found = self.ticket_fields.get(_number(given))
        if found is None:
            raise RefusedError(404, {"error": "RecordNotFound", "description": "Not found"})
        return said({"ticket_field": found})

    def _trigger_list(self, given: Given) -> Answer:
        return said({"triggers": list(self.triggers.values()), "meta": {"has_more": False}})

    def _add_trigger(self, given: Given) -> Answer:
        number = self.desk.next_id()
        self.triggers[number] = {"active": True, **given.json()["trigger"], "id": number}
        return said({"trigger": self.triggers[number]}, 201)

    def _hook_list(self, given: Given) -> Answer:
        shown = [_without_secret(hook) for hook in self.webhooks.values()]
        return said({"webhooks": shown, "meta": {"has_more": False}})

    def _add_hook(self, given: Given) -> Answer:
        number = f"01H{self.desk.next_id():023d}"
        secret = base64.b64encode(hashlib.sha256(number.encode()).digest()).decode()
        self.webhooks[number] = {**given.json()["webhook"], "id": number, "secret": secret}
        return said({"webhook": _without_secret(self.webhooks[number])}, 201)

    def _signing_secret(self, given: Given) -> Answer:
        hook = self.webhooks.get(given.path["id"])
        if hook is None:
            raise RefusedError(404, {"errors": [{"code": "WebhookNotFound"}]})
        return said({"signing_secret": {"secret": hook["secret"], "algorithm": "SHA256"}})

    # What agents do

    def agent(self, name: str = "Agent Smith") -> User:
        """Return an agent of that name, who is added when there is none."""
        found = [user for user in self.desk.users.values() if user.name == name and user.role == "agent"]
        if found:
            return found[0]
        return self.desk.add_user(name, f"{name.lower().replace(' ', '.')}@examplex.test", "agent")

    def acts(
        self, number: int, data: Mapping[str, Any], actor: User | None = None, files: Sequence[tuple[str, bytes]] = ()
    ) -> None:
        """Change a ticket as somebody does in the browser."""
        who = actor or self.agent()
        ticket = self.desk.live(number)
        tokens = [self.desk.upload(name, "application/octet-stream", content) for name, content in files]
        change = dict(data)
        if tokens:
            change["comment"] = {**change["comment"], "uploads": tokens}
        self.desk.update(ticket, change, who)
        self._tell(ticket, who)

    def merges(self, source: int, target: int) -> None:
        """Merge a ticket into another: both are told, and the source is closed."""
        closed, kept, agent = self.desk.live(source), self.desk.live(target), self.agent()
        note = {"body": f"Request #{source} was closed and merged into this request.", "public": False}
        via = _merge({"ticket_id": source, "ticket_ids": [source]})
        self.desk.update(kept, {"comment": note}, agent, via)
        told = {"body": f"This request was closed and merged into request #{target}.", "public": True}
        self.desk.update(closed, {"status": "closed", "comment": told}, agent, _merge({}))
        self._tell(kept, agent)

    def deletes(self, number: int) -> None:
        """Delete a ticket."""
        self.desk.delete(self.desk.live(number), self.agent())

    def _tell(self, ticket: Ticket, actor: User) -> None:
        for trigger in self.triggers.values():
            if not trigger.get("active", True) or not fires(trigger, ticket.tags, actor.id):
                continue
            for action in trigger["actions"]:
                if action["field"] == "notification_webhook" and action["value"][0] in self.webhooks:
                    body = action["value"][1].replace("{{ticket.id}}", str(ticket.id)).encode()
                    hook = self.webhooks[action["value"][0]]
                    push = signed(hook, body, stamp(self.clock.now()), self.desk.next_id())
                    self.pushes.append(push)
                    self._on_push(push)


def _number(given: Given) -> int:
    text = given.path["id"]
    if not text.isdigit():
        raise RefusedError(404, {"error": "InvalidEndpoint", "description": "Not found"})
    return int(text)


def _numbers(given: Given) -> list[int]:
    return [int(text) for text in given.one("ids").split(",") if text.isdigit()]


def _merge(origin: Mapping[str, Any]) -> dict[str, Any]:
    return {"channel": "system", "source": {"from": origin, "to": {}, "rel": "merge"}}


def _person(user: User) -> dict[str, Any]:
    return {"id": user.id, "name": user.name, "email": user.email, "role": user.role}


def _without_secret(hook: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in hook.items() if name != "secret"}
