"""Which chains a transaction's hash or an address can belong to, by its form and its checksum alone. Pure."""

from __future__ import annotations

import base64
import binascii
import re
import zlib
from collections.abc import Callable

from gateway.triage.entities.bech32 import is_bech32_of, is_cash_address, is_segwit
from gateway.triage.entities.keccak import is_checksummed
from gateway.trust.secrets.checksums import RIPPLE, base58, base58check

Networks = tuple[str, ...]
NONE: Networks = ()

HASHES: Networks = ("bitcoin", "bitcoin-cash", "cardano", "dogecoin", "litecoin", "ton", "tron", "xrp")
"""Chains that name a transaction by 32 bytes in plain hexadecimal."""
_IN_CAPITALS: Networks = ("bitcoin", "bitcoin-cash", "cardano", "cosmos", "dogecoin", "litecoin", "ton", "tron", "xrp")
_WITH_PREFIX: Networks = ("aptos", "evm", "sui")
_ACCOUNTS: Networks = ("aptos", "sui")

_VERSIONS: dict[tuple[str, int], Networks] = {
    ("1", 0x00): ("bitcoin",),
    ("3", 0x05): ("bitcoin", "litecoin"),
    ("L", 0x30): ("litecoin",),
    ("M", 0x32): ("litecoin",),
    ("D", 0x1E): ("dogecoin",),
    ("T", 0x41): ("tron",),
}
"""First letter and version of base58check over 21 bytes."""

_HEX = re.compile(r"[0-9a-fA-F]+")
_BASE58 = re.compile(r"[1-9A-HJ-NP-Za-km-z]+")
_BASE64 = re.compile(r"[A-Za-z0-9+/]{43}=|[A-Za-z0-9_-]{43}=")
_TON = re.compile(r"[EU]Q[A-Za-z0-9_-]{46}|[EU]Q[A-Za-z0-9+/]{46}")
_BYRON_HEAD = b"\x82\xd8\x18\x58"
"""CBOR: two items, the first tagged 24 and a string of bytes whose length follows."""
_ADA_SIZES = range(29, 66)
"""Bytes of a Shelley address: a header, a payment credential, and none or one to delegate to."""
_COSMOS_SIZES = range(20, 33)


def hash_networks(value: str) -> Networks:
    """Return the chains, in alphabetical order, that a value can be a transaction of; none if it is no hash."""
    match len(value):
        case 64 if _HEX.fullmatch(value):
            return _IN_CAPITALS if value == value.upper() else HASHES
        case 66 if value[1] in "xX" and value[0] == "0" and _HEX.fullmatch(value, 2):
            return _WITH_PREFIX
        case 86 | 87 | 88 if _is_mixed(value) and _BASE58.fullmatch(value) and len(base58(value)) == 64:
            return ("solana",)
        case 44 if value[-1] == "=" and _is_mixed(value) and _BASE64.fullmatch(value):
            return ("ton",)
    return NONE


def address_networks(value: str) -> Networks:
    """Return the chains that a value can be an address of; none where its checksum is wrong, or there is no form."""
    first = value[0]
    if first == "0":
        return _after_zero(value)
    if (reader := _BY_FIRST.get(first)) is not None and (networks := reader(value)):
        return networks
    return _solana(value)


def account_networks(value: str) -> Networks:
    """Return the chains on which 0x and 64 digits are an account, where somebody calls it an address."""
    return _ACCOUNTS if len(value) == 66 and hash_networks(value) == _WITH_PREFIX else NONE


def _after_zero(value: str) -> Networks:
    if value[1:2] == ":":
        return ("ton",) if len(value) == 66 and _HEX.fullmatch(value, 2) else NONE
    if len(value) != 42 or value[1] not in "xX" or not _HEX.fullmatch(value, 2):
        return NONE
    digits = value[2:]
    one_case = digits in (digits.lower(), digits.upper())
    return ("evm",) if one_case or is_checksummed(digits) else NONE


def _checked(value: str) -> Networks:
    if not 26 <= len(value) <= 35 or not _BASE58.fullmatch(value):
        return NONE
    payload = base58check(value)
    return _VERSIONS.get((value[0], payload[0]), NONE) if len(payload) == 21 else NONE


def _witness(prefix: str, network: str) -> Callable[[str], Networks]:
    return lambda value: (network,) if is_segwit(value, prefix) else NONE


_BITCOIN, _LITECOIN = _witness("bc", "bitcoin"), _witness("ltc", "litecoin")


def _from_b(value: str) -> Networks:
    if value[:12].lower() == "bitcoincash:":
        return ("bitcoin-cash",) if is_cash_address(value) else NONE
    return _BITCOIN(value) if value[:3].lower() == "bc1" else NONE


def _from_l(value: str) -> Networks:
    return _LITECOIN(value) if value[:4].lower() == "ltc1" else _checked(value)


def _from_a(value: str) -> Networks:
    if value[:5].lower() == "addr1":
        return ("cardano",) if is_bech32_of(value, "addr", _ADA_SIZES) else NONE
    return _byron(value) if value.startswith("Ae2") else NONE


def _from_d(value: str) -> Networks:
    return _byron(value) if value.startswith("DdzFF") else _checked(value)


def _from_r(value: str) -> Networks:
    if not 25 <= len(value) <= 35 or not _BASE58.fullmatch(value):
        return NONE
    payload = base58check(value, RIPPLE)
    return ("xrp",) if len(payload) == 21 and payload[0] == 0 else NONE


def _from_c(value: str) -> Networks:
    return ("cosmos",) if value[:7].lower() == "cosmos1" and is_bech32_of(value, "cosmos", _COSMOS_SIZES) else NONE


def _ton(value: str) -> Networks:
    if not _TON.fullmatch(value):
        return NONE
    data = base64.b64decode(value, altchars=b"-_" if "-" in value or "_" in value else None)
    right = binascii.crc_hqx(data[:34], 0) == int.from_bytes(data[34:], "big")
    return ("ton",) if right and data[0] in (0x11, 0x51) else NONE


def _byron(value: str) -> Networks:
    """Read the CBOR of an address of Cardano's first era: its content as bytes, then their CRC-32."""
    if not 50 <= len(value) <= 130 or not _BASE58.fullmatch(value):
        return NONE
    data = base58(value)
    size = data[4] if data.startswith(_BYRON_HEAD) and len(data) > 5 else 0
    content, rest = data[5 : 5 + size], data[5 + size :]
    if not size or not rest or rest[0] not in (0x18, 0x19, 0x1A):
        return NONE
    told = rest[1:]
    right = len(told) == 1 << rest[0] - 0x18 and zlib.crc32(content) == int.from_bytes(told, "big")
    return ("cardano",) if right else NONE


def _solana(value: str) -> Networks:
    """32 bytes have no checksum: what has no small letter, no capital or no digit is a word of another kind."""
    if not 32 <= len(value) <= 44 or not _is_mixed(value) or not _BASE58.fullmatch(value):
        return NONE
    return ("solana",) if len(base58(value)) == 32 else NONE


def _is_mixed(value: str) -> bool:
    capitals = small = digits = False
    for letter in value:
        if letter.isdigit():
            digits = True
        elif letter.isupper():
            capitals = True
        else:
            small = True
        if capitals and small and digits:
            return True
    return False


_BY_FIRST: dict[str, Callable[[str], Networks]] = {
    "1": _checked, "3": _checked, "M": _checked, "T": _checked, "D": _from_d, "L": _from_l, "l": _from_l,
    "b": _from_b, "B": _from_b, "a": _from_a, "A": _from_a, "r": _from_r, "c": _from_c, "C": _from_c,
    "E": _ton, "U": _ton,
}  # fmt: skip
