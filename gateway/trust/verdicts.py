"""The answer to a claim, and how each kind of answer is put: what is official, what is not listed, what poses as it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from gateway.case import Standing
from gateway.trust.claims import Claim, Kind
from gateway.trust.entries import Official
from gateway.trust.resemblance import Resemblance

_GRAVITY = (
    Standing.OFFICIAL,
    Standing.NOT_LISTED,
    Standing.COULD_NOT_CHECK,
    Standing.LOOK_ALIKE,
    Standing.REPORTED_SCAM,
)
"""From what is best for whoever asks to what is worst."""


class Verdict(NamedTuple):
    """The answer to a claim, with reasons that a person can read; a tuple, for that is made quickest."""

    claim: str
    """What was asked, without control and invisible characters."""
    kind: Kind
    standing: Standing
    brand: str | None = None
    """Id of the brand that it belongs to or imitates."""
    official: str | None = None
    """The true account."""
    techniques: tuple[str, ...] = ()
    """How it imitates, the main one first; or `retired`, `not_yet`, `ambiguous`, `shortener`, `redirect`."""
    confidence: float = 1.0
    """How strong the sign is, from 0 to 1; no probability."""
    reasons: tuple[str, ...] = ()
    platform: str | None = None
    id: str | None = None
    """The id that the directory pins for the listed account: a name can change hands."""
    role: str | None = None
    region: str | None = None
    languages: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None

    @property
    def technique(self) -> str | None:
        """The main technique, if there is any."""
        return self.techniques[0] if self.techniques else None

    @property
    def score(self) -> float:
        """How much speaks for an impostor, from 0 to 1: nothing where it is official or nothing is known of it."""
        return round(self.confidence, 3) if self.standing in (Standing.LOOK_ALIKE, Standing.REPORTED_SCAM) else 0.0


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """Return the gravest of at least one verdict, the first of equals."""
    return max(verdicts, key=lambda verdict: _GRAVITY.index(verdict.standing))


def unchecked(claim: Claim, *reasons: str, technique: str = "") -> Verdict:
    """Answer that nothing can be told."""
    techniques = (technique,) if technique else ()
    return Verdict(claim.shown, claim.kind, Standing.COULD_NOT_CHECK, techniques=techniques, reasons=reasons)


def unlisted(claim: Claim, kind: Kind, *more: str) -> Verdict:
    """Answer that it is not on the list, which is no judgement."""
    reason = "It is not on our list. That says nothing about who is behind it."
    return Verdict(claim.shown, kind, Standing.NOT_LISTED, reasons=(reason, *more))


def resembling(claim: Claim, kind: Kind, found: Resemblance) -> Verdict:
    """Answer that it looks like somebody's."""
    name = found.guarded.brand_name
    return Verdict(
        claim=claim.shown,
        kind=kind,
        standing=Standing.LOOK_ALIKE,
        brand=found.guarded.brand,
        official=found.guarded.official or None,
        techniques=(found.technique, *found.also),
        confidence=found.confidence,
        reasons=(f"It is not listed by {name}, but looks like {found.guarded.official or name}.", found.reason + "."),
    )


def listed(claim: Claim, kind: Kind, entries: tuple[Official, ...], on: date | None, *more: str) -> Verdict:
    """Answer for what the directory lists: official on that day, or not any more, or not yet."""
    entry = next((item for item in entries if item.is_valid(on)), entries[-1])
    standing, technique, reason = _on_day(entry, on)
    return Verdict(
        claim=claim.shown,
        kind=kind,
        standing=standing,
        brand=entry.brand,
        official=entry.shown if standing is Standing.OFFICIAL else None,
        techniques=(technique,) if technique else (),
        reasons=(reason, *_pinned(entry, standing), *more),
        platform=entry.platform or None,
        id=entry.id,
        role=entry.role or None,
        region=entry.region or None,
        languages=entry.languages,
        since=entry.since,
        until=entry.until,
    )


def other_account(claim: Claim, entry: Official, *also: str) -> Verdict:
    """Answer for an account that bears a listed name, but not the id that the directory pins for it."""
    reason = f"{entry.shown} has the id {entry.id}; this account has another, so it is not the one that is listed."
    return Verdict(
        claim=claim.shown,
        kind="handle",
        standing=Standing.LOOK_ALIKE,
        brand=entry.brand,
        official=entry.shown,
        techniques=("other_id", *also),
        reasons=(reason,),
        platform=entry.platform or None,
        id=entry.id,
    )


def beside(verdict: Verdict, technique: str, *reasons: str) -> Verdict:
    """Return the verdict with one more technique after its own, and with further reasons."""
    return verdict._replace(techniques=(*verdict.techniques, technique), reasons=(*verdict.reasons, *reasons))


def _pinned(entry: Official, standing: Standing) -> tuple[str, ...]:
    if entry.kind != "handle" or entry.id is None or standing is not Standing.OFFICIAL:
        return ()
    return (f"Its id there is {entry.id}: an account of that name with another id is not it.",)


def _on_day(entry: Official, on: date | None) -> tuple[Standing, str, str]:
    name = entry.brand_name
    if entry.is_valid(on):
        since = f" since {entry.since.isoformat()}" if entry.since else ""
        return Standing.OFFICIAL, "", f"{entry.shown} is listed as official by {name}{since}."
    if on is None and entry.until:
        return Standing.COULD_NOT_CHECK, "", f"{entry.shown} is listed only until {entry.until}; ask for a day."
    if entry.until and on and on > entry.until:
        return Standing.NOT_LISTED, "retired", f"{entry.shown} was {name}'s until {entry.until}; it is not any more."
    return Standing.NOT_LISTED, "not_yet", f"{entry.shown} is to be {name}'s only from {entry.since}."
