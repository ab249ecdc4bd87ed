"""Unwraps what an S/MIME message says that is signed as one piece (RFC 8551, section 3.5.2); checks nothing."""

from __future__ import annotations

from collections.abc import Iterator

_SIGNED_DATA = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02"
_DATA = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01"
_SEQUENCE, _SET, _OCTETS, _OPEN_OCTETS, _EXPLICIT = 0x30, 0x31, 0x04, 0x24, 0xA0
_NESTING = 8


def content_of(data: bytes) -> bytes:
    """Return the signed content (RFC 5652, section 5); empty for what is encrypted, or cannot be read."""
    at = data.find(_SIGNED_DATA, 0, 64)
    # Behind its name stands the signed data, in an explicit tag: version, digests, then the content with its own name.
    found = data.find(_DATA, at + len(_SIGNED_DATA), at + 4_096) if at >= 0 else -1
    if found < 0:
        return b""
    tag, here, end = _element(data, found + len(_DATA), len(data))
    return b"".join(_octets(data, here, end, 0)) if tag == _EXPLICIT else b""


def _octets(data: bytes, here: int, end: int, level: int) -> Iterator[bytes]:
    """Yield the strings of octets in a place, which may be cut into pieces within pieces (X.690, section 8.7)."""
    while here < end:
        tag, start, stop = _element(data, here, end)
        if tag == _OCTETS:
            yield data[start:stop]
        elif tag == _OPEN_OCTETS and level < _NESTING:
            yield from _octets(data, start, stop, level + 1)
        else:
            return
        here = stop


def _element(data: bytes, here: int, end: int) -> tuple[int, int, int]:
    """Return an element's tag, and where its content begins and ends. Without a length it goes as far as it may."""
    if here + 2 > end:
        return 0, end, end
    tag, size = data[here], data[here + 1]
    here += 2
    if size == 0x80:
        return tag, here, end
    if size > 0x80:
        width = size & 0x7F
        size = int.from_bytes(data[here : here + min(width, 8)], "big")
        here += width
    return tag, min(here, end), min(here + size, end)
