"""The tables of the store: what the migrations build, and the conditions on which its partial indexes stand.

A condition is SQL text, because an index is only used by a query that repeats its condition word for word: bound values
would hide it from a plan that is made before they are known.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from gateway.store.case_tables import UNTOLD, arrivals, blocks, codes, identities, incident_cases, incidents, ratings
from gateway.store.columns import HAS_BLOB, Bytewise, Id, UtcTime, metadata, partial
from gateway.store.kept_tables import file_openings, files, reports, spending, vault

__all__ = [
    "BY_AGENT",
    "EFFECT_LATER",
    "EFFECT_LEDGER",
    "EFFECT_OPEN",
    "EFFECT_READY",
    "EFFECT_UNSETTLED",
    "HAS_BLOB",
    "IS_DUE",
    "IS_PART",
    "NOT_DONE",
    "RAW_OPEN",
    "RAW_READY",
    "RAW_UNSETTLED",
    "UNTOLD",
    "acts",
    "arrivals",
    "backfills",
    "blocks",
    "bodies",
    "budgets",
    "cases",
    "codes",
    "desk_lines",
    "desk_tickets",
    "desk_writes",
    "dialogues",
    "doomed",
    "effects",
    "entries",
    "file_openings",
    "files",
    "identities",
    "incident_cases",
    "incidents",
    "marks",
    "metadata",
    "nodes",
    "openings",
    "owners",
    "ratings",
    "raws",
    "refs",
    "reports",
    "spending",
    "streams",
    "tickets",
    "tokens",
    "vault",
]

RAW_OPEN = text("state IN ('new', 'claimed', 'postponed')")
"""Raws neither settled nor buried: they hold their lane."""
RAW_READY = text("head AND state = 'new'")
RAW_UNSETTLED = text("state <> 'settled'")
IS_DUE = text("due_at IS NOT NULL")
"""Cases for which an answer is waited for."""
EFFECT_OPEN = text("state IN ('new', 'claimed', 'postponed', 'unknown', 'pending')")
"""Effects neither settled, maybe sent nor buried: later ones of their case and target wait."""
EFFECT_READY = text("head AND not_before IS NULL AND state IN ('new', 'unknown', 'pending')")
EFFECT_UNSETTLED = text("state <> 'settled'")
EFFECT_LATER = text("not_before IS NOT NULL")
EFFECT_LEDGER = text("kind IN ('acknowledgement', 'warning')")
"""Automatic replies, counted so that nobody is flooded."""
BY_AGENT = text("by_agent")
IS_PART = text("part_of IS NOT NULL")
NOT_DONE = text("done_at IS NULL")

streams = Table(
    "streams",
    metadata,
    Column("source", Text, primary_key=True),
    Column("stream", Text, primary_key=True),
    Column("cursor", Text),
    Column("moved_at", UtcTime),
    Column("taken", BigInteger, nullable=False),
    Column("new_from", UtcTime),
)

raws = Table(
    "raws",
    metadata,
    Column("seq", Id, primary_key=True),
    Column("source", Text, nullable=False),
    Column("stream", Text, nullable=False),
    Column("lane", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("head", Boolean, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("interrupted", Integer, nullable=False, server_default="0"),
    Column("not_before", UtcTime),
    Column("stored_at", UtcTime, nullable=False),
    Column("received_at", UtcTime, nullable=False),
    Column("media_type", Text, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("held", BigInteger, nullable=False),
    Column("complete", Boolean, nullable=False),
    Column("notes", Text, nullable=False),
    Column("blob", Text),
    Column("reason", Text, nullable=False),
    Column("traceback", Text, nullable=False),
    Column("removed_at", UtcTime),
    # Who claimed it last, and in which claim; the numbers mean something while the state is claimed.
    Column("node", Text),
    Column("epoch", BigInteger),
    Column("claim", BigInteger),
    UniqueConstraint("source", "key", "lane", name="uq_raws_source_key_lane"),
    sqlite_autoincrement=True,
)
partial("ix_raws_ready", raws.c.seq, where=RAW_READY)
partial("ix_raws_lane", raws.c.source, raws.c.lane, raws.c.seq, where=RAW_OPEN)
partial("ix_raws_later", raws.c.not_before, where=text("state = 'postponed'"))
partial("ix_raws_unsettled", raws.c.state, raws.c.source, raws.c.stream, where=RAW_UNSETTLED)
partial("ix_raws_blob", raws.c.blob, where=HAS_BLOB)

# Apart from the raws: a change of state rewrites its whole row, and must not rewrite the body with it.
bodies = Table(
    "bodies",
    metadata,
    Column("seq", Id, ForeignKey("raws.seq"), primary_key=True, autoincrement=False),
    Column("sealed", LargeBinary, nullable=False),
)

openings = Table(
    "openings",
    metadata,
    Column("id", Id, primary_key=True),
    Column("seq", Id, ForeignKey("raws.seq"), nullable=False),
    Column("opened_by", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("at", UtcTime, nullable=False),
    sqlite_autoincrement=True,
)

cases = Table(
    "cases",
    metadata,
    Column("id", Text, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Column("updated_at", UtcTime, nullable=False),
    Column("document", Text, nullable=False),
    Column("due_at", UtcTime),
    Index("ix_cases_updated", "updated_at"),
    Index("ix_cases_state", "state", "updated_at"),
)
partial("ix_cases_due", cases.c.due_at, where=IS_DUE)

entries = Table(
    "entries",
    metadata,
    Column("id", Id, primary_key=True),
    Column("case_id", Text, ForeignKey("cases.id"), nullable=False),
    Column("direction", Text, nullable=False),
    Column("message_id", Text, nullable=False),
    Column("content_key", Text, nullable=False),
    Column("document", Text, nullable=False),
    Column("part_of", Text),
    Index("ix_entries_case", "case_id", "id"),
    Index("ix_entries_message", "message_id"),
    Index("ix_entries_content", "content_key"),
    sqlite_autoincrement=True,
)
partial("ix_entries_part_of", entries.c.part_of, where=IS_PART)

refs = Table(
    "refs",
    metadata,
    Column("id", Id, primary_key=True),
    Column("ref", Text, nullable=False),
    Column("case_id", Text, nullable=False),
    UniqueConstraint("ref", "case_id", name="uq_refs_ref_case_id"),
    Index("ix_refs_case", "case_id", "id"),
    sqlite_autoincrement=True,
)

tickets = Table(
    "tickets",
    metadata,
    Column("case_id", Text, primary_key=True),
    Column("target", Text, primary_key=True),
    Column("ref", Text, nullable=False),
    Column("generation", Integer, nullable=False, server_default="1"),
    Index("ix_tickets_ref", "target", "ref"),
)

effects = Table(
    "effects",
    metadata,
    Column("id", Id, primary_key=True),
    Column("key", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("target", Text, nullable=False),
    Column("case_id", Text),
    Column("recipient", Text),
    Column("state", Text, nullable=False),
    Column("claimed_as", Text),
    Column("head", Boolean, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("not_before", UtcTime),
    Column("created_at", UtcTime, nullable=False),
    Column("reason", Text, nullable=False),
    Column("traceback", Text, nullable=False),
    Column("ref", Text),
    Column("job", Text),
    Column("document", Text, nullable=False),
    Column("node", Text),
    Column("epoch", BigInteger),
    Column("claim", BigInteger),
    # The mail domain of the recipient of an automatic reply.
    Column("domain", Text),
    UniqueConstraint("key", name="uq_effects_key"),
    Index("ix_effects_case", "case_id", "id"),
    sqlite_autoincrement=True,
)
partial("ix_effects_ready", effects.c.target, effects.c.id, where=EFFECT_READY)
partial("ix_effects_lane", effects.c.case_id, effects.c.target, effects.c.id, where=EFFECT_OPEN)
partial("ix_effects_later", effects.c.target, effects.c.not_before, where=EFFECT_LATER)
partial("ix_effects_unsettled", effects.c.state, effects.c.target, where=EFFECT_UNSETTLED)
partial("ix_effects_sent_to", effects.c.recipient, effects.c.created_at, where=EFFECT_LEDGER)
partial("ix_effects_sent", effects.c.created_at, where=EFFECT_LEDGER)
partial("ix_effects_sent_to_domain", effects.c.domain, effects.c.created_at, where=EFFECT_LEDGER)

desk_tickets = Table(
    "desk_tickets",
    metadata,
    Column("ref", Text, primary_key=True),
    Column("case_id", Text, nullable=False, unique=True),
    Column("state", Text, nullable=False),
    Column("opened_at", UtcTime, nullable=False),
)

desk_lines = Table(
    "desk_lines",
    metadata,
    Column("id", Id, primary_key=True),
    Column("ticket", Text, ForeignKey("desk_tickets.ref"), nullable=False),
    Column("kind", Text, nullable=False),
    Column("author", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("public", Boolean, nullable=False),
    Column("by_agent", Boolean, nullable=False),
    Column("files", Text),
    Index("ix_desk_lines_ticket", "ticket", "id"),
    sqlite_autoincrement=True,
)
partial("ix_desk_lines_agents", desk_lines.c.id, where=BY_AGENT)

desk_writes = Table(
    "desk_writes",
    metadata,
    Column("key", Text, primary_key=True),
    Column("ticket", Text, ForeignKey("desk_tickets.ref"), nullable=False),
)

marks = Table(
    "marks",
    metadata,
    Column("name", Text, primary_key=True),
    Column("document", Text, nullable=False),
)

acts = Table(
    "acts",
    metadata,
    Column("id", Id, primary_key=True),
    Column("at", UtcTime, nullable=False),
    Column("by", Text, nullable=False),
    Column("what", Text, nullable=False),
    Column("queue", Text, nullable=False),
    Column("number", Id, nullable=False),
    Column("detail", Text, nullable=False),
    Column("blob", Text),
    Index("ix_acts_item", "queue", "number", "id"),
    sqlite_autoincrement=True,
)
partial("ix_acts_blob", acts.c.blob, where=HAS_BLOB)

backfills = Table(
    "backfills",
    metadata,
    Column("id", Id, primary_key=True),
    Column("source", Text, nullable=False),
    Column("stream", Text, nullable=False),
    Column("since", UtcTime),
    Column("ack", Boolean, nullable=False),
    Column("cursor", Text),
    Column("asked_by", Text, nullable=False),
    Column("asked_at", UtcTime, nullable=False),
    Column("done_at", UtcTime),
    Column("not_before", UtcTime),
    Column("attempts", Integer, nullable=False),
    Column("taken", BigInteger, nullable=False),
    Column("known", BigInteger, nullable=False),
    Column("skipped", BigInteger, nullable=False),
    Column("reason", Text, nullable=False),
    sqlite_autoincrement=True,
)
partial("ix_backfills_open", backfills.c.source, backfills.c.id, where=NOT_DONE)

doomed = Table(
    "doomed",
    metadata,
    Column("blob", Text, primary_key=True),
    Column("state", Text, nullable=False),
    Column("at", UtcTime, nullable=False),
)

# Who is a node now: a row for each time that one joined; its number is the node's epoch and never comes again.
nodes = Table(
    "nodes",
    metadata,
    Column("epoch", Id, primary_key=True),
    Column("name", Text, nullable=False),
    Column("joined_at", UtcTime, nullable=False),
    sqlite_autoincrement=True,
)

owners = Table(
    "owners",
    metadata,
    Column("source", Text, primary_key=True),
    Column("node", Text, nullable=False),
    Column("epoch", BigInteger, nullable=False),
)

# What is out of each bucket of a limit, as `microseconds:count` parts; the key is a hash of whom it concerns.
budgets = Table(
    "budgets",
    metadata,
    Column("key", Text, primary_key=True),
    Column("taken", Text, nullable=False),
    Column("kept_until", UtcTime, nullable=False),
    Index("ix_budgets_kept_until", "kept_until"),
)

dialogues = Table(
    "dialogues",
    metadata,
    Column("channel", Text, primary_key=True),
    Column("address", Bytewise, primary_key=True),
    Column("document", Text, nullable=False),
    Column("updated_at", UtcTime, nullable=False),
    # A whole day: so the index is not written with every message, and PostgreSQL changes the row in its place.
    Column("kept_until", UtcTime, nullable=False),
    Index("ix_dialogues_kept_until", "kept_until"),
)

tokens = Table(
    "tokens",
    metadata,
    Column("hash", Text, primary_key=True),
    Column("case_id", Text, nullable=False),
    Column("bearer", Text, nullable=False),
    Column("expires_at", UtcTime, nullable=False),
    Column("spent_at", UtcTime),
    Index("ix_tokens_expires", "expires_at"),
)
