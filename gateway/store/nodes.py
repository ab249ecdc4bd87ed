"""Nodes in SQL: members by epoch, owners of sources, and the check that every write of a member begins with."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import ColumnElement, Connection, delete, insert, select

from gateway.clock import Bell
from gateway.errors import GatewayError
from gateway.nodes import Membership, NodeView, NotOwnerError, fair_share
from gateway.ports import Clock
from gateway.store import locks
from gateway.store.database import Database, Presence
from gateway.store.holders import Holder, left_behind
from gateway.store.tables import nodes, owners
from gateway.store.threads import Threads

log = structlog.get_logger()

LEAVE_SECS = 2.0
"""How long a node that leaves waits until the others know; what they are not told, they find out."""
TELL_SECS = 0.05
"""News of this long are told together: telling locks all the server's commits for a moment."""


UNWANTED_SECS = 5.0
"""A source that was free for so long is one that no other node takes: it is taken beyond this node's share."""
OFFER_SECS, MOST_OFFER_SECS = 60.0, 3600.0
"""What is owned beyond the share is offered to the others again after so long, each time after twice as long."""


@dataclass(frozen=True, slots=True)
class _Spread:
    """What came of one look at who owns what."""

    owned: frozenset[str]
    beyond: frozenset[str]
    """Those of them that are more than this node's share."""
    left: frozenset[str]
    """What nobody owned."""
    members: tuple[int, ...]


class _Unwanted:
    """Which sources no other node takes: not all nodes need to have the same ones."""

    def __init__(self) -> None:
        self.beyond: frozenset[str] = frozenset()
        self.alone: frozenset[str] = frozenset()
        """What was beyond the share last; it is kept before others."""
        self._members: tuple[int, ...] = ()
        self._free_since: dict[str, datetime] = {}
        self._offer_secs = OFFER_SECS
        self._offer_at: datetime | None = None

    def taken(self, now: datetime) -> frozenset[str]:
        """Return what is to be taken, however much this node owns."""
        if self._offer_at is not None and now >= self._offer_at:
            self.beyond, self._offer_at = frozenset(), None
            self._offer_secs = min(self._offer_secs * 2, MOST_OFFER_SECS)
        patience = timedelta(seconds=UNWANTED_SECS)
        return frozenset(source for source, since in self._free_since.items() if now - since >= patience)

    def note(self, spread: _Spread, now: datetime) -> None:
        """Remember what came of it."""
        if spread.members != self._members:
            self._members, self._offer_secs, self._offer_at = spread.members, OFFER_SECS, None
        if spread.beyond:
            self.alone = spread.beyond
            self._offer_at = self._offer_at or now + timedelta(seconds=self._offer_secs)
        self.beyond = spread.beyond
        self._free_since = {source: self._free_since.get(source, now) for source in spread.left}

    def keeps(self, members: tuple[int, ...]) -> frozenset[str]:
        """Return what is owned beyond the share; once nodes come or go, nothing is."""
        return self.beyond if members == self._members else frozenset()


class SqlNodes:
    """The nodes on one database; the promises stand in `gateway.nodes.Nodes`."""

    def __init__(
        self, database: Database, threads: Threads, clock: Clock, recover: Callable[[Connection, bool], None]
    ) -> None:
        self._database = database
        self._recover = recover
        self._threads = threads
        self._clock = clock
        self._bell = Bell(clock)
        self._unwanted = _Unwanted()
        self._membership: Membership | None = None
        self._earlier: frozenset[int] = frozenset()
        """Epochs of this process that ended and whose rows may still be there: what they left is no dead process's."""
        self._presence: Presence | None = None
        self._telling: asyncio.TimerHandle | None = None

    @property
    def holder(self) -> Holder:
        """Who claims now."""
        mine = self._membership
        return Holder() if mine is None else Holder(mine.node, mine.epoch)

    async def join(self, name: str) -> Membership:
        """See `Nodes`."""
        earlier = self._part()
        number = await self._threads.write_unfenced(self._database.next_epoch)
        presence = await self._appear(number)
        try:
            row = {"name": name, "joined_at": self._clock.now()} | ({} if number is None else {"epoch": number})
            epoch = await self._threads.write_unfenced(lambda connection: self._enter(connection, row, earlier))
        except BaseException:
            presence.stop()
            raise
        if earlier is not None:
            self._earlier -= {earlier.epoch}
        self._presence = presence
        self._membership = Membership(name, epoch)
        self._threads.fence(self.check)
        log.info("node.joined", node=name, epoch=epoch)
        return self._membership

    async def own(self, sources: Collection[str]) -> frozenset[str]:
        """See `Nodes`."""
        now = self._clock.now()
        unwanted = self._unwanted.taken(now)
        wanted = sorted(set(sources))
        spread = await self._threads.write(lambda connection: self._spread(connection, wanted, unwanted))
        self._unwanted.note(spread, now)
        return spread.owned

    def still_ours(self) -> bool:
        """See `Nodes`."""
        return self._presence is not None and self._presence.is_sure()

    async def leave(self) -> None:
        """See `Nodes`; what cannot be told to the database, it finds out by itself."""
        if self._telling is not None:
            self._telling.cancel()
        is_lost = self._presence is not None and self._presence.is_lost()
        if (mine := self._part()) is None:
            return
        with suppress(GatewayError, TimeoutError):
            if not is_lost:
                async with asyncio.timeout(LEAVE_SECS):
                    await self._threads.write_unfenced(lambda connection: self._dismiss(connection, mine.epoch))
                self._earlier -= {mine.epoch}
        log.info("node.left", node=mine.node, epoch=mine.epoch)

    async def members(self) -> Sequence[NodeView]:
        """See `Nodes`."""
        return await self._threads.read(_views)

    async def wait_news(self, timeout_secs: float) -> None:
        """See `Nodes`."""
        await self._bell.wait(timeout_secs)

    def tell(self) -> None:
        """Tell the other nodes soon that there is something in a queue."""
        if self._telling is None and self._membership is not None and self._database.has_news:
            self._telling = asyncio.get_running_loop().call_later(TELL_SECS, self._tell_now)

    def check(self, connection: Connection) -> None:
        """Raise `NotOwnerError` unless this node is a member, which nobody can end before the transaction does."""
        mine = self._membership
        if mine is None or self._presence is None or self._presence.is_lost():
            raise NotOwnerError("this node has lost its place; nothing was written")
        row = select(nodes.c.epoch, self._database.mark(mine.epoch)).where(nodes.c.epoch == mine.epoch)
        if connection.scalar(row.with_for_update(read=True, key_share=True)) is None:
            raise NotOwnerError(f"another node took the place of {mine.node}; nothing was written")

    def check_owner(self, connection: Connection, source: str) -> None:
        """Raise `NotOwnerError` unless this node owns the source, if it joined at all."""
        mine = self._membership
        if mine is None:
            return
        row = select(owners.c.source).where(owners.c.source == source, owners.c.epoch == mine.epoch)
        if connection.scalar(row.with_for_update(read=True, key_share=True)) is None:
            raise NotOwnerError(f"{source} is another node's; its page was not written")

    def retire(self, connection: Connection) -> None:
        """End the membership of nodes that are lost, once none of their transactions is under way.

        What they had under way is recovered with it, and counted as theirs unless this process lives on after it.
        """
        # First, for what is stalled may hold the lock of this very act.
        self._database.end_stalled(connection, self.holder.epoch)
        locks.hold(connection, locks.NODES)
        ours = self._earlier
        if ours:
            self._replace(connection, nodes.c.epoch.in_(ours), counted=False)
        self._replace(connection, nodes.c.epoch.not_in({*ours, self.holder.epoch or 0}), counted=True)

    def _part(self) -> Membership | None:
        """End membership in this process, and return it; from now on the fence refuses every write."""
        mine, self._membership = self._membership, None
        if mine is not None:
            self._earlier |= {mine.epoch}
        if self._presence is not None:
            self._presence.stop()
            self._presence = None
        return mine

    def _replace(self, connection: Connection, whose: ColumnElement[bool], *, counted: bool) -> None:
        gone = delete(nodes).where(whose, self._database.is_gone(nodes.c.epoch))
        replaced = connection.execute(gone.returning(nodes.c.name, nodes.c.epoch)).all()
        for row in replaced:
            log.warning("node.replaced", node=row.name, epoch=row.epoch)
        if replaced:
            self._recover(connection, counted)

    def _enter(self, connection: Connection, row: dict[str, object], earlier: Membership | None) -> int:
        if earlier is not None:
            self._dismiss(connection, earlier.epoch)
        return int(connection.execute(insert(nodes).values(**row).returning(nodes.c.epoch)).scalar_one())

    def _dismiss(self, connection: Connection, epoch: int) -> None:
        """End a membership of this process; what it had under way is free for the others with it."""
        connection.execute(select(self._database.mark(epoch)))
        # This waits for its transactions, so that none claims anything after what it left was looked for.
        connection.execute(delete(nodes).where(nodes.c.epoch == epoch))
        connection.execute(delete(owners).where(owners.c.epoch == epoch))
        self._recover(connection, False)

    async def _appear(self, number: int | None) -> Presence:
        loop = asyncio.get_running_loop()

        def ring() -> None:
            # The loop may have ended by the time that the last news come in.
            with suppress(RuntimeError):
                loop.call_soon_threadsafe(self._bell.ring)

        return await self._threads.prepare(lambda: self._database.appear(number, ring))

    def _spread(self, connection: Connection, sources: Sequence[str], unwanted: Collection[str]) -> _Spread:
        self.retire(connection)
        connection.execute(delete(owners).where(left_behind(owners)))
        mine = self.holder
        if mine.epoch is None:
            raise NotOwnerError("only a node that has joined can own a source")
        members = tuple(connection.scalars(select(nodes.c.epoch).order_by(nodes.c.epoch)))
        owned = {row.source: row.epoch for row in connection.execute(select(owners))}
        share = fair_share(len(sources), members, mine.epoch)
        here = [source for source in sources if owned.get(source) == mine.epoch]
        beyond = self._unwanted.keeps(members)
        within = [source for source in here if source not in beyond]
        held = sorted(within, key=lambda source: source not in self._unwanted.alone)[:share]
        free = [source for source in sources if source not in owned]
        taken = free[: share - len(held)]
        more = [source for source in free if source in unwanted and source not in taken]
        kept = [*held, *(source for source in here if source in beyond)]
        # What is too much, and what is no longer a source.
        connection.execute(delete(owners).where(owners.c.epoch == mine.epoch, owners.c.source.not_in(kept)))
        if new := [*taken, *more]:
            rows = [{"source": source, "node": mine.node, "epoch": mine.epoch} for source in new]
            connection.execute(insert(owners), rows)
        return _Spread(
            owned=frozenset(kept + new),
            beyond=frozenset(kept + new) - frozenset(held + taken),
            left=frozenset(free) - frozenset(new),
            members=members,
        )

    def _tell_now(self) -> None:
        self._telling = None
        if self._membership is not None:
            epoch = self._membership.epoch
            with suppress(RuntimeError):
                self._threads.submit(lambda connection: self._database.tell(connection, epoch))


def _views(connection: Connection) -> tuple[NodeView, ...]:
    owned: dict[int, list[str]] = {}
    for row in connection.execute(select(owners).order_by(owners.c.source)):
        owned.setdefault(row.epoch, []).append(row.source)
    found = connection.execute(select(nodes).order_by(nodes.c.epoch))
    return tuple(NodeView(row.name, row.epoch, row.joined_at, tuple(owned.get(row.epoch, ()))) for row in found)
