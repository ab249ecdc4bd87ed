"""The bodies of raws: sealed, small ones beside their row, large ones in the blob folder."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace

from gateway.ports import Key, Raw
from gateway.store.blobs import BlobFolder
from gateway.store.seal import DamagedError, Sealer

INLINE_BYTES = 128 * 1024
"""Bodies up to this size stand in the database: one fsync for a whole page instead of one a body."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """A raw on its way into the journal, with its body either sealed beside it or kept as a blob."""

    raw: Raw
    sealed: bytes | None
    blob: str | None


class Bodies:
    """Seals and opens the bodies of raws."""

    def __init__(self, sealer: Sealer, blobs: BlobFolder) -> None:
        self._sealer = sealer
        self._blobs = blobs

    def seal(self, source: str, raw: Raw) -> Sealed:
        """Return the raw ready to be stored; a large body is on the disk when this returns."""
        raw = _storable(raw)
        if len(raw.body) > INLINE_BYTES:
            return Sealed(raw, None, self._blobs.put(raw.body))
        return Sealed(raw, self._sealer.seal(raw.body, _identity(source, raw.lane, raw.key)), None)

    def open(self, source: str, lane: str, key: str, sealed: bytes | None, blob: str | None) -> bytes:
        """Return a body. Raises `DamagedError` when it is missing or changed."""
        if blob is not None:
            return self._blobs.get(blob)
        if sealed is None:
            raise DamagedError("the body of this raw is gone")
        return self._sealer.open(sealed, _identity(source, lane, key))


def _identity(source: str, lane: str, key: str) -> bytes:
    return b"raw:" + json.dumps([source, lane, key]).encode()


def _storable(raw: Raw) -> Raw:
    """Write out what no database stores as text, lone surrogates and NUL: a hostile header must not stop a page."""
    notes = {_clean(name): _clean(value) for name, value in raw.notes.items()}
    return replace(raw, lane=_clean(raw.lane), key=Key(_clean(raw.key)), notes=notes)


def _clean(text: str) -> str:
    if text.isascii() and "\0" not in text:
        return text
    return text.encode("utf-8", "backslashreplace").decode().replace("\0", "\\x00")
