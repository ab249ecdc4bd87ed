"""Decodes JSON that nobody should trust: objects alone, no number beyond 64 bits, no endless nesting."""

from __future__ import annotations

import json
import math
from typing import Any, NoReturn

MAX_DEPTH = 64
"""The platform's own answers nest a dozen deep."""
_LARGEST = 2**63


class UnreadableError(ValueError):
    """The bytes are no JSON object that can be read in one way only."""


def decode(body: bytes) -> dict[str, Any]:
    """Return the object. Raises `UnreadableError`, whose text holds nothing of the bytes."""
    try:
        value = _DECODER.decode(body.decode("utf-8"))
    except UnreadableError:
        raise
    except (ValueError, RecursionError) as error:
        raise UnreadableError(f"no JSON: {type(error).__name__}") from None
    if not isinstance(value, dict):
        raise UnreadableError("JSON, but no object")
    _refuse_depth(value)
    return value


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise UnreadableError("a key stands twice in one object")
    return value


def _integer(digits: str) -> int:
    # Longer than any 64-bit number: not even converted.
    if len(digits) > 20 or not -_LARGEST <= (value := int(digits)) < _LARGEST:
        raise UnreadableError("a number does not fit 64 bits")
    return value


def _float(digits: str) -> float:
    if not math.isfinite(value := float(digits)):
        raise UnreadableError("a number does not fit 64 bits")
    return value


def _constant(_: str) -> NoReturn:
    raise UnreadableError("a number that is none")


_DECODER = json.JSONDecoder(object_pairs_hook=_pairs, parse_int=_integer, parse_float=_float, parse_constant=_constant)


def _refuse_depth(value: Any) -> None:
    level = [value]
    for _ in range(MAX_DEPTH):
        level = [
            child
            for each in level
            if isinstance(each, (dict, list))
            for child in (each.values() if isinstance(each, dict) else each)
        ]
        if not level:
            return
    raise UnreadableError("nested too deep")
