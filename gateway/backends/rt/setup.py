"""Makes in Request Tracker what can be made through REST2: the custom field for the case's number.

RT 5 has no call to apply a field to a queue, nor to give rights: those steps are told, and done by hand.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace

from gateway.backends.rt.rest import Rest
from gateway.backends.rt.settings import RtSettings
from gateway.backends.rt.shapes import Link, Listing, Queue, RtId, Shape
from gateway.errors import AuthError, ConfigError
from gateway.ports import Step

FIELD = "custom field"
APPLIED = "custom field applied to "
LOOKUP = "RT::Queue-RT::Ticket"


class _Made(Shape):
    id: RtId


class RtSetup:
    """See `Setup`. The gateway's user needs the global right AdminCustomField for this alone."""

    def __init__(self, settings: RtSettings, rest: Rest) -> None:
        self._settings = settings
        self._api = rest.api

    async def plan(self, address: str) -> Sequence[Step]:
        """Return the field, and that it is applied to each queue; RT pushes nothing."""
        applied = [await self._is_applied(queue) for queue in self._settings.all_queues]
        there = any(applied) or await self._is_there()
        field = self._settings.key_field
        return [
            Step(FIELD, f"the custom field {field} for tickets", there),
            *(
                Step(f"{APPLIED}{queue}", self._by_hand(queue), done)
                for queue, done in zip(self._settings.all_queues, applied, strict=True)
            ),
        ]

    async def make(self, step: Step, address: str) -> Step:
        """Make the field, unless it is there by now. Raises `ConfigError` for what RT lets only a person do."""
        if step.name == FIELD:
            if not await self._is_there():
                await self._make_field()
            return replace(step, done=True)
        queue = step.name.removeprefix(APPLIED)
        if not await self._is_applied(queue):
            raise ConfigError(self._by_hand(queue))
        return replace(step, done=True)

    def _by_hand(self, queue: str) -> str:
        field = self._settings.key_field
        return (
            f"in RT, under Admin > Custom Fields > {field} > Applies to, choose {queue} (or all), and under User "
            f"Rights give the gateway's user SeeCustomField, SetInitialCustomField and ModifyCustomField"
        )

    async def _is_applied(self, queue: str) -> bool:
        answer = await self._api.call("GET", f"/queue/{queue}", expected=(403, 404))
        if answer.status != 200:
            raise ConfigError(f"{self._api.host} has no queue {queue} that the gateway's user may see (SeeQueue)")
        return self._settings.key_field in {field.name for field in answer.read(Queue).fields}

    async def _is_there(self) -> bool:
        conditions = [{"field": "Name", "value": self._settings.key_field}, {"field": "LookupType", "value": LOOKUP}]
        answer = await self._api.call("GET", "/customfields", query={"query": json.dumps(conditions)})
        return bool(answer.read(Listing[Link]).items)

    async def _make_field(self) -> None:
        data = {
            "Name": self._settings.key_field,
            "Description": "The case in Gatehouse; do not change it.",
            "Type": "Freeform",
            "MaxValues": 1,
            "LookupType": LOOKUP,
        }
        answer = await self._api.call("POST", "/customfield", data=data, expected=(403,))
        if answer.status == 403:
            raise AuthError(
                f"{self._api.host} does not let the gateway's user make custom fields: give it AdminCustomField for "
                f"the setup, or make {self._settings.key_field} by hand"
            )
        answer.read(_Made)
