"""Names a mail, and says which conversation it claims: content key, Message-ID, In-Reply-To, References, Date."""

from __future__ import annotations

import hashlib
import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_tz

from gateway.case import Thread
from normalizers.email import _limits, _words
from normalizers.email._headers import Headers
from normalizers.email._reading import Reading

_ID = re.compile(r"<[^<>\s\x00-\x1f\x7f-\x9f]{1,250}>")
OURS = re.compile(r"<gh\.GH-[!-;=?-~]{1,240}>", re.IGNORECASE)
"""The shape of a Message-ID of ours; servers may change its case on the way."""
_SPACES = re.compile(rb"[ \t\r\n]+")
_MBOX_QUOTE = re.compile(rb"\n>+From ")
# A header-only raw has no body to digest: these fields are set by the author and not by the way.
_AUTHORED = (
    "subject", "to", "cc", "reply-to", "in-reply-to", "references", "mime-version", "content-type",
    "content-transfer-encoding",
)  # fmt: skip
_EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
_AHEAD = timedelta(days=2)
_MOST_AHEAD = timedelta(hours=14)
"""No zone is further from UTC."""


def content_key(headers: Headers, body: bytes, *, complete: bool) -> str:
    """Return the key that copies of one mail share, whatever way they came.

    Message-ID, From, Date and body; line endings, blank lines at the end and the mbox's `>From` do not count.
    """
    digest = hashlib.sha256()
    for name in ("message-id", "from", "date") + (() if complete else _AUTHORED):
        for value in headers.every(name):
            digest.update(_SPACES.sub(b" ", value.strip()) + b"\x00")
        digest.update(b"\x01")
    digest.update(_canonical(body) if complete else b"")
    return f"mail:{digest.hexdigest()}"


def thread(headers: Headers, reading: Reading) -> Thread:
    """Return what a mail says of its conversation; an empty `<>` never refers to anything."""
    own = _ids(headers, "message-id", reading)
    if not own:
        reading.note("message_id_missing", "The mail has no Message-ID that could be read.")
    parents = _ids(headers, "in-reply-to", reading)
    ancestors = _ids(headers, "references", reading)
    if len(ancestors) > _limits.REFERENCES:
        reading.note(
            "references_over_cap", f"Of the references {_limits.REFERENCES} were kept: the first and the last."
        )
        ancestors = ancestors[:1] + ancestors[1 - _limits.REFERENCES :]
    parent = parents[0] if parents else (ancestors[-1] if ancestors else None)
    return Thread(own_ref=own[0] if own else None, parent=parent, ancestors=tuple(ancestors))


def first_id(text: str) -> str | None:
    """Return the first reference in a text."""
    match = _ID.search(text)
    return match[0] if match else None


def sent_at(headers: Headers, received_at: datetime, reading: Reading) -> datetime | None:
    """Return when the sender claims to have sent it; None when the claim is absurd or cannot be read."""
    value = headers.first("date")
    if value is None:
        reading.note("date_missing", "The mail has no Date.")
        return None
    found = read_date(_words.text_of(value, reading))
    if found is None:
        reading.note("date_invalid", "The Date of the mail cannot be read.")
    elif not _EARLIEST <= found <= received_at + _AHEAD:
        reading.note("date_absurd", "The Date of the mail is long past or in the future; it was not taken over.")
        return None
    return found


def read_date(text: str) -> datetime | None:
    """Return a date as mail writes it, in UTC; without a zone it is taken as UTC."""
    try:
        fields = parsedate_tz(text[:100])
        if fields is None:
            return None
        naive = datetime(*fields[:5], min(fields[5], 59), tzinfo=UTC)
        ahead = timedelta(seconds=fields[9] or 0)
        return naive - ahead if abs(ahead) <= _MOST_AHEAD else None
    except (ValueError, OverflowError, IndexError, TypeError):
        return None


def _ids(headers: Headers, name: str, reading: Reading) -> list[str]:
    found: list[str] = []
    for value in headers.every(name):
        found += _ID.findall(_words.text_of(value, reading))
    return found


def _canonical(body: bytes) -> bytes:
    body = body.replace(b"\r\n", b"\n").replace(b"\r", b"\n").strip(b"\n")
    # The regex walks every line break; most bodies hold no such line at all, and that is seen at memory's speed.
    return _MBOX_QUOTE.sub(b"\nFrom ", b"\n" + body) if b">From " in body else b"\n" + body
