"""The engine's own notes; and what is not settled can be counted by target from the index alone."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_UNSETTLED = sa.text("state <> 'settled'")


def upgrade() -> None:
    """Add the notes, and widen the index of unsettled effects."""
    op.create_table(
        "marks",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.drop_index("ix_effects_unsettled", "effects")
    op.create_index(
        "ix_effects_unsettled",
        "effects",
        ["state", "target"],
        sqlite_where=_UNSETTLED,
        postgresql_where=_UNSETTLED,
    )
