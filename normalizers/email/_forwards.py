"""Reads whom a forwarded mail comes from, where it stands in the text and not beside it."""

from __future__ import annotations

import re
from datetime import datetime

from gateway.case import ForwardOrigin, Party
from normalizers.email import _addresses, _clean, _identity, _limits, _quotes
from normalizers.email._reading import Reading

_SAID_FORWARDED = re.compile(
    r"(?i)\s*(?:fwd?|wg|tr|rv|enc|inoltra|i|doorst|vs|vb|yna?|илт|ht|转发|轉寄|转|전달|転送)\s?[:：]"
)
_FIELD = re.compile(
    r"(?i)[>|\s*]{0,20}([^\W\d_][^\W\d_ -]{0,14}(?:[ -][^\W\d_]{1,14}){0,2})\s?\*?\s?[:：]\s?\*?\s?(.{0,500})"
)
_HEADER_LINES = 15
_HEADER_CHARS = 20_000


def inline(text: str, history: _quotes.History, subject: str, reading: Reading) -> tuple[ForwardOrigin, ...]:
    """Return the origin that a forwarded block in the text names."""
    if not history.forwarded and not _SAID_FORWARDED.match(subject):
        return ()
    party: Party | None = None
    sent_at: datetime | None = None
    about = ""
    here = history.header
    for line in text[here : here + _HEADER_CHARS].split("\n")[:_HEADER_LINES]:
        match = _FIELD.match(line)
        if match is None and line.strip(" >|") and party:
            break
        name = match[1].lower() if match else ""
        if match and name in _quotes.FROM and party is None:
            party = next(iter(_addresses.parties([match[2].encode("utf-8")], reading, limit=1)), None)
        elif match and name in _quotes.DATE:
            sent_at = _identity.read_date(match[2])
        elif match and name in _quotes.SUBJECT:
            about = _clean.line(match[2], _limits.SUBJECT_CHARS, reading)
        here += len(line) + 1
        if not line.strip(" >|") and party:
            break
    if party is None:
        return ()
    rest = text[here:].strip("\n")
    return (ForwardOrigin(party=party, kind="mail", subject=about, sent_at=sent_at, text=rest),)
