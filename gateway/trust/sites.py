"""Whether a domain or a link is official, or poses as what is: by its host, its user name, its path."""

from __future__ import annotations

from datetime import date

from gateway.trust.claims import Claim, read_claim
from gateway.trust.directory import Directory
from gateway.trust.handles import resembles_handle
from gateway.trust.hosts import resembles_host
from gateway.trust.reported import reported
from gateway.trust.resemblance import Resemblance
from gateway.trust.shared import is_shared, is_shortener
from gateway.trust.verdicts import Verdict, listed, resembling, unchecked, unlisted

_ANYBODY = "Anybody can publish there, and a link to a post does not tell whose it is."
INVITATION = "It is an invitation, and that tells nothing of who is behind it."
_HIDDEN = "It is a shortened link, which hides where it leads. Open it only where its target is shown first."
_SEGMENTS_LOOKED_AT = 3
_STORES = ("apple", "google", "huawei", "samsung", "other")


def verify_site(claim: Claim, directory: Directory, on: date | None) -> Verdict:
    """Answer a domain or a link that leads to no account."""
    if claim.host is None:
        return unlisted(claim, claim.kind)
    if scam := reported(claim, claim.kind, directory, claim.platform):
        return scam
    if is_listed_link(claim, directory):
        return listed(claim, "link", directory.links[claim.canonical], on)
    if claim.host.exact and (
        own := _own_site(claim, directory, on) or (_own_app(claim, directory, on) if directory.apps else None)
    ):
        return own
    found = (
        (_user_info(claim, directory) if claim.user_info else None)
        or resembles_host(claim.host, directory)
        or (_brand_in_path(claim, directory) if claim.path else None)
    )
    return resembling(claim, claim.kind, found) if found else _unlisted_site(claim)


def is_listed_link(claim: Claim, directory: Directory) -> bool:
    """Whether exactly this link is listed."""
    return bool(claim.canonical) and claim.canonical in directory.links


def _unlisted_site(claim: Claim) -> Verdict:
    if claim.kind == "link" and claim.path.strip("/") and is_shortener(claim.site):
        return unchecked(claim, _HIDDEN, technique="shortener")
    if claim.invitation:
        return unlisted(claim, claim.kind, INVITATION)
    return unlisted(claim, claim.kind, *([_ANYBODY] if claim.platform else []))


def _own_app(claim: Claim, directory: Directory, on: date | None) -> Verdict | None:
    """An app's id reads as a domain: `test.examplex.app`."""
    found = (directory.apps.get((store, claim.site)) for store in _STORES) if claim.kind == "domain" else ()
    entries = next((each for each in found if each), None)
    return (
        listed(claim, claim.kind, entries, on, "It is listed as the id of an app, not as a site.") if entries else None
    )


def _own_site(claim: Claim, directory: Directory, on: date | None) -> Verdict | None:
    sites = directory.site_of(claim.site)
    if sites:
        if claim.user_info:
            return unlisted(claim, claim.kind, "An official link never carries a name before an @.")
        return listed(claim, claim.kind, sites, on, *_oddities(claim, sites[0].value))
    mails = directory.mail_domains.get(claim.site)
    if mails and claim.kind == "domain":
        return listed(claim, claim.kind, mails, on, "It is listed for mail alone, not as a site to visit.")
    if directory.mail_domains and directory.is_own_host(claim.site, on):
        return unlisted(claim, claim.kind, f"{claim.site} is listed for mail alone, not as a site to visit.")
    return None


def _oddities(claim: Claim, site: str) -> tuple[str, ...]:
    found = []
    if claim.site != site:
        found.append(f"{claim.site} lies under {site}.")
    if claim.port not in ("", "80", "443"):
        found.append(f"The port {claim.port} is unusual.")
    return tuple(found)


def _user_info(claim: Claim, directory: Directory) -> Resemblance | None:
    """`https://examplex.test@evil.net`: what stands before the @ is only a user name."""
    front = read_claim(claim.user_info.partition(":")[0])
    if front.host is None:
        return None
    official = directory.site_of(front.site)
    guarded = directory.guarded(official[0].value) if official else None
    if guarded is None:
        return resembles_host(front.host, directory)
    reason = f"what stands before the @ is only a user name; the link leads to {claim.site}"
    return Resemblance(guarded, "user_info", 1.0, reason)


def _brand_in_path(claim: Claim, directory: Directory) -> Resemblance | None:
    """`https://evil.net/examplex.test/login`: the first segment alone, for reviews and archives name sites deeper."""
    segments = claim.path.partition("?")[0].partition("#")[0].strip("/").split("/")
    first = segments[0]
    front = read_claim(first) if 3 < len(first) <= 253 else None
    if front is not None and front.host is not None and front.kind == "domain":
        official = directory.site_of(front.site)
        guarded = directory.guarded(official[0].value) if official else None
        if guarded is not None:
            reason = f"{guarded.official} stands in its path only; the link leads to {claim.site}"
            return Resemblance(guarded, "brand_in_path", 0.7, reason)
    # Where anybody can make a page, the name of the page is what a domain is elsewhere.
    shared = is_shared(claim.site) and not (claim.platform or claim.invitation or is_shortener(claim.site))
    return _page_name(segments, claim, directory) if shared else None


def _page_name(segments: list[str], claim: Claim, directory: Directory) -> Resemblance | None:
    for name in segments[:_SEGMENTS_LOOKED_AT]:
        found = resembles_handle(name, directory)
        # A page that bears the bare name may well be the brand's own.
        if found is not None and found.technique != "same_name_elsewhere":
            reason = f"anybody can make a page at {claim.site}, and in its name {found.reason}"
            return Resemblance(found.guarded, "brand_in_path", found.confidence, reason, (found.technique, *found.also))
    return None
