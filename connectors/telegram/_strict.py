"""Decodes JSON that nobody should trust: no key twice, no number beyond 64 bits, no endless nesting; and splits it."""

from __future__ import annotations

import json
import math
import re
from typing import Any, NoReturn

MAX_DEPTH = 64
"""The platform's own updates nest a dozen deep."""
_LARGEST = 2**63 - 1
_SMALLEST = -(2**63)
_MARK = re.compile(rb'"(?:[^"\\]++|\\.)*+"?+|[\[\]{}]', re.DOTALL)
"""A whole string, or to the end of what there is; or a bracket. Possessive: linear on any input."""
_RESULT = re.compile(rb'"result"\s*+:\s*+\[')


class UnreadableError(ValueError):
    """The bytes are not JSON that can be read in one way only."""


def decode(body: bytes) -> Any:
    """Return the value. Raises `UnreadableError`, whose text holds nothing of the bytes."""
    try:
        value = _DECODER.decode(body.decode("utf-8"))
    except UnreadableError:
        raise
    except (ValueError, RecursionError) as error:
        raise UnreadableError(f"no JSON: {type(error).__name__}") from None
    _refuse_depth(value)
    return value


def encode(value: Any) -> bytes:
    """Return the one compact form of a value, in ASCII: lone surrogates stay escapes."""
    return json.dumps(value, separators=(",", ":")).encode("ascii")


def split(body: bytes) -> tuple[list[bytes], bytes] | None:
    """Return the whole items of the array `result`, byte for byte, and what follows the last of them; never recurses.

    None when there is no such array. What follows is an item that was cut, or the end of the array.
    """
    found = _RESULT.search(body)
    if found is None:
        return None
    items: list[bytes] = []
    start = end = found.end()
    depth = 0
    for mark in _MARK.finditer(body, start):
        sign = mark[0][:1]
        if sign in b"[{":
            start = mark.start() if depth == 0 else start
            depth += 1
        elif sign in b"]}":
            depth -= 1
            if depth < 0:
                break
            if depth == 0:
                end = mark.end()
                items.append(body[start:end])
    return items, body[end:].lstrip(b", \t\r\n")


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise UnreadableError("a key stands twice in one object")
    return value


def _integer(digits: str) -> int:
    # Longer than any 64-bit number: not even converted.
    if len(digits) > 20 or not _SMALLEST <= (value := int(digits)) <= _LARGEST:
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
