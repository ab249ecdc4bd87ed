"""One question, one answer: is this handle, address, domain or link official? Pure; never raises.

The answer is never "safe": what is not listed is not listed, and no more is said of it.
"""

from __future__ import annotations

from datetime import date

from pydantic import Field

from gateway.case import Confidence, Frozen, Standing
from gateway.trust.claims import Claim, Kind, read_claim
from gateway.trust.directory import Directory, Official, platform_title
from gateway.trust.domains import ascii_lower, parents
from gateway.trust.lookalike import Resemblance, resembles_address, resembles_handle, resembles_host, resembles_local
from gateway.trust.schema import PLATFORM_NAMES, is_freemail

_FROM_PROVES_NOTHING = (
    "A From line alone proves nothing: anybody can write it. Only the receiving server's check of it does."
)
_ANYBODY = "Anybody can publish there, and a link to a post does not tell whose it is."


class Verdict(Frozen):
    """The answer to a claim, with reasons that a person can read."""

    claim: str = Field(description="What was asked, without control and invisible characters.")
    kind: Kind
    standing: Standing
    brand: str | None = Field(default=None, description="Id of the brand it belongs to or imitates.")
    official: str | None = Field(default=None, description="The true account.")
    technique: str | None = Field(default=None, description="How it imitates; or `retired`, `not_yet`.")
    confidence: Confidence = 1.0
    reasons: tuple[str, ...] = ()
    platform: str | None = None
    role: str | None = None
    region: str | None = None
    languages: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None


def verify(claim: str, directory: Directory, on: date | None = None, platform: str | None = None) -> Verdict:
    """Answer a claim in any writing. `platform` is where a handle was seen, when the claim does not say."""
    return verify_claim(read_claim(claim), directory, on, platform)


def verify_claim(claim: Claim, directory: Directory, on: date | None = None, platform: str | None = None) -> Verdict:
    """Answer a claim already read."""
    verdict = _verify(claim, directory, on, platform)
    if verdict.technique == "retired":
        keys = _scam_keys(claim, claim.platform or platform or "", directory)
        return _scam(claim, verdict.kind, directory, *keys) or verdict
    return verdict


def _verify(claim: Claim, directory: Directory, on: date | None, platform: str | None) -> Verdict:
    if claim.problem:
        return Verdict(
            claim=claim.shown,
            kind=claim.kind,
            standing=Standing.COULD_NOT_CHECK,
            reasons=(claim.problem,),
        )
    if claim.kind == "link" and claim.canonical and (entries := directory.links.get(claim.canonical)):
        return _listed(claim, "link", entries, on)
    if claim.kind == "handle" or (claim.handle and claim.kind != "phone"):
        return _verify_handle(claim, directory, on, platform)
    if claim.kind == "mail":
        return _verify_mail(claim, directory, on)
    if claim.kind == "phone":
        return _verify_phone(claim, directory, on)
    return _verify_host(claim, directory, on)


# Answers


def _listed(claim: Claim, kind: Kind, entries: tuple[Official, ...], on: date | None, *more: str) -> Verdict:
    """Answer for what the directory lists: official on that day, or not any more, or not yet."""
    entry = next((item for item in entries if item.is_valid(on)), entries[-1])
    standing, technique, reason = _on_day(entry, on)
    return Verdict(
        claim=claim.shown,
        kind=kind,
        standing=standing,
        brand=entry.brand,
        official=entry.shown if standing is Standing.OFFICIAL else None,
        technique=technique,
        reasons=(reason, *more),
        platform=entry.platform or None,
        role=entry.role or None,
        region=entry.region or None,
        languages=entry.languages,
        since=entry.since,
        until=entry.until,
    )


def _on_day(entry: Official, on: date | None) -> tuple[Standing, str | None, str]:
    name = entry.brand_name
    if entry.is_valid(on):
        since = f" since {entry.since.isoformat()}" if entry.since else ""
        return Standing.OFFICIAL, None, f"{entry.shown} is listed as official by {name}{since}."
    if on is None and entry.until:
        return Standing.COULD_NOT_CHECK, None, f"{entry.shown} is listed only until {entry.until}; ask for a day."
    if entry.until and on and on > entry.until:
        return Standing.NOT_LISTED, "retired", f"{entry.shown} was {name}'s until {entry.until}; it is not any more."
    return Standing.NOT_LISTED, "not_yet", f"{entry.shown} is to be {name}'s only from {entry.since}."


def _resembles(claim: Claim, kind: Kind, found: Resemblance) -> Verdict:
    name = found.guarded.brand_name
    return Verdict(
        claim=claim.shown,
        kind=kind,
        standing=Standing.LOOK_ALIKE,
        brand=found.guarded.brand,
        official=found.guarded.official or None,
        technique=found.technique,
        confidence=found.confidence,
        reasons=(f"It is not listed by {name}, but looks like {found.guarded.official or name}.", found.reason + "."),
    )


def _unlisted(claim: Claim, kind: Kind, *more: str) -> Verdict:
    reason = "It is not on our list. That says nothing about who is behind it."
    return Verdict(claim=claim.shown, kind=kind, standing=Standing.NOT_LISTED, reasons=(reason, *more))


def _scam(claim: Claim, kind: Kind, directory: Directory, *keys: tuple[str, str]) -> Verdict | None:
    scam = next((directory.scams[key] for key in keys if key in directory.scams), None)
    if scam is None:
        return None
    when = f" on {scam.reported_at.isoformat()}" if scam.reported_at else ""
    by = f" by {scam.source}" if scam.source else ""
    return Verdict(
        claim=claim.shown,
        kind=kind,
        standing=Standing.REPORTED_SCAM,
        technique="reported",
        reasons=(f"It was reported as a scam{when}{by}.",),
    )


# Handles


def _verify_handle(claim: Claim, directory: Directory, on: date | None, seen_on: str | None) -> Verdict:
    handle = ascii_lower(claim.handle)
    platform = claim.platform or PLATFORM_NAMES.get(seen_on or "", seen_on or "")
    where = (platform,) if platform else directory.platforms.get(handle, ())
    entries = tuple(entry for name in where for entry in directory.accounts.get((name, handle), ()))
    if platform and handle.isdigit():
        entries += directory.account_ids.get((platform, handle), ())
    if entries:
        return _listed_handle(claim, entries, on, bool(platform))
    return (
        _scam(claim, "handle", directory, *_scam_keys(claim, platform, directory))
        or _look_alike_handle(claim, directory)
        or _unlisted(claim, "handle")
    )


def _scam_keys(claim: Claim, platform: str, directory: Directory) -> tuple[tuple[str, str], ...]:
    """Return every key under which what was asked about may have been reported."""
    handle = ascii_lower(claim.handle)
    platforms = (platform,) if platform else tuple(directory.scam_platforms)
    handles = ((name, handle) for name in platforms if handle)
    address = (("mail", f"{ascii_lower(claim.local)}@{claim.site}"),) if claim.local else ()
    return (*handles, *address, ("link", claim.canonical), *(("domain", name) for name in parents(claim.site)))


def _listed_handle(claim: Claim, entries: tuple[Official, ...], on: date | None, asked: bool) -> Verdict:
    if asked:
        return _listed(claim, "handle", entries, on)
    titles = " and ".join(dict.fromkeys(platform_title(entry.platform) for entry in entries if entry.is_valid(on)))
    scope = f"This holds on {titles} alone: the same name anywhere else is not listed." if titles else ""
    return _listed(claim, "handle", entries, on, *([scope] if scope else []))


def _look_alike_handle(claim: Claim, directory: Directory) -> Verdict | None:
    found = resembles_handle(claim.handle, directory)
    return _resembles(claim, "handle", found) if found else None


# Addresses and numbers


def _verify_mail(claim: Claim, directory: Directory, on: date | None) -> Verdict:
    scam = _scam(claim, "mail", directory, *_scam_keys(claim, "", directory))
    if claim.host is not None and claim.host.exact and claim.local.isascii():
        address = f"{ascii_lower(claim.local)}@{claim.site}"
        entries = directory.addresses.get(address) or directory.mail_domains.get(claim.site)
        if entries:
            return _listed(claim, "mail", entries, on, _FROM_PROVES_NOTHING)
        if scam is None and directory.is_own_host(claim.site, on):
            return _unlisted(claim, "mail", f"{claim.site} is listed, but not this address at it.")
    return scam or _look_alike_mail(claim, directory) or _unlisted(claim, "mail")


def _look_alike_mail(claim: Claim, directory: Directory) -> Verdict | None:
    if claim.host is None:
        return None
    found = (
        resembles_address(claim.local, claim.host, directory)
        or resembles_host(claim.host, directory)
        or resembles_local(claim.local, is_freemail(claim.site), directory)
    )
    return _resembles(claim, "mail", found) if found else None


def _verify_phone(claim: Claim, directory: Directory, on: date | None) -> Verdict:
    entries = directory.phones.get(claim.handle)
    proof = "The number that a phone shows for a caller can be forged: call back rather than be called."
    return _listed(claim, "phone", entries, on, proof) if entries else _unlisted(claim, "phone", proof)


# Domains and links


def _verify_host(claim: Claim, directory: Directory, on: date | None) -> Verdict:
    if claim.host is None:
        return _unlisted(claim, claim.kind)
    if claim.host.exact and (own := _own_host(claim, directory, on)):
        return own
    return (
        _scam(claim, claim.kind, directory, *_scam_keys(claim, "", directory))
        or _user_info(claim, directory)
        or _look_alike_host(claim, directory)
        or _brand_in_path(claim, directory)
        or _unlisted(claim, claim.kind, *([_ANYBODY] if claim.platform else []))
    )


def _own_host(claim: Claim, directory: Directory, on: date | None) -> Verdict | None:
    sites = directory.site_of(claim.site)
    if sites:
        if claim.user_info:
            return _unlisted(claim, claim.kind, "An official link never carries a name before an @.")
        return _listed(claim, claim.kind, sites, on, *_oddities(claim, sites[0]))
    mails = directory.mail_domains.get(claim.site)
    if mails and claim.kind == "domain":
        return _listed(claim, claim.kind, mails, on, "It is listed for mail alone, not as a site to visit.")
    if directory.is_own_host(claim.site, on):
        return _unlisted(claim, claim.kind, f"{claim.site} is listed for mail alone, not as a site to visit.")
    return None


def _oddities(claim: Claim, entry: Official) -> tuple[str, ...]:
    found = []
    if claim.site != entry.value:
        found.append(f"{claim.site} lies under {entry.value}.")
    if claim.port not in ("", "80", "443"):
        found.append(f"The port {claim.port} is unusual.")
    return tuple(found)


def _user_info(claim: Claim, directory: Directory) -> Verdict | None:
    """`https://examplex.test@evil.net`: what stands before the @ is only a user name."""
    if not claim.user_info:
        return None
    front = read_claim(claim.user_info.partition(":")[0])
    if front.host is None:
        return None
    official = directory.site_of(front.site)
    if official:
        guarded = directory.embedded.get(official[0].value.replace("-", "."))
        if guarded:
            reason = f"what stands before the @ is only a user name; the link leads to {claim.site}"
            return _resembles(claim, claim.kind, Resemblance(guarded, "user_info", 1.0, reason))
    found = resembles_host(front.host, directory)
    return _resembles(claim, claim.kind, found) if found else None


def _look_alike_host(claim: Claim, directory: Directory) -> Verdict | None:
    if claim.host is None:
        return None
    found = resembles_host(claim.host, directory)
    return _resembles(claim, claim.kind, found) if found else None


def _brand_in_path(claim: Claim, directory: Directory) -> Verdict | None:
    """`https://evil.net/examplex.test/login`: the first segment alone, for reviews and archives name sites deeper."""
    first = claim.path.lstrip("/").partition("/")[0].partition("?")[0]
    front = read_claim(first) if 3 < len(first) <= 253 else None
    if front is None or front.host is None or front.kind != "domain":
        return None
    official = directory.site_of(front.site)
    guarded = directory.embedded.get(official[0].value.replace("-", ".")) if official else None
    if guarded is None:
        return None
    reason = f"{guarded.official} stands in its path only; the link leads to {claim.site}"
    return _resembles(claim, claim.kind, Resemblance(guarded, "brand_in_path", 0.7, reason))
