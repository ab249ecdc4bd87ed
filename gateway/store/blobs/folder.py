"""A folder as a shelf: each blob a file of its owner's alone, synced before it gets its name."""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import BinaryIO

from gateway.errors import ConfigError, TransientError
from gateway.store.blobs.shelf import ABANDONED, MissingBlobError

_DRAFTS = ".drafts"
_PIECE = 256 * 1024


class FolderShelf:
    """Files under `ab/abcdef...`; what is being written stands in `.drafts`, on the same file system."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def prepare(self) -> None:
        """Make the folder, open to its owner alone, and clear away what killed writers left."""
        try:
            for folder in (self._folder, self._folder / _DRAFTS):
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
                folder.chmod(0o700)
        except OSError as error:
            raise ConfigError(f"the blob folder {self._folder} cannot be used: {error.strerror}") from error
        self.sweep()

    @contextmanager
    def draft(self) -> Iterator[_FileDraft]:
        """See `Shelf`."""
        path = self._folder / _DRAFTS / secrets.token_hex(16)
        with _passing("a blob cannot be written"):
            file = os.fdopen(
                os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600), "wb", buffering=0
            )
        try:
            yield _FileDraft(self, path, file)
        finally:
            file.close()
            path.unlink(missing_ok=True)

    def read(self, name: str, first: int | None = None) -> Iterator[bytes]:
        """See `Shelf`."""
        with _passing(f"the blob {name} cannot be read"):
            try:
                file = self._path(name).open("rb", buffering=0)
            except FileNotFoundError:
                raise MissingBlobError(f"the blob {name} is not in its folder") from None
        with file:
            while first is None or first > 0:
                with _passing(f"the blob {name} cannot be read"):
                    piece = file.read(_PIECE if first is None else min(first, _PIECE))
                if not piece:
                    return
                first = None if first is None else first - len(piece)
                yield piece

    def has(self, name: str) -> bool:
        """See `Shelf`."""
        path = self._path(name)
        with _passing("the blob folder does not answer"):
            if not path.exists():
                return False
            # Whoever gave it its name may not have come to this line yet.
            _sync_folder(path.parent)
        return True

    def delete(self, name: str) -> None:
        """See `Shelf`."""
        path = self._path(name)
        with _passing(f"the blob {name} cannot be deleted"):
            try:
                path.unlink()
            except FileNotFoundError:
                return
            _sync_folder(path.parent)

    def names(self) -> Iterator[str]:
        """See `Shelf`."""
        for letters in self._entries(self._folder):
            if len(letters) == 2:
                yield from self._entries(self._folder / letters)

    def sweep(self, older_than: timedelta = ABANDONED) -> int:
        """See `Shelf`."""
        before = time.time() - older_than.total_seconds()
        swept = 0
        for name in self._entries(self._folder / _DRAFTS):
            path = self._folder / _DRAFTS / name
            with _passing("the blob folder does not answer"):
                try:
                    if path.stat().st_mtime < before:
                        path.unlink()
                        swept += 1
                except FileNotFoundError:
                    continue
        return swept

    def close(self) -> None:
        """See `Shelf`; a folder holds nothing open."""

    def keep(self, draft: Path, name: str, *, replace: bool) -> None:
        """Give a draft that is synced its name."""
        if not replace and self.has(name):
            return
        path = self._path(name)
        if not path.parent.exists():
            path.parent.mkdir(mode=0o700, exist_ok=True)
            _sync_folder(self._folder)
        draft.replace(path)
        _sync_folder(path.parent)

    def _path(self, name: str) -> Path:
        return self._folder / name[:2] / name

    def _entries(self, folder: Path) -> list[str]:
        with _passing("the blob folder does not answer"):
            try:
                return os.listdir(folder)
            except FileNotFoundError:
                return []


class _FileDraft:
    def __init__(self, shelf: FolderShelf, path: Path, file: BinaryIO) -> None:
        self._shelf = shelf
        self._path = path
        self._file = file

    def write(self, sealed: bytes) -> None:
        rest = memoryview(sealed)
        with _passing("a blob cannot be written"):
            while rest:
                rest = rest[self._file.write(rest) :]

    def keep(self, name: str, *, replace: bool) -> None:
        with _passing("a blob cannot be written"):
            os.fsync(self._file.fileno())
            self._shelf.keep(self._path, name, replace=replace)


@contextmanager
def _passing(what: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise TransientError(f"{what}: {error.strerror}") from error


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
