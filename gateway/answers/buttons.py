"""What a button bears: its action, signed for the one person it was made for. Pure; the secret is given.

A client sends back what it likes: nothing is believed that this person's button does not prove.
"""

from __future__ import annotations

import hmac
import re
from base64 import urlsafe_b64encode

from gateway.answers.tokens import digest

MAX_DATA = 64
"""Bytes that a button may bear; the narrowest platform's."""

_MAC_BYTES = 12
_MAC_CHARS = 16
_SIGNED = re.compile(r"([a-z]{1,12}):([A-Za-z0-9-]{0,24})")


def sign(secret: bytes, person_id: str, action: str, arg: str = "") -> str:
    """Return a button's data, at most `MAX_DATA` bytes of ASCII. Raises ValueError for what `read` would not take."""
    said = f"{action}:{arg}"
    if _SIGNED.fullmatch(said) is None:
        raise ValueError("a button bears a short action and a short argument of letters, digits and hyphens")
    return _mac(secret, person_id, action, arg) + said


def read(secret: bytes, person_id: str, data: str) -> tuple[str, str] | None:
    """Return (action, argument) of a button that we made for this person; None for any other data."""
    match = _SIGNED.fullmatch(data[_MAC_CHARS:]) if len(data) <= MAX_DATA and data.isascii() else None
    if match is None:
        return None
    action, arg = match[1], match[2]
    genuine = hmac.compare_digest(_mac(secret, person_id, action, arg), data[:_MAC_CHARS])
    return (action, arg) if genuine else None


def _mac(secret: bytes, person_id: str, action: str, arg: str) -> str:
    return urlsafe_b64encode(digest(secret, "button", person_id, action, arg)[:_MAC_BYTES]).decode("ascii")
