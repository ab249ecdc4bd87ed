"""Mail addresses that are safe to put on a command line or in a header: validated here, never by a library's guess."""

from __future__ import annotations

import re
from dataclasses import dataclass

import idna

MAX_ADDRESS = 254
"""Octets; RFC 5321 section 4.5.3.1.3 less the angle brackets."""
MAX_LOCAL = 64

_DOT_ATOM = re.compile(r"[^\s\x00-\x1f\x7f-\x9f()<>\[\]:;@\\,\"]+\Z")
_QUOTED = re.compile(r"\"(?:[ !#-\[\]-~]|\\[ -~])*\"\Z")
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\Z")


@dataclass(frozen=True, slots=True)
class Address:
    """A mailbox; `domain` is in lower case and in its ASCII form."""

    local: str
    domain: str

    @property
    def text(self) -> str:
        """The address as it is written."""
        return f"{self.local}@{self.domain}"

    @property
    def ascii(self) -> bool:
        """Whether the address needs no SMTPUTF8."""
        return self.local.isascii()


def parse_address(text: str) -> Address:
    """Return the address, or raise ValueError with a reason that does not repeat the text."""
    local, at, domain = text.rpartition("@")
    if not at or not local or not domain:
        raise ValueError("a mail address is written local@domain")
    if not (_DOT_ATOM.match(local) or _QUOTED.match(local)):
        raise ValueError("the part before the @ holds a character that no mail address may have")
    address = Address(local, parse_domain(domain))
    if len(local.encode("utf-8", "replace")) > MAX_LOCAL:
        raise ValueError(f"the part before the @ is longer than {MAX_LOCAL} bytes")
    if len(address.text.encode("utf-8", "replace")) > MAX_ADDRESS:
        raise ValueError(f"a mail address is at most {MAX_ADDRESS} bytes long")
    return address


def parse_domain(text: str) -> str:
    """Return the domain in lower case and ASCII (IDNA 2008), or raise ValueError."""
    domain = text.lower()
    if not domain.isascii():
        try:
            domain = idna.encode(domain, uts46=True).decode("ascii")
        except idna.IDNAError:
            raise ValueError("the domain after the @ is not a valid international name") from None
    if len(domain) > 253 or not all(_LABEL.match(label) for label in domain.split(".")):
        raise ValueError("the part after the @ is not a domain name")
    return domain
