"""What an operator sees of the store: effects, cases, streams, counts, openings. Values.

Not here: how they are read (`gateway.store`), how they are shown (`gateway.cli`, `gateway.web`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from gateway.case import CaseFile
from gateway.journal import EffectKind, State
from gateway.ports import Cursor, Key, ReplyFile, StreamId


@dataclass(frozen=True, slots=True)
class EffectView:
    """An effect as an operator sees it; no user text."""

    id: int
    key: str
    kind: EffectKind
    target: str
    case_id: str | None
    state: State
    attempts: int
    reason: str
    not_before: datetime | None
    ref: str | None


@dataclass(frozen=True, slots=True)
class DeskLine:
    """One line of a ticket that the gateway itself keeps."""

    id: int
    kind: str
    author: str
    text: str
    at: datetime
    public: bool
    files: tuple[ReplyFile, ...] = ()


@dataclass(frozen=True, slots=True)
class InviteView:
    """Somebody was given a one-time token of a case to hand on; by whom and when."""

    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class CaseView:
    """A case as an operator sees it: its file, its effects, the raws behind its incoming entries."""

    file: CaseFile
    effects: tuple[EffectView, ...] = ()
    desk: tuple[DeskLine, ...] = ()
    invites: tuple[InviteView, ...] = ()


@dataclass(frozen=True, slots=True)
class StreamView:
    """One stream as an operator sees it. `waiting` counts raws neither settled nor buried."""

    source: str
    stream: StreamId
    cursor: Cursor | None
    moved_at: datetime | None
    taken: int = 0
    waiting: int = 0
    buried: int = 0


@dataclass(frozen=True, slots=True)
class Tally:
    """How much stands in each queue."""

    raws: dict[State, int] = field(default_factory=dict)
    effects: dict[State, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Backlog:
    """What stands in one state of one queue: raws of a source, or effects of a target; settled ones are left out."""

    queue: Literal["raws", "effects"]
    name: str
    state: State
    count: int
    oldest_at: datetime
    """When the oldest of them was stored."""


@dataclass(frozen=True, slots=True)
class OpeningView:
    """One opening of a kept original, or of a file of one: who, when and why. `reason` is the operator's own text."""

    at: datetime
    opened_by: str
    reason: str
    source: str
    stream: StreamId
    key: Key
    attachment_id: str = ""
    """The file of that original that was opened; empty when it was the original itself."""
