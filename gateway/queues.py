"""The operators' side of the store: what they see of raws and effects and do to them, backfills, and retention.

Contracts only; `gateway.store` fills them in. Every method is one transaction beside the running engine; every act on
an item is logged with who, when and what, and never with a user's text.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple, Protocol

from typing_extensions import override

from gateway.journal import EffectKind, Put, State
from gateway.ports import Cursor, Raw, Reply, StreamId
from gateway.views import EffectView

OLD = "old"
"""The note of a raw that was on its platform before its stream was watched: no machine answers it."""


class Queue(StrEnum):
    """The two queues, as an item's name begins."""

    RAW = "raw"
    EFFECT = "effect"


class Item(NamedTuple):
    """One raw or effect, written `raw:123` or `effect:45`."""

    queue: Queue
    number: int

    @override
    def __str__(self) -> str:
        return f"{self.queue}:{self.number}"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which items of a queue; what is left empty does not restrict. Newest first, `before` a number."""

    states: tuple[State, ...] = ()
    place: str = ""
    """The source of raws, the target of effects."""
    kind: EffectKind | None = None
    """Of effects; raws have none, so that with a kind no raw is wanted."""
    case_id: str = ""
    since: datetime | None = None
    """Stored at that time or later."""
    numbers: tuple[int, ...] = ()
    timers_until: datetime | None = None
    """Timers are wanted that are due then at the latest: every case with a deadline has some that are not."""
    before: int | None = None
    limit: int = 50


@dataclass(frozen=True, slots=True)
class RawItem:
    """A raw without its body."""

    number: int
    source: str
    stream: StreamId
    lane: str
    key: str
    state: State
    attempts: int
    reason: str
    traceback: str
    not_before: datetime | None
    stored_at: datetime
    received_at: datetime
    media_type: str
    size: int
    held: int
    complete: bool
    removed_at: datetime | None
    """When the retention policy removed its bytes."""


@dataclass(frozen=True, slots=True)
class EffectItem:
    """An effect; `reply` holds text that a user reads, and is for whoever opens it."""

    view: EffectView
    created_at: datetime
    recipient: str
    traceback: str
    job: str | None
    reply: Reply | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class Act:
    """Who does something, when, and why."""

    by: str
    at: datetime
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ActLine:
    """One line of the log of acts; `detail` holds names and states, never a user's text."""

    item: Item
    at: datetime
    by: str
    what: str
    detail: str


@dataclass(frozen=True, slots=True)
class Change:
    """What came of one act on one item; `note` is a sentence for the operator."""

    item: Item
    made: bool
    note: str


@dataclass(frozen=True, slots=True)
class ReplyEdit:
    """What is to be changed in a reply; None stays as it is."""

    text: str | None = field(default=None, repr=False)
    subject: str | None = field(default=None, repr=False)
    address: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Replay:
    """How far a replay may go.

    `sign` makes the token of a reply that is sent once more, of its case and its key: no Message-ID is used twice.
    """

    even_if_sent: bool = False
    """Send again what may have arrived, write again what may have been written."""
    again: bool = False
    """Also what is settled."""
    sign: Callable[[str, str], str] | None = None


class Queues(Protocol):
    """Both queues, for operators."""

    async def raws(self, wanted: Wanted) -> Sequence[RawItem]:
        """Return raws, newest first."""
        ...

    async def effects(self, wanted: Wanted) -> Sequence[EffectItem]:
        """Return effects, newest first."""
        ...

    async def acts(self, item: Item) -> Sequence[ActLine]:
        """Return what operators did to an item, oldest first; openings of a raw are among it."""
        ...

    async def open_raw(self, number: int, act: Act, *, original: bool = False) -> Raw | None:
        """Return a raw with its body and log the opening in the same transaction; None when there is none.

        With `original`, the body is what the platform handed over, before anybody edited it.
        Raises `DamagedError` when the body is gone, with the reason; then nothing was opened.
        """
        ...

    async def open_effect(self, number: int, act: Act) -> EffectItem | None:
        """Return an effect and log that its text was opened; None when there is none."""
        ...

    async def replay(self, items: Sequence[Item], act: Act, how: Replay) -> Sequence[Change]:
        """Put items back into their queue, all those that may be; each in its place within its lane or case.

        Buried: new, with fresh attempts; a ticket as UNKNOWN, so that the backend is asked first. Postponed and in
        doubt: due now. Maybe sent: new, only `even_if_sent`. Settled, only with `again`: a raw is decided once more,
        which doubles nothing; an effect gets a successor with a key of its own at the end of its case.
        """
        ...

    async def bury(self, items: Sequence[Item], act: Act) -> Sequence[Change]:
        """Bury items that wait, or that were maybe sent; what is under way at this moment stays."""
        ...

    async def edit_reply(self, number: int, edit: ReplyEdit, act: Act) -> Change:
        """Change a reply that is buried, maybe sent or postponed; the case's file gets the new text beside the old."""
        ...

    async def edit_body(self, number: int, body: bytes, act: Act) -> Change:
        """Replace the body of a buried raw; the old one is kept, as long as the raw is."""
        ...


@dataclass(frozen=True, slots=True)
class Retention:
    """How long what is settled stays; None is for ever."""

    raws: timedelta | None = timedelta(days=90)
    """The bytes of settled raws and of kept files, and bodies that were replaced."""
    settled: timedelta | None = timedelta(days=400)
    """The rows of settled raws whose bytes are gone, and of settled effects; the words of ratings."""
    blobs: timedelta | None = timedelta(days=2)
    """Blobs that no row names; never less than a day, because a row may still be on its way."""
    openings: timedelta | None = timedelta(days=730)
    """The logs of openings and of acts."""
    reports: timedelta | None = timedelta(days=730)
    """Reports of impostors that nobody confirmed, since they were last seen."""
    incidents: timedelta | None = timedelta(days=730)
    """Incidents that are over, since their end, and which cases belonged to them."""


@dataclass(frozen=True, slots=True)
class Swept:
    """What one batch removed, or would. `place` is where to go on; None when all was looked at."""

    place: str | None = None
    bodies: int = 0
    raws: int = 0
    effects: int = 0
    openings: int = 0
    acts: int = 0
    files: int = 0
    reports: int = 0
    incidents: int = 0
    tokens: int = 0
    dialogues: int = 0
    spending: int = 0
    arrivals: int = 0
    codes: int = 0
    words: int = 0
    blobs: int = 0

    def plus(self, other: Swept) -> Swept:
        """Return both together, at the other's place."""
        sums = {name: getattr(self, name) + getattr(other, name) for name in COUNTED}
        return Swept(other.place, **sums)

    @property
    def total(self) -> int:
        """How much it was in all."""
        return sum(getattr(self, name) for name in COUNTED)


COUNTED = (
    "bodies",
    "raws",
    "effects",
    "openings",
    "acts",
    "files",
    "reports",
    "incidents",
    "tokens",
    "dialogues",
    "spending",
    "arrivals",
    "codes",
    "words",
    "blobs",
)
"""What retention removes, each on its own."""


class Sweeps(Protocol):
    """Retention."""

    async def sweep(self, policy: Retention, now: datetime, place: str = "", *, dry_run: bool = False) -> Swept:
        """Remove one batch of what the policy no longer keeps; begins at the beginning without `place`.

        Never touches what is not settled, nor cases, entries, references and tickets.
        """
        ...


@dataclass(frozen=True, slots=True)
class Backfill:
    """A stream that is read anew beside its own cursor, from the beginning or from a date."""

    id: int
    source: str
    stream: StreamId
    since: datetime | None
    ack: bool
    cursor: Cursor | None
    asked_by: str
    asked_at: datetime
    done_at: datetime | None
    not_before: datetime | None
    attempts: int
    """Failures in a row."""
    taken: int
    known: int
    skipped: int
    """Received before `since`."""
    reason: str


class Backfills(Protocol):
    """Requests to read streams anew; each is obeyed until it is done, across restarts."""

    async def ask(
        self, source: str, streams: Sequence[StreamId], since: datetime | None, *, ack: bool, act: Act
    ) -> Sequence[Backfill]:
        """Ask for each stream; where one is asked for already, that one stays and is returned."""
        ...

    async def list(self, source: str | None = None, *, ids: Sequence[int] = ()) -> Sequence[Backfill]:
        """Return those that are not done, oldest first; or those with these ids, done or not."""
        ...

    async def put(
        self, backfill: int, raws: Sequence[Raw], cursor: Cursor | None, skipped: int, *, done: bool, now: datetime
    ) -> Put:
        """Store a page and the place behind it in one transaction; the stream's own cursor is not touched.

        A request that is done or cancelled takes nothing any more.
        """
        ...

    async def postpone(self, backfill: int, reason: str, not_before: datetime) -> None:
        """Note a failure and when to try again."""
        ...

    async def cancel(self, source: str, act: Act) -> int:
        """End all that are not done; returns how many. What they have taken stays."""
        ...
