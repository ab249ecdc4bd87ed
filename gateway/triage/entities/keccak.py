"""Keccak-256 as Ethereum uses it, which no library that is here has, and the checksum of addresses by it. Pure.

The whole state is one number of 1,600 bits, lane by lane as in the standard, so that a step on all lanes is one step.
"""

from __future__ import annotations

import struct
from functools import lru_cache

_RATE = 136
_LANE = (1 << 64) - 1
_PLANE = (1 << 320) - 1
_ALL = (1 << 1600) - 1
_LOWEST = sum(1 << 64 * lane for lane in range(5))
"""The lowest bit of each lane of a plane."""
_FIRST, _FIRST_TWO = (sum(mask << 320 * plane for plane in range(5)) for mask in (_LANE, (1 << 128) - 1))
"""The first lane of each plane, and the first two."""
_LANES = struct.Struct("<25Q")


def _moves() -> tuple[tuple[int, int], ...]:
    """Return for each lane which lane comes there, and by how many bits it is turned (rho and pi)."""
    moves = [(0, 0)] * 25
    x, y, turned = 1, 0, 0
    for step in range(24):
        turned = (turned + step + 1) % 64
        moves[y + 5 * ((2 * x + 3 * y) % 5)] = (x + 5 * y, turned)
        x, y = y, (2 * x + 3 * y) % 5
    return tuple(moves)


def _constants() -> tuple[int, ...]:
    """Return the constants of the rounds, drawn from the register that the standard names."""
    constants = []
    register = 1
    for _ in range(24):
        constant = 0
        for place in range(7):
            if register & 1:
                constant ^= 1 << (1 << place) - 1
            register = register << 1 ^ (0x171 if register & 0x80 else 0)
        constants.append(constant)
    return tuple(constants)


_MOVES, _CONSTANTS = _moves(), _constants()


def _permuted(state: int) -> int:
    for constant in _CONSTANTS:
        parity = (state ^ state >> 320 ^ state >> 640 ^ state >> 960 ^ state >> 1280) & _PLANE
        after = (parity >> 64 | parity << 256) & _PLANE
        mixed = (parity << 64 | parity >> 256) & _PLANE
        mixed ^= (after << 1 & ~_LOWEST & _PLANE) | (after >> 63 & _LOWEST)
        twice = mixed | mixed << 320
        state ^= twice | twice << 640 | mixed << 1280
        lanes = _LANES.unpack(state.to_bytes(200, "little"))
        turned = [(lanes[lane] << bits | lanes[lane] >> 64 - bits) & _LANE for lane, bits in _MOVES]
        state = int.from_bytes(_LANES.pack(*turned), "little")
        one = (state >> 64 & ~(_FIRST << 256)) | (state & _FIRST) << 256
        two = (state >> 128 & ~(_FIRST_TWO << 192)) | (state & _FIRST_TWO) << 192
        state ^= (one ^ _ALL) & two ^ constant
    return state


def keccak_256(data: bytes) -> bytes:
    """Return the hash; its padding is Keccak's own, not that of SHA-3."""
    padded = bytearray(data) + bytes(_RATE - len(data) % _RATE)
    padded[len(data)] ^= 0x01
    padded[-1] ^= 0x80
    state = 0
    for start in range(0, len(padded), _RATE):
        state = _permuted(state ^ int.from_bytes(padded[start : start + _RATE], "little"))
    return (state & (1 << 256) - 1).to_bytes(32, "little")


@lru_cache(maxsize=1024)
def is_checksummed(digits: str) -> bool:
    """Whether the capitals among 40 hexadecimal digits are those that EIP-55 asks for."""
    folded = digits.lower()
    nibbles = keccak_256(folded.encode()).hex()
    return digits == "".join(
        letter.upper() if nibble > "7" else letter for letter, nibble in zip(folded, nibbles, strict=False)
    )
