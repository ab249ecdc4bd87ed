"""The Store contract: what the engine asks of the journal, the outbox and the case book, and the rows it gets.

Not here: any SQL. One implementation serves SQLite and PostgreSQL (`gateway.store`); one contract suite runs on both.
Every method is one transaction, holds no network call, and either took effect wholly or raised `TransientError`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol, Self

from pydantic import AwareDatetime, model_validator

from gateway.case import Case, CaseState, Entity, Entry, Frozen
from gateway.dialogue import Dialogue, Hold, Learned, Place, Token
from gateway.errors import TransientError
from gateway.files import FileStore
from gateway.identity import Code, Identities, Identity
from gateway.ports import Cursor, Desk, Key, Raw, Reply, ReplyFile, StreamId, TicketAction, TicketRef, Wake

if TYPE_CHECKING:
    from gateway.blocks import Blocks
    from gateway.incidents import IncidentCase, Incidents
    from gateway.limits import Budgets
    from gateway.past import Past, Query
    from gateway.queues import Act, Backfills, Queues, Sweeps
    from gateway.ratings import Rating, Ratings
    from gateway.reports import Accusation, Reports
    from gateway.views import Backlog, CaseView, OpeningView, StreamView, Tally


RISK = "risk"
"""The target of the effects that freeze accounts; no channel can be called so."""
SECOND_FACTOR = "second-factor"
"""The same for those that challenge customers."""


def files_of(channel: str) -> str:
    """Return the target of the effects that fetch a channel's files."""
    return f"{channel}:files"


class GoneOriginalError(Exception):
    """A raw names an original that is not kept, or not any more; nothing of its page was stored."""


class StaleCaseError(TransientError):
    """What was decided on was changed by somebody else since it was read; decide again."""


class State(StrEnum):
    """Where a raw or an effect stands in its queue."""

    NEW = "new"
    CLAIMED = "claimed"
    POSTPONED = "postponed"
    UNKNOWN = "unknown"
    """An effect that may have been taken: look first."""
    PENDING = "pending"
    """A write that the backend took as a job."""
    SETTLED = "settled"
    MAYBE_SENT = "maybe_sent"
    """A reply whose outcome cannot be found out: shown, never sent again by itself."""
    BURIED = "buried"


class EffectKind(StrEnum):
    """What an effect does."""

    TICKET = "ticket"
    ACKNOWLEDGEMENT = "acknowledgement"
    ANSWER = "answer"
    WARNING = "warning"
    RESPONSE = "response"
    NOTICE = "notice"
    FILE = "file"
    """A file of a message is to be fetched and kept."""
    WAKE = "wake"
    FREEZE = "freeze"
    """The exchange's risk system is to freeze an account."""
    CHALLENGE = "challenge"
    """The exchange is to ask a customer for a second factor; pending until he has answered."""


class TicketIntent(Frozen):
    """What to write; the store completes it at claim with the case, the entry and the ticket as they then stand."""

    action: TicketAction
    message_id: str | None = None
    note: str = ""
    state: CaseState | None = None
    file_id: str | None = None
    """The attachment of a FILE write."""


class FileIntent(Frozen):
    """Which file to fetch, and where what came of it is told: the lane of its message."""

    channel: str
    lane: str
    message_id: str
    attachment_id: str
    ref: str
    size: int = 0
    """What the platform announced, in bytes; 0 when it did not."""


class FreezeIntent(Frozen):
    """Whose account to freeze, and why; see `gateway.ports.risk.FreezeOrder`. `at` is when that was decided."""

    case_id: str
    reason: str
    platform: str
    requester: str
    proven: bool
    at: AwareDatetime
    account_id: str = ""
    claimed_account_id: str = ""
    entities: tuple[Entity, ...] = ()


class ChallengeIntent(Frozen):
    """Whom to ask for a second factor, and what for; see `gateway.ports.second_factor.Challenge`."""

    case_id: str
    account_id: str
    purpose: str
    lasts_secs: int
    at: AwareDatetime


class Effect(Frozen):
    """One effect of one event, unique by its key: (event id, kind, target)."""

    key: str
    kind: EffectKind
    target: str
    """The backend's or channel's name; `engine` for a wake, `RISK` for a freeze, `SECOND_FACTOR` for a challenge; for a
    file, see `files_of`."""
    case_id: str | None = None
    recipient: str | None = None
    """Whom an automatic reply goes to, for the ledger of what was sent to whom."""
    not_before: AwareDatetime | None = None
    ticket: TicketIntent | None = None
    reply: Reply | None = None
    file: FileIntent | None = None
    wake: Wake | None = None
    freeze: FreezeIntent | None = None
    challenge: ChallengeIntent | None = None

    @model_validator(mode="after")
    def _keep_wakes_apart(self) -> Self:
        """A wake belongs to no case: effects of one case wait for one another, and timers must not."""
        if self.kind is EffectKind.WAKE and self.case_id is not None:
            raise ValueError("a wake names its lane, never a case")
        return self


@dataclass(frozen=True, slots=True)
class StoredRaw:
    """A raw in the journal. `attempts` counts this one too: it was charged when it was claimed.

    `interrupted` counts the claims that ended with a process that died: whoever reads it next should fear it.
    """

    seq: int
    raw: Raw
    attempts: int
    interrupted: int = 0


@dataclass(frozen=True, slots=True)
class StoredEffect:
    """An effect in the outbox, completed. `state` tells whether to look first; `attempts` counts this one too.

    `job` is the backend's job of a PENDING write. `generation` counts the tickets that the case has had at the target,
    see `TicketWrite`.
    """

    id: int
    effect: Effect
    state: State
    attempts: int
    case: Case | None = None
    entry: Entry | None = None
    ticket: TicketRef | None = None
    job: str | None = None
    generation: int = 1


@dataclass(frozen=True, slots=True)
class Fate:
    """What becomes of a claimed raw or effect: SETTLED, POSTPONED, BURIED, UNKNOWN, PENDING or MAYBE_SENT.

    `reason` is for the operator; `traceback` only for a bug of ours. `ref` is the ticket or the platform's reference of
    what was sent. With `charged` False the attempt is given back: the item was not at fault. `gone` is the ticket that
    turned out to be deleted or closed for good: the case's next write opens another. `given` is the ticket that the
    write was given.
    """

    id: int
    state: State
    reason: str = ""
    not_before: datetime | None = None
    ref: str | None = None
    job: str | None = None
    traceback: str = ""
    charged: bool = True
    gone: TicketRef | None = None
    given: TicketRef | None = None


@dataclass(frozen=True, slots=True)
class TicketMove:
    """The case's ticket at a target is another from now on, or with an empty `to` none until one is opened."""

    case_id: str
    target: str
    ticket: str
    to: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """All that follows from one raw; committed as one, or not at all.

    `cases` are written as they stand; each must be one version above what is stored (version 1 is new).
    `refs` are references by which later messages find a case.
    """

    seq: int
    note: str = ""
    cases: tuple[Case, ...] = ()
    entries: tuple[Entry, ...] = ()
    refs: tuple[tuple[str, str], ...] = ()
    """(reference, case id)"""
    effects: tuple[Effect, ...] = ()
    dialogues: tuple[Dialogue, ...] = ()
    """Written as they stand, each over what was there."""
    learned: tuple[Learned, ...] = ()
    """Written into what is there, in their order, after `dialogues`; the rest of that stays as it is."""
    moved: tuple[tuple[Place, Place], ...] = ()
    """Dialogues that go on at another place; where one ends in a colon, all whose address begins so."""
    tokens: tuple[Token, ...] = ()
    """Written; a token that is to be spent must not have been."""
    identities: tuple[Identity, ...] = ()
    """Accounts that are a person's from now on, or nobody's; none may have become another's meanwhile."""
    codes: tuple[Code, ...] = ()
    """Added, each in place of the earlier ones of its account; a code that is to be spent must not have been."""
    holds: tuple[Hold, ...] = ()
    accused: tuple[Accusation, ...] = ()
    """Counted, each in the row of its own."""
    ratings: tuple[Rating, ...] = ()
    """Written over those of the same cases: who was asked, or what they said."""
    tickets: tuple[TicketMove, ...] = ()
    """Tickets that were merged or deleted; nothing happens where a case's ticket is another already."""
    incidents: tuple[IncidentCase, ...] = ()
    """Cases of known incidents: written beside what is there, each once."""
    arrived: tuple[str, ...] = ()
    """The scopes in which its messages are counted, each as often as it is named."""
    escalated: tuple[tuple[str, str], ...] = ()
    """(case id, what its deadline has come to): told when it is committed, not stored by itself."""


@dataclass(frozen=True, slots=True)
class Put:
    """What a page came to: raws that are new, and raws that were known already."""

    stored: int
    known: int


class Store(FileStore, Protocol):
    """One durable store. Opened and closed by the composition root."""

    @property
    def desk(self) -> Desk:
        """The tickets that the gateway itself keeps."""
        ...

    # Journal

    async def cursor(self, source: str, stream: StreamId) -> Cursor | None:
        """Return the stored cursor of a stream."""
        ...

    async def put_page(self, source: str, stream: StreamId, raws: Sequence[Raw], cursor: Cursor | None) -> Put:
        """Store raws and cursor in one transaction; known keys are absorbed. With `cursor` None it stays as it is.

        Uniqueness is (source, lane, key). Order within a lane is the order of the page.
        """
        ...

    async def claim_raws(self, limit: int, max_bytes: int, now: datetime) -> Sequence[StoredRaw]:
        """Claim the heads of lanes, oldest first, at most one a lane, and charge an attempt to each in the same commit.

        The head of a lane is its oldest raw neither settled nor buried; while it is claimed, or postponed to a later
        time, its lane waits. At least one raw is returned whatever its size, if any is due. A raw that was
        interrupted before is claimed alone, so that it takes no neighbour with it.
        """
        ...

    async def look_up(self, queries: Sequence[Query]) -> Sequence[Past]:
        """Answer each query, in order."""
        ...

    async def commit(self, decisions: Sequence[Decision]) -> None:
        """Settle the raws and write cases, entries, references and effects: all decisions, or none.

        An effect whose key is known is absorbed. Raises `StaleCaseError` when a case has moved on, a token has been
        spent, or an effect that was to be held is no longer waiting untried.
        """
        ...

    async def release_raws(self, fates: Sequence[Fate]) -> None:
        """Settle, postpone or bury claimed raws."""
        ...

    # Outbox

    async def claim_effects(self, target: str, limit: int, now: datetime) -> Sequence[StoredEffect]:
        """Claim due effects of one target, oldest first, at most one a case, and charge an attempt to each.

        Within (case, target) order holds: while an earlier effect is neither settled, maybe sent nor buried, the
        later ones wait. UNKNOWN and PENDING effects are claimed too, with that state told.
        """
        ...

    async def release_effects(self, fates: Sequence[Fate]) -> None:
        """Give claimed effects their fate; a settled ticket effect's `ref` becomes the case's ticket at that target,
        a sent reply's `ref` becomes a reference of its case."""
        ...

    async def next_due(self, target: str | None, now: datetime) -> datetime | None:
        """Return when the next postponed raw (target None) or effect of a target comes due after now, if any."""
        ...

    async def recover(self, *, counted: bool = True) -> None:
        """Before an engine claims anything: raws under way with nobody become new and interrupted, effects UNKNOWN.

        With `counted` False raws do not become interrupted: what had them under way did not die, an engine of this
        process ended in order or was failed by the store. What lost nodes had is counted all the same.
        """
        ...

    # Operators

    async def list_cases(self, state: CaseState | None, limit: int) -> Sequence[Case]:
        """Return cases, newest change first."""
        ...

    async def overdue(self, now: datetime) -> int:
        """Return for how many cases an answer should have been given by now. Cheap."""
        ...

    async def due_cases(self, limit: int) -> Sequence[Case]:
        """Return cases for which an answer is waited for, the one that is due first before the others."""
        ...

    async def case_view(self, case_id: str) -> CaseView | None:
        """Return one case whole, or None."""
        ...

    async def agent_act(
        self, case_id: str, kind: str, text: str, author: str, now: datetime, files: Sequence[ReplyFile] = ()
    ) -> int | None:
        """Add what an agent did (`replied`, `noted`, `solved`, `reopened`) to the case's own ticket.

        `files` go with an answer, and are kept under `of_desk(case_id)` by their hash: they stay until it has left.
        Raises `TransientError` when one is not, or no more. Returns the entry's id, or None when the case has no ticket
        here (yet).
        """
        ...

    async def add_token(self, token: Token, act: Act) -> None:
        """Add a one-time token that an operator has made, and log that in the same transaction."""
        ...

    async def open_raw(self, source: str, key: Key, opened_by: str, reason: str, now: datetime) -> Raw | None:
        """Return a kept raw and log the opening in the same transaction; None when there is none."""
        ...

    async def get_raw(self, source: str, key: Key) -> Raw | None:
        """Return a kept raw for the gateway's own work; None when there is none.

        Raises `RejectedError` when its bytes are gone.
        """
        ...

    async def streams(self) -> Sequence[StreamView]:
        """Return every stream that ever had a cursor or a raw."""
        ...

    async def tally(self) -> Tally:
        """Count both queues by state."""
        ...

    async def backlog(self) -> Sequence[Backlog]:
        """Return how much of each source and target is not settled, by state, and since when.

        Reads what is not settled and nothing else: cheap enough to be asked every few seconds.
        """
        ...

    async def marks(self, prefix: str) -> Mapping[str, str]:
        """Return the engine's own small notes whose names begin so: by name, in order of the names."""
        ...

    async def set_marks(self, changes: Mapping[str, str | None]) -> None:
        """Write and, where None, remove such notes, all or none. Takes effect only on a store that can be written."""
        ...

    # Operators, more of them: `gateway.queues`

    async def watch(self, source: str, stream: StreamId, new_from: datetime) -> None:
        """Remember from when on a stream's raws are new; a stream that is known already stays as it is.

        Called before a stream is first fetched. Raws that were received before carry the note `gateway.queues.OLD`.
        """
        ...

    @property
    def queues(self) -> Queues:
        """Both queues, item by item."""
        ...

    @property
    def sweeps(self) -> Sweeps:
        """Retention."""
        ...

    @property
    def backfills(self) -> Backfills:
        """Requests to read streams anew."""
        ...

    @property
    def reports(self) -> Reports:
        """Impostors that were pointed out."""
        ...

    @property
    def identities(self) -> Identities:
        """Accounts that are one person's."""
        ...

    @property
    def ratings(self) -> Ratings:
        """How users found our help."""
        ...

    @property
    def incidents(self) -> Incidents:
        """Known incidents."""
        ...

    @property
    def blocks(self) -> Blocks:
        """Whom operators have blocked, and which words."""
        ...

    @property
    def budgets(self) -> Budgets:
        """What is left of declared limits."""
        ...

    async def openings(self, since: datetime | None, limit: int) -> Sequence[OpeningView]:
        """Return the openings of originals since then, newest first."""
        ...
