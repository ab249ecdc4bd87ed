"""Pushes of a ticket system to a gateway: each sent once, by itself, and on record with what it was answered."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

import h11

from gateway.sandbox._call import call

DEADLINE_SECS = 5.0


@dataclass(frozen=True, slots=True)
class Push:
    """One push; `status` is 0 when nobody answered."""

    url: str
    headers: Mapping[str, str]
    body: bytes
    status: int


class Pusher:
    """Sends while it is open; what is pushed at other times is lost, as with a server that is down."""

    def __init__(self) -> None:
        self.done: list[Push] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._is_open = False

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """Send until left; what is under way then is dropped."""
        self._is_open = True
        try:
            yield
        finally:
            self._is_open = False
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)

    def push(self, url: str, headers: Mapping[str, str], body: bytes) -> None:
        """Send soon, beside everything else."""
        if self._is_open:
            task = asyncio.create_task(self._send(url, headers, body))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def settled(self) -> None:
        """Wait until nothing is under way."""
        while self._tasks:
            await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _send(self, url: str, headers: Mapping[str, str], body: bytes) -> None:
        status = 0
        try:
            async with asyncio.timeout(DEADLINE_SECS):
                status = (await call("POST", url, headers, body)).status
        except (OSError, TimeoutError, h11.RemoteProtocolError):
            pass
        self.done.append(Push(url, headers, body, status))
