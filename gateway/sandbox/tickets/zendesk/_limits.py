"""What the emulated Zendesk lets a caller do in a minute, counted on the shared clock.

Figures: https://developer.zendesk.com/api-reference/introduction/rate-limits/
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from gateway.ports import Clock

MINUTE = 60.0
TICKET_UPDATES = 30
TICKET_WINDOW = 600.0


class Windows:
    """Counts calls in windows that begin with the clock's full minutes; `allowed` by the calls' name."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._counts: Counter[tuple[str, int]] = Counter()

    def take(self, name: str, allowed: int, per: float = MINUTE) -> int | None:
        """Take one call; return None, or the seconds to wait when there is none left."""
        key = (name, self._window(per))
        if self._counts[key] >= allowed:
            return self.resets(per)
        self._counts[key] += 1
        return None

    def left(self, name: str, allowed: int, per: float = MINUTE) -> int:
        """Return how many calls are left in this window."""
        return max(0, allowed - self._counts[name, self._window(per)])

    def resets(self, per: float = MINUTE) -> int:
        """Return the whole seconds to the next window, at least one."""
        now = self._clock.now().timestamp()
        return max(1, int((int(now // per) + 1) * per - now + 0.999))

    def _window(self, per: float) -> int:
        return int(self._clock.now().timestamp() // per)


def stamp(at: datetime) -> str:
    """Return a time as Zendesk writes it: in whole seconds of UTC."""
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")
