"""What a patrol needs from outside: DNS, certificates, memory, sightings of members; each fails with a reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from gateway.limits import Gate
from gateway.patrol.values import Impersonation, Memory
from gateway.ports import Resolver


@dataclass(frozen=True, slots=True)
class Failed:
    """It could not be checked; `reason` is one sentence without a full stop, for the operator."""

    reason: str


@dataclass(frozen=True, slots=True)
class Records:
    """What the DNS answered to one question.

    `values` are the records in presentation form (TXT: the strings joined, without quotes), sorted; none with `exists`
    means that the name has no record of that type, and with `exists` False that there is no such name. `validated`: the
    resolver says that DNSSEC vouches for the answer (AD, RFC 4035 3.2.3).
    """

    values: tuple[str, ...] = ()
    exists: bool = True
    validated: bool = False


class Dns(Protocol):
    """Asks the DNS."""

    async def ask(self, name: str, kind: str) -> Records | Failed:
        """Ask for the records of a type (`A`, `TXT`, ...) of a name in ASCII; ends by a deadline, raises nothing."""
        ...


@dataclass(frozen=True, slots=True)
class Certificate:
    """What a web server showed of itself.

    `names` are its DNS names; `matches` tells whether the host is among them, `doubt` why the chain is not to be
    trusted (empty when it is).
    """

    until: datetime
    names: tuple[str, ...]
    issuer: str
    matches: bool
    doubt: str = ""


class Certificates(Protocol):
    """Looks at the certificates of web servers."""

    async def look(self, host: str, addresses: Sequence[str]) -> Certificate | Failed:
        """Connect to one of the addresses as for that host; ends by a deadline, raises nothing."""
        ...


class PatrolLog(Protocol):
    """Keeps what one run leaves for the next."""

    async def load(self) -> Memory:
        """Return what the last run kept; empty before the first."""
        ...

    async def save(self, memory: Memory) -> None:
        """Keep it instead of what was kept before; whole or not at all."""
        ...


class Sightings(Protocol):
    """What is known of impostors seen in groups that the desk is in."""

    async def since(self, at: datetime | None) -> Sequence[Impersonation] | Failed:
        """Return those seen after that time, all that are known without one; raises nothing."""
        ...


@dataclass(frozen=True, slots=True)
class Looker:
    """A channel that looks accounts up, and what stands before its calls."""

    resolver: Resolver
    gate: Gate | None = None


Lookers = Mapping[str, tuple[Looker, ...]]
"""By platform. What one channel of a platform cannot tell another may."""


@dataclass(frozen=True, slots=True)
class Budgets:
    """How many look-alikes one run looks up: handles on each platform, and domains; nothing with 0."""

    domains: int = 1000
    handles: int = 100
    platforms: Mapping[str, int] = field(default_factory=dict)
    """Where a platform has a budget of its own instead."""

    def of_platform(self, platform: str) -> int:
        """Return the budget of a platform."""
        return self.platforms.get(platform, self.handles)
