"""What a patrol finds, remembers and reports; values alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple

from gateway.case import Severity
from gateway.trust.entries import platform_title

EXIT_NOTHING_NEW, EXIT_FOUND, EXIT_UNCHECKED = 0, 3, 5

THERE, ABSENT, SUSPENDED = "there", "absent", "suspended"
"""What the fact `state` says of any subject."""


class Kind(StrEnum):
    """What a subject is."""

    ACCOUNT = "account"
    """An official account."""
    DOMAIN = "domain"
    """An official domain."""
    ALIKE_ACCOUNT = "look_alike_account"
    ALIKE_DOMAIN = "look_alike_domain"
    MEMBER = "member"
    """Of a group that the desk is in; never remembered."""

    @property
    def is_ours(self) -> bool:
        """Whether it stands in the directory."""
        return self in (Kind.ACCOUNT, Kind.DOMAIN)


class Subject(NamedTuple):
    """What is looked at. `platform` is empty for domains; `value` is a handle or a domain, in lower case."""

    kind: Kind
    value: str
    platform: str = ""

    @property
    def shown(self) -> str:
        """It as a person writes it."""
        return f"@{self.value} on {platform_title(self.platform)}" if self.platform else self.value


@dataclass(frozen=True, slots=True)
class Alike:
    """Whom a look-alike resembles, and how it was thought of.

    `of` is the official account or domain as a person writes it, `plausibility` (0 to 1) how likely an impostor takes
    such a name at all.
    """

    brand: str
    of: str
    technique: str
    plausibility: float


@dataclass(frozen=True, slots=True)
class Seen:
    """What was found of one subject.

    A fact that is missing could not be checked; one that is empty was checked, and there is nothing. `first_at` is when
    the subject was first found, `at` when it was last looked at.
    """

    subject: Subject
    brand: str
    facts: Mapping[str, str]
    first_at: datetime
    at: datetime
    alike: Alike | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """Something that is otherwise than it was, or than it has to be.

    `code` is stable, for programs; `fact` is what it was told from; `reason` is one sentence for a person. `before` and
    `after` are what was found, word for word: text of others may stand in them.
    """

    code: str
    subject: Subject
    brand: str
    severity: Severity
    fact: str
    reason: str
    before: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class Unseen:
    """What could not be checked, and why. `part` is an account, a domain, or a whole search."""

    part: str
    reason: str


@dataclass(frozen=True, slots=True)
class Impersonation:
    """An account or domain that may pass for one of ours: what a case and a request for takedown need.

    `kind` is `handle`, `domain` or `member` (of a group of ours); `evidence` are pairs of a name and what was found;
    `confidence` is our judgement of how strong the signs are, not a probability.
    """

    kind: str
    value: str
    of: str
    technique: str
    evidence: tuple[tuple[str, str], ...]
    url: str
    first_seen: datetime
    platform: str = ""
    brand: str = ""
    confidence: float = 0.0
    severity: Severity = Severity.NOTICE


class Place(NamedTuple):
    """Where a search stands: the plausibility and the name that it came to, and how often it went round."""

    plausibility: float
    value: str
    turns: int = 0


BEGINNING = Place(2.0, "")
"""Before every candidate."""


@dataclass(frozen=True, slots=True)
class Memory:
    """What one run leaves for the next: what was found, and where each search stands."""

    seen: Mapping[Subject, Seen] = field(default_factory=lambda: MappingProxyType({}))
    places: Mapping[str, Place] = field(default_factory=lambda: MappingProxyType({}))
    ran_at: datetime | None = None


class Coverage(NamedTuple):
    """How far a search came in this run.

    `untold` are names of which the platform or the DNS tells nothing; `turns` is how often it has gone round in all.
    """

    search: str
    looked_up: int
    found: int
    untold: int
    turns: int


@dataclass(frozen=True, slots=True)
class Report:
    """What one run says. `changes` are new, `standing` is what was so last time and still is."""

    at: datetime
    changes: tuple[Change, ...] = ()
    standing: tuple[Change, ...] = ()
    unchecked: tuple[Unseen, ...] = ()
    impersonations: tuple[Impersonation, ...] = ()
    coverage: tuple[Coverage, ...] = ()

    @property
    def exit_status(self) -> int:
        """What the command ends with: what is new counts for more than what could not be checked."""
        if self.changes:
            return EXIT_FOUND
        return EXIT_UNCHECKED if self.unchecked else EXIT_NOTHING_NEW
