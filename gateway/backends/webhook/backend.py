"""Writes each change of a ticket as one call; before it, each file as a call of its own."""

from __future__ import annotations

import asyncio
import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import replace

from gateway.backends._cloudevents import encode, encode_check
from gateway.backends._onebyone import common_error
from gateway.backends.webhook.receiver import Receiver
from gateway.backends.webhook.settings import WebhookSettings
from gateway.errors import GatewayError, OutcomeUnknownError, RejectedError
from gateway.ports import Check, Clock, Done, Failed, Report, TicketFile, TicketRef, TicketWrite

_PLAIN_TICKET = re.compile(r"[!-~][ -~]{0,199}")


class WebhookBackend:
    """One receiver. No call waits for its neighbour."""

    def __init__(self, settings: WebhookSettings, receiver: Receiver, clock: Clock) -> None:
        self._settings = settings
        self._receiver = receiver
        self._clock = clock

    async def check(self) -> Report:
        """Send an event of type `gatehouse.check`, which a receiver answers with success and ignores."""
        try:
            await self._receiver.post(*encode_check(self._settings.source, self._clock.now()))
        except GatewayError as error:
            return Report((Check("receiver", ok=False, detail=f"{error}; {error.action}"),))
        return Report((Check("receiver", ok=True, detail=f"{self._receiver.host} took a signed trial event"),))

    async def submit(self, writes: Sequence[TicketWrite]) -> Sequence[Done | Failed]:
        """Call once a write, and once a file; so many at a time as `CONCURRENT` says."""
        answers = await asyncio.gather(*(self._deliver(write) for write in writes))
        common = common_error(answers)
        if common is not None:
            raise common
        return answers

    async def find(self, write: TicketWrite, job: str | None = None) -> TicketRef | None:
        """A receiver cannot be asked: one that takes each id once is simply sent the write again."""
        if self._settings.receiver_is_idempotent:
            return None
        host = self._receiver.host
        raise OutcomeUnknownError(f"{host} cannot be asked whether it took a write; look there before resending")

    async def _deliver(self, write: TicketWrite) -> Done | Failed:
        try:
            refs: dict[str, str] = {}
            refused: list[str] = []
            for file in write.files if self._settings.files == "sent" else ():
                try:
                    refs[file.id] = await self._send(write, file)
                except RejectedError as error:
                    # A message without its file is more to agents than neither.
                    refused.append(f"{file.name}: not passed on, since {error}")
            told = replace(write, withheld=(*write.withheld, *refused))
            answer = await self._receiver.post(*encode(told, self._settings.source, refs))
        except GatewayError as error:
            return Failed(write.key, error)
        return Done(write.key, _ticket_in(answer) or write.ticket or TicketRef(write.external_key))

    async def _send(self, write: TicketWrite, file: TicketFile) -> str:
        name = "file-" + hashlib.sha256(f"{write.key}\n{file.id}".encode("utf-8", "replace")).hexdigest()[:40]
        about = {
            "key": write.key,
            "id": file.id,
            "name": file.name,
            "media_type": file.media_type,
            "size": file.size,
            "sha256": file.sha256,
            "subject": write.case.id,
        }
        await self._receiver.post_file(name, json.dumps(about, separators=(",", ":")), file)
        return name


def _ticket_in(body: bytes) -> TicketRef | None:
    """Return the name that a receiver gave the ticket, if it gave one that can be kept."""
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return None
    ticket = said.get("ticket") if isinstance(said, dict) else None
    if isinstance(ticket, int) and not isinstance(ticket, bool):
        ticket = str(ticket)
    return TicketRef(ticket) if isinstance(ticket, str) and _PLAIN_TICKET.fullmatch(ticket) else None
