"""What is wrong in a directory file, in words for the person who wrote it: where, and what to write instead."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from pydantic import BaseModel, ValidationError

from gateway.errors import ConfigError
from gateway.trust.schema import Account, App, Brand, DirectoryFile, Mail, Phone, Scam, ScamList, Web

_TABLES: dict[str, type[BaseModel]] = {
    "brands": Brand,
    "accounts": Account,
    "mail": Mail,
    "web": Web,
    "phones": Phone,
    "apps": App,
    "scams": Scam,
    "scam_lists": ScamList,
}
_HINTS = {
    "string_type": "write it in quotes",
    "string_too_short": "must not be empty",
    "string_too_long": "is too long",
    "bool_type": "write true or false, without quotes",
    "bool_parsing": "write true or false, without quotes",
    "date_from_datetime_parsing": "write a day, e.g. 2025-01-31",
    "date_from_datetime_inexact": "write a day without a time, e.g. 2025-01-31",
    "date_type": "write a day, e.g. 2025-01-31",
    "date_parsing": "write a day, e.g. 2025-01-31",
    "tuple_type": 'write a list, e.g. ["one", "two"]',
    "model_type": "write a table, e.g. [[brands]]",
}


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to mend: its place in the file, and what to write instead."""

    path: str
    message: str


class DirectoryError(ConfigError):
    """The directory of official accounts cannot be used as it is written."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("\n".join(f"{problem.path}: {problem.message}" for problem in problems))
        self.problems = problems


def problems_of(error: ValidationError) -> tuple[Problem, ...]:
    """Return every problem that the schema found, in the order of the file."""
    return tuple(
        Problem(_path(item["loc"]), _message(item["type"], item["msg"], item["loc"])) for item in error.errors()
    )


def _path(place: tuple[Any, ...]) -> str:
    text = ""
    for part in place:
        text += f"[{part}]" if isinstance(part, int) else f"{'.' if text else ''}{part}"
    return text or "the file"


def _message(kind: str, message: str, place: tuple[Any, ...]) -> str:
    if kind == "missing":
        return f"is missing; write {place[-1]} = ..."
    if kind == "extra_forbidden":
        return _unknown(str(place[-1]), place[:-1])
    if kind == "literal_error":
        return message.replace("Input should be", "write")
    return _HINTS.get(kind, message.removeprefix("Value error, "))


def _unknown(key: str, place: tuple[Any, ...]) -> str:
    table = next((str(part) for part in reversed(place) if part in _TABLES), None)
    known = list((_TABLES[table] if table else DirectoryFile).model_fields)
    close = get_close_matches(key, known, n=1)
    return f'is no key here; write "{close[0]}"' if close else f"is no key here; write one of {', '.join(known)}"
