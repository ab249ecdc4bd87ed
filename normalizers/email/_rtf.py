"""Unpacks a mail's text that Outlook keeps as RTF (MS-OXRTFCP), and reads the words or the HTML in it (MS-OXRTFEX)."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator

from normalizers.email import _charsets

_HEAD = struct.Struct("<IIII")
_PACKED, _PLAIN = 0x75465A4C, 0x414C454D
_WINDOW = 4_096
_BEGINNING = (
    rb"{\rtf1\ansi\mac\deff0\deftab720{\fonttbl;}{\f0\fnil \froman \fswiss \fmodern \fscript "
    rb"\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\colortbl\red0\green0\blue0"
    b"\r\n"
    rb"\par \pard\plain\f0\fs20\b\i\u\tab\tx"
)
"""What every packed text may refer back to (MS-OXRTFCP, section 2.1.2.1)."""
_TOKEN = re.compile(rb"\\([a-z]{1,32})(-?\d{1,10})? ?|\\'([0-9a-fA-F]{2})|\\([^a-z])|([{}])|[\r\n]+|[^\\{}\r\n]+")
_BREAKS = {"par": "\n", "line": "\n", "sect": "\n", "row": "\n", "page": "\n", "tab": "\t", "cell": "\t"}
_SIGNS = {
    "emdash": "\u2014", "endash": "\u2013", "bullet": "\u2022", "lquote": "\u2018", "rquote": "\u2019",
    "ldblquote": "\u201c", "rdblquote": "\u201d",
}  # fmt: skip
_NO_TEXT = frozenset({
    "fonttbl", "colortbl", "stylesheet", "info", "pict", "object", "header", "footer", "listtable", "generator",
    "listoverridetable", "rsidtbl", "themedata", "datastore", "latentstyles", "xmlnstbl", "mmathpr", "fldinst",
})  # fmt: skip
_ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}


def unpacked(data: bytes, limit: int) -> bytes:
    """Return the RTF behind its packing, at most `limit` bytes of it; empty for what is no packed RTF."""
    if len(data) < _HEAD.size:
        return b""
    _, size, kind, _ = _HEAD.unpack_from(data)
    size = min(size, limit)
    if kind == _PLAIN:
        return data[_HEAD.size : _HEAD.size + size]
    return _unpacked(data, size) if kind == _PACKED else b""


def _unpacked(data: bytes, size: int) -> bytes:
    window = bytearray(_BEGINNING.ljust(_WINDOW, b"\x00"))
    write = len(_BEGINNING)
    out = bytearray()
    here = _HEAD.size
    while here < len(data) and len(out) < size:
        control = data[here]
        here += 1
        for bit in range(8):
            step = 2 if control >> bit & 1 else 1
            token = data[here : here + step]
            here += step
            if len(token) < step:
                return bytes(out)
            if step == 1:
                piece: bytes = token
            else:
                offset, length = token[0] << 4 | token[1] >> 4, (token[1] & 15) + 2
                if offset == write:
                    return bytes(out[:size])
                piece = _copied(window, offset, length, write)
            for byte in piece:
                window[write] = byte
                write = (write + 1) % _WINDOW
            out += piece
    return bytes(out[:size])


def _copied(window: bytearray, offset: int, length: int, write: int) -> bytes:
    """Return what stands there; a piece may reach into itself."""
    found = bytearray()
    gap = (write - offset) % _WINDOW
    for step in range(length):
        found.append(window[(offset + step) % _WINDOW] if step < gap else found[step - gap])
    return bytes(found)


def text_of(rtf: bytes) -> tuple[str, str]:
    """Return (text, "") or, where the RTF was made of HTML, ("", HTML)."""
    wraps_html = b"\\fromhtml" in rtf[:2_000]
    reader = _Reader(wraps_html)
    text = "".join(reader.pieces(rtf))
    # A character beyond the first 65,536 is written as two halves.
    text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return ("", text) if wraps_html else (text, "")


class _Reader:
    """Walks over the tokens once; what holds in a group is kept on a stack, however many are open."""

    def __init__(self, wraps_html: bool) -> None:
        self._html = wraps_html
        self._codec = "cp1252"
        self._silent = False
        self._tag = False
        self._skip = 0
        self._stack: list[tuple[bool, bool]] = []
        self._bytes = bytearray()
        self._starred = False

    def pieces(self, rtf: bytes) -> Iterator[str]:
        """Yield the words, or the HTML."""
        for match in _TOKEN.finditer(rtf):
            word, number, code, symbol, brace = match.groups()
            if code is not None and self._shows():
                self._byte(int(code, 16))
                continue
            if self._bytes:
                yield self._flushed()
            if brace is not None:
                self._brace(brace)
            elif word is not None:
                yield self._word(word.decode("ascii"), number)
            elif symbol is not None:
                yield self._symbol(symbol)
            elif self._shows() and not match[0].startswith((b"\r", b"\n", b"\\")):
                yield self._said(match[0].decode(self._codec, "replace"))
        if self._bytes:
            yield self._flushed()

    def _shows(self) -> bool:
        return not self._silent

    def _byte(self, value: int) -> None:
        if self._skip:
            self._skip -= 1
        else:
            self._bytes.append(value)

    def _flushed(self) -> str:
        text = bytes(self._bytes).decode(self._codec, "replace")
        self._bytes.clear()
        return self._said(text)

    def _said(self, text: str) -> str:
        text, self._skip = text[self._skip :], max(0, self._skip - len(text))
        if self._html and not self._tag:
            return "".join(_ESCAPES.get(character, character) for character in text)
        return text

    def _brace(self, brace: bytes) -> None:
        self._starred = False
        if brace == b"{":
            self._stack.append((self._silent, self._tag))
        elif brace == b"}" and self._stack:
            self._silent, self._tag = self._stack.pop()

    def _symbol(self, symbol: bytes) -> str:
        if symbol == b"*":
            self._starred = True
            return ""
        if not self._shows():
            return ""
        return self._said({"~": " ", "_": "-", "-": ""}.get(symbol.decode("latin-1"), symbol.decode("latin-1")))

    def _word(self, word: str, number: bytes | None) -> str:
        starred, self._starred = self._starred, False
        value = int(number) if number is not None else None
        if word == "htmltag" and self._html:
            self._silent, self._tag = False, True
        elif word == "htmlrtf":
            self._silent = value != 0
        elif starred or word in _NO_TEXT:
            self._silent = True
        elif word == "ansicpg" and value:
            self._codec = _charsets.codec_of(f"cp{value}") or self._codec
        elif self._shows():
            return self._shown(word, value)
        return ""

    def _shown(self, word: str, value: int | None) -> str:
        if word == "u" and value is not None:
            self._skip = 0
            text = self._said(chr(value & 0xFFFF))
            self._skip = 1
            return text
        if word in _BREAKS:
            return ("" if self._tag else "\n") if self._html and word in ("par", "line") else _BREAKS[word]
        return self._said(_SIGNS.get(word, ""))
