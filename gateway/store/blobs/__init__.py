"""Sealed blobs, each under the hash of its plain bytes, in a folder or a bucket; durable before a row names them."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from pathlib import Path
from types import TracebackType
from typing import Self

from gateway.errors import ConfigError
from gateway.store.blobs.bucket import Bucket
from gateway.store.blobs.folder import FolderShelf
from gateway.store.blobs.shelf import ABANDONED, Draft, MissingBlobError, Shelf
from gateway.store.seal import HEADER_BYTES, DamagedError, Sealer, key_of

__all__ = ["BlobRef", "Blobs", "Bucket", "Draft", "MissingBlobError", "Shelf", "Writer", "make_blobs"]

_DIGEST = re.compile(r"[0-9a-f]{64}\Z")
_PIECE = 256 * 1024


@dataclass(frozen=True, slots=True)
class BlobRef:
    """A blob that is kept: the SHA-256 of its plain bytes in hex, and how many they are."""

    digest: str
    size: int


class Standing(Enum):
    """How a blob stands on its shelf."""

    MISSING = "missing"
    GOOD = "good"
    CLOSED = "closed"
    """Damaged, or sealed with a key that is gone: it can only be written anew."""


class Blobs:
    """Blobs by content: putting one twice, or from several processes at once, leaves one whole blob.

    Raises what its shelf raises, see `Shelf`; memory stays small however large a blob is. `far` says that every call
    goes over the network.
    """

    def __init__(self, shelf: Shelf, sealer: Sealer, *, far: bool = False) -> None:
        self._shelf = shelf
        self._sealer = sealer
        self.far = far

    def __enter__(self) -> Self:
        self.prepare()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def prepare(self) -> None:
        """Make the place ready."""
        self._shelf.prepare()

    def close(self) -> None:
        """Let go of connections."""
        self._shelf.close()

    def put(self, chunks: Iterable[bytes]) -> BlobRef:
        """Store the bytes that come, durably; what raises in between leaves nothing."""
        with self.writer() as writer:
            for chunk in chunks:
                writer.write(chunk)
            return writer.keep()

    def put_bytes(self, plain: bytes) -> BlobRef:
        """Store bytes that are there whole; when they are kept already, they are not written again."""
        digest = hashlib.sha256(plain).hexdigest()
        if self.standing(digest) is Standing.GOOD:
            return BlobRef(digest, len(plain))
        view = memoryview(plain)
        with self.writer() as writer:
            for at in range(0, len(plain), _PIECE):
                writer.write(view[at : at + _PIECE])
            return writer.keep()

    @contextmanager
    def writer(self) -> Iterator[Writer]:
        """Begin a blob; leaving the context without `keep` discards it."""
        with self._shelf.draft() as draft:
            yield Writer(self, draft, self._sealer)

    def open(self, digest: str) -> Iterator[bytes]:
        """Yield the plain bytes in pieces; they are proven whole only at the iterator's end.

        Raises `DamagedError` when they are missing or changed, `ConfigError` when their key is not among ours.
        """
        found = hashlib.sha256()
        for piece in self._sealer.open_chunks(self._shelf.read(digest), _identity(digest)):
            found.update(piece)
            yield piece
        if found.hexdigest() != digest:
            raise DamagedError(f"the blob {digest} holds other bytes than its name says")

    def has(self, digest: str) -> bool:
        """Whether the blob is kept."""
        return self._shelf.has(digest)

    def delete(self, digest: str) -> None:
        """Remove a blob; one that is not there is removed already."""
        self._shelf.delete(digest)

    def list(self) -> Iterator[str]:
        """Yield the hash of every blob, in no order; other objects in the same place are passed over."""
        return (name for name in self._shelf.names() if _DIGEST.match(name))

    def key_of(self, digest: str) -> str:
        """Return the id of the key that seals a blob. Raises `MissingBlobError`, `DamagedError`."""
        return key_of(b"".join(self._shelf.read(digest, first=HEADER_BYTES)))

    def reseal(self, digest: str) -> bool:
        """Seal a blob under the present key, unless it is; returns whether it was done. Readers are not disturbed."""
        if self.key_of(digest) == self._sealer.current:
            return False
        with self._shelf.draft() as draft:
            sealing = self._sealer.begin()
            for piece in self.open(digest):
                draft.write(sealing.update(piece))
            draft.write(sealing.finish(_identity(digest)))
            if not self._shelf.has(digest):
                raise MissingBlobError(f"the blob {digest} was deleted meanwhile")
            draft.keep(digest, replace=True)
        return True

    def sweep(self, older_than: timedelta = ABANDONED) -> int:
        """Remove what killed writers left behind unfinished; returns how many there were."""
        return self._shelf.sweep(older_than)

    def check(self) -> None:
        """Try the place out: write, read and delete a blob of a few bytes that nobody else has."""
        ref = self.put((self._sealer.seal(b"", b"probe"),))
        try:
            for _ in self.open(ref.digest):
                pass
        finally:
            self.delete(ref.digest)

    def standing(self, digest: str) -> Standing:
        """Return how a blob stands, without reading it whole."""
        if not self._shelf.has(digest):
            return Standing.MISSING
        try:
            return Standing.GOOD if self._sealer.knows(self.key_of(digest)) else Standing.CLOSED
        except DamagedError:
            return Standing.CLOSED


class Writer:
    """One blob being written."""

    def __init__(self, blobs: Blobs, draft: Draft, sealer: Sealer) -> None:
        self._blobs = blobs
        self._draft = draft
        self._sealing = sealer.begin()
        self._hash = hashlib.sha256()
        self._size = 0

    def write(self, plain: bytes | memoryview) -> None:
        """Add bytes."""
        self._hash.update(plain)
        self._size += len(plain)
        if sealed := self._sealing.update(plain):
            self._draft.write(sealed)

    def keep(self) -> BlobRef:
        """Keep what was written under its hash and return the reference; called at most once, as the last."""
        digest = self._hash.hexdigest()
        self._draft.write(self._sealing.finish(_identity(digest)))
        standing = self._blobs.standing(digest)
        if standing is not Standing.GOOD:
            self._draft.keep(digest, replace=standing is Standing.CLOSED)
        return BlobRef(digest, self._size)


def make_blobs(place: Path | Bucket, sealer: Sealer) -> Blobs:
    """Return the blobs of a folder or of a bucket. Raises `ConfigError` when a library is missing."""
    if isinstance(place, Path):
        return Blobs(FolderShelf(place), sealer)
    try:
        from gateway.store.blobs.s3 import S3Shelf
    except ModuleNotFoundError as error:
        raise ConfigError(f"[store.s3] needs the library {error.name}: pip install 'gatehouse[s3]'") from None
    return Blobs(S3Shelf(place), sealer, far=True)


def _identity(digest: str) -> bytes:
    return f"blob:{digest}".encode()
