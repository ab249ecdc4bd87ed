"""Makes in Zammad what the gateway needs: the attribute for the case's number, the webhook, and the trigger for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from gateway.backends._api import Api
from gateway.backends.zammad.settings import ZammadSettings
from gateway.case import Frozen
from gateway.errors import AuthError, ConfigError
from gateway.ports import Step

NAME = "Gatehouse"
ATTRIBUTE, WEBHOOK, TRIGGER = "attribute", "webhook", "trigger"
FIRST = "set `webhook_secret` first, then run the setup again; until then answers are polled"


class _Made(Frozen):
    id: int


class ZammadSetup:
    """See `Setup`. The token needs admin.object, admin.webhook and admin.trigger for this alone."""

    def __init__(self, settings: ZammadSettings, api: Api) -> None:
        self._settings = settings
        self._api = api

    async def plan(self, address: str) -> Sequence[Step]:
        """Return the attribute, and, where the gateway takes pushes, webhook and trigger; they wait for a secret."""
        name = self._settings.key_attribute
        steps = [Step(ATTRIBUTE, f"the ticket attribute {name} for the case's number", await self._has_attribute())]
        if address and self._settings.webhook_secret is None:
            steps += [Step(name, FIRST, done=False) for name in (WEBHOOK, TRIGGER)]
        elif address:
            hook = await self._webhook(address)
            trigger = await self._named("triggers")
            steps.append(Step(WEBHOOK, f"a webhook to {address}", hook is not None))
            steps.append(Step(TRIGGER, "a trigger that calls it when a ticket of ours changes", trigger is not None))
        return steps

    async def make(self, step: Step, address: str) -> Step:
        """Make one of them, unless it is there by now; without a secret webhook and trigger stay undone."""
        if step.name != ATTRIBUTE and self._settings.webhook_secret is None:
            return replace(step, detail=FIRST, done=False)
        if step.name == ATTRIBUTE and not await self._has_attribute():
            await self._make_attribute()
        elif step.name == WEBHOOK and await self._webhook(address) is None:
            await self._make_webhook(address)
        elif step.name == TRIGGER and await self._named("triggers") is None:
            await self._make_trigger(address)
        return replace(step, done=True)

    async def _list(self, what: str, right: str) -> list[dict[str, Any]]:
        answer = await self._api.call("GET", f"/api/v1/{what}", expected=(403,))
        if answer.status == 403:
            raise AuthError(f"the token may not see {what.replace('_', ' ')}; give it {right} for the setup")
        return answer.read(list[dict[str, Any]])

    async def _has_attribute(self) -> bool:
        listed = await self._list("object_manager_attributes", "admin.object")
        return any(
            each.get("name") == self._settings.key_attribute
            and each.get("object") == "Ticket"
            and not each.get("to_create")
            for each in listed
        )

    async def _named(self, what: str) -> Mapping[str, Any] | None:
        listed = await self._list(what, f"admin.{what.rstrip('s')}")
        return next((each for each in listed if each.get("name") == NAME), None)

    async def _webhook(self, address: str) -> Mapping[str, Any] | None:
        listed = await self._list("webhooks", "admin.webhook")
        return next((each for each in listed if each.get("endpoint") == address), None)

    async def _make_attribute(self) -> None:
        listed = await self._list("object_manager_attributes", "admin.object")
        if not any(each.get("name") == self._settings.key_attribute for each in listed):
            data = {
                "name": self._settings.key_attribute,
                "object": "Ticket",
                "display": "Gatehouse case",
                "active": True,
                "position": 1550,
                "data_type": "input",
                "data_option": {"type": "text", "maxlength": 40, "null": True, "default": "", "options": {}},
                "screens": {"edit": {"ticket.agent": {"shown": True, "required": False}}, "create_middle": {}},
            }
            (await self._api.call("POST", "/api/v1/object_manager_attributes", data=data)).read(_Made)
        await self._api.call("POST", "/api/v1/object_manager_attributes_execute_migrations", data={})

    async def _make_webhook(self, address: str) -> None:
        secret = self._settings.webhook_secret
        data = {
            "name": NAME,
            "endpoint": address,
            "signature_token": secret.get_secret_value() if secret is not None else "",
            "ssl_verify": True,
            "active": True,
        }
        (await self._api.call("POST", "/api/v1/webhooks", data=data)).read(_Made)

    async def _make_trigger(self, address: str) -> None:
        hook = await self._webhook(address)
        if hook is None or not hook.get("id"):
            raise ConfigError("there is no webhook yet that a trigger could call")
        data = {
            "name": NAME,
            "condition": {
                "ticket.action": {"operator": "is", "value": "update"},
                f"ticket.{self._settings.key_attribute}": {"operator": "contains", "value": "GH-"},
            },
            "perform": {"notification.webhook": {"webhook_id": hook["id"]}},
            "active": True,
        }
        (await self._api.call("POST", "/api/v1/triggers", data=data)).read(_Made)
