"""What casework asks of the past before it decides, and what it is told: values; the store answers them.

Not here: how they are looked up (`gateway.store.casebook`), what follows from them (`gateway.casework`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

from gateway.case import Case, Entry
from gateway.dialogue import Dialogue, Place, Token
from gateway.identity import Account, Code, Person
from gateway.ratings import RatedBy, Rating

PACE_SLOT = timedelta(seconds=10)
"""The pace of automatic replies is told in such parts."""
PACE_SLOTS = 720
"""So many of them: two hours."""


class DomainCount(NamedTuple):
    """Count the automatic replies to the addresses of a mail domain since an instant, no more than `most`."""

    domain: str
    since: datetime
    most: int


MOST_OF_A_REF = 20
"""A reference that more cases have is nobody's name: the first are told, the others are not looked at."""
ARRIVALS_FOR = timedelta(hours=1)
"""So far back messages are counted."""
OF_THING = "of-thing:"
"""Before the reference by which the cases are found that name a thing; no message may bear one."""
AWAITED = "awaited:"
"""Before a reference that a message of its case answers and nobody has: what bears it may come later."""


@dataclass(frozen=True, slots=True)
class Query:
    """What casework must know of the past to decide on one message."""

    message_id: str = ""
    content_key: str = ""
    refs: tuple[str, ...] = ()
    """References of the conversation, most telling first."""
    own_ref: str = ""
    """The message's own reference: whose it is already, and what answers it, is wanted."""
    case_ids: tuple[str, ...] = ()
    """Case numbers that the message cites or carries signed, and candidates for a new number."""
    recipient: str = ""
    since: tuple[datetime, ...] = ()
    """Count the automatic replies to `recipient` since each of these instants."""
    since_all: tuple[datetime, ...] = ()
    """Count those to everybody since each of these; every reply since then is read."""
    domain: DomainCount | None = None
    pace: datetime | None = None
    """How many automatic replies went out in each slot before this instant is wanted."""
    thread_of: str = ""
    """The case whose references are wanted."""
    place: Place | None = None
    """The conversation whose dialogue is wanted, with its cases."""
    current_only: bool = False
    """Of that dialogue's cases only those that a message may go on with; all the same while a command is under way."""
    entry_of: str = ""
    """The message whose newest version is wanted, whatever its direction."""
    sighting: str = ""
    """The name under which an account that was seen is on file, if it is."""
    token: str = ""
    """The hash of a one-time token."""
    identity_of: Account | None = None
    """The account whose person is wanted, with the person's cases where that has other accounts."""
    own_cases: bool = False
    """Whether the newest cases of `identity_of` are wanted, linked or not."""
    code: str = ""
    """The hash of a one-time code; how many wrong ones `identity_of` has sent is wanted with it."""
    tried_at: datetime | None = None
    """When that is asked."""
    ticket: tuple[str, str] | None = None
    """(target, ticket): the case that it is the ticket of is wanted, with its thread and its turn."""
    into: tuple[str, str] | None = None
    """(target, ticket) that this one was merged into: whose it is, is wanted."""
    file_of: str = ""
    """The case whose whole file is wanted."""
    rated: tuple[str, ...] = ()
    """The cases whose ratings are wanted."""
    rated_by: RatedBy | None = None
    """The person whose ratings are wanted, with the cases that they are about."""
    folds: tuple[str, ...] = ()
    """Cases that the message may be folded into, wanted like `case_ids`: many ask for one of them, few change it."""
    things: tuple[str, ...] = ()
    """Names of what only one matter can be about, such as a transaction: whose cases name it too, is wanted."""
    arrived: tuple[str, ...] = ()
    """The scopes in which it is counted: how many messages each had within `ARRIVALS_FOR` before `arrived_at`."""
    arrived_at: datetime | None = None
    turn: bool = False
    """Whether the turn of the conversation is wanted: of the case in `thread_of`, else of the first found by `refs`."""


@dataclass(frozen=True, slots=True)
class Turn:
    """Where a case's conversation stands.

    `said` is what its user said last; `answered`: something of ours went out, or is about to, in public to that very
    message; `private`: the user has written in private on this case.
    """

    said: Entry
    answered: bool
    private: bool


@dataclass(frozen=True, slots=True)
class Past:
    """The answer to a `Query`."""

    copy_of: Entry | None = None
    """An incoming entry with the same message id or content key."""
    by_ref: tuple[Case, ...] = ()
    """The cases that the references belong to, in the order of the references, each once."""
    same_ref: tuple[Case, ...] = ()
    """The cases that have a message of the very reference in `own_ref`."""
    awaiting: tuple[Case, ...] = ()
    """The cases with a message that answers that reference, and came before it."""
    cases: tuple[Case, ...] = ()
    """Those of `case_ids` that exist."""
    by_ticket: tuple[Case, ...] = ()
    """The cases of the ticket asked for, its own first: several when others were merged into it."""
    current: str = ""
    """The ticket that the case of `thread_of` has now at the target of `ticket`; empty when none is known."""
    into: tuple[Case, ...] = ()
    """The same of the ticket that it was merged into."""
    thread: tuple[str, ...] = ()
    """The references of the case asked for in `thread_of`, oldest first: its messages in both directions."""
    sent_to: tuple[int, ...] = ()
    """As many as there are in `since`, in their order."""
    sent_to_all: tuple[int, ...] = ()
    """As many as there are in `since_all`, in their order."""
    sent_to_domain: int = 0
    """What was asked for in `domain`."""
    pace: tuple[int, ...] = ()
    """How many automatic replies went out in each slot, newest last; empty when not asked for."""
    file: tuple[Entry, ...] = ()
    """Every entry of the case asked for in `file_of`, oldest first."""
    dialogue: Dialogue | None = None
    """What is remembered of `place`; its cases are among `cases`."""
    entry: Entry | None = None
    """The newest version of `entry_of`; its case is among `cases`."""
    sighting: Entry | None = None
    """What is on file under the name asked for in `sighting`."""
    token: Token | None = None
    """The token asked for, spent or not; its case is among `cases`."""
    person: Person | None = None
    """Whose account `identity_of` is, where it is linked with others; the newest cases of all are among `cases`."""
    code: Code | None = None
    """The code asked for, spent or not."""
    code_person: Person | None = None
    """Whose account it was given to, where that is linked with others."""
    tries: int = 0
    """How many wrong codes that account has sent that still count."""
    ratings: tuple[Rating, ...] = ()
    """Those asked for in `rated` and `rated_by`, the last asked first; the cases of the latter are among `cases`."""
    by_thing: tuple[Case, ...] = ()
    """The cases that name one of `things`."""
    arrived: Mapping[str, int] = field(default_factory=dict)
    """How many messages each scope of `arrived` had."""
    turn: Turn | None = None
    """Whose turn it is in the conversation asked for; None where its user has said nothing."""

    @property
    def known(self) -> tuple[Case, ...]:
        """Every case that was found, whatever it was found by; some several times."""
        return (*self.cases, *self.by_ref, *self.by_ticket, *self.same_ref, *self.awaiting, *self.into, *self.by_thing)
