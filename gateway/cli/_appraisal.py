"""One message of `gatehouse assess --jsonl`: a text is read as a message, and what is found in it is told as JSON."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from typing import Any

from gateway.case import Finding, Message, Party, Provenance, Severity
from gateway.triage.language import UNKNOWN, detect
from gateway.trust.assess import assess
from gateway.trust.directory import Directory
from gateway.trust.masking import mask_message
from gateway.trust.platforms import PLATFORM_NAMES
from gateway.trust.secrets import find_secrets

_RISKS = ("none", "low", "medium", "high")
_LONE = re.compile("[\ud800-\udfff]")
"""Halves of a character, which JSON can write and no text can hold."""
_FROM_NOWHERE = Provenance(
    source="", stream="", key="", lane="", received_at=datetime.fromtimestamp(0, UTC), normalizer="", size=0
)
_OF_SEVERITY = {Severity.NOTICE: 1, Severity.WARNING: 2, Severity.DANGER: 3}


def appraised(asked: Mapping[str, Any], directory: Directory, on: date) -> dict[str, Any]:
    """Answer one message as JSON writes it; places are those of the text as it was given."""
    text, channel = asked.get("text"), asked.get("channel") or ""
    if not isinstance(text, str) or not isinstance(channel, str):
        return refused('"text" is missing, or it or "channel" is not a text.')
    message = message_of(_LONE.sub("\ufffd", text), _LONE.sub("", channel))
    clean, shared = mask_message(message)
    findings = assess(message, (), directory, on).findings
    risks = [_OF_SEVERITY[finding.severity] for finding in findings]
    # Whoever gives a key away is in danger at once; for any other secret it is enough to be told.
    risks += (3 if finding.severity is Severity.DANGER else 1 for finding in shared)
    return {
        "risk": _RISKS[max(risks, default=0)],
        "language": language_of(text),
        "findings": [*_secrets(text, shared), *map(_told, findings)],
        "masked": clean.text,
    }


def refused(reason: str) -> dict[str, Any]:
    """Return what is said of a message that cannot be read: nothing of its risk."""
    return {"risk": None, "language": None, "findings": [], "masked": "", "error": reason}


def language_of(text: str) -> str | None:
    """Return the language by ISO 639-1; None where nothing tells it."""
    found = detect(text)
    return found.language.partition("-")[0] if found.confidence > UNKNOWN else None


def message_of(text: str, channel: str) -> Message:
    """Return a text as a message that came by a channel, from nobody known."""
    platform = PLATFORM_NAMES.get(channel.lower(), channel.lower())
    return Message(
        id="",
        content_key="",
        provenance=_FROM_NOWHERE,
        platform=platform,
        sender=Party(platform=platform, address=""),
        text=text,
    )


def _secrets(text: str, shared: tuple[Finding, ...]) -> Iterator[dict[str, Any]]:
    """Yield the secrets where they stood before they were taken out."""
    for secret, finding in zip(find_secrets(text) if shared else (), shared, strict=False):
        yield {**_told(finding), "start": secret.start, "end": secret.end}


def _told(finding: Finding) -> dict[str, Any]:
    span = finding.span
    return {
        "code": finding.code,
        "severity": finding.severity.value,
        "confidence": finding.confidence,
        "start": span.start if span else 0,
        "end": span.end if span else 0,
    }
