"""Reads OLE compound files (MS-CFB), the container of Outlook's `.msg`: bounded by their size, whatever they claim."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field

from normalizers.email import _limits

MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_HEADER = struct.Struct("<8s16x2xHHHH6x8xI4xIIIII")
_ENTRY = struct.Struct("<64sHBxIII36xIQ")
_LAST_SECTOR = 0xFFFFFFFA
"""Greater numbers end a chain or mark a free sector (MS-CFB, section 2.1)."""
_NO_STREAM = 0xFFFFFFFF
_STORAGES = (1, 5)
_STREAM = 2
_DIFAT_IN_HEADER = 109
_MINI_SHIFT = 6


class BrokenError(ValueError):
    """A container that is not what it claims to be."""


@dataclass(slots=True)
class Storage:
    """A folder of a compound file: its streams, not yet read, and the folders in it, by name."""

    streams: dict[str, tuple[int, int]] = field(default_factory=dict)
    """(first sector, size in bytes) by name."""
    storages: dict[str, Storage] = field(default_factory=dict)


class Compound:
    """A compound file. Raises `BrokenError` where it is none, or broken beyond reading."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        if len(data) < 512 or not data.startswith(MAGIC):
            raise BrokenError("no compound file")
        _, major, _, shift, mini_shift, first_entry, cutoff, *chains = _HEADER.unpack_from(data)
        first_mini, _, first_difat, _ = chains
        if (major, shift) not in ((3, 9), (4, 12)) or mini_shift != _MINI_SHIFT:
            raise BrokenError("a compound file with sectors of a size that does not exist")
        self._shift = shift
        self._sectors = max(0, (len(data) - 1) >> shift)
        self._cutoff = cutoff
        # Streams may overlap in a hostile file: all that is ever read together is bounded.
        self._left = 2 * len(data) + 65_536
        self._table = self._allocation(first_difat)
        self._mini_table = self._numbers(self._chain(first_mini))
        self._entries = self._chain(first_entry)
        self._mini = b""
        self.root = self._tree()

    def read(self, place: tuple[int, int]) -> bytes:
        """Return the bytes of a stream, as many as are there; raises `BrokenError` when too much was read."""
        start, size = place[0], min(place[1], len(self._data))
        shift = self._shift if size >= self._cutoff else _MINI_SHIFT
        count = -(-size >> shift)
        self._left -= count << shift
        if self._left < 0:
            raise BrokenError("a compound file whose streams overlap")
        chain = self._chain if size >= self._cutoff else self._mini_chain
        return chain(start, count)[:size]

    def _chain(self, start: int, most: int | None = None) -> bytes:
        """Return the sectors of a chain, or the first of them; a loop in it ends where there can be no more."""
        pieces = []
        sector, left = start, self._sectors if most is None else min(most, self._sectors)
        while sector < self._sectors and left:
            pieces.append(self._sector(sector))
            sector = self._table[sector] if sector < len(self._table) else _NO_STREAM
            left -= 1
        return b"".join(pieces)

    def _mini_chain(self, start: int, most: int) -> bytes:
        pieces = []
        sector, left = start, most
        while sector < len(self._mini_table) and left:
            pieces.append(self._mini[sector * 64 : sector * 64 + 64])
            sector = self._mini_table[sector]
            left -= 1
        return b"".join(pieces)

    def _allocation(self, first_difat: int) -> tuple[int, ...]:
        """Return the table of sectors, put together from the sectors that the header and its continuation name."""
        names = list(struct.unpack_from(f"<{_DIFAT_IN_HEADER}I", self._data, 76))
        per_sector = 1 << (self._shift - 2)
        sector, left = first_difat, self._sectors // per_sector + 1
        while sector < self._sectors and left:
            more = self._numbers(self._sector(sector))
            names += more[:-1]
            sector, left = more[-1] if more else _NO_STREAM, left - 1
        wanted = self._sectors // per_sector + 1
        used = [name for name in names if name < self._sectors][:wanted]
        return self._numbers(b"".join(map(self._sector, used)))

    def _sector(self, number: int) -> bytes:
        return self._data[(number + 1) << self._shift : (number + 2) << self._shift]

    @staticmethod
    def _numbers(data: bytes) -> tuple[int, ...]:
        return struct.unpack(f"<{len(data) // 4}I", data[: len(data) // 4 * 4])

    def _tree(self) -> Storage:
        """Return the root with all below it. Its own stream holds the small streams."""
        root = self._entry(0)
        if root is None:
            raise BrokenError("a compound file without a root")
        self._mini = self._chain(root.start)
        top = Storage()
        seen = {0}
        waiting = [(root.child, top)]
        while waiting and len(seen) < _limits.CONTAINER_ENTRIES:
            number, parent = waiting.pop()
            entry = self._entry(number)
            if number in seen or entry is None:
                continue
            seen.add(number)
            waiting += [(entry.left, parent), (entry.right, parent)]
            if entry.kind == _STREAM:
                parent.streams[entry.name] = (entry.start, entry.size)
            elif entry.kind in _STORAGES:
                below = parent.storages.setdefault(entry.name, Storage())
                waiting.append((entry.child, below))
        return top

    def _entry(self, number: int) -> _Entry | None:
        at = number * _ENTRY.size
        if at + _ENTRY.size > len(self._entries):
            return None
        name, length, kind, left, right, child, start, size = _ENTRY.unpack_from(self._entries, at)
        text = name[: max(0, min(length, 64) - 2)].decode("utf-16-le", "replace")
        # Version 3 leaves what stands in the upper half undefined (MS-CFB, section 2.6.3).
        return _Entry(text, kind, left, right, child, start, size if self._shift == 12 else size & 0xFFFFFFFF)


@dataclass(frozen=True, slots=True)
class _Entry:
    name: str
    kind: int
    left: int
    right: int
    child: int
    start: int
    size: int
