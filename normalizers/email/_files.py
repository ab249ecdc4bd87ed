"""Lists the files of a mail, and opens one of them."""

from __future__ import annotations

import hashlib
from collections.abc import Set

from gateway.case import Attachment, AttachmentState, Evidence
from gateway.errors import MalformedError
from gateway.ports import Raw
from normalizers.email import _clean, _limits, _magic, _opened, _parts, _words
from normalizers.email._parts import Part
from normalizers.email._reading import Reading

DIFFERS = "file-type-differs"
_TEXTS = frozenset({"text/plain", "text/html", "text/enriched", "text/richtext"})
_DIFFERENCES = 20


def is_text(part: Part, reading: Reading) -> bool:
    """Return whether a part is meant to be read rather than opened."""
    if part.type not in _TEXTS:
        return False
    if part.path == "":
        return True
    return part.disposition(reading)[0] != "attachment" and not part.name(reading)


def attachments(top: Part, shown: Set[str], reading: Reading) -> tuple[tuple[Attachment, ...], tuple[Evidence, ...]]:
    """Return the files of a mail, those within forwarded mails too, and those that are not what they say they are.

    `shown` are the names (Content-ID) under which its HTML shows them inside the text.
    """
    files = [part for part in top.leaves() if not is_text(part, reading) and not _is_nothing(part)]
    if len(files) > _limits.ATTACHMENTS:
        reading.note("attachments_over_cap", f"Only the first {_limits.ATTACHMENTS} attachments were listed.")
    found, differ = [], []
    for part in files[: _limits.ATTACHMENTS]:
        attachment, is_other = _attachment(part, shown, reading)
        found.append(attachment)
        if is_other:
            said = f"{attachment.id}: {attachment.name or attachment.declared_type} -> {attachment.detected_type}"
            differ.append(Evidence(name=DIFFERS, value=said))
    return tuple(found), tuple(differ[:_DIFFERENCES])


def extract(raw: Raw, attachment_id: str) -> bytes:
    """Return an attachment's decoded bytes; raises `MalformedError` when there is none, or nothing to read in it."""
    reading = Reading()
    if not raw.complete:
        raise MalformedError("only the header of the mail was fetched; its attachments are not here")
    top = _parts.split(_parts.line_ended(raw.body, reading), reading)
    _opened.open_files(top, reading)
    for part in top.leaves():
        if part.id == attachment_id and not is_text(part, reading):
            found = _parts.decoded(part, reading)
            if not found and part.source[part.start : part.end].strip():
                raise MalformedError("the attachment's transfer encoding cannot be undone; open the kept raw")
            return found
    raise MalformedError("the mail has no attachment of that id")


def name(part: Part, reading: Reading) -> str:
    """Return a file's name, made harmless."""
    return _clean.file_name(part.name(reading), _limits.NAME_CHARS, reading)


def content_id(part: Part, reading: Reading) -> str:
    """Return the name by which HTML refers to a file; empty when it has none."""
    value = part.headers.first("content-id")
    return _clean.line(_words.text_of(value, reading), _limits.NAME_CHARS, reading).strip("<>") if value else ""


def _is_nothing(part: Part) -> bool:
    """Whether a part holds no file: a mail without a body, or a multipart without parts."""
    empty, multipart = part.start >= part.end, part.type.startswith("multipart/")
    return (empty or multipart) if part.path == "" else (empty and multipart)


def _attachment(part: Part, shown: Set[str], reading: Reading) -> tuple[Attachment, bool]:
    found = _parts.decoded(part, reading)
    unreadable = not found and bool(part.source[part.start : part.end].strip())
    disposition, _ = part.disposition(reading)
    known_as = content_id(part, reading)
    called = name(part, reading)
    declared = _clean.line(part.type, _limits.NAME_CHARS, reading)
    detected, differs = _magic.type_among(found, declared, called)
    if differs:
        reading.note("file_type_differs", "A file is something else than its name or its sender says.")
    attachment = Attachment(
        id=part.id,
        name=called,
        declared_type=declared,
        detected_type=detected,
        size=len(found),
        sha256=None if unreadable else hashlib.sha256(found).hexdigest(),
        inline=disposition == "inline" or known_as in shown or (bool(known_as) and disposition != "attachment"),
        content_id=known_as or None,
        state=AttachmentState.UNREADABLE if unreadable else AttachmentState.IN_RAW,
    )
    return attachment, differs
