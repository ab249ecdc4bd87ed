"""Whether a webhook's call is Zendesk's: its signature over time and body.

Scheme: https://developer.zendesk.com/documentation/webhooks/verifying/
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import UTC, datetime

from gateway.backends._hooks import Flaw, flaw_unless
from gateway.ports import PushRequest, Secret

SIGNATURE = "x-zendesk-webhook-signature"
TIMESTAMP = "x-zendesk-webhook-signature-timestamp"


def flaw_of(secret: Secret | None) -> Flaw:
    """Return what finds a call that is not genuine."""
    return flaw_unless(secret, SIGNATURE, _proof, _seconds)


def _proof(key: bytes, request: PushRequest) -> str:
    signed = request.headers.get(TIMESTAMP, "").encode("utf-8", "replace") + request.body
    return base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()


def _seconds(request: PushRequest) -> str:
    try:
        at = datetime.fromisoformat(request.headers.get(TIMESTAMP, ""))
    except ValueError:
        return ""
    return str(int((at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp()))
