"""For `make trust-eval`: which mails of the labelled data are flagged, read and judged as the gateway does it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from gateway.case import GRAVITY, Message, Severity
from gateway.ports import DeliveryReport, Key, Raw, StreamId
from gateway.trust.assess import assess
from gateway.trust.directory import Directory, load_directory
from normalizers.email import NORMALIZER

_KNOWN = {
    "adobe": "adobe.com", "amazon": "amazon.com", "american express": "americanexpress.com", "apple": "apple.com",
    "at&t": "att.com", "bank of america": "bankofamerica.com", "bradesco": "bradesco.com.br", "chase": "chase.com",
    "correios": "correios.com.br", "dhl": "dhl.com", "docusign": "docusign.com", "dropbox": "dropbox.com",
    "ebay": "ebay.com", "etoro": "etoro.com", "facebook": "facebook.com",
    "fedex": "fedex.com", "google": "google.com", "icloud": "icloud.com", "instagram": "instagram.com",
    "linkedin": "linkedin.com", "mastercard": "mastercard.com", "mcafee": "mcafee.com",
    "mercado pago": "mercadopago.com", "microsoft": "microsoft.com", "nubank": "nubank.com.br",
    "netflix": "netflix.com", "norton": "norton.com", "outlook": "outlook.com", "paypal": "paypal.com",
    "santander": "santander.com", "spotify": "spotify.com", "t-mobile": "t-mobile.com",
    "telegram": "telegram.org", "ups": "ups.com", "usps": "usps.com", "verizon": "verizon.com",
    "visa": "visa.com", "walmart": "walmart.com", "wells fargo": "wellsfargo.com",
    "whatsapp": "whatsapp.com", "yahoo": "yahoo.com",
}  # fmt: skip
"""Domains of brands that everybody knows, as an operator who lists a brand would list them."""
DAY = datetime(2026, 11, 1, tzinfo=UTC)


def kinds(folder: Path, kind: str) -> list[str]:
    """Return the mails of one class."""
    with (folder / "eml" / "index.jsonl").open(encoding="utf-8") as lines:
        return [row["file"] for row in map(json.loads, lines) if row["class"] == kind]


def domains_of(brand: str) -> list[str]:
    """Return the well-known domains of a brand that the registry of the labelled data lacks."""
    domain = _KNOWN.get(brand.lower())
    return [domain] if domain else []


def flagged(folder: Path, directory: Path, names: Iterable[str]) -> dict[str, bool]:
    """Return for each mail whether something in it is worth a warning."""
    known = load_directory(directory)
    return {name: _is_flagged((folder / name).read_bytes(), known) for name in names}


def _is_flagged(body: bytes, known: Directory) -> bool:
    raw = Raw(
        source="mails", stream=StreamId("INBOX"), key=Key("1"), lane="", body=body, media_type="message/rfc822",
        received_at=DAY, size=len(body),
    )  # fmt: skip
    found = [
        finding
        for event in NORMALIZER.normalize(raw)
        if isinstance(message := event.message if isinstance(event, DeliveryReport) else event, Message)
        for finding in assess(message, (), known, DAY.date()).findings
    ]
    return any(GRAVITY.index(finding.severity) >= GRAVITY.index(Severity.WARNING) for finding in found)
