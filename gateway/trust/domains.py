"""Host names: what a browser would open, what a reader sees, and who could have registered it.

The public suffix list is the snapshot that the library ships; nothing here touches the network.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from ipaddress import ip_address
from typing import NamedTuple

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


class Host(NamedTuple):
    """A host name. `exact` is False when it had to be mended to be read; such a host is never anybody's."""

    ascii: str
    unicode: str
    exact: bool

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels as a reader sees them, leftmost first."""
        return tuple(self.unicode.split("."))


class Parts(NamedTuple):
    """A host cut by the public suffix list, private section included. `label` is empty for a bare public suffix."""

    sub: str
    label: str
    suffix: str
    known: bool

    @property
    def registrable(self) -> str:
        """What somebody registered, e.g. `examplex.co.uk`; empty for a bare public suffix."""
        return f"{self.label}.{self.suffix}" if self.label and self.suffix else ""


@dataclass(frozen=True, slots=True)
class _Suffixes:
    """The public suffix list: plain rules, the parents of wildcard rules, and the exceptions to them."""

    plain: frozenset[str]
    wild: frozenset[str]
    exceptions: frozenset[str]

    def of(self, host: str) -> str:
        """Return the public suffix that a host ends in; empty where no rule knows one."""
        name = host
        while name not in self.plain:
            if name in self.exceptions:
                return name.partition(".")[2]
            _, dot, parent = name.partition(".")
            if not dot:
                return ""
            if parent in self.wild:
                return name
            name = parent
        return name


@cache
def _suffixes() -> _Suffixes:
    """Read the list that the library ships; both as a reader sees a suffix, and encoded."""
    listed = tldextract.TLDExtract(cache_dir=None, suffix_list_urls=(), include_psl_private_domains=True).tlds
    rules = {form for rule in listed for form in (rule, _encoded_rule(rule))}
    return _Suffixes(
        plain=frozenset(rule for rule in rules if rule[0] not in "*!"),
        wild=frozenset(rule[2:] for rule in rules if rule.startswith("*.")),
        exceptions=frozenset(rule[1:] for rule in rules if rule.startswith("!")),
    )


def _encoded_rule(rule: str) -> str:
    return rule if rule.isascii() else ".".join(_encoded(label)[0] for label in rule.split("."))


@lru_cache(_KEPT)
def split_host(host: str) -> Parts:
    """Cut a host; where the list knows no suffix, the last label is one (the list's own default rule)."""
    suffix = _suffixes().of(host)
    rest, _, last = host.rpartition(".") if not suffix else (host[: -len(suffix) - 1], "", suffix)
    sub, _, label = rest.rpartition(".")
    return Parts(sub, label, last, known=bool(suffix))


@cache
def endings() -> frozenset[str]:
    """Return every last label that a public suffix has, encoded or not."""
    return frozenset(suffix.rpartition(".")[2] for suffix in _suffixes().plain | _suffixes().wild)


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
