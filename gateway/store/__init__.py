"""The one durable store: journal, outbox, case book and the gateway's own desk, on SQLAlchemy Core."""

from __future__ import annotations

from gateway.store.seal import Sealer, new_key_line
from gateway.store.sqlite import hold_engine
from gateway.store.store import SqlStore, open_store

__all__ = ["Sealer", "SqlStore", "hold_engine", "new_key_line", "open_store"]
