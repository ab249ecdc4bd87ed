"""Files in a JetStream object store: users' go in, streamed and once; what goes with agents' answers comes out.

The layout is that of NATS ADR-20, so that every client of an object store reads it; chunk by chunk, so that memory
stays small.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import suppress
from typing import Any, Final

from nats.js import JetStreamContext
from nats.js import errors as js_errors
from nats.js.api import PubAck, RawStreamMsg

from gateway.backends.nats.line import FIRST_ON_SUBJECT, NO_MESSAGE, WRONG_LAST_SEQUENCE, Line, meaning
from gateway.errors import GatewayError, OutcomeUnknownError, RejectedError, TransientError
from gateway.ports import Clock, FileRef, TicketFile, TicketWrite

CHUNK: Final = 128 * 1024
"""As every client of an object store cuts it; below each server's least max_payload."""


class FileStore:
    """One bucket."""

    def __init__(self, bucket: str, line: Line, clock: Clock) -> None:
        self._bucket = bucket
        self._stream = f"OBJ_{bucket}"
        self._line = line
        self._clock = clock

    async def put(self, write: TicketWrite) -> Mapping[str, str]:
        """Store a write's files; return the object of each by the file's id. What is stored already stays."""
        refs = {file.id: object_name(write, file) for file in write.files}
        for file in write.files:
            if not await self._holds(refs[file.id], file):
                await self._store(refs[file.id], file)
        return refs

    async def open(self, ref: FileRef) -> AsyncIterator[bytes]:
        """Stream an object. Raises `RejectedError` when there is none, or its bytes are not as stored."""
        about = await self._about(ref)
        if about is None or about.get("deleted") or about.get("options", {}).get("link"):
            raise RejectedError("NATS has that file no more")
        subject = self._chunks(str(about["nuid"]))
        digest, after = hashlib.sha256(), 0
        for _ in range(int(about.get("chunks", 0))):
            message = await self._next(subject, after)
            if message is None or message.seq is None:
                raise RejectedError("NATS has only a part of that file")
            after, data = message.seq, message.data or b""
            digest.update(data)
            yield data
        if about.get("digest") != _named(digest.digest()):
            raise RejectedError("NATS has that file otherwise than it was stored")

    async def _holds(self, name: str, file: TicketFile) -> bool:
        about = await self._about(name)
        wanted = _named(bytes.fromhex(file.sha256))
        return about is not None and about.get("digest") == wanted and not about.get("deleted")

    async def _store(self, name: str, file: TicketFile) -> None:
        # A name of its own for each attempt: what a lost one left comes into none that is read.
        nuid = secrets.token_hex(11)
        try:
            chunks = await self._store_chunks(nuid, file)
        except GatewayError:
            await self._drop(nuid)
            raise
        # Not dropped from here on: a description that was lost on the way may still arrive, and need the chunks.
        about = json.dumps(self._described(name, file, nuid, chunks)).encode()
        before = await self._last(name)
        seq = 0 if before is None or before.seq is None else before.seq
        await self._publish(self._meta(name), about, {"Nats-Rollup": "sub", FIRST_ON_SUBJECT: str(seq)})

    async def _store_chunks(self, nuid: str, file: TicketFile) -> int:
        digest, size, chunks = hashlib.sha256(), 0, 0
        async for chunk in _even(file.open()):
            await self._publish(self._chunks(nuid), chunk, {})
            digest.update(chunk)
            size, chunks = size + len(chunk), chunks + 1
        if size != file.size or digest.hexdigest() != file.sha256:
            raise TransientError("a file's bytes are not those that were announced", item=True)
        return chunks

    def _described(self, name: str, file: TicketFile, nuid: str, chunks: int) -> dict[str, Any]:
        return {
            "name": name,
            "bucket": self._bucket,
            "nuid": nuid,
            "size": file.size,
            "chunks": chunks,
            "digest": _named(bytes.fromhex(file.sha256)),
            "mtime": self._clock.now().isoformat(),
            "options": {"max_chunk_size": CHUNK},
            "metadata": {"name": file.name, "media-type": file.media_type},
        }

    async def _publish(self, subject: str, data: bytes, headers: dict[str, str]) -> None:
        """Store one message. A file without its event is nothing: whatever is lost here, the write took no effect."""

        async def publish(js: JetStreamContext) -> PubAck:
            return await js.publish(subject, data, stream=self._stream, headers=headers)

        try:
            await self._line.call(subject, publish, is_safe=False)
        except js_errors.APIError as error:
            if error.err_code == WRONG_LAST_SEQUENCE:
                raise TransientError("another attempt stores the same file", item=True) from None
            raise meaning(error, is_safe=True) from None
        except OutcomeUnknownError as error:
            raise TransientError(f"a file is not stored for certain: {error}") from None

    async def _drop(self, nuid: str) -> None:
        """Take the chunks of a failed attempt away, if that can be done; else they lie there unread."""

        async def purge(js: JetStreamContext) -> bool:
            return await js.purge_stream(self._stream, subject=self._chunks(nuid))

        with suppress(GatewayError, js_errors.APIError):
            await self._line.call(f"$JS.API.STREAM.PURGE.{self._stream}", purge, is_safe=True)

    async def _about(self, name: str) -> dict[str, Any] | None:
        """Return what the bucket says of an object, or None where it has none."""
        message = await self._last(name)
        try:
            about = json.loads(message.data or b"") if message is not None else None
        except ValueError:
            raise RejectedError("NATS says of that file what cannot be read") from None
        return about if isinstance(about, dict) else None

    async def _last(self, name: str) -> RawStreamMsg | None:
        return await self._get(lambda js: js.get_last_msg(self._stream, self._meta(name)))

    async def _next(self, subject: str, after: int) -> RawStreamMsg | None:
        return await self._get(lambda js: js.get_msg(self._stream, seq=after + 1, subject=subject, next=True))

    async def _get(self, work: Callable[[JetStreamContext], Awaitable[RawStreamMsg]]) -> RawStreamMsg | None:
        try:
            return await self._line.call(f"$JS.API.STREAM.MSG.GET.{self._stream}", work, is_safe=True)
        except js_errors.APIError as error:
            if error.err_code == NO_MESSAGE:
                return None
            raise meaning(error, is_safe=True) from None

    def _chunks(self, nuid: str) -> str:
        return f"$O.{self._bucket}.C.{nuid}"

    def _meta(self, name: str) -> str:
        return f"$O.{self._bucket}.M.{base64.urlsafe_b64encode(name.encode()).decode()}"


def object_name(write: TicketWrite, file: TicketFile) -> str:
    """Return the name of a file's object: the same at each attempt, another for each write."""
    digest = hashlib.sha256(f"{write.key}\n{file.id}".encode("utf-8", "replace")).hexdigest()
    return f"{write.external_key}/{digest[:32]}"


async def _even(chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    held = bytearray()
    async for chunk in chunks:
        held += chunk
        while len(held) >= CHUNK:
            yield bytes(held[:CHUNK])
            del held[:CHUNK]
    if held:
        yield bytes(held)


def _named(digest: bytes) -> str:
    return "SHA-256=" + base64.urlsafe_b64encode(digest).decode()
