"""What an IMAP server's answers say, read from aioimaplib's lines.

Only atoms, literals and INTERNALDATE are read: the library damages other quoted strings that users can choose.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, timezone
from itertools import pairwise, zip_longest

from connectors.email import _utf7
from connectors.email._uids import MOST

Line = bytes | bytearray

LINES_AT_ONCE = 100
"""aioimaplib recurses once a line and dies near 980 lines in one chunk (its issues 91 and 118)."""

_CODE = re.compile(r"\A(?:OK |NO |BAD )?\[([A-Z0-9-]+)")
_TOO_MANY = re.compile(rb"(?:too many|maximum number of|limit)\b.{0,40}\b(?:connections|sessions)", re.IGNORECASE)
_FETCH = re.compile(rb"\A\d+ FETCH \(", re.IGNORECASE)
_NUMBER = re.compile(rb"(?<![^ ])[0-9]{1,10}(?![^ ])")
_UID = re.compile(rb"\bUID (\d{1,10})\b", re.IGNORECASE)
_SIZE = re.compile(rb"\bRFC822\.SIZE (\d{1,18})\b", re.IGNORECASE)
_DATE = re.compile(rb'\bINTERNALDATE "([^"]*)"', re.IGNORECASE)
_EMPTY_BODY = re.compile(rb'BODY\[[^\]]*\](?:(?:<\d+>)? ""|<\d+> NIL)', re.IGNORECASE)
_VALIDITY = re.compile(rb"\[UIDVALIDITY (\d{1,10})\]", re.IGNORECASE)
_WHEN = re.compile(r"\A\s?(\d{1,2})-([A-Za-z]{3})-(\d{4}) (\d\d):(\d\d):(\d\d) ([+-])(\d\d)(\d\d)\Z")
_LISTED = re.compile(rb'\A\(([^)]*)\) ("(?:[^"\\]|\\.)*"|NIL) (.+)\Z', re.DOTALL | re.IGNORECASE)
_CLOSED = re.compile(rb"\\(?:Noselect|NonExistent)\b", re.IGNORECASE)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


@dataclass(slots=True)
class Item:
    """What the server said of one mail; `body` None when it sent none."""

    uid: int
    size: int | None = None
    received_at: datetime | None = None
    body: bytes | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """A folder, as people spell it; `separator` stands between its levels, empty where there are none."""

    name: str
    separator: str
    opens: bool


@dataclass(slots=True)
class _Part:
    text: bytearray = field(default_factory=bytearray)
    literals: list[bytes] = field(default_factory=list)


def response_code(line: Line) -> str:
    """Return the code in brackets that a status line starts with, or an empty string; never free text."""
    found = _CODE.search(bytes(line).decode("ascii", "replace"))
    return found[1] if found else ""


def too_many(line: Line) -> bool:
    """Whether a refusal speaks of the number of connections, as some do without a code of their own ([ALERT])."""
    return _TOO_MANY.search(line) is not None


def uid_validity(lines: Iterable[Line]) -> int | None:
    """Return the folder's UIDVALIDITY from the answer to SELECT or EXAMINE."""
    for line in lines:
        if found := _VALIDITY.search(line):
            return int(found[1])
    return None


def uids(lines: Iterable[Line]) -> array[int]:
    """Return the UIDs of an answer to SEARCH, ascending, each once; four bytes each."""
    found = array("I")
    for line in lines:
        # One at a time: a list of all words would take ten times the room of what they say.
        words = _NUMBER.finditer(bytes(line).partition(b"(")[0])
        found.extend(uid for word in words if (uid := int(word[0])) <= MOST)
    if any(after <= before for before, after in pairwise(found)):
        return array("I", sorted(set(found)))
    return found


def fetched(lines: Sequence[Line]) -> dict[int, Item]:
    """Return what an answer to FETCH says of each mail; lines about anything else are passed over."""
    parts: list[_Part] = []
    for line in lines:
        if isinstance(line, bytearray):
            if parts:
                parts[-1].literals.append(bytes(line))
            continue
        if _FETCH.match(line):
            parts.append(_Part())
        if parts:
            parts[-1].text += line + b" "
    items: dict[int, Item] = {}
    for part in parts:
        _add(items, part)
    return items


def _add(items: dict[int, Item], part: _Part) -> None:
    uid = _UID.search(part.text)
    if uid is None:
        return
    item = items.setdefault(int(uid[1]), Item(int(uid[1])))
    if size := _SIZE.search(part.text):
        item.size = int(size[1])
    if date := _DATE.search(part.text):
        item.received_at = internal_date(date[1].decode("ascii", "replace"))
    if part.literals:
        item.body = part.literals[0]
    elif _EMPTY_BODY.search(part.text):
        item.body = b""


def internal_date(text: str) -> datetime | None:
    """Return an INTERNALDATE in UTC, whatever the locale; None when it is none."""
    found = _WHEN.match(text)
    if found is None or found[2].lower() not in _MONTHS:
        return None
    day, year, hour, minute, second = (int(found[index]) for index in (1, 3, 4, 5, 6))
    offset = timedelta(hours=int(found[8]), minutes=int(found[9])) * (-1 if found[7] == "-" else 1)
    try:
        month = _MONTHS.index(found[2].lower()) + 1
        return datetime(year, month, day, hour, minute, second, tzinfo=timezone(offset)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def search_day(day: date) -> str:
    """Return a day as SEARCH takes it, whatever the locale."""
    return f"{day.day}-{_MONTHS[day.month - 1].capitalize()}-{day.year}"


def folders(lines: Sequence[Line]) -> list[Listed]:
    """Return what an answer to LIST names."""
    found: list[Listed] = []
    for line, after in zip_longest(lines, lines[1:], fillvalue=b""):
        match = None if isinstance(line, bytearray) else _LISTED.match(line)
        if match is None:
            continue
        name = bytes(after) if isinstance(after, bytearray) else _unquote(match[3])
        separator = "" if match[2].upper() == b"NIL" else _unquote(match[2]).decode("ascii", "replace")
        spelled = _utf7.decode(name.decode("utf-8", "replace"))
        found.append(Listed(spelled, separator, opens=_CLOSED.search(match[1]) is None))
    return found


def _unquote(word: bytes) -> bytes:
    if len(word) >= 2 and word.startswith(b'"') and word.endswith(b'"'):
        return re.sub(rb"\\(.)", rb"\1", word[1:-1])
    return word


def pieces(data: bytes) -> Iterator[bytes]:
    """Cut input so that the library is handed few lines at a time."""
    start, lines = 0, 0
    place = data.find(b"\n")
    while place >= 0:
        lines += 1
        if lines == LINES_AT_ONCE:
            yield data[start : place + 1]
            start, lines = place + 1, 0
        place = data.find(b"\n", place + 1)
    if start < len(data):
        yield data[start:]
