"""Who a message's sender is to us: official, a stranger, or somebody who poses as us. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from gateway.case import Fact, FactOutcome, Finding, Message, Party, Severity, Span, Standing
from gateway.trust.claimed import claimed_brand
from gateway.trust.claims import read_claim
from gateway.trust.directory import Directory
from gateway.trust.domains import ascii_lower, read_host
from gateway.trust.entries import Official
from gateway.trust.hosts import resembles_host
from gateway.trust.mail_auth import KIND as MAIL_AUTH
from gateway.trust.mail_auth import has_several_authors
from gateway.trust.names import namesake, poses_as
from gateway.trust.resemblance import Resemblance
from gateway.trust.texts import TextFinding, read_text
from gateway.trust.verify import Verdict, verify_claim

Sender = tuple[Standing, str, tuple[Finding, ...]]
"""Standing, the reason for it, and what speaks against the sender."""

AUTHOR = "from-author"
"""The evidence that names one author of a mail with several: `Name <address>`, or the address alone."""
_SEVERAL = "The mail names several authors in From, so nothing proves who of them wrote it."
_STRONG = 0.8
_MAX_WORDS = 20


def assess_sender(message: Message, facts: Sequence[Fact], directory: Directory, on: date) -> Sender:
    """Return what is to be said of a message's sender."""
    if has_several_authors(message):
        return _several_authors(message, facts, directory, on)
    if "@" in message.sender.address and message.platform == "email":
        return _mail_sender(message, facts, directory, on)
    return _account_sender(message, directory, on)


def _several_authors(message: Message, facts: Sequence[Fact], directory: Directory, on: date) -> Sender:
    """Judge every author of a mail: what its server proved holds for none of them, and programs show any of them."""
    found: dict[str, Finding] = {}
    for number, author in enumerate(_authors(message)):
        shown = message.model_copy(update={"sender": author})
        standing, _, findings = _mail_sender(shown, facts, directory, on)
        if not findings and (
            standing is Standing.OFFICIAL or _is_ours(author.address.rpartition("@")[2], directory, on)
        ):
            findings = (_claimed(author, directory),)
        for finding in findings:
            span = finding.span if number == 0 else Span(field="evidence")
            found.setdefault(finding.subject, finding.model_copy(update={"span": span}))
    return Standing.COULD_NOT_CHECK, _SEVERAL, tuple(found.values())


def _authors(message: Message) -> tuple[Party, ...]:
    named = (value.rpartition(" <") for value in message.said(AUTHOR))
    parties = (Party(platform=message.platform, address=end.removesuffix(">"), name=name) for name, _, end in named)
    return tuple(dict.fromkeys((message.sender.model_copy(update={"evidence": ()}), *parties)))


def _claimed(author: Party, directory: Directory) -> Finding:
    return Finding(
        code="official_address_forged",
        severity=Severity.DANGER,
        confidence=0.9,
        brand=_owner(author.address.rpartition("@")[2], directory),
        subject=author.address,
        technique="several_authors",
        official=author.address if author.address in directory.addresses else None,
        span=_span("sender.address", author.address),
        reason=f"It names {author.address} beside other authors, and nothing proves that it came from there.",
        advice="advice-forged",
    )


def _mail_sender(message: Message, facts: Sequence[Fact], directory: Directory, on: date) -> Sender:
    verdict = verify_claim(read_claim(message.sender.address), directory, on)
    domain = message.sender.address.rpartition("@")[2]
    outcome = _proof(domain, facts)
    if (outcome is FactOutcome.FAIL or _came_unproven(domain, facts)) and _is_ours(domain, directory, on):
        return _forged(message, verdict, directory)
    if verdict.standing is not Standing.OFFICIAL:
        return _unlisted(message, verdict, directory, on)
    if outcome is FactOutcome.PASS:
        return Standing.OFFICIAL, verdict.reasons[0] + " Its domain was proven.", ()
    reason = f"{verdict.reasons[0]} But nothing proves that the mail came from there."
    return Standing.COULD_NOT_CHECK, reason, ()


def _proof(domain: str, facts: Sequence[Fact]) -> FactOutcome:
    """Return what was found about exactly this domain; one doubt among several facts is a doubt."""
    host = read_host(domain)
    about = {fact.outcome for fact in facts if fact.kind == MAIL_AUTH and host and fact.subject == host.ascii}
    if FactOutcome.FAIL in about:
        return FactOutcome.FAIL
    return FactOutcome.PASS if about == {FactOutcome.PASS} else FactOutcome.COULD_NOT_CHECK


def _came_unproven(domain: str, facts: Sequence[Fact]) -> bool:
    """Whether DMARC failed for a domain that asks for nothing to follow from it, on a mail that came directly.

    Elsewhere that is no fail; but nobody else has a reason to write under a name of ours.
    """
    host = read_host(domain)
    said = (
        {item.name: item.value for item in fact.evidence}
        for fact in facts
        if fact.kind == MAIL_AUTH and host and fact.subject == host.ascii and fact.outcome is FactOutcome.NONE
    )
    return any(each.get("dmarc") == "fail" and "relay" not in each for each in said)


def _is_ours(domain: str, directory: Directory, on: date) -> bool:
    host = read_host(domain)
    return host is not None and host.exact and directory.is_own_host(host.ascii, on)


def _forged(message: Message, verdict: Verdict, directory: Directory) -> Sender:
    domain = message.sender.address.rpartition("@")[2]
    reason = f"The mail claims to come from {domain}, and the checks of its sender found that it does not."
    finding = Finding(
        code="official_address_forged",
        severity=Severity.DANGER,
        brand=verdict.brand or _owner(domain, directory),
        subject=message.sender.address,
        technique="forged_from",
        official=verdict.official,
        span=_span("sender.address", message.sender.address),
        reason=reason,
        advice="advice-forged",
    )
    return Standing.LOOK_ALIKE, reason, (finding,)


def _owner(domain: str, directory: Directory) -> str | None:
    entries = directory.site_of(domain) or directory.mail_domains.get(domain, ())
    return entries[0].brand if entries else None


def _account_sender(message: Message, directory: Directory, on: date) -> Sender:
    party = message.sender
    entry = listed_account(party, directory, on)
    if entry is None:
        name = f"{party.platform}:{party.handle}" if party.handle else ""
        claim = read_claim(name) if name else None
        verdict = verify_claim(claim, directory, on, party.platform) if claim else None
        return _unlisted(message, verdict, directory, on)
    if is_other(party, entry):
        return _taken_over(party, entry)
    if entry.id is not None and party.id is None:
        return Standing.COULD_NOT_CHECK, f"{entry.shown} is listed, but the platform did not tell the account's id.", ()
    return Standing.OFFICIAL, f"{entry.shown} is listed as official by {entry.brand_name}.", ()


def listed_account(party: Party, directory: Directory, on: date) -> Official | None:
    """Return the entry of an account by its id or else by its handle, whoever bears that now."""
    entries = directory.account_ids.get((party.platform, party.id), ()) if party.id else ()
    entries = entries or directory.accounts.get((party.platform, ascii_lower(party.handle or "")), ())
    return next((item for item in entries if item.is_valid(on)), None)


def is_other(party: Party, entry: Official) -> bool:
    """Whether another account than the listed one bears the listed name."""
    return entry.id is not None and party.id is not None and entry.id != party.id


def changed_hands(entry: Official) -> str:
    """Return what is said of a listed name that another account bears."""
    return f"{entry.shown} is listed, but under another id: the name has changed hands."


def posing_as(party: Party, directory: Directory, on: date) -> Resemblance | None:
    """Tell whom a display name claims to be: an account whose name is listed, or the brand; the stronger sign counts.

    A name in mail is nobody's own, and one whose account is hidden may be that of the listed account itself.
    """
    if not party.name:
        return None
    known = party.platform != "email" and bool(party.id or party.handle)
    found = (poses_as(party.name, directory, party.platform), namesake(party.name, directory, on) if known else None)
    return max((each for each in found if each is not None), key=lambda each: each.confidence, default=None)


def _taken_over(party: Party, entry: Official) -> Sender:
    reason = changed_hands(entry)
    finding = Finding(
        code="sender_poses_as_official",
        severity=Severity.DANGER,
        brand=entry.brand,
        subject=f"@{party.handle}",
        technique="other_id",
        official=entry.shown,
        span=_span("sender.handle", party.handle or ""),
        reason=reason,
        advice="advice-poses-as-us",
    )
    return Standing.LOOK_ALIKE, reason, (finding,)


def _unlisted(message: Message, verdict: Verdict | None, directory: Directory, on: date) -> Sender:
    """Judge a sender that is not official by its account and by its display name."""
    posing = posing_as(message.sender, directory, on) or _claimed_by(message, directory)
    if verdict is not None and verdict.standing is Standing.REPORTED_SCAM:
        return verdict.standing, verdict.reasons[0], (_reported(message, verdict),)
    by_account = verdict if verdict is not None and verdict.standing is Standing.LOOK_ALIKE else None
    own_domain = "@" in message.sender.address and _is_ours(message.sender.address.rpartition("@")[2], directory, on)
    if by_account is None and (posing is None or own_domain):
        return _stranger(verdict)
    finding = _poses(message, by_account, posing)
    return Standing.LOOK_ALIKE, finding.reason, (finding,)


def _claimed_by(message: Message, directory: Directory) -> Resemblance | None:
    """Tell whom a mail speaks for; in a chat the words of a brand are quoted by everybody."""
    if message.platform != "email":
        return None
    for word in message.sender.name.split()[:_MAX_WORDS]:
        host = read_host(word.rpartition("@")[2].strip("<>()[]\"',;")) if "." in word else None
        if host is not None and (shown := resembles_host(host, directory)) is not None:
            return shown
    told = (message.sender.name, message.sender.address.partition("@")[0], message.subject, message.words)
    return claimed_brand(
        *told, directory, dangerous=lambda: any(_is_grave(each) for each in read_text(message.words, "email"))
    )


def _is_grave(told: TextFinding) -> bool:
    return told.severity is not Severity.NOTICE


def _stranger(verdict: Verdict | None) -> Sender:
    if verdict is None:
        return Standing.NOT_LISTED, "The account is not on our list. That says nothing about who is behind it.", ()
    return verdict.standing, " ".join(verdict.reasons), ()


def _reported(message: Message, verdict: Verdict) -> Finding:
    return Finding(
        code="reported_scam_mentioned",
        severity=Severity.DANGER,
        subject=_shown(message.sender),
        technique=verdict.technique,
        span=_span("sender.address", message.sender.address),
        reason=f"The sender itself: {verdict.reasons[0]}",
        advice="advice-reported-scam",
    )


def _poses(message: Message, by_account: Verdict | None, posing: Resemblance | None) -> Finding:
    reasons = [*(by_account.reasons if by_account else ()), *([f"{posing.reason}."] if posing else ())]
    other = _answers_elsewhere(message)
    if other:
        reasons.append(f"Answers would go to {other}, not to the sender.")
    strengths = [item.confidence for item in (by_account, posing) if item is not None]
    confidence = min(1.0, max(strengths) + 0.05 * (len(strengths) - 1 + bool(other)))
    brand, official, technique = _whom(by_account, posing)
    return Finding(
        code="sender_poses_as_official",
        severity=Severity.DANGER if confidence > _STRONG else Severity.WARNING,
        confidence=round(confidence, 2),
        brand=brand,
        subject=_shown(message.sender),
        technique=technique,
        official=official,
        span=_place(message.sender, by_account),
        reason=" ".join(reasons),
        advice="advice-poses-as-us",
    )


def _whom(by_account: Verdict | None, posing: Resemblance | None) -> tuple[str | None, str | None, str | None]:
    """Return (brand, official account, technique), by the account where that tells."""
    if by_account is not None:
        return by_account.brand, by_account.official, by_account.technique
    if posing is None:
        return None, None, None
    return posing.guarded.brand, posing.guarded.official or None, posing.technique


def _answers_elsewhere(message: Message) -> str:
    """Return the domain that answers would go to, when it is not the sender's."""
    if message.reply_to is None:
        return ""
    target = message.reply_to.address.rpartition("@")[2]
    return target if target and target != message.sender.address.rpartition("@")[2] else ""


def _shown(party: Party) -> str:
    return f"@{party.handle}" if party.handle else party.address


def _place(party: Party, by_account: Verdict | None) -> Span:
    if by_account is None:
        return _span("sender.name", party.name)
    return _span("sender.handle", party.handle) if party.handle else _span("sender.address", party.address)


def _span(field: str, text: str) -> Span:
    return Span(field=field, start=0, end=len(text))
