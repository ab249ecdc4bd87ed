"""Makes what the gateway needs in Chatwoot: attributes of conversations, labels, the webhook."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from gateway.backends._api import Answer
from gateway.backends.chatwoot.api import ChatwootApi
from gateway.backends.chatwoot.checking import attributes, payload_of, wanted_attributes
from gateway.backends.chatwoot.settings import ChatwootSettings
from gateway.backends.chatwoot.tickets import label_of
from gateway.errors import RejectedError
from gateway.ports import Step

EVENTS = ("message_created", "conversation_status_changed")
ATTRIBUTE, LABEL, WEBHOOK = "attribute ", "label ", "webhook"


class ChatwootSetup:
    """See `Setup`."""

    def __init__(self, settings: ChatwootSettings, api: ChatwootApi) -> None:
        self._settings = settings
        self._api = api

    async def plan(self, address: str) -> Sequence[Step]:
        """Return a step for each attribute, each label that the settings name, and the webhook."""
        there = {str(each.get("attribute_key")) for each in payload_of(await attributes(self._api))}
        steps = [
            Step(
                f"{ATTRIBUTE}{name}",
                "a text attribute of conversations",
                done=name in there,
                setting=self._setting(name),
            )
            for name in wanted_attributes(self._settings)
        ]
        labels = list(dict.fromkeys(label_of(tag) for tag in self._settings.tags.values() if tag))
        if labels:
            known = {str(each.get("title")) for each in payload_of(await self._api.get("/labels"))}
            steps += [Step(f"{LABEL}{name}", "a label for a tag of cases", done=name in known) for name in labels]
        if address:
            steps.append(await self._webhook(address))
        return steps

    async def make(self, step: Step, address: str) -> Step:
        """Do one step, unless it is done by now."""
        now = next((each for each in await self.plan(address) if each.name == step.name), None)
        if now is None:
            raise RejectedError("there is no such step")
        if now.done:
            return now
        if step.name == WEBHOOK:
            made = await self._api.post("/webhooks", {"url": address, "subscriptions": list(EVENTS)})
        elif step.name.startswith(LABEL):
            made = await self._api.post("/labels", {"title": step.name.removeprefix(LABEL), "show_on_sidebar": True})
        else:
            made = await self._api.post("/custom_attribute_definitions", _definition(step.name.removeprefix(ATTRIBUTE)))
        _see_made(made)
        return replace(now, done=True)

    async def _webhook(self, address: str) -> Step:
        hooks = payload_of(await self._api.get("/webhooks"), "webhooks")
        done = any(each.get("url") == address and set(EVENTS) <= set(each.get("subscriptions") or ()) for each in hooks)
        detail = f"a webhook to {address}; Chatwoot shows its secret under Settings, Integrations, Webhooks"
        return Step(WEBHOOK, detail, done=done, setting='webhook_secret = { env = "CHATWOOT_WEBHOOK_SECRET" }')

    def _setting(self, name: str) -> str:
        field = {self._settings.key_attribute: "key_attribute", self._settings.state_attribute: "state_attribute"}.get(
            name
        )
        return f'{field} = "{name}"' if field else ""


def _definition(name: str) -> dict[str, Any]:
    return {
        "attribute_display_name": name.replace("_", " ").capitalize(),
        "attribute_display_type": 0,
        "attribute_description": "Written by Gatehouse; leave it as it is.",
        "attribute_key": name,
        "attribute_model": 0,
    }


def _see_made(answer: Answer) -> None:
    """See that something was made: it has a number, which a webhook's answer has within two envelopes."""
    told = answer.json()
    for name in ("payload", "webhook"):
        told = told.get(name, told) if isinstance(told, dict) else told
    if not isinstance(told, dict) or not told.get("id"):
        raise answer.unreadable()
