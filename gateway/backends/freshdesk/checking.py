"""Whether a Freshdesk account is as the gateway needs it; changes nothing there."""

from __future__ import annotations

from typing import Any

from gateway.backends._proof import proof, stranger
from gateway.backends.freshdesk.api import FreshdeskApi
from gateway.backends.freshdesk.settings import FreshdeskSettings
from gateway.case import Frozen
from gateway.errors import AuthError, ConfigError, GatewayError
from gateway.ports import Check, Report


class _Agent(Frozen):
    id: int
    ticket_scope: int = 0


async def check(settings: FreshdeskSettings, api: FreshdeskApi) -> Report:
    """Look at the key, its agent's scope, the fields and the groups; each answer says what to do."""
    try:
        agent = proof(await api.http.call("GET", "/api/v2/agents/me"), _Agent)
    except AuthError:
        said = f"{api.host} does not take the API key; copy it anew from the gateway's agent's profile settings"
        return Report((Check("api key", ok=False, detail=said),))
    except GatewayError as error:
        return Report((Check("api key", ok=False, detail=f"{error}; {error.action}"),))
    if agent is None:
        return stranger("api key", api.host, "Freshdesk")
    return Report(
        (
            Check("api key", ok=True, detail=f"{api.host} knows the gateway's agent"),
            _scope(agent),
            await _tickets(api),
            *await _fields(settings, api),
            *await _groups(settings, api),
        )
    )


def _scope(agent: _Agent) -> Check:
    is_global = agent.ticket_scope == 1
    told = "it sees every ticket" if is_global else "give the gateway's agent the scope Global Access, under Agents"
    return Check("scope", ok=is_global, detail=told)


async def _tickets(api: FreshdeskApi) -> Check:
    try:
        (await api.http.call("GET", "/api/v2/tickets", query={"per_page": 1})).read(list[dict[str, Any]])
    except AuthError:
        return Check(
            "tickets", ok=False, detail="give the gateway's agent the role Agent, or another that reads tickets"
        )
    except GatewayError as error:
        return Check("tickets", ok=False, detail=f"{error}; {error.action}")
    return Check("tickets", ok=True, detail="tickets can be read")


async def _fields(settings: FreshdeskSettings, api: FreshdeskApi) -> list[Check]:
    try:
        found = (await api.http.call("GET", "/api/v2/ticket_fields")).read(list[dict[str, Any]])
    except GatewayError as error:
        return [Check("ticket fields", ok=False, detail=f"{error}; let the gateway's agent see the ticket fields")]
    there = {str(field.get("name")) for field in found}
    wanted = (settings.key_field, settings.state_field, *settings.fields.values())
    missing = [name for name in dict.fromkeys(wanted) if name not in there]
    checks = [
        Check(f"field {name}", ok=False, detail=f"make the ticket field {name} (text): gatehouse backends setup")
        for name in missing
    ]
    return checks or [Check("ticket fields", ok=True, detail="every field is there")]


async def _groups(settings: FreshdeskSettings, api: FreshdeskApi) -> list[Check]:
    wanted = {group for group in (settings.group, *settings.queues.values()) if group}
    if not wanted:
        return []
    try:
        answer = await api.http.call("GET", "/api/v2/groups", query={"per_page": 100})
        there = {str(group.get("id")) for group in answer.read(list[dict[str, Any]])}
    except AuthError:
        return [Check("groups", ok=False, detail="let the gateway's agent see the groups, or leave queues unmapped")]
    except (ConfigError, GatewayError) as error:
        return [Check("groups", ok=False, detail=f"{error}; {error.action}")]
    missing = sorted(wanted - there)
    told = f"there is no group {missing[0]}; write the number that its page's address ends in" if missing else ""
    return [Check("groups", ok=not missing, detail=told or "every group is there")]
