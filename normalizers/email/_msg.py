"""Reads Outlook's `.msg` (MS-OXMSG): what it says, its files, and the mails in it."""

from __future__ import annotations

import struct

from normalizers.email import _limits, _mapi
from normalizers.email._compound import BrokenError, Compound, Storage
from normalizers.email._mapi import Held, Original, Properties, Value

_PROPERTIES = "__properties_version1.0"
_STREAM = "__substg1.0_"
_FILES = "__attach_version1.0_"
_FIXED = struct.Struct("<HHI8s")
_TEXT, _STRING, _BINARY, _OBJECT = "001F", "001E", "0102", "000D"
_NUMBERS = {0x0003: 4, 0x0040: 8}
"""Sizes of the numbers that are asked for: PtypInteger32, PtypTime."""
_WANTED = frozenset({
    _mapi.SUBJECT, _mapi.BODY, _mapi.HTML, _mapi.RTF, _mapi.HEADERS, _mapi.FILE_DATA, _mapi.FILE_TYPE,
    _mapi.CONTENT_ID, *_mapi.FILE_NAMES, 0x0042, 0x0065, 0x5D02, 0x0C1A, 0x0C1F, 0x5D01,
})  # fmt: skip


def read(data: bytes) -> Original | None:
    """Return the mail in a file; None for a compound file that holds no mail, or that cannot be read."""
    try:
        file = Compound(data)
        if _PROPERTIES not in file.root.streams:
            return None
        return _mail(file, file.root, 32, _limits.CONTAINER_NESTING, 1252)
    except BrokenError:
        return None


def _mail(file: Compound, storage: Storage, header: int, levels: int, page: int) -> Original:
    """Return a mail; `header` is the length of what stands before its properties, in bytes."""
    found = {_mapi.CODE_PAGES[0]: page, **_properties(file, storage, header)}
    charset = _mapi.charset_of(found)
    names = sorted(name for name in storage.storages if name.startswith(_FILES))[: _limits.ATTACHMENTS]
    files = [_file(file, storage.storages[name], charset, levels, found) for name in names]
    return _mapi.original(found, files)


def _file(file: Compound, storage: Storage, charset: str, levels: int, above: Properties) -> Held:
    inner = storage.storages.get(f"{_STREAM}{_mapi.FILE_DATA:04X}{_OBJECT}")
    page = above.get(_mapi.CODE_PAGES[0], 1252)
    mail = None
    if inner is not None and _PROPERTIES in inner.streams and levels > 0:
        mail = _mail(file, inner, 24, levels - 1, page if isinstance(page, int) else 1252)
    return _mapi.file_of(_properties(file, storage, 8), charset, mail)


def _properties(file: Compound, storage: Storage, header: int) -> dict[int, Value]:
    """Return the properties that are of use here: numbers from the table, the rest each from a stream of its own."""
    found: dict[int, Value] = {}
    table = file.read(storage.streams.get(_PROPERTIES, (0, 0)))
    here = header
    while here + _FIXED.size <= len(table) and len(found) < _limits.CONTAINER_ENTRIES:
        kind, name, _, value = _FIXED.unpack_from(table, here)
        if kind in _NUMBERS:
            found[name] = int.from_bytes(value[: _NUMBERS[kind]], "little")
        here += _FIXED.size
    for name in _WANTED:
        text = storage.streams.get(f"{_STREAM}{name:04X}{_TEXT}")
        other = storage.streams.get(f"{_STREAM}{name:04X}{_BINARY}") or storage.streams.get(
            f"{_STREAM}{name:04X}{_STRING}"
        )
        if text is not None:
            found[name] = file.read(text).decode("utf-16-le", "replace")
        elif other is not None:
            found[name] = file.read(other)
    return found
