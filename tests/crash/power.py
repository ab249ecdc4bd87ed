"""Power loss: what a process wrote and did not sync is gone when it dies, or in part, as a real disk might leave it.

`power.c` writes down every change of the folder's files; here the folder is put into a state that the disk could be in.
Files and folders are synced apart: a name whose folder was not synced may go, however durable its file is.
"""

from __future__ import annotations

import ctypes
import os
import random
import shutil
import struct
import subprocess
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

SOURCE = Path(__file__).with_suffix(".c")
SECTOR = 512
_HEAD = struct.Struct("=IIQQQQQ")
WRITE, SIZE, SYNC, CREATE, RENAME, UNLINK, MKDIR = range(1, 8)


def build(into: Path) -> Path | None:
    """Compile the library; None where there is no compiler."""
    compiler = shutil.which("gcc") or shutil.which("cc")
    if compiler is None:
        return None
    library = into / "power.so"
    subprocess.run([compiler, "-shared", "-fPIC", "-O2", "-o", library, SOURCE, "-ldl", "-lpthread"], check=True)
    return library


def begin(folder: Path) -> None:
    """Write down, from now on, what this process does to the folder."""
    shadow = _shadow(folder)
    shadow.mkdir(exist_ok=True)
    library = ctypes.CDLL(None)
    library.power_begin(os.fsencode(folder), os.fsencode(_journal(folder)), os.fsencode(shadow))


def prepare(folder: Path) -> None:
    """Call the folder durable as it stands; before each life."""
    _journal(folder).unlink(missing_ok=True)
    for area in (_shadow(folder), _before(folder)):
        shutil.rmtree(area, ignore_errors=True)
    _before(folder).mkdir()
    for path in (each for each in folder.rglob("*") if each.is_file()):
        shutil.copyfile(path, _before(folder) / str(path.stat().st_ino))


def lose(folder: Path, rng: random.Random, kept: float = 0.0) -> int:
    """Cut the power: leave each unsynced sector with that probability; return how many changes were lost."""
    records = list(_read(_journal(folder)))
    lost = _lose_content(folder, records, rng, kept)
    # Names go last first, and once one is gone all that came after it in its folder is, too: journalled metadata.
    synced = {record.inode: at for at, record in enumerate(records) if record.kind == SYNC}
    pending = [
        record for at, record in enumerate(records) if record.kind >= CREATE and synced.get(record.inode, -1) < at
    ]
    start = rng.randint(0, len(pending)) if kept and pending else 0
    for record in reversed(pending[start:]):
        _undo(record)
        lost += 1
    for name in folder.glob("*-shm"):
        name.unlink()
    return lost


@dataclass(frozen=True)
class Record:
    """One change. `inode` is the file's, or the folder's for a name."""

    kind: int
    inode: int
    offset: int
    size: int
    first: bytes
    second: bytes


def _journal(folder: Path) -> Path:
    return folder.with_name(folder.name + ".journal")


def _shadow(folder: Path) -> Path:
    return folder.with_name(folder.name + ".shadow")


def _before(folder: Path) -> Path:
    return folder.with_name(folder.name + ".before")


def _read(journal: Path) -> Iterator[Record]:
    if not journal.exists():
        return
    held = journal.read_bytes()
    at = 0
    while at + _HEAD.size <= len(held):
        kind, _, inode, offset, size, first, second = _HEAD.unpack_from(held, at)
        at += _HEAD.size
        if at + first + second > len(held):
            return
        yield Record(kind, inode, offset, size, held[at : at + first], held[at + first : at + first + second])
        at += first + second


def _lose_content(folder: Path, records: list[Record], rng: random.Random, kept: float) -> int:
    """Rebuild each file that was written to, from what it was and what of the writes the disk has."""
    changes: defaultdict[int, list[Record]] = defaultdict(list)
    durable: dict[int, int] = {}
    made = {record.offset for record in records if record.kind == CREATE}
    for record in records:
        if record.kind in (WRITE, SIZE):
            changes[record.inode].append(record)
        elif record.kind == SYNC:
            durable[record.inode] = len(changes[record.inode])
        elif record.kind == CREATE:
            # The number of a file that is gone, given to a new one.
            changes.pop(record.offset, None)
            durable.pop(record.offset, None)
    before = {int(path.name): path.read_bytes() for path in _before(folder).iterdir()}
    lost = 0
    for area in (folder, _shadow(folder)):
        for path in (each for each in area.rglob("*") if each.is_file() and not each.name.endswith("-shm")):
            inode = path.stat().st_ino
            if inode not in changes:
                continue
            image = bytearray(b"" if inode in made else before.get(inode, b""))
            for number, record in enumerate(changes[inode]):
                sure = number < durable.get(inode, 0)
                lost += not sure
                _apply(image, record, None if sure else rng, kept)
            path.write_bytes(image)
    return lost


def _apply(image: bytearray, record: Record, rng: random.Random | None, kept: float) -> None:
    """Make a change to a file's image: whole, or sector by sector as chance has it."""
    if record.kind == SIZE:
        if rng is None or rng.random() < kept:
            del image[record.offset :]
            image.extend(bytes(record.offset - len(image)))
        return
    for at in range(0, len(record.second), SECTOR):
        if rng is None or rng.random() < kept:
            piece = record.second[at : at + SECTOR]
            image.extend(bytes(max(0, record.offset + at + len(piece) - len(image))))
            image[record.offset + at : record.offset + at + len(piece)] = piece


def _undo(record: Record) -> None:
    """Take a change of names back."""
    if record.kind == CREATE:
        path = Path(os.fsdecode(record.first))
        if path.exists() and path.stat().st_ino == record.offset:
            path.unlink()
    elif record.kind == MKDIR:
        shutil.rmtree(os.fsdecode(record.first), ignore_errors=True)
    elif record.kind == RENAME:
        old, new = (Path(os.fsdecode(name)) for name in record.first.split(b"\n"))
        if new.exists() and old.parent.exists():
            new.rename(old)
        _give_back(record.second, new)
    else:
        _give_back(record.second, Path(os.fsdecode(record.first)))


def _give_back(kept: bytes, name: Path) -> None:
    if kept and name.parent.exists() and not name.exists():
        Path(os.fsdecode(kept)).rename(name)
