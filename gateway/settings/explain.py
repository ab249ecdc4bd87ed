"""What is wrong with a table, in plain words: where it stands and what to write instead.

Never shows a value of the configuration: it may be a secret that somebody wrote in the wrong place.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from gateway.settings.model import Problem

PLACEHOLDERS = ("CHANGE-ME", "example.invalid")
"""What `gatehouse init` writes where only the operator knows what belongs there."""

_KINDS = (
    (("int_",), "must be a whole number, such as 993, without quotes"),
    (("float_", "finite_number"), "must be a number, such as 2.5, without quotes"),
    (("bool_",), "must be true or false, without quotes"),
    (("string_type", "string_sub", "string_unicode"), 'must be a text in quotes, such as "..."'),
    (("path_",), 'must be a path in quotes, such as "folder/file"'),
    (("list_type", "tuple_type", "set_type", "frozen_set_type", "iterable_type"), 'must be a list, such as ["..."]'),
    (("dict_type", "mapping_type", "model_type", "model_attributes_type", "dataclass_type"), "must be a table"),
    (("url_",), 'must be a full web address in quotes, such as "https://..."'),
    (("date", "time_"), "must be a date or time as TOML writes it"),
)

_BOUNDS: Mapping[str, tuple[str, str]] = {
    "greater_than": ("gt", "must be greater than {}"),
    "greater_than_equal": ("ge", "must be at least {}"),
    "less_than": ("lt", "must be less than {}"),
    "less_than_equal": ("le", "must be at most {}"),
    "multiple_of": ("multiple_of", "must be a multiple of {}"),
    "string_too_short": ("min_length", "must have at least {} characters"),
    "string_too_long": ("max_length", "must have at most {} characters"),
    "too_short": ("min_length", "must have at least {} items"),
    "too_long": ("max_length", "must have at most {} items"),
}


def did_you_mean(written: object, known: Iterable[str]) -> str:
    """Return ``did you mean "x"? `` when something known is close, else nothing."""
    close = difflib.get_close_matches(str(written), list(known), n=1, cutoff=0.6)
    return f'did you mean "{close[0]}"? ' if close else ""


def hint(written: object, known: Sequence[str]) -> str:
    """Return the close one of the known, or all of them."""
    return did_you_mean(written, known).strip() or f"known are: {', '.join(known) or 'none'}"


def unknown_keys(model: type[BaseModel], table: Mapping[str, Any], also: Sequence[str] = ()) -> Iterator[Problem]:
    """Yield a problem for each key that the model does not know, in nested tables too."""
    known = [*also, *model.model_fields]
    for key, value in table.items():
        if key in model.model_fields:
            yield from _nested(model, key, value)
        elif key not in also:
            yield Problem(key, f"is not a key of this table; {hint(key, known)}")


def placeholders(table: object, path: str = "") -> Iterator[Problem]:
    """Yield a problem for each example value that was left as `gatehouse init` wrote it."""
    if isinstance(table, str) and any(mark in table for mark in PLACEHOLDERS):
        yield Problem(path, "still holds the example value; write your own")
    items: Iterable[tuple[str | int, object]] = ()
    if isinstance(table, Mapping):
        items = table.items()
    elif isinstance(table, list):
        items = enumerate(table)
    for key, value in items:
        yield from placeholders(value, joined(path, key))


def joined(path: str, *parts: str | int) -> str:
    """Return a path with more parts: ``brands[0].name``."""
    for part in parts:
        path += f"[{part}]" if isinstance(part, int) else f"{'.' if path else ''}{part}"
    return path


def invalid(model: type[BaseModel], error: ValidationError, table: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield what pydantic found, in plain words; unknown keys are left to `unknown_keys`."""
    for detail in error.errors(include_url=False, include_input=False):
        if detail["type"] != "extra_forbidden":
            yield Problem(joined("", *detail["loc"]), _message(model, detail, table))


def _nested(model: type[BaseModel], key: str, value: object) -> Iterator[Problem]:
    inner = _model_in(model.model_fields[key].annotation)
    if inner is None:
        return
    tables = [(key, value)] if isinstance(value, Mapping) else []
    if isinstance(value, list):
        tables = [(joined(key, index), item) for index, item in enumerate(value) if isinstance(item, Mapping)]
    for path, table in tables:
        for problem in unknown_keys(inner, table):
            yield Problem(joined(path, problem.path), problem.message)


def _model_in(annotation: object) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for item in get_args(annotation) if (found := _model_in(item))), None)


def _message(model: type[BaseModel], detail: ErrorDetails, table: Mapping[str, Any]) -> str:
    kind = detail["type"]
    context = detail.get("ctx", {})
    if kind == "missing":
        return f"is required{_described(model, detail)}"
    if kind in ("value_error", "assertion_error"):
        return str(context.get("error", "is not valid"))
    if kind in ("literal_error", "enum"):
        return _choice(str(context["expected"]), _written(table, detail["loc"]))
    if kind in _BOUNDS:
        name, sentence = _BOUNDS[kind]
        return sentence.format(context.get(name))
    for prefixes, sentence in _KINDS:
        if kind.startswith(prefixes):
            return sentence
    return f"is not a value that can stand here{_described(model, detail)}"


def _choice(expected: str, written: object) -> str:
    options = [option.strip(" '") for part in expected.split(" or ") for option in part.split(",")]
    listed = ", ".join(f'"{option}"' for option in options)
    return f"is not one of the choices; {did_you_mean(written, options)}write one of: {listed}"


def _described(model: type[BaseModel], detail: ErrorDetails) -> str:
    field = model.model_fields.get(str(detail["loc"][0])) if len(detail["loc"]) == 1 else None
    return f": {field.description.rstrip('.')}" if field is not None and field.description else ""


def _written(table: Any, path: Sequence[int | str]) -> object:
    """Return what stands at a path; used to guess what was meant, never shown."""
    for part in path:
        try:
            table = table[part]
        except (KeyError, IndexError, TypeError):
            return ""
    return table
