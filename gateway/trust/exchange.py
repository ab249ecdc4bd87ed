"""What is asked of `verify` and what it answers as JSON: a line of the stream, and an answer of the HTTP API."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from gateway.case import Standing
from gateway.trust.claims import KINDS, claim_of
from gateway.trust.directory import Directory
from gateway.trust.verify import Verdict, verify_claim

_WORDS = {
    Standing.OFFICIAL: "official",
    Standing.NOT_LISTED: "not_listed",
    Standing.LOOK_ALIKE: "lookalike",
    Standing.REPORTED_SCAM: "reported",
    Standing.COULD_NOT_CHECK: "unchecked",
}
_FIELDS = ("kind", "platform", "value", "display_name")


def ask(asked: Mapping[str, Any], directory: Directory, on: date) -> dict[str, Any]:
    """Answer one question as JSON writes it; whatever does not belong into it is said, and never raises."""
    wrong = next((name for name in _FIELDS if not isinstance(asked.get(name), str | None)), None)
    if wrong is not None:
        return refused(f'"{wrong}" is not a text.')
    kind, value, name = (asked.get(field) or "" for field in ("kind", "value", "display_name"))
    if kind and kind not in KINDS:
        return refused(f'"kind" is none of {", ".join(sorted(KINDS))}.')
    claim = claim_of(value or name, kind if value else "name")
    verdict = verify_claim(claim, directory, on, asked.get("platform") or None, display_name=name)
    return told(verdict, directory)


def told(verdict: Verdict, directory: Directory) -> dict[str, Any]:
    """Return a verdict as JSON writes it; a brand is called what the list that it was imported from calls it."""
    return {
        "verdict": _WORDS[verdict.standing],
        "of": directory.imported_as(verdict.brand) if verdict.brand else None,
        "score": verdict.score,
        "techniques": list(verdict.techniques),
        "reasons": list(verdict.reasons),
    }


def refused(reason: str) -> dict[str, Any]:
    """Return what is said of a question that cannot be read."""
    return {"verdict": "unchecked", "of": None, "score": 0.0, "techniques": [], "reasons": [reason]}
