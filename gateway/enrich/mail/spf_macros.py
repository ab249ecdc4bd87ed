"""Expands the macros of SPF records (RFC 7208, section 7) for one sender. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address
from urllib.parse import quote

MAX_NAME = 253
_MACRO = re.compile(r"%(?:\{([A-Za-z])([0-9]*)([rR]?)([.\-+,/_=]*)\}|([%_-]))")
_PLAIN = {"%": "%", "_": " ", "-": "%20"}


@dataclass(frozen=True, slots=True)
class Asked:
    """Whom a check is about: the peer, the sender's address by its parts, and the name the peer gave in HELO."""

    peer: IPv4Address | IPv6Address
    local: str
    domain: str
    helo: str

    @property
    def dotted(self) -> str:
        """The peer as the macro `i` writes it: the four numbers, or all nibbles."""
        if isinstance(self.peer, IPv4Address):
            return str(self.peer)
        return ".".join(self.peer.exploded.replace(":", ""))


def asks_for_name(text: str) -> bool:
    """Whether a text needs the peer's validated name, which costs look-ups."""
    return any((found[1] or "").lower() == "p" for found in _MACRO.finditer(text))


def expand(text: str, asked: Asked, current: str, validated: str = "unknown") -> str:
    """Return a domain-spec as the name to ask for, cut from the left to what a name may have.

    `current` is the domain whose record is gone by, `validated` the peer's own name.
    """
    values = {
        "s": f"{asked.local}@{asked.domain}", "l": asked.local, "o": asked.domain, "d": current, "i": asked.dotted,
        "p": validated, "v": "in-addr" if isinstance(asked.peer, IPv4Address) else "ip6", "h": asked.helo,
    }  # fmt: skip
    name = _MACRO.sub(lambda found: _expanded(found, values), text).removesuffix(".")
    while len(name) > MAX_NAME and "." in name:
        name = name.partition(".")[2]
    return name


def _expanded(found: re.Match[str], values: dict[str, str]) -> str:
    if found[5]:
        return _PLAIN[found[5]]
    value = values[found[1].lower()]
    parts = re.split(f"[{re.escape(found[4] or '.')}]", value)
    if found[3]:
        parts.reverse()
    if found[2]:
        # More parts than a name can have are all of them, however large the number is.
        parts = parts[-min(int(found[2][:4]), len(parts)) :]
    text = ".".join(parts)
    return quote(text, safe="-._~") if found[1].isupper() else text
