"""What a place for blobs must do: keep sealed bytes under names, whole or not at all.

Not here: what the bytes are. Sealing, hashing and naming are `gateway.store.blobs.Blobs`', the same for every place.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Protocol

from gateway.store.seal import DamagedError

ABANDONED = timedelta(days=1)
"""Age beyond which what was never finished is taken for left behind by a writer that was killed."""


class MissingBlobError(DamagedError):
    """There is no blob of that name."""


class Draft(Protocol):
    """Bytes on their way to a shelf; nobody sees them before `keep`, and nothing is left of them without it."""

    def write(self, sealed: bytes) -> None:
        """Add bytes. Raises `TransientError` when they cannot be taken now."""
        ...

    def keep(self, name: str, *, replace: bool) -> None:
        """Make all that was written visible under the name, at once and durably; called at most once, as the last.

        What stands there already stays, unless it is to be replaced: then readers find the one or the other, whole.
        """
        ...


class Shelf(Protocol):
    """A place for blobs. Every method may be called from several threads and processes at once.

    Each raises `TransientError` when the place does not answer, `AuthError` when it refuses our credential and
    `ConfigError` when it cannot be as it is configured; nothing is tried twice here.
    """

    def prepare(self) -> None:
        """Make the place ready, without a call over the network."""
        ...

    def draft(self) -> AbstractContextManager[Draft]:
        """Begin a blob; leaving the context without `keep` discards it."""
        ...

    def read(self, name: str, first: int | None = None) -> Iterator[bytes]:
        """Yield a blob in pieces of at most 1 MiB, or only its first bytes. Raises `MissingBlobError`.

        A blob that is replaced or deleted meanwhile is read to its end, or ends in `TransientError`.
        """
        ...

    def has(self, name: str) -> bool:
        """Whether a blob stands there, durably."""
        ...

    def delete(self, name: str) -> None:
        """Remove a blob; one that is not there is removed already."""
        ...

    def names(self) -> Iterator[str]:
        """Yield the names of all blobs, in no order; those put or deleted meanwhile may be among them or not."""
        ...

    def sweep(self, older_than: timedelta = ABANDONED) -> int:
        """Remove what writers that were killed left behind unfinished; returns how many there were."""
        ...

    def close(self) -> None:
        """Let go of connections."""
        ...
