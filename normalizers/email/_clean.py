"""Makes text harmless: no control characters, no lone surrogates, and one line where one line is meant."""

from __future__ import annotations

import re

from normalizers.email._reading import Reading

_BIDI = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_LINE_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_BLOCK_CONTROLS = re.compile("[\x01-\x08\x0b-\x1f\x7f-\x9f]")
_PLAIN = bytes((9, 10, *range(32, 127)))
_SURROGATES = re.compile("[\ud800-\udfff]")
_DEVICE = re.compile(r"(?i)(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)\s*(?:\.|$)")
"""Names that Windows takes for a device, whatever the extension."""


def is_line(text: str) -> bool:
    """Whether a text is fit for a header field as it stands: nothing would be taken out of it."""
    if text.isascii() and text.isprintable():
        return True
    return not (_SURROGATES.search(text) or _BIDI.search(text) or _LINE_CONTROLS.search(text))


def line(text: str, limit: int, reading: Reading) -> str:
    """Return text fit for a header field: one line, no controls, no bidi controls, at most `limit` characters."""
    if text.isascii() and text.isprintable():
        return _shortened(" ".join(text.split()), limit, reading)
    text = _SURROGATES.sub("\ufffd", text)
    if _BIDI.search(text):
        reading.note("bidi_removed", "Characters that turn the writing direction were taken out of a header or name.")
        text = _BIDI.sub("", text)
    if _LINE_CONTROLS.search(text):
        if "\r" in text or "\n" in text:
            reading.note("line_break_in_header", "A decoded header held a line break; it was made a space.")
        text = _LINE_CONTROLS.sub(" ", text)
    return _shortened(" ".join(text.split()), limit, reading)


def _shortened(text: str, limit: int, reading: Reading) -> str:
    if len(text) > limit:
        reading.note("header_value_cut", "A header value was longer than allowed and was cut.")
        text = text[:limit].rstrip()
    return text


def block(text: str, reading: Reading) -> str:
    """Return text of several lines: line breaks are LF, other controls but the tab are gone."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    # Most texts are printable, and to ask that costs far less than to look for each character that is not.
    if text.isascii():
        if not text.encode("ascii").translate(None, _PLAIN):
            return text
    elif text.replace("\n", "").replace("\t", "").isprintable():
        return text
    if "\x00" in text:
        reading.note("nul_removed", "NUL characters were taken out of the text.")
        text = text.replace("\x00", "")
    if _BLOCK_CONTROLS.search(text):
        reading.note("controls_removed", "Control characters were taken out of the text.")
        text = _BLOCK_CONTROLS.sub("", text)
    return _SURROGATES.sub("\ufffd", text)


def file_name(text: str, limit: int, reading: Reading) -> str:
    """Return a file name that no system takes for a path, a device or another stream; a cut keeps the extension."""
    name = line(text, 4 * limit, reading).replace("\\", "/").rpartition("/")[2]
    name = name.replace(":", "_").strip().rstrip(". ")
    if _DEVICE.match(name):
        name = f"_{name}"
    if len(name) > limit:
        stem, dot, extension = name.rpartition(".")
        tail = dot + extension if dot and len(extension) <= 20 else ""
        name = (stem if tail else name)[: limit - len(tail)] + tail
    return name
