"""Host names: what a browser would open, what a reader sees, and who could have registered it.

The public suffix list is the snapshot that the library ships; nothing here touches the network.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from ipaddress import ip_address

import idna
import tldextract

_DOTS = str.maketrans({"。": ".", "．": ".", "｡": "."})
_ASCII_LOWER = {code: code + 32 for code in range(ord("A"), ord("Z") + 1)}
_ASCII_HOST = re.compile(r"[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*")
MAX_HOST = 253
_KEPT = 2_048
"""Hosts whose cut is remembered: most messages name the same few."""


def ascii_lower(text: str) -> str:
    """Lower the ASCII letters alone: the Kelvin sign lower-cases to an honest k, which must not become official."""
    return text.translate(_ASCII_LOWER)


@dataclass(frozen=True, slots=True)
class Host:
    """A host name. `exact` is False when it had to be mended to be read; such a host is never anybody's."""

    ascii: str
    unicode: str
    exact: bool

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels as a reader sees them, leftmost first."""
        return tuple(self.unicode.split("."))


@dataclass(frozen=True, slots=True)
class Parts:
    """A host cut by the public suffix list, private section included. `label` is empty for a bare public suffix."""

    sub: str
    label: str
    suffix: str
    known: bool

    @property
    def registrable(self) -> str:
        """What somebody registered, e.g. `examplex.co.uk`; empty for a bare public suffix."""
        return f"{self.label}.{self.suffix}" if self.label and self.suffix else ""


@cache
def _extractor() -> tldextract.TLDExtract:
    return tldextract.TLDExtract(cache_dir=None, suffix_list_urls=(), include_psl_private_domains=True)


@lru_cache(_KEPT)
def split_host(host: str) -> Parts:
    """Cut a host; where the list knows no suffix, the last label is one (the list's own default rule)."""
    found = _extractor().extract_str(host)
    if found.suffix:
        return Parts(found.subdomain, found.domain, found.suffix, known=True)
    rest, _, last = host.rpartition(".")
    sub, _, label = rest.rpartition(".")
    return Parts(sub, label, last, known=False)


@cache
def endings() -> frozenset[str]:
    """Return every last label that a public suffix has, encoded or not."""
    return frozenset(suffix.rpartition(".")[2] for suffix in _extractor().tlds)


def organisation(host: str) -> str:
    """Return the organisational domain by the public suffix list; the host itself when it is a suffix."""
    return split_host(host).registrable or host


@lru_cache(_KEPT)
def parents(host: str) -> tuple[str, ...]:
    """Return the host and every domain above it, longest first."""
    labels = host.split(".")
    return tuple(".".join(labels[index:]) for index in range(len(labels)))


def is_ip(host: str) -> bool:
    """Whether the host is an address in numbers, bracketed or not."""
    bare = host.strip("[]")
    if ":" not in bare and not bare[-1:].isdigit():
        return False
    try:
        ip_address(bare)
    except ValueError:
        return False
    return True


def _shown(label: str) -> str:
    if not label.startswith("xn--"):
        return label
    try:
        return label[4:].encode("ascii").decode("punycode")
    except (UnicodeError, OverflowError, ValueError):
        return label


def _encoded(label: str) -> tuple[str, bool]:
    """Return the A-label, and whether the label was valid as it stands."""
    if label.isascii():
        return label, True
    try:
        return idna.encode(label, strict=True).decode("ascii"), True
    except (idna.IDNAError, UnicodeError):
        pass
    try:
        return "xn--" + label.encode("punycode").decode("ascii"), False
    except (UnicodeError, OverflowError):
        return "", False


def read_host(text: str) -> Host | None:
    """Read a host name in any writing; None when it cannot be one."""
    if text.isascii():
        name = text.lower().removesuffix(".")
        if len(name) > MAX_HOST or not _ASCII_HOST.fullmatch(name):
            return None
        return Host(ascii=name, unicode=_all_shown(name), exact=True)
    plain = text.translate(_DOTS)
    raw = ascii_lower(plain).removesuffix(".")
    if not raw or len(raw) > MAX_HOST or any(not label for label in raw.split(".")):
        return None
    encoded = [_encoded(label) for label in raw.split(".")]
    name = ".".join(label for label, _ in encoded)
    if not _ASCII_HOST.fullmatch(name):
        return None
    exact = plain == text and all(valid for _, valid in encoded)
    return Host(ascii=name, unicode=_all_shown(name), exact=exact)


def _all_shown(name: str) -> str:
    return ".".join(_shown(label) for label in name.split(".")) if "xn--" in name else name
