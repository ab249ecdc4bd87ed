"""The log of openings in SQL: who opened which original, or which file, when and why."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, select

from gateway.ports import Key, StreamId
from gateway.store.tables import file_openings, files, openings, raws
from gateway.views import OpeningView


def since(connection: Connection, instant: datetime | None, limit: int) -> list[OpeningView]:
    """Return the openings since then, newest first."""
    of_raws = select(openings, raws.c.source, raws.c.stream, raws.c.key).join(raws, raws.c.seq == openings.c.seq)
    of_files = select(file_openings, files.c.attachment_id).join(files, files.c.id == file_openings.c.file)
    found: list[OpeningView] = []
    for log, query in ((openings, of_raws), (file_openings, of_files)):
        newest = query.order_by(log.c.id.desc()).limit(limit)
        rows = connection.execute(newest if instant is None else newest.where(log.c.at >= instant)).mappings()
        found += [
            OpeningView(
                at=row["at"],
                opened_by=row["opened_by"],
                reason=row["reason"],
                source=row["source"],
                stream=StreamId(row["stream"]),
                key=Key(row["key"]),
                attachment_id=row.get("attachment_id", ""),
            )
            for row in rows
        ]
    return sorted(found, key=lambda each: each.at, reverse=True)[:limit]
