"""A clock that several processes share, that outlives any of them, and that stands still unless somebody moves it."""

from __future__ import annotations

import asyncio
import fcntl
import heapq
import mmap
import os
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

BEGAN = datetime(2026, 11, 20, 22, 0, tzinfo=UTC)
"""Two hours before midnight, so that a run sees the day change by which X bills."""
_FORMAT = "d"
_LOOK_SECS = 0.004
"""How often a sleeper looks whether somebody moved the clock."""
_HOLDING: ContextVar[bool] = ContextVar("holding", default=False)


class SteadyClock:
    """Time in a file. It does not pass while anybody holds it; whoever is killed holds it no more.

    So a call that was allowed at some time reaches the platform at that very time, and windows are exact on both sides.
    """

    def __init__(self, file: Path) -> None:
        self.file = file
        self._handle = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        if os.fstat(self._handle).st_size == 0:
            os.ftruncate(self._handle, struct.calcsize(_FORMAT))
        self._shared = mmap.mmap(self._handle, struct.calcsize(_FORMAT))
        self._holds = 0
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []
        self._numbers = count()
        self._looking: asyncio.Task[None] | None = None

    def now(self) -> datetime:
        return BEGAN + timedelta(seconds=self.passed)

    @property
    def passed(self) -> float:
        """Seconds since the beginning."""
        (passed,) = struct.unpack_from(_FORMAT, self._shared, 0)
        return float(passed)

    async def sleep(self, seconds: float) -> None:
        if seconds <= 0:
            await asyncio.sleep(0)
            return
        if not _HOLDING.get():
            await self._woken_after(seconds)
            return
        # Who waits in the middle of a call waits for time to pass.
        self._let_go()
        try:
            await self._woken_after(seconds)
        finally:
            self._hold()

    async def _woken_after(self, seconds: float) -> None:
        woken = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self.passed + seconds, next(self._numbers), woken))
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._look())
        await woken

    async def _look(self) -> None:
        while self._sleepers:
            now = self.passed
            while self._sleepers and (self._sleepers[0][0] <= now or self._sleepers[0][2].done()):
                _, _, woken = heapq.heappop(self._sleepers)
                if not woken.done():
                    woken.set_result(None)
            await asyncio.sleep(_LOOK_SECS)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Let no time pass until left, but while sleeping."""
        self._hold()
        token = _HOLDING.set(True)
        try:
            yield
        finally:
            _HOLDING.reset(token)
            self._let_go()

    def _hold(self) -> None:
        if self._holds == 0:
            fcntl.flock(self._handle, fcntl.LOCK_SH)
        self._holds += 1

    def _let_go(self) -> None:
        self._holds -= 1
        if self._holds == 0:
            fcntl.flock(self._handle, fcntl.LOCK_UN)

    def let_pass(self, seconds: float) -> bool:
        """Let so much time pass at once; returns whether nobody held it."""
        try:
            fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        struct.pack_into(_FORMAT, self._shared, 0, self.passed + seconds)
        fcntl.flock(self._handle, fcntl.LOCK_UN)
        return True

    def close(self) -> None:
        """Let go of the file."""
        self._shared.close()
        os.close(self._handle)
