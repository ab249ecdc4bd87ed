"""Settings fields whose value comes from the environment or a file."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import BeforeValidator, SecretStr


def _read_secret(value: object) -> object:
    """Resolve ``{env = "NAME"}`` or ``{file = "PATH"}``; a literal in the configuration is refused."""
    if isinstance(value, SecretStr):
        return value
    if not isinstance(value, Mapping) or len(value) != 1 or next(iter(value)) not in ("env", "file"):
        raise ValueError('write { env = "NAME" } or { file = "PATH" }; a secret never stands in the configuration')
    ((kind, place),) = value.items()
    if kind == "env":
        found = os.environ.get(str(place))
        if not found:
            raise ValueError(f"the environment variable {place} is not set; set it, or name another")
        return found
    try:
        found = Path(str(place)).expanduser().read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(f"the secret file {place} cannot be read: {type(error).__name__}") from None
    if not found:
        raise ValueError(f"the secret file {place} is empty")
    return found


Secret = Annotated[SecretStr, BeforeValidator(_read_secret)]
"""A settings field whose value comes from the environment or a file: ``{ env = "NAME" }`` or ``{ file = "PATH" }``."""


@dataclass(frozen=True, slots=True)
class Unless:
    """Beside an optional secret: it is needed, and looked for in the environment, unless the field `other` is given."""

    other: str
