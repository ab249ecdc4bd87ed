"""What the store asks of a database beyond its queries."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Protocol

from sqlalchemy import ColumnElement, Connection, Engine

from gateway.errors import TransientError


class CollisionError(TransientError):
    """Two transactions met and this one was undone; begun again at once, it usually comes through."""


@dataclass(frozen=True, slots=True)
class Engines:
    """One engine whose transactions write and one whose transactions only read, and how many threads run each."""

    writing: Engine
    reading: Engine
    writers: int = 1
    readers: int = 1


class Presence(Protocol):
    """The proof that a node lives, for as long as the database can see it."""

    def is_sure(self) -> bool:
        """Whether nobody can have taken this node's place yet."""
        ...

    def is_lost(self) -> bool:
        """Whether this node knows that its place is free to be taken."""
        ...

    def stop(self) -> None:
        """End it, without waiting."""
        ...


class Database(Protocol):
    """One database: how its connections are made, what its errors mean, and who may be at work on it."""

    def prepare(self) -> None:
        """Make what can be made before the first connection."""
        ...

    def engines(self) -> Engines:
        """Return the engines; they share their connections, which the reading one lets go."""
        ...

    def cut(self) -> None:
        """End every connection at once, so that nobody waits on one any more."""
        ...

    def translated(self) -> AbstractContextManager[None]:
        """Raise the database's errors as what they mean to the operator; a bug of ours stays one."""
        ...

    def hold_schema(self, connection: Connection) -> None:
        """Be the only one that changes the schema until the transaction ends."""
        ...

    def take_time(self, connection: Connection) -> None:
        """Lift the time limits of the engine's short transactions from this one."""
        ...

    def hold_engine(self) -> AbstractContextManager[None]:
        """Be an engine on this database while the context lasts; `ConfigError` when it bears no other one."""
        ...

    @property
    def has_news(self) -> bool:
        """Whether nodes can tell one another of news."""
        ...

    def next_epoch(self, connection: Connection) -> int | None:
        """Return the number of the next node, or None where its row is numbered when it is written."""
        ...

    def appear(self, epoch: int | None, ring: Callable[[], None]) -> Presence:
        """Begin to prove that this node lives; `ring` is called, in any thread, on news and when the proof ends."""
        ...

    def is_gone(self, epoch: ColumnElement[Any]) -> ColumnElement[bool]:
        """Whether the node of this epoch, not our own, lives no more; then no other transaction finds it so."""
        ...

    def mark(self, epoch: int) -> ColumnElement[Any]:
        """What a transaction of this node selects first, so that `end_stalled` knows it as its own."""
        ...

    def end_stalled(self, connection: Connection, mine: int | None) -> None:
        """End the transactions of other nodes that live no more, where nothing but the node could go on with them."""
        ...

    def tell(self, connection: Connection, epoch: int) -> None:
        """Tell the other nodes, when the transaction ends, that there is something in a queue."""
        ...
