"""The Nodes contract: how engines share one store, who fetches which source, and when a node must stop writing.

A node is an engine in one epoch. Pure types and the interface; `gateway.store` implements it, on SQLite for one node.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from gateway.errors import TransientError


class NotOwnerError(TransientError):
    """This node has lost its place among the nodes, or the source; nothing was written. Join again, own again."""


@dataclass(frozen=True, slots=True)
class Membership:
    """A node in one epoch. The epoch is this node's alone and never comes again, in this process or another."""

    node: str
    epoch: int


@dataclass(frozen=True, slots=True)
class NodeView:
    """A node as an operator sees it, with the sources that it fetches."""

    node: str
    epoch: int
    joined_at: datetime
    sources: tuple[str, ...] = ()


class Nodes(Protocol):
    """The nodes on one store, as one of them sees them.

    After `join`, every write of the store checks in its own transaction that this node is still a member, and every
    write of a cursor that it owns the source; else they raise `NotOwnerError`. What is claimed names node and epoch.
    """

    async def join(self, name: str) -> Membership:
        """Become a node in a new epoch; an earlier epoch of this process ends as by `leave`.

        The name is for operators. Raises `TransientError` when the store does not answer.
        """
        ...

    async def own(self, sources: Collection[str]) -> frozenset[str]:
        """Return the sources that this node is to fetch from now on; called every few seconds with all there are.

        Takes over what lost nodes owned, and gives up what is too much when another node has joined; what is given
        up is another's the moment this returns, so that a page still under way is refused.
        """
        ...

    def still_ours(self) -> bool:
        """Whether this node surely is a member at this moment; asks nobody, and is false as soon as there is doubt."""
        ...

    async def leave(self) -> None:
        """End this node's membership, so that others take over at once.

        What it had under way is recovered in the same transaction, without being counted as interrupted: this process
        goes on, or ends in order. The same holds for what it is found to have left when it had lost its place before.
        """
        ...

    async def members(self) -> Sequence[NodeView]:
        """Return all nodes, oldest first, lost ones that nobody has found out included."""
        ...

    async def wait_news(self, timeout_secs: float) -> None:
        """Return when another node may have put raws into the journal, or membership ended, or the time has passed.

        A hint that shortens a poll: news may be missed, and may be none. Of effects nobody tells: the node that decided
        on them delivers them, and what it leaves behind is found by the polls of the others.
        """
        ...


def fair_share(sources: int, members: Sequence[int], epoch: int) -> int:
    """Return how many sources the node in this epoch should own; all shares together are all the sources."""
    least, more = divmod(sources, len(members))
    return least + (sorted(members).index(epoch) < more)
