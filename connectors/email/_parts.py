"""Writes files as parts of a mail (RFC 2045, 2046, 2183, 2231): short lines, 7-bit clean, whatever their names are."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Sequence
from hashlib import sha256
from urllib.parse import quote

from gateway.ports import ReplyFile

MAX_NAME_BYTES = 80
"""Of a file's name in UTF-8: one line, when each becomes three characters."""

_TYPE = re.compile(r"[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,63}/[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,63}\Z")
_NO_BASE64 = ("message/", "multipart/")
"""RFC 2045 section 6.4 lets these be encoded in no way."""
_PLAIN_NAME = re.compile(r"[A-Za-z0-9 ._()+-]+\Z")
_NOT_IN_NAMES = re.compile(r"[\x00-\x1f\x7f-\x9f/\\\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]")
_UNKNOWN = "application/octet-stream"


def multipart(
    token: str, text: Iterable[tuple[str, str]], body: bytes, files: Sequence[tuple[ReplyFile, bytes]]
) -> tuple[str, bytes]:
    """Return the Content-Type of a mail with files, and its bytes after the header.

    `text` are the fields of the text's own part. A boundary begins with `=_`, which stands in no encoded line.
    """
    boundary = "=_" + sha256(token.encode()).hexdigest()[:40]
    opening = f"--{boundary}\r\n".encode()
    parts = [opening, _fields(text), body]
    for file, content in files:
        parts += (b"\r\n", opening, _fields(_fields_of(file)), _base64(content))
    parts.append(f"\r\n--{boundary}--\r\n".encode())
    return f'multipart/mixed;\r\n boundary="{boundary}"', b"".join(parts)


def _fields_of(file: ReplyFile) -> Iterable[tuple[str, str]]:
    known = _TYPE.match(file.media_type) and not file.media_type.lower().startswith(_NO_BASE64)
    yield "Content-Type", file.media_type if known else _UNKNOWN
    yield "Content-Transfer-Encoding", "base64"
    yield "Content-Disposition", f"attachment;\r\n {_filename(file.name)}"


def _filename(name: str) -> str:
    plain = _NOT_IN_NAMES.sub("_", name.encode("utf-8", "replace").decode("utf-8")).strip() or "file"
    short = _shortened(plain)
    return f'filename="{short}"' if _PLAIN_NAME.match(short) else f"filename*=utf-8''{quote(short, safe='')}"


def _shortened(name: str) -> str:
    """Return a name of at most `MAX_NAME_BYTES`; what tells its kind stays."""
    stem, dot, ending = name.rpartition(".")
    kept = f"{dot}{ending}".encode() if stem and len(ending) <= 10 else b""
    whole = stem if kept else name
    return whole.encode()[: MAX_NAME_BYTES - len(kept)].decode("utf-8", "ignore") + kept.decode()


def _fields(pairs: Iterable[tuple[str, str]]) -> bytes:
    return "".join(f"{name}: {value}\r\n" for name, value in pairs).encode("ascii") + b"\r\n"


def _base64(content: bytes) -> bytes:
    return base64.encodebytes(content).replace(b"\n", b"\r\n")
