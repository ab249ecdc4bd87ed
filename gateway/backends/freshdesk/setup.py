"""Makes the two ticket fields that the gateway needs in Freshdesk.

Source: https://developers.freshdesk.com/api/#ticket_fields (the administrator's calls)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from gateway.backends.freshdesk.api import FreshdeskApi
from gateway.backends.freshdesk.settings import FreshdeskSettings
from gateway.case import Frozen
from gateway.errors import ConfigError
from gateway.ports import Step


class _Field(Frozen):
    name: str


class FreshdeskSetup:
    """See `Setup`. The automation rule that pushes is made by hand; docs/backends/freshdesk.md shows it."""

    def __init__(self, settings: FreshdeskSettings, api: FreshdeskApi) -> None:
        self._settings = settings
        self._api = api

    async def plan(self, address: str) -> Sequence[Step]:
        """Return a step for each field."""
        found = (await self._api.http.call("GET", "/api/v2/ticket_fields")).read(list[dict[str, Any]])
        there = {str(field.get("name")) for field in found}
        wanted = {
            self._settings.key_field: "a text field that holds the case's number",
            self._settings.state_field: "a text field that holds which state the gateway has set",
        }
        return [
            Step(name, told, done=name in there, setting=_setting(self._settings, name))
            for name, told in wanted.items()
        ]

    async def make(self, step: Step, address: str) -> Step:
        """Make a field, unless it is there by now. Raises `ConfigError` when Freshdesk gives it another name."""
        if any(each.name == step.name and each.done for each in await self.plan(address)):
            return replace(step, done=True)
        label = step.name.removeprefix("cf_").replace("_", " ")
        data = {"label": label, "label_for_customers": label, "type": "custom_text", "displayed_to_customers": False}
        answer = await self._api.http.call("POST", "/api/v2/admin/ticket_fields", data=data)
        name = answer.read(_Field).name
        if name != step.name:
            raise ConfigError(f"{self._api.host} has made the field as {name}; write that name into the settings")
        return replace(step, done=True)


def _setting(settings: FreshdeskSettings, name: str) -> str:
    return f'key_field = "{name}"' if name == settings.key_field else f'state_field = "{name}"'
