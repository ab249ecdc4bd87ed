"""The directory that a command without a configuration is given: official.toml, or the lines of an import."""

from __future__ import annotations

from pathlib import Path

from gateway.settings import Problem, SettingsError, read_directory
from gateway.trust.directory import Directory, DirectoryError, load_directory

LINES = ".jsonl"
"""How a file of import lines ends."""


def directory_in(path: Path) -> Directory:
    """Return the directory in a file; raises `SettingsError` with every problem of it."""
    if path.suffix == LINES:
        try:
            return load_directory(path)
        except DirectoryError as error:
            raise SettingsError(
                tuple(Problem(path.name, f"{each.path}: {each.message}") for each in error.problems)
            ) from None
    found = read_directory(path)
    if isinstance(found, tuple):
        raise SettingsError(found)
    return found
