"""The tables of what is kept beside the flow of messages: files, what was spent, secrets, reports of impostors.

Like those of `gateway.store.tables`, which has them all.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Index, LargeBinary, Table, Text, UniqueConstraint

from gateway.store.columns import HAS_BLOB, Id, UtcTime, metadata, partial

# Files that platforms keep apart from their messages. A row outlives its blob, as a raw outlives its body.
files = Table(
    "files",
    metadata,
    Column("id", Id, primary_key=True),
    Column("message_id", Text, nullable=False),
    Column("attachment_id", Text, nullable=False),
    Column("blob", Text),
    Column("size", BigInteger, nullable=False),
    Column("stored_at", UtcTime, nullable=False),
    Column("removed_at", UtcTime),
    UniqueConstraint("message_id", "attachment_id", name="uq_files_message_id_attachment_id"),
    sqlite_autoincrement=True,
)
partial("ix_files_blob", files.c.blob, where=HAS_BLOB)

# Openings of files, beside those of raws: a node of the release before knows only the latter.
file_openings = Table(
    "file_openings",
    metadata,
    Column("id", Id, primary_key=True),
    Column("file", Id, ForeignKey("files.id"), nullable=False),
    Column("source", Text, nullable=False),
    Column("stream", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("opened_by", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("at", UtcTime, nullable=False),
    sqlite_autoincrement=True,
)

# What accounts spent with their platforms, by day; the day is its first instant in UTC, the cost in millionths.
spending = Table(
    "spending",
    metadata,
    Column("account", Text, primary_key=True),
    Column("day", UtcTime, primary_key=True),
    Column("what", Text, primary_key=True),
    Column("calls", BigInteger, nullable=False),
    Column("cost", BigInteger, nullable=False),
    Index("ix_spending_day", "day"),
)

# Impostors that were pointed out, each counted in its row, and what an operator made of it.
reports = Table(
    "reports",
    metadata,
    Column("id", Id, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("platform", Text, nullable=False),
    Column("value", Text, nullable=False),
    Column("brand", Text, nullable=False),
    Column("technique", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("origin", Text, nullable=False),
    Column("case_id", Text, nullable=False),
    Column("times", BigInteger, nullable=False),
    Column("alarms", BigInteger, nullable=False),
    Column("first_at", UtcTime, nullable=False),
    Column("last_at", UtcTime, nullable=False),
    Column("ruling", Text, nullable=False),
    Column("ruled_by", Text, nullable=False),
    Column("ruled_at", UtcTime),
    Column("note", Text, nullable=False),
    UniqueConstraint("kind", "platform", "value", name="uq_reports_kind_platform_value"),
    Index("ix_reports_ruling", "ruling", "times"),
    sqlite_autoincrement=True,
)

# Secrets of channels, and who holds a name for himself until when; a row may be there for the latter alone.
vault = Table(
    "vault",
    metadata,
    Column("channel", Text, primary_key=True),
    Column("name", Text, primary_key=True),
    Column("sealed", LargeBinary),
    Column("held_by", Text),
    Column("held_until", UtcTime),
)
