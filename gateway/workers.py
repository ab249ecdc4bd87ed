"""Runs several gateways as processes of one machine: starts them, starts anew what ended, and ends them in order.

No worker outlives this process, however it ends: each reads from a line that ends with it.
"""

from __future__ import annotations

import asyncio
import os
import random
import signal
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta

import structlog

from gateway.clock import pause
from gateway.ports import Clock
from gateway.retry import RetryPolicy, backoff_secs

log = structlog.get_logger()

AGAIN = RetryPolicy(base_secs=1.0, cap_secs=30.0)
"""How long is waited before a worker that ended is started again."""
STEADY = timedelta(seconds=60)
"""A worker that ran so long failed over something new."""


@dataclass(slots=True)
class Workers:
    """So many processes of one command; `final` are the statuses after which starting again would change nothing.

    That holds for a worker's first start alone: later, its neighbours still run on what was right when they started.

    The command has to end when its standard input does: see `end_with`.
    """

    command: Sequence[str]
    count: int
    final: frozenset[int]
    clock: Clock
    rng: random.Random
    grace_secs: float = 10.0
    """How long a worker may take to end in order before it is killed, which loses nothing."""
    _running: dict[int, asyncio.subprocess.Process] = field(default_factory=dict)
    _stop: asyncio.Event = field(default_factory=asyncio.Event)
    _status: int = 0
    _line: int = -1

    async def run(self) -> int:
        """Run all until SIGTERM or SIGINT; return 0, or the status that a worker ended with for good."""
        with self._signals(), _line() as self._line:
            kept = [asyncio.create_task(self._keep(number)) for number in range(self.count)]
            try:
                await asyncio.wait(kept, return_when=asyncio.FIRST_EXCEPTION)
            finally:
                self._end()
                await asyncio.wait(kept)
        for each in kept:
            each.result()
        return self._status

    async def _keep(self, number: int) -> None:
        """Keep one worker running."""
        failures = 0
        is_first = True
        while not self._stop.is_set():
            began = self.clock.now()
            status = await self._once(number)
            if self._stop.is_set():
                break
            if status in self.final and is_first:
                self._status = status
                self._end()
                break
            is_first = False
            failures = 1 if self.clock.now() - began > STEADY else failures + 1
            secs = max(backoff_secs(failures, AGAIN, self.rng), 0.1)
            log.error("worker.ended", worker=number, status=status, again_in_secs=round(secs, 1))
            await pause(self.clock, secs, self._stop)

    async def _once(self, number: int) -> int | None:
        """Run a worker; return its status, or nothing if it could not be started."""
        try:
            # A session of its own: what the terminal sends to the whole group would reach it twice.
            process = await asyncio.create_subprocess_exec(*self.command, stdin=self._line, start_new_session=True)
        except OSError as error:
            log.error("worker.refused", worker=number, error=type(error).__name__, errno=error.errno)
            return None
        self._running[number] = process
        log.info("worker.started", worker=number, process=process.pid)
        if self._stop.is_set():
            _send(process, signal.SIGTERM)
        ended = asyncio.create_task(process.wait())
        stopped = asyncio.create_task(self._stop.wait())
        try:
            await asyncio.wait((ended, stopped), return_when=asyncio.FIRST_COMPLETED)
            await asyncio.wait((ended,), timeout=None if not self._stop.is_set() else self.grace_secs)
            if not ended.done():
                log.error("worker.killed", worker=number)
                process.kill()
            return await ended
        finally:
            stopped.cancel()
            del self._running[number]

    def _end(self) -> None:
        """Tell all workers to end."""
        self._stop.set()
        self._pass_on(signal.SIGTERM)

    def _pass_on(self, number: signal.Signals) -> None:
        for process in self._running.values():
            _send(process, number)

    @contextmanager
    def _signals(self) -> Iterator[None]:
        loop = asyncio.get_running_loop()
        obeyed = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
        for number in obeyed[:2]:
            loop.add_signal_handler(number, self._end)
        loop.add_signal_handler(signal.SIGHUP, self._pass_on, signal.SIGHUP)
        try:
            yield
        finally:
            for number in obeyed:
                loop.remove_signal_handler(number)


@contextmanager
def _line() -> Iterator[int]:
    """Open a line on which nothing is ever sent, and which ends when this process does; yield the end to read from."""
    read, write = os.pipe()
    try:
        yield read
    finally:
        os.close(write)
        os.close(read)


def end_with(line: int) -> None:
    """Tell this process to end in order, as SIGTERM does, once the other end of a line is gone."""

    def watch() -> None:
        while os.read(line, 1024):
            pass
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, name="parent", daemon=True).start()


def _send(process: asyncio.subprocess.Process, number: signal.Signals) -> None:
    if process.returncode is None:
        process.send_signal(number)
