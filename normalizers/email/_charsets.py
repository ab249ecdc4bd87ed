"""Bytes to text, whatever the mail claims: the declared charset, then UTF-8, what its letters tell, Windows-1252.

Only codecs of a closed list are ever looked up: an unknown name reaches neither the import system nor a cache.
"""

from __future__ import annotations

import codecs
import re
from encodings.aliases import aliases

from normalizers.email import _guessing
from normalizers.email._reading import Reading

# UTF-7 writes `<` and `@` in letters: what a reader sees is not what anybody checked. Browsers refuse it, too.
_NOT_CHARSETS = frozenset(
    ("base64_codec", "bz2_codec", "hex_codec", "quopri_codec", "rot_13", "uu_codec", "zlib_codec", "mbcs", "tactis",
     "utf_7")
)  # fmt: skip
# Names seen in mail that Python lacks, and narrow charsets whose superset is what senders really use (WHATWG Encoding).
_WIDER = {
    "gb2312": "gb18030", "gbk": "gb18030", "cp936": "gb18030", "ms936": "gb18030", "x_gbk": "gb18030",
    "chinese": "gb18030", "gb_2312_80": "gb18030", "x_cp20936": "gb18030", "hz_gb_2312": "hz", "big5": "big5hkscs",
    "x_x_big5": "big5hkscs", "shift_jis": "cp932", "x_sjis": "cp932", "sjis": "cp932", "euc_kr": "cp949",
    "ks_c_5601_1987": "cp949", "ksc5601": "cp949", "iso_8859_8_i": "iso8859_8", "iso_8859_6_i": "iso8859_6",
    "windows_874": "cp874", "cp874": "cp874", "koi8_u": "koi8_u", "iso_8859_1": "cp1252", "latin1": "cp1252",
    "latin_1": "cp1252", "iso8859_1": "cp1252", "x_unknown": "ascii",
    "unknown_8bit": "ascii", "8bit": "ascii", "iso_10646": "utf_8", "utf_8_mb4": "utf_8", "utf8mb4": "utf_8",
    "unicode": "utf_16", "iso_2022_jp": "iso2022_jp_ext", "csiso2022jp": "iso2022_jp_ext",
}  # fmt: skip
_KNOWN = {name: codec for name, codec in aliases.items() if codec not in _NOT_CHARSETS}
_KNOWN |= {codec: codec for codec in tuple(_KNOWN.values())} | _WIDER
_SEVEN_BIT = re.compile(r"utf_(?:16|32)|hz$|iso2022")
_SINGLE_BYTE = re.compile(r"cp125|iso8859|koi8|mac_")
_LEGACY = re.compile(r"cp125|iso8859|koi8|mac_|gb18030|big5|euc_|cp9")
_SINGLE_BYTE_GUESSES = frozenset({"ascii", "cp1252"})
_META = re.compile(rb"""(?i)<meta[^<>]{0,200}?charset\s{0,5}=\s{0,5}["']?([a-z0-9_.:-]{2,40})""")
_BOMS = (
    (codecs.BOM_UTF8, "utf_8_sig"), (codecs.BOM_UTF32_LE, "utf_32"), (codecs.BOM_UTF16_LE, "utf_16"),
    (codecs.BOM_UTF16_BE, "utf_16"),
)  # fmt: skip


def codec_of(charset: str) -> str | None:
    """Return the codec for a charset's name, or None when it is unknown."""
    name = re.sub(r"[^a-z0-9]+", "_", charset[:60].lower()).strip("_")
    return _KNOWN.get(name)


def in_html(data: bytes) -> str:
    """Return the charset that HTML says of itself; empty when it says none."""
    match = _META.search(data[:4_096])
    return match[1].decode("ascii") if match else ""


def decode(data: bytes, charset: str, reading: Reading) -> str:
    """Return the text of bytes whose declared charset may be absent, unknown or a lie."""
    codec = codec_of(charset) if charset else None
    if charset and codec is None:
        reading.note("charset_unknown", "A part declares a charset that is not known; it was guessed.")
    if data.isascii() and not (codec and _SEVEN_BIT.match(codec)) and b"\x1b$" not in data:
        return data.decode("ascii")
    better = _marked(data) or _corrected(data, codec)
    if better is None:
        return _guess(data, charset, reading)
    if codec and better.partition("_")[0] != codec.partition("_")[0]:
        reading.note("charset_wrong", f"The charset is not what the mail says; read as {better}.")
    elif better != "utf_8" and not charset and not data.isascii():
        reading.note("charset_missing", f"The charset is not said; read as {better}.")
    text = _strict(data, better)
    return text if text is not None else _repair(data, better, reading)


def _marked(data: bytes) -> str | None:
    """Return the codec that a byte order mark names."""
    return next((codec for mark, codec in _BOMS if data.startswith(mark)), None)


def _corrected(data: bytes, codec: str | None) -> str | None:
    """Return the declared codec, or a better one, or None when the claim cannot be true."""
    if codec is None or codec in _SINGLE_BYTE_GUESSES:
        # UTF-8 declared as Latin-1 is common; Latin-1 text that is valid UTF-8 by chance is not.
        if _strict(data, "utf_8") is not None and b"\x1b$" not in data:
            return "utf_8" if codec is None or not data.isascii() else codec
        return _shown(data) or (None if codec == "ascii" else codec)
    if _LEGACY.match(codec) and _is_plainly_utf_8(data, wide=not _SINGLE_BYTE.match(codec)):
        return "utf_8"
    if codec in ("utf_16", "utf_32") and data[:2] not in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        return _endianness(data, codec)
    return codec


def _is_plainly_utf_8(data: bytes, *, wide: bool) -> bool:
    """Return whether bytes that are said to be in an older charset are UTF-8, and not by chance.

    Two bytes of one charset may make a character of the other now and then; where characters of that charset have two
    bytes, too (`wide`), only several of three bytes are proof.
    """
    high = [character for character in _strict(data, "utf_8") or "" if character > "\x7f"]
    needed = [character for character in high if character > "\u07ff"] if wide else high
    return len(needed) >= 4 and len(needed) >= 0.9 * len(high)


def _shown(data: bytes) -> str | None:
    """Return the codec that text said to be Latin shows itself to be in, if any."""
    if data.isascii():
        return "iso2022_jp_ext" if b"\x1b$" in data else None
    return _guessing.charset_of(data)


def _endianness(data: bytes, codec: str) -> str | None:
    """Return the byte order of UTF-16 or UTF-32 without a mark; None for bytes that cannot be either."""
    if data.isascii() and b"\x00" not in data:
        return None
    sample = data[:400]
    little = sample[1::2].count(0) + (sample[3::4].count(0) if codec == "utf_32" else 0)
    big = sample[0::2].count(0) + (sample[0::4].count(0) if codec == "utf_32" else 0)
    return codec + ("_le" if little > big else "_be")


def _strict(data: bytes, codec: str) -> str | None:
    try:
        return data.decode(codec)
    except (UnicodeError, LookupError):
        return None


def _repair(data: bytes, codec: str, reading: Reading) -> str:
    """Return text that the declared codec refuses in part: its own reading if nearly whole, else a guess."""
    if _strict(data, "utf_8") is None:
        text = data.decode(codec, "replace")
        broken, sound = text.count("\ufffd"), sum(1 for character in text if character > "\x7f")
        if 2 * broken <= sound and codec != "cp1252":
            reading.note("charset_broken", "Some bytes do not fit the declared charset; they were replaced.")
            return text
    return _guess(data, codec, reading)


def _guess(data: bytes, charset: str, reading: Reading) -> str:
    """Return the first reading that fits of UTF-8, of what the letters tell, Windows-1252 and Latin-1."""
    code = "charset_wrong" if charset else "charset_missing"
    for codec in ("utf_8", _guessing.charset_of(data), "cp1252"):
        text = _strict(data, codec) if codec else None
        if text is not None:
            if codec != "utf_8" or charset:
                reading.note(code, f"The charset is not what the mail says, or not said; read as {codec}.")
            return text
    reading.note(code, "The charset is not what the mail says, or not said; read as latin_1.")
    return data.decode("latin_1")
