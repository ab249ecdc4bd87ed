"""Tickets for Minidesk, a made-up ticket system: an example of a backend that somebody else brings.

Every write is a PUT under a name that we choose, so that it may be repeated whenever its outcome is not known.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import httpx
from pydantic import BaseModel, ConfigDict, Field

from gateway import errors, ports

STREAM = ports.StreamId("acts")
MEANINGS = {
    401: errors.AuthError,
    403: errors.AuthError,
    404: errors.ConfigError,
    410: errors.GoneError,
    503: errors.TransientError,
}


class MinideskSettings(BaseModel):
    """Where Minidesk is, and how we prove who we are."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    url: str = Field(description="Address of Minidesk.", examples=["https://desk.example.test"])
    token: ports.Secret = Field(description="The access token of Gatehouse's own account there.")
    poll_secs: float = Field(default=10.0, gt=0, description="Wait between two looks for what agents did.")


class Minidesk:
    """The backend, its feed and its downloader. Keeps nothing: all stands in Minidesk."""

    def __init__(self, opening: ports.Opening[MinideskSettings], client: httpx.AsyncClient) -> None:
        self._opening, self._client = opening, client

    async def check(self) -> ports.Report:
        may_write = (await self._call("GET", "/api/me"))["may_write"]
        detail = "Minidesk takes tickets" if may_write else "give Gatehouse's account the right to write tickets"
        return ports.Report((ports.Check("write", ok=may_write, detail=detail),))

    async def submit(self, writes: Sequence[ports.TicketWrite]) -> Sequence[ports.Done | ports.Failed]:
        return await asyncio.gather(*(self._answer(write) for write in writes))

    async def find(self, write: ports.TicketWrite, job: str | None = None) -> None:
        """Look for nothing: what took effect is there under its name, and writing it again changes nothing."""

    async def _answer(self, write: ports.TicketWrite) -> ports.Done | ports.Failed:
        try:
            return ports.Done(write.key, await self._write(write))
        except errors.GatewayError as error:
            return ports.Failed(write.key, error)

    async def _write(self, write: ports.TicketWrite) -> ports.TicketRef:
        message = write.entry.message if write.entry else None
        case, ticket = write.case, write.ticket
        if ticket is None:
            who = {"name": case.requester.name, "address": case.requester.address}
            head = {"subject": case.subject, "requester": who, "queue": case.queue, "priority": case.priority}
            opened = await self._call("PUT", f"/api/tickets/{quote(write.external_key, safe='')}", json=head)
            ticket = ports.TicketRef(opened["id"])
        path = f"/api/tickets/{ticket}/lines/{quote(write.key, safe='')}"
        text = message.text or "(no text)" if message and write.action is ports.TicketAction.MESSAGE else write.note
        is_public = write.action in (ports.TicketAction.MESSAGE, ports.TicketAction.FILE)
        await self._call("PUT", path, json={"text": text, "public": is_public, "state": write.state})
        for file in write.files:
            sent = {"content-type": file.media_type, "content-length": str(file.size), "x-name": quote(file.name)}
            await self._call("PUT", f"{path}/files/{quote(file.id, safe='')}", content=file.open(), headers=sent)
        found = [finding.reason for finding in write.entry.assessment.findings] if write.entry else []
        if told := "\n".join([*found, *write.withheld]):
            await self._call("PUT", f"{path}-told", json={"text": told, "public": False, "state": None})
        return ticket

    async def fetch(self, after: ports.Cursor | None) -> ports.Page[ports.Raw]:
        """Return the next page of agents' acts; without `after` none, and where the next ones begin."""
        told = await self._call("GET", "/api/acts", params=None if after is None else {"after": after})
        raws = tuple(self._raw(act) for act in told["acts"])
        pause = timedelta(seconds=self._opening.settings.poll_secs)
        return ports.Page(raws, ports.Cursor(str(told["last"])), more=bool(raws), pause=pause)

    def _raw(self, act: dict[str, Any]) -> ports.Raw:
        key, now, body = ports.Key(f"act:{act['id']}"), self._opening.clock.now(), json.dumps(act).encode()
        return ports.Raw(self._opening.name, STREAM, key, act["ticket"], body, "application/json", now, len(body))

    async def open(self, ref: ports.FileRef) -> AsyncIterator[bytes]:
        """Stream a file of an agent's answer."""
        try:
            async with self._client.stream("GET", f"/api/files/{quote(ref, safe='')}") as response:
                _raise_for(response)
                async for chunk in response.aiter_bytes():
                    yield chunk
        except httpx.HTTPError as error:
            raise errors.TransientError(f"the line to Minidesk broke: {type(error).__name__}") from None

    async def _call(self, method: str, path: str, **sent: Any) -> Any:
        try:
            response = await self._client.request(method, path, **sent)
            _raise_for(response)
            return response.json()
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            raise errors.TransientError(f"Minidesk cannot be reached: {type(error).__name__}") from None
        except (httpx.HTTPError, ValueError) as error:
            kind = errors.TransientError if method == "GET" else errors.OutcomeUnknownError
            raise kind(f"no answer from Minidesk that can be read: {type(error).__name__}") from None


def _raise_for(response: httpx.Response) -> None:
    status, wait = response.status_code, response.headers.get("retry-after", "")
    text = f"Minidesk answered {status}"
    if status == 429:
        raise errors.RateLimitedError(text, timedelta(seconds=int(wait) if wait.isdigit() else 60), item=False)
    if status in MEANINGS or 300 <= status < 400:
        raise MEANINGS.get(status, errors.ConfigError)(text)
    if status >= 400:
        raise (errors.RejectedError if status < 500 else errors.OutcomeUnknownError)(text)


def normalize(raw: ports.Raw) -> Sequence[ports.TicketEvent]:
    """Turn an act into the event that it is; Minidesk's kinds are those of the gateway."""
    try:
        act = json.loads(raw.body)
        act |= {"id": f"{raw.source}:{raw.key}", "case_id": act["ref"].partition("/")[0], "author": act["agent"]}
        act |= {"attached": act["documents"], "provenance": NORMALIZER.provenance(raw)}
        return [ports.TicketEvent.model_validate(act)]
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError):
        raise errors.MalformedError("what Minidesk told of an agent cannot be read") from None


@asynccontextmanager
async def open_minidesk(opening: ports.Opening[MinideskSettings]) -> AsyncIterator[ports.TicketSystem]:
    proof = {"authorization": f"Bearer {opening.settings.token.get_secret_value()}"}
    url, timeout, most = opening.settings.url, httpx.Timeout(20.0, pool=None), httpx.Limits(max_connections=8)
    async with httpx.AsyncClient(base_url=url, headers=proof, timeout=timeout, limits=most, trust_env=False) as client:
        desk = Minidesk(opening, client)
        yield ports.TicketSystem(desk, feed=desk, downloader=desk)


NORMALIZER = ports.NormalizerPlugin("minidesk", 1, normalize)
ROLES = frozenset({ports.Role.FEED, ports.Role.DOWNLOADER})
PLUGIN = ports.BackendPlugin("minidesk", MinideskSettings, open_minidesk, NORMALIZER, ROLES, takes_files=True)
