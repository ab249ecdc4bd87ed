"""The lane of a mail: its sender's address, read cheaply from raw bytes that may be hostile."""

from __future__ import annotations

import re

UNKNOWN = "unknown"
MAX_HEADER = 262_144
MAX_FIELD = 4_000
MAX_LANE = 320

_FROM = re.compile(rb"^from[ \t]*:", re.IGNORECASE | re.MULTILINE)
_NEXT_FIELD = re.compile(rb"\r?\n(?![ \t])")
# What is never closed is matched to its end, and left as it is: a search anew from each quote in it would be quadratic.
_QUOTED = re.compile(r"\"(?:[^\"\\]|\\.)*+(\")?", re.DOTALL)
_ANGLED = re.compile(r"<([^<>]*)>")
_DELIMITERS = re.compile(r"[\s<>(),;:\"]+")
_CONTROL = re.compile(r"[\x00-\x20\x7f-\x9f]")


def lane_of(raw: bytes) -> str:
    """Return the sender's address in lower case, or `unknown`; never raises, reads the header's first bytes alone."""
    field = _from_field(raw)
    if field is None:
        return UNKNOWN
    text = field.decode("utf-8", "replace")
    bare = _QUOTED.sub(lambda found: " " if found[1] else found[0], text)
    candidates = [found for found in _ANGLED.findall(bare) if "@" in found.strip("@")]
    if candidates:
        return _tidy(candidates[-1])
    words = [word for word in _DELIMITERS.split(bare) if "@" in word.strip("@")]
    return _tidy(words[0]) if words else UNKNOWN


def _from_field(raw: bytes) -> bytes | None:
    head = raw[:MAX_HEADER]
    ends = [place for place in (head.find(b"\r\n\r\n"), head.find(b"\n\n")) if place >= 0]
    head = head[: min(ends)] if ends else head
    start = _FROM.search(head)
    if start is None:
        return None
    field = head[start.end() : start.end() + MAX_FIELD]
    stop = _NEXT_FIELD.search(field)
    return field[: stop.start()] if stop else field


def _tidy(address: str) -> str:
    return _CONTROL.sub("", address).lower()[:MAX_LANE] or UNKNOWN
