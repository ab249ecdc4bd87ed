"""The state of reading one update: who we are there, what had to be noted; takes fields out, trusting no shape."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from gateway.case import Note, Provenance
from normalizers.telegram import _limits

_FIRST = int(datetime(2013, 8, 1, tzinfo=UTC).timestamp())
"""Before that there was no Telegram."""
_AHEAD = 2 * 24 * 3600


class Reading:
    """Collects notes, each code once. Every reader returns something of its type, and notes what was of another."""

    __slots__ = ("_latest", "_notes", "bot", "file_bytes", "provenance", "username")

    def __init__(self, bot: str, username: str, provenance: Provenance, file_bytes: int = _limits.FILE_BYTES) -> None:
        self.bot = bot
        self.username = username
        self.file_bytes = file_bytes
        self.provenance = provenance
        self._latest = provenance.received_at.timestamp() + _AHEAD
        self._notes: dict[str, str] = {}

    def note(self, code: str, detail: str) -> None:
        """Remember what could not be done; the first detail of a code stays."""
        self._notes.setdefault(code, detail)

    def invalid(self, key: str) -> None:
        """Note that a field is of another type or size than the platform documents."""
        self.note("field_invalid", f"A field is not as the platform documents it: {key}.")

    def whole(self, source: dict[str, Any], key: str) -> int | None:
        """Return a whole number, or None when there is none that an identifier of the platform could be."""
        value = source.get(key)
        if type(value) is int and -_limits.INTEGER < value < _limits.INTEGER:
            return value
        if value is not None:
            self.invalid(key)
        return None

    def number(self, source: dict[str, Any], key: str) -> float | None:
        """Return a number, such as a degree."""
        value = source.get(key)
        if (type(value) is int or type(value) is float) and -_limits.INTEGER < value < _limits.INTEGER:
            return float(value)
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
        value = source.get(key)
        if type(value) is not list:
            if value is not None:
                self.invalid(key)
            return []
        if len(value) > most:
            self.note("items_over_cap", f"Only the first {most} items of a list were read: {key}.")
            value = value[:most]
        found = [item for item in value if type(item) is dict]
        if len(found) < len(value):
            self.invalid(key)
        return found

    def instant(self, source: dict[str, Any], key: str) -> datetime | None:
        """Return an instant given in seconds since 1970, or None, noted, when it cannot be true."""
        value = source.get(key)
        if value is None:
            return None
        if type(value) is int and _FIRST <= value <= self._latest:
            return datetime.fromtimestamp(value, UTC)
        self.note("date_invalid", f"A date cannot be read, or cannot be true: {key}.")
        return None

    @property
    def notes(self) -> tuple[Note, ...]:
        """Return the notes in the order of their first appearance."""
        return tuple(Note(code=code, detail=detail) for code, detail in self._notes.items())
