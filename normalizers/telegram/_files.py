"""The files of a message, as the platform announces them: nothing is fetched here."""

from __future__ import annotations

from typing import Any

from gateway.case import Attachment, AttachmentState
from normalizers.telegram import _clean, _limits
from normalizers.telegram._reading import Reading

_TYPES = {
    "photo": "image/jpeg",
    "voice": "audio/ogg",
    "audio": "audio/mpeg",
    "video": "video/mp4",
    "video_note": "video/mp4",
    "animation": "video/mp4",
    "live_photo": "video/mp4",
    "document": "application/octet-stream",
    "sticker": "image/webp",
}
KINDS = frozenset(_TYPES)
WITHOUT_LINE = KINDS - {"sticker"}
"""Those that show in a text by nothing."""


def attachment(kind: str, source: dict[str, Any], reading: Reading) -> Attachment:
    """Return one file; what names it is stable, what opens it is good for our own bot alone."""
    unique = _token(source, "file_unique_id", reading)
    ref = _token(source, "file_id", reading)
    size = reading.whole(source, "file_size") or 0
    if size < 0:
        reading.invalid("file_size")
        size = 0
    state = AttachmentState.NOT_FETCHED
    if not unique or not ref:
        reading.note("file_id_missing", f"The platform announced a file without saying how to fetch it: {kind}.")
    if not ref:
        state = AttachmentState.UNAVAILABLE
    elif size > reading.file_bytes:
        reading.note("file_too_large", f"No file of that size can be fetched: {kind}, {size} bytes.")
        state = AttachmentState.TOO_LARGE
    return Attachment(
        id=unique or kind,
        name=_clean.file_name(reading.text(source, "file_name"), reading),
        declared_type=_type(kind, source, reading),
        size=size,
        state=state,
        ref=ref,
    )


def best(sizes: list[dict[str, Any]], reading: Reading) -> dict[str, Any]:
    """Return the largest of the sizes in which a photo is given out."""
    return max(sizes, key=lambda size: _area(size, reading), default={})


def _area(source: dict[str, Any], reading: Reading) -> tuple[bool, int, int]:
    """Order sizes: those that can be fetched first, then by their extent."""
    width, height = reading.whole(source, "width") or 0, reading.whole(source, "height") or 0
    return type(source.get("file_id")) is str, width * height, reading.whole(source, "file_size") or 0


def _token(source: dict[str, Any], key: str, reading: Reading) -> str:
    """Return an identifier whole, or nothing: one that was cut or mended would name another file."""
    value = reading.text(source, key)
    if value and not (len(value) <= _limits.FILE_ID_CHARS and value.isascii() and value.isprintable()):
        reading.invalid(key)
        return ""
    return value


def _type(kind: str, source: dict[str, Any], reading: Reading) -> str:
    if kind == "sticker" and source.get("is_animated") is True:
        return "application/x-tgsticker"
    if kind == "sticker" and source.get("is_video") is True:
        return "video/webm"
    return _clean.line(reading.text(source, "mime_type"), _limits.NAME_CHARS, reading).lower() or _TYPES[kind]
