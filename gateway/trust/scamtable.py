"""Reported scams by the hundred thousand in little memory: an open-addressing table of keyed hashes.

A slot holds eight bytes of hash and two of a number: which report it comes from. The texts themselves are not kept, so
that a million entries take 17 MB. Among n entries a text that is none of them is taken for one with a probability of
n / 2**64: 5.4e-14 for a million. The key is made anew for each table, so that nobody can search for such a text.
"""

from __future__ import annotations

import os
from array import array
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from hashlib import blake2b

FILL = 0.6
"""How much of the slots is used: a look-up then takes 1.75 probes for what is there and 3.6 for what is not."""
_KEY_BYTES = 16
_MOST_DAYS = 65_000
"""Reports of so many days are told apart; of the rest the day is not told."""


@dataclass(frozen=True, slots=True)
class Reported:
    """Who reported something as a scam, when, and what else was said of it."""

    source: str = ""
    reported_at: date | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class ScamTable:
    """Which texts were reported, by whom. Equal work for a look-up, however many there are."""

    key: bytes = b""
    hashes: array[int] = field(default_factory=lambda: array("Q"))
    """Zero where a slot is free."""
    marks: array[int] = field(default_factory=lambda: array("H"))
    """For each slot the place of its report in `reports`."""
    reports: tuple[Reported, ...] = ()
    count: int = 0

    @classmethod
    def of(cls, entries: Iterable[tuple[str, Reported]], most: int, key: bytes | None = None) -> ScamTable:
        """Build a table of at most so many entries; the first report of a text counts. Raises `ValueError` for more."""
        key = os.urandom(_KEY_BYTES) if key is None else key
        size = int(most / FILL) + 1
        hashes, marks = array("Q", bytes(8 * size)), array("H", bytes(2 * size))
        numbers: dict[Reported, int] = {}
        count = 0
        for text, report in entries:
            wanted = _hash(text, key)
            place = wanted % size
            while (found := hashes[place]) and found != wanted:
                place = place + 1 if place + 1 < size else 0
            if found:
                continue
            count += 1
            if count > most:
                raise ValueError("more entries than were told")
            mark = numbers.get(report)
            if mark is None:
                known = report if len(numbers) < _MOST_DAYS else replace(report, reported_at=None)
                mark = numbers.setdefault(known, len(numbers))
            hashes[place], marks[place] = wanted, mark
        return cls(key, hashes, marks, tuple(numbers), count)

    def get(self, text: str) -> Reported | None:
        """Return the report of a text, or None."""
        place, _ = self.find(text)
        return None if place is None else self.reports[self.marks[place]]

    def find(self, text: str) -> tuple[int | None, int]:
        """Return the slot of a text, None if it has none, and how many slots were looked at."""
        if not self.count:
            return None, 0
        size, wanted = len(self.hashes), _hash(text, self.key)
        place, probes = wanted % size, 1
        while (found := self.hashes[place]) and found != wanted:
            place = place + 1 if place + 1 < size else 0
            probes += 1
        return (place if found else None), probes


def table_key(kind: str, value: str, platform: str = "") -> str:
    """Return the text under which something reported stands in the table; `http` and `https` are one."""
    if kind == "link":
        value = f"https://{value.partition('://')[2]}"
    return f"{kind} {platform} {value}"


def _hash(text: str, key: bytes) -> int:
    """Return 64 bits of a text, never zero."""
    digest = blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8, key=key).digest()
    return int.from_bytes(digest, "little") or 1
