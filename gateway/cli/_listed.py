"""The directory that a command without a configuration is given: official.toml, or the lines of an import."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from gateway.settings import SettingsError, read_directory
from gateway.trust.directory import Directory
from gateway.trust.schema import Account, Brand, DirectoryFile, Mail, Phone, Web


def directory_in(path: Path) -> Directory:
    """Return the directory in a file; raises `SettingsError` with every problem of it."""
    if path.suffix == ".jsonl":
        return _of_lines(path)
    found = read_directory(path)
    if isinstance(found, tuple):
        raise SettingsError(found)
    return found


def _of_lines(path: Path) -> Directory:
    lines = path.read_text(encoding="utf-8").splitlines()
    return Directory.of(DirectoryFile(brands=tuple(_brand(json.loads(line)) for line in lines if line.strip())))


def _brand(row: dict[str, Any]) -> Brand:
    def rows(kind: Any, *values: dict[str, Any]) -> tuple[Any, ...]:
        found = []
        for value in values:
            try:
                found.append(kind.model_validate(value))
            except ValidationError:
                continue
        return tuple(found)

    accounts = [{"platform": "x", "handle": name} for name in row.get("twitter", [])]
    accounts += [{"platform": "telegram", "handle": name} for name in row.get("telegram", [])]
    name = row.get("name") or row["brand"]
    return Brand.model_construct(
        id=row["brand"],
        name=name,
        accounts=rows(Account, *accounts),
        web=rows(Web, *({"domain": name} for name in row.get("domains", []))),
        mail=rows(Mail, *({"address": name} for name in row.get("emails", []))),
        phones=rows(Phone, *({"number": name} for name in row.get("phones", []))),
    )
