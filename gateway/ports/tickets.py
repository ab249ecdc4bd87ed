"""What goes to a ticket system and what agents do there."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
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
    FILE = "file"
    """A file of a message that came later than its text."""


@dataclass(frozen=True, slots=True)
class TicketFile:
    """A file of a user that may go to the ticket system: masked already, or passed on by policy.

    `name` is harmless and never empty, `size` and `sha256` are of the bytes that `open` yields, from the beginning at
    each call. `id` is unique within its write.
    """

    id: str
    name: str
    media_type: str
    size: int
    sha256: str
    open: Callable[[], AsyncIterator[bytes]]


@dataclass(frozen=True, slots=True)
class TicketWrite:
    """One change of one ticket.

    With `ticket` None the ticket is opened from `case` first, whatever the action: so a write never depends on an
    earlier one that was buried. `entry` is the message of a MESSAGE or FILE write; `note` the text of a NOTE, for
    agents only. `withheld` says, a sentence each, which files stay in the gateway and why. `doubtful`: an earlier
    attempt may have taken effect, wholly or in part. `generation` counts the tickets that this case has had here:
    above 1, the earlier ones were deleted or take nothing more.
    """

    key: Key
    action: TicketAction
    case: Case
    ticket: TicketRef | None = None
    entry: Entry | None = None
    note: str = ""
    state: CaseState | None = None
    files: tuple[TicketFile, ...] = ()
    withheld: tuple[str, ...] = ()
    doubtful: bool = False
    generation: int = 1

    @property
    def external_key(self) -> str:
        """What the ticket is found by in the ticket system: the case's number, and which of its tickets it is."""
        return self.case.id if self.generation == 1 else f"{self.case.id}/{self.generation}"


def case_of_key(external_key: str) -> str:
    """Return the number of the case that a ticket with this external key is of; empty for an empty key."""
    return external_key.partition("/")[0]


@dataclass(frozen=True, slots=True)
class Done:
    """The write took effect."""

    key: Key
    ticket: TicketRef


@dataclass(frozen=True, slots=True)
class Pending:
    """The backend took the write as a job of its own; asked again with `find` until it is known.

    `wait` is how long it is left alone before that, where the backend knows better than the engine.
    """

    key: Key
    job: str
    wait: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Failed:
    """This write failed and its neighbours did not; the error's class says what the engine does.

    `ticket` is the one that it was meant for, or that was opened for it before it failed: it is remembered.
    """

    key: Key
    error: GatewayError
    ticket: TicketRef | None = None


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

    async def find(self, write: TicketWrite, job: str | None = None) -> TicketRef | Pending | None:
        """Return the ticket that this write took effect on, or None when writing it (again) doubles nothing.

        None is also the answer where it took effect in part, if `submit` completes it: the write then comes with
        `doubtful`. `job` is what `Pending` named, and `Pending` the answer while that job still runs. Raises
        `OutcomeUnknownError` when the ticket system cannot tell.
        """
        ...


class Feed(Protocol):
    """What agents do in a ticket system, fetched like any other source; a backend's optional role."""

    async def fetch(self, after: Cursor | None) -> Page[Raw]:
        """Return the next page of agents' replies, states, merges and deletions; as `Connector.fetch`."""
        ...


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that the gateway needs in a ticket system: a field, a trigger, a webhook.

    `done`: it is there already. `setting` is what to write into the configuration because of it, if anything; known
    once it is done.
    """

    name: str
    detail: str
    done: bool
    setting: str = ""


class Setup(Protocol):
    """Makes what the gateway needs in a ticket system; a backend's optional role. Called by the operator."""

    async def plan(self, address: str) -> Sequence[Step]:
        """Return every step, done or not; no side effect. `address` is where the gateway takes pushes, or empty."""
        ...

    async def make(self, step: Step, address: str) -> Step:
        """Do one step that is not done; return it done. May be repeated: never makes a second of anything."""
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
