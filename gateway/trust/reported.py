"""Whether what was asked about was reported as a scam: by its own name, or by the domain that it lies under."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gateway.case import Standing
from gateway.trust.claims import Claim, Kind
from gateway.trust.directory import Directory
from gateway.trust.domains import ascii_lower, parents
from gateway.trust.verdicts import Verdict


def reported(claim: Claim, kind: Kind, directory: Directory, platform: str = "") -> Verdict | None:
    """Answer for what was reported; None for all else. `platform` is where a handle was seen; without it, any."""
    keys = _keys(claim, platform, directory) if directory.scams else ()
    scam = next((directory.scams[key] for key in keys if key in directory.scams), None)
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


def _keys(claim: Claim, platform: str, directory: Directory) -> Iterator[tuple[str, str]]:
    """Yield every key under which what was asked about may have been reported."""
    if claim.kind == "wallet":
        yield "wallet", claim.handle
        return
    if claim.handle:
        handle = ascii_lower(claim.handle)
        yield from ((name, handle) for name in ((platform,) if platform else sorted(directory.scam_platforms)))
    if claim.local:
        yield "mail", f"{ascii_lower(claim.local)}@{claim.site}"
    yield from (("link", link) for link in _links(claim))
    if claim.host is not None:
        yield from (("domain", name) for name in parents(claim.site))


def _links(claim: Claim) -> tuple[str, ...]:
    """Return the links under which a link may have been reported: with either scheme, with and without parameters."""
    if claim.kind != "link":
        return ()
    bare = re.split(r"[?#]", claim.path, maxsplit=1)[0].removesuffix("/")
    paths = dict.fromkeys((bare, claim.path))
    return tuple(f"{scheme}://{claim.site}{path}" for scheme in ("https", "http") for path in paths)
