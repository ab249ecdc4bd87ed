"""Pages of ids, newest first, and the tokens that lead from one to the next; a token stays good for good."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
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


def page(newest_first: Sequence[int], most: int, token: tuple[str, int] | None) -> Slice:
    """Return the page that a token leads to, the first without one."""
    found = newest_first
    if token is not None:
        direction, place = token
        if direction == "n":
            found = [each for each in newest_first if each < place]
        else:
            found = [each for each in newest_first if each > place][-most:]
    taken = found[:most]
    rest = bool(taken) and taken[-1] != newest_first[-1]
    before = bool(taken) and taken[0] != newest_first[0]
    return Slice(
        [str(each) for each in taken],
        _token("n", taken[-1]) if rest else None,
        _token("p", taken[0]) if before else None,
    )


def between(ids: Sequence[int], since: int | None, until: int | None, keep: Callable[[int], bool]) -> list[int]:
    """Return those above `since` and below `until` that are kept, newest first; `ids` come oldest first."""
    return [
        each
        for each in reversed(ids)
        if (since is None or each > since) and (until is None or each < until) and keep(each)
    ]


def _token(direction: str, place: int) -> str:
    return f"sbx{direction}{place:020d}"
