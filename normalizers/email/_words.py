"""Header bytes to text: encoded words (RFC 2047) and raw 8-bit, tolerantly, within the mail's cap on words."""

from __future__ import annotations

import binascii
import re

from normalizers.email import _charsets, _transfer
from normalizers.email._reading import Reading

WORD = r"=\?[^?\s]{1,80}\?[bBqQ]\?[^?\r\n]*\?="
_WORD = re.compile(r"=\?([^?\s*]{1,60})(?:\*[^?\s]{0,19})?\?([bBqQ])\?([^?\r\n]*)\?=")


def text_of(value: bytes, reading: Reading) -> str:
    """Return a raw header value as text; encoded words stay as they are."""
    if value.isascii():
        return value.decode("ascii")
    reading.note("header_8bit", "A header holds raw 8-bit characters, which the standards do not allow.")
    return _charsets.decode(value, "", reading)


def decode(text: str, reading: Reading) -> str:
    """Return text with its encoded words decoded.

    White space between two words is not part of the text, and a character may be cut between two words of one
    charset (against RFC 2047, section 5, but common): their bytes are joined before decoding.
    """
    if "=?" not in text:
        return text
    found: list[str] = []
    run: tuple[str, bytes] | None = None
    end = 0
    for match in _WORD.finditer(text):
        gap = text[end : match.start()]
        if not reading.take_word():
            break
        charset, data = match[1].lower(), _bytes_of(match[2], match[3])
        if run is None or gap.strip():
            found += [_flush(run, reading), gap]
            run = (charset, data)
        elif run[0] == charset:
            run = (charset, run[1] + data)
        else:
            found.append(_flush(run, reading))
            run = (charset, data)
        end = match.end()
    return "".join([*found, _flush(run, reading), text[end:]])


def _bytes_of(encoding: str, payload: str) -> bytes:
    data = payload.encode("utf-8", "replace")
    if encoding in "bB":
        return _transfer.base64(data)[0]
    return binascii.a2b_qp(data, header=True)


def _flush(run: tuple[str, bytes] | None, reading: Reading) -> str:
    return _charsets.decode(run[1], run[0], reading) if run else ""
