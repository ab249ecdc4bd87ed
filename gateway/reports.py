"""Accounts, addresses and sites pointed out as impostors: what is kept of each, and an operator's ruling on it.

What an operator confirms counts as a reported scam from then on, beside the directory's own lists. Not here: how one is
recognised (`gateway.trust`), how rows are kept (`gateway.store.reports`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from gateway.queues import Act


class Origin(StrEnum):
    """Who pointed it out."""

    USER = "user"
    """A user, by a report made step by step."""
    FINDING = "finding"
    """Trust, in a message."""
    PATROL = "patrol"


class Ruling(StrEnum):
    """What an operator made of it."""

    OPEN = "open"
    CONFIRMED = "confirmed"
    REFUSED = "refused"


CASE = "case"
"""The kind of an alarm that names nobody, a forged sender for one; its value is the number of the case."""


@dataclass(frozen=True, slots=True)
class Accusation:
    """One impostor pointed out once. `kind` is handle (on a platform), mail, domain, link, phone, wallet or `CASE`.

    The technique of a case is the code of what was found in it.
    """

    kind: str
    value: str
    platform: str = ""
    brand: str = ""
    technique: str = ""
    reason: str = ""
    """One sentence, in English; holds no user's words."""
    origin: Origin = Origin.FINDING
    case_id: str = ""
    alarm: bool = True
    """Whether operators are told that it waits for a ruling."""

    @property
    def name(self) -> tuple[str, str, str]:
        """What tells it from others."""
        return self.kind, self.platform, self.value


@dataclass(frozen=True, slots=True)
class Report:
    """All that is known of one impostor. `times` counts the cases that point it out, `case_id` is the last of them."""

    number: int
    accused: Accusation
    times: int
    first_at: datetime
    last_at: datetime
    ruling: Ruling = Ruling.OPEN
    ruled_by: str = ""
    ruled_at: datetime | None = None
    note: str = ""


class Reports(Protocol):
    """The reports of one store."""

    async def add(self, accusations: Sequence[Accusation]) -> None:
        """Count accusations, besides those that come with a decision.

        Further ones of the case that pointed it out last count nothing; an empty brand, technique or reason is filled
        from a later one. A case that was ruled on waits anew.
        """
        ...

    async def page(self, ruling: Ruling | None, limit: int) -> Sequence[Report]:
        """Return reports, those that were pointed out most often first."""
        ...

    async def get(self, number: int) -> Report | None:
        """Return one."""
        ...

    async def rule(self, number: int, ruling: Ruling, act: Act) -> bool:
        """Rule on one, over whatever was ruled before; returns whether there is such a report."""
        ...

    async def confirmed(self) -> Sequence[Report]:
        """Return all that are confirmed, oldest ruling first."""
        ...

    async def alarming(self) -> int:
        """Return how many wait for a ruling of which operators are told."""
        ...

    async def stamp(self) -> str:
        """Return what changes with every ruling: cheap, to be asked again and again."""
        ...
