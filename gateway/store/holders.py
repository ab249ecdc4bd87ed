"""Who claimed a row: a node in one of its epochs, or, where nobody joined, the one engine there is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, Table, bindparam, exists

from gateway.store.tables import nodes


@dataclass(frozen=True, slots=True)
class Holder:
    """A node in one epoch; an epoch is one node's alone and never comes again."""

    node: str | None = None
    epoch: int | None = None


@dataclass(frozen=True, slots=True)
class Mark:
    """What a claim writes into the rows it takes; `claim` is its own number."""

    holder: Holder
    claim: int

    @property
    def values(self) -> dict[str, object]:
        """The values for a statement that sets `MARKED`."""
        return {"by_node": self.holder.node, "by_epoch": self.holder.epoch, "by_claim": self.claim}


MARKED: Mapping[str, ColumnElement[Any]] = {
    "node": bindparam("by_node"),
    "epoch": bindparam("by_epoch"),
    "claim": bindparam("by_claim"),
}


@dataclass(frozen=True, slots=True)
class Held:
    """A query for rows that a holder claimed, made once for a node and once for the one engine without a number."""

    of_node: Select[Any]
    of_engine: Select[Any]

    @classmethod
    def by(cls, table: Table, query: Select[Any]) -> Held:
        """Narrow a query of this table to what the holder claimed."""
        return cls(query.where(table.c.epoch == bindparam("by_epoch")), query.where(table.c.epoch.is_(None)))

    def rows(self, connection: Connection, holder: Holder, values: Mapping[str, object]) -> Sequence[Row[Any]]:
        """Return the rows that this holder claimed."""
        if holder.epoch is None:
            return connection.execute(self.of_engine, values).all()
        return connection.execute(self.of_node, {**values, "by_epoch": holder.epoch}).all()


def left_behind(table: Table) -> ColumnElement[bool]:
    """Whether whoever claimed the row is no node now."""
    return ~exists().where(nodes.c.epoch == table.c.epoch)
