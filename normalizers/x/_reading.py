"""The state of reading one item: who we are there, what had to be noted; takes fields out, trusting no shape."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

from gateway.case import Note, Provenance
from normalizers.x import _limits

_FIRST = datetime(2006, 3, 21, tzinfo=UTC)
"""Before that nothing was ever posted."""
_AHEAD = timedelta(days=2)
_EPOCH = 1_288_834_974_657
"""Milliseconds since 1970 from which the platform's ids count."""
_FIRST_IDS = datetime(2011, 1, 1, tzinfo=UTC)
"""Ids from before do not surely tell a time."""
_NUMBER = re.compile(f"[0-9]{{1,{_limits.ID_CHARS}}}", re.ASCII)
_TOKEN = re.compile(f"[A-Za-z0-9_:.-]{{1,{_limits.TOKEN_CHARS}}}", re.ASCII)


class Reading:
    """Collects notes, each code once. Every reader returns something of its type, and notes what was of another.

    `ours` has what names us in a mention: our id, and our handle where a mention bears no id.
    """

    __slots__ = ("_latest", "_notes", "found", "handle", "ours", "own", "provenance")

    def __init__(self, own: str, handle: str, found: str, provenance: Provenance) -> None:
        self.own = own
        self.handle = handle
        self.ours = frozenset(filter(None, (own, f"@{handle.lower()}" if handle else "")))
        self.found = found
        self.provenance = provenance
        self._latest = provenance.received_at + _AHEAD
        self._notes: dict[str, str] = {}

    def note(self, code: str, detail: str) -> None:
        """Remember what could not be done; the first detail of a code stays."""
        self._notes.setdefault(code, detail)

    def invalid(self, key: str) -> None:
        """Note that a field is of another type or size than the platform documents."""
        self.note("field_invalid", f"A field is not as the platform documents it: {key}.")

    def identifier(self, source: dict[str, Any], key: str) -> str:
        """Return the id of an account, post or message: digits, or nothing."""
        return self._identifier(source.get(key), key)

    def identifiers(self, source: dict[str, Any], key: str) -> list[str]:
        """Return the ids in a list."""
        return [found for each in self._items(source, key, _limits.ITEMS) if (found := self._identifier(each, key))]

    def tokens(self, source: dict[str, Any], key: str) -> list[str]:
        """Return the identifiers in a list that need not be numbers."""
        return [found for each in self._items(source, key, _limits.ITEMS) if (found := self._token(each, key))]

    def token(self, source: dict[str, Any], key: str) -> str:
        """Return an identifier that need not be a number, or a word of the platform's own; or nothing."""
        return self._token(source.get(key), key)

    def whole(self, source: dict[str, Any], key: str) -> int | None:
        """Return a whole number that is not negative, or None."""
        value = source.get(key)
        if type(value) is int and 0 <= value < 2**63:
            return value
        if value is not None:
            self.invalid(key)
        return None

    def text(self, source: dict[str, Any], key: str) -> str:
        """Return a text as it was sent: not yet cleaned."""
        value = source.get(key)
        if type(value) is str:
            return value
        if value is not None:
            self.invalid(key)
        return ""

    def flag(self, source: dict[str, Any], key: str) -> bool | None:
        """Return yes or no, or None when the platform did not say."""
        value = source.get(key)
        if value is None or type(value) is bool:
            return value
        self.invalid(key)
        return None

    def table(self, source: dict[str, Any], key: str) -> dict[str, Any]:
        """Return an object, empty when there is none."""
        value = source.get(key)
        if type(value) is dict:
            return value
        if value is not None:
            self.invalid(key)
        return {}

    def tables(self, source: dict[str, Any], key: str, most: int) -> list[dict[str, Any]]:
        """Return the objects of a list, at most so many."""
        value = self._items(source, key, most)
        found = [item for item in value if type(item) is dict]
        if len(found) < len(value):
            self.invalid(key)
        return found

    def instant(self, source: dict[str, Any], key: str) -> datetime | None:
        """Return an instant as ISO 8601 tells it, or None, noted, when it cannot be true."""
        value = source.get(key)
        if value is None:
            return None
        if type(value) is str and len(value) <= _limits.DATE_CHARS and (found := self._believed(_parsed(value))):
            return found
        self.note("date_invalid", f"A date cannot be read, or cannot be true: {key}.")
        return None

    def instant_of(self, number: str) -> datetime | None:
        """Return when an id was given out, or None when it does not tell."""
        milliseconds = (int(number) >> 22) + _EPOCH if number else 0
        if milliseconds >= 2**43:
            return None
        found = self._believed(datetime.fromtimestamp(milliseconds // 1000, UTC))
        whole = timedelta(milliseconds=milliseconds % 1000)
        return found + whole if found is not None and found >= _FIRST_IDS else None

    @property
    def notes(self) -> tuple[Note, ...]:
        """Return the notes in the order of their first appearance."""
        return tuple(Note(code=code, detail=detail) for code, detail in self._notes.items())

    def _believed(self, found: datetime | None) -> datetime | None:
        return found if found is not None and _FIRST <= found <= self._latest else None

    def _items(self, source: dict[str, Any], key: str, most: int) -> list[Any]:
        value = source.get(key)
        if type(value) is not list:
            if value is not None:
                self.invalid(key)
            return []
        if len(value) > most:
            self.note("items_over_cap", f"Only the first {most} items of a list were read: {key}.")
        return value[:most]

    def _identifier(self, value: Any, key: str) -> str:
        if type(value) is int and 0 <= value < 10**_limits.ID_CHARS:
            self.note("id_not_text", f"An id came as a number, and was read as its digits: {key}.")
            return str(value)
        if type(value) is str and _NUMBER.fullmatch(value):
            return value
        if value is not None:
            self.invalid(key)
        return ""

    def _token(self, value: Any, key: str) -> str:
        if type(value) is str and _TOKEN.fullmatch(value):
            return value
        if value is not None:
            self.invalid(key)
        return ""


def _parsed(value: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(value)
        return found.astimezone(UTC) if found.tzinfo is not None else None
    except (ValueError, OverflowError):
        return None
