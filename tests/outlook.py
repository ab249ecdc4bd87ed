"""Writes what Outlook and Exchange write: `.msg` files (MS-CFB, MS-OXMSG) and `winmail.dat` (MS-OXTNEF)."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime

SECTOR, MINI, CUTOFF = 512, 64, 4096
FREE, LAST, FAT, DIFAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD, 0xFFFFFFFC
IN_HEAD, PER_SECTOR = 109, SECTOR // 4
Tree = Mapping[str, "bytes | Tree"]
"""Files by name, and folders of them."""


class _Entry:
    def __init__(self, name: str, content: bytes | Tree) -> None:
        self.name = name
        self.content = content
        self.right = self.child = FREE
        self.start, self.size = LAST, 0


def compound(tree: Tree) -> bytes:
    """Return a compound file; small files stand in the stream for small files, as Outlook keeps them."""
    entries = list(_entries(tree))
    small, sectors, chains = b"", b"", list[int]()
    mini_chains: list[int] = []
    for entry in entries[1:]:
        if isinstance(entry.content, bytes) and entry.content:
            entry.size = len(entry.content)
            if entry.size < CUTOFF:
                entry.start = _chained(mini_chains, -(-entry.size // MINI))
                small += entry.content.ljust(-(-entry.size // MINI) * MINI, b"\0")
            else:
                entry.start, sectors = _added(chains, sectors, entry.content)
    if small:
        entries[0].start, sectors = _added(chains, sectors, small)
        entries[0].size = len(small)
    first_mini, sectors = _added(chains, sectors, _table(mini_chains)) if mini_chains else (LAST, sectors)
    listed = b"".join(_packed(entry, kind=5 if place == 0 else None) for place, entry in enumerate(entries))
    first_entry, sectors = _added(chains, sectors, listed.ljust(-(-len(listed) // SECTOR) * SECTOR, b"\0"))
    tables, lists = 1, 0
    while (len(chains) + tables + lists) * 4 > tables * SECTOR:
        tables += 1
        lists = -(-max(0, tables - IN_HEAD) // (PER_SECTOR - 1))
    at = len(chains)
    table = _table([*chains, *[FAT] * tables, *[DIFAT] * lists]).ljust(tables * SECTOR, b"\xff")
    names = [at + number for number in range(tables)]
    more = [
        [*rest, *[FREE] * (PER_SECTOR - 1 - len(rest)), at + tables + number + 1 if number + 1 < lists else LAST]
        for number in range(lists)
        for rest in [names[IN_HEAD + number * (PER_SECTOR - 1) :][: PER_SECTOR - 1]]
    ]
    head = struct.pack(
        "<8s16xHHHHH6xIIIIIIIII", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 0x3E, 3, 0xFFFE, 9, 6, 0, tables, first_entry, 0,
        CUTOFF, first_mini, 1 if mini_chains else 0, at + tables if lists else LAST, lists,
    )  # fmt: skip
    first = [*names[:IN_HEAD], *[FREE] * (IN_HEAD - tables)]
    return head + struct.pack(f"<{IN_HEAD}I", *first) + sectors + table + b"".join(map(_table, more))


def _entries(tree: Tree) -> Iterator[_Entry]:
    found = [_Entry("Root Entry", tree)]
    for entry in found:
        if isinstance(entry.content, Mapping):
            first = len(found)
            found += [_Entry(name, content) for name, content in entry.content.items()]
            below = found[first:]
            entry.child = first if below else FREE
            for number, each in enumerate(below[:-1]):
                each.right = first + number + 1
    yield from found


def _chained(chains: list[int], count: int) -> int:
    start = len(chains)
    chains += [*range(start + 1, start + count), LAST]
    return start


def _added(chains: list[int], sectors: bytes, data: bytes) -> tuple[int, bytes]:
    count = -(-len(data) // SECTOR)
    return _chained(chains, count), sectors + data.ljust(count * SECTOR, b"\0")


def _table(numbers: Sequence[int]) -> bytes:
    return struct.pack(f"<{len(numbers)}I", *numbers).ljust(-(-len(numbers) * 4 // SECTOR) * SECTOR, b"\xff")


def _packed(entry: _Entry, kind: int | None) -> bytes:
    name = entry.name.encode("utf-16-le") + b"\0\0"
    kind = kind or (1 if isinstance(entry.content, Mapping) else 2)
    return struct.pack(
        "<64sHBBIII36xIQ", name, len(name), kind, 1, FREE, entry.right, entry.child, entry.start, entry.size
    )


def filetime(moment: datetime) -> int:
    """Return an instant as Windows counts it."""
    return int((moment - datetime(1601, 1, 1, tzinfo=UTC)).total_seconds()) * 10_000_000


def msg(
    texts: Mapping[int, str | bytes],
    files: Sequence[Tree] = (),
    sent_at: datetime | None = None,
    *,
    inner: bool = False,
) -> dict[str, bytes | Tree]:
    """Return the tree of a mail: its properties that are text or bytes, by number."""
    table = struct.pack("<HHIQ", 0x40, 0x39, 6, filetime(sent_at)) if sent_at else b""
    found: dict[str, bytes | Tree] = {"__properties_version1.0": bytes(24 if inner else 32) + table, **_streams(texts)}
    for number, file in enumerate(files):
        found[f"__attach_version1.0_#{number:08X}"] = file
    return found


def attached(texts: Mapping[int, str | bytes], mail: Tree | None = None) -> dict[str, bytes | Tree]:
    """Return the tree of a file in a mail, or of a mail in a mail."""
    found: dict[str, bytes | Tree] = {"__properties_version1.0": bytes(8), **_streams(texts)}
    if mail is not None:
        found["__substg1.0_3701000D"] = mail
    return found


def _streams(texts: Mapping[int, str | bytes]) -> dict[str, bytes]:
    return {
        f"__substg1.0_{name:04X}{'001F' if isinstance(value, str) else '0102'}": (
            value.encode("utf-16-le") if isinstance(value, str) else value
        )
        for name, value in texts.items()
    }


def tnef(texts: Mapping[int, str | bytes], files: Sequence[tuple[str, bytes, Mapping[int, str | bytes]]] = ()) -> bytes:
    """Return a `winmail.dat`: properties of the mail, and of each file its name, its bytes and its properties."""
    found = b"\x78\x9f\x3e\x22\x01\x00" + _attribute(1, 0x00069007, struct.pack("<II", 1252, 0))
    found += _attribute(1, 0x00069003, _properties(texts))
    for name, data, properties in files:
        found += _attribute(2, 0x00069002, bytes(14)) + _attribute(2, 0x00018010, name.encode("cp1252") + b"\0")
        found += _attribute(2, 0x0006800F, data) + _attribute(2, 0x00069005, _properties(properties))
    return found


def _attribute(level: int, name: int, data: bytes) -> bytes:
    return struct.pack("<BII", level, name, len(data)) + data + struct.pack("<H", sum(data) & 0xFFFF)


def _properties(texts: Mapping[int, str | bytes]) -> bytes:
    """Return a block with properties of other sorts before those that are asked for."""
    found = struct.pack("<HHi", 3, 0x0E07, 1) + struct.pack("<HH16sIII", 0x0003, 0x8001, bytes(16), 0, 7, 9)
    found += struct.pack("<HHIIii", 0x1003, 0x0E10, 2, 1, 2, 0)[: 4 + 4 + 8]
    for name, value in texts.items():
        kind, data = (0x1F, value.encode("utf-16-le") + b"\0\0") if isinstance(value, str) else (0x102, value)
        padded = data.ljust(-(-len(data) // 4) * 4, b"\0")
        found += struct.pack("<HHII", kind, name, 1, len(data)) + padded
    return struct.pack("<I", 3 + len(texts)) + found


def lzfu(rtf: bytes) -> bytes:
    """Return RTF as Outlook packs it, without finding anything that repeats."""
    packed = b""
    for at in range(0, len(rtf), 8):
        packed += b"\0" + rtf[at : at + 8]
    return struct.pack("<IIII", len(packed) + 12, len(rtf), 0x75465A4C, 0) + packed
