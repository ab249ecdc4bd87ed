"""Bodies of calls that carry files, streamed: multipart forms, plain bytes, and JSON with files in base64.

Memory stays small however large a file is; lengths are known before the first byte, since ticket systems refuse chunks.
"""

from __future__ import annotations

import base64
import json
import secrets
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from gateway.backends._api import Body
from gateway.errors import TransientError
from gateway.ports import TicketFile

_HOLE = "gatehouse-file-"


async def exactly(file: TicketFile) -> AsyncIterator[bytes]:
    """Yield a file's bytes. Raises `TransientError` for this item when they are not as many as were announced."""
    size = 0
    async for chunk in file.open():
        size += len(chunk)
        if size <= file.size:
            yield chunk
    if size != file.size:
        raise TransientError("a file's bytes are not as many as were announced", item=True)


def plain(file: TicketFile) -> Body:
    """Return a file's own bytes."""
    return Body(file.media_type, file.size, exactly(file))


def multipart(fields: Sequence[tuple[str, str, str]], files: Sequence[tuple[str, TicketFile]]) -> Body:
    """Return a form (RFC 7578): `fields` are (name, type or empty, value), `files` (name of the field, file)."""
    boundary = secrets.token_hex(16)
    heads = [_head(boundary, f'name="{name}"', kind) + value.encode("utf-8", "replace") for name, kind, value in fields]
    file_heads = [
        (_head(boundary, f'name="{name}"; {_file_name(file.name)}', _type(file)), file) for name, file in files
    ]
    end = f"\r\n--{boundary}--\r\n".encode()
    length = sum(map(len, heads)) + sum(len(head) + file.size for head, file in file_heads) + len(end)

    async def chunks() -> AsyncIterator[bytes]:
        for head in heads:
            yield head
        for head, file in file_heads:
            yield head
            async for chunk in exactly(file):
                yield chunk
        yield end

    return Body(f"multipart/form-data; boundary={boundary}", length, chunks())


class InBase64:
    """Stands in the place of a file's content in JSON that `json_with_files` writes."""

    def __init__(self, file: TicketFile) -> None:
        self.file = file


def json_with_files(data: Mapping[str, Any]) -> Body:
    """Return JSON in which each `InBase64` is a string of that file's content."""
    mark = _HOLE + secrets.token_hex(8)
    files: list[TicketFile] = []

    def hole(value: Any) -> str:
        if not isinstance(value, InBase64):
            raise TypeError(f"{type(value).__name__} is not JSON")
        files.append(value.file)
        return mark

    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), default=hole)
    pieces = [piece.encode("utf-8", "replace") for piece in text.split(mark)]
    length = sum(map(len, pieces)) + sum((file.size + 2) // 3 * 4 for file in files)

    async def chunks() -> AsyncIterator[bytes]:
        yield pieces[0]
        for file, piece in zip(files, pieces[1:], strict=True):
            async for chunk in _encoded(file):
                yield chunk
            yield piece

    return Body("application/json", length, chunks())


async def _encoded(file: TicketFile) -> AsyncIterator[bytes]:
    rest = b""
    async for chunk in exactly(file):
        whole = rest + chunk
        cut = len(whole) - len(whole) % 3
        rest = whole[cut:]
        if cut:
            yield base64.b64encode(whole[:cut])
    if rest:
        yield base64.b64encode(rest)


def _head(boundary: str, disposition: str, kind: str) -> bytes:
    typed = f"Content-Type: {kind}\r\n" if kind else ""
    return f"\r\n--{boundary}\r\nContent-Disposition: form-data; {disposition}\r\n{typed}\r\n".encode()


def _file_name(name: str) -> str:
    """Return the parameter as browsers write it: UTF-8, with quotes and line ends escaped."""
    escaped = name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
    return f'filename="{escaped}"'


def _type(file: TicketFile) -> str:
    return file.media_type if file.media_type.isascii() and file.media_type.isprintable() else quote(file.media_type)
