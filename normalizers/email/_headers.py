"""Cuts a header block into fields, and a structured value into its parameters (RFC 2045, RFC 2231), tolerantly."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import unquote_to_bytes

from normalizers.email import _charsets, _clean, _limits, _words
from normalizers.email._reading import Reading

# A name never starts with two hyphens: so a boundary line always ends a block that lacks its blank line.
_FIELD = re.compile(rb"(?!--)([!-9;-~]{1,200})[ \t]*:([^\n]*(?:\n[ \t][^\n]*)*)(?:\n|\Z)")
_BLANK = re.compile(rb"\r*\n")
_BLOCK_END = re.compile(rb"\n\r*\n")
_MBOX = re.compile(rb">?From [^\n]*\n")
_PARAMETER = re.compile(r';\s*([^\s=;"]{1,100})\s*=\s*("(?:[^"\\]|\\.)*"|[^;]*)', re.S)
_COMMENT = re.compile(r"\([^()]*\)")
_ESCAPED = re.compile(r"\\(.)", re.S)
_EXTENDED = re.compile(r"([^*]+)(?:\*([0-9]{1,3}))?(\*)?$")


@dataclass(frozen=True, slots=True)
class Headers:
    """The fields of one header block in order: names in lower case, values as they stand in the block.

    Most fields are of no use here: each is unfolded when it is asked for.
    """

    fields: tuple[tuple[str, bytes], ...]
    _folded: dict[str, list[bytes]] = field(default_factory=dict, repr=False)
    _unfolded: dict[str, list[bytes]] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        for name, value in self.fields:
            self._folded.setdefault(name, []).append(value)

    def every(self, name: str) -> list[bytes]:
        """Return all values of a field, unfolded and undecoded, topmost first."""
        if name not in self._folded:
            return []
        if name not in self._unfolded:
            self._unfolded[name] = list(map(unfolded, self._folded[name]))
        return self._unfolded[name]

    def first(self, name: str) -> bytes | None:
        """Return the topmost value of a field."""
        return next(iter(self.every(name)), None)


def split(data: bytes, start: int, cap: int, reading: Reading) -> tuple[Headers, int]:
    """Return the header block that begins at `start`, and where its body begins."""
    limit = min(len(data), start + cap)
    fields: list[tuple[str, bytes]] = []
    here = start
    while match := _FIELD.match(data, here, limit):
        fields.append((match[1].decode("ascii").lower(), match[2]))
        here = match.end()
    if data.count(b"\r", start, here) != data.count(b"\r\n", start, here):
        reading.note("bare_cr", "A header holds a bare carriage return; it was made a space.")
    if limit < len(data) and data.find(b"\n", here, limit) < 0:
        reading.note("header_over_cap", f"Of a header block only the first {cap} bytes were read.")
        end = _BLOCK_END.search(data, max(here - 2, start))
        return Headers(tuple(fields)), end.end() if end else len(data)
    if blank := _BLANK.match(data, here):
        return Headers(tuple(fields)), blank.end()
    if here < len(data) and not data.startswith(b"--", here):
        reading.note("separator_missing", "No blank line stands between a header block and its body.")
    return Headers(tuple(fields)), here


def beginning(data: bytes) -> int:
    """Return where the header of a whole mail begins: after blank lines and the envelope line of an mbox."""
    here = len(data) - len(data.lstrip(b"\r\n")) if data[:1] in b"\r\n" else 0
    if not _FIELD.match(data, here, here + _limits.PART_HEADER_BYTES) and not _MBOX.match(data, here):
        here = 0
    if match := _MBOX.match(data, here):
        here = match.end()
    return here


def parameters(value: bytes | None, reading: Reading) -> tuple[str, dict[str, str]]:
    """Return the leading word of a structured value in lower case, and its parameters by lower-case name."""
    text = _words.text_of(value or b"", reading)[: _limits.PARAMETER_CHARS]
    head, semicolon, _ = text.partition(";")
    plain: dict[str, str] = {}
    pieces: dict[str, list[tuple[int, bool, str]]] = {}
    for name, content in _pairs(text[len(head) :] if semicolon else ""):
        extended = _EXTENDED.match(name)
        if "*" not in name:
            plain.setdefault(name, content)
        elif extended:
            pieces.setdefault(extended[1], []).append((int(extended[2] or 0), bool(extended[3]), content))
        else:
            reading.note("parameter_broken", "A header parameter is written against RFC 2231; it was left out.")
    plain |= {name: _joined(found, reading) for name, found in pieces.items()}
    return "".join((_COMMENT.sub("", head) if "(" in head else head).split()).lower(), plain


def subject(headers: Headers, reading: Reading) -> str:
    """Return the subject on one line."""
    value = headers.first("subject") or b""
    # Old Japanese programs write its escapes as they are; where structure counts, none is undone.
    text = _charsets.decode(value, "", reading) if b"\x1b$" in value else _words.text_of(value, reading)
    return _clean.line(_words.decode(text, reading), _limits.SUBJECT_CHARS, reading)


def _pairs(text: str) -> Iterator[tuple[str, str]]:
    for match in _PARAMETER.finditer(text):
        content = match[2].strip()
        if content.startswith('"'):
            content = _ESCAPED.sub(r"\1", content[1:-1] if content.endswith('"') else content[1:])
        yield match[1].lower(), content


def _joined(pieces: list[tuple[int, bool, str]], reading: Reading) -> str:
    """Return a parameter put together from its continuations (RFC 2231, sections 3 and 4)."""
    charset, data = "", b""
    for place, (_, encoded, content) in enumerate(sorted(pieces, key=lambda piece: piece[0])):
        if encoded and place == 0 and content.count("'") >= 2:
            charset, _, content = content.split("'", 2)
        data += unquote_to_bytes(content) if encoded else content.encode("utf-8", "replace")
    return _charsets.decode(data, charset, reading)


def unfolded(value: bytes) -> bytes:
    """Return a field's value on one line; a bare carriage return in it becomes a space."""
    value = value.strip()
    if b"\n" in value:
        value = value.replace(b"\r\n", b"").replace(b"\n", b"").strip()
    return value.replace(b"\r", b" ") if b"\r" in value else value
