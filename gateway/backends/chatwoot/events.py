"""What a raw of Chatwoot's feed means. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Literal
from urllib.parse import unquote, urlsplit

from pydantic import Field, ValidationError

from gateway.backends._hooks import without_hints
from gateway.backends.chatwoot.api import Attachment, Message
from gateway.case import Frozen
from gateway.errors import MalformedError
from gateway.ports import DeskFile, NormalizerPlugin, Raw, TicketEvent, case_of_key

VERSION = 1


class Body(Frozen):
    """What the feed keeps of an act."""

    kind: Literal["replied", "noted", "solved", "reopened"]
    conversation: int
    key: str
    at: int = Field(ge=0, le=2**40)
    message: Message | None = None


def normalize(raw: Raw) -> Sequence[TicketEvent]:
    """Turn one act into the event that it is."""
    try:
        body = Body.model_validate_json(raw.body)
    except ValidationError:
        raise MalformedError("what Chatwoot told of a conversation cannot be read") from None
    said = body.message
    if (said is None) == (body.kind in ("replied", "noted")):
        raise MalformedError("what Chatwoot told of a conversation does not fit together")
    event = TicketEvent(
        id=f"{raw.source}:{raw.key}",
        ticket=str(body.conversation),
        case_id=case_of_key(body.key),
        kind=body.kind,
        text=(said.content or "") if said is not None else "",
        author=(said.sender.name or "") if said is not None and said.sender is not None else "",
        at=_time(body.at),
        attached=_files(said) if said is not None and body.kind == "replied" else (),
        provenance=NORMALIZER.provenance(raw),
    )
    return (event,)


def _time(at: int) -> datetime:
    try:
        return datetime.fromtimestamp(at, UTC)
    except (ValueError, OverflowError, OSError):
        raise MalformedError("what Chatwoot told of a conversation has an impossible time") from None


def _files(said: Message) -> tuple[DeskFile, ...]:
    return tuple(_file(said, file, file.data_url) for file in said.attachments if file.data_url)


def _file(said: Message, file: Attachment, address: str) -> DeskFile:
    """Return a file; its name stands in its address alone, and its ref tells when it was sent.

    Chatwoot tells no type, and what a name would mean differs by machine: the bytes tell it once they are here.
    """
    name = unquote(urlsplit(address).path.rsplit("/", 1)[-1]) or f"file {file.id}"
    return DeskFile(ref=f"{said.created_at} {address}", name=name, size=max(0, file.file_size or 0))


NORMALIZER = NormalizerPlugin("chatwoot", VERSION, without_hints(normalize))
