"""What Zammad lets the gateway do, a check a right or thing needed; changes nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from gateway.backends._api import Api
from gateway.backends._proof import proof, stranger
from gateway.backends.zammad.settings import USUAL_STATES, ZammadSettings
from gateway.case import Frozen
from gateway.errors import AuthError, GatewayError
from gateway.ports import Check, Report

ENOUGH = frozenset({"read", "create", "change"})
TO_USERS = frozenset({"ticket_customer", "article_last_sender"})


class _Me(Frozen):
    id: int
    login: str
    groups: Any = None


async def check(settings: ZammadSettings, api: Api) -> Report:
    """Look at the account, its groups, the attribute, states and priorities, and at what Zammad would mail users."""
    try:
        me = proof(await api.call("GET", "/api/v1/users/me", query={"expand": "true"}), _Me)
    except AuthError:
        text = f"{api.host} does not take the token; make one in the gateway's own account, with ticket.agent"
        return Report((Check("token", ok=False, detail=text),))
    except GatewayError as error:
        return Report((Check("server", ok=False, detail=f"{error}; {error.action}"),))
    if me is None:
        return stranger("server", api.host, "Zammad")
    checks = [Check("token", ok=True, detail=f"{api.host} knows the token, as {me.login}")]
    for look in (_groups, _attribute, _search, _names, _silence):
        try:
            checks += await look(settings, api, me)
        except GatewayError as error:
            checks.append(Check(look.__name__[1:], ok=False, detail=f"{error}; {error.action}"))
    return Report(tuple(checks))


async def _groups(settings: ZammadSettings, api: Api, me: _Me) -> Sequence[Check]:
    access = me.groups or {}
    checks = []
    for group in sorted({settings.group, *settings.queues.values()}):
        rights = set(access.get(group, ())) if isinstance(access, dict) else set()
        ok = "full" in rights or rights >= ENOUGH
        detail = f"tickets go to {group}" if ok else f"give the account itself full access to the group {group}"
        checks.append(Check(f"group {group}", ok=ok, detail=detail))
    return checks


async def _attribute(settings: ZammadSettings, api: Api, me: _Me) -> Sequence[Check]:
    wanted = sorted({settings.key_attribute, *settings.fields.values()})
    names = await _attributes(api)
    if names is None:
        return [
            Check(
                "attributes", ok=True, detail=f"not seen (needs admin.object, or a ticket): {', '.join(wanted)} must be"
            )
        ]
    return [
        Check(
            f"attribute {name}",
            ok=name in names,
            detail="tickets have it" if name in names else f"tickets have no attribute {name}: run the setup",
        )
        for name in wanted
    ]


async def _attributes(api: Api) -> set[str] | None:
    """Return the attributes of tickets, from their list or from any ticket; None when neither is to be had."""
    answer = await api.call("GET", "/api/v1/object_manager_attributes", expected=(403,))
    if answer.status != 403:
        listed = answer.read(list[dict[str, Any]])
        return {
            str(each.get("name")) for each in listed if each.get("object") == "Ticket" and not each.get("to_create")
        }
    tickets = (await api.call("GET", "/api/v1/tickets", query={"per_page": 1})).read(list[dict[str, Any]])
    return set(tickets[0]) if tickets else None


async def _search(settings: ZammadSettings, api: Api, me: _Me) -> Sequence[Check]:
    attribute = f"condition[ticket.{settings.key_attribute}]"
    query: dict[str, str | int] = {
        f"{attribute}[operator]": "is",
        f"{attribute}[value]": "gatehouse-check",
        "per_page": 1,
        "expand": "true",
    }
    found = (await api.call("GET", "/api/v1/tickets/search", query=query)).read(list[dict[str, Any]])
    detail = "tickets are found by the attribute" if not found else "searches heed no conditions: Zammad is too old"
    return [Check("search", ok=not found, detail=detail)]


async def _names(settings: ZammadSettings, api: Api, me: _Me) -> Sequence[Check]:
    wanted = {
        "state": {settings.states.get(state) or usual for state, usual in USUAL_STATES.items()},
        "priority": set(settings.priorities.values()),
    }
    checks = []
    for what, path in (("state", "/api/v1/ticket_states"), ("priority", "/api/v1/ticket_priorities")):
        listed = (await api.call("GET", path)).read(list[dict[str, Any]])
        active = {str(each.get("name")) for each in listed if each.get("active", True)}
        missing = sorted(wanted[what] - active)
        detail = f"there is no {what} {missing[0]}; correct the mapping" if missing else f"each {what} is there"
        checks.append(Check(what, ok=not missing, detail=detail))
    return checks


async def _silence(settings: ZammadSettings, api: Api, me: _Me) -> Sequence[Check]:
    answer = await api.call("GET", "/api/v1/triggers", expected=(403,))
    if answer.status == 403:
        detail = "triggers are not seen (needs admin.trigger): see by hand that none mails users of the gateway"
        return [Check("silence", ok=True, detail=detail)]
    loud = [str(each.get("name")) for each in answer.read(list[dict[str, Any]]) if _is_loud(settings, each)]
    if not loud:
        return [Check("silence", ok=True, detail="no trigger mails users of the gateway")]
    text = f'the trigger "{loud[0]}" mails users; add the condition that {settings.key_attribute} is not set'
    return [Check("silence", ok=False, detail=text)]


def _is_loud(settings: ZammadSettings, trigger: Mapping[str, Any]) -> bool:
    """Whether a trigger could mail a user of ours: those for other kinds of articles cannot."""
    mail = (trigger.get("perform") or {}).get("notification.email")
    condition = trigger.get("condition") or {}
    if not trigger.get("active") or not mail or f"ticket.{settings.key_attribute}" in condition:
        return False
    recipients = mail.get("recipient")
    told = set(recipients) if isinstance(recipients, list) else {recipients}
    by_article = settings.article_type == "note" and "article.type_id" in condition
    return bool(told & TO_USERS) and not by_article
