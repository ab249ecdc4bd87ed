"""Calls to a Roundup tracker's REST interface, and what its refusals mean.

Source: "REST API for Roundup", https://www.roundup-tracker.org/docs/rest.html; what it leaves open was seen on 2.6.0.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from gateway.backends._api import Answer, Api, Body, Query
from gateway.case import Frozen
from gateway.errors import (
    ConfigError,
    GatewayError,
    GoneError,
    OutcomeUnknownError,
    RejectedError,
    TransientError,
)

DATA = "/rest/data"
MOST_IDS = 50
"""Items asked for in one call: an address has to stay short."""
RETIRED = "Requested item is retired"
BROKE = "An error occurred. Please check the server log"
"""What Roundup says, with status 400, when it failed itself: its database was locked, its mail server away."""
REFUSALS = frozenset({400, 404, 405, 409})
SCHEMA = "the tracker lacks what Gatehouse needs: add deploy/roundup/schema_gatehouse.py to its schema.py"
REMEDIES: Mapping[str, str] = {
    "Required Header Missing": "`url` must be what the tracker's config.ini has under `[tracker] web`",
    "not allowed to use Rest Interface": "`url` must be what the tracker's config.ini has under `[tracker] web`",
    "not found in class": SCHEMA,
    "Unknown property": SCHEMA,
    "is not valid for": SCHEMA,
    "Class gatehouse_act not found": SCHEMA,
    "is not a ": "it does not know a status, priority or user of that name; see `states` and `priorities`",
}
"""What to do about refusals that concern the tracker, and no one issue, by words in them."""


class Item(Frozen):
    """One item of a class: its id, the tag that a change of it must name, and its properties."""

    id: str
    etag: str
    said: dict[str, Any]


class Tracker:
    """One tracker, for one account. Raises what the gateway's errors say of a call."""

    def __init__(self, api: Api) -> None:
        self.api = api

    async def collection(self, name: str, query: Query) -> list[dict[str, Any]]:
        """Return the items of a class that are not retired, as filtered; `name:` asks for the whole value of `name`."""
        return _listed(await self._call("GET", f"{DATA}/{name}", query={"@verbose": 0, **query}))

    async def item(self, name: str, number: str, fields: str) -> Item:
        """Return one item, retired or not. Raises `GoneError` when there is none."""
        query: Query = {"@fields": fields, "@verbose": 0}
        answer = await self._call("GET", f"{DATA}/{name}/{number}", query=query)
        return _item(answer)

    async def texts(self, numbers: Sequence[str]) -> dict[str, dict[str, Any]]:
        """Return messages that are not retired, by number, with their texts and the names of their authors."""
        query: Query = {"@fields": "content,public,mark,author.realname,author.username", "@verbose": 3}
        found = [
            await self.collection("msg", {**query, "id": list(numbers[start : start + MOST_IDS])})
            for start in range(0, len(numbers), MOST_IDS)
        ]
        return {str(one["id"]): one for each in found for one in each}

    async def create(self, name: str, data: Mapping[str, Any]) -> str:
        """Make an item; return its id."""
        return _id(await self._call("POST", f"{DATA}/{name}", data=data))

    async def create_once(self, name: str, data: Mapping[str, Any], within_secs: int) -> str:
        """Make an item by a link that works once and for so long: a call that was held up makes none later."""
        answer = await self._call("POST", f"{DATA}/{name}/@poe", data={"lifetime": within_secs})
        link = str(_data(answer).get("link", ""))
        token = link.rpartition("/")[2]
        if not token:
            raise answer.unreadable()
        return _id(await self._call("POST", f"{DATA}/{name}/@poe/{token}", data=data))

    async def upload(self, body: Body) -> str:
        """Make a file; return its id."""
        return _id(await self._call("POST", f"{DATA}/file", body=body))

    async def change(self, name: str, item: Item, data: Mapping[str, Any]) -> bool:
        """Change an item; False when it is no more as it was read. Raises `GoneError` for one that is retired."""
        headers = {"if-match": item.etag}
        path = f"{DATA}/{name}/{item.id}"
        answer = await self._call("PATCH", path, data=data, headers=headers)
        return answer.status != 412

    async def _call(
        self,
        method: str,
        path: str,
        *,
        query: Query | None = None,
        data: Mapping[str, Any] | None = None,
        body: Body | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        answer = await self.api.call(
            method, path, query=query, data=data, body=body, headers=headers, expected=REFUSALS | {412}
        )
        if answer.status in REFUSALS:
            raise _refusal(answer)
        return answer


def _refusal(answer: Answer) -> GatewayError:
    """Return what a refusal means, by Roundup's own words where its status alone would mislead."""
    try:
        said = str(json.loads(answer.body)["error"]["msg"])
    except (ValueError, KeyError, TypeError, RecursionError):
        said = ""
    if BROKE in said:
        kind = TransientError if answer.is_safe else OutcomeUnknownError
        return kind(f"{answer.host} failed at a call; its log says why")
    if RETIRED in said or said.startswith("no such issue "):
        return GoneError(f"{answer.host} has that issue no more")
    for words, remedy in REMEDIES.items():
        if words in said:
            return ConfigError(f"{answer.host} answered {answer.status}: {remedy}")
    if answer.status in (404, 405) and not said:
        return ConfigError(f"{answer.host} answered {answer.status}: nothing takes these calls at that address")
    return RejectedError(f"{answer.host} answered {answer.status}: it refuses this item")


class _Created(Frozen):
    id: str


class _One(Frozen):
    id: str
    attributes: dict[str, Any]


def _data(answer: Answer) -> dict[str, Any]:
    told = answer.json()
    data = told.get("data") if isinstance(told, dict) else None
    if not isinstance(data, dict):
        raise answer.unreadable()
    return data


def _id(answer: Answer) -> str:
    try:
        return _Created.model_validate(_data(answer)).id
    except ValidationError:
        raise answer.unreadable() from None


def _item(answer: Answer) -> Item:
    data = _data(answer)
    try:
        one = _One.model_validate(data)
    except ValidationError:
        raise answer.unreadable() from None
    return Item(id=one.id, etag=str(data.get("@etag", "")), said=one.attributes)


def _listed(answer: Answer) -> list[dict[str, Any]]:
    found = _data(answer).get("collection")
    if not isinstance(found, list) or not all(isinstance(one, dict) and "id" in one for one in found):
        raise answer.unreadable()
    return found
