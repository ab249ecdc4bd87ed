"""The trace of a message from fetch to ticket, as the engine asks for it; here nothing is kept, only told.

A trace is named after its raw, so that a part that finds the raw in the queue hours later, or after a restart, goes on
with the same trace. No span holds text of a user, an address or a key: only names of the configuration and our words.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from gateway.case import Provenance
from gateway.metrics import Stage
from gateway.ports import Raw


@dataclass(frozen=True, slots=True)
class Origin:
    """The raw that a trace is about."""

    source: str
    lane: str
    key: str

    @classmethod
    def of(cls, known: Raw | Provenance) -> Origin:
        """Return the origin of a raw, or of the message that was made of it."""
        return cls(known.source, known.lane, known.key)


@dataclass(frozen=True, slots=True)
class Name:
    """The ids of a trace and of its first span, of 16 and 8 bytes."""

    trace: int
    span: int


def name(secret: bytes, origin: Origin) -> Name:
    """Name the trace of a raw; with a secret, for nobody shall be able to try addresses against a trace's id."""
    # Each part is preceded by its length: no two origins are written alike.
    parts = b"".join(
        len(part).to_bytes(4, "big") + part for part in map(_bytes, (origin.source, origin.lane, origin.key))
    )
    digest = hmac.digest(secret, b"trace" + parts, hashlib.sha256)
    # Zero is no id (W3C Trace Context, sections 3.2.2.3 and 3.2.2.4).
    return Name(int.from_bytes(digest[:16], "big") or 1, int.from_bytes(digest[16:24], "big") or 1)


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


@dataclass(frozen=True, slots=True)
class Facts:
    """All that a span may tell of its work."""

    source: str = ""
    target: str = ""
    kind: str = ""
    outcome: str = ""
    attempts: int = 0
    size: int = 0


class Tracer:
    """What the engine calls; this one keeps nothing."""

    def fetched(self, origin: Origin, began: datetime, ended: datetime, facts: Facts) -> None:
        """Begin the trace of a raw: its page was fetched and stored between these instants."""

    @contextmanager
    def span(self, stage: Stage, origin: Origin, facts: Facts | None = None) -> Iterator[None]:
        """Trace a stage's work on one raw, also when it fails."""
        yield

    def took(self, stage: Stage, origin: Origin, began: datetime, ended: datetime, facts: Facts) -> None:
        """Trace work on a raw that was done in a batch, between these instants."""
