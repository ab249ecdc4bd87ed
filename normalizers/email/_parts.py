"""Cuts a mail into its MIME parts in one pass over its boundary lines, within the caps on parts and nesting.

By hand rather than by `email.parser`: there every line is compared with every open boundary, recursion follows the
sender's nesting, and caps can only be guessed before it runs (docs/adr/0004-reading-mail.md).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum

from normalizers.email import _headers, _limits, _transfer, _words
from normalizers.email._headers import Headers
from normalizers.email._reading import Reading

_DELIMITER = re.compile(rb"\n--([^\n]{1,%d})" % (_limits.BOUNDARY_BYTES + 50))
_PLAIN_TEXT = re.compile(rb"(?i)\ncontent-type:[ \t]*text/plain")
MESSAGES = frozenset({"message/rfc822", "message/global"})


class Holds(Enum):
    """What a file can hold that is read with its mail."""

    MAIL = "mail"
    """Another mail, as with message/rfc822."""
    BODY = "body"
    """What its mail says once more, as `winmail.dat`."""
    SIGNED = "signed"
    """What its mail says, and nowhere else."""


@dataclass(slots=True)
class Part:
    """One part: its header, and where its body stands in `source`: the mail, or what was taken out of a file of it."""

    path: str
    depth: int
    headers: Headers
    source: bytes
    start: int
    end: int
    type: str
    params: dict[str, str]
    children: list[Part] = field(default_factory=list)
    holds: Holds | None = None
    """What a file that was opened holds; its children are what was found in it."""
    _disposition: tuple[str, dict[str, str]] | None = None

    @property
    def id(self) -> str:
        """Return the part's path, which names it within its mail."""
        return self.path or "0"

    @property
    def is_message(self) -> bool:
        """Whether the part holds another mail, read or not."""
        return self.type in MESSAGES or self.holds is Holds.MAIL

    def disposition(self, reading: Reading) -> tuple[str, dict[str, str]]:
        """Return how the part is to be shown, with the parameters of that; read once."""
        if self._disposition is None:
            value = self.headers.first("content-disposition")
            self._disposition = _headers.parameters(value, reading) if value is not None else ("", {})
        return self._disposition

    def name(self, reading: Reading) -> str:
        """Return the part's file name as sent; empty when it has none."""
        _, params = self.disposition(reading)
        return _words.decode(params.get("filename") or self.params.get("name", ""), reading)

    def below(self) -> str:
        """Return the path of the next part within this one."""
        number = len(self.children) + 1
        return f"{self.path}.{number}" if self.path else f"{number}"

    def leaves(self) -> Iterator[Part]:
        """Return the parts without children below this one, in order, and mails and opened files within it."""
        if not self.children or self.is_message or self.holds:
            yield self
        for child in self.children:
            yield from child.leaves()


def line_ended(data: bytes, reading: Reading) -> bytes:
    """Return a mail whose lines end in bare carriage returns, and in nothing else, with line feeds."""
    if b"\n" in data or b"\r" not in data:
        return data
    reading.note("bare_cr", "The lines of the mail end in bare carriage returns.")
    return data.replace(b"\r", b"\n")


def split(data: bytes, reading: Reading, path: str = "", depth: int = 0) -> Part:
    """Return the tree of a mail's parts. Beyond a cap the rest stays uncut, and a note says so.

    `path` and `depth` are those of the mail itself, where it was found in a part of another.
    """
    return _Splitter(data, reading).split(path, depth)


def decoded(part: Part, reading: Reading, limit: int | None = None) -> bytes:
    """Return a part's decoded bytes; with `limit`, of no more than that many encoded ones."""
    end = part.end if limit is None else min(part.end, part.start + limit)
    return _transfer.decode(part.source[part.start : end], encoding_of(part, reading), reading)


def encoding_of(part: Part, reading: Reading) -> str:
    """Return a part's transfer encoding in lower case; a part with parts in it has none (RFC 2045, section 6.4)."""
    encoding = _headers.parameters(part.headers.first("content-transfer-encoding"), reading)[0]
    return "" if part.children and part.holds is None else encoding


def salvage(data: bytes, start: int, reading: Reading) -> Part | None:
    """Return the first plain text part that shows in an uncut body, whatever it is nested in."""
    match = _PLAIN_TEXT.search(data, max(start - 1, 0))
    if match is None:
        return None
    delimiter = data.rfind(b"\n--", start, match.start() + 1)
    block = data.find(b"\n", delimiter + 1, match.start() + 1) + 1 if delimiter >= 0 else match.start() + 1
    headers, body = _headers.split(data, block or match.start() + 1, _limits.PART_HEADER_BYTES, reading)
    end = data.find(b"\n--", body)
    _, params = _headers.parameters(headers.first("content-type"), reading)
    return Part("", 0, headers, data, body, end if end >= 0 else len(data), "text/plain", params)


class _Splitter:
    """Holds the boundaries that are open, by name, and the parts that are open, by depth: each line costs one look."""

    def __init__(self, data: bytes, reading: Reading) -> None:
        self._data = data
        self._reading = reading
        self._multiparts: list[tuple[bytes, Part]] = []
        self._level_of: dict[bytes, int] = {}
        self._open: list[Part] = []

    def split(self, path: str, depth: int) -> Part:
        top = self._begin(path, depth, _headers.beginning(self._data), _limits.HEADER_BYTES, "text/plain")
        here = max(top.start - 1, 0)
        while self._multiparts and (match := _DELIMITER.search(self._data, here)):
            here = match.end()
            if not self._line(match):
                break
        return top

    def _begin(self, path: str, depth: int, start: int, cap: int, default: str) -> Part:
        """Read a part's header and open what it opens: a boundary, or the mail within it."""
        self._reading.parts += 1
        headers, body = _headers.split(self._data, start, cap, self._reading)
        kind, params = _headers.parameters(headers.first("content-type"), self._reading)
        part = Part(path, depth, headers, self._data, body, len(self._data), _known_type(kind, default), params)
        self._open.append(part)
        if part.type.startswith("multipart/") or (part.is_message and self._is_identity(part)):
            self._descend(part)
        return part

    def _is_identity(self, part: Part) -> bool:
        return encoding_of(part, self._reading) not in ("base64", "quoted-printable")

    def _descend(self, part: Part) -> None:
        if part.depth >= _limits.NESTING:
            self._reading.note("nesting_over_cap", f"Parts nested deeper than {_limits.NESTING} were not cut.")
        elif part.is_message:
            cap = _limits.PART_HEADER_BYTES
            part.children.append(self._begin(part.below(), part.depth + 1, part.start, cap, "text/plain"))
        else:
            self._open_boundary(part)

    def _open_boundary(self, part: Part) -> None:
        boundary = part.params.get("boundary", "").encode("utf-8", "replace").rstrip()
        if not boundary or len(boundary) > _limits.BOUNDARY_BYTES or boundary in self._level_of:
            self._reading.note("boundary_invalid", "A multipart has no usable boundary; it was taken as one part.")
            return
        self._level_of[boundary] = len(self._multiparts)
        self._multiparts.append((boundary, part))

    def _line(self, match: re.Match[bytes]) -> bool:
        """Take one line that may be a delimiter; return False when a cap ends the cutting."""
        text = match[1].rstrip()
        level = self._level_of.get(text)
        if level is not None:
            return self._next_part(level, match)
        if text.endswith(b"--") and (level := self._level_of.get(text[:-2])) is not None:
            self._close(level + 1, self._multiparts[level][1].depth, match.start())
            self._close_boundaries(level)
        return True

    def _next_part(self, level: int, match: re.Match[bytes]) -> bool:
        parent = self._multiparts[level][1]
        self._close(level + 1, parent.depth, match.start())
        if self._reading.parts >= _limits.PARTS:
            self._reading.note("parts_over_cap", f"Only the first {_limits.PARTS} parts were cut.")
            return False
        default = "message/rfc822" if parent.type == "multipart/digest" else "text/plain"
        start = self._data.find(b"\n", match.end()) + 1 or len(self._data)
        parent.children.append(self._begin(parent.below(), parent.depth + 1, start, _limits.PART_HEADER_BYTES, default))
        return True

    def _close(self, level: int, depth: int, end: int) -> None:
        """End all parts below `depth` and forget the boundaries from `level` on."""
        self._close_boundaries(level)
        if self._data[end - 1 : end] == b"\r":
            end -= 1
        while self._open[-1].depth > depth:
            part = self._open.pop()
            part.end = max(part.start, end)

    def _close_boundaries(self, level: int) -> None:
        for boundary, _ in self._multiparts[level:]:
            del self._level_of[boundary]
        del self._multiparts[level:]


def _known_type(kind: str, default: str) -> str:
    """Return a content type, `text/plain` for one that cannot be read (RFC 2045, section 5.2)."""
    if not kind:
        return default
    if kind == "text":
        return "text/plain"
    if kind.startswith(("text/htmlcharset", "text/plaincharset")):
        return kind.partition("charset")[0]
    return kind if kind.count("/") == 1 and not kind.startswith("/") and not kind.endswith("/") else "text/plain"
