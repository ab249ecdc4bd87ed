"""Known incidents: what operators say is disturbed, which cases it concerns, and what its users are told.

Values and the port alone. Not here: how cases are matched (`gateway.casework.matching`), how rows are kept
(`gateway.store.incidents`), who is told at the end (`gateway.announcing`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from pydantic import AwareDatetime, Field

from gateway.case import Case, Frozen

if TYPE_CHECKING:
    from gateway.queues import Act

ENGLISH = "en"


class Incident(Frozen):
    """One disturbance. A case belongs to it that meets each condition that is not empty; texts are by language."""

    number: int = 0
    title: Mapping[str, str] = Field(description="What it is called, by language; in English at least.")
    text: Mapping[str, str] = Field(default_factory=dict, description="What a receipt says of it beside its title.")
    ending: Mapping[str, str] = Field(default_factory=dict, description="What users are told beside that it is over.")
    categories: tuple[str, ...] = ()
    networks: tuple[str, ...] = ()
    assets: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    terms: tuple[str, ...] = Field(default=(), description="Words, of which the user's message has one.")
    expected: AwareDatetime | None = Field(default=None, description="When it is expected to be over.")
    opened_at: AwareDatetime
    ended_at: AwareDatetime | None = None

    @property
    def name(self) -> str:
        """Its title for agents and operators."""
        return self.title.get(ENGLISH) or next(iter(self.title.values()), "")

    @property
    def is_for_all(self) -> bool:
        """Whether it has no condition at all."""
        named = (self.categories, self.networks, self.assets, self.languages, self.channels, self.regions, self.terms)
        return not any(named)


@dataclass(frozen=True, slots=True)
class IncidentCase:
    """A case belongs to an incident; `told`: what there is to say at its end has been decided on."""

    incident: int
    case_id: str
    told: bool = False


@dataclass(frozen=True, slots=True)
class Reach:
    """How many cases an incident has, and to how many of them its end has come."""

    cases: int
    told: int


@dataclass(frozen=True, slots=True)
class Candidate:
    """A case that an incident may concern, with what its user wrote."""

    case: Case
    text: str


class Incidents(Protocol):
    """The incidents of one store."""

    async def open(self, incident: Incident, act: Act) -> Incident:
        """Keep a new one; return it with its number."""
        ...

    async def change(self, incident: Incident, act: Act) -> bool:
        """Write one as it is now; returns False where none of its number is open."""
        ...

    async def end(self, number: int, ending: Mapping[str, str], act: Act) -> bool:
        """End one, with what its users are told besides; returns False where none of that number is open."""
        ...

    async def get(self, number: int) -> Incident | None:
        """Return one."""
        ...

    async def page(self, limit: int, *, ended: bool) -> Sequence[Incident]:
        """Return those that are open, newest first; with `ended` the others as well."""
        ...

    async def reach(self, numbers: Sequence[int]) -> Mapping[int, Reach]:
        """Return how many cases each has."""
        ...

    async def untold(self, after: tuple[int, str], limit: int) -> Sequence[tuple[Incident, Case]]:
        """Return cases of ended incidents whose users were not told yet, in order of (incident, case) behind that."""
        ...

    async def candidates(self, since: datetime, after: str, limit: int, *, texts: bool) -> Sequence[Candidate]:
        """Return open cases that were changed since then, in order of their numbers behind that; texts where asked."""
        ...

    async def stamp(self) -> str:
        """Return what changes whenever an incident does: cheap, to be asked again and again."""
        ...
