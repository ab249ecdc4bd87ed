"""IMAP's modified UTF-7 for folder names (RFC 3501 section 5.1.3)."""

from __future__ import annotations

import base64
import binascii
import re

_SHIFTED = re.compile(r"[^\x20-\x7e]+")
_RUN = re.compile(r"&([^-]*)-")


def encode(name: str) -> str:
    """Return the folder's name as the server spells it."""
    return _SHIFTED.sub(_encode_run, name.replace("&", "&-"))


def decode(name: str) -> str:
    """Return the folder's name as people spell it; what is not valid stays as it is."""
    return _RUN.sub(_decode_run, name)


def _encode_run(match: re.Match[str]) -> str:
    coded = base64.b64encode(match[0].encode("utf-16-be", "surrogatepass")).rstrip(b"=").replace(b"/", b",")
    return f"&{coded.decode('ascii')}-"


def _decode_run(match: re.Match[str]) -> str:
    coded = match[1]
    if not coded:
        return "&"
    padded = coded.replace(",", "/") + "=" * (-len(coded) % 4)
    try:
        return base64.b64decode(padded, validate=True).decode("utf-16-be")
    except (binascii.Error, ValueError):
        return match[0]
