"""DMARC's policies: what the owner of a From domain asks to be done with mail that nothing proves (RFC 9989)."""

from __future__ import annotations

from gateway.enrich.mail.lookup import Dns
from gateway.enrich.mail.signature import RefusedError, Tags, read_tags
from gateway.trust.domains import organisation
from gateway.trust.mail_verdict import Policy

_ASKED = ("none", "quarantine", "reject")
MAX_RECORD = 4_096


async def find_policy(dns: Dns, domain: str) -> Policy | None:
    """Return the policy for mail from a domain: its own, or that of its organisation by the public suffix list.

    `pct` is not gone by, as since RFC 9989; `t=y` asks for one step less. Raises `UnansweredError`.
    """
    if (tags := await _record(dns, domain)) is not None:
        return _policy(domain, tags, tags.get(b"p", b""))
    above = organisation(domain)
    if above == domain or (tags := await _record(dns, above)) is None:
        return None
    return _policy(above, tags, tags.get(b"sp", tags.get(b"p", b"")))


async def _record(dns: Dns, domain: str) -> Tags | None:
    found = []
    for text in (await dns.ask(f"_dmarc.{domain}", "TXT")).values:
        if len(text) > MAX_RECORD:
            continue
        try:
            tags = read_tags(text.encode("latin-1"))
        except RefusedError:
            continue
        if tags and next(iter(tags)) == b"v" and tags[b"v"] == b"DMARC1":
            found.append(tags)
    return found[0] if len(found) == 1 else None


def _policy(domain: str, tags: Tags, wish: bytes) -> Policy:
    asked = wish.decode("latin-1").lower()
    step = _ASKED.index(asked) if asked in _ASKED else 0
    if tags.get(b"t", b"").lower() == b"y":
        step = max(0, step - 1)
    return Policy(
        domain,
        _ASKED[step],
        strict_dkim=tags.get(b"adkim", b"r").lower() == b"s",
        strict_spf=tags.get(b"aspf", b"r").lower() == b"s",
    )
