"""XFORWARD: a relay of the desk's own says whom it has a mail from (as Postfix documents it in XFORWARD_README)."""

from __future__ import annotations

import re
from collections.abc import Mapping

from connectors.email._listener_limits import address_of

NAMES = ("NAME", "ADDR", "PORT", "PROTO", "HELO", "IDENT", "SOURCE")
"""All are announced, or some relays tell none of them; two are kept."""
_UNKNOWN = frozenset({"", "[UNAVAILABLE]", "[TEMPUNAVAIL]"})
_CODED = re.compile(r"\+([0-9A-F]{2})")
_HELO = re.compile(r"[!-~]{1,255}")


def read_forward(argument: str) -> Mapping[str, str] | None:
    """Return what is said of `helo` and `peer`, empty for what the relay does not know; None when it cannot be read."""
    found: dict[str, str] = {}
    for item in argument.split():
        name, equals, coded = item.partition("=")
        if not equals or name.upper() not in NAMES:
            return None
        value = _CODED.sub(lambda match: chr(int(match[1], 16)), coded)
        if name.upper() == "HELO":
            found["helo"] = value if value not in _UNKNOWN and _HELO.fullmatch(value) else ""
        elif name.upper() == "ADDR":
            address = address_of(re.sub(r"^IPV6:", "", value, flags=re.IGNORECASE))
            found["peer"] = str(address) if address is not None else ""
    return found
