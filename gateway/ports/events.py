"""What a raw means: events, and the normalizer that makes them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

from pydantic import AwareDatetime, Field

from gateway.case import Frozen, Message, Party, Provenance
from gateway.ports.incoming import Raw


class Edited(Frozen):
    """A message was changed on its platform; `message` is the new version under the same message id."""

    message: Message


class Deleted(Frozen):
    """A message was withdrawn on its platform; the file keeps it, marked."""

    message_id: str
    provenance: Provenance


class Pressed(Frozen):
    """A user pressed a button or used a command menu; `data` is chosen by the client, so it proves nothing unsigned."""

    sender: Party
    data: str
    message_id: str | None = None
    provenance: Provenance


class MemberSeen(Frozen):
    """An account joined, left or changed its name where the desk is present."""

    party: Party
    place: Party
    status: str
    provenance: Provenance


class DeliveryReport(Frozen):
    """A platform's word on something we sent. `message` is the report as a message, should it prove not to be ours."""

    ref: str | None = Field(default=None, description="Our reference that the report is about, e.g. a Message-ID.")
    recipient: str = ""
    outcome: Literal["delivered", "delayed", "failed", "unknown"] = "unknown"
    status: str = Field(default="", description="The platform's code, e.g. `5.1.1`.")
    message: Message
    provenance: Provenance


class TicketEvent(Frozen):
    """Something an agent or the ticket system did."""

    id: str = Field(description="Equal on re-delivery; the key of every effect that follows from it.")
    ticket: str = Field(description="The backend's reference of the ticket.")
    case_id: str | None = Field(default=None, description="Our case, when the backend gives it back.")
    kind: Literal["replied", "noted", "solved", "reopened", "merged", "deleted"]
    text: str = ""
    author: str = ""
    at: AwareDatetime
    provenance: Provenance


class Wake(Frozen):
    """A timer that casework set has come due."""

    at: AwareDatetime
    lane: str
    reason: str


class Unknown(Frozen):
    """A kind of update we do not know: kept and filed, never dropped."""

    kind: str
    provenance: Provenance


Event = Message | Edited | Deleted | Pressed | MemberSeen | DeliveryReport | TicketEvent | Wake | Unknown


Normalizer = Callable[[Raw], Sequence[Event]]
"""Raw → events; pure: no I/O, no clock, no settings. Raises `MalformedError` when nothing at all can be read; any other
exception is a bug. Judges nothing: it keeps evidence. The provenance of each event names its raw: source, stream,
key and lane; what runs apart is held to that."""


Extractor = Callable[[Raw, str], bytes]
"""(raw, `Attachment.id`) → the file's decoded bytes, for an operator with the right. Raises `MalformedError`."""
