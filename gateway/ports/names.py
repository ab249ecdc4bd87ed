"""The names and the clock that every interface uses."""

from __future__ import annotations

from datetime import datetime
from typing import NewType, Protocol

Key = NewType("Key", str)
"""Names one delivery of a raw, or one effect; equal when it is delivered or attempted again."""


Cursor = NewType("Cursor", str)
"""A place in a stream, opaque to all but the connector that made it."""


StreamId = NewType("StreamId", str)
"""A part of a source with a cursor of its own: an IMAP folder, the mentions of an account."""


Handle = NewType("Handle", str)
"""A public account name, without @."""


FileRef = NewType("FileRef", str)
"""A file on the platform, opaque to all but its connector."""


TicketRef = NewType("TicketRef", str)
"""A ticket in a backend, opaque to all but that backend."""


class Clock(Protocol):
    """Time, injected: nothing in the gateway reads the system's clock or sleeps by itself."""

    def now(self) -> datetime:
        """Return the present instant, aware, in UTC."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Wait that long."""
        ...
