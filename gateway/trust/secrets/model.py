"""Defines what a found secret is, and the mark that stands for it once it is removed."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

LABELS = {
    "keystore": "keystore",
    "pem_key": "private key file",
    "extended_key": "extended private key",
    "private_key": "private key",
    "seed_phrase": "seed phrase",
    "seed_share": "seed share",
    "totp_seed": "authenticator key",
    "api_secret": "API secret",
    "card_number": "card number",
    "identity_number": "identity number",
    "password": "password",
    "one_time_code": "one-time code",
}
"""The kinds of secrets, the one that tells most first, and their names in a mark."""

MARK = re.compile(rf"\[removed:? (?:{'|'.join(map(re.escape, LABELS.values()))})\]")
"""What stands for a removed secret. It is never searched, so that masking twice is masking once."""

_RANK = {kind: rank for rank, kind in enumerate(LABELS)}


@dataclass(frozen=True, slots=True)
class Secret:
    """A secret in a text: its kind (a key of `LABELS`), its place in code points, and how sure that is, 0 to 1."""

    kind: str
    start: int
    end: int
    confidence: float


def marker(kind: str) -> str:
    """Return the mark that stands for a secret of a kind."""
    return f"[removed: {LABELS[kind]}]"


def joined(secrets: Iterable[Secret]) -> tuple[Secret, ...]:
    """Return secrets in order and apart: those that overlap become one, of the kind that tells most."""
    result: list[Secret] = []
    for secret in sorted(secrets, key=lambda item: (item.start, -item.end)):
        if result and secret.start < result[-1].end:
            result[-1] = _union(result[-1], secret)
        elif secret.start < secret.end:
            result.append(secret)
    return tuple(result)


def _union(left: Secret, right: Secret) -> Secret:
    best = min(left, right, key=lambda item: (-item.confidence, _RANK[item.kind]))
    kind = min(left.kind, right.kind, key=_RANK.__getitem__)
    return Secret(kind, left.start, max(left.end, right.end), best.confidence)


def masked(text: str, secrets: Iterable[Secret]) -> str:
    """Return the text with a mark in place of each secret; every other character stays as it is."""
    pieces: list[str] = []
    here = 0
    for secret in joined(secrets):
        pieces += (text[here : secret.start], marker(secret.kind))
        here = secret.end
    return "".join((*pieces, text[here:]))
