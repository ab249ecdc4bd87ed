"""Sealing of kept bytes with AES-256-GCM, under keys that the operator holds in a file.

A value sealed whole is: ``GHS1``, one byte for the length of the key's id, the id, a nonce of 12 bytes, the ciphertext
with its tag. One sealed in chunks begins with ``GHS2`` and is laid out in `gateway.store.chunked`. The header and what
the value belongs to are authenticated too, so that no value passes for another.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import structlog
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from gateway.errors import ConfigError, RejectedError
from gateway.store import chunked
from gateway.store.keyfile import KEY_BYTES, KEY_ID, new_key_line, parse_keys, read_text

__all__ = ["HEADER_BYTES", "DamagedError", "Sealer", "key_of", "new_key_line"]

log = structlog.get_logger()

HEADER_BYTES = 4 + 1 + 32
"""The longest header that names a key."""
_WHOLE = b"GHS1"
_CHUNKED = b"GHS2"
_MAGIC = 4
_NONCE = 12
_PIECE = 256 * 1024


class DamagedError(RejectedError):
    """Kept bytes are missing, changed or cut off."""

    action = "restore the item from a backup; without one it is lost"


@dataclass(frozen=True, slots=True)
class _Ring:
    """The keys as they stood at one moment."""

    keys: Mapping[str, bytes]
    current: str
    stamp: tuple[int, ...] | None = None

    def __post_init__(self) -> None:
        for key_id, key in self.keys.items():
            if not KEY_ID.match(key_id) or len(key) != KEY_BYTES:
                raise ConfigError("a sealing key needs an id of 1 to 32 letters, digits, - or _, and 32 bytes")
        if self.current not in self.keys:
            raise ConfigError(f"the sealing key {self.current} is not among the keys")

    @classmethod
    def of(cls, text: str, place: str, stamp: tuple[int, ...] | None = None) -> _Ring:
        keys = parse_keys(text, place)
        return cls(keys, list(keys)[-1], stamp)

    @classmethod
    def read(cls, path: Path) -> _Ring:
        # Stamped before it is read: a change in between is then read again, never missed.
        stamp = _stamp(path)
        return cls.of(read_text(path), f"the key file {path}", stamp)


class Sealer:
    """Seals with the current key and opens with whichever key a value names; safe to share between threads.

    One made from a file follows it: a new last line seals from the next value on, and a key that is not known is looked
    for in the file once more before a value is refused.
    """

    def __init__(self, keys: Mapping[str, bytes], current: str) -> None:
        self._ring = _Ring(keys, current)
        self._path: Path | None = None
        self.place = "the sealing key"
        """What holds the keys, as errors name it."""

    @classmethod
    def from_file(cls, path: Path) -> Sealer:
        """Read a key file, see `from_text`, and follow its changes."""
        ring = _Ring.read(path)
        sealer = cls(ring.keys, ring.current)
        sealer._ring, sealer._path, sealer.place = ring, path, f"the key file {path}"
        return sealer

    @classmethod
    def from_text(cls, text: str, place: str = "the sealing key") -> Sealer:
        """Read lines of `key_id base64key`; the last line seals, every line opens. `place` names it in errors."""
        ring = _Ring.of(text, place)
        sealer = cls(ring.keys, ring.current)
        sealer.place = place
        return sealer

    @property
    def current(self) -> str:
        """The id of the key that seals now."""
        return self._now().current

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids of all keys, in the order of their lines."""
        return tuple(self._now().keys)

    def knows(self, key_id: str) -> bool:
        """Whether a value under this key can be opened."""
        return key_id in self._now().keys or key_id in self._again().keys

    def seal(self, plain: bytes, belongs_to: bytes) -> bytes:
        """Return the sealed value; the same `belongs_to` is needed to open it."""
        ring = self._now()
        header = _header(_WHOLE, ring.current)
        nonce = os.urandom(_NONCE)
        return header + nonce + AESGCM(ring.keys[ring.current]).encrypt(nonce, plain, header + belongs_to)

    def open(self, sealed: bytes, belongs_to: bytes) -> bytes:
        """Return the plain bytes. Raises `DamagedError`, or `ConfigError` when the key is not among ours."""
        pieces = (sealed[at : at + _PIECE] for at in range(0, len(sealed), _PIECE))
        return b"".join(self.open_chunks(pieces, belongs_to))

    def begin(self) -> chunked.Sealing:
        """Begin to seal a value that comes in pieces; what it belongs to is told at its end."""
        ring = self._now()
        return chunked.Sealing(ring.keys[ring.current], _header(_CHUNKED, ring.current))

    def open_chunks(self, sealed: Iterable[bytes], belongs_to: bytes) -> Iterator[bytes]:
        """Yield the plain bytes piece by piece; each is authentic, but all are whole only once the iterator has ended.

        Raises as `open` does, at the piece that is not as it was sealed.
        """
        source = chunked.Pieces(sealed)
        header = source.read(_MAGIC + 1)
        if header[:_MAGIC] not in (_WHOLE, _CHUNKED) or len(header) <= _MAGIC:
            raise DamagedError("a kept item is not in a sealed form that this release knows")
        header += source.read(header[_MAGIC])
        key = self._key(header[_MAGIC + 1 :].decode("ascii", "replace"))
        try:
            if header[:_MAGIC] == _WHOLE:
                nonce = source.read(_NONCE)
                yield AESGCM(key).decrypt(nonce, source.rest(), header + belongs_to)
            else:
                yield from chunked.opened(key, header, source, belongs_to)
        except (InvalidTag, ValueError):
            raise DamagedError("a kept item does not fit its seal: it was changed, cut off or put elsewhere") from None

    def _key(self, key_id: str) -> bytes:
        key = self._ring.keys.get(key_id) or self._again().keys.get(key_id)
        if key is None:
            raise ConfigError(f"a kept item is sealed with key {key_id!r}, which the key file does not hold")
        return key

    def _now(self) -> _Ring:
        """Return the keys, read anew when their file has changed."""
        if self._path is not None and _stamp(self._path) != self._ring.stamp:
            return self._again()
        return self._ring

    def _again(self) -> _Ring:
        if self._path is not None:
            try:
                self._ring = _Ring.read(self._path)
            except ConfigError as error:
                # What was read before still seals and opens: a file in the middle of a change stops nobody.
                log.warning("keys.unreadable", reason=str(error))
        return self._ring


def key_of(sealed: bytes) -> str:
    """Return the id of the key that the beginning of a sealed value names; needs its first `HEADER_BYTES` at most."""
    if sealed[:_MAGIC] not in (_WHOLE, _CHUNKED) or len(sealed) < _MAGIC + 1:
        raise DamagedError("a kept item is not in a sealed form that this release knows")
    return sealed[_MAGIC + 1 : _MAGIC + 1 + sealed[_MAGIC]].decode("ascii", "replace")


def _header(magic: bytes, key_id: str) -> bytes:
    return magic + bytes([len(key_id)]) + key_id.encode()


def _stamp(path: Path) -> tuple[int, ...] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns
