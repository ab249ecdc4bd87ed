"""One signature over a mail, of DKIM or of ARC: its tags, its public key, and whether it holds.

RFC 6376 with what RFC 8301 forbids and RFC 8463 adds: RSA keys from 1024 bits, SHA-256 alone, Ed25519.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Mapping, Sequence
from enum import StrEnum

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key

from gateway.enrich.mail.lookup import Answer, Dns

MIN_BITS = 1024
MAX_BITS = 4096
MAX_EXPONENT_BITS = 33
MAX_KEY = 2_000
"""So many characters of a key are decoded: more than the largest key needs, and too few to cost time."""
MAX_TAGS = 50
_TAG = re.compile(rb"[A-Za-z][A-Za-z0-9_]*")
_SPACES = re.compile(rb"[ \t\r\n]+")
_SELECTOR = re.compile(rb"[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,251}[A-Za-z0-9_])?")
ALGORITHMS = frozenset({b"rsa-sha256", b"ed25519-sha256"})

Tags = Mapping[bytes, bytes]
Key = RSAPublicKey | Ed25519PublicKey


class Found(StrEnum):
    """What came of one signature (RFC 8601, section 2.7.1)."""

    PASS = "pass"  # noqa: S105 - a result, not a password
    FAIL = "fail"
    POLICY = "policy"
    """It holds, but not as we ask of a signature."""
    NEUTRAL = "neutral"
    """It cannot be read."""
    TEMPERROR = "temperror"
    PERMERROR = "permerror"


class RefusedError(Exception):
    """A signature that is not taken, and why, in words without anything of the mail."""

    def __init__(self, found: Found, reason: str) -> None:
        super().__init__(reason)
        self.found = found
        self.reason = reason


def read_tags(value: bytes) -> Tags:
    """Read a list of `name=value` (RFC 6376, section 3.2). Raises `RefusedError`."""
    tags: dict[bytes, bytes] = {}
    parts = value.split(b";")
    if not parts[-1].strip(b" \t\r\n"):
        parts.pop()
    if len(parts) > MAX_TAGS:
        raise RefusedError(Found.NEUTRAL, "it has too many tags")
    for part in parts:
        name, sign, text = part.partition(b"=")
        name = name.strip(b" \t\r\n")
        if not sign or _TAG.fullmatch(name) is None or name in tags:
            raise RefusedError(Found.NEUTRAL, "its tags cannot be read")
        tags[name] = text.strip(b" \t\r\n")
    return tags


def decoded(text: bytes) -> bytes:
    """Decode base64, folded or not. Raises `RefusedError`."""
    try:
        return base64.b64decode(_SPACES.sub(b"", text), validate=True)
    except (binascii.Error, ValueError):
        raise RefusedError(Found.NEUTRAL, "it holds what is no base64") from None


def names_in(text: bytes) -> tuple[bytes, ...]:
    """Return the names of an `h=` tag, in lower case."""
    return tuple(name.strip(b" \t\r\n").lower() for name in text.split(b":"))


def domain_of(tags: Tags) -> str:
    """Return the domain that a signature speaks for, in lower case; empty for none."""
    return tags.get(b"d", b"").decode("latin-1").lower().removesuffix(".")


async def fetch_key(dns: Dns, tags: Tags) -> Key:
    """Fetch the key that a signature names. Raises `RefusedError`, and `UnansweredError` where the DNS is silent."""
    selector, domain = tags.get(b"s", b""), tags.get(b"d", b"")
    if _SELECTOR.fullmatch(selector) is None or _SELECTOR.fullmatch(domain) is None:
        raise RefusedError(Found.NEUTRAL, "it names no key")
    name = f"{selector.decode()}._domainkey.{domain.decode()}".lower()
    return _key(await dns.ask(name, "TXT"), tags)


def _key(answer: Answer, tags: Tags) -> Key:
    texts = [text.encode("latin-1") for text in answer.values]
    if not texts:
        raise RefusedError(Found.PERMERROR, "its domain publishes no such key")
    refusal = RefusedError(Found.PERMERROR, "its key cannot be read")
    for text in texts[:3]:
        try:
            return _usable(read_tags(text), tags)
        except RefusedError as error:
            found = Found.POLICY if error.found is Found.POLICY else Found.PERMERROR
            refusal = RefusedError(found, error.reason)
    raise refusal


def _usable(record: Tags, tags: Tags) -> Key:
    algorithm = tags.get(b"a", b"").lower()
    kind = record.get(b"k", b"rsa").lower()
    hashes, services = names_in(record.get(b"h", b"sha256")), names_in(record.get(b"s", b"*"))
    if b"v" in record and (record[b"v"] != b"DKIM1" or next(iter(record)) != b"v"):
        raise RefusedError(Found.PERMERROR, "its key is of another version")
    if not record.get(b"p"):
        raise RefusedError(Found.PERMERROR, "its key was withdrawn")
    if algorithm not in ALGORITHMS or algorithm.partition(b"-")[0] != kind or b"sha256" not in hashes:
        raise RefusedError(Found.PERMERROR, "its key is for another algorithm")
    if not {b"*", b"email"} & set(services):
        raise RefusedError(Found.PERMERROR, "its key is not for mail")
    if b"s" in names_in(record.get(b"t", b"")) and not _speaks_for_itself(tags):
        raise RefusedError(Found.PERMERROR, "its key is not for subdomains")
    return _loaded(kind, record[b"p"])


def _speaks_for_itself(tags: Tags) -> bool:
    identity = tags.get(b"i", b"")
    return b"@" not in identity or identity.rpartition(b"@")[2].lower() == tags.get(b"d", b"").lower()


def _loaded(kind: bytes, text: bytes) -> Key:
    if len(text) > MAX_KEY:
        raise RefusedError(Found.POLICY, "its key is too large")
    data = decoded(text)
    try:
        if kind == b"ed25519":
            return Ed25519PublicKey.from_public_bytes(data)
        key = load_der_public_key(data)
    except (ValueError, UnsupportedAlgorithm):
        raise RefusedError(Found.PERMERROR, "its key cannot be read") from None
    if not isinstance(key, RSAPublicKey):
        raise RefusedError(Found.PERMERROR, "its key is of another kind")
    if not MIN_BITS <= key.key_size <= MAX_BITS or key.public_numbers().e.bit_length() > MAX_EXPONENT_BITS:
        raise RefusedError(Found.POLICY, f"its key has {key.key_size} bits, and is not used")
    return key


def holds(key: Key, signature: bytes, signed: Sequence[bytes]) -> bool:
    """Whether a signature is that of a key over these bytes."""
    data = b"".join(signed)
    try:
        if isinstance(key, Ed25519PublicKey):
            key.verify(signature, hashlib.sha256(data).digest())
        else:
            key.verify(signature, data, padding.PKCS1v15(), SHA256())
    except InvalidSignature:
        return False
    return True
