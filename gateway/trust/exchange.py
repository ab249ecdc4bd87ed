"""What is asked of `verify` and what it answers as JSON: a line of the stream, and an answer of the HTTP API."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from gateway.case import Confidence, Standing
from gateway.trust.claims import KINDS, claim_of
from gateway.trust.directory import Directory
from gateway.trust.verify import Verdict, verify_claim

Word = Literal["official", "not_listed", "lookalike", "reported", "unchecked"]

_WORDS: Mapping[Standing, Word] = {
    Standing.OFFICIAL: "official",
    Standing.NOT_LISTED: "not_listed",
    Standing.LOOK_ALIKE: "lookalike",
    Standing.REPORTED_SCAM: "reported",
    Standing.COULD_NOT_CHECK: "unchecked",
}


class Answer(BaseModel):
    """What the HTTP API answers; a line of the stream holds its first five fields, after the line's id."""

    model_config = ConfigDict(extra="forbid")

    verdict: Word = Field(
        description="None of them means safe. `official`: listed, exactly so. `not_listed`: nothing is known of it. "
        "`lookalike`: not listed, and made to be taken for what is. `reported`: a reported scam. "
        "`unchecked`: it cannot be told."
    )
    of: str | None = Field(description="The brand that it belongs to or imitates.")
    score: Confidence = Field(description="How much speaks for an impostor; 0 where it is official or not known.")
    techniques: list[str] = Field(description="How it imitates, the main technique first.")
    reasons: list[str] = Field(description="Sentences for a person, in `language`.")
    kind: str = Field(description="What it was read as: handle, mail, domain, link, phone, name, wallet or unknown.")
    official: str | None = Field(description="The official account that it is, or that it imitates.")
    platform: str | None = Field(description="The official account's platform.")
    since: date | None = Field(description="Since when it is official.")
    until: date | None = Field(description="Until when it was.")
    language: str = Field(description="The language of the reasons, a BCP 47 tag.")


def ask(asked: Mapping[str, Any], directory: Directory, on: date) -> dict[str, Any]:
    """Answer a line of the stream; what does not belong into it is said. Never raises."""
    kind, platform, value, name = (
        asked.get("kind"),
        asked.get("platform"),
        asked.get("value"),
        asked.get("display_name"),
    )
    for field, given in (("kind", kind), ("platform", platform), ("value", value), ("display_name", name)):
        if given is not None and not isinstance(given, str):
            return refused(f'"{field}" is not a text.')
    if kind and kind not in KINDS:
        return refused(f'"kind" is none of {", ".join(sorted(KINDS))}.')
    claim = claim_of(value, kind or "") if value else claim_of(name or "", "name")
    verdict = verify_claim(claim, directory, on, platform, display_name=name or "")
    return told(verdict, directory)


def told(verdict: Verdict, directory: Directory) -> dict[str, Any]:
    """Return a verdict as a line writes it; a brand is called what the list that it was imported from calls it."""
    return {
        "verdict": _WORDS[verdict.standing],
        "of": directory.imported_as(verdict.brand) if verdict.brand else None,
        "score": verdict.score,
        "techniques": list(verdict.techniques),
        "reasons": list(verdict.reasons),
    }


def told_fully(verdict: Verdict, directory: Directory, language: str, reasons: list[str]) -> dict[str, Any]:
    """Return a verdict as the HTTP API writes it, see `Answer`, with its reasons as the language says them."""
    return {
        **told(verdict, directory),
        "reasons": reasons,
        "kind": verdict.kind,
        "official": verdict.official,
        "platform": verdict.platform,
        "since": verdict.since.isoformat() if verdict.since else None,
        "until": verdict.until.isoformat() if verdict.until else None,
        "language": language,
    }


def refused(reason: str) -> dict[str, Any]:
    """Return what is said of a question that cannot be read."""
    return {"verdict": "unchecked", "of": None, "score": 0.0, "techniques": [], "reasons": [reason]}
