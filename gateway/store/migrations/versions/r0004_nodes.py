"""Nodes, what they own, and who claimed what; only added, so that a node of the release before runs beside this one."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the nodes, and their marks on what is under way."""
    for table in ("raws", "effects"):
        op.add_column(table, sa.Column("node", sa.Text()))
        op.add_column(table, sa.Column("epoch", sa.BigInteger()))
        op.add_column(table, sa.Column("claim", sa.BigInteger()))
    op.create_table(
        "nodes",
        sa.Column("epoch", _ID, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("joined_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("epoch"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "owners",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("node", sa.Text(), nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("source"),
    )
