"""Blocks: senders, domains, chats and terms that operators have had enough of, each with an end; and who follows them.

A block never drops a message: what it meets is filed and marked. Not here: what follows (`gateway.casework.abuse`), how
rows are kept (`gateway.store.blocks`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

import idna
import structlog

from gateway.triage.phrases import Phrases

if TYPE_CHECKING:
    from gateway.ports import Clock
    from gateway.queues import Act

log = structlog.get_logger()

EVERY = timedelta(seconds=10)
"""So soon every node knows of a change."""
MOST = 10_000
"""So many blocks hold at a time, the newest."""


class BlockKind(StrEnum):
    """What a block is by."""

    SENDER = "sender"
    """A mail address, or `platform:id` of an account."""
    DOMAIN = "domain"
    """A mail domain, with all below it."""
    CHAT = "chat"
    """`platform:id` of a group."""
    TERM = "term"
    """Words, wherever they stand in a message, however they are written."""


@dataclass(frozen=True, slots=True)
class Block:
    """One block. `until` None holds until it is lifted."""

    kind: BlockKind
    value: str
    reason: str = ""
    until: datetime | None = None
    number: int = 0
    by: str = ""
    made_at: datetime | None = None
    lifted_at: datetime | None = None

    def holds(self, now: datetime) -> bool:
        """Whether it is in force."""
        return self.lifted_at is None and (self.until is None or now < self.until)


class Blocks(Protocol):
    """Where blocks are kept."""

    async def add(self, block: Block, act: Act) -> Block:
        """Keep a block, and log who made it; return it with its number."""
        ...

    async def lift(self, number: int, act: Act) -> bool:
        """End a block; False when there is none of that number that holds."""
        ...

    async def page(self, limit: int, *, now: datetime | None) -> Sequence[Block]:
        """Return blocks, newest first; with `now` only those that hold then."""
        ...

    async def stamp(self) -> str:
        """Return what differs whenever a block was added or lifted."""
        ...


@dataclass(frozen=True, slots=True)
class Blocklist:
    """The blocks that may hold, to be asked message by message."""

    named: dict[tuple[BlockKind, str], tuple[Block, ...]] = field(default_factory=dict)
    terms: Phrases[Block] = field(default_factory=Phrases)

    @classmethod
    def of(cls, blocks: Iterable[Block]) -> Blocklist:
        """Return the list of these blocks."""
        named: dict[tuple[BlockKind, str], tuple[Block, ...]] = {}
        terms: list[tuple[str, Block]] = []
        for block in blocks:
            if block.kind is BlockKind.TERM:
                terms.append((block.value, block))
            else:
                name = (block.kind, compared(block.value))
                named[name] = (*named.get(name, ()), block)
        return cls(named, Phrases.of(terms))

    def __bool__(self) -> bool:
        return bool(self.named or self.terms)

    def by_name(self, kind: BlockKind, value: str, now: datetime) -> Block | None:
        """Return the block of this name that holds, if any."""
        return next((each for each in self.named.get((kind, compared(value)), ()) if each.holds(now)), None)

    def by_domain(self, domain: str, now: datetime) -> Block | None:
        """Return the block of a domain or of one above it that holds, if any."""
        labels = compared(domain).split(".")
        above = (".".join(labels[place:]) for place in range(len(labels)))
        return next((found for each in above if (found := self.by_name(BlockKind.DOMAIN, each, now))), None)

    def by_term(self, text: str, now: datetime) -> Block | None:
        """Return the block whose term stands in the beginning of a text that holds, if any."""
        return next((block for block in self.terms.found(text) if block.holds(now)), None)


def compared(name: str) -> str:
    """Return a name as it is compared: in small letters, a domain of other scripts as the name service writes it."""
    if name.isascii():
        return name.lower()
    before, at, domain = name.casefold().rpartition("@")
    try:
        return before + at + idna.encode(domain, uts46=True).decode("ascii")
    except (idna.IDNAError, UnicodeError):
        return name.casefold()


class BlockWatch:
    """The blocks of the moment; `step` and `due` are a part for the supervisor."""

    def __init__(self, blocks: Blocks, changed: Callable[[], None], clock: Clock) -> None:
        self._blocks = blocks
        self._changed = changed
        self._clock = clock
        self._stamp = ""
        self.now = Blocklist()

    async def step(self) -> int:
        """Look once whether blocks have changed; those that end by themselves are told apart when they are asked."""
        stamp = await self._blocks.stamp()
        if stamp != self._stamp:
            self.now = Blocklist.of(await self._blocks.page(MOST, now=self._clock.now()))
            self._stamp = stamp
            log.info("blocks.known", named=len(self.now.named), terms=len(self.now.terms))
            self._changed()
        return 0

    async def due(self) -> datetime:
        """Return when to look again."""
        return self._clock.now() + EVERY
