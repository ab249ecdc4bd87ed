"""What operators do to the queues, backfills that they ask for, and what retention has removed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the log of acts and the backfills; streams know what is old, raws what was removed."""
    op.add_column("streams", sa.Column("new_from", sa.BigInteger()))
    op.add_column("raws", sa.Column("removed_at", sa.BigInteger()))
    _partial("ix_raws_blob", "raws", ["blob"], "blob IS NOT NULL")
    _acts()
    _backfills()
    op.create_table(
        "doomed",
        sa.Column("blob", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("blob"),
    )


def _partial(name: str, table: str, columns: list[str], where: str) -> None:
    op.create_index(name, table, columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))


def _acts() -> None:
    op.create_table(
        "acts",
        sa.Column("id", _ID, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("queue", sa.Text(), nullable=False),
        sa.Column("number", _ID, nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("blob", sa.Text()),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_acts_item", "acts", ["queue", "number", "id"])
    _partial("ix_acts_blob", "acts", ["blob"], "blob IS NOT NULL")


def _backfills() -> None:
    op.create_table(
        "backfills",
        sa.Column("id", _ID, nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("stream", sa.Text(), nullable=False),
        sa.Column("since", sa.BigInteger()),
        sa.Column("ack", sa.Boolean(), nullable=False),
        sa.Column("cursor", sa.Text()),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.Column("done_at", sa.BigInteger()),
        sa.Column("not_before", sa.BigInteger()),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("taken", sa.BigInteger(), nullable=False),
        sa.Column("known", sa.BigInteger(), nullable=False),
        sa.Column("skipped", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    _partial("ix_backfills_open", "backfills", ["source", "id"], "done_at IS NULL")
