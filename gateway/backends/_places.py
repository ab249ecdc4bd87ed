"""A feed's place as a cursor: written in one spelling, so that equal places are equal cursors, and read back. Pure."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from gateway.errors import ConfigError
from gateway.ports import Cursor

T = TypeVar("T")


def cursor_of(place: Any) -> Cursor:
    """Return the cursor of a place, which is a model or JSON by itself."""
    value = place.model_dump(mode="json") if isinstance(place, BaseModel) else place
    return Cursor(json.dumps(value, separators=(",", ":"), sort_keys=True))


def place_in(read: Callable[[str], T], cursor: Cursor, whose: str = "this ticket system's") -> T:
    """Return what a kept cursor says, by a model's `model_validate_json` or an adapter's `validate_json`.

    Raises `ConfigError` for one that another kind of ticket system has left under the same name.
    """
    try:
        return read(cursor)
    except ValidationError:
        raise ConfigError(
            f"the kept place in the feed is none of {whose}; the kind of the backend was changed"
        ) from None
