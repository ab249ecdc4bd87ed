"""Makes text harmless: no control characters and no halves of characters, and one line where one line is meant."""

from __future__ import annotations

import re

from normalizers.telegram._limits import FILE_NAME_CHARS, TEXT_CHARS
from normalizers.telegram._reading import Reading

_BIDI = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_NOT_IN_LINES = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_NOT_IN_BLOCKS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
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
    if len(text) > TEXT_CHARS:
        reading.note("text_over_cap", f"Only the first {TEXT_CHARS} characters of the text were kept.")
        text = text[:TEXT_CHARS]
    if text.isprintable():
        return text
    if "\r" in text:
        text = text.replace("\r", "\n")
    if _NOT_IN_BLOCKS.search(text):
        reading.note("characters_replaced", _REPLACED)
        text = _NOT_IN_BLOCKS.sub("\ufffd", text)
    return text


def file_name(text: str, reading: Reading) -> str:
    """Return a file name without path, control or bidi characters; a cut keeps the extension."""
    name = line(text, 4 * FILE_NAME_CHARS, reading).replace("\\", "/").rpartition("/")[2].strip()
    if name in (".", ".."):
        return ""
    if len(name) > FILE_NAME_CHARS:
        stem, dot, extension = name.rpartition(".")
        tail = dot + extension if dot and len(extension) <= 20 else ""
        name = (stem if tail else name)[: FILE_NAME_CHARS - len(tail)] + tail
    return name


def _in_line(match: re.Match[str]) -> str:
    return "\ufffd" if match[0] >= "\ud800" else " "
