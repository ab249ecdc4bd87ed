"""The bodies of raws: sealed, small ones beside their row, large ones as blobs; and blobs as they come and go."""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import AsyncIterable, AsyncIterator, Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from typing import TypeVar

from gateway.journal import GoneOriginalError
from gateway.ports import Key, Raw
from gateway.store.blobs import BlobRef, Blobs, Standing
from gateway.store.chunked import CHUNK_BYTES
from gateway.store.seal import DamagedError, Sealer

T = TypeVar("T")
INLINE_BYTES = 128 * 1024
"""Bodies up to this size stand in the database: one fsync for a whole page instead of one a body."""
_PIECE = 1024 * 1024
_PIECES = _PIECE // CHUNK_BYTES


@dataclass(frozen=True, slots=True)
class Sealed:
    """A raw on its way into the journal, with its body either sealed beside it or kept as a blob."""

    raw: Raw
    sealed: bytes | None
    blob: str | None


class SqlOriginals:
    """Originals on their way in, piece by piece; see `gateway.ports.Originals`.

    A blob that no row comes to name, since its process died, is swept up like any other.
    """

    def __init__(self, kept: Bodies) -> None:
        self._kept = kept

    async def keep(self, chunks: AsyncIterable[bytes]) -> str:
        """See `Originals`."""
        return (await self._kept.put(chunks)).digest


class Bodies:
    """Seals and opens the bodies of raws."""

    def __init__(self, sealer: Sealer, blobs: Blobs) -> None:
        self.sealer = sealer
        self.blobs = blobs
        self._brought: dict[str, bytes | DamagedError] = {}

    @property
    def sealing_key(self) -> str:
        """The id of the key that seals now."""
        return self.sealer.current

    def seal(self, source: str, raw: Raw) -> Sealed:
        """Return the raw ready to be stored; a large body is durable when this returns."""
        raw = _storable(raw)
        if raw.kept:
            if self.blobs.standing(raw.kept) is not Standing.GOOD:
                raise GoneOriginalError(f"the original of a raw of {source} was removed before the raw was stored")
            return Sealed(raw, None, raw.kept)
        if len(raw.body) > INLINE_BYTES:
            return Sealed(raw, None, self.blobs.put_bytes(raw.body).digest)
        return Sealed(raw, self.sealer.seal(raw.body, _identity(source, raw.lane, raw.key)), None)

    def open(self, source: str, lane: str, key: str, sealed: bytes | None, blob: str | None) -> bytes:
        """Return a body. Raises `DamagedError` when it is missing or changed."""
        if blob is not None:
            return self._whole(blob)
        if sealed is None:
            raise DamagedError("the body of this raw is gone")
        return self.sealer.open(sealed, _identity(source, lane, key))

    @property
    def far(self) -> bool:
        """Whether blobs come over the network: then they are brought before a transaction opens them."""
        return self.blobs.far

    def bring(self, blobs: Sequence[str]) -> None:
        """Fetch blobs that are opened next; each is given out once, and what nobody opened is let go by the next."""
        brought: dict[str, bytes | DamagedError] = {}
        for blob in blobs:
            try:
                brought[blob] = self._fetch(blob)
            except DamagedError as error:
                brought[blob] = error
        self._brought = brought

    def _whole(self, blob: str) -> bytes:
        brought = self._brought.pop(blob, None)
        if isinstance(brought, DamagedError):
            raise brought
        return self._fetch(blob) if brought is None else brought

    def _fetch(self, blob: str) -> bytes:
        # One copy: joining pieces would hold the body twice.
        whole = io.BytesIO()
        for piece in self.blobs.open(blob):
            whole.write(piece)
        return whole.getvalue()

    def keep(self, plain: bytes) -> str:
        """Keep bytes that are no raw's body any more, and return their hash."""
        return self.blobs.put_bytes(plain).digest

    def reseal(self, source: str, lane: str, key: str, sealed: bytes) -> bytes:
        """Return the body of a row sealed under the present key."""
        identity = _identity(source, lane, key)
        return self.sealer.seal(self.sealer.open(sealed, identity), identity)

    async def put(self, chunks: AsyncIterable[bytes]) -> BlobRef:
        """Keep bytes as they come in; what raises in between leaves nothing. The loop never waits for the disk."""
        with self.blobs.writer() as writer:
            waiting = bytearray()
            async for chunk in chunks:
                waiting += chunk
                if len(waiting) >= _PIECE:
                    await _to_its_end(partial(writer.write, bytes(waiting)))
                    waiting.clear()
            await _to_its_end(partial(writer.write, bytes(waiting)))
            return await _to_its_end(writer.keep)

    def prove(self, blob: str) -> None:
        """Raise `DamagedError` when a blob is missing, or sealed with nothing that we know."""
        self.blobs.key_of(blob)

    async def stream(self, blob: str) -> AsyncIterator[bytes]:
        """Yield a blob in chunks of at most 1 MiB, in threads. Raises as `Blobs.open` does."""
        pieces = self.blobs.open(blob)
        while chunk := await _to_its_end(lambda: b"".join(islice(pieces, _PIECES))):
            yield chunk


async def _to_its_end(work: Callable[[], T]) -> T:
    """Run something in a thread; whoever is cancelled waits for it, and may then close the file it works on."""
    running = asyncio.ensure_future(asyncio.to_thread(work))
    try:
        return await asyncio.shield(running)
    finally:
        await asyncio.wait((running,))


def _identity(source: str, lane: str, key: str) -> bytes:
    return b"raw:" + json.dumps([source, lane, key]).encode()


def _storable(raw: Raw) -> Raw:
    """Write out what no database stores as text, lone surrogates and NUL: a hostile header must not stop a page."""
    notes = {clean(name): clean(value) for name, value in raw.notes.items()}
    return replace(raw, lane=clean(raw.lane), key=Key(clean(raw.key)), notes=notes)


def clean(text: str) -> str:
    """Return a text as every database can keep it."""
    if text.isascii() and "\0" not in text:
        return text
    return text.encode("utf-8", "backslashreplace").decode().replace("\0", "\\x00")
