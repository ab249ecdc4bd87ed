"""Runs the migrations on the connection, and in the transaction, that `gateway.store.migrate` hands over."""

from __future__ import annotations

from alembic import context

from gateway.store.migrate import VERSION_TABLE
from gateway.store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"], target_metadata=metadata, version_table=VERSION_TABLE
)
with context.begin_transaction():
    context.run_migrations()
