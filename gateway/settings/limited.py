"""The limits of a channel or backend: what its plugin declares, and what the operator's `limits` say instead."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from gateway.ports import Limit
from gateway.settings.explain import hint
from gateway.settings.model import Problem

KEY = "limits"
_MOST = 2**53
"""More calls than anybody makes in a day."""


def limited(declared: Sequence[Limit], *tables: object) -> tuple[Limit, ...]:
    """Return the limits that hold; of two tables that name a limit the later counts. Wrong entries change nothing."""
    said: dict[str, int | bool] = {}
    for table in tables:
        if isinstance(table, Mapping):
            said |= {name: value for name, value in table.items() if isinstance(value, int)}
    kept = [limit for limit in declared if said.get(limit.name) is not False]
    return tuple(
        replace(limit, count=said[limit.name]) if said.get(limit.name, 0) >= limit.cost else limit for limit in kept
    )


def misread(declared: Sequence[Limit], table: object, path: str) -> Iterator[Problem]:
    """Yield what is wrong with one table of limits; None is no table."""
    if table is None:
        return
    if not isinstance(table, Mapping):
        yield Problem(path, f"must be a table: write [{path}] on a line of its own")
        return
    costs = {limit.name: max(other.cost for other in declared if other.name == limit.name) for limit in declared}
    for name, value in table.items():
        if name not in costs:
            yield Problem(f"{path}.{name}", f"is not a limit of this plugin; {hint(name, list(costs))}")
        elif value is not False and (value is True or not isinstance(value, int)):
            yield Problem(f"{path}.{name}", "must be a whole number, such as 60, or false for no limit")
        elif value is not False and not costs[name] <= value <= _MOST:
            yield Problem(
                f"{path}.{name}", f"must be at least {costs[name]} and at most {_MOST}, or false for no limit"
            )


def shape(declared: Sequence[Limit]) -> dict[str, Any]:
    """Return the JSON Schema of the table."""
    values = {
        limit.name: {"anyOf": [{"type": "integer", "minimum": limit.cost, "maximum": _MOST}, {"const": False}]}
        for limit in declared
    }
    return {"type": "object", "additionalProperties": False, "properties": values}
