"""What was found of impostors, as the values that cases are opened with and as files for requests of takedown."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from typing import IO

from gateway.case import Severity
from gateway.patrol.values import Impersonation, Kind, Seen

_OWN = frozenset({"state", "confidence", "severity"})
"""Facts that are our judgement, not what was found."""
_URLS = {
    "x": "https://x.com/{}",
    "telegram": "https://t.me/{}",
    "instagram": "https://www.instagram.com/{}/",
    "youtube": "https://www.youtube.com/@{}",
    "tiktok": "https://www.tiktok.com/@{}",
    "github": "https://github.com/{}",
}
COLUMNS = (
    "kind", "platform", "value", "url", "of", "brand", "technique", "confidence", "severity", "first_seen", "evidence",
)  # fmt: skip
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def impersonation_of(seen: Seen) -> Impersonation | None:
    """Return the impersonation that a look-alike is; None for what is ours."""
    alike = seen.alike
    if alike is None:
        return None
    subject, facts = seen.subject, seen.facts
    is_handle = subject.kind is Kind.ALIKE_ACCOUNT
    url = _URLS.get(subject.platform, "").format(subject.value) if is_handle else f"https://{subject.value}/"
    return Impersonation(
        kind="handle" if is_handle else "domain",
        value=subject.value,
        of=alike.of,
        technique=alike.technique,
        evidence=tuple((name, facts[name]) for name in sorted(facts) if name not in _OWN and facts[name]),
        url=url,
        first_seen=seen.first_at,
        platform=subject.platform,
        brand=alike.brand,
        confidence=float(facts.get("confidence", "0")),
        severity=Severity(facts.get("severity", Severity.NOTICE)),
    )


def write_csv(found: Sequence[Impersonation], file: IO[str]) -> None:
    """Write a table with a head; the evidence of each is one cell, `name: value` by line."""
    writer = csv.writer(file)
    writer.writerow(COLUMNS)
    for each in found:
        row = as_row(each)
        row["evidence"] = "\n".join(f"{name}: {value}" for name, value in each.evidence)
        writer.writerow([_cell(str(row[column])) for column in COLUMNS])


def write_jsonl(found: Sequence[Impersonation], file: IO[str]) -> None:
    """Write one object a line."""
    for each in found:
        file.write(json.dumps(as_row(each), ensure_ascii=True) + "\n")


def as_row(found: Impersonation) -> dict[str, object]:
    """Return an impersonation as JSON has it."""
    return {
        "kind": found.kind,
        "platform": found.platform,
        "value": found.value,
        "url": found.url,
        "of": found.of,
        "brand": found.brand,
        "technique": found.technique,
        "confidence": found.confidence,
        "severity": found.severity.value,
        "first_seen": found.first_seen.isoformat(),
        "evidence": dict(found.evidence),
    }


def _cell(text: str) -> str:
    """Keep a spreadsheet from computing what an impostor wrote."""
    return f"'{text}" if text.startswith(_FORMULA) else text
