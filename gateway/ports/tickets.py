"""What goes to a ticket system and what agents do there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal, Protocol

from pydantic import AwareDatetime, Field

from gateway.case import Case, CaseState, Entry, Frozen
from gateway.errors import GatewayError
from gateway.ports.incoming import Page, Raw, Report
from gateway.ports.names import Cursor, Key, TicketRef
from gateway.ports.outgoing import ReplyFile


class TicketAction(StrEnum):
    """What a write does to a ticket."""

    MESSAGE = "message"
    NOTE = "note"
    STATE = "state"


@dataclass(frozen=True, slots=True)
class TicketWrite:
    """One change of one ticket.

    With `ticket` None the ticket is opened from `case` first, whatever the action: so a write never depends on an
    earlier one that was buried. `entry` is the message of a MESSAGE write; `note` the text of a NOTE, for agents only.
    """

    key: Key
    action: TicketAction
    case: Case
    ticket: TicketRef | None = None
    entry: Entry | None = None
    note: str = ""
    state: CaseState | None = None


@dataclass(frozen=True, slots=True)
class Done:
    """The write took effect."""

    key: Key
    ticket: TicketRef


@dataclass(frozen=True, slots=True)
class Pending:
    """The backend took the write as a job of its own; asked again with `find` until it is known."""

    key: Key
    job: str


@dataclass(frozen=True, slots=True)
class Failed:
    """This write failed and its neighbours did not; the error's class says what the engine does."""

    key: Key
    error: GatewayError


class Backend(Protocol):
    """A ticket system. Never sleeps, retries or stores.

    Raises like a `Connector` when the whole call failed; what concerns one write alone is a `Failed`.
    """

    async def check(self) -> Report:
        """See that the credential and every right it needs are there; no side effect. Called by the operator."""
        ...

    async def submit(self, writes: Sequence[TicketWrite]) -> Sequence[Done | Pending | Failed]:
        """Write; one answer a write, in any order. Never two writes of one case in a call.

        An outcome that is not known is `Failed` with `OutcomeUnknownError`, or that error for the whole call: the
        engine then asks `find`. Repeating a key must not double the effect where the ticket system allows that.
        """
        ...

    async def find(self, key: Key, job: str | None = None) -> TicketRef | Pending | None:
        """Return the ticket that a write with this key took effect on, or None when it surely did not.

        `job` is what `Pending` named, and `Pending` the answer while that job still runs. Raises `OutcomeUnknownError`
        when the ticket system cannot tell.
        """
        ...


class Feed(Protocol):
    """What agents do in a ticket system, fetched like any other source; a backend's optional role."""

    async def fetch(self, after: Cursor | None) -> Page[Raw]:
        """Return the next page of agents' replies, states, merges and deletions; as `Connector.fetch`."""
        ...


class DeskEntry(Frozen):
    """What an agent did on a ticket that the gateway itself keeps."""

    id: int
    ticket: str
    case_id: str
    kind: Literal["replied", "noted", "solved", "reopened"]
    text: str = ""
    author: str = ""
    at: AwareDatetime
    files: tuple[ReplyFile, ...] = Field(default=(), description="What goes with an answer; the store keeps it.")


class Desk(Protocol):
    """The tickets that the gateway itself keeps, for the `embedded` backend; given by the store."""

    async def write(self, writes: Sequence[TicketWrite]) -> Sequence[TicketRef]:
        """Apply each write once, by its key, in one transaction; return the tickets in the order of the writes."""
        ...

    async def find(self, key: Key) -> TicketRef | None:
        """Return the ticket that the write with this key took effect on."""
        ...

    async def entries(self, after: int, limit: int) -> Sequence[DeskEntry]:
        """Return what agents did after that entry id, oldest first."""
        ...
