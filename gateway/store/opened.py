"""The log of openings in SQL: who opened which original, when and why."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, select

from gateway.ports import Key, StreamId
from gateway.store.tables import openings, raws
from gateway.views import OpeningView


def since(connection: Connection, instant: datetime | None, limit: int) -> list[OpeningView]:
    """Return the openings since then, newest first."""
    columns = select(openings, raws.c.source, raws.c.stream, raws.c.key).join(raws, raws.c.seq == openings.c.seq)
    newest = columns.order_by(openings.c.id.desc()).limit(limit)
    rows = connection.execute(newest if instant is None else newest.where(openings.c.at >= instant)).all()
    return [
        OpeningView(row.at, row.opened_by, row.reason, row.source, StreamId(row.stream), Key(row.key)) for row in rows
    ]
