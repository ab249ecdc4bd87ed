"""The `[patrol]` table: how often the gateway goes on patrol, how much it looks up, and what it opens a case for."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import timedelta
from importlib.util import find_spec
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, field_validator

from gateway.case import Severity
from gateway.patrol.ports import Budgets
from gateway.patrol.servers import HOW, read_server

MOST = 999_999
_PLATFORM = re.compile(r"[a-z][a-z0-9_-]{0,31}")
_DEFAULTS = Budgets()

Budget = Annotated[int, Field(ge=0, le=MOST)]


class PatrolTable(BaseModel):
    """What the patrol of a running gateway does. Without this table there is none."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    every_hours: float = Field(default=24, ge=1, le=8760, description="Hours from one run to the next.")
    budget: Budget = Field(
        default=_DEFAULTS.handles, description="Handles looked up on each platform in a run; 0 for none."
    )
    platforms: Mapping[str, Budget] = Field(
        default_factory=dict, description="Platforms with a budget of their own instead, by name."
    )
    domains: Budget = Field(default=_DEFAULTS.domains, description="Domains looked up in a run; 0 for none.")
    dns: tuple[str, ...] = Field(
        default=(), max_length=8, description="DNS servers to ask instead of the system's: ADDRESS or ADDRESS#PORT."
    )
    from_severity: Severity = Field(
        default=Severity.WARNING, description="Milder look-alikes are remembered and logged, and open no case."
    )

    @field_validator("platforms", mode="after")
    @classmethod
    def _names(cls, value: Mapping[str, int]) -> Mapping[str, int]:
        if any(_PLATFORM.fullmatch(name) is None for name in value):
            raise ValueError("name the platforms as the directory does, as in { x = 200, telegram = 50 }")
        return value

    @field_validator("dns", mode="after")
    @classmethod
    def _servers(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        try:
            for each in value:
                read_server(each)
        except ValueError:
            raise ValueError(f"one of them is no DNS server; {HOW}") from None
        return value

    @property
    def every(self) -> timedelta:
        """From one run to the next."""
        return timedelta(hours=self.every_hours)

    @property
    def budgets(self) -> Budgets:
        """What a run may look up."""
        return Budgets(self.domains, self.budget, self.platforms)

    @property
    def servers(self) -> tuple[tuple[str, int], ...]:
        """The DNS servers as addresses and ports."""
        return tuple(read_server(each) for each in self.dns)


def unequipped() -> Iterator[tuple[str, str]]:
    """Yield what a patrol lacks here."""
    if find_spec("dns") is None:
        yield "patrol", "needs a library that is not installed: pip install 'gatehouse[patrol]'"
