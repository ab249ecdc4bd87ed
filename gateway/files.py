"""The files that platforms keep apart from their messages, as the gateway keeps them: what the store promises of them.

Not here: how they are fetched (`gateway.ports.Downloader`), any SQL or disk.
"""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from gateway.ports import Files, Originals

OF_DESK = "desk:"
HEAD_BYTES = 4096
"""So much of a file's beginning is handed back, to tell its type by."""


def of_desk(case_id: str) -> str:
    """Return under which name, in place of a message's id, the files of a case's own answers are kept, each by its
    hash. They stay until the answers that bear them have left, however old they are."""
    return f"{OF_DESK}{case_id}"


class FilePolicy(StrEnum):
    """Which files of users a ticket system is given."""

    NONE = "none"
    READABLE = "readable"
    """Text, masked; whatever cannot be read for secrets stays in the gateway."""
    PASS = "pass"  # noqa: S105 - a policy, not a password
    """Text, masked; whatever cannot be read for secrets goes as it is."""


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A file that is kept: the SHA-256 of its bytes in hex, how many they are, and the first `HEAD_BYTES` of them."""

    sha256: str
    size: int
    head: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class OpenedFile:
    """A kept file that somebody opens. `chunks` are proven whole only at their end."""

    sha256: str
    size: int
    chunks: AsyncIterator[bytes]


class FileStore(Protocol):
    """The part of the store that keeps files. Memory stays small however large a file is."""

    async def keep_file(self, message_id: str, attachment_id: str, chunks: AsyncIterable[bytes], most: int) -> KeptFile:
        """Keep the bytes that come, sealed and durable, as that attachment of that message.

        Kept once more it changes nothing when the bytes are the same; others take their place. Raises `TooLargeError`
        as soon as more than `most` bytes have come; that, and whatever `chunks` raises, leaves nothing.
        Raises `TransientError` when the disk does not take it, or it was removed as unused just then: fetch it again.
        """
        ...

    @property
    def originals(self) -> Originals:
        """Where originals go that are too large for memory."""
        ...

    @property
    def files(self) -> Files:
        """Kept files by their hash, for senders; see `Files`."""
        ...

    async def open_attachment(
        self, message_id: str, attachment_id: str, opened_by: str, reason: str, now: datetime
    ) -> OpenedFile | None:
        """Open a kept file for an operator and log the opening first; None when none was kept of that name.

        Raises `RejectedError` when its bytes are gone, with the reason; then nothing was opened.
        """
        ...
