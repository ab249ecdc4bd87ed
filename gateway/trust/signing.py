"""Signs the directory and its lists with Ed25519, and refuses one whose signature is missing or wrong."""

from __future__ import annotations

import hashlib
import json
import tomllib
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from collections.abc import Sequence
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from pydantic import ValidationError

from gateway.trust.directory import signature_path
from gateway.trust.problems import DirectoryError, Problem, problems_of
from gateway.trust.scamlist import ListInfo, survey
from gateway.trust.schema import DirectoryFile

ALGORITHM = "ed25519"
_CONTEXT = b"gatehouse directory, first form\n"
"""Stands before what is signed, so that a signature made for something else never fits."""
_MAX_SIGNATURE_BYTES = 1_000
_KEY_BYTES = 32


def new_key() -> tuple[bytes, str]:
    """Return (private key as PEM, public key as the configuration writes it)."""
    key = Ed25519PrivateKey.generate()
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return pem, _public_text(key.public_key())


def sign(path: Path, pem: bytes) -> str:
    """Return the text of the signature file; raises `DirectoryError` when directory, lists or key cannot be read."""
    try:
        key = serialization.load_pem_private_key(pem, password=None)
    except (ValueError, TypeError):
        key = None
    if not isinstance(key, Ed25519PrivateKey):
        raise DirectoryError((Problem("the key", "is no Ed25519 key; make one with `gatehouse directory keygen`"),))
    content = _read(path)
    signature = key.sign(_signed(content, _surveyed(path, content)))
    return f"{_public_text(key.public_key())} {b64encode(signature).decode()}\n"


def verify_signature(path: Path, public_key: str) -> None:
    """Check the signature of a directory and its lists; raises `DirectoryError` when it is missing or wrong."""
    content = _read(path)
    check_signature(path, content, _surveyed(path, content), public_key)


def check_signature(path: Path, content: bytes, lists: Sequence[ListInfo], public_key: str) -> None:
    """Check the signature over what was read already; raises `DirectoryError` when it is missing or wrong."""
    key = _public_key(public_key)
    place = signature_path(path)
    try:
        with place.open("rb") as file:
            words = file.read(_MAX_SIGNATURE_BYTES).decode("ascii").split()
    except FileNotFoundError:
        raise _refused(
            place, "is not there, and the directory must be signed; see `gatehouse directory sign`"
        ) from None
    except OSError as error:
        raise _refused(place, f"cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        words = []
    if len(words) != 2 or not words[0].startswith(f"{ALGORITHM}:"):
        raise _refused(place, "is no signature; make it anew with `gatehouse directory sign`")
    if words[0] != _public_text(key):
        raise _refused(place, "was made with another key than the configuration names")
    try:
        key.verify(b64decode(words[1], validate=True), _signed(content, lists))
    except (InvalidSignature, Base64Error, ValueError):
        changed = "does not fit: the directory or one of its lists was changed after it was signed"
        raise _refused(place, f"{changed}; look at what changed, then sign it anew") from None


def _signed(content: bytes, lists: Sequence[ListInfo]) -> bytes:
    """Return what is signed: the digests of the file and of every list."""
    told = {"file": hashlib.sha256(content).hexdigest(), "lists": {info.file: info.digest for info in lists}}
    return _CONTEXT + json.dumps(told, sort_keys=True).encode()


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise _refused(path, f"cannot be read: {error.strerror}") from None


def _surveyed(path: Path, content: bytes) -> tuple[ListInfo, ...]:
    """Return the lists that a directory names; a file of lines names none."""
    if path.suffix == ".jsonl":
        return ()
    try:
        document = tomllib.loads(content.decode())
        file = DirectoryFile.model_validate({"scam_lists": document.get("scam_lists", ())})
    except ValidationError as error:
        raise DirectoryError(problems_of(error)) from None
    except (ValueError, RecursionError):
        raise _refused(path, "is no TOML; see `gatehouse directory check`") from None
    return survey(file.scam_lists, path.parent)


def _public_text(key: Ed25519PublicKey) -> str:
    return f"{ALGORITHM}:{b64encode(key.public_bytes_raw()).decode()}"


def _public_key(text: str) -> Ed25519PublicKey:
    algorithm, _, value = text.partition(":")
    try:
        raw = b64decode(value, validate=True)
    except (Base64Error, ValueError):
        raw = b""
    if algorithm != ALGORITHM or len(raw) != _KEY_BYTES:
        told = f'is no key; write it as `gatehouse directory keygen` told it, "{ALGORITHM}:..."'
        raise DirectoryError((Problem("public_key", told),))
    return Ed25519PublicKey.from_public_bytes(raw)


def _refused(path: Path, message: str) -> DirectoryError:
    return DirectoryError((Problem(path.name, message),))
