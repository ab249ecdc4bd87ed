"""Files in messages: the object that Telegram makes of each kind of file."""

from __future__ import annotations

from typing import Any

from gateway.sandbox.telegram._world import Content, StoredFile, World

Json = dict[str, Any]

_FOLDERS = {
    "photo": ("photos", ".jpg"),
    "document": ("documents", ""),
    "voice": ("voice", ".oga"),
    "video": ("videos", ".mp4"),
    "video_note": ("video_notes", ".mp4"),
    "audio": ("music", ".mp3"),
    "sticker": ("stickers", ".webp"),
    "animation": ("animations", ".mp4"),
}
_SHAPES: dict[str, Json] = {
    "document": {},
    "voice": {"duration": 3},
    "video": {"width": 640, "height": 360, "duration": 5},
    "video_note": {"length": 240, "duration": 5},
    "audio": {"duration": 60},
    "sticker": {"type": "regular", "width": 512, "height": 512, "is_animated": False, "is_video": False, "emoji": "👍"},
    "animation": {"width": 320, "height": 240, "duration": 2},
}
_NAMED = frozenset({"document", "video", "audio", "animation"})
_TYPED = _NAMED | {"voice"}
KINDS = tuple(_FOLDERS)


def media(
    world: World,
    kind: str,
    content: Content,
    *,
    size: int | None = None,
    file_name: str | None = None,
    mime_type: str | None = None,
    path: str | None = None,
) -> Json:
    """Take a file in; return the message's field or fields that show it."""
    folder, suffix = _FOLDERS[kind]
    if kind == "document" and file_name and "." in file_name:
        suffix = "." + file_name.rsplit(".", 1)[1]
    if kind == "photo":
        small = world.add_file(folder, suffix, b"small", None, None)
        sizes = [_sized(small, 90), _sized(world.add_file(folder, suffix, content, size, path), 1280)]
        return {"photo": sizes}
    file = world.add_file(folder, suffix, content, size, path)
    shown = {**_SHAPES[kind], **_named(file)}
    if file_name is not None and kind in _NAMED:
        shown["file_name"] = file_name
    if mime_type is not None and kind in _TYPED:
        shown["mime_type"] = mime_type
    if kind == "animation":
        return {"animation": shown, "document": {**_plain(shown), **_named(file)}}
    return {kind: shown}


def _plain(shown: Json) -> Json:
    return {name: shown[name] for name in ("file_name", "mime_type") if name in shown}


def _named(file: StoredFile) -> Json:
    return {"file_id": file.file_id, "file_unique_id": file.file_unique_id, "file_size": file.size}


def _sized(file: StoredFile, side: int) -> Json:
    return {**_named(file), "width": side, "height": side * 3 // 4}
