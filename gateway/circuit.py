"""How much a ticket system is asked to take: after failures in a row no more than one write, until one is taken.

Pure but for what it remembers. When it is tried again is the supervisor's affair; this says how much.
"""

from __future__ import annotations

from enum import StrEnum

OPENS_AFTER = 3
"""So many failures of the whole ticket system in a row open the circuit."""


class CircuitState(StrEnum):
    """What may go through."""

    CLOSED = "closed"
    OPEN = "open"
    """Nothing but one trial after each wait."""
    HALF_OPEN = "half_open"
    """A trial was taken; batches grow again."""


class Circuit:
    """The breaker before one ticket system. `most` is the size of a full batch."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._failures = 0
        self._size = most

    @property
    def state(self) -> CircuitState:
        """What may go through now."""
        if self._failures >= OPENS_AFTER:
            return CircuitState.OPEN
        return CircuitState.CLOSED if self._size == self._most else CircuitState.HALF_OPEN

    @property
    def size(self) -> int:
        """How many writes may be tried at once now."""
        return 1 if self._failures >= OPENS_AFTER else self._size

    def failed(self) -> None:
        """The whole ticket system failed: less is at stake the next time."""
        self._failures += 1
        self._size = max(1, self._size // 2)

    def well(self) -> None:
        """It took something: the batches grow again."""
        self._failures = 0
        self._size = min(self._most, self._size * 2)
