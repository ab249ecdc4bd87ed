"""The checksums of bech32 (BIP 173), bech32m (BIP 350) and of Bitcoin Cash's addresses. Pure."""

from __future__ import annotations

_CHARSET = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_VALUES = {letter: value for value, letter in enumerate(_CHARSET)}
_BECH32, _BECH32M = 1, 0x2BC830A3
_CHECK_LENGTH = 6


def _table(generator: tuple[int, ...]) -> tuple[int, ...]:
    """Return what each value of the five topmost bits changes: one look instead of five tests for each letter."""
    table = []
    for top in range(32):
        change = 0
        for place, term in enumerate(generator):
            if top >> place & 1:
                change ^= term
        table.append(change)
    return tuple(table)


_STEPS = _table((0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3))
_CASH_STEPS = _table((0x98F2BC8E61, 0x79B76D99E2, 0xF33E5FB3C4, 0xAE2EABE2A8, 0x1E4F43E470))


def bech32(text: str) -> tuple[str, list[int], bool] | None:
    """Return the human-readable part, the data in groups of five bits, and whether it is bech32m; None if it is none.

    How long it may be is left to the reader: addresses of some chains are longer than BIP 173 allows.
    """
    folded = text.lower()
    if text not in (folded, text.upper()):
        return None
    prefix, _, coded = folded.rpartition("1")
    values = _read(coded)
    if not prefix or values is None or len(values) < _CHECK_LENGTH:
        return None
    check = 1
    for value in (*(ord(letter) >> 5 for letter in prefix), 0, *(ord(letter) & 31 for letter in prefix), *values):
        check = (check & 0x1FFFFFF) << 5 ^ value ^ _STEPS[check >> 25]
    if check not in (_BECH32, _BECH32M):
        return None
    return prefix, values[:-_CHECK_LENGTH], check == _BECH32M


def is_segwit(text: str, prefix: str) -> bool:
    """Whether text is an address of a witness program: version 0 in bech32, later ones in bech32m (BIP 350)."""
    decoded = bech32(text)
    if decoded is None or decoded[0] != prefix or not decoded[1] or len(text) > 90:
        return False
    _, (version, *groups), modified = decoded
    size = _bytes(groups)
    if version > 16 or not 2 <= size <= 40 or modified != (version > 0):
        return False
    return version > 0 or size in (20, 32)


def is_bech32_of(text: str, prefix: str, sizes: range) -> bool:
    """Whether text is bech32 of so many bytes under a prefix."""
    decoded = bech32(text)
    return decoded is not None and decoded[0] == prefix and not decoded[2] and _bytes(decoded[1]) in sizes


def is_cash_address(text: str) -> bool:
    """Whether text is an address of Bitcoin Cash with its prefix: a hash of 20 bytes, or one of the longer ones."""
    folded = text.lower()
    prefix, _, coded = folded.rpartition(":")
    values = _read(coded)
    if text not in (folded, text.upper()) or values is None or len(values) < 42:
        return False
    check = 1
    for value in (*(ord(letter) & 31 for letter in prefix), 0, *values):
        check = (check & 0x07FFFFFFFF) << 5 ^ value ^ _CASH_STEPS[check >> 35]
    return check == 1


def _read(coded: str) -> list[int] | None:
    try:
        return [_VALUES[letter] for letter in coded]
    except KeyError:
        return None


def _bytes(groups: list[int]) -> int:
    """Return how many whole bytes groups of five bits hold; -1 where what is left over is no padding."""
    left = len(groups) * 5 % 8
    if left >= 5 or (left and groups[-1] & ((1 << left) - 1)):
        return -1
    return len(groups) * 5 // 8
