"""Reads SPF records (RFC 7208, sections 4.6 and 12): their terms, or that their syntax is wrong. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network

MAX_RECORD = 8_192
"""No honest record is longer."""
MAX_DOMAIN = 512
"""Nor is a domain with its macros; the expressions below stay quick up to there."""

_EXPAND = r"%(?:\{[slodiphvSLODIPHV][0-9]*[rR]?[.\-+,/_=]*\}|%|_|-)"
_LITERAL = r"[\x21-\x24\x26-\x7e]"
_TOP = r"\.(?:[0-9A-Za-z]*[A-Za-z][0-9A-Za-z]*|[0-9A-Za-z]+-[0-9A-Za-z-]*[0-9A-Za-z])\.?"
_DOMAIN = re.compile(rf"(?:{_EXPAND}|{_LITERAL})*?(?:{_TOP}|{_EXPAND})")
_EXPLAINING = re.compile(rf"(?:{_EXPAND}|%\{{[crtCRT][0-9]*[rR]?[.\-+,/_=]*\}}|{_LITERAL})*")
_CUT = re.compile(r"(?P<rest>.*?)(?:/(?P<four>[0-9]{1,3}))?(?://(?P<six>[0-9]{1,3}))?")
_MODIFIER = re.compile(r"([A-Za-z][A-Za-z0-9_.-]*)=(.*)", re.DOTALL)
_ZERO_PARTS = re.compile(r"%\{[A-Za-z]0+[rR]?[.\-+,/_=]*\}")
_MECHANISM = re.compile(r"([+?~-]?)([A-Za-z][A-Za-z0-9_.-]*)(.*)", re.DOTALL)
_WITHOUT_DOMAIN = frozenset({"a", "mx", "ptr"})


class SyntaxFaultError(ValueError):
    """A record that breaks the grammar: its domain has published no policy that can be gone by."""


@dataclass(frozen=True, slots=True)
class Mechanism:
    """One directive. `target` is a domain with its macros, empty for the current one; lengths are of prefixes."""

    qualifier: str
    name: str
    target: str = ""
    four: int = 32
    six: int = 128
    network: IPv4Network | IPv6Network | None = None


@dataclass(frozen=True, slots=True)
class Record:
    """A policy: its directives in order, and where it goes on when none of them matches."""

    mechanisms: tuple[Mechanism, ...]
    redirect: str = ""


def is_record(text: str) -> bool:
    """Whether a TXT record is one of SPF, whatever follows its version."""
    return text[:6].lower() == "v=spf1" and text[6:7] in ("", " ")


def read_record(text: str) -> Record:
    """Read a whole record before any of it counts. Raises `SyntaxFaultError`."""
    if not text.isascii() or len(text) > MAX_RECORD:
        raise SyntaxFaultError
    mechanisms: list[Mechanism] = []
    modifiers: dict[str, str] = {}
    for term in filter(None, text[6:].split(" ")):
        if (found := _MODIFIER.fullmatch(term)) is not None:
            _keep(modifiers, found[1].lower(), found[2])
        else:
            mechanisms.append(_mechanism(term))
    return Record(tuple(mechanisms), modifiers.get("redirect", ""))


def _keep(modifiers: dict[str, str], name: str, value: str) -> None:
    if name in ("redirect", "exp"):
        if name in modifiers:
            raise SyntaxFaultError
        modifiers[name] = _domain(value)
    elif _EXPLAINING.fullmatch(value) is None:
        raise SyntaxFaultError


def _mechanism(term: str) -> Mechanism:
    found = _MECHANISM.fullmatch(term)
    if found is None:
        raise SyntaxFaultError
    qualifier, name, rest = found[1] or "+", found[2].lower(), found[3]
    match name:
        case "all" if not rest:
            return Mechanism(qualifier, name)
        case "include" | "exists" if rest[:1] == ":":
            return Mechanism(qualifier, name, _domain(rest[1:]))
        case "ptr" if rest[:1] in ("", ":"):
            return Mechanism(qualifier, name, _domain(rest[1:]) if rest else "")
        case "a" | "mx":
            return _with_lengths(qualifier, name, rest)
        case "ip4" | "ip6" if rest[:1] == ":":
            return Mechanism(qualifier, name, network=_network(name, rest[1:]))
    raise SyntaxFaultError


def _with_lengths(qualifier: str, name: str, rest: str) -> Mechanism:
    cut = _CUT.fullmatch(rest)
    if cut is None or cut["rest"][:1] not in ("", ":"):
        raise SyntaxFaultError
    target = _domain(cut["rest"][1:]) if cut["rest"] else ""
    return Mechanism(qualifier, name, target, _length(cut["four"], 32), _length(cut["six"], 128))


def _length(text: str | None, most: int) -> int:
    if text is None:
        return most
    if (len(text) > 1 and text[0] == "0") or int(text) > most:
        raise SyntaxFaultError
    return int(text)


def _network(name: str, text: str) -> IPv4Network | IPv6Network:
    address, mark, length = text.partition("/")
    if mark and not (length.isascii() and length.isdigit() and len(length) < 4):
        raise SyntaxFaultError
    try:
        if name == "ip4":
            return IPv4Network((address, _length(length or None, 32)), strict=False)
        return IPv6Network((address, _length(length or None, 128)), strict=False)
    except ValueError:
        raise SyntaxFaultError from None


def _domain(text: str) -> str:
    """Return a domain-spec as it stands; what its macros become is known only when it is asked for."""
    if len(text) > MAX_DOMAIN or _DOMAIN.fullmatch(text) is None or _ZERO_PARTS.search(text) is not None:
        raise SyntaxFaultError
    return text
