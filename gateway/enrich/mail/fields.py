"""The original of a mail as signatures see it: its header fields byte for byte, and its body; canonical forms of both.

RFC 6376, section 3.4. Every step takes time that grows with the size alone, whatever a hostile mail holds.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gateway.errors import MalformedError

MAX_HEADER = 512 * 1024
"""A longer header is not read at all."""
_CHUNK = 256 * 1024
"""The body is made canonical in pieces, so that no single step holds other work up."""
_FIELD = re.compile(rb"(?!--)[!-9;-~]{1,200}[ \t]*:")
_MBOX = re.compile(rb">?From [^\n]*\n")
_NOT_SPACE = re.compile(rb"[^ \t\r\n]")
_SPACES = re.compile(rb"[ \t]+")
_ALL_SPACES = re.compile(rb"[ \t\r\n]+")


@dataclass(frozen=True, slots=True)
class Field:
    """One header field: its name in lower case, and its bytes without the last line break."""

    name: bytes
    raw: bytes

    @property
    def value(self) -> bytes:
        """What follows the colon, folding included."""
        return self.raw.partition(b":")[2]


@dataclass(frozen=True, slots=True)
class Original:
    """A mail: its fields, topmost first, and its body; `whole` is false when the body was not fetched.

    `clean` is false where a line of the header is no field: signers pass over it, readers begin the text there.
    """

    fields: tuple[Field, ...]
    body: bytes
    whole: bool = True
    clean: bool = True

    def named(self, name: bytes) -> tuple[Field, ...]:
        """Return the fields of one name, topmost first."""
        return tuple(each for each in self.fields if each.name == name)


def read_original(raw: bytes, *, whole: bool = True) -> Original:
    """Cut a mail into its fields and body. Raises `MalformedError` for a header beyond bounds.

    Lines that end in LF alone are taken as if they ended in CRLF.
    """
    data = raw.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    if data.startswith(b"\r\n"):
        return Original((), data[2:], whole)
    head, _, body = data.partition(b"\r\n\r\n")
    if len(head) > MAX_HEADER:
        raise MalformedError(f"its header is longer than {MAX_HEADER // 1024} kB")
    envelope = _MBOX.match(head)
    fields = tuple(_fields(head[envelope.end() if envelope else 0 :]))
    read = tuple(each for each in fields if b":" in each.raw.partition(b"\r\n")[0])
    return Original(read, body, whole, all(_FIELD.match(each.raw) for each in fields))


def _fields(head: bytes) -> Iterator[Field]:
    """Yield all that begins a line and goes on in folded ones, be it a field or not."""
    lines: list[bytes] = []
    for line in head.split(b"\r\n"):
        if line[:1] in (b" ", b"\t") and lines:
            lines.append(line)
            continue
        if lines:
            yield _field(lines)
        lines = [line] if line else []
    if lines:
        yield _field(lines)


def _field(lines: Sequence[bytes]) -> Field:
    return Field(lines[0].partition(b":")[0].rstrip(b" \t").lower(), b"\r\n".join(lines))


def relaxed(field: Field) -> bytes:
    """Return the relaxed form of a field, without a line break."""
    return field.name + b":" + _ALL_SPACES.sub(b" ", field.value).strip(b" ")


def without_signature(field: Field) -> Field:
    """Return a signature's field with its `b=` empty, as it was signed."""
    name, _, value = field.raw.partition(b":")
    tags = [_emptied(tag) for tag in value.split(b";")]
    return Field(field.name, name + b":" + b";".join(tags))


def _emptied(tag: bytes) -> bytes:
    name, sign, _ = tag.partition(b"=")
    return name + sign if name.strip() == b"b" else tag


def signed_fields(original: Original, names: Sequence[bytes], besides: Field) -> Iterator[Field]:
    """Yield the fields that a signature names, each from the bottom up; a name without a field is nothing.

    `besides` is the signature's own field, which it never names.
    """
    left: dict[bytes, list[Field]] = {name: [] for name in names}
    for field in original.fields:
        if field.name in left and field is not besides:
            left[field.name].append(field)
    for name in names:
        if left[name]:
            yield left[name].pop()


def body_hash(body: bytes, *, relax: bool, length: int | None) -> tuple[bytes, int]:
    """Return the SHA-256 of the canonical body, or of its first `length` bytes, and how long all of it is."""
    digest, size = hashlib.sha256(), 0
    for piece in _canonical(body, relax=relax):
        if length is None or size < length:
            digest.update(piece if length is None else piece[: length - size])
        size += len(piece)
    return digest.digest(), size


def _canonical(body: bytes, *, relax: bool) -> Iterator[bytes]:
    if not relax:
        yield body[: _without_empty_lines(body)]
        yield b"\r\n"
        return
    shown = body[: _without_blank_end(body)]
    for piece in _pieces(shown):
        yield _SPACES.sub(b" ", piece).replace(b" \r\n", b"\r\n")
    if shown:
        yield b"\r\n"


def _pieces(body: bytes) -> Iterator[bytes]:
    """Yield a body in pieces that begin with a visible character, so that no run of spaces is cut."""
    start = 0
    while start < len(body):
        found = _NOT_SPACE.search(body, start + _CHUNK)
        end = found.start() if found is not None else len(body)
        yield body[start:end]
        start = end


def _without_empty_lines(data: bytes) -> int:
    """Return where the last line with anything in it ends; half a line break is something."""
    end = len(data.rstrip(b"\r\n"))
    return end + len(data[end:].replace(b"\r\n", b"  ").rstrip(b" "))


def _without_blank_end(data: bytes) -> int:
    """Return where the last line with anything on it ends; a CR alone is something."""
    end = len(data.rstrip(b" \t\r\n"))
    return end + data[end:].replace(b"\r\n", b"  ").rfind(b"\r") + 1
