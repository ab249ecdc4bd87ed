"""Signs mails for tests by DKIM and ARC: written apart from what checks them, for lines that are not folded."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Sequence
from functools import cache

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256

Private = rsa.RSAPrivateKey | Ed25519PrivateKey


@cache
def rsa_key(bits: int = 2048) -> rsa.RSAPrivateKey:
    """Return a key, the same for the whole run."""
    return rsa.generate_private_key(65537, bits)


@cache
def ed_key() -> Ed25519PrivateKey:
    """Return a key, always the same."""
    return Ed25519PrivateKey.from_private_bytes(hashlib.sha256(b"gatehouse").digest())


def record(key: Private, *tags: str) -> str:
    """Return what a domain publishes for a key."""
    public = key.public_key()
    if isinstance(key, Ed25519PrivateKey):
        raw = public.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
        kind = "ed25519"
    else:
        raw = public.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
        kind = "rsa"
    return "; ".join(["v=DKIM1", f"k={kind}", *tags, f"p={base64.b64encode(raw).decode()}"])


def mail(*headers: str, body: str = "Hello\r\n") -> bytes:
    """Return a mail of these header lines."""
    return ("\r\n".join(headers) + "\r\n\r\n" + body).encode()


def signed(
    raw: bytes, domain: str, key: Private, *, selector: str = "s1", names: Sequence[str] = ("from", "subject"),
    extra: str = "", length: int | None = None,
) -> bytes:  # fmt: skip
    """Return a mail with one more signature on top, in relaxed form."""
    body = _body(raw)
    covered = body if length is None else body[:length]
    tags = f"v=1; a={_algorithm(key)}; c=relaxed/relaxed; d={domain}; s={selector};"
    tags += f" h={':'.join(names)};{extra}{'' if length is None else f' l={length};'} bh={_base64(_hash(covered))}; b="
    data = b"".join(_line(raw, name) for name in names) + _relaxed("DKIM-Signature", tags)
    return f"DKIM-Signature: {tags}{_sign(key, data)}\r\n".encode() + raw


def sealed(raw: bytes, domain: str, key: Private, results: str, *, names: Sequence[str] = ("from", "subject")) -> bytes:
    """Return a mail with one more seal on top; `results` is what the relay says it found."""
    number = raw.lower().count(b"arc-seal:") + 1
    told = f"i={number}; {domain}; {results}"
    tags = f"i={number}; a={_algorithm(key)}; c=relaxed/relaxed; d={domain}; s=s1; h={':'.join(names)};"
    tags += f" bh={_base64(_hash(_body(raw)))}; b="
    data = b"".join(_line(raw, name) for name in names) + _relaxed("ARC-Message-Signature", tags)
    over = tags + _sign(key, data)
    cv = "none" if number == 1 else "pass"
    seal = f"i={number}; a={_algorithm(key)}; cv={cv}; d={domain}; s=s1; b="
    before = b"".join(_set(raw, each) for each in range(1, number))
    own = (("ARC-Authentication-Results", told), ("ARC-Message-Signature", over))
    data = before + b"".join(_relaxed(*each) + b"\r\n" for each in own) + _relaxed("ARC-Seal", seal)
    lines = (f"ARC-Seal: {seal}{_sign(key, data)}", *(f"{name}: {value}" for name, value in own))
    return ("\r\n".join(lines) + "\r\n").encode() + raw


def _set(raw: bytes, number: int) -> bytes:
    names = ("ARC-Authentication-Results", "ARC-Message-Signature", "ARC-Seal")
    found = (re.search(rf"(?mi)^{name}: (i={number};.*?)\r?$".encode(), raw) for name in names)
    return b"".join(_relaxed(name, each[1].decode()) + b"\r\n" for name, each in zip(names, found, strict=True) if each)


def _line(raw: bytes, name: str) -> bytes:
    found = re.findall(rf"(?mi)^{name}:(.*?)\r?$".encode(), raw.partition(b"\r\n\r\n")[0])
    return _relaxed(name, found[-1].decode()) + b"\r\n" if found else b""


def _relaxed(name: str, value: str) -> bytes:
    return f"{name.lower()}:{' '.join(value.split())}".encode()


def _body(raw: bytes) -> bytes:
    text = raw.partition(b"\r\n\r\n")[2].decode()
    lines = [re.sub(r"[ \t]+", " ", line).rstrip(" ") for line in text.split("\r\n")]
    while lines and not lines[-1]:
        lines.pop()
    return "".join(f"{line}\r\n" for line in lines).encode()


def _hash(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def _algorithm(key: Private) -> str:
    return "ed25519-sha256" if isinstance(key, Ed25519PrivateKey) else "rsa-sha256"


def _sign(key: Private, data: bytes) -> str:
    if isinstance(key, Ed25519PrivateKey):
        return _base64(key.sign(_hash(data)))
    return _base64(key.sign(data, padding.PKCS1v15(), SHA256()))


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()
