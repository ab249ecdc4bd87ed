"""Whether what was asked about was reported as a scam: by its own name, or by the domain that it lies under."""

from __future__ import annotations

from collections.abc import Iterator

from gateway.case import Standing
from gateway.trust.claims import Claim, Kind
from gateway.trust.directory import Directory
from gateway.trust.domains import ascii_lower
from gateway.trust.scamtable import Reported
from gateway.trust.verdicts import Verdict


def reported(claim: Claim, kind: Kind, directory: Directory, platform: str = "") -> Verdict | None:
    """Answer for what was reported; None for all else. `platform` is where a handle was seen; without it, any."""
    if not directory.scams and not directory.scam_table.count:
        return None
    scam = next((found for found in _looked_up(claim, directory, platform) if found is not None), None)
    if scam is None:
        return None
    when = f" on {scam.reported_at.isoformat()}" if scam.reported_at else ""
    by = f" by {scam.source}" if scam.source else ""
    return Verdict(
        claim=claim.shown,
        kind=kind,
        standing=Standing.REPORTED_SCAM,
        techniques=("reported",),
        reasons=(f"It was reported as a scam{when}{by}.",),
    )


def _looked_up(claim: Claim, directory: Directory, platform: str) -> Iterator[Reported | None]:
    """Yield what is known under every name of what was asked about."""
    if claim.kind == "wallet":
        yield directory.reported("wallet", claim.handle)
    elif claim.kind == "phone" or claim.phone:
        yield directory.reported("phone", claim.phone or claim.handle)
    elif claim.handle:
        yield directory.reported("handle", claim.handle, platform)
    if claim.local:
        yield directory.reported("mail", f"{ascii_lower(claim.local)}@{claim.site}")
    if claim.kind == "link":
        # With its parameters, and without them.
        bare = claim.path.partition("#")[0].partition("?")[0].removesuffix("/")
        yield from (directory.reported("link", f"https://{claim.site}{path}") for path in {bare: 0, claim.path: 0})
    if claim.host is not None:
        yield directory.reported("domain", claim.site)
