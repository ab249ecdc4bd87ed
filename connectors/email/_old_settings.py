"""The names that settings of a mail channel had in the release before: still read, as what takes their place."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, Field, model_validator


class OldSettings(BaseModel):
    """Deprecated settings; one that stands beside its successor is a mistake."""

    folder: str | None = Field(default=None, deprecated=True, description='Deprecated: `folders = ["..."]`.')
    mark_seen: bool | None = Field(
        default=None,
        deprecated=True,
        description='Deprecated: `after_storing = "mark_read"` for true, `"leave"` for false.',
    )

    @model_validator(mode="before")
    @classmethod
    def _renamed(cls, value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        found = dict(value)
        if isinstance(folder := value.get("folder"), str):
            _rename(found, "folder", "folders", [folder])
        if isinstance(mark := value.get("mark_seen"), bool):
            _rename(found, "mark_seen", "after_storing", "mark_read" if mark else "leave")
        return found


def _rename(table: dict[str, Any], old: str, new: str, meant: object) -> None:
    if new in table:
        raise ValueError(f"{old} is the old name of {new}, which is given, too; write {new} alone")
    table[new] = meant
