"""Fills a store with as many cases as wanted, by multiplying the rows that a gateway really wrote.

A copy differs from its template in its names (case numbers at random, X-shaped numbers that go on) and is older.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import re
import sqlite3
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

SEED = 1_120
"""Messages that the gateway itself works on first: they make 1,008 cases."""
CASES = 1_008
_NAMES = re.compile(r"(GH-[0-9A-Z]{5}-[0-9A-Z]{5}|(?:1860|1400)\d{15})")
_DAY = 86_400 * 1_000_000
_SPAN_DAYS = 50
_TIMES = frozenset({"updated_at", "stored_at", "received_at", "created_at"})
_NUMBERED = {"raws": "seq", "bodies": "seq", "entries": "id", "refs": "id", "effects": "id"}
_TABLES = ("raws", "bodies", "cases", "entries", "refs", "tickets", "effects")


class _Row:
    """One row of the template, cut where its names stand."""

    def __init__(self, columns: Mapping[str, Any], number: str | None) -> None:
        self._cells = list(columns.values())
        self._number = [place for place, name in enumerate(columns) if name == number]
        self._times = [place for place, name in enumerate(columns) if name in _TIMES and columns[name] is not None]
        cut = [(place, _NAMES.split(cell)) for place, cell in enumerate(self._cells) if isinstance(cell, str)]
        self._texts = [(place, parts) for place, parts in cut if len(parts) > 1]

    def names(self) -> Iterator[str]:
        for _, parts in self._texts:
            yield from parts[1::2]

    def copy(self, names: Mapping[str, str], shift: int, ago: int) -> list[Any]:
        """Return the cells of a copy, its own number moved on by `shift` and its times back by `ago`."""
        cells = self._cells.copy()
        for place in self._number:
            cells[place] += shift
        for place in self._times:
            cells[place] -= ago
        for place, parts in self._texts:
            renamed = parts.copy()
            renamed[1::2] = [names[name] for name in parts[1::2]]
            cells[place] = "".join(renamed)
        return cells


def copies_for(cases: int) -> int:
    """Return how often the template must stand in the store for so many cases."""
    return max(1, round(cases / CASES))


def fill(database: Path, copies: int) -> None:
    """Multiply what the store holds; no gateway may run on it."""
    with contextlib.closing(sqlite3.connect(database, isolation_level=None)) as line:
        line.row_factory = sqlite3.Row
        for pragma in ("journal_mode = OFF", "synchronous = OFF", "cache_size = -2000000", "foreign_keys = OFF"):
            line.execute(f"PRAGMA {pragma}")
        template = {table: _rows(line, table) for table in _TABLES}
        spans = {
            table: line.execute(f"SELECT max({number}) FROM {table}").fetchone()[0]  # noqa: S608 - names of ours
            for table, number in _NUMBERED.items()
        }
        names = {name for rows in template.values() for row in rows for name in row.names()}
        inserts = {table: _insert(line, table) for table in _TABLES}
        for copy in range(1, copies):
            known = {name: _renamed(name, copy) for name in names}
            ago = 2 * _DAY + copy * _SPAN_DAYS * _DAY // copies
            line.execute("BEGIN")
            for table, rows in template.items():
                shift = copy * spans.get(table, 0)
                line.executemany(inserts[table], [row.copy(known, shift, ago) for row in rows])
            line.execute("COMMIT")
        line.execute("PRAGMA journal_mode = WAL")


def _rows(line: sqlite3.Connection, table: str) -> list[_Row]:
    found = line.execute(f"SELECT * FROM {table}").fetchall()  # noqa: S608 - names of ours
    return [_Row(dict(row), _NUMBERED.get(table)) for row in found]


def _insert(line: sqlite3.Connection, table: str) -> str:
    columns = [row["name"] for row in line.execute(f"PRAGMA table_info({table})")]
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"  # noqa: S608


def _renamed(name: str, copy: int) -> str:
    if not name.startswith("GH-"):
        return str(int(name) + SEED * copy)
    digest = base64.b32encode(hashlib.sha256(f"{name}{copy}".encode()).digest()).decode()
    return f"GH-{digest[:5]}-{digest[5:10]}"
