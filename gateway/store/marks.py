"""The engine's own small notes, by name: what was told to whom, and whether the store can be written."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection, delete, insert, select

from gateway.store.tables import marks

PROBE = "store:probe"
"""The store's own note, see `gateway.store.probe`: never among those that are listed."""


def read(connection: Connection, prefix: str) -> dict[str, str]:
    """Return the notes whose names begin so; the store's own only when it is named whole."""
    found = select(marks.c.name, marks.c.document).where(marks.c.name.startswith(prefix, autoescape=True))
    if prefix != PROBE:
        found = found.where(marks.c.name != PROBE)
    return {row.name: row.document for row in connection.execute(found.order_by(marks.c.name))}


def write(connection: Connection, changes: Mapping[str, str | None]) -> None:
    """Replace the notes that are named; None removes one."""
    if not changes:
        return
    connection.execute(delete(marks).where(marks.c.name.in_(list(changes))))
    kept = [{"name": name, "document": document} for name, document in changes.items() if document is not None]
    if kept:
        connection.execute(insert(marks), kept)
