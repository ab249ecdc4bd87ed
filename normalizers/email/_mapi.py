"""What Outlook keeps of a mail, in a `.msg` or a `winmail.dat`: its properties (MS-OXPROPS), and what they mean."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from normalizers.email import _charsets

SUBJECT, BODY, HTML, RTF = 0x0037, 0x1000, 0x1013, 0x1009
HEADERS = 0x007D
SENT_AT, DELIVERED_AT = 0x0039, 0x0E06
CODE_PAGES = (0x3FFD, 0x3FDE)
"""Of strings (PR_MESSAGE_CODEPAGE), and of the body on the internet (PR_INTERNET_CPID)."""
_AUTHORS = ((0x0042, 0x5D02, 0x0065), (0x0C1A, 0x5D01, 0x0C1F))
"""Name, SMTP address and address of whom it was sent for, and of the sender."""
FILE_DATA, FILE_NAMES, FILE_TYPE, CONTENT_ID = 0x3701, (0x3707, 0x3704, 0x3001), 0x370E, 0x3712
_END = re.compile(r"[<>,;\s\x00-\x1f]")
_EPOCH = datetime(1601, 1, 1, tzinfo=UTC)
Value = bytes | str | int
Properties = Mapping[int, Value]
"""Values by property id: text, bytes, or a number. Text that is no Unicode is bytes, in the code page of the mail."""


@dataclass(frozen=True, slots=True)
class Held:
    """A file in a container. `mail` is what a mail of Outlook's in it says, which has no bytes of its own."""

    name: str
    type: str
    data: bytes
    content_id: str = ""
    mail: Original | None = None


@dataclass(frozen=True, slots=True)
class Original:
    """A mail that came in a file; its texts are as they stand there."""

    name: str = ""
    address: str = ""
    subject: str = ""
    sent_at: datetime | None = None
    text: str = ""
    html: bytes = b""
    html_charset: str = ""
    rtf: bytes = b""
    files: Sequence[Held] = ()


def original(found: Properties, files: Sequence[Held]) -> Original:
    """Return the mail that properties describe."""
    charset = charset_of(found)
    name, address = _author(found, charset)
    html = found.get(HTML, b"")
    return Original(
        name=name,
        address=address,
        subject=text_of(found.get(SUBJECT), charset),
        sent_at=_time(found.get(SENT_AT)) or _time(found.get(DELIVERED_AT)),
        text=text_of(found.get(BODY), charset),
        html=html.encode("utf-8", "replace") if isinstance(html, str) else _bytes(html),
        html_charset="utf-8" if isinstance(html, str) else charset,
        rtf=_bytes(found.get(RTF)),
        files=files,
    )


def file_of(found: Properties, charset: str, mail: Original | None = None) -> Held:
    """Return the file that the properties of an attachment describe."""
    names = (text_of(found.get(name), charset) for name in FILE_NAMES)
    return Held(
        name=next(filter(None, names), ""),
        type=text_of(found.get(FILE_TYPE), charset) or "application/octet-stream",
        data=_bytes(found.get(FILE_DATA)),
        content_id=text_of(found.get(CONTENT_ID), charset),
        mail=mail,
    )


def charset_of(found: Properties) -> str:
    """Return the name of the charset of strings that are no Unicode."""
    pages = (found.get(each) for each in CODE_PAGES)
    page = next((each for each in pages if isinstance(each, int) and each), 1252)
    return {65001: "utf-8", 1200: "utf-16-le", 20127: "us-ascii", 28591: "iso-8859-1", 50220: "iso-2022-jp"}.get(
        page, f"cp{page}"
    )


def text_of(value: Value | None, charset: str) -> str:
    """Return a string property as text; charsets that are not known are read as Windows-1252."""
    if isinstance(value, str):
        return value.rstrip("\x00")
    if not isinstance(value, bytes):
        return ""
    return value.decode(_charsets.codec_of(charset) or "cp1252", "replace").rstrip("\x00")


def address_in(header: str) -> str:
    """Return the value of From in the internet headers that Outlook kept; empty when there is none."""
    lines = iter(header[:200_000].splitlines())
    for line in lines:
        if line[:5].lower() == "from:":
            return " ".join((line[5:], *_folded(lines))).strip()
    return ""


def _folded(lines: Iterator[str]) -> Iterator[str]:
    for line in lines:
        if not line.startswith((" ", "\t")):
            return
        yield line.strip()


def _author(found: Properties, charset: str) -> tuple[str, str]:
    """Return name and address of whoever wrote it; within an organisation Outlook may keep no address but its own."""
    for name, *addresses in _AUTHORS:
        for address in addresses:
            text = _END.split(text_of(found.get(address), charset).strip(), maxsplit=1)[0]
            if "@" in text:
                return text_of(found.get(name), charset), text
    if header := address_in(text_of(found.get(HEADERS), charset)):
        return "", header
    names = (text_of(found.get(name), charset) for name, *_ in _AUTHORS)
    return next(filter(None, names), ""), ""


def _time(value: Value | None) -> datetime | None:
    """Return the instant behind a FILETIME, in UTC; None for one that cannot be meant."""
    if not isinstance(value, int) or value <= 0:
        return None
    try:
        return _EPOCH + timedelta(microseconds=value // 10)
    except OverflowError:
        return None


def _bytes(value: Value | None) -> bytes:
    return value if isinstance(value, bytes) else b""
