"""What the gateway needs at Zendesk and can make itself: a field for the case's number, a webhook and its trigger."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from gateway.backends.zendesk.api import Zendesk
from gateway.backends.zendesk.checks import Me, listed
from gateway.backends.zendesk.settings import ZendeskSettings
from gateway.errors import ConfigError
from gateway.ports import Step

FIELD = "field"
WEBHOOK = "webhook"
TRIGGER = "trigger"
FIELD_TITLE = "Gatehouse case"
HOOK_NAME = "Gatehouse"
TRIGGER_TITLE = "Gatehouse: tell of what agents do"


class ZendeskSetup:
    """See `Setup`. Things are known again by their names."""

    def __init__(self, settings: ZendeskSettings, api: Zendesk) -> None:
        self._settings = settings
        self._api = api

    async def plan(self, address: str) -> Sequence[Step]:
        """See `Setup`."""
        steps = [_field_step(await self._field())]
        if address:
            hook = await self._hook(address)
            steps += [_hook_step(hook), _trigger_step(await self._trigger(hook))]
        return steps

    async def make(self, step: Step, address: str) -> Step:
        """See `Setup`."""
        if step.name == FIELD:
            return _field_step(await self._field() or await self._make_field())
        if not address:
            raise ConfigError("the gateway has no address that Zendesk could call")
        hook = await self._hook(address) or await self._make_hook(address)
        if step.name == WEBHOOK:
            return _hook_step(hook)
        return _trigger_step(await self._trigger(hook) or await self._make_trigger(hook))

    async def _field(self) -> Mapping[str, Any] | None:
        async for each in listed(self._api, "ticket_fields"):
            if each.get("title") == FIELD_TITLE and each.get("active", True):
                return each
        return None

    async def _hook(self, address: str) -> Mapping[str, Any] | None:
        async for each in listed(self._api, "webhooks"):
            if each.get("name") == HOOK_NAME and each.get("endpoint") == address:
                return each
        return None

    async def _trigger(self, hook: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
        if hook is None:
            return None
        async for each in listed(self._api, "triggers"):
            calls = [action.get("value") for action in each.get("actions") or () if _is_call(action)]
            if each.get("active") and any(isinstance(call, list) and call[:1] == [hook["id"]] for call in calls):
                return each
        return None

    async def _make_field(self) -> Mapping[str, Any]:
        data = {"ticket_field": {"type": "text", "title": FIELD_TITLE, "description": "The case's number."}}
        return await self._made("/ticket_fields", "ticket_field", data)

    async def _make_hook(self, address: str) -> Mapping[str, Any]:
        hook = {
            "name": HOOK_NAME,
            "endpoint": address,
            "http_method": "POST",
            "request_format": "json",
            "status": "active",
            "subscriptions": ["conditional_ticket_events"],
        }
        return await self._made("/webhooks", "webhook", {"webhook": hook})

    async def _make_trigger(self, hook: Mapping[str, Any]) -> Mapping[str, Any]:
        """Make the trigger; what our own API user does must not call us back."""
        me = (await self._api.call("GET", "/users/me")).read(Me).user.id
        tagged = {"field": "current_tags", "operator": "includes", "value": self._settings.tag}
        by_others = {"field": "role", "operator": "is_not", "value": str(me)}
        call = {"field": "notification_webhook", "value": [hook["id"], json.dumps({"ticket": "{{ticket.id}}"})]}
        trigger = {
            "title": TRIGGER_TITLE,
            "active": True,
            "conditions": {"all": [tagged, by_others], "any": []},
            "actions": [call],
        }
        return await self._made("/triggers", "trigger", {"trigger": trigger})

    async def _made(self, path: str, name: str, data: Mapping[str, Any]) -> Mapping[str, Any]:
        answer = await self._api.call("POST", path, data=data)
        made = answer.read(dict[str, Any]).get(name)
        if not isinstance(made, dict) or not made.get("id"):
            raise answer.unreadable()
        return made


def _is_call(action: Mapping[str, Any]) -> bool:
    return action.get("field") == "notification_webhook"


def _field_step(found: Mapping[str, Any] | None) -> Step:
    detail = f'a ticket field "{FIELD_TITLE}" that shows agents the case\'s number'
    setting = f'fields = {{ id = "{found["id"]}" }}' if found is not None else ""
    return Step(FIELD, detail, found is not None, setting)


def _hook_step(found: Mapping[str, Any] | None) -> Step:
    detail = f'a webhook "{HOOK_NAME}" that calls the gateway'
    told = (
        'webhook_secret = { env = "GATEHOUSE_ZENDESK_WEBHOOK_SECRET" }  # Admin Center, Apps and integrations, '
        f'Webhooks, {HOOK_NAME}: "Reveal secret"'
    )
    return Step(WEBHOOK, detail, found is not None, told if found is not None else "")


def _trigger_step(found: Mapping[str, Any] | None) -> Step:
    detail = f'a trigger "{TRIGGER_TITLE}" that calls the webhook for tickets of the gateway'
    return Step(TRIGGER, detail, found is not None)
