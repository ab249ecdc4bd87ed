"""The directory that a command without a configuration is given: official.toml, or the lines of an import."""

from __future__ import annotations

from pathlib import Path

from gateway.settings import SettingsError, read_directory
from gateway.trust.directory import Directory


def directory_in(path: Path) -> Directory:
    """Return the directory in a file; raises `SettingsError` with every problem of it."""
    found = read_directory(path)
    if isinstance(found, tuple):
        raise SettingsError(found)
    return found
