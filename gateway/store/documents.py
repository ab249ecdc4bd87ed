"""The JSON documents that stand beside the columns: one reused adapter for each kind."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock
from typing import Any, Generic, TypeVar

from pydantic import TypeAdapter

from gateway.case import Case, Entry
from gateway.dialogue import Dialogue
from gateway.journal import Effect

T = TypeVar("T")
RECENT = 256
"""So many documents of a kind are remembered: a few batches, as the outbox reads what the pipeline has just written."""
RECENT_CHARS = 8192
"""A longer document is not remembered, so that all of them together need a few megabytes."""


class Documents(Generic[T]):
    """Writes and reads one kind of document. Values are frozen, so that one may be handed out again and again.

    What was written a moment ago is found by its whole text instead of being read anew; so a row that somebody else
    wrote since is read.
    """

    def __init__(self, kind: Any) -> None:
        self._adapter: TypeAdapter[T] = TypeAdapter(kind)
        self._recent: OrderedDict[str, T] = OrderedDict()
        self._lock = Lock()

    def write(self, value: T) -> str:
        """Return the document of a value."""
        document = self._adapter.dump_json(value).decode()
        if len(document) <= RECENT_CHARS:
            with self._lock:
                self._recent[document] = value
                if len(self._recent) > RECENT:
                    self._recent.popitem(last=False)
        return document

    def read(self, document: str) -> T:
        """Return the value of a document."""
        known = self._recent.get(document)
        return self._adapter.validate_json(document) if known is None else known


CASE: Documents[Case] = Documents(Case)
ENTRY: Documents[Entry] = Documents(Entry)
EFFECT: Documents[Effect] = Documents(Effect)
DIALOGUE: Documents[Dialogue] = Documents(Dialogue)
NOTES = TypeAdapter(dict[str, str])
