"""Lists the files of a mail, and opens one of them."""

from __future__ import annotations

import hashlib

from gateway.case import Attachment, AttachmentState
from gateway.errors import MalformedError
from gateway.ports import Raw
from normalizers.email import _clean, _headers, _limits, _parts, _words
from normalizers.email._parts import Part
from normalizers.email._reading import Reading

_TEXTS = frozenset({"text/plain", "text/html", "text/enriched", "text/richtext"})


def is_text(part: Part, reading: Reading) -> bool:
    """Return whether a part is meant to be read rather than opened."""
    if part.type not in _TEXTS:
        return False
    if part.path == "":
        return True
    disposition, _ = _headers.parameters(part.headers.first("content-disposition"), reading)
    return disposition != "attachment" and not _name(part, reading)


def attachments(top: Part, data: bytes, reading: Reading) -> tuple[Attachment, ...]:
    """Return the files of a mail, those within forwarded mails too."""
    files = [part for part in top.leaves() if not is_text(part, reading) and not _is_empty_root(part)]
    if len(files) > _limits.ATTACHMENTS:
        reading.note("attachments_over_cap", f"Only the first {_limits.ATTACHMENTS} attachments were listed.")
    return tuple(_attachment(part, data, reading) for part in files[: _limits.ATTACHMENTS])


def extract(raw: Raw, attachment_id: str) -> bytes:
    """Return an attachment's decoded bytes; raises `MalformedError` when there is none, or nothing to read in it."""
    reading = Reading()
    if not raw.complete:
        raise MalformedError("only the header of the mail was fetched; its attachments are not here")
    data = _parts.line_ended(raw.body, reading)
    top = _parts.split(data, reading)
    for part in top.leaves():
        if part.id == attachment_id and not is_text(part, reading):
            found = _parts.decoded(part, data, reading)
            if not found and data[part.start : part.end].strip():
                raise MalformedError("the attachment's transfer encoding cannot be undone; open the kept raw")
            return found
    raise MalformedError("the mail has no attachment of that id")


def _is_empty_root(part: Part) -> bool:
    return part.path == "" and (part.start >= part.end or part.type.startswith("multipart/"))


def _attachment(part: Part, data: bytes, reading: Reading) -> Attachment:
    found = _parts.decoded(part, data, reading)
    unreadable = not found and bool(data[part.start : part.end].strip())
    disposition, _ = _headers.parameters(part.headers.first("content-disposition"), reading)
    content_id = _header_line(part, "content-id", reading).strip("<>")
    return Attachment(
        id=part.id,
        name=_clean.file_name(_name(part, reading), _limits.NAME_CHARS, reading),
        declared_type=_clean.line(part.type, _limits.NAME_CHARS, reading),
        size=len(found),
        sha256=None if unreadable else hashlib.sha256(found).hexdigest(),
        inline=disposition == "inline" or (bool(content_id) and disposition != "attachment"),
        content_id=content_id or None,
        state=AttachmentState.UNREADABLE if unreadable else AttachmentState.IN_RAW,
    )


def _name(part: Part, reading: Reading) -> str:
    _, params = _headers.parameters(part.headers.first("content-disposition"), reading)
    return _words.decode(params.get("filename") or part.params.get("name", ""), reading)


def _header_line(part: Part, name: str, reading: Reading) -> str:
    text = _words.text_of(part.headers.first(name) or b"", reading)
    return _clean.line(text, _limits.NAME_CHARS, reading)
