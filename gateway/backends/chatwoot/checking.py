"""Whether a Chatwoot account is as the gateway needs it; changes nothing there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gateway.backends._api import Answer
from gateway.backends._proof import proof, stranger
from gateway.backends.chatwoot.api import ChatwootApi
from gateway.backends.chatwoot.settings import ChatwootSettings
from gateway.case import Frozen
from gateway.errors import AuthError, GatewayError
from gateway.ports import Check, Report

API_CHANNEL = "Channel::Api"


class _Account(Frozen):
    id: int
    role: str | None = None


class _Profile(Frozen):
    """The user whose token we have, and the accounts that it belongs to."""

    id: int
    accounts: tuple[_Account, ...]


async def check(settings: ChatwootSettings, api: ChatwootApi) -> Report:
    """Look at the token, its user's role, the inbox, the attributes and the teams; each answer says what to do."""
    try:
        profile = proof(await api.http.call("GET", "/api/v1/profile"), _Profile)
    except AuthError:
        said = f"{api.host} does not take the token; copy it anew from the gateway's user's profile settings"
        return Report((Check("token", ok=False, detail=said),))
    except GatewayError as error:
        return Report((Check("token", ok=False, detail=f"{error}; {error.action}"),))
    if profile is None:
        return stranger("token", api.host, "Chatwoot")
    checks = [Check("token", ok=True, detail=f"{api.host} knows the gateway's user"), _role(settings, profile)]
    checks += [await _inbox(settings, api), await _attributes(settings, api), *await _teams(settings, api)]
    return Report(tuple(checks))


def _role(settings: ChatwootSettings, profile: _Profile) -> Check:
    role = next((each.role for each in profile.accounts if each.id == settings.account), None)
    if role is None:
        told = f"add the gateway's user to account {settings.account}, or write the number of its account"
        return Check("role", ok=False, detail=told)
    is_well = role == "administrator"
    told = "it is an administrator" if is_well else "make the gateway's user an administrator, under Agents"
    return Check("role", ok=is_well, detail=told)


async def _inbox(settings: ChatwootSettings, api: ChatwootApi) -> Check:
    try:
        inboxes = payload_of(await api.get("/inboxes"))
    except GatewayError as error:
        return Check("inbox", ok=False, detail=f"{error}; let the gateway's user see the inboxes")
    inbox = next((each for each in inboxes if each.get("id") == settings.inbox), None)
    if inbox is None:
        return Check("inbox", ok=False, detail=f"there is no inbox {settings.inbox} that the gateway's user sees")
    if inbox.get("channel_type") != API_CHANNEL:
        return Check("inbox", ok=False, detail=f"inbox {settings.inbox} is not of the kind API; make one that is")
    return Check("inbox", ok=True, detail=f"inbox {settings.inbox} is of the kind API")


async def _attributes(settings: ChatwootSettings, api: ChatwootApi) -> Check:
    try:
        there = {str(each.get("attribute_key")) for each in payload_of(await attributes(api))}
    except GatewayError as error:
        return Check("attributes", ok=False, detail=f"{error}; let the gateway's user see the custom attributes")
    missing = [name for name in wanted_attributes(settings) if name not in there]
    told = f"make the conversations' attribute {missing[0]}: gatehouse backends setup" if missing else ""
    return Check("attributes", ok=not missing, detail=told or "every attribute is there")


async def _teams(settings: ChatwootSettings, api: ChatwootApi) -> list[Check]:
    wanted = {team for team in (settings.team, *settings.queues.values()) if team}
    if not wanted:
        return []
    try:
        there = {str(each.get("id")) for each in payload_of(await api.get("/teams"))}
    except GatewayError as error:
        return [Check("teams", ok=False, detail=f"{error}; let the gateway's user see the teams")]
    missing = sorted(wanted - there)
    told = f"there is no team {missing[0]}; write the number that its page's address holds" if missing else ""
    return [Check("teams", ok=not missing, detail=told or "every team is there")]


async def attributes(api: ChatwootApi) -> Answer:
    """Ask for the attributes that conversations can have."""
    return await api.get("/custom_attribute_definitions", {"attribute_model": "0"})


def wanted_attributes(settings: ChatwootSettings) -> tuple[str, ...]:
    """Return the conversations' attributes that the gateway writes."""
    return tuple(dict.fromkeys((settings.key_attribute, settings.state_attribute, *settings.fields.values())))


def payload_of(answer: Answer, within: str = "") -> list[Mapping[str, Any]]:
    """Return the items of a list, which some calls put into an envelope, and newer releases into one more, `within`.

    Raises `TransientError` for what is no list.
    """
    told = answer.json()
    for name in ("payload", within):
        told = told.get(name) if name and isinstance(told, dict) else told
    if not isinstance(told, list) or not all(isinstance(each, dict) for each in told):
        raise answer.unreadable()
    return told
