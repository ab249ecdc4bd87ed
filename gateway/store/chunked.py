"""Values sealed in chunks, so that a large one needs little memory: the STREAM construction over AES-256-GCM.

After the header come a salt of 32 bytes and the chunks, each 64 KiB of text with its tag of 16 bytes; only the last may
be shorter. From the key, the salt and the header HKDF-SHA256 derives a key and a nonce prefix of 7 bytes for this value
alone; a chunk's nonce is the prefix, the chunk's number in 4 bytes, and a byte that is 1 for the last one. So a chunk
that is missing, doubled, moved or from another value does not open, nor does a value that ends early. The last chunk
also authenticates what the value belongs to, which may be known only at its end.

STREAM: Hoang, Reyhanitabar, Rogaway, Vizar, "Online Authenticated-Encryption and its Nonce-Reuse Misuse-Resistance"
(2015). Not here: which key, and whether a header is one of ours.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

CHUNK_BYTES = 64 * 1024
_SALT = 32
_KEY = 32
_PREFIX = 7
_TAG = 16
_INFO = b"gatehouse stream "


class Sealing:
    """One value on its way under seal."""

    def __init__(self, key: bytes, header: bytes) -> None:
        salt = os.urandom(_SALT)
        self._chunks = _Chunks(key, salt, header)
        self._ready = header + salt
        self._waiting = bytearray()

    def update(self, plain: bytes | memoryview) -> bytes:
        """Take in more of the text and return the sealed bytes that are ready, perhaps none."""
        self._waiting += plain
        # A full chunk waits until more comes: it may be the last, and the last is sealed in another way.
        full = max(0, len(self._waiting) - 1) // CHUNK_BYTES * CHUNK_BYTES
        chunks = (bytes(self._waiting[at : at + CHUNK_BYTES]) for at in range(0, full, CHUNK_BYTES))
        sealed = b"".join(self._chunks.seal(chunk) for chunk in chunks)
        del self._waiting[:full]
        return self._take() + sealed

    def finish(self, belongs_to: bytes) -> bytes:
        """Return the last sealed bytes, bound to what the value belongs to."""
        return self._take() + self._chunks.seal(bytes(self._waiting), last=belongs_to)

    def _take(self) -> bytes:
        ready, self._ready = self._ready, b""
        return ready


class Pieces:
    """Bytes that come in pieces of any size, read in pieces of our size."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._coming = iter(pieces)
        self._held = bytearray()

    def read(self, size: int) -> bytes:
        """Return so many bytes, fewer only at the end."""
        while len(self._held) < size and (piece := next(self._coming, None)) is not None:
            self._held += piece
        taken = bytes(self._held[:size])
        del self._held[:size]
        return taken

    def rest(self) -> bytes:
        """Return all that is left."""
        for piece in self._coming:
            self._held += piece
        taken = bytes(self._held)
        self._held.clear()
        return taken


def opened(key: bytes, header: bytes, source: Pieces, belongs_to: bytes) -> Iterator[bytes]:
    """Yield the text of a value after its header. Raises `InvalidTag` or `ValueError` where it is not as sealed."""
    salt = source.read(_SALT)
    if len(salt) != _SALT:
        raise ValueError("cut off in the salt")
    chunks = _Chunks(key, salt, header)
    chunk = source.read(CHUNK_BYTES + _TAG)
    while following := source.read(CHUNK_BYTES + _TAG):
        yield chunks.open(chunk)
        chunk = following
    yield chunks.open(chunk, last=belongs_to)


class _Chunks:
    """The chunks of one value, in their order."""

    def __init__(self, key: bytes, salt: bytes, header: bytes) -> None:
        derived = HKDF(SHA256(), _KEY + _PREFIX, salt, _INFO + header).derive(key)
        self._cipher = AESGCM(derived[:_KEY])
        self._prefix = derived[_KEY:]
        self._number = 0

    def seal(self, plain: bytes, last: bytes | None = None) -> bytes:
        return self._cipher.encrypt(self._nonce(last), plain, last)

    def open(self, sealed: bytes, last: bytes | None = None) -> bytes:
        return self._cipher.decrypt(self._nonce(last), sealed, last)

    def _nonce(self, last: bytes | None) -> bytes:
        nonce = self._prefix + self._number.to_bytes(4, "big") + bytes([last is not None])
        self._number += 1
        return nonce
