"""A folder of sealed blobs, each under the hash of its plain bytes; a blob is on the disk before a row names it."""

from __future__ import annotations

import hashlib
import os
import secrets
from pathlib import Path

from gateway.errors import ConfigError, TransientError
from gateway.store.seal import DamagedError, Sealer


class BlobFolder:
    """Blobs by content: putting one twice, or from several processes at once, leaves one whole file."""

    def __init__(self, folder: Path, sealer: Sealer) -> None:
        self._folder = folder
        self._sealer = sealer

    def prepare(self) -> None:
        """Make the folder, open to its owner alone."""
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._folder.chmod(0o700)
        except OSError as error:
            raise ConfigError(f"the blob folder {self._folder} cannot be used: {error.strerror}") from error

    def put(self, plain: bytes) -> str:
        """Store the bytes durably and return their SHA-256 in hex."""
        digest = hashlib.sha256(plain).hexdigest()
        path = self._path(digest)
        try:
            if not path.exists():
                self._write(path, self._sealer.seal(plain, _identity(digest)))
            # Even when it was there: whoever wrote it may not have come to this line yet.
            _sync_folder(path.parent)
        except OSError as error:
            raise TransientError(f"a blob cannot be written: {error.strerror}") from error
        return digest

    def get(self, digest: str) -> bytes:
        """Return the plain bytes. Raises `DamagedError` when they are missing or changed."""
        try:
            sealed = self._path(digest).read_bytes()
        except FileNotFoundError:
            raise DamagedError(f"the blob {digest} is not in its folder") from None
        except OSError as error:
            raise TransientError(f"the blob {digest} cannot be read: {error.strerror}") from error
        return self._sealer.open(sealed, _identity(digest))

    def _path(self, digest: str) -> Path:
        return self._folder / digest[:2] / digest

    def _write(self, path: Path, sealed: bytes) -> None:
        if not path.parent.exists():
            path.parent.mkdir(mode=0o700, exist_ok=True)
            _sync_folder(self._folder)
        draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
        try:
            with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(sealed)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(path)
        finally:
            draft.unlink(missing_ok=True)


def _identity(digest: str) -> bytes:
    return f"blob:{digest}".encode()


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
