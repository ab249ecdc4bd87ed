"""When each stream was last fetched well whose platform forgets what nobody fetches; kept over restarts, for all nodes.

Not here: who is told when that is too long ago (`gateway.watching.alerts`).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from pydantic import AwareDatetime, ValidationError

from gateway.case import Frozen
from gateway.errors import GatewayError
from gateway.health import PartState
from gateway.journal import Store

log = structlog.get_logger()

MARK = "polled:"
"""How the names of the notes begin in which is kept when a part last fetched well."""
NOTED = 240
"""A note is written anew when so small a share has passed of the time that the platform keeps things."""


@dataclass(frozen=True, slots=True)
class Poll:
    """When a part last fetched well or, before it ever did, was first seen; and how long its platform keeps things."""

    part: str
    at: datetime
    keeps: timedelta

    @property
    def source(self) -> str:
        """The channel that it fetches from."""
        return self.part.partition(":")[0]


class _Noted(Frozen):
    """A note as it is stored."""

    at: AwareDatetime
    keeps_secs: float


class Polls:
    """Reads and writes the notes. `keeps` tells of the parts that fetch here, `channels` names all that are configured.

    A channel that cannot be opened now has no parts: its notes go on growing old.
    """

    def __init__(
        self, store: Store, keeps: Callable[[], Mapping[str, timedelta]], channels: Callable[[], Collection[str]]
    ) -> None:
        self._store = store
        self._keeps = keeps
        self._channels = channels

    async def look(self, parts: Sequence[PartState], now: datetime) -> tuple[Poll, ...]:
        """Return how all stand, noting what is new. Raises `TransientError` when the store cannot be read."""
        kept = await self._store.marks(MARK)
        noted = {name.removeprefix(MARK): found for name, text in kept.items() if (found := _read(text)) is not None}
        keeps = self._keeps()
        polls = {name: Poll(name, known.at, timedelta(seconds=known.keeps_secs)) for name, known in noted.items()}
        for name in _gone(polls, keeps, self._channels()):
            del polls[name]
        fetched = {part.part: part.last_success_at for part in parts}
        for name, lasts in keeps.items():
            before = noted[name].at if name in noted else None
            times = [at for at in (before, fetched.get(name)) if at is not None]
            # A clock that was set back must not let a stream seem fetched for a long time to come.
            polls[name] = Poll(name, min(max(times, default=now), now), lasts)
        await self._keep(noted, polls)
        return tuple(polls[name] for name in sorted(polls))

    async def _keep(self, noted: Mapping[str, _Noted], polls: Mapping[str, Poll]) -> None:
        changes: dict[str, str | None] = {f"{MARK}{name}": None for name in noted if name not in polls}
        for name, poll in polls.items():
            if _is_news(noted.get(name), poll):
                note = _Noted(at=poll.at, keeps_secs=poll.keeps.total_seconds())
                changes[f"{MARK}{name}"] = note.model_dump_json()
        if not changes:
            return
        try:
            await self._store.set_marks(changes)
        except GatewayError as error:
            # What is seen now holds without the note; only a restart would not know it.
            log.warning("poll.unnoted", error=type(error).__name__, reason=str(error))


def _gone(polls: Mapping[str, Poll], keeps: Mapping[str, timedelta], channels: Collection[str]) -> list[str]:
    """Return what is fetched no more: its channel is configured no more, or fetches other streams now."""
    fetched_here = {name.partition(":")[0] for name in keeps}
    return [
        name
        for name, poll in polls.items()
        if poll.source not in channels or (poll.source in fetched_here and name not in keeps)
    ]


def _is_news(noted: _Noted | None, poll: Poll) -> bool:
    if noted is None or noted.keeps_secs != poll.keeps.total_seconds():
        return True
    return poll.at < noted.at or poll.at - noted.at >= poll.keeps / NOTED


def _read(text: str) -> _Noted | None:
    try:
        return _Noted.model_validate_json(text)
    except ValidationError:
        return None
