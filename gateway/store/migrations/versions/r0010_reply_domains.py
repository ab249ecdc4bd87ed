"""The mail domain of each automatic reply, for its budget; only added, so that an older node runs beside this one."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Count automatic replies by mail domain; those before are not."""
    op.add_column("effects", sa.Column("domain", sa.Text()))
    is_automatic = sa.text("kind IN ('acknowledgement', 'warning')")
    op.create_index(
        "ix_effects_sent_to_domain",
        "effects",
        ["domain", "created_at"],
        sqlite_where=is_automatic,
        postgresql_where=is_automatic,
    )
