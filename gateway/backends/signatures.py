"""Signatures of Standard Webhooks 1.0 (standardwebhooks.com): made for what we send, checked on what is sent. Pure."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime, timedelta

from pydantic import SecretStr

WINDOW = timedelta(minutes=5)
"""How far a call's own time may be from ours, either way."""
LEAST_SECRET_BYTES = 24
"""As Standard Webhooks 1.0 asks of a symmetric secret."""
MAX_SIGNATURES = 10
"""How many of a header are looked at: more than any change of keys needs."""


def sign(key: bytes, message_id: str, at: datetime, body: bytes) -> dict[str, str]:
    """Return the headers: id, timestamp, and the HMAC-SHA256 over both and the body."""
    timestamp = str(int(at.timestamp()))
    return {
        "webhook-id": message_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": "v1," + _signature(key, message_id, timestamp, body),
    }


def flaw(key: bytes, headers: Mapping[str, str], body: bytes, now: datetime) -> str | None:
    """Return why a call is not genuine, for our own log; None when it is. Header names are in small letters."""
    wrong = unsigned(key, headers, body)
    if wrong is None and abs(now.timestamp() - int(headers["webhook-timestamp"])) > WINDOW.total_seconds():
        return "its time is not within five minutes of ours"
    return wrong


def unsigned(key: bytes, headers: Mapping[str, str], body: bytes) -> str | None:
    """Return why what was said is not of whoever holds the key, however old it is; None when it is."""
    message_id, timestamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not message_id or not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12):
        return "it bears no id or no time"
    ours = _signature(key, message_id, timestamp, body).encode()
    theirs = headers.get("webhook-signature", "").split()[:MAX_SIGNATURES]
    # Compared as bytes: a header may hold what is not ASCII, and that must be wrong rather than an error.
    if not any(hmac.compare_digest(b"v1," + ours, each.encode("utf-8", "replace")) for each in theirs):
        return "its signature is not of our secret"
    return None


def _signature(key: bytes, message_id: str, timestamp: str, body: bytes) -> str:
    signed = f"{message_id}.{timestamp}.".encode("utf-8", "replace") + body
    return base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()


def signing_key(secret: SecretStr) -> bytes:
    """Return the bytes to sign with: decoded after `whsec_`, else the text itself."""
    text = secret.get_secret_value()
    if not text.startswith("whsec_"):
        return text.encode()
    try:
        return base64.b64decode(text.removeprefix("whsec_"), validate=True)
    except ValueError:
        raise ValueError("what follows whsec_ must be base64") from None


def long_enough(secret: SecretStr) -> SecretStr:
    """Return the secret; raises `ValueError` when it is too short to sign with. An empty one was not read."""
    if secret.get_secret_value() and len(signing_key(secret)) < LEAST_SECRET_BYTES:
        raise ValueError(
            f"write a secret of at least {LEAST_SECRET_BYTES} bytes, for example from: openssl rand -hex 32"
        )
    return secret
