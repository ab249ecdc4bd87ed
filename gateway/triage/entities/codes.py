"""Finds hashes and addresses, by a run of characters that is long enough and then by what it holds."""

from __future__ import annotations

import re
from bisect import bisect_left

from gateway.triage.entities.chains import account_networks, address_networks, hash_networks
from gateway.triage.entities.page import Hit, Page

_LONG = re.compile(r"(?<![A-Za-z0-9])(?:0:|bitcoincash:|BITCOINCASH:)?[A-Za-z0-9]{25,130}(?![A-Za-z0-9])")
_TON = re.compile(r"(?<![A-Za-z0-9+_=-])[EU]Q[A-Za-z0-9+/_-]{46}(?![A-Za-z0-9+/_=-])")
_BASE64 = re.compile(r"(?<![A-Za-z0-9+/_-])[A-Za-z0-9+/_-]{43}=(?![A-Za-z0-9=])")
_BASE64_SIZE = 43
_GLUED = re.compile(r"(?i:tx[_ ]?id|tx[_ ]?hash|hash|tx|address|addr|wallet)(?=.{25})")
"""A word that a value was written to."""
_NEAR = 24
"""Characters between a value and the word that says what it is, at most."""
_OF_NEXT = re.compile(r"[^A-Za-z0-9\n.]{0,4}[A-Za-z0-9:]{25}")
"""What follows a word that speaks of the next value, not of the last."""
_PATHS_OF_ACCOUNTS = ("/address/", "/account/", "/accounts/", "/object/", "/coin/")
_ENDS = re.compile(r"[.!?。！？\n]\s")


def find_codes(page: Page, hits: list[Hit]) -> None:
    """Add the hashes and addresses of a page."""
    plain = page.plain
    told = [hit for hit in hits if hit[2].kind in ("address", "transaction")]
    for match in _LONG.finditer(plain):
        start, end = match.span()
        if end - start == _BASE64_SIZE and plain[end : end + 1] == "=":
            continue
        if not _add(page, start, end, told) and (glued := _GLUED.match(plain, start, end)) is not None:
            _add(page, glued.end(), end, told)
    if "Q" in plain:
        for match in _TON.finditer(plain):
            if not match[0].isalnum():
                _add(page, match.start(), match.end(), told)
    if "=" in plain:
        for match in _BASE64.finditer(plain):
            _add(page, match.start(), match.end(), told)


def _add(page: Page, start: int, end: int, told: list[Hit]) -> bool:
    value = page.plain[start:end]
    kind, networks = "tx_hash", hash_networks(value)
    if not networks:
        kind, networks = "address", address_networks(value)
    elif (accounts := account_networks(value)) and _called(page, start, end, told) == "address":
        kind, networks = "address", accounts
    if networks:
        page.has_codes = True
        page.add(kind, start, end, (("networks", ",".join(networks)),))
    return bool(networks)


def _called(page: Page, start: int, end: int, told: list[Hit]) -> str:
    """Return whether the nearest word before a value, or else after it, speaks of an address or of a transaction."""
    if said := _in_link(page.low, start):
        return said
    place = bisect_left(told, start, key=_begins)
    if place:
        _, last, term = told[place - 1]
        if start - _NEAR <= last <= start and not _ENDS.search(page.low, last, start):
            return term.kind
    if place < len(told):
        first, last, term = told[place]
        near = first <= end + _NEAR and not _ENDS.search(page.low, end, first)
        if near and not _OF_NEXT.match(page.plain, last):
            return term.kind
    return ""


def _begins(hit: Hit) -> int:
    return hit[0]


def _in_link(low: str, start: int) -> str:
    """Return what the path of a link says of the value in it."""
    if low.endswith(_PATHS_OF_ACCOUNTS, 0, start):
        return "address"
    return "transaction" if low.endswith("/", 0, start) else ""
