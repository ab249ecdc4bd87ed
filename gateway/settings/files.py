"""The two files of the configuration as they stand on the disk: found, decoded, parsed."""

from __future__ import annotations

import errno
import os
import re
import stat
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gateway.settings.explain import placeholders
from gateway.settings.model import Problem, SettingsError
from gateway.trust.directory import EXAMPLE_BRAND_ID, Directory, DirectoryError, load_directory

MAX_BYTES = 1024 * 1024
"""The longest file that is read as a configuration or a secret."""
MAX_DIRECTORY_BYTES = 16 * 1024 * 1024
"""The longest directory: many thousand brands. Lists of scams stand in files of their own."""
MAX_DEPTH = 32
_TOO_DEEP = f"is nested more than {MAX_DEPTH} deep; nothing here needs that"


def directory_of(path: Path) -> Path:
    """Return the path of the directory that a configuration names; reads nothing else of it."""
    brand = read_document(path).get("brand")
    named = brand.get("directory") if isinstance(brand, Mapping) else None
    return path.resolve().parent / (named if isinstance(named, str) else "official.toml")


def store_of(path: Path) -> Path | str | None:
    """Return where a configuration keeps its store, None where it is a file that is not there; reads nothing else."""
    store = read_document(path).get("store")
    kept = store if isinstance(store, Mapping) else {}
    if isinstance(url := kept.get("url"), str):
        return url
    named = kept.get("path")
    file = path.resolve().parent / (named if isinstance(named, str) else "gatehouse.db")
    return file if file.is_file() else None


def read_document(path: Path, most: int = MAX_BYTES) -> dict[str, Any]:
    """Return a TOML file as it stands; raises `SettingsError` when it is missing or no TOML."""
    try:
        found = tomllib.loads(read_plain(path, most).decode("utf-8"))
        if _depth(found) <= MAX_DEPTH:
            return found
        problem = _TOO_DEEP
    except FileNotFoundError:
        problem = "is not there; make one with `gatehouse init`, or name another with --config"
    except OSError as error:
        problem = f"cannot be read: {error.strerror}"
    except UnicodeDecodeError:
        problem = "is not UTF-8 text; save it as UTF-8"
    except tomllib.TOMLDecodeError as error:
        problem = _syntax(str(error))
    except RecursionError:
        problem = _TOO_DEEP
    except ValueError:
        # Python refuses to read a whole number of thousands of digits.
        problem = "holds a number that is far too long"
    raise SettingsError((Problem(str(path), problem),))


def read_plain(path: Path, most: int = MAX_BYTES) -> bytes:
    """Return a regular file's bytes; raises `OSError` with a sentence for one that is none, or is longer."""
    # Without O_NONBLOCK, a pipe that nobody writes to would never be opened.
    with open(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb") as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise OSError(errno.EINVAL, "it is not a regular file")
        content = file.read(most + 1)
    if len(content) > most:
        raise OSError(errno.EFBIG, f"it is longer than {most} bytes")
    return content


def _depth(table: object) -> int:
    """Return how deep tables and lists stand in one another; a loop, for what is measured may be too deep for calls."""
    depth, level = 0, [table]
    while level and depth <= MAX_DEPTH:
        inner = [each for each in level if isinstance(each, (dict, list))]
        level = [item for each in inner for item in (each.values() if isinstance(each, dict) else each)]
        depth += bool(inner)
    return depth


def _syntax(said: str) -> str:
    place = re.search(r"^(.*) \(at (?:line (\d+), column (\d+)|(end of document))\)$", said, re.DOTALL)
    if place is None:
        return f"is not valid TOML: {said}"
    where = f"line {place[2]}, column {place[3]}" if place[2] else "at its end"
    return f"{where}: is not valid TOML: {place[1]}"


def read_directory(path: Path, public_key: str = "") -> Directory | tuple[Problem, ...]:
    """Return the directory in a file, or every problem of it; example values are problems.

    A file of one brand a line (`.jsonl`) is read as it was imported. With `public_key` it must be signed.
    """
    document: dict[str, Any] = {}
    try:
        if path.suffix != ".jsonl":
            document = read_document(path, MAX_DIRECTORY_BYTES)
    except SettingsError as error:
        if path.exists():
            return tuple(Problem(path.name, problem.message) for problem in error.problems)
    try:
        directory = load_directory(path, public_key=public_key)
    except DirectoryError as error:
        return tuple(Problem(_in_file(path, problem.path), problem.message) for problem in error.problems)
    left = tuple(Problem(_in_file(path, each.path), each.message) for each in placeholders(document))
    if not left and EXAMPLE_BRAND_ID in directory.brands:
        left = (
            Problem(_in_file(path, "brands"), f'one still has the example id "{EXAMPLE_BRAND_ID}"; write your own'),
        )
    return left or directory


def _in_file(path: Path, place: str) -> str:
    return path.name if place in ("", path.name, "the file") else f"{path.name}: {place}"
