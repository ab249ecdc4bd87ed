"""Kept files in SQL: the rows that name their blobs, the log of their openings, and the bytes on their way in."""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator
from datetime import datetime

from sqlalchemy import Connection, insert, select

from gateway.errors import TooLargeError
from gateway.files import HEAD_BYTES
from gateway.store import casebook, retention
from gateway.store.absorb import InsertOrReplace
from gateway.store.blobs import BlobRef
from gateway.store.bodies import Bodies, clean
from gateway.store.journal import Found, RemovedError
from gateway.store.tables import file_openings, files

_KEEP = InsertOrReplace(
    files, ("message_id", "attachment_id"), ("blob", "size", "stored_at", "removed_at"), same=files.c.blob
)


class SqlFiles:
    """Kept files by their hash; see `gateway.ports.Files`. A chunk is at most 1 MiB, the last may precede an error."""

    def __init__(self, kept: Bodies) -> None:
        self._kept = kept

    def open(self, sha256: str) -> AsyncIterator[bytes]:
        """See `Files`."""
        return self._kept.stream(sha256)


class Intake:
    """A file's bytes on their way in: what is too large is stopped, and the beginning remembered."""

    def __init__(self, chunks: AsyncIterable[bytes], most: int) -> None:
        self._chunks = chunks
        self._most = most
        self._head = bytearray()

    @property
    def head(self) -> bytes:
        """The beginning of what has come."""
        return bytes(self._head)

    async def pass_on(self) -> AsyncIterator[bytes]:
        """Yield what comes. Raises `TooLargeError` once it is too much."""
        size = 0
        async for chunk in self._chunks:
            size += len(chunk)
            if size > self._most:
                raise TooLargeError(f"a file is larger than the {self._most} bytes that are taken")
            self._head += chunk[: HEAD_BYTES - len(self._head)]
            yield chunk


def keep(connection: Connection, message_id: str, attachment_id: str, blob: BlobRef, now: datetime) -> None:
    """Name the blob of a file, unless it is named already. Raises `GoneBlobError` when it was just removed."""
    retention.spare(connection, [blob.digest])
    name = {"message_id": clean(message_id), "attachment_id": clean(attachment_id)}
    values = {"blob": blob.digest, "size": blob.size, "stored_at": now, "removed_at": None}
    connection.execute(_KEEP(connection), name | values)


def find(connection: Connection, message_id: str, attachment_id: str) -> Found | None:
    """Return the row of a file. Raises `RemovedError` when retention removed its bytes."""
    named = (files.c.message_id == clean(message_id), files.c.attachment_id == clean(attachment_id))
    row = connection.execute(select(files).where(*named)).one_or_none()
    if row is not None and row.removed_at is not None:
        raise RemovedError(f"its bytes were removed on {row.removed_at:%Y-%m-%d} by the retention policy")
    return row


def open_row(
    connection: Connection, message_id: str, attachment_id: str, opened_by: str, reason: str, now: datetime
) -> Found | None:
    """Log that somebody opens a file, under the original of its message, and return its row as `find` does."""
    row = find(connection, message_id, attachment_id)
    if row is None:
        return None
    name = clean(message_id)
    entry = casebook.newest_entries(connection, {name}).get(name)
    origin = entry.message.provenance if entry is not None else None
    source, stream, key = (origin.source, origin.stream, origin.key) if origin is not None else ("", "", name)
    opening = {"source": source, "stream": stream, "key": key, "opened_by": opened_by, "reason": reason, "at": now}
    connection.execute(insert(file_openings), {"file": row.id} | opening)
    return row
