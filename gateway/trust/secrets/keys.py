"""Finds private keys: by checksum or form where they have one, and hexadecimal ones by what stands around them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gateway.trust.secrets.checksums import RIPPLE, base58, base58check, is_key_pair, is_stellar_seed
from gateway.trust.secrets.introductions import KEY_TERMS, introduces, is_named_after
from gateway.trust.secrets.model import Secret
from gateway.trust.secrets.page import Page
from gateway.trust.secrets.public import is_public

_LONG = re.compile(r"[A-Za-z0-9+/_-]{25}")
_BASE58 = re.compile(r"(?<![A-Za-z0-9])[1-9A-HJ-NP-Za-km-z]{25,120}(?![A-Za-z0-9])")
_HEX = re.compile(r"(?<![0-9A-Za-z])(?<!0:)(?:0[xX])?(?:[0-9a-fA-F]{128}|[0-9a-fA-F]{64})(?![0-9A-Za-z])")
_NAMED = re.compile(
    r"(?<![A-Za-z0-9])(?:nsec1[02-9ac-hj-np-z]{58}|suiprivkey1[02-9ac-hj-np-z]{40,70}|AGE-SECRET-KEY-1[02-9AC-HJ-NP-Z]{58}"
    r"|[a-z_]{1,20}_x?sk(?:ey)?1[02-9ac-hj-np-z]{50,250}|PVT_[KR]1_[1-9A-HJ-NP-Za-km-z]{48,52}|ed25519:[1-9A-HJ-NP-Za-km-z]{85,90}"
    r"|secret-extended-key-main1[02-9ac-hj-np-z]{100,300})(?![A-Za-z0-9])"
)
_STELLAR = re.compile(r"(?<![A-Za-z0-9])S[A-Z2-7]{55}(?![A-Za-z0-9])")
_PEM = re.compile(r"-----BEGIN ([A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?)-----")
_PEM_BODY = re.compile(r"[A-Za-z0-9+/=\s\\]*")
_PEM_LINE = re.compile(r"[A-Za-z0-9+/=]{30,}(?:\s{1,4}[A-Za-z0-9+/]{1,62}={1,2})?")
_BYTES = re.compile(r"\[\s{0,8}(?:[0-9]{1,3}\s{0,8},\s{0,8}){31,63}[0-9]{1,3}\s{0,8}\]")
_MAX_PEM = 8_000
_MAX_KEYSTORE = 6_000
_MAX_KEYSTORES = 50
_CIPHER = re.compile(r"kdf|scrypt|pbkdf2|cipherparams|crypto", re.IGNORECASE)
_CIPHERTEXT = re.compile(
    r"[\"']?(?:ciphertext|encseed|encrypted_?(?:private_?)?key)[\"']?\s{0,8}:\s{0,8}[\"']([A-Za-z0-9+/=]{32,2000})[\"']",
    re.IGNORECASE,
)
_LINK = re.compile(r"(?:https?://|www\.)[^\s<>\"']{0,300}\Z", re.IGNORECASE)
_KEY_PARAMETER = re.compile(r"[?&#](?:private|priv|secret|p)?[_-]?(?:key|pk)=\Z", re.IGNORECASE)
_JUDGES = frozenset({"key", "seed", "public", "moved"})
_BEFORE, _AFTER = 60, 40
_SIGNATURE = (87, 88)
"""How long 64 bytes are in base58: a signature of Solana, unless a label stands right before it."""
_LOW_KEYS = 1 << 32
_ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
"""The order of secp256k1: keys are the numbers below it."""
_TEZOS = ("edsk", "spsk", "p2sk", "edesk")
_KEY_LIKE = re.compile(r"(?<![A-Za-z0-9+/=])(?=[A-Za-z+/=]{0,60}[0-9])[A-Za-z0-9+/]{43,128}={0,2}(?![A-Za-z0-9+/=])")


def find_keys(page: Page) -> Iterator[Secret]:
    """Yield the private keys of a page."""
    text = page.text
    if "-----BEGIN" in text:
        yield from _pem(text)
    if text.count(",") >= 31:
        yield from _byte_arrays(page)
    if not _LONG.search(text):
        return
    yield from _base58_keys(page)
    for pattern in (_NAMED, _STELLAR):
        for match in pattern.finditer(text):
            if pattern is _NAMED or is_stellar_seed(match.group()):
                yield Secret("private_key", match.start(), match.end(), 0.95)
    yield from _hex_keys(page)
    yield from _keystores(text)


def _pem(text: str) -> Iterator[Secret]:
    """Yield keys between their lines; one whose last line is missing goes on as long as it looks like one."""
    here = 0
    while (match := _PEM.search(text, here)) is not None:
        closing = f"-----END {match[1]}-----"
        end = text.find(closing, match.end(), match.end() + _MAX_PEM)
        if end >= 0:
            here = end + len(closing)
        else:
            body = _PEM_BODY.match(text, match.end(), match.end() + _MAX_PEM)
            lines = list(_PEM_LINE.finditer(text, match.end(), body.end() if body else match.end()))
            here = lines[-1].end() if lines else match.end()
        yield Secret("pem_key", match.start(), here, 0.99)


def _byte_arrays(page: Page) -> Iterator[Secret]:
    for match in _BYTES.finditer(page.text):
        values = [int(number) for number in re.findall(r"[0-9]+", match.group())]
        if len(values) not in (32, 64) or max(values) > 255:
            continue
        if is_key_pair(bytes(values)):
            yield Secret("private_key", match.start(), match.end(), 0.99)
        elif _is_told(page, match.start(), match.end()):
            yield Secret("private_key", match.start(), match.end(), 0.8)


def _base58_keys(page: Page) -> Iterator[Secret]:
    for match in _BASE58.finditer(page.text):
        value = match.group()
        kind = _base58_kind(value)
        if kind:
            yield Secret(kind, match.start(), match.end(), 0.99)
    if "key" in page.kinds:
        for match in _KEY_LIKE.finditer(page.text):
            value = match.group()
            if not _is_hex(value) and not is_public(value) and _is_told(page, match.start(), match.end()):
                yield Secret("private_key", match.start(), match.end(), 0.75)


def _is_hex(value: str) -> bool:
    return not value.strip("0123456789abcdefABCDEF")


def _base58_kind(value: str) -> str:
    """Return the kind of secret that base58 text is by its checksum, or by holding its own public key."""
    if value[0] == "s" and len(value) <= 31:
        return "private_key" if len(base58check(value, RIPPLE)) in (17, 19) else ""
    if len(value) >= 85 and is_key_pair(base58(value)):
        return "private_key"
    payload = base58check(value) if len(value) >= 50 else b""
    if len(payload) == 78:
        return "extended_key" if payload[45] == 0 else ""
    wif = len(payload) in (33, 34) and payload[0] >= 0x80 and payload[33:] in (b"", b"\x01")
    protected = len(payload) == 39 and payload[:2] in (b"\x01\x42", b"\x01\x43")
    return "private_key" if wif or protected or (payload and value.startswith(_TEZOS)) else ""


def _hex_keys(page: Page) -> Iterator[Secret]:
    """Yield hexadecimal keys; 64 digits are a transaction's hash until something around them says otherwise."""
    last: tuple[int, bool] = (-1, False)
    for match in _HEX.finditer(page.text):
        start, end = match.span()
        between = page.text[last[0] : start] if last[0] >= 0 else "x"
        inherited = len(between) <= 12 and not any(letter.isalpha() for letter in between.lower().replace("and", ""))
        told = last[1] if inherited else _is_told(page, start, end) or _is_extreme(page.text, match)
        last = (end, told)
        if told:
            yield Secret("private_key", start, end, 0.85)


def _is_told(page: Page, start: int, end: int) -> bool:
    """Whether the nearest term before a value, or else after it, speaks of keys and introduces it."""
    if _LINK.search(page.text, max(0, start - 320), start):
        return _KEY_PARAMETER.search(page.text, max(0, start - 24), start) is not None
    direct = end - start in _SIGNATURE and not _is_hex(page.text[start:end])
    before = page.before(start, _BEFORE, _JUDGES)
    if before is not None and (before.kind not in KEY_TERMS or introduces(page, before, start, direct)):
        return before.kind in KEY_TERMS
    after = page.after(end, _AFTER, _JUDGES)
    return after is not None and after.kind in KEY_TERMS and is_named_after(page, end, after)


def _is_extreme(text: str, match: re.Match[str]) -> bool:
    """Whether the message is nothing but a number at an end of the range of keys, which no hash ever is."""
    digits = match.group()[-64:]
    if text.strip() != match.group() or len(match.group()) > 66:
        return False
    value = int(digits, 16)
    return 0 < value < _LOW_KEYS or 0 < _ORDER - value < _LOW_KEYS


def _keystores(text: str) -> Iterator[Secret]:
    """Yield encrypted wallets in JSON, from brace to brace; where one is cut off, what is encrypted in it."""
    here = 0
    for number, match in enumerate(_CIPHERTEXT.finditer(text)):
        low, high = match.span(1)
        if low < here:
            continue
        opened, here = _object_around(text, low, high) if number < _MAX_KEYSTORES else (-1, -1)
        if here > 0:
            yield Secret("keystore", opened, here, 0.95)
        else:
            here = high
            yield Secret("keystore", low, high, 0.8)


def _object_around(text: str, low: int, high: int) -> tuple[int, int]:
    """Return the smallest JSON object around a part of a text that tells of a cipher; (-1, -1) if there is none."""
    floor, roof = max(0, low - _MAX_KEYSTORE), min(len(text), high + _MAX_KEYSTORE)
    opened, closed = _brace(text, range(low - 1, floor - 1, -1), "{}"), _brace(text, range(high, roof), "}{")
    while opened >= 0 and closed >= 0:
        if _CIPHER.search(text, opened, closed):
            return opened, closed + 1
        opened = _brace(text, range(opened - 1, floor - 1, -1), "{}")
        closed = _brace(text, range(closed + 1, roof), "}{")
    return -1, -1


def _brace(text: str, places: range, pair: str) -> int:
    """Return the first place where a brace stands that has no partner among the places before it; -1 if none has."""
    depth = 0
    for place in places:
        if text[place] == pair[1]:
            depth += 1
        elif text[place] == pair[0]:
            if depth == 0:
                return place
            depth -= 1
    return -1
