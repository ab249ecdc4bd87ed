"""How many tickets a case has had in a ticket system; only added, so that an older node runs beside this one."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Count a case's tickets, and find a case by its ticket."""
    op.add_column("tickets", sa.Column("generation", sa.Integer(), nullable=False, server_default="1"))
    op.create_index("ix_tickets_ref", "tickets", ["target", "ref"])
