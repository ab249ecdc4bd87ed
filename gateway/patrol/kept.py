"""The memory of the patrol in the desk's store, and when it last ran: small notes, written whole or not at all."""

from __future__ import annotations

import asyncio
import base64
import json
import zlib
from datetime import datetime, timedelta
from typing import NamedTuple

import structlog

from gateway.journal import Store
from gateway.patrol.filed import dump_memory, read_memory
from gateway.patrol.values import Memory
from gateway.watching.observation import ALTERED

log = structlog.get_logger()

MEMORY = "patrol:memory"
_RUNS = "patrol:run:"
_SKEW = timedelta(hours=1)
_BEGAN, _ENDED = f"{_RUNS}began", f"{_RUNS}ended"


class Runs(NamedTuple):
    """When the last run began, and when the last one ended that came to its end; never later than now."""

    began: datetime | None = None
    ended: datetime | None = None


class StoredLog:
    """See `gateway.patrol.ports.PatrolLog`; raises what the store raises."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def load(self) -> Memory:
        """See `PatrolLog.load`. A memory that cannot be read is none: all that is known is then found once more."""
        kept = (await self._store.marks(MEMORY)).get(MEMORY)
        if kept is None:
            return Memory()
        try:
            return await asyncio.to_thread(unpacked, kept)
        except (ValueError, KeyError, TypeError, AttributeError, zlib.error):
            log.error("patrol.forgotten")
            return Memory()

    async def save(self, memory: Memory, altered: int = 0) -> None:
        """See `PatrolLog.save`; the run has then come to its end. `altered` of ours it has found in danger."""
        kept = await asyncio.to_thread(packed, memory)
        ended = memory.ran_at.isoformat() if memory.ran_at is not None else None
        marks = {MEMORY: kept, _ENDED: ended}
        if altered:
            before = (await self._store.marks(ALTERED)).get(ALTERED, "0")
            marks[ALTERED] = str(int(before) + altered)
        await self._store.set_marks(marks)

    async def begin(self, now: datetime) -> None:
        """A run begins."""
        await self._store.set_marks({_BEGAN: now.isoformat()})

    async def runs(self, now: datetime) -> Runs:
        """Return when it last ran."""
        kept = await self._store.marks(_RUNS)
        return Runs(_time(kept.get(_BEGAN), now), _time(kept.get(_ENDED), now))


def packed(memory: Memory) -> str:
    """Return a memory as text: of a hundred brands with five thousand look-alikes 1 MB at most."""
    text = json.dumps(dump_memory(memory), ensure_ascii=True, separators=(",", ":"))
    return base64.b64encode(zlib.compress(text.encode("ascii"))).decode("ascii")


def unpacked(text: str) -> Memory:
    """Return what `packed` made a text of; raises `zlib.error`, or what `read_memory` raises, for anything else."""
    return read_memory(json.loads(zlib.decompress(base64.b64decode(text, validate=True))))


def _time(text: str | None, now: datetime) -> datetime | None:
    """Read a time. Another node's clock may be a little ahead; one that is far ahead means that ours went back."""
    try:
        found = datetime.fromisoformat(text) if text else None
        return min(found, now) if found is not None and found - now < _SKEW else None
    except (ValueError, TypeError):
        return None
