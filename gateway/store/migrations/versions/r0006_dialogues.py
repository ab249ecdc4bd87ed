"""Dialogues, one-time tokens, kept files, parts of messages; only added, so that an older node runs beside this one."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_BYTEWISE = sa.Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")


def upgrade() -> None:
    """Add what chats need beside mail."""
    op.create_table(
        "dialogues",
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("address", _BYTEWISE, nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.Column("kept_until", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("channel", "address"),
    )
    op.create_index("ix_dialogues_kept_until", "dialogues", ["kept_until"])
    op.add_column("entries", sa.Column("part_of", sa.Text()))
    is_part = sa.text("part_of IS NOT NULL")
    op.create_index("ix_entries_part_of", "entries", ["part_of"], sqlite_where=is_part, postgresql_where=is_part)
    op.create_table(
        "tokens",
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("bearer", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("spent_at", sa.BigInteger()),
        sa.PrimaryKeyConstraint("hash"),
    )
    op.create_index("ix_tokens_expires", "tokens", ["expires_at"])
    op.create_table(
        "files",
        sa.Column("id", _ID, nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("attachment_id", sa.Text(), nullable=False),
        sa.Column("blob", sa.Text()),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("stored_at", sa.BigInteger(), nullable=False),
        sa.Column("removed_at", sa.BigInteger()),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("message_id", "attachment_id", name="uq_files_message_id_attachment_id"),
        sqlite_autoincrement=True,
    )
    has_blob = sa.text("blob IS NOT NULL")
    op.create_index("ix_files_blob", "files", ["blob"], sqlite_where=has_blob, postgresql_where=has_blob)
    op.add_column("desk_lines", sa.Column("files", sa.Text()))
    op.create_table(
        "file_openings",
        sa.Column("id", _ID, nullable=False),
        sa.Column("file", _ID, nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("stream", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("opened_by", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.ForeignKeyConstraint(["file"], ["files.id"]),
        sqlite_autoincrement=True,
    )
