"""Tells what a file is from its bytes, and whether that is something else than its name or its sender says."""

from __future__ import annotations

import re

_EXECUTABLE, _HTML, _ZIP, _OLE = (
    "application/vnd.microsoft.portable-executable", "text/html", "application/zip", "application/x-ole-storage"
)  # fmt: skip
_STARTS: tuple[tuple[bytes, str], ...] = (
    (b"\x89PNG\r\n\x1a\n", "image/png"), (b"\xff\xd8\xff", "image/jpeg"), (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"), (b"%PDF-", "application/pdf"), (b"PK\x03\x04", _ZIP), (b"PK\x05\x06", _ZIP),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", _OLE), (b"\x7fELF", "application/x-elf"),
    (b"\xcf\xfa\xed\xfe", "application/x-mach-binary"), (b"\xca\xfe\xba\xbe", "application/x-mach-binary"),
    (b"Rar!\x1a\x07", "application/vnd.rar"), (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"\x1f\x8b\x08", "application/gzip"), (b"BZh", "application/x-bzip2"), (b"\xfd7zXZ\x00", "application/x-xz"),
    (b"II*\x00", "image/tiff"), (b"MM\x00*", "image/tiff"), (b"{\\rtf", "application/rtf"),
    (b"\x78\x9f\x3e\x22", "application/vnd.ms-tnef"), (b"L\x00\x00\x00\x01\x14\x02\x00", "application/x-ms-shortcut"),
    (b"MSCF", "application/vnd.ms-cab-compressed"), (b"#!", "text/x-script"), (b"OggS", "application/ogg"),
    (b"ID3", "audio/mpeg"), (b"\x1aE\xdf\xa3", "video/webm"), (b"-----BEGIN PGP ", "application/pgp"),
)  # fmt: skip
_CONTAINERS = frozenset({_ZIP, _OLE})
_RIFF = {b"WEBP": "image/webp", b"WAVE": "audio/wav", b"AVI ": "video/x-msvideo"}
_BRANDS = {b"avif": "image/avif", b"heic": "image/heic", b"heix": "image/heic", b"mif1": "image/heic"}
_MARKUP = re.compile(rb"(?i)(?:\xef\xbb\xbf)?\s{0,200}<(?:!doctype\s+html|html|head|body|script)[\s>]")
_TAR = slice(257, 262)
_HEAD_BYTES = 600

_SUITING: dict[str, tuple[str, ...]] = {
    "image/jpeg": ("jpeg", "jpg"), "image/bmp": ("bmp",), "image/tiff": ("tif", "dng", "raw"),
    "image/heic": ("heic", "heif"), "audio/mpeg": ("mpeg", "mp3"), "audio/wav": ("wav",),
    "video/x-msvideo": ("avi", "msvideo"), "video/webm": ("webm", "matroska", "mkv"),
    "video/mp4": ("mp4", "m4", "quicktime", "3gp", "mpeg"), "application/ogg": ("ogg", "opus", "vorbis"),
    "application/rtf": ("rtf", "msword"), "application/vnd.rar": ("rar",), "application/gzip": ("gzip", "tar", "tgz"),
    "application/x-bzip2": ("bzip", "bz2", "tar"), "application/x-xz": ("xz", "tar"),
    "application/x-tar": ("tar",), "application/pgp": ("pgp", "text/plain"), _HTML: ("html", "xml"),
    "text/x-script": ("text/", "script", "x-sh", "python", "perl"), "application/vnd.ms-tnef": ("tnef",),
    "application/x-mach-binary": ("mach", "java", "executable"), "application/x-elf": ("elf", "executable"),
    "application/x-ms-shortcut": ("shortcut",), "application/vnd.ms-cab-compressed": ("cab",),
    _EXECUTABLE: ("exe", "dosexec", "msdownload", "x-msdos", "dll"),
    _OLE: ("msword", "ms-", "mspublisher", "visio", "x-msi", "ole", "hwp", "outlook"),
    _ZIP: ("zip", "openxmlformats", "oasis", "macroenabled", "java-archive", "epub", "android", "apple", "iwork",
           "google-earth", "visio", "xpinstall", "ms-xps"),
}  # fmt: skip
"""What must stand in a declared type, one of each, so that the bytes suit it; for the others the type itself."""
_OFFICE = "application/vnd.openxmlformats-officedocument"
_BY_NAME = {
    "pdf": "application/pdf", "png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg", "gif": "image/gif",
    "webp": "image/webp", "heic": "image/heic", "bmp": "image/bmp", "tif": "image/tiff", "tiff": "image/tiff",
    "txt": "text/plain", "csv": "text/csv", "html": "text/html", "htm": "text/html", "rtf": "application/rtf",
    "zip": "application/zip", "rar": "application/vnd.rar", "7z": "application/x-7z-compressed",
    "gz": "application/gzip", "doc": "application/msword", "xls": "application/vnd.ms-excel",
    "ppt": "application/vnd.ms-powerpoint", "docx": f"{_OFFICE}.wordprocessingml.document",
    "xlsx": f"{_OFFICE}.spreadsheetml.sheet",
    "pptx": f"{_OFFICE}.presentationml.presentation", "apk": "application/vnd.android.package-archive",
    "mp3": "audio/mpeg", "wav": "audio/wav", "mp4": "video/mp4", "mov": "video/quicktime", "webm": "video/webm",
    "exe": "application/x-msdownload", "msg": "application/vnd.ms-outlook",
    "odt": "application/vnd.oasis.opendocument.text",
}  # fmt: skip
_UNTOLD = frozenset({"application/octet-stream", "application/x-unknown", "application/unknown", "application/binary"})


def type_of(data: bytes) -> str | None:
    """Return the content type that a file's bytes tell; None when they tell nothing."""
    head = data[:_HEAD_BYTES]
    for start, kind in _STARTS:
        if head.startswith(start):
            return kind
    if head[:2] == b"MZ":
        at = int.from_bytes(head[60:64], "little")
        return _EXECUTABLE if data[at : at + 2] in (b"PE", b"NE", b"LE") else None
    if head[:4] == b"RIFF":
        return _RIFF.get(head[8:12])
    if head[4:8] == b"ftyp":
        return _BRANDS.get(head[8:12], "video/quicktime" if head[8:12] == b"qt  " else "video/mp4")
    if head[:2] == b"BM" and head[6:10] == b"\x00\x00\x00\x00":
        return "image/bmp"
    if head[_TAR] == b"ustar":
        return "application/x-tar"
    return _HTML if _MARKUP.match(head) else None


def type_among(data: bytes, declared: str, name: str) -> tuple[str | None, bool]:
    """Return what a file is, and whether that is something else than its sender's type or its name promises.

    Many types share one container: there the promised one is told, if it suits the bytes.
    """
    found = type_of(data)
    promised = [] if declared in _UNTOLD else [declared]
    promised += [_BY_NAME.get(name.rpartition(".")[2].lower(), "")] if "." in name else []
    # Words can begin like a file of some other sort. What is text stays text: it is read for secrets.
    is_text = b"\x00" not in data[:_HEAD_BYTES] and any(each.startswith("text/") for each in promised)
    if found is None or (is_text and found != _HTML):
        return None, False
    suiting = _SUITING.get(found, (found,))
    differs = any(each and not any(word in each for word in suiting) for each in promised)
    exact = next((each for each in promised if each and found in _CONTAINERS and not differs), found)
    return exact, differs
