"""What the gateway and its reading process say to one another: frames of bytes, and what is in them.

Towards the reader everything is pickled: it comes from us. What comes back was made from hostile bytes, so it is JSON
that is validated against the schema.
"""

from __future__ import annotations

import pickle
import struct
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import IO, Annotated, Any

from pydantic import Field, TypeAdapter, model_validator

from gateway.case import Assessment, Fact, Frozen, Message, Provenance, Triage
from gateway.ports import (
    Deleted,
    DeliveryReport,
    Edited,
    Event,
    MemberSeen,
    Moved,
    Pressed,
    Raw,
    Reachable,
    Unknown,
    Wake,
)
from gateway.reading.pictures import MOST_CHARS, MOST_CODES
from gateway.triage.rules import Rules
from gateway.trust.directory import Directory
from gateway.trust.masking import Patterns

_LENGTH = struct.Struct(">Q")
READY = b"ready"
"""What the reader says when it knows the setup; before that, nothing that fails is the doing of an item."""
MOST_BYTES = 256 * 1024 * 1024
"""So much may come back for one task; a reader that announces more is not listened to."""
REASON_CHARS = 1000
PLACES_CHARS = 20_000


@dataclass(frozen=True, slots=True)
class Setup:
    """What the reader must know before its first task: normalizers by source, by the name of their plugin."""

    normalizers: Mapping[str, str]
    directory: Directory
    patterns: Patterns = ()
    rules: Rules | None = None
    """What messages are triaged by; the product's own where none are told."""

    def is_as(self, told: Setup | None) -> bool:
        """Whether that is the same; what may be large is compared by identity."""
        if told is None or told.directory is not self.directory or told.rules is not self.rules:
            return False
        return (told.normalizers, told.patterns) == (self.normalizers, self.patterns)


@dataclass(frozen=True, slots=True)
class Read:
    """Make events of these raws; their bodies follow, each a frame of its own, so that none is copied."""

    raws: tuple[Raw, ...]
    secs: float
    """After so many the reader ends itself, should nobody be left to end it."""


@dataclass(frozen=True, slots=True)
class Judge:
    """Assess and triage these messages, each with its facts, on that day."""

    messages: tuple[tuple[Message, tuple[Fact, ...]], ...]
    on: date
    secs: float


@dataclass(frozen=True, slots=True)
class Look:
    """Read the codes in pictures: in those files of a raw or, without a raw, in one picture. The body follows."""

    ids: tuple[str, ...]
    secs: float
    raw: Raw | None = None


@dataclass(frozen=True, slots=True)
class Take:
    """Take a file out of a raw, or without one take the body as it; mask it where it is text. The body follows."""

    file: str
    media_type: str
    name: str
    secs: float
    raw: Raw | None = None


Task = Setup | Read | Judge | Look | Take


class Trouble(Frozen):
    """Why one item came to nothing: it is malformed, or the code is at fault, told by its class and places alone."""

    malformed: bool
    reason: str = Field(max_length=REASON_CHARS)
    places: str = Field(default="", max_length=PLACES_CHARS)


class Tagged(Frozen):
    """One event, under the name of its kind; no kind that is the ticket system's or the gateway's own to tell."""

    message: Message | None = None
    edited: Edited | None = None
    deleted: Deleted | None = None
    pressed: Pressed | None = None
    member_seen: MemberSeen | None = None
    reachable: Reachable | None = None
    moved: Moved | None = None
    delivery_report: DeliveryReport | None = None
    unknown: Unknown | None = None

    @model_validator(mode="after")
    def _is_one(self) -> Tagged:
        if sum(each is not None for each in vars(self).values()) != 1:
            raise ValueError("not one event of one kind")
        return self

    @property
    def event(self) -> Event:
        """The event itself."""
        found: Event = next(each for each in vars(self).values() if each is not None)
        return found


_FIELDS: Mapping[type, str] = {
    Message: "message",
    Edited: "edited",
    Deleted: "deleted",
    Pressed: "pressed",
    MemberSeen: "member_seen",
    Reachable: "reachable",
    Moved: "moved",
    DeliveryReport: "delivery_report",
    Unknown: "unknown",
}


Secs = Annotated[float, Field(ge=0, le=1_000_000, allow_inf_nan=False)]


class Events(Frozen):
    """What was made of one raw, and the seconds that it took."""

    events: tuple[Tagged, ...] = ()
    trouble: Trouble | None = None
    secs: Secs = 0.0

    def are_of(self, raw: Raw) -> bool:
        """Whether each of them says that it comes from that raw, and from no other."""
        own = (raw.source, raw.stream, raw.key, raw.lane)
        origins = (known for each in self.events for known in _provenances(each.event))
        return all((known.source, known.stream, known.key, known.lane) == own for known in origins)


class Judgement(Frozen):
    """What was found about one message, and the seconds that each of the two stages took.

    `message` is the message itself where a secret had to be taken out of it.
    """

    message: Message | None = None
    assessment: Assessment | None = None
    triage: Triage | None = None
    trouble: Trouble | None = None
    assess_secs: Secs = 0.0
    triage_secs: Secs = 0.0


class Seen(Frozen):
    """What the codes in one picture say, or why nobody could look."""

    texts: tuple[Annotated[str, Field(max_length=MOST_CHARS)], ...] = Field(default=(), max_length=MOST_CODES)
    trouble: Trouble | None = None


class Taken(Frozen):
    """What became of a file: whether it is a text that was read for secrets, or why it cannot be had. Bytes follow."""

    masked: bool = False
    trouble: Trouble | None = None


EVENTS = TypeAdapter(Events)
TAKEN = TypeAdapter(Taken)
SEEN = TypeAdapter(tuple[Seen, ...])
JUDGEMENTS = TypeAdapter(tuple[Judgement, ...])


def _tagged(name: str, event: Event) -> Tagged:
    # What a normalizer made has been validated already.
    values: dict[str, Any] = {name: event}
    return Tagged.model_construct(**values)


def tagged(events: Iterable[Event]) -> tuple[Tagged, ...]:
    """Return events under the names of their kinds."""
    return tuple(_tagged(_FIELDS[type(event)], event) for event in events)


def _provenances(event: Event) -> Iterable[Provenance]:
    match event:
        case Edited(message=message):
            yield message.provenance
        case DeliveryReport(message=message, provenance=known) | MemberSeen(message=message, provenance=known):
            yield from (message.provenance, known)
        case Wake():
            return
        case _:
            yield event.provenance


def put(line: IO[bytes], parts: Sequence[bytes]) -> None:
    """Write frames."""
    for part in parts:
        with memoryview(part) as view:
            line.write(_LENGTH.pack(view.nbytes))
            line.write(view)
    line.flush()


def get(line: IO[bytes], most: int | None = None) -> bytes:
    """Read one frame. Raises `EOFError` when the other side is gone, `ValueError` when it is longer than that."""
    (length,) = _LENGTH.unpack(_exactly(line, _LENGTH.size))
    if most is not None and length > most:
        raise ValueError("a frame that is longer than it may be")
    return _exactly(line, length)


def _exactly(line: IO[bytes], length: int) -> bytes:
    found = line.read(length)
    if len(found) < length:
        raise EOFError("the other side is gone")
    return found


def packed(task: Task) -> bytes:
    """Return a task as bytes."""
    return pickle.dumps(task, protocol=pickle.HIGHEST_PROTOCOL)


def unpacked(frame: bytes) -> Task:
    """Return the task that the gateway packed; never to be used on what comes back from a reader."""
    task: Task = pickle.loads(frame)  # noqa: S301 - from the gateway, over a pipe that nobody else holds
    return task
