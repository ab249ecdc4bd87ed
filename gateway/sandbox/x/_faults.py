"""What goes wrong on purpose, call by call."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from gateway.sandbox._http import Answer

ANY = "*"


@dataclass(frozen=True, slots=True)
class Fault:
    """How calls of a route go wrong; `status` 200 with a `body` is a wrong answer, too.

    `body`: as it goes out. `takes`: the call has its effect first. `hang`: no answer until `Faults.release`, then the
    true one. `cut`: the line drops. `times`: how many calls; `after`: how many pass first.
    """

    status: int = 503
    body: bytes = b""
    content_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)
    hang: bool = False
    takes: bool = False
    cut: bool = False
    times: int = 1
    after: int = 0

    def answer(self) -> Answer:
        """Return what the client gets instead of the truth."""
        return Answer(self.status, self.body, self.content_type, self.headers, self.cut)
