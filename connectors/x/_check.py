"""What `gatehouse check` tells of an account: access, rights, the automation label, credits, how news come, clocks.

Asks and changes nothing; one account is read, which X charges for.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from connectors.x._budget import Budget
from connectors.x._client import XClient
from connectors.x._errors import MAX_SKEW
from connectors.x._fields import USER_FIELDS
from connectors.x._login import missing_scopes
from connectors.x._settings import XSettings
from gateway.errors import AuthError, CreditsError, GatewayError
from gateway.ports import Check, Report

_CONSOLE = "in the developer console"


async def check(settings: XSettings, client: XClient, budget: Budget) -> Report:
    """Return one finding a matter; without access that works there is but one."""
    try:
        told = await client.get_me(user_fields=list(USER_FIELDS))
    except GatewayError as error:
        return Report((_failed("access", error),))
    await budget.charge("check", 1, settings.prices.user_read)
    me = told.get("data")
    me = me if isinstance(me, dict) else {}
    checks = [_access(settings, me), _rights(settings, client), _label(settings, me), _clock(client)]
    checks.append(await _credits(settings, client))
    if settings.activity == "stream":
        checks.append(await _stream(client))
    if settings.activity == "webhook":
        checks.append(await _webhook(settings, client))
    return Report(tuple(checks))


def _access(settings: XSettings, me: Mapping[str, Any]) -> Check:
    number, handle = str(me.get("id", ""))[:20], str(me.get("username", ""))[:20]
    told = f"the access is @{handle}'s, number {number}"
    if number != settings.user_id:
        return Check("access", ok=False, detail=f"{told}, not number {settings.user_id}; edit user_id or the access")
    if handle.lower() != settings.handle.lower():
        return Check("access", ok=False, detail=f"{told}, not @{settings.handle}'s; edit handle")
    return Check("access", ok=True, detail=told)


def _rights(settings: XSettings, client: XClient) -> Check:
    if settings.auth == "oauth2":
        missing = missing_scopes(client.access.scope)
        told = f"{', '.join(missing)} is missing; log the channel in anew" if missing else "all scopes are given"
        return Check("rights", ok=not missing, detail=told)
    level = client.access_level
    if not level:
        return Check("rights", ok=True, detail="X does not say what the app may do")
    if "write" in level and "directmessages" in level:
        return Check("rights", ok=True, detail="the app may read and write posts and direct messages")
    remedy = f"allow `Read and write and Direct message` {_CONSOLE}, then make the access token anew"
    return Check("rights", ok=False, detail=f"the app may not read and write posts and direct messages; {remedy}")


def _label(settings: XSettings, me: Mapping[str, Any]) -> Check:
    profile = str(me.get("description", "")).casefold()
    if any(word.casefold() in profile for word in settings.label_words):
        return Check("label", ok=True, detail="the profile says that the account answers by machine")
    told = "the profile does not say that the account answers by machine, as X's automation rules ask"
    words = ", ".join(settings.label_words)
    remedy = f"write one of these into it: {words}; and label the account as automated in its settings"
    return Check("label", ok=not settings.require_label, detail=f"{told}; {remedy}")


def _clock(client: XClient) -> Check:
    if client.skew is None:
        return Check("clock", ok=True, detail="X does not tell its time")
    secs = round(client.skew.total_seconds())
    told = f"X's clock is {abs(secs)} s {'behind' if secs < 0 else 'ahead of'} ours"
    if abs(client.skew) > MAX_SKEW:
        return Check("clock", ok=False, detail=f"{told}; set this machine's clock by NTP")
    return Check("clock", ok=True, detail=told)


async def _credits(settings: XSettings, client: XClient) -> Check:
    if settings.bearer_token is None:
        return Check("credits", ok=True, detail="they can be asked for with bearer_token alone; calls work now")
    try:
        told = await client.call("GET", "/2/usage/tweets", as_user=False)
    except (CreditsError, AuthError) as error:
        return _failed("credits", error)
    except GatewayError as error:
        return Check("credits", ok=True, detail=f"X does not tell: {error}")
    data = told.get("data")
    data = data if isinstance(data, dict) else {}
    used, cap = (_number(data.get(name)) for name in ("project_usage", "project_cap"))
    if used is None or cap is None:
        return Check("credits", ok=True, detail="X does not tell; calls work now")
    return Check("credits", ok=used < cap, detail=f"{used} of {cap} posts of this cycle are read")


async def _stream(client: XClient) -> Check:
    try:
        await client.call("GET", "/2/activity/subscriptions", as_user=False)
    except GatewayError as error:
        return _failed("activity", error)
    return Check("activity", ok=True, detail="the stream can be asked for; the gateway subscribes to what it needs")


async def _webhook(settings: XSettings, client: XClient) -> Check:
    try:
        told = await client.call("GET", "/2/webhooks", as_user=False)
    except GatewayError as error:
        return _failed("activity", error)
    found = told.get("data")
    hooks = [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []
    ours = [each for each in hooks if each.get("url") == settings.webhook_url]
    if not ours:
        return Check("activity", ok=True, detail="X does not know webhook_url yet; the gateway registers it")
    if not any(each.get("valid") is True for each in ours):
        told_why = "X calls webhook_url no more, because it answered wrong or not at all"
        remedy = "see that it can be reached; the gateway then has X call it again"
        return Check("activity", ok=False, detail=f"{told_why}; {remedy}")
    return Check("activity", ok=True, detail="X knows webhook_url and calls it")


def _number(value: Any) -> int | None:
    """Return a count, which X writes as a number or in digits."""
    text = str(value) if type(value) in (int, str) else ""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None


def _failed(name: str, error: GatewayError) -> Check:
    return Check(name, ok=False, detail=f"{error}; {error.action}")
