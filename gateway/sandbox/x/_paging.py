"""Pages of ids, newest first, and the tokens that lead from one to the next; a token stays good for good."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from gateway.sandbox.x._errors import invalid

_TOKEN = re.compile(r"sbx([np])([0-9]{20})")


@dataclass(frozen=True, slots=True)
class Slice:
    """One page of ids, newest first, and the tokens of its neighbours."""

    ids: Sequence[str]
    next_token: str | None
    previous_token: str | None

    def meta(self, *, bounds: bool = True) -> dict[str, Any]:
        """Return the page's `meta`; `bounds`: with the newest and the oldest id."""
        meta: dict[str, Any] = {"result_count": len(self.ids)}
        if bounds and self.ids:
            meta |= {"newest_id": self.ids[0], "oldest_id": self.ids[-1]}
        meta |= {"next_token": self.next_token} if self.next_token else {}
        return meta | ({"previous_token": self.previous_token} if self.previous_token else {})


def token_check(name: str, value: str) -> tuple[str, int]:
    """Return the direction and the id of a token. Raises `ProblemError` 400 when we never gave it."""
    found = _TOKEN.fullmatch(value)
    if found is None:
        raise invalid({name: [value]}, f"The `{name}` query parameter value [{value}] is not valid")
    return found[1], int(found[2])


def page(
    ids: Sequence[int],
    most: int,
    token: tuple[str, int] | None,
    *,
    since: int | None = None,
    until: int | None = None,
    keep: Callable[[int], bool] = lambda _: True,
) -> Slice:
    """Return the page that a token leads to, the first without one, of the ids above `since` and below `until`.

    `ids` come oldest first, the page newest first; those that are not to be kept are as if they were not there.
    """
    low = 0 if since is None else bisect_right(ids, since)
    high = len(ids) if until is None else bisect_left(ids, until)
    direction, place = token or ("n", None)
    if direction == "p" and place is not None:
        numbers = range(max(bisect_right(ids, place), low), high)
    else:
        high = high if place is None else min(bisect_left(ids, place), high)
        numbers = range(high - 1, low - 1, -1)
    found = list(islice((ids[each] for each in numbers if keep(ids[each])), most + 1))
    more, taken = len(found) > most, found[:most]
    if direction == "p":
        taken.reverse()
    older, newer = (True, more) if direction == "p" else (more, token is not None)
    return Slice(
        [str(each) for each in taken],
        _token("n", taken[-1]) if taken and older else None,
        _token("p", taken[0]) if taken and newer else None,
    )


def _token(direction: str, place: int) -> str:
    return f"sbx{direction}{place:020d}"
