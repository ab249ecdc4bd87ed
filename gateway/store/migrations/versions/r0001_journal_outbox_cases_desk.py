"""The journal, the case book, the outbox and the gateway's own desk."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Build the first schema."""
    _journal()
    _case_book()
    _outbox()
    _desk()


def _partial(name: str, table: str, columns: list[str], where: str) -> None:
    op.create_index(name, table, columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))


def _journal() -> None:
    op.create_table(
        "streams",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("stream", sa.Text(), nullable=False),
        sa.Column("cursor", sa.Text()),
        sa.Column("moved_at", sa.BigInteger()),
        sa.Column("taken", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("source", "stream"),
    )
    op.create_table(
        "raws",
        sa.Column("seq", _ID, nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("stream", sa.Text(), nullable=False),
        sa.Column("lane", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("head", sa.Boolean(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("interrupted", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("not_before", sa.BigInteger()),
        sa.Column("stored_at", sa.BigInteger(), nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("held", sa.BigInteger(), nullable=False),
        sa.Column("complete", sa.Boolean(), nullable=False),
        sa.Column("notes", sa.Text(), nullable=False),
        sa.Column("blob", sa.Text()),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("traceback", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("seq"),
        sa.UniqueConstraint("source", "key", "lane", name="uq_raws_source_key_lane"),
        sqlite_autoincrement=True,
    )
    _partial("ix_raws_lane", "raws", ["source", "lane", "seq"], "state IN ('new', 'claimed', 'postponed')")
    _partial("ix_raws_later", "raws", ["not_before"], "state = 'postponed'")
    _partial("ix_raws_ready", "raws", ["seq"], "head AND state = 'new'")
    _partial("ix_raws_unsettled", "raws", ["state", "source", "stream"], "state <> 'settled'")
    op.create_table(
        "bodies",
        sa.Column("seq", _ID, autoincrement=False, nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["seq"], ["raws.seq"]),
        sa.PrimaryKeyConstraint("seq"),
    )
    op.create_table(
        "openings",
        sa.Column("id", _ID, nullable=False),
        sa.Column("seq", _ID, nullable=False),
        sa.Column("opened_by", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["seq"], ["raws.seq"]),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )


def _case_book() -> None:
    op.create_table(
        "cases",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_cases_state", "cases", ["state", "updated_at"])
    op.create_index("ix_cases_updated", "cases", ["updated_at"])
    op.create_table(
        "entries",
        sa.Column("id", _ID, nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("direction", sa.Text(), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("content_key", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"]),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_entries_case", "entries", ["case_id", "id"])
    op.create_index("ix_entries_content", "entries", ["content_key"])
    op.create_index("ix_entries_message", "entries", ["message_id"])
    op.create_table(
        "refs",
        sa.Column("id", _ID, nullable=False),
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("ref", "case_id", name="uq_refs_ref_case_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_refs_case", "refs", ["case_id", "id"])
    op.create_table(
        "tickets",
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("ref", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("case_id", "target"),
    )


def _outbox() -> None:
    op.create_table(
        "effects",
        sa.Column("id", _ID, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Text()),
        sa.Column("recipient", sa.Text()),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("claimed_as", sa.Text()),
        sa.Column("head", sa.Boolean(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("not_before", sa.BigInteger()),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("traceback", sa.Text(), nullable=False),
        sa.Column("ref", sa.Text()),
        sa.Column("job", sa.Text()),
        sa.Column("document", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("key", name="uq_effects_key"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_effects_case", "effects", ["case_id", "id"])
    _partial(
        "ix_effects_lane",
        "effects",
        ["case_id", "target", "id"],
        "state IN ('new', 'claimed', 'postponed', 'unknown', 'pending')",
    )
    _partial("ix_effects_later", "effects", ["target", "not_before"], "not_before IS NOT NULL")
    _partial(
        "ix_effects_ready",
        "effects",
        ["target", "id"],
        "head AND not_before IS NULL AND state IN ('new', 'unknown', 'pending')",
    )
    _partial("ix_effects_sent", "effects", ["created_at"], "kind IN ('acknowledgement', 'warning')")
    _partial("ix_effects_sent_to", "effects", ["recipient", "created_at"], "kind IN ('acknowledgement', 'warning')")
    _partial("ix_effects_unsettled", "effects", ["state"], "state <> 'settled'")


def _desk() -> None:
    op.create_table(
        "desk_tickets",
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("ref"),
        sa.UniqueConstraint("case_id"),
    )
    op.create_table(
        "desk_lines",
        sa.Column("id", _ID, nullable=False),
        sa.Column("ticket", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("public", sa.Boolean(), nullable=False),
        sa.Column("by_agent", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["ticket"], ["desk_tickets.ref"]),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    _partial("ix_desk_lines_agents", "desk_lines", ["id"], "by_agent")
    op.create_index("ix_desk_lines_ticket", "desk_lines", ["ticket", "id"])
    op.create_table(
        "desk_writes",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("ticket", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["ticket"], ["desk_tickets.ref"]),
        sa.PrimaryKeyConstraint("key"),
    )
