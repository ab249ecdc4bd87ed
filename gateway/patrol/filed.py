"""The memory of the patrol in one JSON file, its owner's alone; written whole or not at all."""

from __future__ import annotations

import asyncio
import json
import os
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from gateway.errors import ConfigError
from gateway.patrol.values import Alike, Kind, Memory, Place, Seen, Subject

VERSION = 1
MAX_BYTES = 256 * 1024 * 1024


class FiledLog:
    """See `gateway.patrol.ports.PatrolLog`; raises `ConfigError` when the file cannot be read or written."""

    def __init__(self, path: Path) -> None:
        self._path = path

    async def load(self) -> Memory:
        """See `PatrolLog.load`."""
        return await asyncio.to_thread(self._load)

    async def save(self, memory: Memory) -> None:
        """See `PatrolLog.save`."""
        await asyncio.to_thread(self._save, memory)

    def _load(self) -> Memory:
        try:
            if self._path.stat().st_size > MAX_BYTES:
                raise ConfigError(f"{self._path} is too large for a memory of the patrol; name another with --state")
            found = json.loads(self._path.read_text(encoding="utf-8"))
            return read_memory(found)
        except FileNotFoundError:
            return Memory()
        except OSError as error:
            raise ConfigError(f"{self._path} cannot be read: {error.strerror}") from None
        except (ValueError, KeyError, TypeError, AttributeError):
            told = "is no memory of a patrol, or damaged; move it away, and all that is known will be new once more"
            raise ConfigError(f"{self._path} {told}") from None

    def _save(self, memory: Memory) -> None:
        text = json.dumps(dump_memory(memory), ensure_ascii=True, indent=1)
        try:
            handle, beside = tempfile.mkstemp(prefix=f".{self._path.name}.", dir=self._path.parent)
            try:
                with os.fdopen(handle, "w", encoding="utf-8") as file:
                    file.write(text)
                    file.flush()
                    os.fsync(file.fileno())
                os.replace(beside, self._path)
            except BaseException:
                with suppress(OSError):
                    os.unlink(beside)
                raise
        except OSError as error:
            raise ConfigError(f"{self._path} cannot be written: {error.strerror}") from None


def dump_memory(memory: Memory) -> dict[str, Any]:
    """Return a memory as JSON has it."""
    return {
        "version": VERSION,
        "ran_at": memory.ran_at.isoformat() if memory.ran_at else None,
        "places": {name: list(place) for name, place in memory.places.items()},
        "seen": [
            {
                "kind": each.subject.kind.value,
                "value": each.subject.value,
                "platform": each.subject.platform,
                "brand": each.brand,
                "facts": dict(each.facts),
                "first_at": each.first_at.isoformat(),
                "at": each.at.isoformat(),
                "alike": asdict(each.alike) if each.alike is not None else None,
            }
            for each in memory.seen.values()
        ],
    }


def read_memory(found: Mapping[str, Any]) -> Memory:
    """Return a memory from JSON; raises `ValueError`, `KeyError`, `TypeError` or `AttributeError` for what is none."""
    if found["version"] != VERSION:
        raise ValueError("another version")
    seen = [_seen(each) for each in found["seen"]]
    places = {
        name: Place(float(first), str(value), int(turns)) for name, (first, value, turns) in found["places"].items()
    }
    return Memory({each.subject: each for each in seen}, places, _time(found["ran_at"]) if found["ran_at"] else None)


def _seen(row: Mapping[str, Any]) -> Seen:
    alike = row["alike"]
    return Seen(
        Subject(Kind(row["kind"]), str(row["value"]), str(row["platform"])),
        str(row["brand"]),
        {str(name): str(value) for name, value in row["facts"].items()},
        _time(row["first_at"]),
        _time(row["at"]),
        Alike(**alike) if alike is not None else None,
    )


def _time(text: str) -> datetime:
    time = datetime.fromisoformat(text)
    if time.tzinfo is None:
        raise ValueError("a time without a zone")
    return time
