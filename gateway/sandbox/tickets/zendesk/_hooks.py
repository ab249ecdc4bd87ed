"""Webhooks of the emulated Zendesk: which triggers fire, and the signed calls that follow.

Scheme: https://developer.zendesk.com/documentation/webhooks/verifying/
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Push:
    """One call to a webhook's address."""

    address: str
    headers: Mapping[str, str]
    body: bytes = field(repr=False)


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """Return what a call's signature must be."""
    digest = hmac.new(secret.encode(), timestamp.encode() + body, hashlib.sha256).digest()
    return base64.b64encode(digest).decode()


def signed(hook: Mapping[str, Any], body: bytes, timestamp: str, invocation: int) -> Push:
    """Return a webhook's call with this body."""
    headers = {
        "content-type": "application/json",
        "x-zendesk-account-id": "1",
        "x-zendesk-webhook-id": str(hook["id"]),
        "x-zendesk-webhook-invocation-id": f"inv{invocation}",
        "x-zendesk-webhook-signature": signature(hook["secret"], timestamp, body),
        "x-zendesk-webhook-signature-timestamp": timestamp,
    }
    return Push(hook["endpoint"], headers, body)


def fires(trigger: Mapping[str, Any], tags: Sequence[str], actor_id: int) -> bool:
    """Whether a trigger's conditions hold for an update by somebody; of conditions it knows tags and who updates."""
    return all(_holds(each, tags, actor_id) for each in trigger["conditions"].get("all", ()))


def _holds(condition: Mapping[str, Any], tags: Sequence[str], actor_id: int) -> bool:
    words = str(condition["value"]).split()
    match condition["field"], condition["operator"]:
        case "current_tags", "includes":
            return any(word in tags for word in words)
        case "current_tags", "not_includes":
            return not any(word in tags for word in words)
        case "role", "is_not":
            return str(actor_id) not in words
        case _:
            return True
