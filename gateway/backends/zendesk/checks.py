"""What the API user lacks at Zendesk, a sentence each; changes nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

from gateway.backends._proof import proof, stranger
from gateway.backends.zendesk.api import Zendesk
from gateway.backends.zendesk.settings import ZendeskSettings
from gateway.case import Frozen
from gateway.errors import AuthError, GatewayError
from gateway.ports import Check, Clock, Report

TO_REQUESTERS = frozenset({"requester_id", "requester_and_ccs"})
MOST_PAGES = 20


class User(Frozen):
    """Who we are there; a call without a credential is answered with a user that has no id."""

    id: int | None
    role: str


class Me(Frozen):
    """The answer that says who we are."""

    user: User


class _Exports(Frozen):
    ticket_events: tuple[Any, ...]


class _Group(Frozen):
    id: int
    deleted: bool = False


class _OneGroup(Frozen):
    group: _Group


async def check(settings: ZendeskSettings, api: Zendesk, clock: Clock) -> Report:
    """Look at the credential, the user's rights, groups and fields that are configured, and triggers that mail."""
    try:
        me = proof(await api.call("GET", "/users/me"), Me)
    except AuthError:
        told = (
            f"{api.host} does not accept the credential; make an API token in Admin Center, Apps and integrations, "
            "Zendesk API, and write the mail address of the user it is for into `email`"
        )
        return Report((Check("credential", ok=False, detail=told),))
    except GatewayError as error:
        return Report((Check("credential", ok=False, detail=f"{error}; {error.action}"),))
    if me is None:
        return stranger("credential", api.host, "Zendesk")
    checks = [_role(me.user)]
    checks.append(await _exports(api, clock))
    checks += [await _group(api, number) for number in sorted({settings.group, *settings.queues.values()} - {""})]
    checks += [await _field(api, number) for number in sorted(set(settings.fields.values()))]
    checks.append(await _silence(settings, api))
    if settings.webhook_secret is None:
        checks.append(
            Check("webhook", ok=True, detail="no `webhook_secret`: answers are polled, and come a little later")
        )
    return Report(tuple(checks))


def _role(me: User) -> Check:
    if me.id is not None and me.role in ("agent", "admin"):
        return Check("credential", ok=True, detail=f"works as {me.role} {me.id}")
    told = "the API user is no agent: give it the role of an admin in Admin Center, People, Team members"
    return Check("credential", ok=False, detail=told)


async def _exports(api: Zendesk, clock: Clock) -> Check:
    start = int((clock.now() - timedelta(minutes=5)).timestamp())
    try:
        (await api.call("GET", "/incremental/ticket_events", query={"start_time": start})).read(_Exports)
    except AuthError:
        told = (
            "the API user may not export ticket events, by which agents' answers come back: "
            "give it the role of an admin in Admin Center, People, Team members"
        )
        return Check("exports", ok=False, detail=told)
    except GatewayError as error:
        return Check("exports", ok=False, detail=f"{error}; {error.action}")
    return Check("exports", ok=True, detail="may export ticket events")


async def _group(api: Zendesk, number: str) -> Check:
    name = f"group {number}"
    try:
        answer = await api.call("GET", f"/groups/{number}", expected=(404,))
        deleted = answer.status == 404 or answer.read(_OneGroup).group.deleted
    except GatewayError as error:
        return Check(name, ok=False, detail=f"{error}; {error.action}")
    if deleted:
        return Check(name, ok=False, detail="there is no such group: correct `group` or `queues`")
    return Check(name, ok=True, detail="is there")


async def _field(api: Zendesk, number: str) -> Check:
    name = f"field {number}"
    if not number.isdigit():
        return Check(name, ok=False, detail="write the number of the ticket field into `fields`, not its name")
    try:
        answer = await api.call("GET", f"/ticket_fields/{number}", expected=(404,))
        found = {} if answer.status == 404 else answer.read(dict[str, Any]).get("ticket_field") or {}
    except GatewayError as error:
        return Check(name, ok=False, detail=f"{error}; {error.action}")
    if not found.get("active"):
        return Check(name, ok=False, detail="there is no such active ticket field: correct `fields`")
    return Check(name, ok=True, detail="is there")


async def _silence(settings: ZendeskSettings, api: Zendesk) -> Check:
    """Find the triggers by which Zendesk would mail the gateway's users by itself."""
    try:
        loud = [trigger async for trigger in listed(api, "triggers") if _mails(trigger, settings.tag)]
    except AuthError:
        return Check("silence", ok=False, detail="the API user may not see triggers: give it the role of an admin")
    except GatewayError as error:
        return Check("silence", ok=False, detail=f"{error}; {error.action}")
    if not loud:
        return Check("silence", ok=True, detail="no trigger mails the requesters of the gateway's tickets")
    numbers = ", ".join(str(trigger.get("id")) for trigger in loud)
    told = (
        f"triggers mail the requesters of the gateway's tickets: {numbers}; "
        f"add to each the condition: Tags, contains none of the following, {settings.tag}"
    )
    return Check("silence", ok=False, detail=told)


def _mails(trigger: Mapping[str, Any], tag: str) -> bool:
    actions = trigger.get("actions") or ()
    mails = any(
        action.get("field") == "notification_user" and TO_REQUESTERS & set(_words(action.get("value")))
        for action in actions
    )
    conditions = (trigger.get("conditions") or {}).get("all") or ()
    spared = any(
        each.get("field") == "current_tags"
        and each.get("operator") == "not_includes"
        and tag in _words(each.get("value"))
        for each in conditions
    )
    return bool(trigger.get("active")) and mails and not spared


def _words(value: Any) -> Sequence[str]:
    return [str(each) for each in value] if isinstance(value, list) else str(value).split()


async def listed(api: Zendesk, name: str, path: str = "") -> AsyncIterator[dict[str, Any]]:
    """Yield all items of a list, page by page. Raises `TransientError` for what is no list."""
    query: dict[str, str | int] = {"page[size]": 100}
    for _ in range(MOST_PAGES):
        answer = await api.call("GET", path or f"/{name}", query=query)
        page = answer.read(dict[str, Any])
        items, meta = page.get(name), page.get("meta") or {}
        if not isinstance(items, list) or not all(isinstance(item, dict) for item in (*items, meta)):
            raise answer.unreadable()
        for item in items:
            yield item
        if not meta.get("has_more") or not meta.get("after_cursor"):
            return
        query["page[after]"] = str(meta["after_cursor"])
