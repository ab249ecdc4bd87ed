"""Finds hashes and addresses, by a run of characters that is long enough and then by what it holds."""

from __future__ import annotations

import re

from gateway.triage.entities.chains import account_networks, address_networks, hash_networks
from gateway.triage.entities.page import Hit, Page

_LONG = re.compile(r"(?<![A-Za-z0-9])(?:0:|bitcoincash:|BITCOINCASH:)?[A-Za-z0-9]{25,130}(?![A-Za-z0-9])")
_TON = re.compile(r"(?<![A-Za-z0-9+_=-])[EU]Q[A-Za-z0-9+/_-]{46}(?![A-Za-z0-9+/_=-])")
_BASE64 = re.compile(r"(?<![A-Za-z0-9+/_-])[A-Za-z0-9+/_-]{43}=(?![A-Za-z0-9=])")
_NEAR = 48
"""Characters between a value and the word that says what it is, at most."""
_ENDS = re.compile(r"[.!?。！？\n]\s")


def find_codes(page: Page, hits: list[Hit]) -> None:
    """Add the hashes and addresses of a page."""
    plain = page.plain
    for match in _LONG.finditer(plain):
        _add(page, match.start(), match.end(), hits)
    if "Q" in plain:
        for match in _TON.finditer(plain):
            if not match[0].isalnum():
                _add(page, match.start(), match.end(), hits)
    if "=" in plain:
        for match in _BASE64.finditer(plain):
            _add(page, match.start(), match.end(), hits)


def _add(page: Page, start: int, end: int, hits: list[Hit]) -> None:
    value = page.plain[start:end]
    kind, networks = "tx_hash", hash_networks(value)
    if not networks:
        kind, networks = "address", address_networks(value)
    elif (accounts := account_networks(value)) and _called(page, start, end, hits) == "address":
        kind, networks = "address", accounts
    if networks:
        page.has_codes = True
        page.add(kind, start, end, (("networks", ",".join(networks)),))


def _called(page: Page, start: int, end: int, hits: list[Hit]) -> str:
    """Return whether the nearest word before a value, or else after it, speaks of an address or of a transaction."""
    told = [hit for hit in hits if hit[2].kind in ("address", "transaction")]
    before = [hit for hit in told if start - _NEAR <= hit[1] <= start and not _ENDS.search(page.low, hit[1], start)]
    if before:
        return before[-1][2].kind
    after = [hit for hit in told if end <= hit[0] <= end + _NEAR and not _ENDS.search(page.low, end, hit[0])]
    return after[0][2].kind if after else _in_link(page.low, start)


def _in_link(low: str, start: int) -> str:
    return "address" if low.endswith(("/address/", "/account/", "/accounts/"), 0, start) else ""
