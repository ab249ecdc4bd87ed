"""Computes the checksums by which secrets are told from chance: seed phrases, shares, base58 keys, cards."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import lru_cache

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

PHRASE_SIZES = (24, 21, 18, 15, 12)
SHARE_SIZES = (33, 20)
BITCOIN = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
RIPPLE = "rpshnaf39wBUDNEGHJKLM4PQRST7VWXYZ2bcdeCg65jkm8oFqi1tuvAxyz"
_BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_RS1024 = (
    0xE0E040, 0x1C1C080, 0x3838100, 0x7070200, 0xE0E0009, 0x1C0C2412, 0x38086C24, 0x3090FC48, 0x21B1F890, 0x3F3F120,
)  # fmt: skip
"""The generator of SLIP-39, "Checksum"."""


def is_phrase(indices: Sequence[int]) -> bool:
    """Whether the places of words in a BIP-39 list make a phrase: whether its last bits are the hash of the others."""
    if len(indices) not in PHRASE_SIZES:
        return False
    value = 0
    for index in indices:
        value = value << 11 | index
    check_bits = len(indices) // 3
    entropy = (value >> check_bits).to_bytes(check_bits * 4, "big")
    expected = hashlib.sha256(entropy).digest()[0] >> (8 - check_bits)
    return value & ((1 << check_bits) - 1) == expected


def is_share(indices: Sequence[int]) -> bool:
    """Whether the places of words in the list of SLIP-39 make a share."""
    if len(indices) not in SHARE_SIZES:
        return False
    extendable = indices[1] >> 4 & 1
    customization = b"shamir_extendable" if extendable else b"shamir"
    return _rs1024((*customization, *indices)) == 1


def _rs1024(values: Sequence[int]) -> int:
    check = 1
    for value in values:
        top = check >> 20
        check = (check & 0xFFFFF) << 10 ^ value
        for place in range(10):
            check ^= _RS1024[place] if top >> place & 1 else 0
    return check


@lru_cache(maxsize=4)
def _digits(alphabet: str) -> dict[str, int]:
    return {letter: value for value, letter in enumerate(alphabet)}


def base58(text: str, alphabet: str = BITCOIN) -> bytes:
    """Return the bytes that base58 text stands for; empty if it is none."""
    digits = _digits(alphabet)
    value = 0
    for letter in text:
        digit = digits.get(letter)
        if digit is None:
            return b""
        value = value * 58 + digit
    zeros = len(text) - len(text.lstrip(alphabet[0]))
    return bytes(zeros) + value.to_bytes((value.bit_length() + 7) // 8, "big")


def base58check(text: str, alphabet: str = BITCOIN) -> bytes:
    """Return what base58 text with a checksum carries; empty if the checksum is wrong."""
    data = base58(text, alphabet)
    payload, check = data[:-4], data[-4:]
    if not payload or hashlib.sha256(hashlib.sha256(payload).digest()).digest()[:4] != check:
        return b""
    return payload


def is_stellar_seed(text: str) -> bool:
    """Whether text is a secret seed of Stellar: base32 with CRC-16/XMODEM (SEP-23)."""
    bits = 0
    for letter in text:
        digit = _BASE32.find(letter)
        if digit < 0:
            return False
        bits = bits << 5 | digit
    data = bits.to_bytes((len(text) * 5 + 7) // 8, "big")[-35:]
    return len(text) == 56 and data[0] == 18 << 3 and _crc16(data[:-2]) == int.from_bytes(data[-2:], "little")


def _crc16(data: bytes) -> int:
    check = 0
    for byte in data:
        check ^= byte << 8
        for _ in range(8):
            check = (check << 1 ^ 0x1021 if check & 0x8000 else check << 1) & 0xFFFF
    return check


def is_key_pair(data: bytes) -> bool:
    """Whether 64 bytes are an Ed25519 key with its public half, as Solana writes them; a signature is not."""
    if len(data) != 64:
        return False
    return Ed25519PrivateKey.from_private_bytes(data[:32]).public_key().public_bytes_raw() == data[32:]


def luhn(digits: str) -> bool:
    """Whether the last digit is the check digit that ISO/IEC 7812 asks of card numbers."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + place % 2)
        total += value - 9 * (value > 9)
    return total % 10 == 0
