"""Types taken at their word: true is no number, "5" is no number either, and a duration ends within a lifetime.

Works on any settings model, those of plugins too; what it does not know it leaves to the model itself.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel

from gateway.settings.model import Problem

_WHOLE = 2**63 - 1
"""What every database and every library can hold."""
_LONGEST: Mapping[str, int] = {"_secs": 10**9, "_hours": 300_000, "_days": 36_500}
"""Some thirty years, and a hundred for what is kept; beyond it a date cannot be reckoned with."""


def strictly(model: type[BaseModel], table: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield a problem for each boolean or number of a table that is written as something else, or is out of bounds."""
    for name, field in model.model_fields.items():
        if name not in table:
            continue
        check = _check_for(frozenset(_kinds(field.annotation)) - {type(None)})
        if check is not None and (said := check(name, table[name])):
            yield Problem(name, said)


def _kinds(annotation: object) -> Iterator[object]:
    """Yield the types that a field may have; a list is one, whatever its items are."""
    origin = get_origin(annotation)
    if origin is Annotated:
        yield from _kinds(get_args(annotation)[0])
    elif origin in (Union, UnionType):
        for item in get_args(annotation):
            yield from _kinds(item)
    else:
        yield annotation


def _check_for(kinds: frozenset[object]) -> Callable[[str, object], str] | None:
    if kinds == {bool}:
        return _boolean
    if kinds == {int}:
        return _whole
    if kinds == {float} or kinds == {int, float}:
        return _number
    return None


def _boolean(name: str, value: object) -> str:
    return "" if isinstance(value, bool) else "must be true or false, without quotes"


def _whole(name: str, value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, int):
        return "must be a whole number, such as 993, without quotes"
    return _bounded(name, value)


def _number(name: str, value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return "must be a number, such as 2.5, without quotes"
    if not math.isfinite(value):
        return "must be a finite number, such as 2.5"
    return _bounded(name, value)


def _bounded(name: str, value: float) -> str:
    longest = next((most for ending, most in _LONGEST.items() if name.endswith(ending)), _WHOLE)
    return f"must be at most {longest}" if value > longest else ""
