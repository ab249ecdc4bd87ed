"""The file of sealing keys: its lines read, and changed in whole files only.

A line is `key_id base64key`; the last seals, every one opens. References in answers are signed with a secret derived
from the first key, or kept in a line `signing: base64` once there is a second one: so the first may be removed.
"""

from __future__ import annotations

import base64
import binascii
import fcntl
import os
import re
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from gateway.errors import ConfigError, TransientError

KEY_BYTES = 32
KEY_ID = re.compile(r"[A-Za-z0-9_-]{1,32}\Z")
_SIGNING = "signing:"
"""No key has this id: a colon stands in none."""
_SIGNING_INFO = b"gatehouse signing"


def new_key_line() -> str:
    """Return a new line for a key file, with a random id and key."""
    return f"k{secrets.token_hex(4)} {base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()}"


def read_text(path: Path) -> str:
    """Return a key file's text. Raises `ConfigError`, which never holds any of it."""
    try:
        return path.read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"the key file {path} cannot be read: {type(error).__name__}") from None


def parse_keys(text: str, place: str) -> dict[str, bytes]:
    """Return the keys by id, in the order of their lines; `place` names the text in errors."""
    lines = _lines(text)
    pairs = [_parse(line, place) for line in lines if not line.startswith(_SIGNING)]
    if not pairs:
        raise ConfigError(f"{place} holds no key")
    if len(dict(pairs)) != len(pairs):
        raise ConfigError(f"{place} names one key id twice")
    if len(lines) - len(pairs) > 1:
        raise ConfigError(f"{place} has more than one line `{_SIGNING}`")
    return dict(pairs)


def signing_secret(text: str) -> bytes:
    """Return the secret that signs references: the one kept in the text, else derived from its first key (RFC 5869).

    A new sealing key leaves it as it is, and so does the removal of the first through `KeyFile`.
    """
    for line in _lines(text):
        if line.startswith(_SIGNING):
            secret = _decode(line, "the signing line")[1]
            if len(secret) != KEY_BYTES:
                raise ConfigError("the signing line of the sealing key does not hold 32 bytes")
            return secret
    first = next(iter(parse_keys(text, "the sealing key").values()))
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=_SIGNING_INFO).derive(first)


class KeyFile:
    """The key file of a desk, for the commands that change it; each change is there wholly or not at all."""

    def __init__(self, path: Path) -> None:
        # Where a link leads: the link itself is the operator's and stays.
        self._path = path.resolve()

    def ids(self) -> list[str]:
        """Return the ids of the keys in their order; the last seals."""
        return list(parse_keys(read_text(self._path), self._place))

    def add(self, *, standby: bool = False) -> str:
        """Add a new key and return its id; on standby it opens only, until it is put to `use`."""
        line = new_key_line()

        def insert(lines: list[str]) -> list[str]:
            at = _last(lines) if standby else len(lines)
            return [*lines[:at], line, *lines[at:]]

        self._change(insert)
        return line.split()[0]

    def use(self, key_id: str) -> None:
        """Let a key seal from now on."""
        self._change(lambda lines: [*self._without(lines, key_id), *(line for line in lines if _names(line, key_id))])

    def remove(self, key_id: str) -> None:
        """Take a key out. Raises `ConfigError` for the one that seals, whatever else is there."""

        def cut(lines: list[str]) -> list[str]:
            left = self._without(lines, key_id)
            if _names(lines[_last(lines)], key_id):
                raise ConfigError(f"{key_id} is the key that seals; add another first")
            return left

        self._change(cut)

    @property
    def _place(self) -> str:
        return f"the key file {self._path}"

    def _without(self, lines: list[str], key_id: str) -> list[str]:
        left = [line for line in lines if not _names(line, key_id)]
        if len(left) == len(lines):
            raise ConfigError(f"{self._place} holds no key {key_id}")
        return left

    def _change(self, edit: Callable[[list[str]], list[str]]) -> None:
        try:
            with _turn(self._path.parent):
                text = read_text(self._path)
                parse_keys(text, self._place)
                lines = text.splitlines()
                if not any(line.startswith(_SIGNING) for line in lines):
                    # Kept from now on, so that no later change of the lines, by hand either, changes it.
                    lines.insert(0, f"{_SIGNING} {base64.b64encode(signing_secret(text)).decode()}")
                changed = "\n".join(edit(lines)) + "\n"
                parse_keys(changed, self._place)
                _replace(self._path, changed)
        except OSError as error:
            raise TransientError(f"{self._place} cannot be changed: {error.strerror}") from error


def _lines(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.strip() and not line.startswith("#")]


def _parse(line: str, place: str) -> tuple[str, bytes]:
    key_id, key = _decode(line, place)
    if not KEY_ID.match(key_id) or len(key) != KEY_BYTES:
        raise ConfigError("a sealing key needs an id of 1 to 32 letters, digits, - or _, and 32 bytes")
    return key_id, key


def _decode(line: str, place: str) -> tuple[str, bytes]:
    parts = line.split()
    if len(parts) != 2:
        raise ConfigError(f"a line of {place} is not `key_id base64key`")
    try:
        return parts[0], base64.b64decode(parts[1], validate=True)
    except binascii.Error:
        raise ConfigError(f"the key {parts[0]} in {place} is not base64") from None


def _names(line: str, key_id: str) -> bool:
    return line.split()[:1] == [key_id]


def _last(lines: list[str]) -> int:
    keys = [index for index, line in enumerate(lines) if line.strip() and not line.startswith(("#", _SIGNING))]
    return keys[-1]


@contextmanager
def _turn(folder: Path) -> Iterator[None]:
    """Let one change the file at a time; the folder is locked, since the file itself is exchanged."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
        os.fsync(handle)
    finally:
        os.close(handle)


def _replace(path: Path, text: str) -> None:
    """Exchange the file for one of the same owner, for its owner alone; a group that could read it still can."""
    before = path.stat()
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
            if (before.st_uid, before.st_gid) != (os.geteuid(), os.getegid()):
                os.fchown(file.fileno(), before.st_uid, before.st_gid)
            os.fchmod(file.fileno(), 0o600 | before.st_mode & 0o040)
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
