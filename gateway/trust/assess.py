"""Assesses one message: who its sender is to us, and what in it poses as us. Pure; takes the day and the facts.

Nobody is official by a name. Mail is official only when its address is listed and our own server proved its domain.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import chain, islice

from gateway.case import GRAVITY, Assessment, Fact, Finding, Link, Message, Party, Severity, Span, Standing
from gateway.trust.claims import Claim, read_claim
from gateway.trust.directory import Directory
from gateway.trust.entries import Official
from gateway.trust.mail_doubts import mail_doubts
from gateway.trust.mentions import MAX_TEXT, Mention, mentions
from gateway.trust.saying import told_by_text
from gateway.trust.sender import assess_sender, changed_hands, is_other, listed_account, posing_as
from gateway.trust.verify import AMBIGUOUS, Verdict, verify_claim

MAX_CANDIDATES = 200
MAX_FINDINGS = 50
_MAX_FORWARDED = 20
_MAX_SHOWN = 500
_STRONG = 0.8
_PLATFORMS_WITH_HANDLES = frozenset({"telegram", "x"})
_STANDINGS_WORTH_A_WORD = (Standing.LOOK_ALIKE, Standing.REPORTED_SCAM)


_SHORTEST_WALLET = 26
_TELEPHONE = r"\+[0-9][0-9 ().-]{6,22}[0-9]"
_TELEPHONES = re.compile(_TELEPHONE)
_NUMBERS = re.compile(_TELEPHONE + r"|(?<![0-9A-Za-z])[0-9A-Za-z_-]{26,110}(?![0-9A-Za-z])")
"""What may be a telephone number with its country, or an address that coins are sent to."""
QR = "qr"
"""The kind of fact that tells what the codes in a picture say, each as evidence named `text`."""


def assess(
    message: Message, facts: Sequence[Fact], directory: Directory, on: date, shared: Sequence[Finding] = ()
) -> Assessment:
    """Assess a message on a day. Looks at no more than `MAX_CANDIDATES` names in it.

    `shared` are the secrets that were taken out of it before (`gateway.trust.masking`).
    """
    standing, reason, about_sender = assess_sender(message, facts, directory, on)
    mismatches = tuple(_mismatches(message, directory, on))
    seen = {finding.subject for finding in (*about_sender, *mismatches)}
    numbers = _reported_numbers(message, directory)
    candidates = chain(_candidates(message, directory), _in_pictures(facts, directory), numbers)
    named = _mentioned(message, candidates, directory, on, seen)
    mentioned = _with_names(named, _forwarded_names(message, directory, on), seen)
    # Of who poses as us, all of this is told already.
    posed = any(each.code == "sender_poses_as_official" for each in about_sender)
    doubts = () if posed else mail_doubts(message)
    told = told_by_text(message, standing, directory, on)
    findings = (*shared, *about_sender, *doubts, *mismatches, *mentioned, *told)
    return Assessment(
        sender=standing,
        sender_reason=reason,
        findings=findings[:MAX_FINDINGS],
        facts=tuple(facts),
        directory=directory.digest,
    )


def _mentioned(
    message: Message, candidates: Iterator[Mention], directory: Directory, on: date, seen: set[str]
) -> tuple[Finding, ...]:
    """Return one finding for each thing mentioned that looks like ours or was reported, first place first."""
    found: list[Finding] = []
    told = set(seen)
    platform = message.platform if message.platform in _PLATFORMS_WITH_HANDLES else None
    for mention in islice(candidates, MAX_CANDIDATES):
        subject = _subject(mention.claim)
        if subject in told:
            continue
        verdict = verify_claim(mention.claim, directory, on, platform)
        if verdict.technique == AMBIGUOUS:
            subject = _other_subject(mention.claim, directory, on)
        told.add(subject)
        if subject and (verdict.standing in _STANDINGS_WORTH_A_WORD or verdict.technique == AMBIGUOUS):
            found.append(_finding(verdict, subject, mention.span))
    return tuple(found)


def _other_subject(claim: Claim, directory: Directory, on: date) -> str:
    """Return what a claim names in the reading in which it is not ours; empty if it is ours in each."""
    others = (item for item in claim.readings if verify_claim(item, directory, on).standing is not Standing.OFFICIAL)
    return next(map(_subject, others), "")


def _candidates(message: Message, directory: Directory) -> Iterator[Mention]:
    yield from mentions(message.subject, "subject", directory)
    if message.reply_to is not None and "@" in message.reply_to.address:
        yield Mention(read_claim(message.reply_to.address), Span(field="reply_to"))
    for link in message.links[:MAX_CANDIDATES]:
        yield Mention(read_claim(link.url), link.span or Span(field="links"))
    yield from mentions(message.text, "text", directory)
    yield from mentions(message.signature, "signature", directory)
    for link in message.links[:MAX_CANDIDATES]:
        yield from mentions(link.text[:_MAX_SHOWN], "links", directory)
    for origin in message.forwarded[:_MAX_FORWARDED]:
        for name in (origin.party.address if "@" in origin.party.address else "", origin.party.handle):
            if name:
                yield Mention(_on_platform(name, origin.party.platform), Span(field="forwarded"))
        yield from mentions(origin.subject, "forwarded", directory)
        yield from mentions(origin.text, "forwarded", directory)


def _in_pictures(facts: Sequence[Fact], directory: Directory) -> Iterator[Mention]:
    """Yield what the codes in its pictures lead to."""
    for fact in facts:
        if fact.kind == QR:
            for item in fact.evidence:
                named = mentions(item.value, "attachments", directory)
                yield from (Mention(each.claim, Span(field="attachments")) for each in named)


def _reported_numbers(message: Message, directory: Directory) -> Iterator[Mention]:
    """Yield the telephone numbers and wallet addresses in a message: all there is to say is who was reported."""
    if not directory.scams and not directory.scam_table.count:
        return
    for field, text in (("text", message.text), ("signature", message.signature), ("subject", message.subject)):
        longest = max(map(len, text.split()), default=0)
        wanted = _NUMBERS if longest >= _SHORTEST_WALLET else _TELEPHONES
        for found in islice(wanted.finditer(text[:MAX_TEXT]), MAX_CANDIDATES):
            claim = read_claim(found[0].strip())
            if claim.kind in ("phone", "wallet"):
                yield Mention(claim, Span(field=field, start=found.start(), end=found.end()))


def _on_platform(name: str, platform: str) -> Claim:
    return read_claim(f"{platform}:{name}" if platform in _PLATFORMS_WITH_HANDLES else name)


def _subject(claim: Claim) -> str:
    """Return the name that a finding is about, without paths and parameters."""
    if claim.kind in ("phone", "wallet"):
        return claim.handle
    if claim.handle:
        return f"@{claim.handle}"
    if claim.host is None:
        return claim.shown
    name = claim.host.unicode if claim.kind == "mail" else claim.site
    return f"{claim.local}@{name}" if claim.local else name


def _finding(verdict: Verdict, subject: str, span: Span) -> Finding:
    reported = verdict.standing is Standing.REPORTED_SCAM
    mild = Severity.WARNING if verdict.confidence >= _STRONG else Severity.NOTICE
    return Finding(
        code="reported_scam_mentioned" if reported else "look_alike_mentioned",
        severity=Severity.DANGER if reported else mild,
        confidence=verdict.confidence,
        brand=verdict.brand,
        subject=subject,
        technique=verdict.technique,
        official=verdict.official,
        span=span,
        reason=f"{subject}: {' '.join(verdict.reasons)}",
        advice="advice-reported-scam" if reported else "advice-look-alike",
    )


def _mismatches(message: Message, directory: Directory, on: date) -> Iterator[Finding]:
    for link in message.links[:MAX_CANDIDATES]:
        target = read_claim(link.url)
        if target.host is None or _is_history(link, message):
            continue
        shown = _shown_official(link, directory, on)
        if shown is None or verify_claim(target, directory, on).standing is Standing.OFFICIAL:
            continue
        if directory.is_own_host(target.site, on) and target.host.exact:
            continue
        yield Finding(
            code="link_shows_other_target",
            severity=Severity.DANGER,
            confidence=0.9,
            brand=shown.brand,
            subject=target.site,
            technique="link_text",
            official=shown.official,
            span=link.span or Span(field="links"),
            reason=f"The link shows {shown.claim}, but leads to {target.site}.",
            advice="advice-link-mismatch",
        )


def _is_history(link: Link, message: Message) -> bool:
    """Whether the link stands only in the quoted history: our own mails may count clicks through another host."""
    own = (message.text, message.signature)
    return bool(link.text) and link.text in message.quoted and not any(link.text in each for each in own)


def _shown_official(link: Link, directory: Directory, on: date) -> Verdict | None:
    for mention in islice(mentions(link.text[:_MAX_SHOWN], "links", directory), 5):
        verdict = verify_claim(mention.claim, directory, on)
        if mention.claim.host is not None and verdict.standing is Standing.OFFICIAL:
            return verdict
    return None


def _forwarded_names(message: Message, directory: Directory, on: date) -> Iterator[Finding]:
    """A platform may hide who is forwarded and show only the name that the account chose."""
    for origin in message.forwarded[:_MAX_FORWARDED]:
        party = origin.party
        entry = listed_account(party, directory, on)
        if entry is not None and is_other(party, entry):
            yield _taken_over(party, entry)
        posing = posing_as(party, directory, on) if entry is None else None
        if posing is None or _is_listed(party.address, directory, on):
            continue
        yield Finding(
            code="look_alike_mentioned",
            severity=Severity.WARNING,
            confidence=0.7,
            brand=posing.guarded.brand,
            subject=(party.handle and f"@{party.handle}") or party.name,
            technique=posing.technique,
            official=posing.guarded.official or None,
            span=Span(field="forwarded"),
            reason=f"The forwarded message comes from an account that is not listed, and {posing.reason}.",
            advice="advice-look-alike",
        )


def _taken_over(party: Party, entry: Official) -> Finding:
    return Finding(
        code="look_alike_mentioned",
        severity=Severity.WARNING,
        brand=entry.brand,
        subject=f"@{party.handle}",
        technique="other_id",
        official=entry.shown,
        span=Span(field="forwarded"),
        reason=f"The forwarded message comes from another account: {changed_hands(entry)}",
        advice="advice-look-alike",
    )


def _with_names(mentioned: tuple[Finding, ...], named: Iterable[Finding], seen: set[str]) -> tuple[Finding, ...]:
    """Tell of one account once, whatever it imitates: what its name says joins what was found of its handle."""
    names: dict[str, Finding] = {}
    for finding in named:
        names.setdefault(finding.subject, finding)
    joined = (_joined(first, names.pop(first.subject, None)) for first in mentioned)
    return (*joined, *(finding for finding in names.values() if finding.subject not in seen))


def _joined(first: Finding, other: Finding | None) -> Finding:
    if other is None:
        return first
    return first.model_copy(
        update={
            "severity": max(first.severity, other.severity, key=GRAVITY.index),
            "confidence": round(min(1.0, max(first.confidence, other.confidence) + 0.05), 2),
            "reason": f"{first.reason} {other.reason}",
        }
    )


def _is_listed(address: str, directory: Directory, on: date) -> bool:
    return "@" in address and verify_claim(read_claim(address), directory, on).standing is Standing.OFFICIAL
