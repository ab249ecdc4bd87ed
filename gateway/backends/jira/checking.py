"""What Jira lets the gateway do, a check a right or thing needed; changes nothing."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from pydantic import Field

from gateway.backends._api import Api
from gateway.backends._proof import proof, stranger
from gateway.backends.jira.settings import USUAL_STATES, JiraSettings
from gateway.case import Frozen
from gateway.errors import AuthError, GatewayError
from gateway.ports import Check, Clock, Report

RIGHTS = {
    "BROWSE_PROJECTS": "see the project",
    "EDIT_ISSUES": "edit issues",
    "ADD_COMMENTS": "add comments",
    "DELETE_OWN_COMMENTS": "delete its own comments",
    "CREATE_ATTACHMENTS": "attach files",
    "TRANSITION_ISSUES": "change the status",
}
APART = timedelta(minutes=2)
SILENCE = (
    "not to be seen by the API: switch off the project's customer notifications, or users are mailed by Jira as well"
)


class _Myself(Frozen):
    account: str = Field(alias="accountId", min_length=1)
    name: str = Field(alias="displayName", default="")


async def check(settings: JiraSettings, api: Api, clock: Clock) -> Report:
    """Look at the account, the service desk, the request types, rights, statuses, priorities, and the clocks."""
    try:
        me = proof(await api.call("GET", "/rest/api/3/myself"), _Myself)
    except AuthError:
        text = f"{api.host} does not take the account's mail address and token; make a new API token for it"
        return Report((Check("token", ok=False, detail=text),))
    except GatewayError as error:
        return Report((Check("server", ok=False, detail=f"{error}; {error.action}"),))
    if me is None:
        return stranger("server", api.host, "Jira")
    checks = [Check("token", ok=True, detail=f"{api.host} knows the account, as {me.name or me.account}")]
    for look in (_desk, _request_types, _rights, _states, _priorities):
        try:
            checks += await look(settings, api)
        except GatewayError as error:
            checks.append(Check(look.__name__[1:].replace("_", " "), ok=False, detail=f"{error}; {error.action}"))
    checks.append(await _clocks(api, clock))
    checks.append(Check("silence", ok=True, detail=SILENCE))
    return Report(tuple(checks))


async def _desk(settings: JiraSettings, api: Api) -> Sequence[Check]:
    path = f"/rest/servicedeskapi/servicedesk/{settings.service_desk}"
    answer = await api.call("GET", path, expected=(403, 404))
    desk = answer.read(dict[str, Any]) if answer.status < 300 else {}
    if not desk:
        text = f"there is no service desk {settings.service_desk}, or the account is no agent there; add it"
    elif desk.get("projectKey") != settings.project:
        text = f"service desk {settings.service_desk} belongs to {desk.get('projectKey')}, not to {settings.project}"
    else:
        return [Check("service desk", ok=True, detail=f"the account sees {desk.get('projectName')}")]
    return [Check("service desk", ok=False, detail=text)]


async def _request_types(settings: JiraSettings, api: Api) -> Sequence[Check]:
    checks = []
    for number in sorted({settings.request_type, *settings.queues.values()}):
        path = f"/rest/servicedeskapi/servicedesk/{settings.service_desk}/requesttype/{number}/field"
        answer = await api.call("GET", path, expected=(404,))
        text = "" if answer.status != 404 else "there is none; look its id up in the project's settings"
        text = text or _unfit(answer.read(dict[str, Any]))
        checks.append(Check(f"request type {number}", ok=not text, detail=text or "requests can be raised for users"))
    return checks


def _unfit(meta: Any) -> str:
    """Say why a request type cannot be used."""
    fields = {str(each.get("fieldId")): bool(each.get("required")) for each in meta.get("requestTypeFields") or ()}
    missing = [name for name in ("summary", "description") if name not in fields]
    if missing:
        return f"its form has no {missing[0]}; add it"
    wanted = sorted(name for name, required in fields.items() if required and name not in ("summary", "description"))
    if wanted:
        return f"its form requires {wanted[0]}; make that optional"
    return "" if meta.get("canRaiseOnBehalfOf") else "requests cannot be raised for others; make the account an agent"


async def _rights(settings: JiraSettings, api: Api) -> Sequence[Check]:
    wanted = [*RIGHTS, *(["ADMINISTER"] if settings.makes_customers else [])]
    query = {"projectKey": settings.project, "permissions": ",".join(wanted)}
    told = (await api.call("GET", "/rest/api/3/mypermissions", query=query)).read(dict[str, Any])
    has = {name for name, each in (told.get("permissions") or {}).items() if each.get("havePermission")}
    checks = [
        Check(what, ok=name in has, detail="allowed" if name in has else f"let the account {what} in the project")
        for name, what in RIGHTS.items()
    ]
    if settings.makes_customers:
        text = "allowed" if "ADMINISTER" in has else "let the account administer Jira, or set makes_customers = false"
        checks.append(Check("make customers", ok="ADMINISTER" in has, detail=text))
    return checks


async def _states(settings: JiraSettings, api: Api) -> Sequence[Check]:
    listed = (await api.call("GET", f"/rest/api/3/project/{settings.project}/statuses")).read(list[dict[str, Any]])
    known = {str(status.get("name")) for kind in listed for status in kind.get("statuses") or ()}
    return [_named("status", {settings.states.get(state) or name for state, name in USUAL_STATES.items()}, known)]


async def _priorities(settings: JiraSettings, api: Api) -> Sequence[Check]:
    if not settings.priorities:
        return []
    listed = (await api.call("GET", "/rest/api/3/priority")).read(list[dict[str, Any]])
    return [_named("priority", set(settings.priorities.values()), {str(each.get("name")) for each in listed})]


def _named(what: str, wanted: Collection[str], known: Collection[str]) -> Check:
    missing = sorted(set(wanted) - {name for name in wanted if name.lower() in {each.lower() for each in known}})
    text = f"there is no {what} {missing[0]}; correct the mapping" if missing else f"each {what} is there"
    return Check(what, ok=not missing, detail=text)


async def _clocks(api: Api, clock: Clock) -> Check:
    try:
        told = (await api.call("GET", "/rest/api/3/serverInfo")).read(dict[str, Any])
        apart = abs(datetime.fromisoformat(str(told.get("serverTime"))) - clock.now())
    except (GatewayError, ValueError, TypeError):
        return Check("clock", ok=False, detail="Jira does not tell its time")
    ok = apart <= APART
    detail = "ours and Jira's agree" if ok else f"ours is {apart.total_seconds():.0f} s off Jira's; set this machine's"
    return Check("clock", ok=ok, detail=detail)
