"""Masks secrets in attachments that are text, in whichever character set they are written, and in file names."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator, Sequence

from gateway.trust.secrets.find import find_secrets, mask
from gateway.trust.secrets.html import mask_html
from gateway.trust.secrets.layers import Layer, mask_layers
from gateway.trust.secrets.model import Secret, joined, marker

MAX_FILE = 16_000_000
_TYPES = re.compile(
    r"text/|application/(?:json|xml|csv|x-ndjson|ld\+json|javascript|x-yaml|yaml|toml|x-pem-file|pgp-keys|x-sh|sql)\b|[a-z]+/[a-z0-9.-]+\+(?:json|xml)\b",
    re.IGNORECASE,
)
_ENDINGS = (
    ".txt", ".csv", ".tsv", ".json", ".jsonl", ".html", ".htm", ".xml", ".md", ".markdown", ".log", ".key", ".pem",
    ".env",
    ".yaml", ".yml", ".toml", ".ini", ".conf", ".cfg", ".asc", ".rst", ".eml", ".svg", ".js", ".py", ".sh", ".sql",
)  # fmt: skip
_UNTOLD = ("", "application/octet-stream", "binary/octet-stream")
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([A-Za-z0-9._:+-]{1,40})", re.IGNORECASE)
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF32_LE, "utf-32-le"), (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"),
)  # fmt: skip
_LEGACY = (
    "gb18030",
    "big5",
    "shift_jis",
    "euc-jp",
    "euc-kr",
    "windows-1251",
    "windows-1252",
    "windows-1254",
    "latin-1",
)
"""Read only where a file is not UTF-8 and does not say what it is; the last one reads anything."""
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f-\x84\x86-\x9f]")
_ESCAPE = re.compile(r"\\(?:u[0-9a-fA-F]{4}|[nrtbf\"\\/])")
_ESCAPED = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f"}


def mask_file(
    data: bytes, content_type: str, name: str, patterns: Sequence[re.Pattern[str]] = ()
) -> tuple[bytes | None, tuple[Secret, ...]]:
    """Return a text file without its secrets, and the secrets; None for one that cannot be read for masking.

    That is a file which is no text by its type and name, one of more than `MAX_FILE` bytes, or one whose text would not
    be written again with the same bytes. Places are in characters of the text.
    """
    if not may_mask(len(data), content_type, name):
        return None, ()
    best: tuple[bytes | None, tuple[Secret, ...]] = (None, ())
    for charset in _charsets(data, content_type):
        text = _decoded(data, charset)
        if text is None or not _is_readable(text):
            continue
        changed, secrets = _mask_text(text, content_type, name, patterns)
        if best[0] is None or secrets:
            best = (changed.encode(charset), secrets)
        if secrets:
            break
    return best


def may_mask(size: int, content_type: str, name: str) -> bool:
    """Whether a file of that size, type and name is one that `mask_file` would try to read."""
    return size <= MAX_FILE and _is_text(content_type, name)


def _is_text(content_type: str, name: str) -> bool:
    kind = content_type.partition(";")[0].strip().lower()
    return bool(_TYPES.match(kind)) or (kind in _UNTOLD and name.lower().endswith(_ENDINGS))


def _charsets(data: bytes, content_type: str) -> Iterator[str]:
    """Yield the character sets that a file may be in, until it can be read in one that leaves no doubt."""
    for mark, charset in _MARKS:
        if data.startswith(mark):
            yield charset
            return
    if _decoded(data, "utf-8") is not None and b"\0" not in data:
        yield "utf-8"
        return
    told = _CHARSET.search(content_type)
    if told is not None:
        yield told[1]
    if data.count(b"\0") > len(data) // 5:
        yield from ("utf-16-le", "utf-16-be")
    yield "utf-8"
    yield from _LEGACY


def _is_readable(text: str) -> bool:
    """Whether hardly any of the text is control characters, as it would be where it is read amiss."""
    return len(_CONTROL.findall(text)) <= len(text) // 50


def _decoded(data: bytes, charset: str) -> str | None:
    """Return text that is written again with the very same bytes, as masking must not change others."""
    try:
        text = data.decode(charset)
        return text if text.encode(charset) == data else None
    except (LookupError, ValueError):
        return None


def _mask_text(
    text: str, content_type: str, name: str, patterns: Sequence[re.Pattern[str]]
) -> tuple[str, tuple[Secret, ...]]:
    kind = f"{content_type} {name}".lower()
    if "html" in kind or "xml" in kind or "svg" in kind or ".htm" in kind:
        return mask_html(text, patterns)
    if "\\" in text:
        layer = Layer()
        here = 0
        for match in _ESCAPE.finditer(text):
            layer.add(text[here : match.start()], here, match.start())
            layer.add(_unescaped(match.group()), match.start(), match.end())
            here = match.end()
        layer.add(text[here:], here, len(text))
        return mask_layers(text, (_whole(text), layer), lambda plain: find_secrets(plain, patterns))
    return mask(text, patterns)


def _whole(text: str) -> Layer:
    layer = Layer()
    layer.add(text, 0, len(text))
    return layer


def _unescaped(escape: str) -> str:
    return chr(int(escape[2:], 16)) if escape[1] == "u" else _ESCAPED.get(escape[1], escape[1])


def mask_name(name: str, patterns: Sequence[re.Pattern[str]] = ()) -> tuple[str, tuple[Secret, ...]]:
    """Return a file name without its secrets; its ending stays, and marks have no colon, which names may not hold."""
    stem, dot, ending = name.rpartition(".")
    if not dot or len(ending) > 10:
        stem, dot, ending = name, "", ""
    spaced = stem.replace("_", " ").replace("+", " ")
    secrets = joined((*find_secrets(stem, patterns), *find_secrets(spaced, patterns)))
    pieces: list[str] = []
    here = 0
    for secret in secrets:
        pieces += (stem[here : secret.start], _mark(secret.kind))
        here = secret.end
    return "".join((*pieces, stem[here:], dot, ending)), secrets


def _mark(kind: str) -> str:
    return marker(kind).replace(":", "")
