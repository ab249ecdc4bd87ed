"""How users found our help: whom we asked, and what they said; the port to it, and the figures of many. Pure.

Not here: when somebody is asked (`gateway.casework.rating`), what counts as an answer (`gateway.casework.rated`), any
SQL.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import NamedTuple, Protocol

from pydantic import AwareDatetime, Field

from gateway.case import Frozen

BEST = 5
"""The scores are 1 to this."""
LOW = 2
"""Scores up to this say that somebody is unhappy."""
MAX_WORD = 500
"""Characters of a word that are kept."""


class Rating(Frozen):
    """One case whose user was asked how our help was; a case is asked about once."""

    case_id: str
    channel: str
    category: str = Field(default="", description="That of the case when it was asked about; empty for none.")
    language: str = "en"
    person: str = Field(default="", description="Stands for whoever was asked, and says nothing of who it is.")
    asked_at: AwareDatetime
    score: int | None = Field(default=None, ge=1, le=BEST)
    word: str = Field(default="", description="What they wrote beside it; empty once it is too old to be kept.")
    rated_at: AwareDatetime | None = Field(default=None, description="When the score was given last.")
    fresh: bool = Field(default=False, exclude=True, description="The score was given just now; not kept.")


class RatedBy(NamedTuple):
    """Asks for the ratings that a person was asked for since then."""

    person: str
    since: datetime


class Ratings(Protocol):
    """The ratings that a store keeps; they are written with the decision that they follow from."""

    async def page(self, since: datetime | None, until: datetime | None) -> Sequence[Rating]:
        """Return those asked for since then and before that, oldest first."""
        ...


@dataclass(frozen=True, slots=True)
class Figures:
    """What many ratings come to. `counts` are of each score, 1 first."""

    asked: int
    counts: tuple[int, ...]

    @property
    def answered(self) -> int:
        """How many gave a score."""
        return sum(self.counts)

    @property
    def share(self) -> float | None:
        """How many of those asked did; None when nobody was."""
        return self.answered / self.asked if self.asked else None

    @property
    def mean(self) -> float | None:
        """The mean score; None without any."""
        total = sum(score * count for score, count in enumerate(self.counts, 1))
        return total / self.answered if self.answered else None


def week_of(at: datetime) -> str:
    """Return the ISO week of an instant, such as `2026-W47`, by UTC."""
    year, week, _ = at.isocalendar()
    return f"{year:04}-W{week:02}"


def weeks_between(first: str, last: str) -> tuple[str, ...]:
    """Return all ISO weeks from one to another, both with them."""
    monday, end, found = _monday(first), _monday(last), list[str]()
    while monday <= end:
        found.append(week_of(monday))
        monday += timedelta(days=7)
    return tuple(found)


def _monday(week: str) -> datetime:
    return datetime.strptime(f"{week}-1+0000", "%G-W%V-%u%z")


def _value(rating: Rating, name: str) -> str:
    match name:
        case "channel":
            return rating.channel
        case "category":
            return rating.category
        case "language":
            return rating.language
        case _:
            return week_of(rating.asked_at)


DIMENSIONS = ("channel", "category", "language", "week")
"""What ratings can be told apart by; the week is that of the question."""


def tally(ratings: Iterable[Rating], by: Sequence[str] = ()) -> Mapping[tuple[str, ...], Figures]:
    """Return the figures of each group, in the order of their names; without `by`, of all in one."""
    asked: dict[tuple[str, ...], int] = {}
    counts: dict[tuple[str, ...], list[int]] = {}
    for each in ratings:
        group = tuple(_value(each, name) for name in by)
        asked[group] = asked.get(group, 0) + 1
        scores = counts.setdefault(group, [0] * BEST)
        if each.score is not None:
            scores[each.score - 1] += 1
    return MappingProxyType({group: Figures(asked[group], tuple(counts[group])) for group in sorted(asked)})
