"""The gateway on a clock that tests move, with one fault put in or none: ``python -m tests.crash.x_child CLOCK FAULT``.

Time stands still from the moment that a call is allowed until it is answered, as it does between a limit and its call.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

from connectors.x import _mentions, _messages
from connectors.x._budget import Budget
from connectors.x._raws import ACTIVITY, Maker
from gateway import app
from gateway.case import Message, Visibility
from gateway.casework.public import SUMMONED
from gateway.dispatch import ReplyDispatcher
from gateway.intake import Intake
from gateway.observe import configure
from gateway.settings import load
from tests.crash import broken
from tests.crash.x_clock import SteadyClock

CHANNEL = "x"


def hold_time_in_calls(clock: SteadyClock) -> None:
    """Let no time pass while a page is fetched and stored, or a reply sent."""
    step: Any = Intake.step
    send: Any = ReplyDispatcher._send

    async def steps(self: Intake) -> bool:
        if self._source != CHANNEL or self._stream == ACTIVITY:
            return bool(await step(self))
        with clock.held():
            return bool(await step(self))

    async def sends(self: ReplyDispatcher, *args: Any) -> Any:
        with clock.held():
            return await send(self, *args)

    Intake.step = steps  # type: ignore[method-assign]
    ReplyDispatcher._send = sends  # type: ignore[method-assign, assignment]


def _walks_in_memory(module: Any, done: Callable[[Any], Any]) -> None:
    """Keep a walk in memory alone: to a process that begins anew, it is over with its first page."""
    known: dict[str, Any] = {}
    cursor, of = module.Place.cursor.fget, module.Place.of

    def told(place: Any) -> str:
        found = str(cursor(place if place.walk is None else done(place)))
        known[found] = place
        return found

    module.Place.cursor = property(told)
    module.Place.of = classmethod(lambda cls, after: known.get(after or "") or of(after))


def moves_since_with_the_first_page() -> None:
    """B4: of mentions, the newest is the mark at once, and what older pages hold is thought to be ours."""
    _walks_in_memory(_mentions, lambda place: replace(place, since=place.walk.newest, walk=None))


def forgets_the_walk_of_messages() -> None:
    """B8: a walk of direct messages that a kill cut off is thought to have come to its end."""
    _walks_in_memory(_messages, lambda place: replace(place, done=place.walk.newest, walk=None))


def forgets_gaps() -> None:
    """B5: what the timeline does not reach is left there."""
    walked: Any = _mentions.Place._walked

    def without(self: Any, *args: Any) -> Any:
        return replace(walked(self, *args), gaps=(), fills=0)

    _mentions.Place._walked = without  # type: ignore[method-assign, assignment]


def reserves_nothing() -> None:
    """B9: calls are made without a look at what was called before."""

    async def free(self: Intake) -> None:
        """Nothing is reserved."""

    Intake._reserve = free  # type: ignore[method-assign]


def keys_by_the_page() -> None:
    """What is given out twice bears another key the second time."""
    made: Any = Maker._raw

    def raw(self: Maker, stream: Any, key: Any, *args: Any) -> Any:
        return made(self, stream, type(key)(f"{key}:{uuid4().hex}"), *args)

    Maker._raw = raw  # type: ignore[method-assign, assignment]


def keeps_own_posts() -> None:
    """B27: what we wrote ourselves comes in again."""
    made: Any = Maker.posts

    def posts(self: Maker, *args: Any) -> Any:
        return made(replace(self, own="1"), *args)

    Maker.posts = posts  # type: ignore[method-assign, assignment]


def answers_whoever_is_there() -> None:
    """B20: everybody is taken to have summoned us."""
    said: Any = Message.said

    def says(self: Message, name: str) -> Any:
        public = name == SUMMONED and self.visibility is Visibility.PUBLIC
        return said(self, name) or (("mention",) if public else ())

    Message.said = says  # type: ignore[method-assign]


def counts_no_reads() -> None:
    """B21: what is read costs nothing."""

    async def charge(self: Budget, *args: Any, **named: Any) -> None:
        """Nothing is counted."""

    Budget.charge_reads = charge  # type: ignore[method-assign]


def counts_reads_twice() -> None:
    """B21: each page is paid for twice."""
    charge: Any = Budget.charge

    async def twice(self: Budget, *args: Any, **named: Any) -> None:
        await charge(self, *args, **named)
        await charge(self, *args, **named)

    Budget.charge = twice  # type: ignore[method-assign]


FAULTS: dict[str, Callable[[], None]] = {
    "none": lambda: None,
    "forgets_doubt": broken.forgets_doubt,
    **{
        fault.__name__: fault
        for fault in (
            moves_since_with_the_first_page,
            forgets_the_walk_of_messages,
            forgets_gaps,
            reserves_nothing,
            keys_by_the_page,
            keeps_own_posts,
            answers_whoever_is_there,
            counts_no_reads,
            counts_reads_twice,
        )
    },
}


def main(clock_file: str, fault: str, config: str) -> None:
    """Run the gateway to its end."""
    clock = SteadyClock(Path(clock_file))
    hold_time_in_calls(clock)
    FAULTS[fault]()
    settings = load(Path(config))
    configure(settings.log.level, settings.log.format, settings.secrets())
    asyncio.run(app.run(settings, clock=clock))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[-1])
