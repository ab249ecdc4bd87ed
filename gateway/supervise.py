"""Keeps every part of the engine running: one task a part, backoff after failures, shutdown in order.

What a plugin raised stops nothing but its own part for a while; what the store raised stops everything, loudly. Parts
may come and go while the others run; those of a source run only while this node owns it.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Collection, Coroutine
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from gateway.clock import Bell
from gateway.dispatch import Report
from gateway.errors import AuthError, ConfigError, CreditsError, GatewayError, RateLimitedError, TransientError
from gateway.health import Health
from gateway.intake import Intake, SourceError
from gateway.nodes import NotOwnerError
from gateway.ports import Clock
from gateway.retry import RetryPolicy, backoff_secs

log = structlog.get_logger()

IDLE_SECS = 30.0
"""The longest a worker waits without looking whether something came due."""

BUSY_PAGES = 3
"""So many empty pages in a row may come at once."""
CUT_OFF_SECS = 2.0
"""How long a part that was cut off may take to end."""
PRESSED_SECS = 5.0
"""How long a source waits before it looks again whether there is room for what it would bring."""

Step = Callable[[], Awaitable[int]]
"""Does some of the work of a queue; returns how much."""
Due = Callable[[], Awaitable[datetime | None]]
"""Returns when more work comes due."""


class PressedError(TransientError):
    """There is no room for what a source would bring."""

    action = "free some disk, or ask for less with engine.least_free_bytes"


class PartEndedError(Exception):
    """A part of the engine ended by itself: a fault of ours."""


@dataclass(slots=True, eq=False)
class _Part:
    """One part, and its task while it runs."""

    name: str
    work: Callable[[_Part], Coroutine[None, None, None]]
    bell: Bell
    group: str
    source: str | None
    """Runs only on the node that owns this source; None runs on every node."""
    fetches: bool = False
    """Is ended where it stands, since what it was handed is handed out again; other parts end their step first."""
    ending: bool = False
    news: bool = False
    """There is something to fetch that came after the last fetch began."""
    resting: bool = False
    """Waits for news, not for the end of a failure."""
    task: asyncio.Task[None] | None = None

    def end(self) -> None:
        """Tell the part to end; its task does so soon."""
        self.ending = True
        if self.fetches and self.task is not None:
            self.task.cancel()
        self.bell.ring()


@dataclass(slots=True)
class _Outcome:
    """How the parts ended that were not told to."""

    over: asyncio.Event = field(default_factory=asyncio.Event)
    error: BaseException | None = None
    names: list[str] = field(default_factory=list)


class Supervisor:
    """Runs parts until it is told to stop. `line_cap_secs` bounds the wait before a failed source is tried again.

    `pressed` says why nothing more can be taken in for now, if so. A part's `group` is what it is taken out by.
    """

    def __init__(
        self,
        clock: Clock,
        retry: RetryPolicy,
        rng: random.Random,
        health: Health,
        shutdown_secs: float,
        line_cap_secs: float = 60.0,
        pressed: Callable[[], str | None] = lambda: None,
    ) -> None:
        self._clock = clock
        self._retry = retry
        self._line = RetryPolicy(retry.base_secs, line_cap_secs, probe_secs=retry.probe_secs)
        self._rng = rng
        self._health = health
        self._shutdown_secs = shutdown_secs
        self._pressed = pressed
        self._parts: dict[str, _Part] = {}
        self._owned: frozenset[str] | None = None
        self._running = False
        self._ended = _Outcome()

    def add_source(
        self, name: str, intake: Intake, pause: timedelta, bell: Bell, *, group: str = "", source: str | None = None
    ) -> None:
        """Run the intake of one stream; `bell` ends its pause early."""

        async def work(part: _Part) -> None:
            await self._run_source(part, intake, pause)

        self._add(_Part(name, work, bell, group, source, fetches=True))

    def add_worker(
        self,
        name: str,
        step: Step,
        due: Due,
        bell: Bell,
        *,
        group: str = "",
        source: str | None = None,
        finish: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        """Run a part that works off a queue: `step` returns how much it did, `due` when more comes due.

        `finish` does at an orderly end what a step has begun for the next one.
        """

        async def work(part: _Part) -> None:
            await self._run_worker(part, step, due)
            if finish is not None:
                await finish()
            self._health.stopped(name)

        self._add(_Part(name, work, bell, group, source))

    def add_dispatcher(
        self,
        name: str,
        step: Callable[[Report], Awaitable[int]],
        due: Due,
        bell: Bell,
        *,
        group: str = "",
        most_secs: float = float("inf"),
    ) -> None:
        """Run a part that delivers to one target; it pauses as a whole while that is at fault, `most_secs` at most."""
        target = _Target(self, name, most_secs)

        async def work(part: _Part) -> None:
            async def once() -> int:
                await target.wait(part)
                return 0 if part.ending else await step(target.report)

            await self._run_worker(part, once, due)
            self._health.stopped(name)

        self._add(_Part(name, work, bell, group, None))

    def add_listener(
        self, name: str, listen: Callable[[], AbstractAsyncContextManager[None]], bell: Bell, *, group: str = ""
    ) -> None:
        """Run what listens while its context lasts, on every node; where it cannot listen it tries again."""

        async def work(part: _Part) -> None:
            await self._run_listener(part, listen)

        self._add(_Part(name, work, bell, group, None, fetches=True))

    def wake(self, name: str) -> None:
        """There is news for a source: its pause ends early, but no wait after a failure; nothing if it does not run."""
        part = self._parts.get(name)
        if part is None or part.task is None:
            return
        part.news = True
        if part.resting:
            part.bell.ring()

    def own(self, sources: Collection[str]) -> None:
        """Run the parts of these sources from now on, and of no others; before the first call, those of all."""
        self._owned = frozenset(sources)
        for part in self._parts.values():
            self._settle(part)

    async def remove(self, group: str) -> None:
        """End the parts of a group in order and forget them; returns when none of them runs any more."""
        gone = [part for part in self._parts.values() if part.group == group]
        for part in gone:
            del self._parts[part.name]
        await self._end(gone)
        for part in gone:
            self._health.forget(part.name)

    async def run(self, stop: asyncio.Event) -> None:
        """Run all parts until `stop` is set, then end them in order; raise what the store raised."""
        self._running = True
        for part in self._parts.values():
            self._settle(part)
        waits = [asyncio.create_task(event.wait()) for event in (stop, self._ended.over)]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._running = False
            for wait in waits:
                wait.cancel()
            await self._end(self._parts.values())
        if self._ended.error is not None:
            raise self._ended.error
        if self._ended.names and not stop.is_set():
            raise PartEndedError(f"a part ended without being told to: {', '.join(sorted(self._ended.names))}")

    def _add(self, part: _Part) -> None:
        self._parts[part.name] = part
        self._settle(part)

    def _settle(self, part: _Part) -> None:
        """Start or end a part, as is due; one that still ends is started when it has."""
        ours = part.source is None or self._owned is None or part.source in self._owned
        if part.task is not None:
            if not ours:
                part.end()
        elif ours and self._running and self._parts.get(part.name) is part:
            part.ending = False
            part.task = asyncio.create_task(part.work(part), name=part.name)
            part.task.add_done_callback(lambda task: self._note_end(part, task))

    def _note_end(self, part: _Part, task: asyncio.Task[None]) -> None:
        part.task = None
        error = None if task.cancelled() else task.exception()
        if isinstance(error, NotOwnerError) and part.source is not None:
            self._give_up(part)
        elif error is not None:
            self._ended.error = self._ended.error or error
            self._ended.over.set()
        elif not part.ending:
            self._ended.names.append(part.name)
            self._ended.over.set()
        else:
            self._settle(part)
            if part.fetches and part.task is None:
                self._health.stopped(part.name)

    def _give_up(self, part: _Part) -> None:
        """Another node owns the source: its part rests until this node is told that it owns it again."""
        log.info("part.given_up", part=part.name)
        if self._owned is not None and part.source is not None:
            self._owned -= {part.source}
        self._health.stopped(part.name)

    async def _end(self, parts: Collection[_Part]) -> None:
        """Take nothing more in, let what is under way end, then cut off what does not; all within the one time."""
        deadline = asyncio.get_running_loop().time() + self._shutdown_secs
        running = [(part, part.task) for part in parts if part.task is not None]
        for part, _ in running:
            part.end()
        if fetching := [task for part, task in running if part.fetches]:
            _, deaf = await asyncio.wait(fetching, timeout=self._shutdown_secs)
            for task in deaf:
                log.error("part.deaf", part=task.get_name())
        if working := [task for part, task in running if not part.fetches]:
            left = max(deadline - asyncio.get_running_loop().time(), 0.0)
            _, late = await asyncio.wait(working, timeout=left)
            for task in late:
                log.warning("part.cut_off", part=task.get_name())
                task.cancel()
            if late:
                # Bounded too: what does not even take a cancellation holds nobody up.
                _, deaf = await asyncio.wait(late, timeout=CUT_OFF_SECS)
                for task in deaf:
                    log.error("part.deaf", part=task.get_name())

    async def _run_source(self, part: _Part, intake: Intake, pause: timedelta) -> None:
        name = part.name
        self._health.starting(name)
        failures, resumed = 0, False
        # A plugin may swallow the cancellation that ends this part, or turn it into an error of its own.
        while not part.ending:
            await self._wait_for_room(part)
            try:
                if not resumed:
                    await intake.resume()
                    resumed = True
                begun = self._clock.now()
                part.news = False
                more = await intake.step()
            except SourceError as error:
                if part.ending:
                    break
                failures += 1
                await self._fail(name, error.cause, failures, part.bell)
                continue
            failures = 0
            self._health.well(name)
            rest = intake.pause if intake.pause is not None else pause
            if not more and rest and not part.news:
                await self._rest(part, rest, fixed=intake.pause is not None)
            if intake.empty_pages > BUSY_PAGES and self._clock.now() - begun < timedelta(seconds=1):
                # A source that says that there is news and has none, again and again, must not become a hot loop.
                await self._clock.sleep(1.0)

    async def _run_listener(self, part: _Part, listen: Callable[[], AbstractAsyncContextManager[None]]) -> None:
        self._health.starting(part.name)
        failures = 0
        while not part.ending:
            try:
                async with listen():
                    failures = 0
                    self._health.well(part.name)
                    while not part.ending:
                        await part.bell.wait(None)
            except Exception as error:  # noqa: BLE001 - one that cannot listen stops nobody else
                failures += 1
                await self._fail(part.name, error, failures, part.bell)

    async def _rest(self, part: _Part, rest: timedelta, *, fixed: bool) -> None:
        """Wait; a `fixed` pause, which the plugin asked for, is ended by news alone, not by who rings every bell."""
        until, part.resting = self._clock.now() + rest, True
        try:
            await part.bell.wait(rest.total_seconds())
            while fixed and not (part.ending or part.news) and (left := until - self._clock.now()) > timedelta(0):
                await part.bell.wait(left.total_seconds())
        finally:
            part.resting = False

    async def _wait_for_room(self, part: _Part) -> None:
        """Leave with the platform what there is no room for: it keeps it better than a full disk does."""
        told = False
        while (why := self._pressed()) is not None and not part.ending:
            if not told:
                log.warning("part.pressed", part=part.name, reason=why)
                told = True
            again = self._clock.now() + timedelta(seconds=PRESSED_SECS)
            self._health.ill(part.name, PressedError(f"nothing is taken in: {why}"), again)
            await part.bell.wait(PRESSED_SECS)

    async def _fail(self, name: str, error: Exception, failures: int, bell: Bell) -> None:
        secs = self.wait_secs(error, failures)
        self._health.ill(name, error, self._clock.now() + timedelta(seconds=secs))
        log.warning(
            "part.failed", part=name, error=type(error).__name__, reason=_reason(error), again_in_secs=round(secs, 1)
        )
        await bell.wait(secs)

    def wait_secs(self, error: Exception, failures: int) -> float:
        """Return how long a whole part waits after that many failures in a row."""
        match error:
            case RateLimitedError():
                return error.retry_after.total_seconds()
            case AuthError() | ConfigError() | CreditsError():
                return min(self._line.probe_secs * 2.0 ** min(failures - 1, 4), 3600.0)
            case _:
                # Never at once: a source that fails without delay must not become a hot loop.
                return max(backoff_secs(failures, self._line, self._rng), 0.1)

    async def _run_worker(self, part: _Part, step: Step, due: Due) -> None:
        self._health.starting(part.name)
        while not part.ending:
            more = await step()
            self._health.idle(part.name)
            if more:
                continue
            if part.ending:
                break
            at = await due()
            await part.bell.wait(_until(at, self._clock.now()))

    def note(self, name: str, error: Exception, again: datetime) -> None:
        """Record that a target is at fault and when it is tried again."""
        self._health.ill(name, error, again)
        log.warning("part.failed", part=name, error=type(error).__name__, reason=_reason(error))

    def note_well(self, name: str) -> None:
        """Record that a target took something."""
        self._health.well(name)

    def now(self) -> datetime:
        """Return the present instant."""
        return self._clock.now()


class _Target:
    """Whether one target is at fault, and until when it is left alone."""

    def __init__(self, supervisor: Supervisor, name: str, most_secs: float) -> None:
        self._supervisor = supervisor
        self._name = name
        self._most_secs = most_secs
        self._failures = 0
        self._until: datetime | None = None

    def report(self, error: Exception | None, again: datetime | None) -> None:
        if error is None:
            self._failures = 0
            self._until = None
            self._supervisor.note_well(self._name)
            return
        self._failures += 1
        secs = min(self._supervisor.wait_secs(error, self._failures), self._most_secs)
        self._until = self._supervisor.now() + timedelta(seconds=secs)
        self._supervisor.note(self._name, error, self._until)

    async def wait(self, part: _Part) -> None:
        while self._until is not None and not part.ending:
            left = (self._until - self._supervisor.now()) / timedelta(seconds=1)
            if left <= 0:
                break
            await part.bell.wait(left)


def _until(at: datetime | None, now: datetime) -> float:
    if at is None:
        return IDLE_SECS
    return min(max((at - now) / timedelta(seconds=1), 0.0), IDLE_SECS)


def _reason(error: Exception) -> str:
    return str(error) if isinstance(error, GatewayError) else ""
