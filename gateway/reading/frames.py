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
from typing import IO, Any

from pydantic import TypeAdapter

from gateway.case import Assessment, Fact, Frozen, Message, Triage
from gateway.ports import (
    Deleted,
    DeliveryReport,
    Edited,
    Event,
    MemberSeen,
    Pressed,
    Raw,
    TicketEvent,
    Unknown,
    Wake,
)
from gateway.trust.directory import Directory

_LENGTH = struct.Struct(">Q")


@dataclass(frozen=True, slots=True)
class Setup:
    """What the reader must know before its first task: normalizers by source, by the name of their plugin."""

    normalizers: Mapping[str, str]
    directory: Directory

    def is_as(self, told: Setup | None) -> bool:
        """Whether that is the same; a directory is compared by identity, since it may be large."""
        return told is not None and told.directory is self.directory and told.normalizers == self.normalizers


@dataclass(frozen=True, slots=True)
class Read:
    """Make events of these raws; their bodies follow, each a frame of its own, so that none is copied."""

    raws: tuple[Raw, ...]


@dataclass(frozen=True, slots=True)
class Judge:
    """Assess and triage these messages, each with its facts, on that day."""

    messages: tuple[tuple[Message, tuple[Fact, ...]], ...]
    on: date


Task = Setup | Read | Judge


class Trouble(Frozen):
    """Why one item came to nothing: it is malformed, or the code is at fault, told by its class and places alone."""

    malformed: bool
    reason: str
    places: str = ""


class Tagged(Frozen):
    """One event, under the name of its kind."""

    message: Message | None = None
    edited: Edited | None = None
    deleted: Deleted | None = None
    pressed: Pressed | None = None
    member_seen: MemberSeen | None = None
    delivery_report: DeliveryReport | None = None
    ticket_event: TicketEvent | None = None
    wake: Wake | None = None
    unknown: Unknown | None = None

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
    DeliveryReport: "delivery_report",
    TicketEvent: "ticket_event",
    Wake: "wake",
    Unknown: "unknown",
}


class Events(Frozen):
    """What was made of one raw, and the seconds that it took."""

    events: tuple[Tagged, ...] = ()
    trouble: Trouble | None = None
    secs: float = 0.0


class Judgement(Frozen):
    """What was found about one message, and the seconds that each of the two stages took."""

    assessment: Assessment | None = None
    triage: Triage | None = None
    trouble: Trouble | None = None
    assess_secs: float = 0.0
    triage_secs: float = 0.0


EVENTS = TypeAdapter(tuple[Events, ...])
JUDGEMENTS = TypeAdapter(tuple[Judgement, ...])


def _tagged(name: str, event: Event) -> Tagged:
    # What a normalizer made has been validated already.
    values: dict[str, Any] = {name: event}
    return Tagged.model_construct(**values)


def tagged(events: Iterable[Event]) -> tuple[Tagged, ...]:
    """Return events under the names of their kinds."""
    return tuple(_tagged(_FIELDS[type(event)], event) for event in events)


def put(line: IO[bytes], parts: Sequence[bytes]) -> None:
    """Write frames."""
    for part in parts:
        with memoryview(part) as view:
            line.write(_LENGTH.pack(view.nbytes))
            line.write(view)
    line.flush()


def get(line: IO[bytes]) -> bytes:
    """Read one frame. Raises `EOFError` when the other side is gone."""
    (length,) = _LENGTH.unpack(_exactly(line, _LENGTH.size))
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
