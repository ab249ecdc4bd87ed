"""Has raws read and messages judged in a process of its own, which is started when needed and ended when it rests.

A process that takes too long, grows too large or dies is replaced; what it worked on is then tried item by item, and
what still brings it down is malformed. Raises nothing but what concerns one item.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from typing import IO, TypeVar

import structlog

from gateway.case import Fact, Message
from gateway.errors import FaultError, MalformedError
from gateway.ports import Event, Raw
from gateway.reading.frames import (
    EVENTS,
    JUDGEMENTS,
    Events,
    Judge,
    Judgement,
    Read,
    Setup,
    Task,
    Trouble,
    get,
    packed,
    put,
)

log = structlog.get_logger()

START_SECS = 60.0
"""How long a process may take to be started and to learn the directory."""

T = TypeVar("T")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much one item may take: seconds, more for each million bytes, and the memory of the whole process."""

    secs: float = 20.0
    secs_per_mb: float = 1.0
    memory_bytes: int = 1024 * 1024 * 1024
    rest_secs: float = 60.0
    """A process that had nothing to do for so long is ended, for the memory."""


class _BrokenError(Exception):
    """The process is gone, or was ended because it took too long."""


class Apart:
    """The reading process. `setup` is asked before each task, and told to the process when it has changed."""

    def __init__(self, setup: Callable[[], Setup], bounds: Bounds | None = None) -> None:
        self._setup = setup
        self._bounds = bounds or Bounds()
        self._process: subprocess.Popen[bytes] | None = None
        self._told: Setup | None = None
        self._turn = asyncio.Lock()
        self._rest: asyncio.TimerHandle | None = None
        self._resting: asyncio.Future[None] | None = None
        self._warming: asyncio.Future[list[Events]] | None = None

    async def read(self, raws: Sequence[Raw]) -> list[tuple[Sequence[Event] | Exception, float]]:
        """Return what was made of each raw, and the seconds that took; `MalformedError` for what cannot be read."""
        sizes = [len(raw.body) for raw in raws]
        found = await self._each(raws, sizes, self._read, _unread)
        return [(_events(each), each.secs) for each in found]

    async def judge(
        self, messages: Sequence[tuple[Message, tuple[Fact, ...]]], on: date
    ) -> list[Judgement | Exception]:
        """Return what was found about each message."""
        sizes = [len(message.text) for message, _ in messages]
        found = await self._each(messages, sizes, lambda some: self._judge(some, on), _unjudged)
        return [each if each.trouble is None else _error(each.trouble) for each in found]

    def warm(self) -> None:
        """Start the process in the background, so that the first task need not wait for it."""
        self._warming = asyncio.ensure_future(self._each((), (), self._read, _unread))

    async def close(self) -> None:
        """End the process."""
        if self._warming is not None:
            await asyncio.gather(self._warming, return_exceptions=True)
        if self._rest is not None:
            self._rest.cancel()
        await self.rested()

    async def _each(
        self,
        items: Sequence[T],
        sizes: Sequence[int],
        exchange: Callable[[Sequence[T]], list[R]],
        given_up: Callable[[], R],
    ) -> list[R]:
        try:
            return await self._within(sizes, lambda: exchange(items))
        except _BrokenError as error:
            log.warning("reader.replaced", reason=str(error), items=len(items))
            if len(items) == 1:
                return [given_up()]
        return [
            one
            for item, size in zip(items, sizes, strict=True)
            for one in await self._each([item], [size], exchange, given_up)
        ]

    async def _within(self, sizes: Sequence[int], exchange: Callable[[], T]) -> T:
        """Run an exchange with a process that is ready, within the time that so much may take."""
        secs = self._bounds.secs + sum(sizes) / 1_000_000 * self._bounds.secs_per_mb
        async with self._turn:
            if self._rest is not None:
                self._rest.cancel()
            try:
                await self._run(START_SECS, self._line)
                return await self._run(secs, exchange)
            finally:
                self._rest = asyncio.get_running_loop().call_later(self._bounds.rest_secs, self._rest_now)

    async def _run(self, secs: float, work: Callable[[], T]) -> T:
        """Run it in a thread; the process is killed when its time is over, which ends whatever waits for it."""
        overdue = threading.Event()

        def end() -> None:
            overdue.set()
            self._kill()

        timer = asyncio.get_running_loop().call_later(secs, end)
        task = asyncio.ensure_future(asyncio.to_thread(work))
        try:
            return await asyncio.shield(task)
        except (EOFError, OSError, ValueError) as error:
            await asyncio.to_thread(self._end)
            raise _BrokenError("it took too long" if overdue.is_set() else "it ended by itself") from error
        except asyncio.CancelledError:
            # Nobody waits any more: what is under way must not be taken for the answer to the next question.
            self._kill()
            await asyncio.gather(task, return_exceptions=True)
            await asyncio.to_thread(self._end)
            raise
        finally:
            timer.cancel()

    def _rest_now(self) -> None:
        if not self._turn.locked():
            self._resting = asyncio.ensure_future(self.rested())

    async def rested(self) -> None:
        """End the process until it is needed again."""
        async with self._turn:
            await asyncio.to_thread(self._end)

    def _read(self, raws: Sequence[Raw]) -> list[Events]:
        heads = tuple(replace(raw, body=b"", notes=dict(raw.notes)) for raw in raws)
        answers = self._ask(Read(heads), [raw.body for raw in raws], len(raws))
        return [EVENTS.validate_json(answer)[0] for answer in answers]

    def _judge(self, messages: Sequence[tuple[Message, tuple[Fact, ...]]], on: date) -> list[Judgement]:
        (answer,) = self._ask(Judge(tuple(messages), on), [], 1)
        return list(JUDGEMENTS.validate_json(answer))

    def _ask(self, task: Task, parts: Sequence[bytes], answers: int) -> list[bytes]:
        target, source = self._line()
        # The reader takes in a whole task before it says anything, so neither side waits for the other's pipe.
        put(target, [packed(task), *parts])
        return [get(source) for _ in range(answers)]

    def _line(self) -> tuple[IO[bytes], IO[bytes]]:
        """Return the two ends of a process that knows the setup."""
        process, setup = self._process, self._setup()
        if process is None or process.poll() is not None:
            self._end()
            command = (sys.executable, "-m", "gateway.reading.worker", str(self._bounds.memory_bytes))
            process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)  # noqa: S603
            self._process, self._told = process, None
            log.info("reader.started", process=process.pid)
        if process.stdin is None or process.stdout is None:
            raise EOFError("a process without a line")
        if not setup.is_as(self._told):
            put(process.stdin, [packed(setup)])
            self._told = setup
        return process.stdin, process.stdout

    def _kill(self) -> None:
        if self._process is not None:
            self._process.kill()

    def _end(self) -> None:
        """Let the process go, whatever it does."""
        process, self._process, self._told = self._process, None, None
        if process is None:
            return
        process.kill()
        process.wait()
        for end in (process.stdin, process.stdout):
            if end is not None:
                _close(end)


def _close(line: IO[bytes]) -> None:
    with suppress(OSError):
        line.close()


def _unread() -> Events:
    return Events(trouble=_KILLER)


def _unjudged() -> Judgement:
    return Judgement(trouble=_KILLER)


_KILLER = Trouble(malformed=True, reason="it takes more time or memory to be read than a message may")


def _events(found: Events) -> Sequence[Event] | Exception:
    if found.trouble is not None:
        return _error(found.trouble)
    return tuple(each.event for each in found.events)


def _error(trouble: Trouble) -> Exception:
    return MalformedError(trouble.reason) if trouble.malformed else FaultError(trouble.reason, trouble.places)
