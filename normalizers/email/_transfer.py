"""Undoes content transfer encodings, tolerantly: what can be read is read, and a note says what could not."""

from __future__ import annotations

import binascii
import re

from normalizers.email._reading import Reading

_BASE64 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_NOT_BASE64 = bytes(sorted(set(range(256)) - set(_BASE64 + b"=")))
_BLANK = b" \t\r\n="
_FOOTER = re.compile(rb"(?m)^[^\n]*[^A-Za-z0-9+/=\s]")
"""The first line that cannot be base64: mailing lists write their footer below what is encoded."""
_IDENTITY = frozenset({"", "7bit", "8bit", "binary"})
_UUENCODE = frozenset({"x-uuencode", "uuencode", "x-uue", "uue"})


def decode(data: bytes, encoding: str, reading: Reading) -> bytes:
    """Return the bytes behind a content transfer encoding; never raises."""
    if encoding in _IDENTITY:
        return data
    if encoding == "base64":
        found, whole = base64(data)
        if not whole and (footer := _FOOTER.search(data)) is not None:
            above, sound = base64(data[: footer.start()])
            found = above if sound and above else found
        if not whole:
            reading.note("base64_broken", "A part's base64 is broken; what could be read was read.")
        return found
    if encoding == "quoted-printable":
        return binascii.a2b_qp(data)
    if encoding in _UUENCODE:
        return _uudecode(data, reading)
    reading.note("encoding_unknown", "A part names an unknown transfer encoding; its bytes were taken as they are.")
    return data


def base64(data: bytes) -> tuple[bytes, bool]:
    """Return the decoded bytes, and whether the base64 was sound."""
    strange = len(data.translate(None, _BASE64 + _BLANK)) > 0
    runs = data.translate(None, _NOT_BASE64).rstrip(b"=").split(b"=")
    sound = not strange and all(len(run) % 4 != 1 for run in runs)
    return b"".join(_undo(run) for run in runs), sound


def _undo(digits: bytes) -> bytes:
    """Return what digits without padding stand for; one digit too many is left out."""
    if len(digits) % 4 == 1:
        digits = digits[:-1]
    return binascii.a2b_base64(digits + b"=" * (-len(digits) % 4))


def _uudecode(data: bytes, reading: Reading) -> bytes:
    """Return the bytes between `begin` and `end`; a broken line is left out."""
    found: list[bytes] = []
    lines = iter(data.splitlines())
    if not any(line.startswith(b"begin ") for line in lines):
        reading.note("uuencode_broken", "A part says it is uuencoded and is not; its bytes were taken as they are.")
        return data
    for line in lines:
        if line.strip() == b"end":
            break
        try:
            found.append(binascii.a2b_uu(line))
        except binascii.Error:
            reading.note("uuencode_broken", "A uuencoded part has broken lines; they were left out.")
    return b"".join(found)
