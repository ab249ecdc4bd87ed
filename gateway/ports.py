"""The interfaces of the gateway: all that a plugin may import, together with `gateway.case` and `gateway.errors`.

A plugin is one frozen value (`ConnectorPlugin`, `NormalizerPlugin`, `BackendPlugin`). It fetches, classifies and maps;
the engine retries, waits, stores and keeps order. The contracts stand here once; implementations add only what differs.
Every call may be cancelled at any await; a plugin then gives up its connection rather than trust it.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Generic, Literal, NewType, Protocol, TypeVar

from pydantic import AwareDatetime, BaseModel, BeforeValidator, Field, SecretStr

from gateway.case import Case, CaseState, Entry, Evidence, Frozen, Message, Party, Provenance, Thread, Visibility
from gateway.errors import GatewayError

Key = NewType("Key", str)
"""Names one delivery of a raw, or one effect; equal when it is delivered or attempted again."""
Cursor = NewType("Cursor", str)
"""A place in a stream, opaque to all but the connector that made it."""
StreamId = NewType("StreamId", str)
"""A part of a source with a cursor of its own: an IMAP folder, the mentions of an account."""
Handle = NewType("Handle", str)
"""A public account name, without @."""
FileRef = NewType("FileRef", str)
"""A file on the platform, opaque to all but its connector."""

T_co = TypeVar("T_co", covariant=True)
S = TypeVar("S", bound=BaseModel)


class Clock(Protocol):
    """Time, injected: nothing in the gateway reads the system's clock or sleeps by itself."""

    def now(self) -> datetime:
        """Return the present instant, aware, in UTC."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Wait that long."""
        ...


def _read_secret(value: object) -> object:
    """Resolve ``{env = "NAME"}`` or ``{file = "PATH"}``; a literal in the configuration is refused."""
    if isinstance(value, SecretStr):
        return value
    if not isinstance(value, Mapping) or len(value) != 1 or next(iter(value)) not in ("env", "file"):
        raise ValueError('write { env = "NAME" } or { file = "PATH" }; a secret never stands in the configuration')
    ((kind, place),) = value.items()
    if kind == "env":
        found = os.environ.get(str(place))
        if not found:
            raise ValueError(f"the environment variable {place} is not set; set it, or name another")
        return found
    try:
        found = Path(str(place)).expanduser().read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(f"the secret file {place} cannot be read: {type(error).__name__}") from None
    if not found:
        raise ValueError(f"the secret file {place} is empty")
    return found


Secret = Annotated[SecretStr, BeforeValidator(_read_secret)]
"""A settings field whose value comes from the environment or a file: ``{ env = "NAME" }`` or ``{ file = "PATH" }``."""


@dataclass(frozen=True, slots=True)
class Raw:
    """What a platform said, byte for byte.

    `key` is equal on re-delivery and unique within (`source`, `lane`). `lane` is whatever the connector can tell
    cheaply: chat id, conversation id, a mail sender's address in lower case. `notes` are small facts about the delivery
    that the bytes do not hold (folder, uid); with `complete` false, `body` is only a part (for mail: the header) and
    `size` tells how large the whole is.
    """

    source: str
    stream: StreamId
    key: Key
    lane: str
    body: bytes = field(repr=False)
    media_type: str
    received_at: datetime
    size: int
    complete: bool = True
    notes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Page(Generic[T_co]):
    """Items in the order of the platform, and the cursor after the last of them.

    A page is stored with its cursor in one transaction. `cursor` None means: nothing moved. `more` True asks the engine
    to fetch again at once.
    """

    items: tuple[T_co, ...]
    cursor: Cursor | None
    more: bool = False


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at, and what the operator should do if it is not well."""

    name: str
    ok: bool
    detail: str


@dataclass(frozen=True, slots=True)
class Report:
    """What a `check` found. Holds no secret."""

    checks: tuple[Check, ...]

    @property
    def ok(self) -> bool:
        """Whether every check is well."""
        return all(check.ok for check in self.checks)


class Connector(Protocol):
    """The incoming side of one channel. Never sleeps, retries or stores.

    Raises `ConfigError`, `AuthError`, `TransientError` (an outage is an error, never an empty page); a library's own
    exceptions never leave it.
    """

    async def check(self) -> Report:
        """Log in, see rights and limits, log out; no side effect on the platform. Called by the operator."""
        ...

    def streams(self) -> Sequence[StreamId]:
        """Return the streams to be fetched: at least one, always the same ones."""
        ...

    async def fetch(self, stream: StreamId, after: Cursor | None) -> Page[Raw]:
        """Return the next page after a stored cursor, oldest first; None means from the beginning.

        Called again with the same cursor whenever the page was not stored: it then returns the same raws with the
        same keys. Changes nothing on the platform. May wait for news up to a bound of its own and then return an
        empty page.
        """
        ...

    async def confirm(self, stream: StreamId, upto: Cursor) -> None:
        """Tell the platform that all up to this stored cursor is ours.

        Called after each commit, and again with the stored cursor at every start; may be lost and repeated.
        """
        ...


@dataclass(frozen=True, slots=True)
class PushRequest:
    """One request that a platform pushed to us, before anything in it is believed."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes = field(repr=False)
    received_at: datetime
    peer: str


@dataclass(frozen=True, slots=True)
class Pushed:
    """A request that proved genuine: its raws, and the answer to give after they are committed."""

    raws: tuple[Raw, ...]
    status: int = 200
    body: bytes = b""
    media_type: str = "text/plain"


@dataclass(frozen=True, slots=True)
class Refusal:
    """A request that is not taken, and the answer to give at once."""

    status: int
    reason: str


class Ingress(Protocol):
    """What is pushed to us: pure; the engine commits, answers and refuses under pressure."""

    def receive(self, request: PushRequest) -> Pushed | Refusal:
        """Check signature, time window and challenge; return the raws or why not."""
        ...


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
exception is a bug. Judges nothing: it keeps evidence."""

Extractor = Callable[[Raw, str], bytes]
"""(raw, `Attachment.id`) → the file's decoded bytes, for an operator with the right. Raises `MalformedError`."""


class ReplyKind(StrEnum):
    """Why something is sent to a user."""

    ACKNOWLEDGEMENT = "acknowledgement"
    ANSWER = "answer"
    WARNING = "warning"


class Reply(Frozen):
    """A text for one user on one channel."""

    channel: str
    kind: ReplyKind
    to: Party
    case_id: str
    subject: str = ""
    text: str
    language: str = "en"
    automatic: bool = Field(description="Written by a machine: marked as such wherever the platform can.")
    thread: Thread = Field(default=Thread(), description="The conversation it continues: `parent` and `ancestors`.")
    token: str = Field(description="Signed reference; the Sender puts it where the platform brings it back.")
    visibility: Visibility = Visibility.PRIVATE


@dataclass(frozen=True, slots=True)
class Receipt:
    """The platform took a reply. `ref` is its reference there (mail: our Message-ID with brackets)."""

    ref: str
    note: str = ""


class Sender(Protocol):
    """The outgoing side of one channel."""

    async def send(self, reply: Reply, key: Key) -> Receipt:
        """Send once; the same `key` always yields the same reference on the platform.

        Raises `RejectedError` for this reply alone, `RateLimitedError`, `TransientError` only when it surely was not
        taken, `OutcomeUnknownError` when it may have been. The engine never sends again after the latter.
        """
        ...


@dataclass(frozen=True, slots=True)
class Profile:
    """What the platform itself says of an account."""

    party: Party
    looked_up_at: datetime


@dataclass(frozen=True, slots=True)
class Absent:
    """The platform says that there is no such account."""

    handle: Handle


@dataclass(frozen=True, slots=True)
class Unchecked:
    """The platform cannot be asked, or did not answer: never the same as absent."""

    handle: Handle
    reason: str


class Resolver(Protocol):
    """What the platform itself says of accounts."""

    async def look_up(self, handles: Sequence[Handle]) -> Sequence[Profile | Absent | Unchecked]:
        """Return one answer a handle, in the same order."""
        ...


class Downloader(Protocol):
    """Files that a platform keeps apart from its messages."""

    def open(self, ref: FileRef) -> AsyncIterator[bytes]:
        """Stream a file in chunks; the engine caps, hashes and stores it."""
        ...


TicketRef = NewType("TicketRef", str)
"""A ticket in a backend, opaque to all but that backend."""


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

    async def find(self, key: Key) -> TicketRef | None:
        """Return the ticket that a write with this key took effect on, or None when it surely did not.

        Raises `OutcomeUnknownError` when the ticket system cannot tell.
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


class Scope(StrEnum):
    """What a limit counts over."""

    CHANNEL = "channel"
    RECIPIENT = "recipient"
    GROUP = "group"
    ACCOUNT = "account"


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `count` calls of one kind in any window of `per` over each member of a scope; the engine reserves."""

    call: str
    scope: Scope
    count: int
    per: timedelta


class Role(StrEnum):
    """What a plugin can do beyond the least."""

    SENDER = "sender"
    RESOLVER = "resolver"
    DOWNLOADER = "downloader"
    INGRESS = "ingress"
    FEED = "feed"


@dataclass(frozen=True, slots=True)
class Opening(Generic[S]):
    """What a plugin is given to open one channel or backend with."""

    name: str
    settings: S
    clock: Clock
    desk: Desk | None = None


@dataclass(frozen=True, slots=True)
class Channel:
    """An open channel: its connector, and the roles that its plugin declares."""

    connector: Connector
    sender: Sender | None = None
    resolver: Resolver | None = None
    downloader: Downloader | None = None
    ingress: Ingress | None = None


@dataclass(frozen=True, slots=True)
class TicketSystem:
    """An open backend, and the roles that its plugin declares."""

    backend: Backend
    feed: Feed | None = None
    ingress: Ingress | None = None


@dataclass(frozen=True, slots=True)
class NormalizerPlugin:
    """One platform's normalizer; `version` is raised whenever its output for a raw changes."""

    name: str
    version: int
    normalize: Normalizer
    extract: Extractor | None = None


@dataclass(frozen=True, slots=True)
class ConnectorPlugin:
    """A kind of channel: everything the engine needs to know of it, as data.

    `addresses` returns our own addresses on the platform from the settings, so that the engine never answers itself.
    `receivers` returns the names of the desk's own receiving servers, whose word on a sender counts (authserv-id).
    `pause` is how long the engine waits after an empty page: zero where `fetch` itself waits for news.
    """

    name: str
    platform: str
    settings: type[BaseModel]
    open: Callable[[Opening[Any]], AbstractAsyncContextManager[Channel]]
    normalizer: str
    addresses: Callable[[Any], Sequence[str]]
    receivers: Callable[[Any], Sequence[str]] = lambda settings: ()
    roles: frozenset[Role] = frozenset()
    limits: tuple[Limit, ...] = ()
    pause: timedelta = timedelta(0)


@dataclass(frozen=True, slots=True)
class BackendPlugin:
    """A kind of ticket system, as data; `normalizer` turns its feed's raws into `TicketEvent`s."""

    name: str
    settings: type[BaseModel]
    open: Callable[[Opening[Any]], AbstractAsyncContextManager[TicketSystem]]
    normalizer: NormalizerPlugin | None = None
    roles: frozenset[Role] = frozenset()
    limits: tuple[Limit, ...] = ()
    pause: timedelta = timedelta(seconds=1)
    batch: int = 50


def evidence(**items: str | None) -> tuple[Evidence, ...]:
    """Return evidence from keyword arguments, leaving out what is None."""
    return tuple(Evidence(name=name, value=value) for name, value in items.items() if value is not None)
