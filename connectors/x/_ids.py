"""The platform's ids as times: a snowflake's upper bits are milliseconds since the platform's own beginning."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

_BEGAN = datetime.fromtimestamp(1_288_834_974.657, UTC)
_SHIFT = 22
_MS = timedelta(milliseconds=1)
_DIGITS = re.compile(r"[0-9]{1,19}")

OVERLAP = timedelta(minutes=5)
"""What is younger than this is read again each time: the index may show a lower id after a higher one."""
_MOST_SEEN = 500


def number(value: Any) -> int | None:
    """Return an id as a number; None for what is no id."""
    return int(value) if isinstance(value, str) and _DIGITS.fullmatch(value) else None


def id_at(at: datetime) -> int:
    """Return the lowest id that can be given out at that time."""
    return max((at - _BEGAN) // _MS, 0) << _SHIFT


def time_of(number: int) -> datetime:
    """Return when an id was given out, to the millisecond."""
    return _BEGAN + (number >> _SHIFT) * _MS


def earlier(number: int, by: timedelta) -> int:
    """Return the lowest id of that much earlier."""
    return max((number >> _SHIFT) - by // _MS, 0) << _SHIFT


def recent(ids: Iterable[int], newest: int) -> set[int]:
    """Return those that lie in the overlap below the newest, and are read again."""
    horizon = earlier(newest, OVERLAP)
    return {each for each in ids if each > horizon}


def remembered(ids: Iterable[int]) -> tuple[int, ...]:
    """Return the newest of what was seen, for a cursor; what is left out comes again, and is absorbed by its key."""
    return tuple(sorted(ids, reverse=True)[:_MOST_SEEN])
