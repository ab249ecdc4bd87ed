"""Keeps every part of the engine running: one task a part, backoff after failures, shutdown in order.

What a plugin raised stops nothing but its own part for a while; what the store raised stops everything, loudly.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Coroutine
from datetime import datetime, timedelta

import structlog

from gateway.clock import Bell
from gateway.dispatch import Report
from gateway.errors import AuthError, ConfigError, GatewayError, RateLimitedError
from gateway.health import Health
from gateway.intake import Intake, SourceError
from gateway.ports import Clock
from gateway.retry import RetryPolicy, backoff_secs

log = structlog.get_logger()

IDLE_SECS = 30.0
"""The longest a worker waits without looking whether something came due."""


BUSY_PAGES = 3
"""So many empty pages in a row may come at once."""


class PartEndedError(Exception):
    """A part of the engine ended by itself: a fault of ours."""


class Supervisor:
    """Runs parts until it is told to stop. `line_cap_secs` bounds the wait before a failed source is tried again."""

    def __init__(
        self,
        clock: Clock,
        retry: RetryPolicy,
        rng: random.Random,
        health: Health,
        shutdown_secs: float,
        line_cap_secs: float = 60.0,
    ) -> None:
        self._clock = clock
        self._retry = retry
        self._line = RetryPolicy(retry.base_secs, line_cap_secs, probe_secs=retry.probe_secs)
        self._rng = rng
        self._health = health
        self._shutdown_secs = shutdown_secs
        self._stopping = asyncio.Event()
        self._sources: list[tuple[str, Coroutine[None, None, None]]] = []
        self._workers: list[tuple[str, Coroutine[None, None, None]]] = []
        self._bells: list[Bell] = []

    def add_source(self, name: str, intake: Intake, pause: timedelta, bell: Bell) -> None:
        """Run the intake of one stream; `bell` ends its pause early."""
        self._bells.append(bell)
        self._sources.append((name, self._run_source(name, intake, pause, bell)))

    def add_worker(
        self, name: str, step: Callable[[], Awaitable[int]], due: Callable[[], Awaitable[datetime | None]], bell: Bell
    ) -> None:
        """Run a part that works off a queue: `step` returns how much it did, `due` when more comes due."""
        self._bells.append(bell)
        self._workers.append((name, self._run_worker(name, step, due, bell)))

    def add_dispatcher(
        self,
        name: str,
        step: Callable[[Report], Awaitable[int]],
        due: Callable[[], Awaitable[datetime | None]],
        bell: Bell,
    ) -> None:
        """Run a part that delivers to one target; it pauses as a whole while the target is at fault."""
        target = _Target(self, name)

        async def once() -> int:
            await target.wait(bell)
            return 0 if self._stopping.is_set() else await step(target.report)

        self.add_worker(name, once, due, bell)

    async def run(self, stop: asyncio.Event) -> None:
        """Run all parts until `stop` is set, then end them in order; raise what the store raised."""
        sources = [asyncio.create_task(work, name=name) for name, work in self._sources]
        workers = [asyncio.create_task(work, name=name) for name, work in self._workers]
        stopped = asyncio.create_task(stop.wait(), name="stop")
        parts = (*sources, *workers)
        ended: set[asyncio.Task[None]] = set()
        try:
            await asyncio.wait([*parts, stopped], return_when=asyncio.FIRST_COMPLETED)
            ended = {part for part in parts if part.done()}
        finally:
            await self._shut_down(sources, workers, stopped)
        for part in parts:
            if not part.cancelled() and (error := part.exception()) is not None:
                raise error
        if ended and not stop.is_set():
            raise PartEndedError(
                f"a part ended without being told to: {', '.join(sorted(p.get_name() for p in ended))}"
            )

    async def _shut_down(
        self, sources: list[asyncio.Task[None]], workers: list[asyncio.Task[None]], stopped: asyncio.Task[object]
    ) -> None:
        """Take nothing more in, let what is under way end, then cut off what does not."""
        self._stopping.set()
        for task in (*sources, stopped):
            task.cancel()
        for bell in self._bells:
            bell.ring()
        _, deaf = await asyncio.wait([*sources, stopped], timeout=self._shutdown_secs)
        for task in deaf:
            log.error("part.deaf", part=task.get_name())
        if workers:
            _, late = await asyncio.wait(workers, timeout=self._shutdown_secs)
            for task in late:
                log.warning("part.cut_off", part=task.get_name())
                task.cancel()
            await asyncio.gather(*workers, return_exceptions=True)

    async def _run_source(self, name: str, intake: Intake, pause: timedelta, bell: Bell) -> None:
        self._health.starting(name)
        failures = 0
        resumed = False
        while True:
            try:
                if not resumed:
                    await intake.resume()
                    resumed = True
                begun = self._clock.now()
                more = await intake.step()
            except SourceError as error:
                failures += 1
                await self._fail(name, error.cause, failures, bell)
                continue
            failures = 0
            self._health.well(name)
            if not more and pause:
                await bell.wait(pause.total_seconds())
            elif intake.empty_pages > BUSY_PAGES and self._clock.now() - begun < timedelta(seconds=1):
                # A source that says that there is news and has none, again and again, must not become a hot loop.
                await bell.wait(1.0)

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
            case AuthError() | ConfigError():
                return min(self._line.probe_secs * 2.0 ** min(failures - 1, 4), 3600.0)
            case _:
                # Never at once: a source that fails without delay must not become a hot loop.
                return max(backoff_secs(failures, self._line, self._rng), 0.1)

    async def _run_worker(
        self,
        name: str,
        step: Callable[[], Awaitable[int]],
        due: Callable[[], Awaitable[datetime | None]],
        bell: Bell,
    ) -> None:
        self._health.starting(name)
        while not self._stopping.is_set():
            if await step():
                continue
            self._health.idle(name)
            if self._stopping.is_set():
                break
            at = await due()
            await bell.wait(_until(at, self._clock.now()))
        self._health.stopped(name)

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

    @property
    def stopping(self) -> bool:
        """Whether the engine is ending."""
        return self._stopping.is_set()


class _Target:
    """Whether one target is at fault, and until when it is left alone."""

    def __init__(self, supervisor: Supervisor, name: str) -> None:
        self._supervisor = supervisor
        self._name = name
        self._failures = 0
        self._until: datetime | None = None

    def report(self, error: Exception | None, again: datetime | None) -> None:
        if error is None:
            self._failures = 0
            self._until = None
            self._supervisor.note_well(self._name)
            return
        self._failures += 1
        secs = self._supervisor.wait_secs(error, self._failures)
        self._until = self._supervisor.now() + timedelta(seconds=secs)
        self._supervisor.note(self._name, error, self._until)

    async def wait(self, bell: Bell) -> None:
        while self._until is not None and not self._supervisor.stopping:
            left = (self._until - self._supervisor.now()) / timedelta(seconds=1)
            if left <= 0:
                break
            await bell.wait(left)


def _until(at: datetime | None, now: datetime) -> float:
    if at is None:
        return IDLE_SECS
    return min(max((at - now) / timedelta(seconds=1), 0.0), IDLE_SECS)


def _reason(error: Exception) -> str:
    return str(error) if isinstance(error, GatewayError) else ""
