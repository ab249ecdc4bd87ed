"""What a raw means: events, and the normalizer that makes them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

from pydantic import AwareDatetime, Field

from gateway.case import (
    AttachmentState,
    Confidence,
    Evidence,
    Fact,
    Frozen,
    Message,
    Party,
    Provenance,
    Severity,
    Visibility,
)
from gateway.ports.incoming import Raw
from gateway.ports.outgoing import ReplyFile


class Edited(Frozen):
    """A message was changed on its platform; `message` is the new version under the same message id."""

    message: Message


class Deleted(Frozen):
    """A message was withdrawn on its platform; the file keeps it, marked."""

    message_id: str
    provenance: Provenance


class Pressed(Frozen):
    """A user pressed a button; `data` is chosen by the client, so it proves nothing unsigned."""

    sender: Party
    place: Party | None = Field(default=None, description="The chat that the button stands in, where it is known.")
    visibility: Visibility = Visibility.PRIVATE
    data: str
    press_id: str = Field(default="", description="What the platform wants to be told that the press has arrived.")
    message_id: str | None = None
    provenance: Provenance


class MemberSeen(Frozen):
    """An account joined, left or changed its rights where the desk is present.

    `message` is the sighting as a message without text, should a case come of it.
    """

    party: Party
    place: Party
    status: str = Field(description="The platform's word for what it is there now, e.g. `member`, `left`, `kicked`.")
    message: Message
    provenance: Provenance


class Reachable(Frozen):
    """The platform says whether we may write in a chat: we were let in, thrown out, blocked or unblocked."""

    place: Party
    can_send: bool
    status: str = Field(description="The platform's word, e.g. `member`, `kicked`.")
    provenance: Provenance


class Moved(Frozen):
    """A chat goes on under another address."""

    old: Party
    new: Party
    provenance: Provenance


class DeliveryReport(Frozen):
    """A platform's word on something we sent. `message` is the report as a message, should it prove not to be ours."""

    ref: str | None = Field(default=None, description="Our reference that the report is about, e.g. a Message-ID.")
    recipient: str = ""
    outcome: Literal["delivered", "delayed", "failed", "complained", "unknown"] = "unknown"
    status: str = Field(default="", description="The platform's code, e.g. `5.1.1`.")
    message: Message
    provenance: Provenance


class DeskFile(Frozen):
    """A file of an agent's answer that the ticket system keeps."""

    ref: str = Field(description="What its `Downloader` gives it out for.")
    name: str
    media_type: str = "application/octet-stream"
    size: int = Field(default=0, ge=0, description="In bytes; 0 when it is not told.")


class TicketEvent(Frozen):
    """Something an agent or the ticket system did."""

    id: str = Field(description="Equal on re-delivery; the key of every effect that follows from it.")
    ticket: str = Field(description="The backend's reference of the ticket.")
    case_id: str | None = Field(default=None, description="Our case, when the backend gives it back.")
    kind: Literal["replied", "noted", "solved", "reopened", "merged", "deleted"]
    text: str = ""
    author: str = ""
    at: AwareDatetime
    files: tuple[ReplyFile, ...] = Field(default=(), description="What goes with an answer; the store keeps it.")
    attached: tuple[DeskFile, ...] = Field(
        default=(), description="What goes with an answer and is still there; the engine fetches it into `files`."
    )
    lost: tuple[str, ...] = Field(default=(), description="Names of files that could not be fetched; by the engine.")
    into: str = Field(default="", description="The ticket that it was merged into.")
    provenance: Provenance


class Fetched(Frozen):
    """The engine has fetched a file of a message, or has found that it cannot."""

    message_id: str
    attachment_id: str
    state: AttachmentState
    size: int = Field(default=0, ge=0)
    sha256: str | None = None
    detected_type: str | None = None
    reason: str = Field(default="", description="One sentence; why there is no file.")
    codes: Fact | None = Field(default=None, description="What the codes in it say, where it is a picture.")
    provenance: Provenance


class Undelivered(Frozen):
    """The engine could not deliver a reply, or does not know whether it did."""

    case_id: str
    channel: str
    to: Party
    kind: str = Field(description="The `ReplyKind` of the reply.")
    maybe: bool = Field(default=False, description="It may have arrived all the same.")
    unreachable: bool = Field(default=False, description="Nothing can be sent there until the platform says so.")
    reason: str = ""
    provenance: Provenance


class Spotted(Frozen):
    """The patrol has found an account or a domain that may pass for one of ours."""

    kind: Literal["handle", "domain"]
    value: str = Field(description="The handle without @, or the domain in ASCII; lower case.")
    platform: str = Field(default="", description="Of a handle.")
    of: str = Field(description="What of ours it resembles, as a person writes it.")
    brand: str = ""
    technique: str = ""
    confidence: Confidence
    severity: Severity
    url: str = ""
    evidence: tuple[Evidence, ...] = Field(default=(), description="What the platform or the DNS says of it.")
    first_seen: AwareDatetime
    provenance: Provenance


class Alteration(Frozen):
    """One thing that is otherwise than it was, or than it has to be."""

    code: str
    severity: Severity
    reason: str = Field(description="One sentence, in English.")


class Altered(Frozen):
    """The patrol has found an official account or domain otherwise than it was, or than it has to be."""

    shown: str = Field(description="The account or domain, as a person writes it.")
    platform: str = Field(default="", description="Of an account.")
    brand: str = ""
    alterations: tuple[Alteration, ...]
    provenance: Provenance


class Transferred(Frozen):
    """An operator has given a case to another ticket system."""

    case_id: str
    to: str = Field(description="The target that it belongs to from now on.")
    by: str = Field(default="", description="Who did it.")
    provenance: Provenance


FreezeOutcome = Literal["frozen", "already", "refused", "late", "given_up"]


class FreezeTold(Frozen):
    """What came of an order to the exchange's risk system to freeze an account."""

    case_id: str
    danger: str = Field(description="Why it was to be frozen, see `Triage.danger`.")
    outcome: FreezeOutcome = Field(
        description="`late`: it could not be reached yet and is tried on; `given_up`: it is not tried any more."
    )
    account_id: str = Field(default="", description="The account of whoever wrote, where that is proven.")
    claimed_account_id: str = Field(default="", description="The one that merely stands in the text.")
    reference: str = Field(default="", description="The risk system's own.")
    until: AwareDatetime | None = None
    reason: str = Field(default="", description="Why it was refused, or what is in the way.")
    provenance: Provenance


ChallengeOutcome = Literal["confirmed", "refused", "expired", "failed"]


class ChallengeEnded(Frozen):
    """What a customer answered whom the exchange asked for a second factor."""

    case_id: str
    account_id: str
    purpose: str = Field(description="What it was asked for, such as `talk_about_account`.")
    outcome: ChallengeOutcome = Field(description="`failed`: he could not be asked.")
    provenance: Provenance


class IncidentNews(Frozen):
    """A case is found to belong to a known incident, or one that it belongs to is over."""

    kind: Literal["linked", "ended"]
    incident: int
    case_id: str
    title: dict[str, str] = Field(default_factory=dict, description="What the incident is called, by language.")
    ending: dict[str, str] = Field(default_factory=dict, description="What users are told besides, by language.")
    channel: str = ""
    address: str = Field(default="", description="The conversation in which the user is told, on that channel.")
    provenance: Provenance


class Wake(Frozen):
    """A timer that casework set has come due."""

    at: AwareDatetime
    lane: str
    reason: str = Field(description="What it is set for, by the module of casework that set it.")
    case_id: str = Field(default="", description="The case that it is about, if any.")


class Unknown(Frozen):
    """A kind of update we do not know: kept and filed, never dropped."""

    kind: str
    provenance: Provenance


Event = (
    Message
    | Edited
    | Deleted
    | Pressed
    | MemberSeen
    | Reachable
    | Moved
    | DeliveryReport
    | TicketEvent
    | Fetched
    | Undelivered
    | Spotted
    | Altered
    | Transferred
    | FreezeTold
    | ChallengeEnded
    | IncidentNews
    | Wake
    | Unknown
)


Normalizer = Callable[[Raw], Sequence[Event]]
"""Raw → events; pure: no I/O, no clock, no settings. Raises `MalformedError` when nothing at all can be read; any other
exception is a bug. Judges nothing: it keeps evidence. The provenance of each event names its raw: source, stream,
key and lane; what runs apart is held to that."""


Extractor = Callable[[Raw, str], bytes]
"""(raw, `Attachment.id`) → the file's decoded bytes, for an operator with the right. Raises `MalformedError`."""
