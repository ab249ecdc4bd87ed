"""Makes text harmless: no control characters and no halves of characters, and one line where one line is meant."""

from __future__ import annotations

import re

from normalizers.x._limits import URL_CHARS
from normalizers.x._reading import Reading

_BIDI = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_NOT_IN_LINES = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_NOT_IN_BLOCKS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_SPACE = re.compile(r"\s+")
_REPLACED = "Control characters or halves of characters were replaced; the kept original has them."


def line(text: str, limit: int, reading: Reading) -> str:
    """Return text fit for a name: one line, no controls, no bidi controls, at most `limit` characters."""
    if len(text) <= limit and text.isprintable() and "  " not in text:
        return text.strip()
    if len(text) > limit:
        reading.note("value_cut", "A name or another short value was longer than allowed and was cut.")
        text = text[: 2 * limit]
    if _NOT_IN_LINES.search(text):
        reading.note("characters_replaced", _REPLACED)
        text = _NOT_IN_LINES.sub(_in_line, text)
    if _BIDI.search(text):
        reading.note("bidi_removed", "Characters that turn the writing direction were taken out of a name.")
        text = _BIDI.sub("", text)
    return " ".join(text.split())[:limit].rstrip()


def block(text: str, reading: Reading) -> str:
    """Return text of several lines with every character in its place, so that offsets into it stay true."""
    if text.isprintable():
        return text
    if "\r" in text:
        text = text.replace("\r", "\n")
    if _NOT_IN_BLOCKS.search(text):
        reading.note("characters_replaced", _REPLACED)
        text = _NOT_IN_BLOCKS.sub("\ufffd", text)
    return text


def target(url: str, reading: Reading) -> str:
    """Return the target of a link without white space and controls."""
    return _SPACE.sub("", line(url, URL_CHARS, reading))


def _in_line(match: re.Match[str]) -> str:
    return "\ufffd" if match[0] >= "\ud800" else " "
