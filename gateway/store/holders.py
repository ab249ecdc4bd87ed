"""Who claimed a row: a node in one of its epochs, or, where nobody joined, the one engine there is."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Table, exists

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
    def columns(self) -> dict[str, object]:
        """The columns as they are written."""
        return {"node": self.holder.node, "epoch": self.holder.epoch, "claim": self.claim}


def held_by(table: Table, holder: Holder) -> ColumnElement[bool]:
    """Whether this holder claimed the row."""
    column = table.c.epoch
    return column.is_(None) if holder.epoch is None else column == holder.epoch


def left_behind(table: Table) -> ColumnElement[bool]:
    """Whether whoever claimed the row is no node now."""
    return ~exists().where(nodes.c.epoch == table.c.epoch)
