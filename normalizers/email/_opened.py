"""Opens the files of a mail that hold a mail, so that they are read like its parts: `.msg`, `winmail.dat`, others.

Each becomes a part with parts in it; what a file says of itself, its name or its type, decides nothing: its bytes do.
"""

from __future__ import annotations

import base64
import email.utils
from collections.abc import Sequence

from normalizers.email import _compound, _limits, _msg, _parts, _rtf, _signed, _tnef
from normalizers.email._headers import Headers
from normalizers.email._mapi import Held, Original
from normalizers.email._parts import Holds, Part
from normalizers.email._reading import Reading

# Base64 tells the first bytes without being undone: of four bytes the first five digits, of eight the first ten.
_MSG = (_compound.MAGIC, base64.b64encode(_compound.MAGIC)[:10])
_TNEF = (_tnef.MAGIC, base64.b64encode(_tnef.MAGIC)[:5])
_SIGNED = frozenset({"application/pkcs7-mime", "application/x-pkcs7-mime"})
_HEAD_BYTES = 40
_OUTLOOK = "application/vnd.ms-outlook"


def open_files(top: Part, reading: Reading) -> None:
    """Give every file in a mail that holds a mail the parts that it consists of, within the caps."""
    waiting = [(part, 0) for part in top.leaves()]
    opened = room = 0
    while waiting:
        part, level = waiting.pop(0)
        kind = _kind(part, reading)
        if kind is None:
            continue
        if opened >= _limits.CONTAINERS or level >= _limits.CONTAINER_NESTING or room > _limits.CONTAINER_BYTES:
            reading.note("files_not_opened", "Not all files that hold a mail were opened: too many, large or nested.")
            return
        room += _open(part, kind, reading)
        opened += bool(part.children)
        waiting += [(leaf, level + 1) for child in part.children for leaf in child.leaves()]


def _kind(part: Part, reading: Reading) -> str | None:
    """Return what a file may hold a mail as, from its first bytes; None for any other file."""
    if part.children or part.type.startswith(("text/", "image/")):
        return None
    if part.is_message:
        return "mail"
    if part.type in _SIGNED and "signed" in part.params.get("smime-type", "signed"):
        return "signed"
    head = part.source[part.start : min(part.end, part.start + _HEAD_BYTES)].lstrip()
    if head.startswith(_MSG):
        return "msg"
    if head.startswith(_TNEF):
        return "tnef"
    return "mail" if _is_named_mail(part, reading) else None


def _is_named_mail(part: Part, reading: Reading) -> bool:
    """Return whether a file without a type of its own is named as a mail."""
    return part.type == "application/octet-stream" and part.name(reading).lower().endswith(".eml")


def _open(part: Part, kind: str, reading: Reading) -> int:
    """Open one file; return how many bytes it holds, of one that holds no mail none."""
    data = _parts.decoded(part, reading)
    if kind == "mail":
        _add_mail(part, data, reading)
    elif kind == "signed":
        content = _signed.content_of(data)
        _add_mail(part, content, reading, Holds.SIGNED)
    else:
        original = _msg.read(data) if kind == "msg" else _tnef.read(data)
        if original is not None:
            _add_original(part, original, Holds.MAIL if kind == "msg" else Holds.BODY, reading)
        elif part.type == _OUTLOOK or part.name(reading).lower().endswith(".msg"):
            reading.note("file_unreadable", "A file of Outlook's that should hold a mail cannot be read.")
    return len(data) if part.children else 0


def _add_mail(part: Part, data: bytes, reading: Reading, holds: Holds = Holds.MAIL) -> None:
    """Cut what a file holds as MIME."""
    data = _parts.line_ended(data, reading)
    if not data.strip() or part.depth >= _limits.NESTING or reading.parts >= _limits.PARTS:
        return
    inner = _parts.split(data, reading, part.below(), part.depth + 1)
    if inner.headers.fields:
        part.children.append(inner)
        part.holds = holds


def _add_original(part: Part, original: Original, holds: Holds, reading: Reading) -> None:
    """Add what Outlook keeps of a mail as if it had come as MIME."""
    part.holds = holds
    if holds is Holds.MAIL:
        inner = _part(part, "multipart/mixed", b"", _head(original))
        _fill(inner, original, reading)
    else:
        _fill(part, original, reading)


def _fill(part: Part, original: Original, reading: Reading) -> None:
    text, html = original.text, original.html
    charset = original.html_charset
    if not text.strip() and not html and original.rtf:
        rtf = _rtf.unpacked(original.rtf, reading.rtf_bytes)
        reading.rtf_bytes -= len(rtf)
        text, rendered = _rtf.text_of(rtf)
        html, charset = rendered.encode("utf-8", "replace"), "utf-8"
    body = _part(part, "multipart/alternative", b"")
    if text.strip():
        _part(body, "text/plain", text.encode("utf-8", "replace"), charset="utf-8")
    if html:
        _part(body, "text/html", html, charset=charset)
    for held in original.files:
        if reading.parts >= _limits.PARTS:
            reading.note("parts_over_cap", f"Only the first {_limits.PARTS} parts were cut.")
            break
        reading.parts += 1
        _add_file(part, held, reading)


def _add_file(part: Part, held: Held, reading: Reading) -> None:
    fields = [("content-id", held.content_id.encode("utf-8", "replace"))] if held.content_id else []
    kind, name = held.type.lower(), held.name
    if held.mail is not None and not held.data:
        kind, name = _OUTLOOK, name or f"{_line(held.mail.subject) or 'mail'}.msg"
    file = _part(part, kind, held.data, [*fields, ("content-disposition", b"attachment")], name=name)
    if held.mail is not None:
        _add_original(file, held.mail, Holds.MAIL, reading)


def _part(parent: Part, kind: str, data: bytes, fields: Sequence[tuple[str, bytes]] = (), **params: str) -> Part:
    """Add a part that stands in no mail as it is."""
    child = Part(parent.below(), parent.depth + 1, Headers(tuple(fields)), data, 0, len(data), kind, dict(params))
    parent.children.append(child)
    return child


def _head(original: Original) -> list[tuple[str, bytes]]:
    """Return the header of a mail of Outlook's."""
    author = original.address if "<" in original.address else f"<{original.address}>" if original.address else ""
    fields = [("from", " ".join(filter(None, (_word(original.name), _line(author)))))]
    if original.subject:
        fields.append(("subject", _word(original.subject)))
    if original.sent_at is not None:
        fields.append(("date", email.utils.format_datetime(original.sent_at)))
    return [(name, value.encode("utf-8", "replace")) for name, value in fields]


def _word(text: str) -> str:
    """Return a text as one encoded word, whatever is in it."""
    text = _line(text)[: _limits.SUBJECT_CHARS]
    return f"=?utf-8?B?{base64.b64encode(text.encode('utf-8', 'replace')).decode()}?=" if text else ""


def _line(text: str) -> str:
    return " ".join(text.replace("\x00", " ").split())
