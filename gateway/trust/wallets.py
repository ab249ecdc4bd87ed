"""Addresses that coins are sent to, in the one spelling in which two of them are compared."""

from __future__ import annotations

import re

_SCHEME = re.compile(
    r"(?i)(?:bitcoin|ethereum|litecoin|dogecoin|dash|monero|solana|tron|ton|zcash|ripple|xrpl):(?://)?"
)
_TAIL = re.compile(r"[?@#/]")
_SHAPE = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_-]|:(?=[a-z0-9])){18,127}")
_HEX = re.compile(r"(?:0[xX])?[0-9a-fA-F]+")
_BECH32 = re.compile(r"[a-z][a-z0-9]{0,82}1[02-9ac-hj-np-z]{6,}")
"""Human-readable part, 1, data (BIP 173): in small letters or in capitals, never in both."""
_CASHADDR = re.compile(r"[a-z]+:[02-9ac-hj-np-z]{20,}")


def wallet_key(text: str) -> str:
    """Return the address as it is compared, empty if it can be none.

    Capitals count in base58 and base64url, so they stay; hexadecimal and bech32 mean the same in small letters.
    """
    address = text.strip()
    if scheme := _SCHEME.match(address):
        address = _TAIL.split(address[scheme.end() :], maxsplit=1)[0]
    if not _SHAPE.fullmatch(address):
        return ""
    folded = address.lower()
    if _HEX.fullmatch(address):
        return folded
    one_case = address in (folded, address.upper())
    return folded if one_case and (_BECH32.fullmatch(folded) or _CASHADDR.fullmatch(folded)) else address
