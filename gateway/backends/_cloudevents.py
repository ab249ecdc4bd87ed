"""The envelope of a write for those who feed their own desk: a CloudEvent in structured mode. Pure.

Webhook, NATS and Kafka send the same one; signatures are put on elsewhere.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from pydantic import AwareDatetime, Field

from gateway.case import SCHEMA_VERSION, Case, CaseState, Entry, Frozen
from gateway.errors import MalformedError
from gateway.ports import Key, TicketAction, TicketFile, TicketWrite

MEDIA_TYPE = "application/cloudevents+json"

_PLAIN_KEY = re.compile(r"[A-Za-z0-9_:@/+=<>~-]{1,128}")
"""What may stand in a header. No full stop: it parts id, timestamp and body in what is signed."""


def event_source(source: str) -> str:
    """Return a CloudEvents source as it may be; raises `ValueError` with what to write instead."""
    if not re.fullmatch(r"[!-~]+", source):
        raise ValueError("write a URI reference without spaces, such as urn:gatehouse or https://desk.example.test")
    return source


class FileData(Frozen):
    """A file of a user that goes with a write."""

    id: str = Field(description="Names the file within its write.")
    name: str
    media_type: str
    size: int = Field(description="In bytes.")
    sha256: str
    ref: str | None = Field(default=None, description="Where its bytes are with you; null: they stay in the gateway.")


class WriteData(Frozen):
    """The `data` of an event: one write of one ticket. The raw message never leaves."""

    schema_version: int = Field(default=SCHEMA_VERSION, description="Version of the case schema.")
    key: str = Field(description="The gateway's own name of this write; equal when it is repeated.")
    action: TicketAction
    ticket: str | None = Field(default=None, description="The receiver's ticket; null: open one from `case` first.")
    external_key: str = Field(
        default="",
        description="What the case's ticket is known by: the case's number, and `/2` after it for a second one.",
    )
    case: Case
    entry: Entry | None = Field(default=None, description="The message of a `message` write, with its findings.")
    note: str = Field(default="", description="The text of a `note` write, for agents alone.")
    state: CaseState | None = Field(default=None, description="The new state of a `state` write.")
    files: tuple[FileData, ...] = Field(default=(), description="The user's files that go with this write.")
    withheld: tuple[str, ...] = Field(default=(), description="Which files stay in the gateway and why, for agents.")


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


def encode(write: TicketWrite, source: str, refs: Mapping[str, str] | None = None) -> tuple[str, bytes]:
    """Return the id and the body of a write's event; equal for equal writes. Raises `MalformedError`.

    `refs` tells, by `TicketFile.id`, where the bytes of files are that the receiver has.
    """
    try:
        event = _event_of(write, source, refs or {})
        return event.id, event.model_dump_json().encode()
    except ValueError:
        raise MalformedError("the write holds text that cannot be written as UTF-8") from None


def encode_check(source: str, now: datetime) -> tuple[str, bytes]:
    """Return the id and the body of a trial event."""
    trial = f"check-{int(now.timestamp() * 1_000_000)}"
    event = CloudEvent(id=trial, source=source, type="gatehouse.check", time=now, data=CheckData())
    return event.id, event.model_dump_json().encode()


def _event_of(write: TicketWrite, source: str, refs: Mapping[str, str]) -> CloudEvent:
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
            external_key=write.external_key,
            case=write.case,
            entry=write.entry,
            note=write.note,
            state=write.state,
            files=tuple(_file_of(file, refs.get(file.id)) for file in write.files),
            withheld=write.withheld,
        ),
    )


def _file_of(file: TicketFile, ref: str | None) -> FileData:
    return FileData(id=file.id, name=file.name, media_type=file.media_type, size=file.size, sha256=file.sha256, ref=ref)
