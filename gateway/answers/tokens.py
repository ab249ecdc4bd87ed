"""Case numbers and signed references: made here, read here, believed only when the signature holds.

Pure; the secret is given. A number cited in a text proves nothing; a token in a Message-ID does, and so does a tag in
an address.
"""

from __future__ import annotations

import hmac
import re
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256

CASE_ID = re.compile(r"GH-[0-9A-HJKMNP-TV-Z]{5}-[0-9A-HJKMNP-TV-Z]{5}")
"""A case number as we write it: Crockford's base 32, 50 bits."""

MAX_CITED = 20
"""Case numbers read from one text; more than a person would cite."""

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_PAIRS = tuple(one + two for one in _ALPHABET for two in _ALPHABET)
_BASE32 = "abcdefghijklmnopqrstuvwxyz234567"
_BASE32_PAIRS = tuple(one + two for one in _BASE32 for two in _BASE32)
_PAIR_BITS = 10
_TIME_BITS = 20
"""Of the 50 bits of a case number: seconds, begun anew every twelve days."""
_DRAWN_BITS = 30
_AS_WRITTEN = str.maketrans("OIL", "011")
_FULL_WIDTH = {0xFF01 + offset: 0x21 + offset for offset in range(94)}
"""What Chinese keyboards write for ASCII."""
_HYPHEN = "[-‐‑‒–—−]"
_CITED = re.compile(
    rf"(?<![0-9A-Za-z])GH{_HYPHEN}([0-9A-TV-Z]{{5}}){_HYPHEN}([0-9A-TV-Z]{{5}})(?![0-9A-Za-z])",
    re.IGNORECASE | re.ASCII,
)
# To translate a long text costs more than to see that it cites nothing.
_MAY_CITE = re.compile(rf"[Gg\uff27\uff47][Hh\uff28\uff48](?:{_HYPHEN}|\uff0d)")
_NONCE_BYTES, _NONCE_CHARS = 10, 16
_MAC_BYTES = 16
_TOKEN = re.compile(
    rf"gh\.(gh-[0-9a-hjkmnp-tv-z]{{5}}-[0-9a-hjkmnp-tv-z]{{5}})\.([a-z2-7]{{{_NONCE_CHARS}}})\.([a-z2-7]{{26}})"
)
_MAX_REF = 400
_TAG_BYTES, _TAG_MAC_CHARS = 13, 20
TAG_CHARS = 2 + 10 + _TAG_MAC_CHARS
"""The length of a tag, which must fit with our name into the 64 of a local part (RFC 5321, section 4.5.3.1.1)."""
_TAG = re.compile(rf"gh([0-9a-hjkmnp-tv-z]{{5}})([0-9a-hjkmnp-tv-z]{{5}})([a-z2-7]{{{_TAG_MAC_CHARS}}})")


def new_case_id(secret: bytes, message_id: str, salt: int, sent_at: datetime | None = None) -> str:
    """Return the case number for a message; another salt gives another candidate when a number is taken.

    What was sent at the same time gets numbers that begin alike, so that what a batch writes lies side by side in every
    index of case numbers. It must be the sender's time: copies of one message get one number wherever they come in.
    """
    bits = int.from_bytes(digest(secret, "case", message_id, str(salt))[:8], "big") >> 14
    if sent_at is not None:
        second = int(sent_at.timestamp()) % (1 << _TIME_BITS)
        bits = second << _DRAWN_BITS | bits % (1 << _DRAWN_BITS)
    chars = _spelled(bits, 50, _PAIRS)
    return f"GH-{chars[:5]}-{chars[5:]}"


def cited_case_ids(text: str) -> tuple[str, ...]:
    """Return the case numbers that a text cites, each once, in order; reads what people make of them in typing."""
    if _MAY_CITE.search(text) is None:
        return ()
    found = (_canonical(*match.groups()) for match in _CITED.finditer(text.translate(_FULL_WIDTH)))
    return tuple(dict.fromkeys(found))[:MAX_CITED]


def sign_token(secret: bytes, case_id: str, nonce: str) -> str:
    """Return a signed reference to a case, at most 64 characters; equal for an equal nonce.

    It is the local part of a Message-ID (RFC 5322, section 3.6.4) and survives a change of case on the way.
    """
    if CASE_ID.fullmatch(case_id) is None:
        raise ValueError("a token signs a case number as we write it")
    drawn = _base32(digest(secret, "nonce", case_id, nonce)[:_NONCE_BYTES])
    return f"gh.{case_id}.{drawn}.{_mac(secret, case_id, drawn)}"


def read_token(secret: bytes, ref: str) -> str | None:
    """Return the case that a reference of ours was signed for; None for any other reference.

    Takes ``<token@domain>``, ``token@domain`` and the bare token, in any case.
    """
    match = _match(ref)
    if match is None:
        return None
    case_id, drawn, mac = match[1].upper(), match[2], match[3]
    return case_id if hmac.compare_digest(_mac(secret, case_id, drawn), mac) else None


def sign_tag(secret: bytes, case_id: str) -> str:
    """Return the signed tag of a case, for the address that answers to us go to: ``support+TAG@domain``.

    100 bits of a MAC (RFC 2104, section 5: at least 80), made for this purpose alone: a tag cannot be made from a
    token, nor a token from a tag. A case has one tag, for people keep addresses. It survives a change of case.
    """
    if CASE_ID.fullmatch(case_id) is None:
        raise ValueError("a tag signs a case number as we write it")
    return f"gh{case_id[3:8]}{case_id[9:]}{_tag_mac(secret, case_id)}".lower()


def read_tag(secret: bytes, address: str) -> str | None:
    """Return the case that a tag in an address was signed for; None for an address without one of ours.

    Whatever stands between two + of the local part may be the tag; the domain proves nothing and is not looked at.
    """
    local = address.rpartition("@")[0]
    if "+" not in local or len(local) > _MAX_REF or not local.isascii():
        return None
    for part in local.lower().split("+")[1:]:
        match = _TAG.fullmatch(part)
        if match is not None:
            case_id = f"GH-{match[1]}-{match[2]}".upper()
            if hmac.compare_digest(_tag_mac(secret, case_id), match[3]):
                return case_id
    return None


def one_time_token(secret: bytes, name: str) -> tuple[str, str]:
    """Return the one-time token that an event of this name leads to, and the hash that is kept of it.

    Equal for an equal name, so that deciding twice gives one token; nobody guesses it without the secret.
    """
    token = urlsafe_b64encode(digest(secret, "once", name)[:24]).decode("ascii")
    return token, sha256(token.encode("ascii")).hexdigest()


def bare_token(secret: bytes, name: str) -> str:
    """Return what a Message-ID of ours is made of that belongs to no case; it leads nowhere."""
    return f"gh.{_base32(digest(secret, 'bare', name)[:_MAC_BYTES])}"


def looks_like_token(ref: str) -> bool:
    """Whether a reference has the shape of a token, ours or another gateway's; proves nothing."""
    return _match(ref) is not None


def _match(ref: str) -> re.Match[str] | None:
    bare = ref.strip().removeprefix("<").removesuffix(">").partition("@")[0]
    # Beyond ASCII, lower() would fold strangers such as the Kelvin sign into our alphabet.
    if len(ref) > _MAX_REF or not bare.isascii():
        return None
    return _TOKEN.fullmatch(bare.lower())


def _canonical(first: str, second: str) -> str:
    return "GH-" + f"{first}-{second}".upper().translate(_AS_WRITTEN)


def _mac(secret: bytes, case_id: str, drawn: str) -> str:
    return _base32(digest(secret, "token", case_id, drawn)[:_MAC_BYTES])


def _tag_mac(secret: bytes, case_id: str) -> str:
    return _base32(digest(secret, "address", case_id)[:_TAG_BYTES])[:_TAG_MAC_CHARS]


def digest(secret: bytes, *parts: str) -> bytes:
    """Sign the parts, each with its length, so that no two lists of parts sign alike."""
    signed = b"".join(
        [len(raw).to_bytes(4, "big") + raw for raw in [p.encode("utf-8", "surrogatepass") for p in parts]]
    )
    return hmac.digest(secret, signed, "sha256")


def _base32(raw: bytes) -> str:
    """Return base 32 (RFC 4648) in lower case, without padding."""
    bits = len(raw) * 8
    filled = -(-bits // _PAIR_BITS) * _PAIR_BITS
    return _spelled(int.from_bytes(raw, "big") << (filled - bits), filled, _BASE32_PAIRS)[: -(-bits // 5)]


def _spelled(number: int, bits: int, pairs: Sequence[str]) -> str:
    """Return a number in digits of five bits each, two of them at a time."""
    return "".join([pairs[number >> shift & 1023] for shift in range(bits - _PAIR_BITS, -1, -_PAIR_BITS)])
