"""Blocks in SQL: a row each, which stays when the block is over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, insert, or_, select, update

from gateway.blocks import Block, BlockKind
from gateway.queues import Act
from gateway.store.tables import acts, blocks
from gateway.store.threads import Threads

_QUEUE = "block"
"""Stands where the log of acts names a queue."""


class SqlBlocks:
    """The blocks of one store; see `gateway.blocks.Blocks`."""

    def __init__(self, threads: Threads) -> None:
        self._threads = threads

    async def add(self, block: Block, act: Act) -> Block:
        """See `Blocks`."""
        return await self._threads.write(lambda connection: _add(connection, block, act))

    async def lift(self, number: int, act: Act) -> bool:
        """See `Blocks`."""
        return await self._threads.write(lambda connection: _lift(connection, number, act))

    async def page(self, limit: int, *, now: datetime | None) -> Sequence[Block]:
        """See `Blocks`."""
        wanted = select(blocks).order_by(blocks.c.id.desc()).limit(limit)
        if now is not None:
            wanted = wanted.where(blocks.c.lifted_at.is_(None), or_(blocks.c.until.is_(None), blocks.c.until > now))
        return await self._threads.read(lambda connection: tuple(map(_block, connection.execute(wanted))))

    async def stamp(self) -> str:
        """See `Blocks`."""
        done = select(func.count(), func.max(acts.c.id)).where(acts.c.queue == _QUEUE)
        rows = await self._threads.read(lambda connection: tuple(connection.execute(done).one()))
        return ":".join(map(str, rows))


def _add(connection: Connection, block: Block, act: Act) -> Block:
    columns = {
        "kind": block.kind.value,
        "value": block.value,
        "reason": act.reason,
        "by": act.by,
        "made_at": act.at,
        "until": block.until,
    }
    number = int(connection.execute(insert(blocks).values(columns).returning(blocks.c.id)).scalar_one())
    _log(connection, number, "blocked", act)
    return replace(block, number=number, reason=act.reason, by=act.by, made_at=act.at)


def _lift(connection: Connection, number: int, act: Act) -> bool:
    held = (
        blocks.c.id == number,
        blocks.c.lifted_at.is_(None),
        or_(blocks.c.until.is_(None), blocks.c.until > act.at),
    )
    if not connection.execute(update(blocks).where(*held).values(lifted_at=act.at)).rowcount:
        return False
    _log(connection, number, "lifted", act)
    return True


def _log(connection: Connection, number: int, what: str, act: Act) -> None:
    line = {"at": act.at, "by": act.by, "what": what, "detail": act.reason}
    connection.execute(insert(acts).values(**line, queue=_QUEUE, number=number))


def _block(row: Row[Any]) -> Block:
    return Block(BlockKind(row.kind), row.value, row.reason, row.until, row.id, row.by, row.made_at, row.lifted_at)
