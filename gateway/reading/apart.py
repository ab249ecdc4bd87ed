"""Has raws read and messages judged in a process of its own, which is started when needed and ended when it rests.

A process that takes too long, grows too large, dies or gives answers that cannot be is replaced; what it worked on is
then tried item by item, and what still brings it down is malformed. That no process can be started says nothing of any
item.
Raises nothing: each item has its own result, which may be an error.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from typing import IO, TypeVar

import structlog

from gateway.case import Fact, Message
from gateway.errors import FaultError, GatewayError, MalformedError, TransientError, fault_name
from gateway.ports import Event, Raw
from gateway.reading.frames import (
    EVENTS,
    JUDGEMENTS,
    MOST_BYTES,
    READY,
    SEEN,
    TAKEN,
    Events,
    Judge,
    Judgement,
    Look,
    Read,
    Seen,
    Setup,
    Take,
    Taken,
    Task,
    Trouble,
    get,
    packed,
    put,
)

log = structlog.get_logger()

TRIES = 2
"""So often must one item alone bring a process down before it is blamed for it."""
START_SECS = 60.0
"""How long a process may take to be started and to learn the directory."""

MARGIN_SECS = 30.0
"""So much later than the gateway would end it, a process ends by itself."""
_VARIABLES = frozenset({"PATH", "PYTHONPATH", "PYTHONHOME", "LD_LIBRARY_PATH", "HOME", "LANG", "LANGUAGE"})

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


class ReaderAwayError(GatewayError):
    """No process can read this, and none has tried: it may be read elsewhere."""


class _BrokenError(Exception):
    """The process is gone, or was ended because it took too long or answered what cannot be."""


@dataclass(frozen=True, slots=True)
class _Turn:
    """What an exchange goes by: what the process has been told, and the seconds that it has."""

    setup: Setup
    secs: float


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
        self._warming: asyncio.Future[list[Events | Exception]] | None = None

    async def read(self, raws: Sequence[Raw]) -> list[tuple[Sequence[Event] | Exception, float]]:
        """Return what was made of each raw, and the seconds that took.

        `MalformedError` stands for what cannot be read, `ReaderAwayError` for what nobody has tried to read.
        """
        sizes = [len(raw.body) for raw in raws]
        found = await self._each(raws, sizes, self._read)
        return [(each, 0.0) if isinstance(each, Exception) else (_events(each), each.secs) for each in found]

    async def judge(
        self, messages: Sequence[tuple[Message, tuple[Fact, ...]]], on: date
    ) -> list[Judgement | Exception]:
        """Return what was found about each message; `ReaderAwayError` for what nobody has tried to judge."""
        sizes = [len(message.text) for message, _ in messages]
        found = await self._each(messages, sizes, lambda some, turn: self._judge(some, on, turn))
        return [each if isinstance(each, Exception) or each.trouble is None else _error(each.trouble) for each in found]

    async def look(self, body: bytes, ids: Sequence[str] = ("",), raw: Raw | None = None) -> list[Seen | Exception]:
        """Return what the codes say in those files of a raw, whose body it is, or in the picture that the body is.

        `MalformedError` stands for what cannot be looked at, `ReaderAwayError` for what nobody has tried to.
        """
        # Each is a part of the one body, which is sent once.
        sizes = [len(body) // max(1, len(ids))] * len(ids)
        found = await self._each(ids, sizes, lambda some, turn: self._look(body, some, raw, turn))
        return [each if isinstance(each, Exception) or each.trouble is None else _error(each.trouble) for each in found]

    async def take(
        self, body: bytes, media_type: str, name: str, raw: Raw | None = None, file: str = ""
    ) -> tuple[Taken, bytes] | Exception:
        """Return a file of a raw, whose body it is, or the file that the body is: without its secrets where it is text.

        `MalformedError` stands for what cannot be taken out, `ReaderAwayError` for what nobody has tried to.
        """
        names = (file, media_type, name)
        (found,) = await self._each([names], [len(body)], lambda some, turn: self._take(body, some[0], raw, turn))
        if isinstance(found, Exception) or found[0].trouble is None:
            return found
        return _error(found[0].trouble)

    def warm(self) -> None:
        """Start the process in the background, so that the first task need not wait for it."""
        self._warming = asyncio.ensure_future(self._each((), (), self._read))

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
        exchange: Callable[[Sequence[T], _Turn], list[R | Exception]],
        tries: int = TRIES,
    ) -> list[R | Exception]:
        try:
            return await self._within(sizes, lambda turn: exchange(items, turn))
        except ReaderAwayError as error:
            log.warning("reader.refused", reason=str(error), items=len(items))
            return [error for _ in items]
        except _BrokenError as error:
            log.warning("reader.replaced", reason=str(error), items=len(items))
        if len(items) == 1:
            # Somebody else may have ended the process: only what does so again, alone and in a fresh one, is to blame.
            return await self._each(items, sizes, exchange, tries - 1) if tries > 1 else [MalformedError(_KILLER)]
        return [await self._alone(item, size, exchange) for item, size in zip(items, sizes, strict=True)]

    async def _alone(
        self, item: T, size: int, exchange: Callable[[Sequence[T], _Turn], list[R | Exception]]
    ) -> R | Exception:
        """Try one of those that brought a process down."""
        (found,) = await self._each([item], [size], exchange)
        if isinstance(found, ReaderAwayError):
            # It may be the one that did, so nobody else shall read it either.
            return TransientError(
                "it was with others that ended the reading process, and no other was there", item=True
            )
        return found

    async def _within(self, sizes: Sequence[int], exchange: Callable[[_Turn], T]) -> T:
        """Run an exchange with a process that is ready, within the time that so much may take."""
        secs = self._bounds.secs + sum(sizes) / 1_000_000 * self._bounds.secs_per_mb
        async with self._turn:
            if self._rest is not None:
                self._rest.cancel()
            # Asked here and not in a thread: what it looks at changes with the channels.
            turn = _Turn(self._setup(), secs)
            try:
                await self._make_ready(turn.setup)
                return await self._run(secs, lambda: exchange(turn))
            finally:
                self._rest = asyncio.get_running_loop().call_later(self._bounds.rest_secs, self._rest_now)

    async def _make_ready(self, setup: Setup) -> None:
        """Have a process that knows the setup. Raises `ReaderAwayError` when a new one does not come so far."""
        is_used = self._process is not None
        try:
            await self._run(START_SECS, lambda: self._tell(setup))
        except _BrokenError as error:
            if not is_used:
                raise ReaderAwayError(f"the reading process cannot be started: {error}") from error
            # What it has read before may be why; a new one has read nothing.
            await self._make_ready(setup)

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
        except Exception as error:
            await asyncio.to_thread(self._end)
            raise _BrokenError(_broken(error, overdue.is_set())) from error
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

    def _read(self, raws: Sequence[Raw], turn: _Turn) -> list[Events | Exception]:
        # A channel may have gone since the raw was claimed.
        known = [raw for raw in raws if raw.source in turn.setup.normalizers]
        if not known:
            return [_unknown(raw) for raw in raws]
        heads = tuple(replace(raw, body=b"", notes=dict(raw.notes)) for raw in known)
        task = Read(heads, turn.secs + MARGIN_SECS)
        answers = iter(self._ask(task, [raw.body for raw in known], len(known)))
        return [
            _checked(EVENTS.validate_json(next(answers)), raw)
            if raw.source in turn.setup.normalizers
            else _unknown(raw)
            for raw in raws
        ]

    def _judge(
        self, messages: Sequence[tuple[Message, tuple[Fact, ...]]], on: date, turn: _Turn
    ) -> list[Judgement | Exception]:
        (answer,) = self._ask(Judge(tuple(messages), on, turn.secs + MARGIN_SECS), [], 1)
        found = JUDGEMENTS.validate_json(answer)
        if len(found) != len(messages):
            raise ValueError("not a judgement for each message")
        return list(found)

    def _look(self, body: bytes, ids: Sequence[str], raw: Raw | None, turn: _Turn) -> list[Seen | Exception]:
        if raw is not None and raw.source not in turn.setup.normalizers:
            return [_unknown(raw) for _ in ids]
        head = replace(raw, body=b"", notes=dict(raw.notes)) if raw is not None else None
        (answer,) = self._ask(Look(tuple(ids), turn.secs + MARGIN_SECS, head), [body], 1)
        found = SEEN.validate_json(answer)
        if len(found) != len(ids):
            raise ValueError("not an answer for each picture")
        return list(found)

    def _take(
        self, body: bytes, names: tuple[str, str, str], raw: Raw | None, turn: _Turn
    ) -> list[tuple[Taken, bytes] | Exception]:
        if raw is not None and raw.source not in turn.setup.normalizers:
            return [_unknown(raw)]
        head = replace(raw, body=b"", notes=dict(raw.notes)) if raw is not None else None
        told, data = self._ask(Take(*names, turn.secs + MARGIN_SECS, head), [body], 2)
        return [(TAKEN.validate_json(told), data)]

    def _ask(self, task: Task, parts: Sequence[bytes], answers: int) -> list[bytes]:
        if self._process is None:
            raise EOFError("the process is gone")
        target, source = _line(self._process)
        # The reader takes in a whole task before it says anything, so neither side waits for the other's pipe.
        put(target, [packed(task), *parts])
        found: list[bytes] = []
        left = MOST_BYTES
        for _ in range(answers):
            found.append(get(source, left))
            left -= len(found[-1])
        return found

    def _tell(self, setup: Setup) -> None:
        """Start a process if there is none, and have it know the setup."""
        process = self._process
        if process is None or process.poll() is not None:
            self._end()
            numbers = (str(self._bounds.memory_bytes), str(os.getpid()))
            command = (sys.executable, "-m", "gateway.reading.worker", *numbers)
            environment = _environment(os.environ)
            process = subprocess.Popen(  # noqa: S603
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment
            )
            self._process, self._told = process, None
            log.info("reader.started", process=process.pid)
        if not setup.is_as(self._told):
            target, source = _line(process)
            put(target, [packed(setup)])
            if get(source, len(READY)) != READY:
                raise ValueError("another word than that it is ready")
            self._told = setup

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


_KILLER = "it takes more time or memory to be read than a message may, or broke the process that read it"


def _line(process: subprocess.Popen[bytes]) -> tuple[IO[bytes], IO[bytes]]:
    if process.stdin is None or process.stdout is None:
        raise EOFError("a process without a line")
    return process.stdin, process.stdout


def _environment(known: Mapping[str, str]) -> dict[str, str]:
    """Return what the process needs to find its code; keys and tokens stand in variables, too, and are not for it."""
    return {name: value for name, value in known.items() if name in _VARIABLES or name.startswith("LC_")}


def _broken(error: Exception, overdue: bool) -> str:
    """Say what became of a process; of what it said, or of what was said of that, no word."""
    if overdue:
        return "it took too long"
    return f"it ended by itself, or what it said cannot be ({fault_name(error)})"


def _unknown(raw: Raw) -> ReaderAwayError:
    return ReaderAwayError(f"the reading process knows no channel named {raw.source}")


def _checked(found: Events, raw: Raw) -> Events:
    if not found.are_of(raw):
        raise ValueError("an event of another raw")
    return found


def _events(found: Events) -> Sequence[Event] | Exception:
    if found.trouble is not None:
        return _error(found.trouble)
    return tuple(each.event for each in found.events)


def _error(trouble: Trouble) -> Exception:
    return MalformedError(trouble.reason) if trouble.malformed else FaultError(trouble.reason, trouble.places)
