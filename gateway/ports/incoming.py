"""What comes in: raws in pages from a connector, or pushed to an ingress."""

from __future__ import annotations

from collections.abc import AsyncIterable, Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Generic, Protocol, TypeVar

from gateway.ports.names import Cursor, Key, StreamId

T_co = TypeVar("T_co", covariant=True)


@dataclass(frozen=True, slots=True)
class Raw:
    """What a platform said, byte for byte.

    `key` is equal on re-delivery and unique within (`source`, `lane`). `lane` is whatever the connector can tell
    cheaply: chat id, conversation id, a mail sender's address in lower case. `notes` are small facts about the delivery
    that the bytes do not hold (folder, uid); with `complete` false, `body` is only a part (for mail: the header) and
    `size` tells how large the whole is. With `kept`, `Originals.keep` has the whole under that hash, and `body` is
    empty on the way in; whoever reads the raw later has it in `body`.
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
    kept: str = ""


class Originals(Protocol):
    """Takes in an original that is too large for memory, before the raw that names it is handed over."""

    async def keep(self, chunks: AsyncIterable[bytes]) -> str:
        """Keep bytes, sealed and durable, and return their SHA-256 in hex; what raises in between leaves nothing."""
        ...


@dataclass(frozen=True, slots=True)
class Page(Generic[T_co]):
    """Items in the order of the platform, and the cursor after the last of them.

    A page is stored with its cursor in one transaction. `cursor` None means: nothing moved. `more` True asks the engine
    to fetch again at once. `pause` is how long to wait otherwise before the next fetch, instead of the plugin's own;
    `Opening.wake` ends it early.
    """

    items: tuple[T_co, ...]
    cursor: Cursor | None
    more: bool = False
    pause: timedelta | None = None


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


class Probe(Protocol):
    """Tries a channel from end to end, with a message of ours to ourselves."""

    async def probe(self, token: str, tag: str) -> Sequence[Check]:
        """Send a message that bears this signed reference, read it back, and remove it; say what was found.

        It goes to the address that bears `tag`, where answers are asked for at such addresses.

        It becomes no case anywhere: a gateway knows its own reference. Returns within two minutes; what does not come
        back is a check that is not well.
        """
        ...


class Connector(Protocol):
    """The incoming side of one channel. Never sleeps, retries or stores.

    Raises `ConfigError`, `AuthError`, `CreditsError`, `TransientError` (an outage is an error, never an empty page); a
    library's own exceptions never leave it.
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


Take = Callable[[Sequence[Raw]], Awaitable[None]]
"""Takes raws that were pushed, of the listener's own channel; returns once the journal has committed them.

Raises `TransientError` when they cannot be kept now: whoever pushed has to come again. Whatever it raises, and whenever
it is cancelled, nothing may be promised; what is committed all the same is absorbed by its key when it comes again.
"""


class Listener(Protocol):
    """What is pushed to us over another protocol than HTTP, by a server of the plugin's own."""

    def listen(self, take: Take) -> AbstractAsyncContextManager[None]:
        """Listen while the context lasts: on every node that has the channel, whichever of them fetches it.

        Success is answered only after `take` has returned, what it raises is answered so that it is pushed again, and
        a line that ends before the answer is promised nothing. What comes again bears the same key. Raises
        `ConfigError` when it cannot listen; on leaving, what is within `take` may end first, for a few seconds at most.
        """
        ...
