"""Sets of UIDs as runs, so that a hole of a million numbers is two of them."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from typing_extensions import override

MOST = 2**32 - 1
"""The largest UID (RFC 9051 section 9, nz-number)."""

_RUN = re.compile(r"([0-9]{1,10})(?::([0-9]{1,10}))?")


@dataclass(frozen=True, slots=True)
class Uids:
    """Numbers as runs of first and last, ascending, that neither overlap nor touch."""

    runs: tuple[tuple[int, int], ...] = ()

    @classmethod
    def of(cls, numbers: Iterable[int]) -> Uids:
        """Return the set of these numbers."""
        return cls(_joined((number, number) for number in sorted(numbers)))

    @classmethod
    def read(cls, text: str) -> Uids:
        """Read what `str` made; `ValueError` for anything else."""
        runs = []
        for part in text.split(",") if text else ():
            found = _RUN.fullmatch(part)
            if found is None or int(found[2] or found[1]) > MOST:
                raise ValueError("is no set of UIDs")
            runs.append((int(found[1]), int(found[2] or found[1])))
        if any(low > high for low, high in runs):
            raise ValueError("is no set of UIDs")
        return cls(_joined(sorted(runs)))

    @override
    def __str__(self) -> str:
        """Return the shortest sequence set of IMAP."""
        return ",".join(str(low) if low == high else f"{low}:{high}" for low, high in self.runs)

    def __bool__(self) -> bool:
        """Whether there is any."""
        return bool(self.runs)

    def __contains__(self, number: int) -> bool:
        """Whether the number is in one of the runs."""
        place = bisect_right(self.runs, (number, MOST)) - 1
        return place >= 0 and number <= self.runs[place][1]

    def plus(self, low: int, high: int) -> Uids:
        """Return the set with all numbers from `low` to `high`; nothing is added when there are none."""
        return Uids(_joined(sorted((*self.runs, (low, high))))) if low <= high else self

    def also(self, numbers: Iterable[int]) -> Uids:
        """Return the set with these numbers."""
        return Uids(_joined(sorted((*self.runs, *Uids.of(numbers).runs))))

    def without(self, numbers: Iterable[int]) -> Uids:
        """Return the set without these numbers."""
        return Uids(tuple(_cut(self.runs, Uids.of(numbers).runs)))

    def newest(self, count: int) -> tuple[Uids, int]:
        """Return the last runs, and the last number of those that were left out, 0 if none were."""
        left_out = self.runs[: max(len(self.runs) - count, 0)]
        return Uids(self.runs[len(left_out) :]), left_out[-1][1] if left_out else 0


NONE = Uids()


def _joined(runs: Iterable[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    found: list[tuple[int, int]] = []
    for low, high in runs:
        if found and low <= found[-1][1] + 1:
            found[-1] = (found[-1][0], max(high, found[-1][1]))
        else:
            found.append((low, high))
    return tuple(found)


def _cut(runs: Iterable[tuple[int, int]], others: tuple[tuple[int, int], ...]) -> Iterator[tuple[int, int]]:
    for low, high in runs:
        start = low
        for first, last in others[max(bisect_right(others, (low, 0)) - 1, 0) :]:
            if first > high:
                break
            if start < first:
                yield start, first - 1
            start = max(start, last + 1)
        if start <= high:
            yield start, high
