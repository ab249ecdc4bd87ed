"""References in a table made ready to be read: absent secrets get their default, relative paths their base.

Not here: reading a secret; `gateway.ports.Secret` does, when the table is validated.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo

from gateway.ports import Unless

NOT_READ = SecretStr("")
"""Stands for a credential where none is needed: one that is read is never empty, so that a plugin can tell."""


def prepare(
    model: type[BaseModel], table: Mapping[str, Any], base: Path, owner: str, credentials: bool = True
) -> dict[str, Any]:
    """Return the table with default secret references, and paths made absolute against `base`.

    Without `credentials`, secrets are not read at all: what stands for them opens nothing.
    """
    ready = dict(table)
    for name, field in model.model_fields.items():
        if _holds(field.annotation, SecretStr):
            _prepare_secret(ready, name, field, base, owner, credentials)
        elif _holds(field.annotation, Path) and isinstance(ready.get(name), str):
            ready[name] = str(base / Path(ready[name]).expanduser())
    return ready


def variable(owner: str, field: str) -> str:
    """Return the environment variable that a secret comes from unless the configuration names another place."""
    return f"GATEHOUSE_{owner}_{field}".upper().replace("-", "_")


def secret_files(value: object, base: Path) -> Iterator[Path]:
    """Yield the files that the references in a part of the document name, wherever they stand in it."""
    if isinstance(value, Mapping):
        named = value.get("file")
        if isinstance(named, str) and len(value) == 1:
            yield base / Path(named).expanduser()
            return
        value = list(value.values())
    for item in value if isinstance(value, list) else ():
        yield from secret_files(item, base)


def is_secret(field: FieldInfo) -> bool:
    """Whether a settings field holds a secret."""
    return _holds(field.annotation, SecretStr)


def is_looked_for(field: FieldInfo, given: Iterable[str] = ()) -> bool:
    """Whether a secret that is not mentioned is looked for in the environment, where those other fields are given."""
    others = [each.other for each in field.metadata if isinstance(each, Unless)]
    return field.is_required() or (bool(others) and not set(others) & set(given))


def _prepare_secret(
    table: dict[str, Any], name: str, field: FieldInfo, base: Path, owner: str, credentials: bool
) -> None:
    if name not in table and not is_looked_for(field, table):
        return
    if not credentials:
        table[name] = NOT_READ
        return
    reference = table.setdefault(name, {"env": variable(owner, name)})
    if isinstance(reference, Mapping) and isinstance(reference.get("file"), str):
        table[name] = {**reference, "file": str(base / Path(reference["file"]).expanduser())}


def _holds(annotation: object, wanted: type) -> bool:
    return annotation is wanted or any(_holds(item, wanted) for item in get_args(annotation))
