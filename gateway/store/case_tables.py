"""The tables of what casework keeps beside its cases: incidents, ratings, identities, codes, blocks, arrivals.

Like those of `gateway.store.tables`, which has them all.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, Table, Text, text

from gateway.store.columns import Id, UtcTime, metadata, partial

UNTOLD = text("told_at IS NULL")
"""Cases whose users the end of their incident has not come to."""

# Known incidents that operators open and end, as documents.
incidents = Table(
    "incidents",
    metadata,
    Column("id", Id, primary_key=True),
    Column("document", Text, nullable=False),
    Column("opened_at", UtcTime, nullable=False),
    Column("ended_at", UtcTime),
    sqlite_autoincrement=True,
)

# The cases of an incident, and when each was told of its end.
incident_cases = Table(
    "incident_cases",
    metadata,
    Column("incident", Id, ForeignKey("incidents.id"), primary_key=True),
    Column("case_id", Text, primary_key=True),
    Column("linked_at", UtcTime, nullable=False),
    Column("told_at", UtcTime),
)
partial("ix_incident_cases_untold", incident_cases.c.incident, incident_cases.c.case_id, where=UNTOLD)

# Whom we asked how it was, and what they said; a case is asked about once.
ratings = Table(
    "ratings",
    metadata,
    Column("case_id", Text, primary_key=True),
    Column("channel", Text, nullable=False),
    Column("category", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("person", Text, nullable=False),
    Column("asked_at", UtcTime, nullable=False),
    Column("score", Integer),
    Column("word", Text, nullable=False),
    Column("rated_at", UtcTime),
    Index("ix_ratings_asked_at", "asked_at"),
    Index("ix_ratings_person", "person", "asked_at"),
)

# Accounts on platforms that are proven to be one person's; the channel is where each was last told of it.
identities = Table(
    "identities",
    metadata,
    Column("platform", Text, primary_key=True),
    Column("account", Text, primary_key=True),
    Column("person", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("how", Text, nullable=False),
    Column("proven_at", UtcTime, nullable=False),
    Index("ix_identities_person", "person"),
)

# One-time codes by which a person proves that two accounts are theirs; kept is the hash alone.
codes = Table(
    "codes",
    metadata,
    Column("hash", Text, primary_key=True),
    Column("platform", Text, nullable=False),
    Column("account", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("purpose", Text, nullable=False),
    Column("expires_at", UtcTime, nullable=False),
    Column("spent_at", UtcTime),
    Index("ix_codes_account", "platform", "account"),
    Index("ix_codes_expires_at", "expires_at"),
)

# Senders and terms that operators have blocked; a row stays when its time is over, or when it is lifted.
blocks = Table(
    "blocks",
    metadata,
    Column("id", Id, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("value", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("made_at", UtcTime, nullable=False),
    Column("until", UtcTime),
    Column("lifted_at", UtcTime),
    Index("ix_blocks_made_at", "made_at"),
    sqlite_autoincrement=True,
)

# How many messages came in, by slot of time and by scope: a sender, a chat, a domain, or all.
arrivals = Table(
    "arrivals",
    metadata,
    Column("scope", Text, primary_key=True),
    Column("slot", UtcTime, primary_key=True),
    Column("count", BigInteger, nullable=False),
    Index("ix_arrivals_slot", "slot"),
)
