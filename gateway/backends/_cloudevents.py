"""The envelope of the webhook backend: a CloudEvent in structured mode. Pure; the signature is put on elsewhere."""

from __future__ import annotations

import hashlib
import re
from datetime import datetime
from typing import Literal

from pydantic import AwareDatetime, Field

from gateway.case import SCHEMA_VERSION, Case, CaseState, Entry, Frozen
from gateway.errors import MalformedError
from gateway.ports import Key, TicketAction, TicketWrite

MEDIA_TYPE = "application/cloudevents+json"

_PLAIN_KEY = re.compile(r"[A-Za-z0-9_:@/+=<>~-]{1,128}")
"""What may stand in a header. No full stop: it parts id, timestamp and body in what is signed."""


class WriteData(Frozen):
    """The `data` of an event: one write of one ticket. Attachments are only named; raw bytes never leave."""

    schema_version: int = Field(default=SCHEMA_VERSION, description="Version of the case schema.")
    key: str = Field(description="The gateway's own name of this write; equal when it is repeated.")
    action: TicketAction
    ticket: str | None = Field(default=None, description="The receiver's ticket; null: open one from `case` first.")
    case: Case
    entry: Entry | None = Field(default=None, description="The message of a `message` write, with its findings.")
    note: str = Field(default="", description="The text of a `note` write, for agents alone.")
    state: CaseState | None = Field(default=None, description="The new state of a `state` write.")


class CheckData(Frozen):
    """The `data` of a trial call, which a receiver answers and otherwise ignores."""

    schema_version: int = SCHEMA_VERSION


class CloudEvent(Frozen):
    """The envelope: CloudEvents 1.0 in structured mode."""

    specversion: Literal["1.0"] = "1.0"
    id: str
    source: str
    type: str
    subject: str | None = None
    time: AwareDatetime
    datacontenttype: Literal["application/json"] = "application/json"
    dataschema: str = f"urn:gatehouse:schema:ticket-write:{SCHEMA_VERSION}"
    data: WriteData | CheckData


def event_id(key: Key) -> str:
    """Return the key itself when it may stand in a header and in what is signed, else a digest of it."""
    return key if _PLAIN_KEY.fullmatch(key) else "sha256-" + hashlib.sha256(key.encode()).hexdigest()


def encode(write: TicketWrite, source: str) -> tuple[str, bytes]:
    """Return the id and the body of a write's event; equal for equal writes. Raises `MalformedError`."""
    try:
        event = _event_of(write, source)
        return event.id, event.model_dump_json().encode()
    except ValueError:
        raise MalformedError("the write holds text that cannot be written as UTF-8") from None


def encode_check(source: str, now: datetime) -> tuple[str, bytes]:
    """Return the id and the body of a trial event."""
    trial = f"check-{int(now.timestamp() * 1_000_000)}"
    event = CloudEvent(id=trial, source=source, type="gatehouse.check", time=now, data=CheckData())
    return event.id, event.model_dump_json().encode()


def _event_of(write: TicketWrite, source: str) -> CloudEvent:
    return CloudEvent(
        id=event_id(write.key),
        source=source,
        type=f"gatehouse.case.{write.action}",
        subject=write.case.id,
        time=write.entry.at if write.entry else write.case.updated_at,
        data=WriteData(
            key=write.key,
            action=write.action,
            ticket=write.ticket,
            case=write.case,
            entry=write.entry,
            note=write.note,
            state=write.state,
        ),
    )
