"""The JSON documents that stand beside the columns: one reused adapter for each kind."""

from __future__ import annotations

from pydantic import TypeAdapter

from gateway.case import Case, Entry
from gateway.journal import Effect

CASE = TypeAdapter(Case)
ENTRY = TypeAdapter(Entry)
EFFECT = TypeAdapter(Effect)
NOTES = TypeAdapter(dict[str, str])
