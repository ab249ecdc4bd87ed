"""Jira Service Management Cloud on loopback: requests, comments, properties, a search that lags, limits, webhooks.

Made from Atlassian's documentation (https://developer.atlassian.com/cloud/jira/service-desk/rest/ and the platform's);
what is said here of its behaviour was never compared with the real one.
"""

from __future__ import annotations

import base64
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

GATEWAY, AGENT, ROBOT = "712020:gateway", "712020:bea", "712020:automation"
STATUSES = {"1": "Waiting for support", "2": "Waiting for customer", "3": "Resolved", "4": "In progress"}
DONE = "3"
MOST_TEXT = 32_767
MOST_A_PAGE = 100
RIGHTS = frozenset(
    {
        "BROWSE_PROJECTS",
        "EDIT_ISSUES",
        "ADD_COMMENTS",
        "DELETE_OWN_COMMENTS",
        "CREATE_ATTACHMENTS",
        "TRANSITION_ISSUES",
        "ADMINISTER",
    }
)
Json = dict[str, Any]


@dataclass
class Delivery:
    """A webhook's call as Jira makes it."""

    url: str
    headers: Mapping[str, str]
    body: bytes = field(repr=False)


class Jira(TicketServer):
    """One site with one service project. `index_lag`: how late its search learns of things."""

    def __init__(self, clock: Clock, mail: str, token: str, project: str = "DESK") -> None:
        super().__init__(clock)
        self._credential = "Basic " + base64.b64encode(f"{mail}:{token}".encode()).decode()
        self.project = project
        self.rights = set(RIGHTS)
        self.index_lag = timedelta()
        self.per_minute = 0
        """How many calls a minute are allowed; 0 for any number."""
        self.issues: dict[str, Json] = {}
        self.comments: dict[str, list[Json]] = {}
        self.changelog: dict[str, list[Json]] = {}
        self.files: dict[int, tuple[str, bytes, str]] = {}
        self.temporary: dict[str, tuple[str, bytes, str]] = {}
        self.request_fields = {"summary": True, "description": False, "attachment": False}
        self.statuses = dict(STATUSES)
        self.priorities = ["Highest", "High", "Medium", "Low"]
        self.hides_mails = False
        self.webhooks: list[Json] = []
        self.deliveries: list[Delivery] = []
        self.users: dict[str, Json] = {}
        self.desk_customers: set[str] = set()
        self._known: dict[str, list[tuple[datetime, Json]]] = {}
        self._ids = 10_000
        self._numbers = 0
        self._last = datetime(2000, 1, 1, tzinfo=UTC)
        self._minute, self._spent = datetime(2000, 1, 1, tzinfo=UTC), 0
        for account, name, kind in (
            (GATEWAY, "Gatehouse", "atlassian"),
            (AGENT, "Bea Agent", "atlassian"),
            (ROBOT, "Automation", "app"),
        ):
            self.users[account] = {"accountId": account, "displayName": name, "accountType": kind, "active": True}
        self._add_routes()

    def _add_routes(self) -> None:
        desk, issue = "/rest/servicedeskapi/servicedesk/{desk}", "/rest/api/3/issue/{key}"
        for method, path, handler in (
            ("GET", "/rest/api/3/myself", lambda given: said(self.users[GATEWAY])),
            ("GET", "/rest/api/3/serverInfo", lambda given: said({"serverTime": _text(self.clock.now())})),
            ("GET", "/rest/api/3/mypermissions", self._permissions),
            ("GET", "/rest/api/3/user/search", self._find_user),
            ("GET", "/rest/api/3/status", lambda given: said([self._status(number) for number in self.statuses])),
            ("GET", "/rest/api/3/priority", lambda given: said([{"name": name} for name in self.priorities])),
            ("GET", "/rest/api/3/project/{key}/statuses", self._project_statuses),
            ("GET", "/rest/api/3/search/jql", self._search),
            ("POST", "/rest/api/3/issue/bulkfetch", self._bulk_fetch),
            ("POST", "/rest/api/3/comment/list", self._comment_list),
            ("GET", issue, self._show),
            ("PUT", issue, self._edit),
            ("GET", f"{issue}/comment", self._list_comments),
            ("POST", f"{issue}/comment", self._comment),
            ("DELETE", f"{issue}/comment/{{id}}", self._uncomment),
            ("GET", f"{issue}/changelog", self._list_changes),
            ("GET", f"{issue}/transitions", self._transitions),
            ("POST", f"{issue}/transitions", self._transition),
            ("GET", "/rest/api/3/attachment/content/{id}", self._content),
            ("GET", desk, self._desk),
            ("GET", f"{desk}/customer", self._find_customer),
            ("POST", f"{desk}/customer", self._let_in),
            ("GET", f"{desk}/requesttype/{{type}}/field", self._fields),
            ("POST", f"{desk}/attachTemporaryFile", self._upload),
            ("POST", "/rest/servicedeskapi/customer", self._make_customer),
            ("POST", "/rest/servicedeskapi/request", self._request),
            ("POST", "/rest/servicedeskapi/request/{key}/attachment", self._attach),
            ("GET", "/rest/servicedeskapi/request/{key}/comment/{id}/attachment", self._comment_files),
            ("GET", "/rest/webhooks/1.0/webhook", self._hooks),
            ("POST", "/rest/webhooks/1.0/webhook", self._make_hook),
        ):
            self.route(method, path, handler)

    @override
    def admit(self, request: Request) -> Answer | None:
        """Refuse a call without the credential, or above the limit."""
        if request.headers.get("authorization") != self._credential:
            return said({"errorMessages": ["Client must be authenticated to access this resource."]}, 401)
        minute = self.clock.now().replace(second=0, microsecond=0)
        if minute != self._minute:
            self._minute, self._spent = minute, 0
        self._spent += 1
        if self.per_minute and self._spent > self.per_minute:
            wait = minute + timedelta(minutes=1) - self.clock.now()
            headers = {"retry-after": str(int(wait.total_seconds()) + 1), "ratelimit-reason": "jira-burst-based"}
            return said({"errorMessages": ["Rate limit exceeded."]}, 429, {**self.headers(), **headers})
        return None

    @override
    def headers(self) -> Mapping[str, str]:
        """Tell what is left; the time of the next reset is in whole minutes."""
        if not self.per_minute:
            return {}
        reset = (self._minute + timedelta(minutes=1)).strftime("%Y-%m-%dT%H:%MZ")
        left = max(0, self.per_minute - self._spent)
        return {
            "x-ratelimit-limit": str(self.per_minute),
            "x-ratelimit-remaining": str(left),
            "x-ratelimit-reset": reset,
        }

    def now(self) -> datetime:
        """Return a time in milliseconds that no other change bears."""
        self._last = max(self.clock.now().astimezone(UTC), self._last + timedelta(milliseconds=1))
        self._last = self._last.replace(microsecond=self._last.microsecond // 1000 * 1000)
        return self._last

    def by_case(self, case: str) -> str:
        """Return the key of the newest request that names a case and was not given up."""
        found = [
            key
            for key, issue in self.issues.items()
            if case in json.dumps(issue["fields"]) and "gatehouse-double" not in issue["fields"]["labels"]
        ]
        return found[-1]

    # What agents do.

    def reply(
        self,
        key: str,
        text: str,
        files: Sequence[tuple[str, bytes]] = (),
        *,
        internal: bool = False,
        by: str = AGENT,
        body: Json | None = None,
    ) -> None:
        """Comment as an agent does in the browser; files stand in the text as media."""
        lines = [
            {"type": "paragraph", "content": [{"type": "text", "text": line}]} for line in text.split("\n") if line
        ]
        kept = [self._keep(name, data, "application/octet-stream") for name, data in files]
        media = [
            {"type": "mediaSingle", "content": [{"type": "media", "attrs": {"id": str(number)}}]} for number in kept
        ]
        made = self._add(key, body or {"type": "doc", "version": 1, "content": lines + media}, by, public=not internal)
        made["files"] = kept
        self._fire("comment_created", key, comment=made)

    def set_status(self, key: str, status: str, by: str = AGENT) -> None:
        """Move a request to a status."""
        issue = self.issues[key]
        before = issue["fields"]["status"]
        issue["fields"]["status"] = self._status(status)
        item = {
            "field": "status",
            "fieldtype": "jira",
            "fieldId": "status",
            "from": before["id"],
            "fromString": before["name"],
            "to": status,
            "toString": self.statuses[status],
        }
        self._log(key, item, by)
        self._fire("jira:issue_updated", key)

    def delete(self, key: str) -> None:
        """Delete a request."""
        for kept in (self.issues, self.comments, self.changelog, self._known):
            kept.pop(key)

    # Calls.

    def _permissions(self, given: Given) -> Answer:
        names = given.one("permissions").split(",")
        return said({"permissions": {name: {"key": name, "havePermission": name in self.rights} for name in names}})

    def _find_user(self, given: Given) -> Answer:
        wanted = given.one("query").lower()
        return said([self._shown(user) for user in self.users.values() if user.get("emailAddress") == wanted])

    def _project_statuses(self, given: Given) -> Answer:
        return said([{"id": "10001", "name": "Request", "statuses": [self._status(each) for each in self.statuses]}])

    def _search(self, given: Given) -> Answer:
        """Answer from what the index knows: each issue as it was `index_lag` ago."""
        size = min(int(given.one("maxResults", "50")), MOST_A_PAGE)
        begin = int(given.one("nextPageToken", "0"))
        found = self._found(given.one("jql"))
        answer: Json = {"issues": found[begin : begin + size], "isLast": len(found) <= begin + size}
        if len(found) > begin + size:
            answer["nextPageToken"] = str(begin + size)
        return said(answer)

    def _found(self, jql: str) -> list[Json]:
        until = self.clock.now() - self.index_lag
        known = [[doc for at, doc in docs if at <= until] for docs in self._known.values()]
        docs = [each[-1] for each in known if each]
        project = re.search(r'project = "([A-Z0-9_]+)"', jql)
        if project is None:
            raise RefusedError(400, {"errorMessages": ["Unbounded JQL queries are not allowed here."]})
        docs = [doc for doc in docs if doc["key"].startswith(f"{project[1]}-")]
        named = re.search(r'labels = "([^"]+)" OR description ~ "\\"([^"\\]+)\\""', jql)
        if named is not None:
            docs = [
                doc
                for doc in docs
                if named[1] in doc["fields"]["labels"] or named[2] in json.dumps(doc["fields"]["description"])
            ]
        since = re.search(r'updated >= "-(\d+)m"', jql)
        if since is not None:
            minute = (self.clock.now() - timedelta(minutes=int(since[1]))).replace(second=0, microsecond=0)
            docs = [doc for doc in docs if datetime.fromisoformat(doc["fields"]["updated"]) >= minute]
        if "creator = currentUser()" in jql:
            docs = [doc for doc in docs if doc["fields"]["creator"]["accountId"] == GATEWAY]
        if "ORDER BY created DESC" in jql:
            return sorted(docs, key=lambda doc: int(doc["id"]), reverse=True)
        return sorted(docs, key=lambda doc: (doc["fields"]["updated"], doc["key"]))

    def _bulk_fetch(self, given: Given) -> Answer:
        keys = given.json()["issueIdsOrKeys"]
        if not 1 <= len(keys) <= 100:
            raise RefusedError(400, {"errorMessages": ["between 1 and 100 issues"]})
        return said({"issues": [self.issues[key] for key in keys if key in self.issues], "issueErrors": []})

    def _comment_list(self, given: Given) -> Answer:
        wanted = {str(number) for number in given.json()["ids"]}
        found = [each for comments in self.comments.values() for each in comments if each["id"] in wanted]
        shown = found if "properties" in given.one("expand") else [_without(each, "properties") for each in found]
        return said({"values": shown, "startAt": 0, "maxResults": 1_048_576, "total": len(shown), "isLast": True})

    def _show(self, given: Given) -> Answer:
        return said(self._issue(given))

    def _edit(self, given: Given) -> Answer:
        issue, data = self._issue(given), given.json()
        priority = data.get("fields", {}).get("priority", {}).get("name")
        if priority is not None and priority not in self.priorities:
            raise RefusedError(400, {"errors": {"priority": "The priority selected is invalid."}})
        issue["fields"] |= data.get("fields", {})
        for change in data.get("update", {}).get("labels", ()):
            label = change.get("add") or change.get("remove")
            if " " in label:
                raise RefusedError(400, {"errors": {"labels": "The label can't contain spaces."}})
            labels = [each for each in issue["fields"]["labels"] if each != label]
            issue["fields"]["labels"] = [*labels, label] if "add" in change else labels
        issue["properties"] |= {each["key"]: each["value"] for each in data.get("properties", ())}
        self._touch(issue["key"])
        return said(None, 204)

    def _list_comments(self, given: Given) -> Answer:
        key = self._issue(given)["key"]
        listed = [_without(each, "properties") for each in self.comments[key]]
        if given.one("orderBy") == "-created":
            listed.reverse()
        begin, size = int(given.one("startAt", "0")), min(int(given.one("maxResults", "50")), MOST_A_PAGE)
        page = listed[begin : begin + size]
        return said({"startAt": begin, "maxResults": size, "total": len(listed), "comments": page})

    def _comment(self, given: Given) -> Answer:
        issue, data = self._issue(given), given.json()
        if "ADD_COMMENTS" not in self.rights:
            raise RefusedError(403, {"errorMessages": ["You do not have permission to comment on this issue."]})
        properties = {each["key"]: each["value"] for each in data.get("properties", ())}
        public = not properties.get("sd.public.comment", {}).get("internal", False)
        made = self._add(issue["key"], data["body"], GATEWAY, public=public, properties=data.get("properties", []))
        self._fire("comment_created", issue["key"], comment=made)
        return said(_without(made, "properties"), 201)

    def _uncomment(self, given: Given) -> Answer:
        key = self._issue(given)["key"]
        self.comments[key] = [each for each in self.comments[key] if each["id"] != given.path["id"]]
        return said(None, 204)

    def _list_changes(self, given: Given) -> Answer:
        listed = self.changelog[self._issue(given)["key"]]
        begin, size = int(given.one("startAt", "0")), min(int(given.one("maxResults", "100")), MOST_A_PAGE)
        page = listed[begin : begin + size]
        is_last = begin + size >= len(listed)
        return said({"startAt": begin, "maxResults": size, "total": len(listed), "isLast": is_last, "values": page})

    def _transitions(self, given: Given) -> Answer:
        now = self._issue(given)["fields"]["status"]["id"]
        listed = [
            {"id": f"{each}1", "name": f"To {name}", "to": self._status(each)} for each, name in self._others(now)
        ]
        return said({"expand": "transitions", "transitions": listed})

    def _others(self, now: str) -> list[tuple[str, str]]:
        return [(number, name) for number, name in self.statuses.items() if number != now]

    def _transition(self, given: Given) -> Answer:
        issue = self._issue(given)
        wanted = str(given.json().get("transition", {}).get("id", ""))[:-1]
        if wanted not in dict(self._others(issue["fields"]["status"]["id"])):
            raise RefusedError(400, {"errorMessages": ["Transition id is not valid for this issue."]})
        self.set_status(issue["key"], wanted, GATEWAY)
        return said(None, 204)

    def _content(self, given: Given) -> Answer:
        found = self.files.get(int(given.path["id"]))
        if found is None:
            raise RefusedError(404, {"errorMessages": ["The attachment was not found."]})
        return Answer(200, found[1], found[2])

    def _desk(self, given: Given) -> Answer:
        if given.path["desk"] != "1":
            raise RefusedError(404, {"errorMessage": "The Service Desk you are trying to view does not exist."})
        return said({"id": "1", "projectId": "10000", "projectKey": self.project, "projectName": "Desk"})

    def _find_customer(self, given: Given) -> Answer:
        wanted = given.one("query").lower()
        listed = [self.users[each] for each in sorted(self.desk_customers)]
        found = [self._shown(user) for user in listed if wanted in str(user.get("emailAddress"))]
        return said({"size": len(found), "start": 0, "limit": 50, "isLastPage": True, "values": found})

    def _shown(self, user: Json) -> Json:
        return _without(user, "emailAddress") if self.hides_mails else user

    def _let_in(self, given: Given) -> Answer:
        self.desk_customers |= set(given.json()["accountIds"])
        return said(None, 204)

    def _make_customer(self, given: Given) -> Answer:
        if "ADMINISTER" not in self.rights:
            raise RefusedError(403, {"errorMessage": "You do not have permission to create customers."})
        data = given.json()
        mail = str(data["email"]).lower()
        if any(user.get("emailAddress") == mail for user in self.users.values()):
            status = 409 if given.one("strictConflictStatusCode") == "true" else 400
            raise RefusedError(status, {"errorMessage": "An account already exists for this email"})
        account = f"qm:{self._id()}"
        user = {"accountId": account, "displayName": data["displayName"], "accountType": "customer", "active": True}
        self.users[account] = {**user, "emailAddress": mail}
        return said(self._shown(self.users[account]), 201)

    def _fields(self, given: Given) -> Answer:
        if given.path["type"] not in ("7", "8"):
            raise RefusedError(404, {"errorMessage": "The request type does not exist."})
        listed = [{"fieldId": name, "required": required} for name, required in self.request_fields.items()]
        return said({"requestTypeFields": listed, "canRaiseOnBehalfOf": True, "canAddRequestParticipants": True})

    def _request(self, given: Given) -> Answer:
        data = given.json()
        values = data["requestFieldValues"]
        if data["serviceDeskId"] != "1" or data["requestTypeId"] not in ("7", "8"):
            raise RefusedError(400, {"errorMessage": "The request type does not exist."})
        unknown = sorted(set(values) - set(self.request_fields))
        if unknown or not values.get("summary") or not data.get("isAdfRequest"):
            raise RefusedError(400, {"errorMessage": f"Your request could not be created: {unknown}"})
        _limited(values["description"])
        reporter = data.get("raiseOnBehalfOf", GATEWAY)
        if reporter not in self.users:
            raise RefusedError(400, {"errorMessage": "The user on whose behalf this is raised does not exist."})
        self._numbers += 1
        key, at = f"{self.project}-{self._numbers}", _text(self.now())
        self.issues[key] = {
            "id": str(self._id()),
            "key": key,
            "fields": {
                "summary": values["summary"],
                "description": values["description"],
                "labels": [],
                "status": self._status("1"),
                "reporter": self.users[reporter],
                "creator": self.users[GATEWAY],
                "created": at,
                "updated": at,
            },
            "properties": {},
        }
        self.comments[key], self.changelog[key] = [], []
        self._touch(key)
        self._fire("jira:issue_created", key)
        return said({"issueId": self.issues[key]["id"], "issueKey": key, "requestTypeId": data["requestTypeId"]}, 201)

    def _upload(self, given: Given) -> Answer:
        if given.request.headers.get("x-atlassian-token") != "no-check":
            raise RefusedError(403, {"errorMessage": "XSRF check failed"})
        made = []
        for each in given.form():
            number = f"temp{self._id()}"
            self.temporary[number] = (each.file_name or "", each.data, each.media_type)
            made.append({"temporaryAttachmentId": number, "fileName": each.file_name})
        return said({"temporaryAttachments": made}, 201)

    def _attach(self, given: Given) -> Answer:
        issue, data = self._issue(given), given.json()
        missing = [each for each in data["temporaryAttachmentIds"] if each not in self.temporary]
        if missing:
            raise RefusedError(400, {"errorMessage": "The attachment does not exist."})
        kept = [self._keep(*self.temporary.pop(each)) for each in data["temporaryAttachmentIds"]]
        text = data.get("additionalComment", {}).get("body", "")
        body = {"type": "doc", "version": 1, "content": [{"type": "paragraph", "content": [_node(text)]}]}
        made = self._add(issue["key"], body, GATEWAY, public=data["public"])
        made["files"] = kept
        self._fire("comment_created", issue["key"], comment=made)
        return said({"comment": {"id": made["id"]}, "attachments": {"values": []}}, 201)

    def _comment_files(self, given: Given) -> Answer:
        key = self._issue(given)["key"]
        comment = next(each for each in self.comments[key] if each["id"] == given.path["id"])
        return said({"size": len(comment["files"]), "values": [self._file(number) for number in comment["files"]]})

    def _file(self, number: int) -> Json:
        name, data, media_type = self.files[number]
        links = {"jiraRest": f"{self.url}/rest/api/2/attachment/{number}"}
        return {"filename": name, "size": len(data), "mimeType": media_type, "_links": links}

    def _hooks(self, given: Given) -> Answer:
        self._need_admin()
        return said([_without(each, "secret") for each in self.webhooks])

    def _make_hook(self, given: Given) -> Answer:
        self._need_admin()
        self.webhooks.append(given.json())
        return said(_without(self.webhooks[-1], "secret"), 201)

    # What happens inside.

    def _need_admin(self) -> None:
        if "ADMINISTER" not in self.rights:
            raise RefusedError(403, {"errorMessages": ["You are not authorized to perform this action."]})

    def _id(self) -> int:
        self._ids += 1
        return self._ids

    def _issue(self, given: Given) -> Json:
        found = self.issues.get(given.path["key"])
        if found is None or "BROWSE_PROJECTS" not in self.rights:
            text = "Issue does not exist or you do not have permission to see it."
            raise RefusedError(404, {"errorMessages": [text], "errors": {}})
        return found

    def _status(self, number: str) -> Json:
        category = {"id": 3 if number == DONE else 2, "key": "done" if number == DONE else "indeterminate"}
        return {"id": number, "name": self.statuses[number], "statusCategory": category}

    def _touch(self, key: str) -> None:
        issue = self.issues[key]
        issue["fields"]["updated"] = _text(self.now())
        self._known.setdefault(key, []).append((self.clock.now(), json.loads(json.dumps(issue))))

    def _add(self, key: str, body: Any, by: str, *, public: bool, properties: Sequence[Json] = ()) -> Json:
        _limited(body)
        comment = {
            "id": str(self._id()),
            "author": self.users[by],
            "body": body,
            "created": _text(self.now()),
            "jsdPublic": public,
            "properties": list(properties),
            "files": [],
        }
        self.comments[key].append(comment)
        self._touch(key)
        return comment

    def _log(self, key: str, item: Json, by: str) -> None:
        entry = {"id": str(self._id()), "author": self.users[by], "created": _text(self.now()), "items": [item]}
        self.changelog[key].append(entry)
        self._touch(key)

    def _keep(self, name: str, data: bytes, media_type: str) -> int:
        number = self._id()
        self.files[number] = (name, data, media_type)
        return number

    def _fire(self, event: str, key: str, **more: Any) -> None:
        issue = {"id": self.issues[key]["id"], "key": key}
        body = json.dumps({"webhookEvent": event, "issue": issue, **more}, ensure_ascii=False).encode()
        for hook in self.webhooks:
            if event in hook["events"]:
                digest = hmac.new(hook["secret"].encode(), body, hashlib.sha256).hexdigest()
                headers = {
                    "content-type": "application/json",
                    "x-atlassian-webhook-identifier": f"hook-{self._id()}",
                    "x-hub-signature": f"sha256={digest}",
                }
                self.deliveries.append(Delivery(hook["url"], headers, body))


def _text(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "+0000")


def _without(each: Mapping[str, Any], *names: str) -> Json:
    return {name: value for name, value in each.items() if name not in (*names, "files")}


def _node(text: str) -> Json:
    return {"type": "text", "text": text or "-"}


def _limited(body: Any) -> None:
    """Refuse what is no document, holds an empty text, or is too long."""
    if not isinstance(body, dict) or body.get("type") != "doc":
        raise RefusedError(400, {"errors": {"comment": "Operation value must be an Atlassian Document"}})
    texts = re.findall(r'"type": "text", "text": ("(?:[^"\\]|\\.)*")', json.dumps(body, ensure_ascii=False))
    if '""' in texts:
        raise RefusedError(400, {"errors": {"comment": "INVALID_INPUT"}})
    if sum(len(json.loads(text)) for text in texts) > MOST_TEXT:
        raise RefusedError(400, {"errors": {"comment": "The entered text is too long."}})
