"""What casework keeps beside its cases: incidents, ratings, identities, codes, blocks, arrivals. Only added."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables, and a column for when answers are due; nothing that is there changes."""
    op.add_column("cases", sa.Column("due_at", sa.BigInteger()))
    is_due = sa.text("due_at IS NOT NULL")
    op.create_index("ix_cases_due", "cases", ["due_at"], sqlite_where=is_due, postgresql_where=is_due)
    op.create_table(
        "incidents",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), primary_key=True),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger()),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "incident_cases",
        sa.Column(
            "incident",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            sa.ForeignKey("incidents.id"),
            primary_key=True,
        ),
        sa.Column("case_id", sa.Text(), primary_key=True),
        sa.Column("linked_at", sa.BigInteger(), nullable=False),
        sa.Column("told_at", sa.BigInteger()),
    )
    untold = sa.text("told_at IS NULL")
    op.create_index(
        "ix_incident_cases_untold",
        "incident_cases",
        ["incident", "case_id"],
        sqlite_where=untold,
        postgresql_where=untold,
    )
    op.create_table(
        "ratings",
        sa.Column("case_id", sa.Text(), primary_key=True),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.Column("score", sa.Integer()),
        sa.Column("word", sa.Text(), nullable=False),
        sa.Column("rated_at", sa.BigInteger()),
    )
    op.create_index("ix_ratings_asked_at", "ratings", ["asked_at"])
    op.create_index("ix_ratings_person", "ratings", ["person", "asked_at"])
    op.create_table(
        "identities",
        sa.Column("platform", sa.Text(), primary_key=True),
        sa.Column("account", sa.Text(), primary_key=True),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("how", sa.Text(), nullable=False),
        sa.Column("proven_at", sa.BigInteger(), nullable=False),
    )
    op.create_index("ix_identities_person", "identities", ["person"])
    op.create_table(
        "codes",
        sa.Column("hash", sa.Text(), primary_key=True),
        sa.Column("platform", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("spent_at", sa.BigInteger()),
    )
    op.create_index("ix_codes_account", "codes", ["platform", "account"])
    op.create_index("ix_codes_expires_at", "codes", ["expires_at"])
    op.create_table(
        "blocks",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), primary_key=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.BigInteger()),
        sa.Column("lifted_at", sa.BigInteger()),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_blocks_made_at", "blocks", ["made_at"])
    op.create_table(
        "arrivals",
        sa.Column("scope", sa.Text(), primary_key=True),
        sa.Column("slot", sa.BigInteger(), primary_key=True),
        sa.Column("count", sa.BigInteger(), nullable=False),
    )
    op.create_index("ix_arrivals_slot", "arrivals", ["slot"])
