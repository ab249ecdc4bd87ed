"""Calls to one Jira site beyond plain ones: what only reads by POST, limits of one issue, users by mail address."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from gateway import http
from gateway.backends._api import Answer, Api, Body
from gateway.backends._settings import mail_of, shown_name
from gateway.backends.jira.settings import JiraSettings
from gateway.case import Case
from gateway.errors import AuthError, GatewayError, GoneError, OutcomeUnknownError, RateLimitedError, TransientError
from gateway.ports import Clock

EXPERIMENTAL = {"x-experimentalapi": "opt-in"}
UPLOAD = {**EXPERIMENTAL, "x-atlassian-token": "no-check"}
KNOWN_USERS = 5000
ONE_ISSUE = "jira-per-issue-on-write"
"""The reason of a limit that concerns one issue alone (https://developer.atlassian.com/cloud/jira/platform/rate-limiting)."""


class Site:
    """One site, asked by one account for one service project."""

    def __init__(self, settings: JiraSettings, api: Api, clock: Clock) -> None:
        self.settings = settings
        self.api = api
        self.host = api.host
        self._clock = clock
        self._known: OrderedDict[str, str] = OrderedDict()
        self._me = ""

    async def me(self) -> str:
        """Return our own account's id; asked once."""
        if not self._me:
            me = (await self.api.call("GET", "/rest/api/3/myself")).read(dict[str, Any])
            self._me = str(me.get("accountId") or "")
        return self._me

    async def write(
        self,
        method: str,
        path: str,
        data: Any = None,
        *,
        body: Body | None = None,
        headers: Mapping[str, str] | None = None,
        expected: Collection[int] = (),
    ) -> Answer:
        """Make a call that changes something; a limit of the one issue parks that issue alone."""
        answer = await self.api.call(method, path, data=data, body=body, headers=headers, expected=(*expected, 429))
        if answer.status == 429:
            error = http.of_status(self.host, 429, answer.headers, self._clock.now())
            if isinstance(error, RateLimitedError) and answer.headers.get("ratelimit-reason", "") == ONE_ISSUE:
                raise RateLimitedError(str(error), error.retry_after)
            if error is not None:
                raise error
        return answer

    async def look(self, path: str, data: Any) -> Answer:
        """Make a POST that only reads: its outcome is never in doubt."""
        try:
            return await self.api.call("POST", path, data=data)
        except OutcomeUnknownError as error:
            raise TransientError(str(error)) from None

    async def search(self, jql: str, fields: Sequence[str], most: int, token: str = "") -> Mapping[str, Any]:
        """Search by JQL: an index answers, which may not know the newest."""
        query: dict[str, str | int] = {"jql": jql, "fields": ",".join(fields), "maxResults": most}
        if token:
            query["nextPageToken"] = token
        return (await self.api.call("GET", "/rest/api/3/search/jql", query=query)).read(dict[str, Any])

    async def fetch(self, keys: Sequence[str], fields: Sequence[str]) -> Sequence[Mapping[str, Any]]:
        """Return those of at most 100 issues that there are, by their keys: no index stands between."""
        answer = await self.look("/rest/api/3/issue/bulkfetch", {"issueIdsOrKeys": list(keys), "fields": list(fields)})
        issues = answer.read(dict[str, Any]).get("issues")
        if not isinstance(issues, list):
            raise TransientError(f"{self.host} answered with something that cannot be read")
        return issues

    async def missing(self, ticket: str) -> GatewayError:
        """Return what a 404 for an issue means: it is gone, unless we may see nothing of the project any more."""
        query = {"projectKey": self.settings.project, "permissions": "BROWSE_PROJECTS"}
        answer = await self.api.call("GET", "/rest/api/3/mypermissions", query=query, expected=(404,))
        allowed = answer.read(dict[str, Any]).get("permissions", {}) if answer.status != 404 else {}
        if allowed.get("BROWSE_PROJECTS", {}).get("havePermission"):
            return GoneError(f"{self.host} has {ticket} no more")
        return AuthError(f"{self.host} shows us nothing of the project {self.settings.project} any more")

    async def customer(self, case: Case) -> str:
        """Return the account id of a case's requester, made known where he is new; empty where that cannot be."""
        mail = mail_of(self.settings, case.requester)
        if mail not in self._known:
            found = await self._by_mail(mail) or await self._made(mail, shown_name(case.requester))
            if not found:
                return ""
            self._known[mail] = found
            if len(self._known) > KNOWN_USERS:
                self._known.popitem(last=False)
        return self._known[mail]

    async def _by_mail(self, mail: str) -> str:
        path = f"/rest/servicedeskapi/servicedesk/{self.settings.service_desk}/customer"
        query: dict[str, str | int] = {"query": mail, "limit": 50}
        answer = await self.api.call("GET", path, query=query, headers=EXPERIMENTAL, expected=(403,))
        return "" if answer.status == 403 else _account(answer.read(dict[str, Any]).get("values"), mail)

    async def _made(self, mail: str, name: str) -> str:
        """Make a customer and let him into the service desk; one who has an account elsewhere on the site is let in."""
        if not self.settings.makes_customers:
            return ""
        path = "/rest/servicedeskapi/customer?strictConflictStatusCode=true"
        data = {"email": mail, "displayName": name}
        answer = await self.write("POST", path, data, expected=(400, 403, 409))
        if answer.status in (400, 409):
            listed = await self.api.call("GET", "/rest/api/3/user/search", query={"query": mail}, expected=(403,))
            found = _account(listed.json(), mail) if listed.status != 403 else ""
        else:
            found = str(answer.read(dict[str, Any]).get("accountId") or "") if answer.status < 300 else ""
        if found:
            path = f"/rest/servicedeskapi/servicedesk/{self.settings.service_desk}/customer"
            await self.write("POST", path, {"accountIds": [found]}, expected=(400, 403))
        return found


def _account(users: Any, mail: str) -> str:
    """Return the account with that mail address; a lone one whose address is hidden counts as well."""
    listed = [user for user in users if isinstance(user, Mapping)] if isinstance(users, list) else []
    exact = [user for user in listed if str(user.get("emailAddress") or "").lower() == mail.lower()]
    hidden = listed if len(listed) == 1 and not listed[0].get("emailAddress") else []
    return next((str(user["accountId"]) for user in (*exact, *hidden) if user.get("accountId")), "")
