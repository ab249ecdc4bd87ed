"""The running engine's control socket: one JSON line asked, one JSON line answered, for the operator alone (0600)."""

from __future__ import annotations

import asyncio
import fcntl
import hashlib
import json
import os
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from gateway.errors import ConfigError, GatewayError, TransientError

Command = Callable[[Mapping[str, object]], Awaitable[dict[str, object]]]

MAX_LINE = 64 * 1024
ANSWER_SECS = 10.0
SEATS = 64
"""Engines of one machine on one store."""
_LONGEST_PATH = 100
"""Unix socket paths end at 107 bytes on Linux and 103 elsewhere."""


class NotRunningError(GatewayError):
    """No engine answers on this store's control socket."""

    action = "start it with `gatehouse run`"


def socket_path(store: Path) -> Path:
    """Return the control socket of a store: beside it, or in a private folder where that path would be too long."""
    beside = Path(f"{store.resolve()}.sock")
    if len(os.fsencode(beside)) <= _LONGEST_PATH:
        return beside
    folder = Path(tempfile.gettempdir()) / f"gatehouse-{os.getuid()}"
    return folder / f"{hashlib.sha256(os.fsencode(beside)).hexdigest()[:16]}.sock"


@dataclass(frozen=True, slots=True)
class Seat:
    """The place of one engine among those of this machine that share a store: 0 for the first, and its socket."""

    number: int
    path: Path


@contextmanager
def take_seat(first: Path) -> Iterator[Seat]:
    """Take the lowest seat that is free, while the context lasts; `first` is the socket of seat 0."""
    _make_folder(first)
    for number in range(SEATS):
        path = _seat_path(first, number)
        handle = os.open(path.with_suffix(".seat"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(handle)
            continue
        try:
            yield Seat(number, path)
            return
        finally:
            os.close(handle)
    raise ConfigError(f"{SEATS} engines run on this machine and store already")


def _seat_path(first: Path, number: int) -> Path:
    return first if number == 0 else first.with_suffix(f".{number}{first.suffix}")


@asynccontextmanager
async def serve(path: Path, commands: Mapping[str, Command]) -> AsyncIterator[None]:
    """Answer commands while the context lasts.

    The caller holds the seat of this socket, so one that still lies there belongs to nobody.
    """
    _clear(path)

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(ANSWER_SECS):
                line = await reader.readline()
                writer.write(json.dumps(await _obey(line, commands)).encode() + b"\n")
                await writer.drain()
        except (TimeoutError, ValueError, ConnectionError):
            pass
        finally:
            writer.close()

    old = os.umask(0o177)
    try:
        server = await asyncio.start_unix_server(answer, path, limit=MAX_LINE)
    finally:
        os.umask(old)
    try:
        yield
    finally:
        server.close()
        await server.wait_closed()
        _clear(path)


def _clear(path: Path) -> None:
    _make_folder(path)
    path.unlink(missing_ok=True)


def _make_folder(path: Path) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if path.parent.stat().st_uid != os.getuid():
        raise ConfigError(f"the folder of the control socket belongs to somebody else: {path.parent}")


async def _obey(line: bytes, commands: Mapping[str, Command]) -> dict[str, object]:
    try:
        asked = json.loads(line)
        command = commands[asked["command"]]
    except (ValueError, KeyError, TypeError):
        return {"error": "no such command"}
    return await command(asked)


async def ask_all(first: Path, command: str, **args: object) -> list[dict[str, object]]:
    """Ask every engine of this machine that runs on the store; what one of several does not say is an answer too.

    Raises `NotRunningError` when there is none, `TransientError` when none of them answers.
    """
    seats = [path for number in range(SEATS) if (path := _seat_path(first, number)).exists()]
    found = await asyncio.gather(*(ask(path, command, **args) for path in seats), return_exceptions=True)
    answers = [answer for answer in found if isinstance(answer, dict)]
    silent = [error for error in found if isinstance(error, TransientError)]
    for error in found:
        if isinstance(error, BaseException) and not isinstance(error, NotRunningError | TransientError):
            raise error
    if silent and not answers:
        raise silent[0]
    if not answers:
        raise NotRunningError("no gateway is running on this store")
    return answers + [{"parts": [_silent(error)]} for error in silent]


def _silent(error: TransientError) -> dict[str, object]:
    return {"part": "engine", "condition": "faulty", "last_error": str(error), "action": "see its log, or end it"}


async def ask(path: Path, command: str, **args: object) -> dict[str, object]:
    """Ask the running engine; raises `NotRunningError` when none answers, `TransientError` when it answers amiss."""
    try:
        reader, writer = await asyncio.open_unix_connection(path, limit=MAX_LINE * 16)
    except OSError:
        raise NotRunningError("no gateway is running on this store") from None
    try:
        writer.write(json.dumps({"command": command, **args}).encode() + b"\n")
        async with asyncio.timeout(ANSWER_SECS):
            line = await reader.readline()
        answer = json.loads(line)
    except (TimeoutError, OSError, ValueError):
        raise TransientError("the running gateway gave no answer") from None
    finally:
        writer.close()
    if not isinstance(answer, dict) or "error" in answer:
        raise TransientError("the running gateway did not understand the question")
    return answer
