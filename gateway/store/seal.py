"""Sealing of kept bytes with AES-256-GCM, under keys that the operator holds in a file.

A sealed value is: ``GHS1``, one byte for the length of the key's id, the id, a nonce of 12 bytes, the ciphertext with
its tag. The header and what the value belongs to are authenticated too, so that no value passes for another.
"""

from __future__ import annotations

import base64
import binascii
import os
import re
import secrets
from collections.abc import Mapping
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from gateway.errors import ConfigError, RejectedError

_MAGIC = b"GHS1"
_NONCE = 12
_KEY_BYTES = 32
_KEY_ID = re.compile(r"[A-Za-z0-9_-]{1,32}\Z")


class DamagedError(RejectedError):
    """Kept bytes are missing, changed or cut off."""

    action = "restore the item from a backup; without one it is lost"


class Sealer:
    """Seals with the current key and opens with whichever key a value names."""

    def __init__(self, keys: Mapping[str, bytes], current: str) -> None:
        for key_id, key in keys.items():
            if not _KEY_ID.match(key_id) or len(key) != _KEY_BYTES:
                raise ConfigError("a sealing key needs an id of 1 to 32 letters, digits, - or _, and 32 bytes")
        if current not in keys:
            raise ConfigError(f"the sealing key {current} is not among the keys")
        self._ciphers = {key_id: AESGCM(key) for key_id, key in keys.items()}
        self._current = current

    @classmethod
    def from_file(cls, path: Path) -> Sealer:
        """Read a key file; see `from_text`."""
        try:
            return cls.from_text(path.read_text(encoding="ascii"), f"the key file {path}")
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigError(f"the key file {path} cannot be read: {type(error).__name__}") from None

    @classmethod
    def from_text(cls, text: str, place: str = "the sealing key") -> Sealer:
        """Read lines of `key_id base64key`; the last line seals, every line opens. `place` names it in errors."""
        pairs = [_parse(line, place) for line in text.splitlines() if line.strip() and not line.startswith("#")]
        if not pairs:
            raise ConfigError(f"{place} holds no key")
        keys = dict(pairs)
        if len(keys) != len(pairs):
            raise ConfigError(f"{place} names one key id twice")
        return cls(keys, current=pairs[-1][0])

    def seal(self, plain: bytes, belongs_to: bytes) -> bytes:
        """Return the sealed value; the same `belongs_to` is needed to open it."""
        header = _MAGIC + bytes([len(self._current)]) + self._current.encode()
        nonce = os.urandom(_NONCE)
        return header + nonce + self._ciphers[self._current].encrypt(nonce, plain, header + belongs_to)

    def open(self, sealed: bytes, belongs_to: bytes) -> bytes:
        """Return the plain bytes. Raises `DamagedError`, or `ConfigError` when the key is not among ours."""
        head = len(_MAGIC) + 1
        if sealed[: len(_MAGIC)] != _MAGIC or len(sealed) <= head:
            raise DamagedError("a kept item is not in a sealed form that this release knows")
        start = head + sealed[head - 1]
        header, nonce, rest = sealed[:start], sealed[start : start + _NONCE], sealed[start + _NONCE :]
        cipher = self._ciphers.get(header[head:].decode("ascii", "replace"))
        if cipher is None:
            raise ConfigError(f"a kept item is sealed with key {header[head:]!r}, which the key file does not hold")
        try:
            return cipher.decrypt(nonce, rest, header + belongs_to)
        except (InvalidTag, ValueError):
            raise DamagedError("a kept item does not fit its seal: it was changed, cut off or put elsewhere") from None


def new_key_line() -> str:
    """Return a new line for a key file, with a random id and key."""
    return f"k{secrets.token_hex(4)} {base64.b64encode(secrets.token_bytes(_KEY_BYTES)).decode()}"


def _parse(line: str, place: str) -> tuple[str, bytes]:
    parts = line.split()
    if len(parts) != 2:
        raise ConfigError(f"a line of {place} is not `key_id base64key`")
    try:
        return parts[0], base64.b64decode(parts[1], validate=True)
    except binascii.Error:
        raise ConfigError(f"the key {parts[0]} in {place} is not base64") from None
