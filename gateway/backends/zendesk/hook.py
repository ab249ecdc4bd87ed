"""Whether a webhook's call is Zendesk's: its signature over time and body, and its delivery's id.

Scheme: https://developer.zendesk.com/documentation/webhooks/verifying/
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import UTC, datetime

from gateway.backends._hooks import Flaw, in_window, same
from gateway.ports import PushRequest, Secret

SIGNATURE = "x-zendesk-webhook-signature"
TIMESTAMP = "x-zendesk-webhook-signature-timestamp"
INVOCATION = "x-zendesk-webhook-invocation-id"


def flaw_of(secret: Secret | None) -> Flaw:
    """Return what finds a call that is not genuine."""

    def flaw(request: PushRequest) -> str | None:
        if secret is None:
            return "no webhook_secret is configured"
        timestamp = request.headers.get(TIMESTAMP, "")
        if not in_window(_seconds(timestamp), request):
            return "its time is not within five minutes of ours"
        key = secret.get_secret_value().encode()
        digest = hmac.new(key, timestamp.encode("utf-8", "replace") + request.body, hashlib.sha256).digest()
        ours = base64.b64encode(digest).decode()
        return None if same(ours, request.headers.get(SIGNATURE, "")) else "its signature is wrong"

    return flaw


def delivery_of(request: PushRequest) -> str:
    """Return the id that stays when a call is made again."""
    return request.headers.get(INVOCATION, "")


def _seconds(timestamp: str) -> str:
    try:
        at = datetime.fromisoformat(timestamp)
    except ValueError:
        return ""
    return str(int((at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp()))
