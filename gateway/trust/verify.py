"""One question, one answer: is this handle, address, domain, link or name official? Pure; never raises.

The answer is never "safe": what is not listed is not listed, and no more is said of it.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from gateway.case import Standing
from gateway.trust.addresses import resembles_address, resembles_local
from gateway.trust.claims import Claim, read_claim
from gateway.trust.directory import Directory
from gateway.trust.domains import ascii_lower
from gateway.trust.entries import Official, platform_title
from gateway.trust.handles import resembles_account
from gateway.trust.hosts import resembles_host
from gateway.trust.names import namesake, poses_as
from gateway.trust.platforms import PLATFORM_NAMES
from gateway.trust.reported import reported
from gateway.trust.resemblance import Resemblance
from gateway.trust.shared import is_freemail
from gateway.trust.sites import INVITATION, is_listed_link, verify_site
from gateway.trust.verdicts import Verdict, beside, listed, other_account, resembling, unchecked, unlisted, worst

__all__ = ["AMBIGUOUS", "Verdict", "verify", "verify_claim"]

AMBIGUOUS = "ambiguous"
"""The technique of a claim that is official in one reading, and something else in another."""

_FROM_PROVES_NOTHING = (
    "A From line alone proves nothing: anybody can write it. Only the receiving server's check of it does."
)
_PHONE_PROVES_NOTHING = "The number that a phone shows for a caller can be forged: call back rather than be called."
_WALLET_PROVES_NOTHING = "An address proves nothing, and a payment to it cannot be taken back."
_NAME_PROVES_NOTHING = "Anybody can bear any display name: ask about the account's handle, address or number."


def verify(claim: str, directory: Directory, on: date | None = None, platform: str | None = None) -> Verdict:
    """Answer a claim in any writing. `platform` is where a handle was seen, when the claim does not say."""
    return verify_claim(read_claim(claim), directory, on, platform)


def verify_claim(
    claim: Claim,
    directory: Directory,
    on: date | None = None,
    platform: str | None = None,
    *,
    display_name: str = "",
    account_id: str | None = None,
) -> Verdict:
    """Answer a claim already read. `display_name` and `account_id` are what the platform shows of the account."""
    if claim.problem:
        return unchecked(claim, claim.problem)
    if display_name and not claim.name:
        claim = claim._replace(name=display_name)
    if claim.doubt:
        return _doubtful(claim, directory, on, platform)
    verdict = _verify(claim, directory, on, platform, account_id)
    if claim.target is None:
        return verdict
    return _redirected(claim, claim.target, verdict, directory, on)


def _doubtful(claim: Claim, directory: Directory, on: date | None, platform: str | None) -> Verdict:
    """Answer what can be read in several ways: the worst of them counts, and never is it official."""
    verdicts = [verify_claim(reading, directory, on, platform) for reading in claim.readings]
    told = {verdict.standing: verdict for verdict in reversed(verdicts)}
    if Standing.REPORTED_SCAM in told:
        return told[Standing.REPORTED_SCAM]
    official = told.get(Standing.OFFICIAL)
    if official is not None:
        reason = f"In one reading it is {official.official}, but that is not certain: open or use nothing of it."
        doubted = unchecked(claim, claim.doubt, reason, technique=AMBIGUOUS)
        return doubted._replace(brand=official.brand, official=official.official)
    return told.get(Standing.LOOK_ALIKE) or unchecked(claim, claim.doubt)


def _redirected(claim: Claim, target: Claim, first: Verdict, directory: Directory, on: date | None) -> Verdict:
    """Answer a link that leads on to another: the worst of both counts."""
    last = verify_claim(target, directory, on)
    if last.standing is first.standing and last.brand == first.brand:
        return first
    told = f"It leads on to {target.site or target.shown}."
    if worst((first, last)) is first:
        return beside(first, "redirect", told) if last.standing is Standing.OFFICIAL else first
    verdict = last._replace(claim=claim.shown, kind=claim.kind, reasons=(told, *last.reasons))
    return verdict._replace(techniques=("redirect", *(name for name in last.techniques if name != "redirect")))


def _verify(
    claim: Claim, directory: Directory, on: date | None, platform: str | None, account_id: str | None
) -> Verdict:
    if claim.phone and not is_listed_link(claim, directory):
        return _verify_phone(claim, directory, on)
    match claim.kind:
        case "domain" | "link" if not claim.handle or is_listed_link(claim, directory):
            return verify_site(claim, directory, on)
        case "mail":
            return _verify_mail(claim, directory, on)
        case "phone":
            return _verify_phone(claim, directory, on)
        case "wallet":
            told = unlisted(claim, "wallet", _WALLET_PROVES_NOTHING)
            return reported(claim, "wallet", directory) or told
        case "name":
            return _verify_name(claim, directory, on)
        case _:
            verdict = _verify_handle(claim, directory, on, platform, account_id)
            if verdict.technique != "retired":
                return verdict
            return reported(claim, verdict.kind, directory, claim.platform or platform or "") or verdict


def _verify_handle(
    claim: Claim, directory: Directory, on: date | None, seen_on: str | None, account_id: str | None
) -> Verdict:
    handle = ascii_lower(claim.handle)
    platform = claim.platform or PLATFORM_NAMES.get(ascii_lower(seen_on or ""), ascii_lower(seen_on or ""))
    if claim.id:
        return _verify_id(claim, platform, directory, on)
    if not platform and directory.platforms.get(handle):
        return _verify_bare_handle(claim, directory, on)
    if scam := reported(claim, "handle", directory, platform):
        return scam
    entries = directory.accounts.get((platform, handle), ())
    if claim.number and handle.isdigit():
        entries += directory.account_ids.get((platform, handle), ())
    if entries:
        return _verify_listed_handle(claim, entries, directory, on, account_id)
    if account_id is not None and (known := directory.account_ids.get((platform, account_id))):
        return _renamed(claim, known[0])
    found = _resembling_account(claim, directory, on, platform)
    return resembling(claim, "handle", found) if found else unlisted(claim, "handle")


def _verify_id(claim: Claim, platform: str, directory: Directory, on: date | None) -> Verdict:
    if not platform:
        return unchecked(claim, f"Say on which platform the account has this number, e.g. telegram:id:{claim.id}.")
    entries = directory.account_ids.get((platform, claim.id))
    return listed(claim, "handle", entries, on) if entries else unlisted(claim, "handle")


def _verify_listed_handle(
    claim: Claim, entries: tuple[Official, ...], directory: Directory, on: date | None, account_id: str | None
) -> Verdict:
    verdict = listed(claim, "handle", entries, on)
    pinned = [entry for entry in entries if entry.id is not None]
    if account_id is not None and pinned and all(entry.id != account_id for entry in pinned):
        return other_account(claim, pinned[0], *verdict.techniques)
    if verdict.technique == "retired" and claim.name and (found := _resembling_name(claim.name, directory, on)):
        # Whoever took the name over goes on speaking for us.
        return resembling(claim, "handle", replace(found, technique="retired", also=(found.technique,)))
    return verdict


def _renamed(claim: Claim, entry: Official) -> Verdict:
    reason = (
        f"Its id is that of {entry.shown}, but it bears another name: ask anew once the directory tells which holds."
    )
    return unchecked(claim, reason, technique="other_id")._replace(brand=entry.brand)


def _resembling_account(claim: Claim, directory: Directory, on: date | None, platform: str) -> Resemblance | None:
    found = resembles_account(claim.handle, claim.name, directory, platform)
    return found or (namesake(claim.name, directory, on) if claim.name else None)


def _resembling_name(name: str, directory: Directory, on: date | None) -> Resemblance | None:
    return namesake(name, directory, on) or poses_as(name, directory)


def _verify_bare_handle(claim: Claim, directory: Directory, on: date | None) -> Verdict:
    """Answer a listed handle of which nobody said where it was seen: the same name elsewhere may be anybody's."""
    handle = ascii_lower(claim.handle)
    entries = [entry for name in directory.platforms[handle] for entry in directory.accounts[(name, handle)]]
    held = [entry for entry in entries if entry.is_valid(on)]
    if not held:
        return listed(claim, "handle", tuple(entries), on)
    where = tuple(dict.fromkeys(entry.platform for entry in held))
    titles = " and ".join(map(platform_title, where))
    brand_platforms = directory.platforms_of(held[0].brand, on)
    reports = [name for name in sorted(directory.scam_platforms) if directory.reported("handle", handle, name)]
    if len(where) > 1 and brand_platforms <= set(where) and not reports:
        scope = f"This holds on {titles} alone: the same name anywhere else is not listed."
        # Several accounts bear it, each with an id of its own.
        return listed(claim, "handle", (replace(held[0], id=None),), on, scope)
    reasons = [
        f"@{held[0].value} is official on {titles}; the same name anywhere else is not.",
        *(f"On {platform_title(name)} it was reported as a scam." for name in reports),
        f"Say where you saw it: --platform {where[0]}, or {where[0]}:@{held[0].value}.",
    ]
    return unchecked(claim, *reasons)._replace(brand=held[0].brand)


def _verify_name(claim: Claim, directory: Directory, on: date | None) -> Verdict:
    found = _resembling_name(claim.name, directory, on)
    return resembling(claim, "name", found) if found else unlisted(claim, "name", _NAME_PROVES_NOTHING)


def _verify_mail(claim: Claim, directory: Directory, on: date | None) -> Verdict:
    if scam := reported(claim, "mail", directory):
        return scam
    if claim.host is not None and claim.host.exact:
        address = f"{ascii_lower(claim.local)}@{claim.site}"
        entries = directory.addresses.get(address) or directory.mail_domains.get(claim.site)
        if entries:
            return listed(claim, "mail", entries, on, _FROM_PROVES_NOTHING)
        if claim.local.isascii() and directory.is_own_host(claim.site, on):
            return unlisted(claim, "mail", _own_but_not_listed(claim.site, directory))
    found = _resembling_mail(claim, directory)
    return resembling(claim, "mail", found) if found else unlisted(claim, "mail")


def _own_but_not_listed(site: str, directory: Directory) -> str:
    owner = directory.owner_of(site)
    if owner == site:
        return f"{site} is listed, but not this address at it."
    return f"{site} lies under {owner}, which is listed, but this address is not."


def _resembling_mail(claim: Claim, directory: Directory) -> Resemblance | None:
    if claim.host is None:
        return None
    return (
        resembles_address(claim.local, claim.host, directory)
        or resembles_host(claim.host, directory)
        or resembles_local(claim.local, is_freemail(claim.site), directory)
        or (poses_as(claim.name, directory) if claim.name else None)
    )


def _verify_phone(claim: Claim, directory: Directory, on: date | None) -> Verdict:
    if scam := reported(claim, "phone", directory):
        return scam
    entries = directory.phones.get(claim.phone or claim.handle)
    if entries:
        return listed(claim, "phone", entries, on, _PHONE_PROVES_NOTHING)
    return unlisted(claim, "phone", INVITATION if claim.invitation else _PHONE_PROVES_NOTHING)
