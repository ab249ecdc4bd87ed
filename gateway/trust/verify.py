"""One question, one answer: is this handle, address, domain or link official? Pure; never raises.

The answer is never "safe": what is not listed is not listed, and no more is said of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from pydantic import Field

from gateway.case import Confidence, Frozen, Standing
from gateway.trust.addresses import resembles_address, resembles_local
from gateway.trust.claims import Claim, Kind, read_claim
from gateway.trust.directory import Directory
from gateway.trust.domains import ascii_lower, parents
from gateway.trust.entries import Official, platform_title
from gateway.trust.handles import resembles_handle
from gateway.trust.hosts import resembles_host
from gateway.trust.names import poses_as
from gateway.trust.platforms import PLATFORM_NAMES
from gateway.trust.resemblance import Resemblance
from gateway.trust.shared import is_freemail

AMBIGUOUS = "ambiguous"
"""The technique of a claim that is official in one reading, and something else in another."""

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
    technique: str | None = Field(default=None, description="How it imitates; or `retired`, `not_yet`, `ambiguous`.")
    confidence: Confidence = 1.0
    reasons: tuple[str, ...] = ()
    platform: str | None = None
    id: str | None = Field(
        default=None, description="The id that the directory pins for the listed account: a name can change hands."
    )
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
    if claim.problem:
        return _unchecked(claim, claim.problem)
    if claim.doubt:
        return _doubtful(claim, directory, on, platform)
    verdict = _verify(claim, directory, on, platform)
    if verdict.technique == "retired":
        return _scam(claim, verdict.kind, directory, claim.platform or platform or "") or verdict
    return verdict


def _unchecked(claim: Claim, *reasons: str) -> Verdict:
    return Verdict(claim=claim.shown, kind=claim.kind, standing=Standing.COULD_NOT_CHECK, reasons=reasons)


def _doubtful(claim: Claim, directory: Directory, on: date | None, platform: str | None) -> Verdict:
    """Answer what can be read in several ways: the worst of them counts, and never is it official."""
    verdicts = [verify_claim(reading, directory, on, platform) for reading in claim.readings]
    told = {verdict.standing: verdict for verdict in reversed(verdicts)}
    if Standing.REPORTED_SCAM in told:
        return told[Standing.REPORTED_SCAM]
    official = told.get(Standing.OFFICIAL)
    if official is not None:
        reason = f"In one reading it is {official.official}, but that is not certain: open or use nothing of it."
        told_of = {"brand": official.brand, "official": official.official, "technique": AMBIGUOUS}
        return _unchecked(claim, claim.doubt, reason).model_copy(update=told_of)
    return told.get(Standing.LOOK_ALIKE) or _unchecked(claim, claim.doubt)


def _verify(claim: Claim, directory: Directory, on: date | None, platform: str | None) -> Verdict:
    if claim.kind == "handle" or (claim.handle and claim.kind != "phone" and not _is_link(claim, directory)):
        return _verify_handle(claim, directory, on, platform)
    if claim.kind == "mail":
        return _verify_mail(claim, directory, on)
    if claim.kind == "phone":
        return _verify_phone(claim, directory, on)
    return _verify_host(claim, directory, on)


def _is_link(claim: Claim, directory: Directory) -> bool:
    return bool(claim.canonical) and claim.canonical in directory.links


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
        reasons=(reason, *_pinned(entry, standing), *more),
        platform=entry.platform or None,
        id=entry.id,
        role=entry.role or None,
        region=entry.region or None,
        languages=entry.languages,
        since=entry.since,
        until=entry.until,
    )


def _pinned(entry: Official, standing: Standing) -> tuple[str, ...]:
    if entry.kind != "handle" or entry.id is None or standing is not Standing.OFFICIAL:
        return ()
    return (f"Its id there is {entry.id}: an account of that name with another id is not it.",)


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


def _scam(claim: Claim, kind: Kind, directory: Directory, platform: str) -> Verdict | None:
    keys = _scam_keys(claim, platform, directory) if directory.scams else ()
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


def _verify_handle(claim: Claim, directory: Directory, on: date | None, seen_on: str | None) -> Verdict:
    handle = ascii_lower(claim.handle)
    platform = claim.platform or PLATFORM_NAMES.get(ascii_lower(seen_on or ""), ascii_lower(seen_on or ""))
    if not platform and directory.platforms.get(handle):
        return _verify_bare_handle(claim, directory, on)
    if scam := _scam(claim, "handle", directory, platform):
        return scam
    entries = directory.accounts.get((platform, handle), ())
    if claim.number and handle.isdigit():
        entries += directory.account_ids.get((platform, handle), ())
    if entries:
        return _listed(claim, "handle", entries, on)
    return _look_alike_handle(claim, directory) or _unlisted(claim, "handle")


def _verify_bare_handle(claim: Claim, directory: Directory, on: date | None) -> Verdict:
    """Answer a listed handle of which nobody said where it was seen: the same name elsewhere may be anybody's."""
    handle = ascii_lower(claim.handle)
    entries = [entry for name in directory.platforms[handle] for entry in directory.accounts[(name, handle)]]
    held = [entry for entry in entries if entry.is_valid(on)]
    if not held:
        return _listed(claim, "handle", tuple(entries), on)
    where = tuple(dict.fromkeys(entry.platform for entry in held))
    titles = " and ".join(map(platform_title, where))
    brand_platforms = directory.platforms_of(held[0].brand, on)
    reported = [name for name in directory.scam_platforms if (name, handle) in directory.scams]
    if len(where) > 1 and brand_platforms <= set(where) and not reported:
        scope = f"This holds on {titles} alone: the same name anywhere else is not listed."
        # Several accounts bear it, each with an id of its own.
        return _listed(claim, "handle", (replace(held[0], id=None),), on, scope)
    reasons = [
        f"@{held[0].value} is official on {titles}; the same name anywhere else is not.",
        *(f"On {platform_title(name)} it was reported as a scam." for name in reported),
        f"Say where you saw it: --platform {where[0]}, or {where[0]}:@{held[0].value}.",
    ]
    return _unchecked(claim, *reasons).model_copy(update={"brand": held[0].brand})


def _scam_keys(claim: Claim, platform: str, directory: Directory) -> Iterator[tuple[str, str]]:
    """Yield every key under which what was asked about may have been reported."""
    if claim.handle:
        handle = ascii_lower(claim.handle)
        yield from ((name, handle) for name in ((platform,) if platform else sorted(directory.scam_platforms)))
    if claim.local:
        yield "mail", f"{ascii_lower(claim.local)}@{claim.site}"
    yield from (("link", link) for link in _reported_as(claim))
    if claim.host is not None:
        yield from (("domain", name) for name in parents(claim.site))


def _reported_as(claim: Claim) -> tuple[str, ...]:
    """Return the links under which a link may have been reported: with either scheme, with and without parameters."""
    if claim.kind != "link":
        return ()
    bare = re.split(r"[?#]", claim.path, maxsplit=1)[0].removesuffix("/")
    paths = dict.fromkeys((bare, claim.path))
    return tuple(f"{scheme}://{claim.site}{path}" for scheme in ("https", "http") for path in paths)


def _look_alike_handle(claim: Claim, directory: Directory) -> Verdict | None:
    found = resembles_handle(claim.handle, directory)
    return _resembles(claim, "handle", found) if found else None


def _verify_mail(claim: Claim, directory: Directory, on: date | None) -> Verdict:
    if scam := _scam(claim, "mail", directory, ""):
        return scam
    if claim.host is not None and claim.host.exact:
        address = f"{ascii_lower(claim.local)}@{claim.site}"
        entries = directory.addresses.get(address) or directory.mail_domains.get(claim.site)
        if entries:
            return _listed(claim, "mail", entries, on, _FROM_PROVES_NOTHING)
        if claim.local.isascii() and directory.is_own_host(claim.site, on):
            return _unlisted(claim, "mail", _own_but_not_listed(claim.site, directory))
    return _look_alike_mail(claim, directory) or _unlisted(claim, "mail")


def _own_but_not_listed(site: str, directory: Directory) -> str:
    owner = next(name for name in parents(site) if name in directory.sites or name in directory.mail_domains)
    if owner == site:
        return f"{site} is listed, but not this address at it."
    return f"{site} lies under {owner}, which is listed, but this address is not."


def _look_alike_mail(claim: Claim, directory: Directory) -> Verdict | None:
    if claim.host is None:
        return None
    found = (
        resembles_address(claim.local, claim.host, directory)
        or resembles_host(claim.host, directory)
        or resembles_local(claim.local, is_freemail(claim.site), directory)
        or (poses_as(claim.name, directory) if claim.name else None)
    )
    return _resembles(claim, "mail", found) if found else None


def _verify_phone(claim: Claim, directory: Directory, on: date | None) -> Verdict:
    entries = directory.phones.get(claim.handle)
    proof = "The number that a phone shows for a caller can be forged: call back rather than be called."
    return _listed(claim, "phone", entries, on, proof) if entries else _unlisted(claim, "phone", proof)


def _verify_host(claim: Claim, directory: Directory, on: date | None) -> Verdict:
    if claim.host is None:
        return _unlisted(claim, claim.kind)
    if scam := _scam(claim, claim.kind, directory, claim.platform):
        return scam
    if _is_link(claim, directory):
        return _listed(claim, "link", directory.links[claim.canonical], on)
    if claim.host.exact and (own := _own_host(claim, directory, on)):
        return own
    return (
        _user_info(claim, directory)
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
