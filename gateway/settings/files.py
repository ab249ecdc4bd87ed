"""The two files of the configuration as they stand on the disk: found, decoded, parsed."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gateway.settings.explain import placeholders
from gateway.settings.model import Problem, SettingsError
from gateway.trust.directory import EXAMPLE_BRAND_ID, Directory, DirectoryError, load_directory


def directory_of(path: Path) -> Path:
    """Return the path of the directory that a configuration names; reads nothing else of it."""
    brand = read_document(path).get("brand")
    named = brand.get("directory") if isinstance(brand, Mapping) else None
    return path.resolve().parent / (named if isinstance(named, str) else "official.toml")


def read_document(path: Path) -> dict[str, Any]:
    """Return a TOML file as it stands; raises `SettingsError` when it is missing or no TOML."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        problem = "is not there; make one with `gatehouse init`, or name another with --config"
    except OSError as error:
        problem = f"cannot be read: {error.strerror}"
    except UnicodeDecodeError:
        problem = "is not UTF-8 text; save it as UTF-8"
    except tomllib.TOMLDecodeError as error:
        problem = _syntax(str(error))
    raise SettingsError((Problem(str(path), problem),))


def _syntax(said: str) -> str:
    place = re.search(r"^(.*) \(at (?:line (\d+), column (\d+)|(end of document))\)$", said, re.DOTALL)
    if place is None:
        return f"is not valid TOML: {said}"
    where = f"line {place[2]}, column {place[3]}" if place[2] else "at its end"
    return f"{where}: is not valid TOML: {place[1]}"


def read_directory(path: Path) -> Directory | tuple[Problem, ...]:
    """Return the directory in a file, or every problem of it; example values are problems."""
    try:
        directory = load_directory(path)
    except DirectoryError as error:
        return tuple(Problem(_in_file(path, problem.path), problem.message) for problem in error.problems)
    left = tuple(Problem(_in_file(path, each.path), each.message) for each in placeholders(read_document(path)))
    if not left and EXAMPLE_BRAND_ID in directory.brands:
        left = (
            Problem(_in_file(path, "brands"), f'one still has the example id "{EXAMPLE_BRAND_ID}"; write your own'),
        )
    return left or directory


def _in_file(path: Path, place: str) -> str:
    return path.name if place in ("", path.name, "the file") else f"{path.name}: {place}"
