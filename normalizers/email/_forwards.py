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
    r"(?i)[>|\s*]{0,20}([^\W\d_][^\W\d_ -]{0,14}(?:[ -][^\W\d_]{1,14}){0,2})\s?\*?\s?[:：](?!//)\s?\*?\s?(.{0,500})"
)
_HEADER_LINES = 15
_HEADER_CHARS = 20_000


_MOST = 5
"""A mail that was handed on more often names no more of those who did."""
_MARK = re.compile(r"(?m)^[>|] ?")


def inline(text: str, history: _quotes.History, subject: str, reading: Reading) -> tuple[ForwardOrigin, ...]:
    """Return the origin that a forwarded block in the text names, and those that blocks within it name."""
    if not history.forwarded and not _SAID_FORWARDED.match(subject):
        return ()
    found: list[ForwardOrigin] = []
    within: _quotes.History | None = history
    while within is not None and len(found) < _MOST:
        origin = _origin(text, within, reading)
        if origin is None:
            break
        found.append(origin)
        text = origin.text
        within = _quotes.find(text)
        if within is not None and not within.forwarded:
            break
    return tuple(found)


def _origin(text: str, history: _quotes.History, reading: Reading) -> ForwardOrigin | None:
    """Return whom the block at this place comes from."""
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
            # What is odd in a line of the text is no oddity of the mail's header.
            party = next(iter(_addresses.parties([match[2].encode("utf-8")], Reading(), limit=1)), None)
        elif match and name in _quotes.DATE:
            sent_at = _identity.read_date(match[2])
        elif match and name in _quotes.SUBJECT:
            about = _clean.line(match[2], _limits.SUBJECT_CHARS, reading)
        here += len(line) + 1
        if not line.strip(" >|") and party:
            break
    if party is None:
        return None
    return ForwardOrigin(
        party=party, kind="mail", subject=about, sent_at=sent_at, text=_unmarked(text[here:].strip("\n"))
    )


def _unmarked(text: str) -> str:
    """Return a text without the quote marks before all of its lines; one with other lines stays as it is."""
    if not text.startswith((">", "|")) or not all(line.startswith((">", "|")) for line in text.split("\n") if line):
        return text
    return _MARK.sub("", text)
