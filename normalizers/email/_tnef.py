"""Reads `winmail.dat` (MS-OXTNEF), which Exchange makes of a mail that it does not send as MIME."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from normalizers.email import _limits, _mapi
from normalizers.email._mapi import Held, Original, Value

MAGIC = b"\x78\x9f\x3e\x22"
_HEAD = struct.Struct("<BII")
_CHECKSUM = 2
_SUBJECT, _BODY, _PROPERTIES, _CODE_PAGE = 0x8004, 0x800C, 0x9003, 0x9007
_FILE_BEGINS, _FILE_NAME, _FILE_DATA, _FILE_PROPERTIES = 0x9002, 0x8010, 0x800F, 0x9005
_SIZES = {2: 4, 3: 4, 4: 4, 5: 8, 6: 8, 7: 8, 10: 4, 11: 4, 20: 8, 64: 8, 72: 16}
_MANY = 0x1000
_TEXTS = {30: "", 31: "utf-16-le"}
_OBJECT, _BINARY = 13, 258
_EMBEDDED = b"\x07\x03\x02\x00\x00\x00\x00\x00\xc0\x00\x00\x00\x00\x00\x00F"
"""IID_IMessage: before a mail that is kept as an object."""


def read(data: bytes, levels: int = _limits.CONTAINER_NESTING) -> Original | None:
    """Return what a file holds as far as it can be read; None when it is no `winmail.dat`."""
    if not data.startswith(MAGIC):
        return None
    found: dict[int, Value] = {}
    files: list[dict[int, Value]] = []
    for name, value in _attributes(data):
        if name == _FILE_BEGINS and len(files) < _limits.ATTACHMENTS:
            files.append({})
        elif name in (_FILE_NAME, _FILE_DATA, _FILE_PROPERTIES) and files:
            _of_file(files[-1], name, value)
        else:
            _of_mail(found, name, value)
    charset = _mapi.charset_of(found)
    return _mapi.original(found, [_file(each, charset, levels) for each in files])


def _of_mail(found: dict[int, Value], name: int, value: bytes) -> None:
    if name == _PROPERTIES:
        found.update(_properties(value))
    elif name == _CODE_PAGE and len(value) >= 4:
        found.setdefault(_mapi.CODE_PAGES[0], int.from_bytes(value[:4], "little"))
    elif name in (_SUBJECT, _BODY):
        found.setdefault(_mapi.SUBJECT if name == _SUBJECT else _mapi.BODY, value)


def _of_file(found: dict[int, Value], name: int, value: bytes) -> None:
    if name == _FILE_PROPERTIES:
        for key, each in _properties(value).items():
            # The data stand in their own attribute; here they are the object of a mail, or a second copy.
            if key != _mapi.FILE_DATA or not found.get(key) or _is_mail(each):
                found[key] = each
    elif name == _FILE_DATA:
        found.setdefault(_mapi.FILE_DATA, value)
    else:
        found.setdefault(_mapi.FILE_NAMES[1], value)


def _is_mail(value: Value) -> bool:
    return isinstance(value, bytes) and value.startswith(_EMBEDDED)


def _file(found: dict[int, Value], charset: str, levels: int) -> Held:
    data = found.get(_mapi.FILE_DATA)
    if isinstance(data, bytes) and data.startswith(_EMBEDDED):
        found = {**found, _mapi.FILE_DATA: data[len(_EMBEDDED) :], _mapi.FILE_TYPE: "application/ms-tnef"}
        return _mapi.file_of(found, charset, read(data[len(_EMBEDDED) :], levels - 1) if levels > 0 else None)
    return _mapi.file_of(found, charset)


def _attributes(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield the attributes of a file, up to where it is broken."""
    here = len(MAGIC) + 2
    for _ in range(_limits.CONTAINER_ENTRIES):
        if here + _HEAD.size > len(data):
            return
        _, name, size = _HEAD.unpack_from(data, here)
        here += _HEAD.size
        yield name & 0xFFFF, data[here : here + size]
        here += size + _CHECKSUM


def _properties(data: bytes) -> dict[int, Value]:
    """Return the properties of a block (MS-OXTNEF, section 2.1.3.5) as far as it can be read, the first of each."""
    found: dict[int, Value] = {}
    try:
        (count,) = struct.unpack_from("<I", data)
        here = 4
        for _ in range(min(count, _limits.CONTAINER_ENTRIES)):
            kind, name = struct.unpack_from("<HH", data, here)
            here += 4
            if name >= 0x8000:
                here = _past_name(data, here)
            value, here = _value(data, here, kind)
            if value is not None:
                found.setdefault(name, value)
    except struct.error:
        pass
    return found


def _past_name(data: bytes, here: int) -> int:
    """Return where a named property's value begins."""
    (kind, size) = struct.unpack_from("<16xII", data, here)
    return here + 24 + (_padded(size) if kind == 1 else 0)


def _value(data: bytes, here: int, kind: int) -> tuple[Value | None, int]:
    """Return a value and where the next property begins; None for what is of no use here."""
    many, kind = bool(kind & _MANY), kind & ~_MANY
    if (width := _SIZES.get(kind)) is not None:
        if many:
            (count,) = struct.unpack_from("<I", data, here)
            return None, here + 4 + count * width
        return int.from_bytes(data[here : here + min(width, 8)], "little"), here + width
    if kind not in (*_TEXTS, _OBJECT, _BINARY):
        raise struct.error("a type of property that does not exist")
    (count,) = struct.unpack_from("<I", data, here)
    here += 4
    first: bytes | None = None
    for _ in range(min(count, _limits.CONTAINER_ENTRIES)):
        (size,) = struct.unpack_from("<I", data, here)
        first = data[here + 4 : here + 4 + size] if first is None else first
        here += 4 + _padded(size)
    if first is not None and _TEXTS.get(kind):
        return first.decode(_TEXTS[kind], "replace"), here
    return first, here


def _padded(size: int) -> int:
    return (size + 3) & ~3
