"""What came along with an item: accounts, posts, pictures, polls and places that it names, and why one did not."""

from __future__ import annotations

from typing import Any

from normalizers.x import _limits
from normalizers.x._reading import Reading

_WHY = {
    "resource-not-found": "was deleted, or never was there",
    "not-authorized-for-resource": "is protected: only those whom its author lets in can read it",
    "resource-unavailable": "is withheld, or its author is suspended",
}


class Includes:
    """Finds by id; what is not there is an empty object."""

    __slots__ = ("_errors", "_found")

    def __init__(self, item: dict[str, Any], reading: Reading) -> None:
        source = reading.table(item, "includes") if "includes" in item else {}
        self._found = {
            kind: _by_key(source, kind, name, reading)
            for kind, name in (
                ("users", "id"), ("posts", "id"), ("media", "media_key"), ("polls", "id"), ("places", "id"),
            )
        }  # fmt: skip
        errors = reading.tables(item, "errors", _limits.INCLUDED) if "errors" in item else []
        self._errors = {
            number: _kind(error)
            for error in errors
            for key in ("resource_id", "value")
            if type(number := error.get(key)) is str
        }

    def get(self, kind: str, key: str) -> dict[str, Any]:
        """Return one of the things that came along."""
        return self._found[kind].get(key, {})

    def why_not(self, key: str) -> str:
        """Return what the platform says of a thing that did not come along, as the end of a sentence."""
        return _WHY.get(self._errors.get(key, ""), "was not given out by the platform")


def _by_key(source: dict[str, Any], kind: str, name: str, reading: Reading) -> dict[str, dict[str, Any]]:
    if kind not in source:
        return {}
    found: dict[str, dict[str, Any]] = {}
    for item in reading.tables(source, kind, _limits.INCLUDED):
        key = reading.token(item, name) if name == "media_key" or kind == "places" else reading.identifier(item, name)
        if key:
            found.setdefault(key, item)
    return found


def _kind(error: dict[str, Any]) -> str:
    kind = error.get("type")
    return kind.rpartition("/")[2] if type(kind) is str else ""
