"""An S3-compatible bucket as a shelf: a blob is spooled here, sealed, and uploaded once its name is known.

Not here: signing and errors (`s3_calls`). The server shows an object only when all of it is there, so no reader ever
sees half a blob; a multipart upload that was broken off is aborted, or swept up later.
"""

from __future__ import annotations

import io
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import IO
from xml.etree import ElementTree as Xml

import httpx

from gateway.errors import ConfigError, GatewayError, TransientError
from gateway.store.blobs.bucket import Bucket
from gateway.store.blobs.s3_calls import Answer, Calls, refusal, texts
from gateway.store.blobs.shelf import ABANDONED, MissingBlobError

PART_BYTES = 8 * 1024 * 1024
"""S3 wants parts of 5 MiB at least and 10,000 at most: so a blob may have 80 GB."""
_PIECE = 256 * 1024
_ONCE = {"if-none-match": "*"}
_PARTIAL = 206
_PRECONDITION_FAILED = 412


class S3Shelf:
    """Objects under the prefix, named by their hash alone."""

    def __init__(self, bucket: Bucket, page: int = 1000) -> None:
        self._bucket = bucket
        self._page = str(page)
        self._calls = Calls(bucket)

    def prepare(self) -> None:
        """Make the folder for what is on its way, open to its owner alone; see `Shelf`."""
        try:
            self._bucket.drafts.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._bucket.drafts.chmod(0o700)
        except OSError as error:
            raise ConfigError(f"the blob folder {self._bucket.drafts} cannot be used: {error.strerror}") from error

    @contextmanager
    def draft(self) -> Iterator[_Spool]:
        """See `Shelf`. What is spooled has no name on the disk: a writer that is killed leaves nothing."""
        file = tempfile.SpooledTemporaryFile(max_size=PART_BYTES, dir=str(self._bucket.drafts))  # noqa: SIM115
        try:
            yield _Spool(self, file)
        finally:
            # Closing writes what waits once more: on a full disk its error would stand for the first.
            with suppress(OSError):
                file.close()

    def read(self, name: str, first: int | None = None) -> Iterator[bytes]:
        """See `Shelf`."""
        headers = {} if first is None else {"range": f"bytes=0-{first - 1}"}
        with self._calls.stream("GET", self._key(name), headers=headers) as response:
            if not response.is_success:
                raise _unread(response, name)
            pieces = response.iter_raw(_PIECE)
            # A server that does not know ranges sends the whole.
            yield from pieces if response.status_code == _PARTIAL else _at_most(pieces, first)

    def has(self, name: str) -> bool:
        """See `Shelf`. A HEAD that fails would not say whether it is the object or the bucket that is missing."""
        try:
            for _ in self.read(name, first=1):
                pass
        except MissingBlobError:
            return False
        return True

    def delete(self, name: str) -> None:
        """See `Shelf`."""
        self._calls.call("DELETE", self._key(name), accept=(404,))

    def names(self) -> Iterator[str]:
        """See `Shelf`."""
        query = {"list-type": "2", "prefix": self._bucket.prefix, "max-keys": self._page}
        while True:
            page = self._calls.call("GET", query=query).xml()
            for key in texts(page, "Key"):
                yield key.removeprefix(self._bucket.prefix)
            token = next(texts(page, "NextContinuationToken"), "")
            if not token:
                return
            query["continuation-token"] = token

    def sweep(self, older_than: timedelta = ABANDONED) -> int:
        """See `Shelf`."""
        before = datetime.now(UTC) - older_than
        abandoned = [(key, upload) for key, upload, began in self._uploads() if began < before]
        for key, upload in abandoned:
            self._calls.call("DELETE", key, {"uploadId": upload}, accept=(404,))
        return len(abandoned)

    def close(self) -> None:
        """See `Shelf`."""
        self._calls.close()

    def upload(self, file: IO[bytes], size: int, name: str, *, replace: bool) -> None:
        """Upload a spooled blob: in one call, or in parts that become an object in the last one."""
        condition = {} if replace else _ONCE
        # Somebody else put the same name meanwhile: what has this hash is the same blob.
        if size <= PART_BYTES:
            self._calls.call(
                "PUT", self._key(name), headers=condition, body=file.read(), accept=(_PRECONDITION_FAILED,)
            )
        else:
            self._upload_parts(file, self._key(name), condition)

    def _upload_parts(self, file: IO[bytes], key: str, condition: dict[str, str]) -> None:
        upload = self._calls.call("POST", key, {"uploads": ""}).text("UploadId")
        if not upload:
            raise TransientError("the S3 server began no upload")
        try:
            parts = self._send_parts(file, key, upload)
            body = _completion(parts)
            done = self._calls.call("POST", key, {"uploadId": upload}, condition, body, accept=(_PRECONDITION_FAILED,))
            if done.status == _PRECONDITION_FAILED:
                self._abort(key, upload)
        except GatewayError:
            self._abort(key, upload)
            raise

    def _send_parts(self, file: IO[bytes], key: str, upload: str) -> list[str]:
        tags: list[str] = []
        while part := file.read(PART_BYTES):
            query = {"partNumber": str(len(tags) + 1), "uploadId": upload}
            tag = self._calls.call("PUT", key, query, body=part).headers.get("etag")
            if not tag:
                raise TransientError("the S3 server did not confirm a part")
            tags.append(tag)
        return tags

    def _abort(self, key: str, upload: str) -> None:
        # The upload's own error is the one to tell; what is left here, `sweep` finds.
        with suppress(GatewayError):
            self._calls.call("DELETE", key, {"uploadId": upload}, accept=(404,))

    def _uploads(self) -> list[tuple[str, str, datetime]]:
        found = []
        for element in self._calls.call("GET", query={"uploads": "", "prefix": self._bucket.prefix}).xml().iter():
            if element.tag.rpartition("}")[2] == "Upload":
                key, upload, began = (next(texts(element, part), "") for part in ("Key", "UploadId", "Initiated"))
                found.append((key, upload, _time(began)))
        return found

    def _key(self, name: str) -> str:
        return self._bucket.prefix + name


class _Spool:
    """One blob on its way; small ones stay in memory."""

    def __init__(self, shelf: S3Shelf, file: IO[bytes]) -> None:
        self._shelf = shelf
        self._file = file

    def write(self, sealed: bytes) -> None:
        try:
            self._file.write(sealed)
        except OSError as error:
            raise TransientError(f"a blob cannot be spooled: {error.strerror}") from error

    def keep(self, name: str, *, replace: bool) -> None:
        try:
            size = self._file.seek(0, io.SEEK_END)
            self._file.seek(0)
        except OSError as error:
            raise TransientError(f"a blob cannot be spooled: {error.strerror}") from error
        self._shelf.upload(self._file, size, name, replace=replace)


def _completion(tags: list[str]) -> bytes:
    root = Xml.Element("CompleteMultipartUpload", xmlns="http://s3.amazonaws.com/doc/2006-03-01/")
    for number, tag in enumerate(tags, 1):
        part = Xml.SubElement(root, "Part")
        Xml.SubElement(part, "PartNumber").text = str(number)
        Xml.SubElement(part, "ETag").text = tag
    return Xml.tostring(root)


def _unread(response: httpx.Response, name: str) -> GatewayError:
    answer = Answer(response.status_code, response.headers, response.read())
    if answer.status == 404 and answer.text("Code") in ("NoSuchKey", ""):
        return MissingBlobError(f"the blob {name} is not in its bucket")
    return refusal(answer)


def _at_most(pieces: Iterator[bytes], size: int | None) -> Iterator[bytes]:
    if size is None:
        yield from pieces
        return
    for piece in pieces:
        yield piece[:size]
        size -= len(piece)
        if size <= 0:
            return


def _time(written: str) -> datetime:
    """Return an upload's time; one that cannot be read counts as now, so that nobody's work is taken away."""
    try:
        return datetime.fromisoformat(written)
    except ValueError:
        return datetime.now(UTC)
