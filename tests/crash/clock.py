"""A clock that several processes share and that survives any of them: how far it is ahead stands in a file."""

from __future__ import annotations

import asyncio
import mmap
import os
import struct
from datetime import UTC, datetime, timedelta
from pathlib import Path

_FORMAT = "dd"
_TICK_SECS = 0.02
"""How often a sleeper looks whether somebody moved the clock."""


class SharedClock:
    """The system's time, and beside it two figures that any process may change.

    `pass_time` lets time pass: whoever sleeps wakes the earlier. `jump` sets the wall clock alone, as a wrong time
    server does: `now` jumps and sleepers do not notice.
    """

    def __init__(self, file: Path) -> None:
        self.file = file
        handle = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            if os.fstat(handle).st_size == 0:
                os.ftruncate(handle, struct.calcsize(_FORMAT))
            self._shared = mmap.mmap(handle, struct.calcsize(_FORMAT))
        finally:
            os.close(handle)

    def now(self) -> datetime:
        return datetime.now(UTC) + timedelta(seconds=sum(self._read()))

    async def sleep(self, seconds: float) -> None:
        loop = asyncio.get_running_loop()
        until = loop.time() + self._read()[0] + seconds
        while (left := until - loop.time() - self._read()[0]) > 0:
            await asyncio.sleep(min(left, _TICK_SECS))
        await asyncio.sleep(0)

    def pass_time(self, seconds: float) -> None:
        """Let so much time pass at once."""
        passed, skew = self._read()
        struct.pack_into(_FORMAT, self._shared, 0, passed + seconds, skew)

    def jump(self, seconds: float) -> None:
        """Put the wall clock forwards or back."""
        passed, skew = self._read()
        struct.pack_into(_FORMAT, self._shared, 0, passed, skew + seconds)

    def _read(self) -> tuple[float, float]:
        passed, skew = struct.unpack_from(_FORMAT, self._shared, 0)
        return passed, skew
